//! The Query protocol: a form is posted, XML comes back. EC2 numbers its lists a little differently; the table
//! spells that out.

use serde_json::Value as Json;

use super::{Answer, Argument, Arguments, Request, encode, xml};

pub(super) fn request(operation: &str, version: &str, arguments: &Arguments) -> Request {
    let mut form = format!("Action={operation}&Version={version}");
    let mut add = |name: &str, value: &str| {
        form.push('&');
        form += &encode(name);
        form.push('=');
        form += &encode(value);
    };
    for (name, argument) in arguments {
        match argument {
            Argument::Texts(texts) => {
                for (index, text) in texts.iter().enumerate() {
                    add(&format!("{name}.{}", index + 1), text);
                }
            }
            other => add(name, &other.to_text()),
        }
    }
    let content_type = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
    Request {
        method: "POST",
        target: "/".to_owned(),
        headers: vec![("content-type", content_type)],
        body: form.into_bytes(),
    }
}

/// What stands in `<DescribeLoadBalancersResult>`; EC2 has no such element.
pub(super) fn result(operation: &str, mut reply: Json) -> Json {
    let name = format!("{operation}Result");
    match reply.get_mut(&name) {
        Some(result) => result.take(),
        None => reply,
    }
}

/// The error of an `ErrorResponse`, of EC2's `Response`, or of a bare `Error` (S3).
pub(super) fn error(body: &[u8]) -> Option<Answer> {
    let reply = xml::read(body, None).ok()?;
    let found = reply.pointer("/Errors/Error").or_else(|| reply.get("Error")).unwrap_or(&reply);
    let text = |name: &str| Some(found.get(name)?.as_str()?.trim().to_owned());
    // EC2's codes may begin with whose fault it is.
    let code = text("Code")?;
    let code = code.strip_prefix("Client.").or_else(|| code.strip_prefix("Server.")).unwrap_or(&code);
    Some(Answer { code: code.to_owned(), message: text("Message").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(body: &[u8], code: &str, message: &str) {
        assert_eq!(error(body), Some(Answer { code: code.to_owned(), message: message.to_owned() }));
    }

    #[test]
    fn lists_are_numbered_and_values_encoded() {
        let arns = ["arn:aws:x:1/a b".to_owned(), "c".to_owned()];
        let arguments = vec![
            ("ResourceArns.member", Argument::Texts(arns.to_vec())),
            ("MaxResults", Argument::Number(5)),
            ("ShowCacheNodeInfo", Argument::Flag(true)),
        ];
        let request = request("DescribeTags", "2015-12-01", &arguments);
        assert_eq!(
            String::from_utf8(request.body).unwrap(),
            "Action=DescribeTags&Version=2015-12-01&ResourceArns.member.1=arn%3Aaws%3Ax%3A1%2Fa%20b\
             &ResourceArns.member.2=c&MaxResults=5&ShowCacheNodeInfo=true"
        );
    }

    #[test]
    fn the_result_is_taken_out_of_its_envelope() {
        let reply = json!({"DescribeTagsResult": {"Tags": []}, "ResponseMetadata": {}});
        assert_eq!(result("DescribeTags", reply), json!({"Tags": []}));
        assert_eq!(result("DescribeVpcs", json!({"vpcs": []})), json!({"vpcs": []}));
    }

    #[test]
    fn errors_have_three_envelopes() {
        let ec2 = b"<?xml version='1.0'?><Response><Errors><Error><Code>Client.UnauthorizedOperation</Code>\
            <Message>You are not authorized</Message></Error></Errors><RequestID>1</RequestID></Response>";
        check(ec2, "UnauthorizedOperation", "You are not authorized");
        let query = b"<ErrorResponse xmlns='x'><Error><Type>Sender</Type><Code>Throttling</Code>\
            <Message>Rate exceeded</Message></Error></ErrorResponse>";
        check(query, "Throttling", "Rate exceeded");
        let s3 = b"<Error><Code>SlowDown</Code><Message>&lt;less&gt;</Message></Error>";
        check(s3, "SlowDown", "<less>");
        assert_eq!(error(b"<html><body>502</body></html>"), None);
        assert_eq!(error(b"Bad gateway"), None);
    }
}
