//! The REST protocols: parameters stand in the path, then in the query, or in a body of JSON.

use super::{Argument, Arguments, Request, encode, json};
use crate::source::account::collect::direct::table::Route;

pub(super) fn request(route: Route, arguments: &Arguments) -> Request {
    let mut target = route.path.to_owned();
    let mut others = Arguments::new();
    for (name, argument) in arguments {
        let text = argument.to_text();
        let (part, whole) = (format!("{{{name}}}"), format!("{{+{name}}}"));
        if target.contains(&part) {
            target = target.replace(&part, &encode(&text));
        } else if target.contains(&whole) {
            target = target.replace(&whole, &encode(&text).replace("%2F", "/"));
        } else {
            others.push((name, argument.clone()));
        }
    }
    if route.method == "GET" {
        return Request {
            method: "GET",
            target: with_query(target, &others),
            headers: Vec::new(),
            body: Vec::new(),
        };
    }
    let headers = vec![("content-type", "application/json".to_owned())];
    Request { method: route.method, target, headers, body: json::body(&others) }
}

fn with_query(mut target: String, arguments: &Arguments) -> String {
    for (name, argument) in arguments {
        let texts = match argument {
            Argument::Texts(texts) => texts.clone(),
            other => vec![other.to_text()],
        };
        for text in texts {
            target.push(if target.contains('?') { '&' } else { '?' });
            target.extend([encode(name).as_str(), "=", encode(&text).as_str()]);
        }
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Argument {
        Argument::Text(text.to_owned())
    }

    fn target(path: &'static str, arguments: &[(&'static str, Argument)]) -> String {
        request(Route { method: "GET", path }, &arguments.to_vec()).target
    }

    #[test]
    fn parameters_go_into_the_path_and_the_others_into_the_query() {
        assert_eq!(
            target(
                "/clusters/{name}/node-groups",
                &[("name", text("a/b")), ("maxResults", Argument::Number(100)), ("nextToken", text("x="))]
            ),
            "/clusters/a%2Fb/node-groups?maxResults=100&nextToken=x%3D"
        );
        assert_eq!(
            target("/2013-04-01{+Id}/rrset", &[("Id", text("/hostedzone/Z1"))]),
            "/2013-04-01/hostedzone/Z1/rrset"
        );
        assert_eq!(target("/{Bucket}?tagging", &[("Bucket", text("b")), ("x", text("1"))]), "/b?tagging&x=1");
    }

    #[test]
    fn what_is_posted_goes_into_the_body() {
        let names = Argument::Texts(vec!["a".to_owned(), "b".to_owned()]);
        let route = Route { method: "POST", path: "/2021-01-01/opensearch/domain-info" };
        let request = request(route, &vec![("DomainNames", names)]);
        assert_eq!(String::from_utf8(request.body).unwrap(), r#"{"DomainNames":["a","b"]}"#);
    }
}
