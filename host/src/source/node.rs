//! What a source's author wrote, as far as it is known before deployment.
//!
//! Identity is not value: a reference to a resource stays an edge although its id is unknown, a reference to
//! something outside stays a name, and a zone taken from `Fn::GetAZs` stays symbolic.

use std::collections::BTreeMap;

use archlint_schema::{Key, Reason, Unknown, Value, Zone};

/// A value, known or not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Evaluated {
    /// A property that is not there: `AWS::NoValue`, null.
    Absent,
    /// A scalar, as text: CloudFormation reads all of them so.
    Text(String),
    /// A text with parts that only the deployment knows, written as placeholders: `${AWS::Region}a`. Two that
    /// are equal here are equal there.
    Pattern(String),
    List(Vec<Node>),
    /// `Fn::Join` of things that have no text yet; `Fn::Split` takes it apart again.
    Joined {
        separator: String,
        items: Vec<Node>,
    },
    Map(BTreeMap<String, Node>),
    /// What an AWS API answers: its field names mean the same in any case, and stand here in lower case.
    Object(BTreeMap<String, Node>),
    /// A resource of the architecture, by `Ref` or by an attribute that stands for it.
    Edge(Key),
    Zone(Zone),
    /// `Fn::GetAZs` of a region; empty for the deployment's own.
    Zones(String),
    /// The list `EndpointIds` of a Network Firewall, one of its members, or a part of one.
    FirewallEndpoints(Key),
    FirewallEndpoint(Key, usize),
    /// Something that has a name here and a value elsewhere: a parameter, an import, an attribute.
    External {
        key: Key,
        why: Unknown,
    },
    /// The allowed values of a parameter that has no value.
    OneOf {
        key: Key,
        values: Vec<String>,
    },
    Unknown(Unknown),
}

/// A value, and the path of the authored node that it comes from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Evaluated,
    pub(crate) path: String,
}

impl Node {
    pub(crate) fn field(&self, name: &str) -> Node {
        let absent = || Node { value: Evaluated::Absent, path: format!("{}/{name}", self.path) };
        match &self.value {
            Evaluated::Map(fields) => fields.get(name).cloned().unwrap_or_else(absent),
            Evaluated::Object(fields) => {
                fields.get(&name.to_ascii_lowercase()).cloned().unwrap_or_else(absent)
            }
            // A block that may stand once is a list of one in Terraform.
            Evaluated::List(items) if let Ok(at) = name.parse::<usize>() => {
                items.get(at).cloned().unwrap_or_else(absent)
            }
            Evaluated::Absent => absent(),
            Evaluated::External { why, .. } | Evaluated::Unknown(why) => {
                Node { value: Evaluated::Unknown(why.clone()), path: self.path.clone() }
            }
            _ => Node { value: Evaluated::Unknown(Reason::Computed.into()), path: self.path.clone() },
        }
    }

    pub(crate) fn text(&self) -> Value<Option<String>> {
        match &self.value {
            Evaluated::Absent => Value::Known(None),
            Evaluated::Text(it) => Value::Known(Some(it.clone())),
            Evaluated::OneOf { values, .. } => Value::OneOf(values.iter().cloned().map(Some).collect()),
            Evaluated::Pattern(it) => Value::unknown(Reason::Computed, it),
            Evaluated::External { why, .. } | Evaluated::Unknown(why) => Value::Unknown(why.clone()),
            Evaluated::Edge(key) => Value::unknown(Reason::Computed, key.as_str()),
            Evaluated::Zone(zone) => Value::unknown(Reason::Computed, zone.to_string()),
            _ => Value::Unknown(Reason::Computed.into()),
        }
    }

    pub(crate) fn zone(&self) -> Value<Option<Zone>> {
        match &self.value {
            Evaluated::Zone(it) => Value::Known(Some(it.clone())),
            // `${AWS::Region}a`: whatever the region is, its zone a is not its zone b.
            Evaluated::Pattern(it) => Value::Known(Some(Zone::Named(it.clone()))),
            _ => self.text().map(|it| it.filter(|it| !it.is_empty()).map(Zone::Named)),
        }
    }

    /// The items of a list; a single value where a list is expected is a list of one, as CloudFormation has it.
    pub(crate) fn items(&self) -> Value<Vec<Node>> {
        match &self.value {
            Evaluated::Absent => Value::Known(Vec::new()),
            Evaluated::List(items) => {
                let mut flat = Vec::new();
                for item in items {
                    match &item.value {
                        // A list parameter within a list: `Subnets: [!Ref ListOfSubnets]`.
                        Evaluated::List(inner) => flat.extend(inner.iter().cloned()),
                        _ => flat.push(item.clone()),
                    }
                }
                Value::Known(flat)
            }
            Evaluated::External { why, .. } | Evaluated::Unknown(why) => Value::Unknown(why.clone()),
            Evaluated::OneOf { key, .. } => Value::unknown(Reason::Parameter, key.as_str()),
            Evaluated::Joined { items, .. } => Value::Known(items.clone()),
            _ => Value::Known(vec![self.clone()]),
        }
    }
}

/// A value as text, where all of it is known.
pub(crate) fn text_of(value: &Evaluated) -> Option<String> {
    match value {
        Evaluated::Text(it) => Some(it.clone()),
        _ => None,
    }
}
