//! Lists, and what is taken out of them: `Fn::Join`, `Fn::Select`, `Fn::Split`, `Fn::GetAZs`, `Fn::Cidr`.

use archlint_schema::{Cidr, Key, Reason, Unknown, Zone};
use serde_json::Value as Json;

use super::{concatenate, name_of};
use crate::source::cloudformation::stack::Stack;
use crate::source::node::{Evaluated, Node, text_of};

impl Stack<'_> {
    pub(super) fn join(&self, argument: &Json, path: &str) -> Evaluated {
        let separator = argument[0].as_str().unwrap_or_default();
        match self.evaluate(&argument[1], path).value {
            Evaluated::List(items) => {
                let has_text = |it: &Node| matches!(it.value, Evaluated::Text(_) | Evaluated::Pattern(_));
                if items.iter().all(has_text) || separator.is_empty() {
                    concatenate(items.into_iter().map(|it| it.value).collect(), separator)
                } else {
                    Evaluated::Joined { separator: separator.to_owned(), items }
                }
            }
            other => other,
        }
    }

    pub(super) fn select(&self, argument: &Json, path: &str) -> Evaluated {
        let list = self.evaluate(&argument[1], &format!("{path}/Fn::Select/1")).value;
        let index = self.evaluate(&argument[0], path).value;
        let Some(index) = text_of(&index).and_then(|it| it.parse::<usize>().ok()) else {
            // The detail tells one element from another: two that are not known are not the same one.
            let element = format!("Fn::Select [{}, {}]", name_of(&index, path), name_of(&list, path));
            return Evaluated::Unknown(Unknown::new(Reason::Computed, element));
        };
        match list {
            Evaluated::List(items) => items.into_iter().nth(index).map_or_else(
                || Evaluated::Unknown(Unknown::new(Reason::Unevaluated, "Fn::Select past the end")),
                |it| it.value,
            ),
            Evaluated::Zones(region) => {
                Evaluated::Zone(Zone::Symbolic { region, index: u32::try_from(index).unwrap_or(u32::MAX) })
            }
            Evaluated::FirewallEndpoints(firewall) => Evaluated::FirewallEndpoint(firewall, index),
            // `<zone>:<endpoint id>`, split; either part stands for the endpoint.
            Evaluated::FirewallEndpoint(..) => list,
            Evaluated::External { key, why } => Evaluated::External {
                key: Key::from(format!("{key}[{index}]")),
                why: Unknown { detail: why.detail.map(|it| format!("{it}[{index}]")), ..why },
            },
            Evaluated::Unknown(why) => {
                Evaluated::Unknown(Unknown { detail: why.detail.map(|it| format!("{it}[{index}]")), ..why })
            }
            _ => Evaluated::Unknown(Unknown::new(Reason::Unevaluated, "Fn::Select")),
        }
    }

    pub(super) fn split(&self, argument: &Json, path: &str) -> Evaluated {
        let separator = argument[0].as_str().unwrap_or(",");
        match self.evaluate(&argument[1], path).value {
            Evaluated::Text(text) => list(text.split(separator), path),
            Evaluated::Joined { separator: joined, items } if joined == separator => Evaluated::List(items),
            other => other,
        }
    }

    pub(super) fn zones(&self, argument: &Json, path: &str) -> Evaluated {
        let region = self.evaluate(argument, path).value;
        match text_of(&region) {
            // The region of the deployment itself, spelt out or not.
            Some(it) if it.is_empty() || Some(&it) == self.pseudo.get("Region") => {
                Evaluated::Zones(String::new())
            }
            Some(it) => Evaluated::Zones(it),
            None => match region {
                Evaluated::External { key, .. } if key.as_str() == "pseudo:AWS::Region" => {
                    Evaluated::Zones(String::new())
                }
                Evaluated::Absent => Evaluated::Zones(String::new()),
                other => other,
            },
        }
    }

    /// `Fn::Cidr`: so many blocks of so many host bits each, from the first address of a block.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html>
    pub(super) fn cidr(&self, argument: &Json, path: &str) -> Evaluated {
        let block = self.evaluate(&argument[0], path).value;
        let number = |at: usize| text_of(&self.evaluate(&argument[at], path).value)?.parse::<u8>().ok();
        let (Some(text), Some(count)) = (text_of(&block), number(1)) else {
            return match block {
                it @ (Evaluated::External { .. } | Evaluated::Unknown(_)) => it,
                _ => Evaluated::Unknown(Unknown::new(Reason::Unevaluated, "Fn::Cidr")),
            };
        };
        let parts = text.parse::<Cidr>().ok().and_then(|it| it.parts(count, number(2).unwrap_or(32)));
        match parts {
            Some(parts) => {
                let texts: Vec<String> = parts.iter().map(Cidr::to_string).collect();
                list(texts.iter().map(String::as_str), path)
            }
            None => Evaluated::Unknown(Unknown::new(Reason::Unevaluated, "Fn::Cidr of too small a block")),
        }
    }
}

pub(crate) fn list<'a>(items: impl Iterator<Item = &'a str>, path: &str) -> Evaluated {
    let node = |it: &str| Node { value: Evaluated::Text(it.trim().to_owned()), path: path.to_owned() };
    Evaluated::List(items.map(node).collect())
}
