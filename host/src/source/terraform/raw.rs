//! A resource's attributes as the plan has them, for plugins that read what has no type.

use std::collections::BTreeMap;

use archlint_schema::{Raw, Reason, Unknown};
use serde_json::{Value as Json, json};

use super::declared::Declared;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;
use crate::source::redaction::{self, within};

/// The attributes of an instance: a reference to a resource is its key, and what the plan does not tell is
/// `{"$unknown": ...}`.
pub(super) fn read(declared: &Declared<'_, '_>) -> Raw {
    let kind = redaction::type_of_terraform(declared.kind());
    let nodes = declared.names().map(|name| (name.to_owned(), declared.property(name))).collect();
    Raw(object(&nodes, declared.values(), kind))
}

/// `values` is what the plan has in the place of the nodes. `kind` is the type that tells what is secret.
fn object(nodes: &BTreeMap<String, Node>, values: &Json, kind: &str) -> Json {
    let field = |(name, node): (&String, &Node)| {
        let field = if redaction::is_hidden(kind, name, node, nodes) {
            unknown(&Reason::Redacted.into())
        } else {
            written(node, &values[name.as_str()], within(kind, name))?
        };
        Some((name.clone(), field))
    };
    Json::Object(nodes.iter().filter_map(field).collect())
}

/// `value` is what the plan has in the node's place: it tells a number from a text.
fn written(node: &Node, value: &Json, kind: &str) -> Option<Json> {
    Some(match &node.value {
        Evaluated::Absent => return None,
        Evaluated::Text(it) if redaction::is_secret_text(it, false) => unknown(&Reason::Redacted.into()),
        Evaluated::Text(it) => match value {
            Json::Bool(_) | Json::Number(_) => value.clone(),
            _ => json!(it),
        },
        Evaluated::Edge(key) => json!(key),
        Evaluated::Map(fields) => object(fields, value, kind),
        Evaluated::List(items) => {
            let item = |(at, node): (usize, &Node)| written(node, &value[at], kind);
            Json::Array(items.iter().enumerate().filter_map(item).collect())
        }
        Evaluated::External { why, .. } | Evaluated::Unknown(why) => unknown(why),
        _ => unknown(&Reason::Computed.into()),
    })
}

fn unknown(why: &Unknown) -> Json {
    json!({ "$unknown": why })
}
