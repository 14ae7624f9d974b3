//! Where replies have what they were asked for.

use serde_json::Value as Json;

use crate::source::account::item::field;

/// What stands at a path of fields; the members of the lists on the way and at its end. An empty path is the reply.
pub(super) fn elements<'j>(reply: &'j Json, path: &str) -> Box<dyn Iterator<Item = &'j Json> + 'j> {
    if let Json::Array(members) = reply {
        let path = path.to_owned();
        let within = move |it: &'j Json| elements(it, &path).collect::<Vec<_>>();
        return Box::new(members.iter().flat_map(within));
    }
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match first {
        "" => Box::new(std::iter::once(reply)),
        name => field(reply, name).map_or(Box::new(std::iter::empty()), |it| elements(it, rest)),
    }
}

/// The text or number at a path, if there is any.
pub(super) fn text_at(json: &Json, path: &str) -> Option<String> {
    let found = path.split('.').try_fold(json, |json, name| field(json, name))?;
    match found {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_lead_through_lists() {
        let reply = json!({"reservations": [{"instances": [{"id": 1}, {"id": 2}]}, {"instances": []}, {"instances": [{"id": 3}]}]});
        let found: Vec<&Json> = elements(&reply, "reservations.instances").collect();
        assert_eq!(found, [&json!({"id": 1}), &json!({"id": 2}), &json!({"id": 3})]);
        assert_eq!(elements(&json!({"a": null}), "a").count(), 0);
        assert_eq!(elements(&json!({"a": "x"}), "a").collect::<Vec<_>>(), [&json!("x")]);
        assert_eq!(elements(&json!({"a": 1}), "").collect::<Vec<_>>(), [&json!({"a": 1})]);
    }

    #[test]
    fn an_empty_text_is_none() {
        let reply = json!({"a": {"Token": "x", "empty": "", "count": 3}});
        assert_eq!(text_at(&reply, "a.token").as_deref(), Some("x"));
        assert_eq!(text_at(&reply, "a.count").as_deref(), Some("3"));
        assert_eq!(text_at(&reply, "a.empty"), None);
        assert_eq!(text_at(&reply, "b.c"), None);
    }
}
