//! Texts put together of parts: `Fn::Sub`, and `Fn::Join` of what has a text.

use archlint_schema::{Reason, Unknown};
use serde_json::Value as Json;

use crate::source::cloudformation::stack::Stack;
use crate::source::node::Evaluated;

impl Stack<'_> {
    pub(super) fn substitute(&self, argument: &Json, path: &str) -> Evaluated {
        let (text, variables) = match argument {
            Json::Array(both) => (both.first().and_then(Json::as_str), both.get(1).and_then(Json::as_object)),
            text => (text.as_str(), None),
        };
        let Some(text) = text else { return Evaluated::Unknown(Unknown::new(Reason::Computed, "Fn::Sub")) };
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
    for part in parts {
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
            _ => return Evaluated::Unknown(Unknown::new(Reason::Computed, "a text of several parts")),
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
