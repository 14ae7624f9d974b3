//! The JSON protocol: the operation stands in a header, its parameters in the body.

use serde_json::{Map, Value as Json};

use super::{Answer, Arguments, Reply, Request};

pub(super) fn request(operation: &str, version: &str, target: &str, arguments: &Arguments) -> Request {
    Request {
        method: "POST",
        target: "/".to_owned(),
        headers: vec![
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", format!("{target}.{operation}")),
        ],
        body: body(arguments),
    }
}

/// An object of the arguments.
pub(super) fn body(arguments: &Arguments) -> Vec<u8> {
    let fields = arguments.iter().map(|(name, value)| ((*name).to_owned(), value.to_json()));
    Json::Object(fields.collect::<Map<String, Json>>()).to_string().into_bytes()
}

pub(super) fn read(body: &[u8]) -> Result<Json, String> {
    if body.is_empty() {
        return Ok(Json::Object(Map::new()));
    }
    let reply: Json = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    if reply.is_object() { Ok(reply) } else { Err("the reply is no JSON object".to_owned()) }
}

/// The error's name stands in a header or in the body, with or without the shape's namespace before and a link
/// behind it.
pub(super) fn error(reply: &Reply) -> Option<Answer> {
    let body: Json = serde_json::from_slice(&reply.body).unwrap_or(Json::Null);
    let text = |names: &[&str]| {
        let mut found = names.iter().filter_map(|it| body.get(it)?.as_str());
        found.next().map(str::to_owned)
    };
    let code = reply.error_type.clone().or_else(|| text(&["__type", "code", "Code", "ErrorCode"]))?;
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().to_owned();
    Some(Answer { code, message: text(&["message", "Message", "errorMessage"]).unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::super::Argument;
    use super::*;

    fn check(error_type: Option<&str>, body: &str, expected: Option<(&str, &str)>) {
        let error_type = error_type.map(str::to_owned);
        let reply = Reply { status: 400, error_type, body: body.as_bytes().to_vec() };
        let expected = expected.map(|(code, message)| Answer { code: code.into(), message: message.into() });
        assert_eq!(error(&reply), expected);
    }

    #[test]
    fn parameters_keep_their_types() {
        let clusters = Argument::Texts(vec!["a".to_owned()]);
        let arguments = vec![("clusters", clusters), ("maxResults", Argument::Number(100))];
        let request = request("DescribeClusters", "1.1", "AmazonEC2ContainerServiceV20141113", &arguments);
        assert_eq!(String::from_utf8(request.body).unwrap(), r#"{"clusters":["a"],"maxResults":100}"#);
        assert_eq!(request.headers[1].1, "AmazonEC2ContainerServiceV20141113.DescribeClusters");
    }

    #[test]
    fn errors_are_named_in_many_ways() {
        let message = r#"{"message": "no"}"#;
        check(Some("ThrottlingException:http://x/"), message, Some(("ThrottlingException", "no")));
        check(Some("aws.x#AccessDeniedException"), message, Some(("AccessDeniedException", "no")));
        let body = r#"{"__type": "com.amazon.coral.service#ExpiredTokenException", "Message": "old"}"#;
        check(None, body, Some(("ExpiredTokenException", "old")));
        check(None, r#"{"code": "NotFound"}"#, Some(("NotFound", "")));
        check(None, "<html>", None);
        check(None, "", None);
    }

    #[test]
    fn truncated_replies_are_errors() {
        assert!(read(b"{\"clusterArns\": [\"a\"").is_err());
        assert!(read(b"[]").is_err());
        assert_eq!(read(b"").unwrap(), serde_json::json!({}));
    }
}
