//! Texts put together of parts: `Fn::Sub`, and `Fn::Join` of what has a text.

use archlint_schema::{Reason, Unknown, Value};
use serde_json::Value as Json;

use super::intrinsic;
use crate::source::cloudformation::meter::{MAX_TEXT, unknown};
use crate::source::cloudformation::stack::Stack;
use crate::source::credentials::holds_access_key;
use crate::source::node::Evaluated;

impl Stack<'_> {
    pub(super) fn substitute(&self, argument: &Json, path: &str) -> Evaluated {
        let (text, variables) = match argument {
            Json::Array(both) => (both.first().and_then(Json::as_str), both.get(1).and_then(Json::as_object)),
            text => (text.as_str(), None),
        };
        let Some(text) = text else {
            return Evaluated::Unknown(Unknown::new(Reason::Unevaluated, "Fn::Sub"));
        };
        let parts = placeholders(text).map(|part| match part {
            Part::Literal(it) => Evaluated::Text(it.to_owned()),
            Part::Name(name) => match variables.and_then(|it| it.get(name)) {
                Some(it) => self.evaluate(it, path).value,
                None => match name.split_once('.') {
                    Some((resource, attribute)) => self.attribute_of(resource, attribute),
                    None => self.reference(name),
                },
            },
        });
        concatenate(parts.collect(), "")
    }
}

impl Stack<'_> {
    /// Whether an authored value holds an AWS access key, written out or taken from a resource. What is put in at
    /// deployment is asked only where it is the whole value: nobody hides a key in the name of a stack.
    pub(crate) fn holds_aws_keys(&self, json: &Json) -> Value<bool> {
        let is_key = |name: &str| self.template.kind(name) == "AWS::IAM::AccessKey";
        let resource = |it: &str| it.split('.').next().is_some_and(is_key);
        let holds = |it: &Json| self.holds_aws_keys(it).is_true();
        match (intrinsic(json), json) {
            (Some(("Fn::Base64", it)), _) => self.holds_aws_keys(it),
            (Some(("Fn::If", it)), _) => self.holds_aws_keys(&it[if self.holds(&it[0]) { 1 } else { 2 }]),
            (Some(("Ref" | "Fn::GetAtt", Json::String(name))), _) if resource(name) => Value::Known(true),
            (Some(("Fn::GetAtt", it)), _) => Value::Known(it[0].as_str().is_some_and(is_key)),
            (Some(("Ref", Json::String(name))), _) => match self.reference(name) {
                Evaluated::Text(it) => Value::Known(holds_access_key(&it)),
                Evaluated::External { why, .. } | Evaluated::Unknown(why) => Value::Unknown(why),
                _ => Value::Known(false),
            },
            (_, Json::String(text)) => {
                let names = placeholders(text).any(|it| matches!(it, Part::Name(it) if resource(it)));
                Value::Known(names || holds_access_key(text))
            }
            (_, Json::Array(items)) => Value::Known(items.iter().any(holds)),
            (_, Json::Object(fields)) => Value::Known(fields.values().any(holds)),
            _ => Value::Known(false),
        }
    }
}

/// A part of the text of `Fn::Sub`.
pub(crate) enum Part<'a> {
    Literal(&'a str),
    Name(&'a str),
}

/// Splits the text of `Fn::Sub` into what stands as it is and what is put in; `${!Literal}` is literal.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let name =
            rest.strip_prefix("${").filter(|it| !it.starts_with('!')).and_then(|it| it.split_once('}'));
        if let Some((name, after)) = name {
            rest = after;
            return Some(Part::Name(name.trim()));
        }
        let skip = usize::from(rest.starts_with("${")) * 2;
        let end = rest[skip..].find("${").map_or(rest.len(), |it| it + skip);
        let (literal, after) = rest.split_at(end);
        rest = after;
        Some(Part::Literal(literal))
    })
}

/// Puts texts together. One part alone is itself; parts that only the deployment knows become placeholders.
pub(super) fn concatenate(parts: Vec<Evaluated>, separator: &str) -> Evaluated {
    if let [only] = parts.as_slice() {
        return only.clone();
    }
    let mut all_known = true;
    let mut texts = Vec::new();
    let mut length = 0;
    for part in parts {
        if let Evaluated::Text(it) | Evaluated::Pattern(it) = &part {
            length += it.len() + separator.len();
        }
        if length > MAX_TEXT {
            return unknown("a text of more than 256 KB");
        }
        match part {
            Evaluated::Text(it) => texts.push(it),
            Evaluated::Absent => {}
            Evaluated::Pattern(it) => {
                all_known = false;
                texts.push(it);
            }
            Evaluated::External { why, key } => {
                all_known = false;
                texts.push(format!("${{{}}}", why.detail.unwrap_or_else(|| key.to_string())));
            }
            Evaluated::Edge(key) => {
                all_known = false;
                texts.push(format!("${{{key}}}"));
            }
            // The id of an endpoint in a longer text: `vpce-service:...`; still that endpoint.
            Evaluated::FirewallEndpoint(firewall, at) => return Evaluated::FirewallEndpoint(firewall, at),
            Evaluated::Unknown(why) => return Evaluated::Unknown(why),
            _ => return Evaluated::Unknown(Unknown::new(Reason::Unevaluated, "a text of several parts")),
        }
    }
    let text = texts.join(separator);
    if all_known { Evaluated::Text(text) } else { Evaluated::Pattern(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sub_is_split_at_its_placeholders() {
        let shown: Vec<String> = placeholders("a-${B}${!C}${D.E}")
            .map(|it| match it {
                Part::Literal(it) => it.to_owned(),
                Part::Name(it) => format!("<{it}>"),
            })
            .collect();
        assert_eq!(shown, ["a-", "<B>", "${!C}", "<D.E>"]);
        assert_eq!(placeholders("${unclosed").count(), 1);
    }
}
