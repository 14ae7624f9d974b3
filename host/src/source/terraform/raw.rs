//! A resource's attributes as the plan has them, for plugins that read what has no type.

use archlint_schema::{Raw, Reason, Unknown};
use serde_json::{Map, Value as Json, json};

use super::declared::Declared;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;

/// Attributes that hold secrets, or may, whether the provider marks them as sensitive or not.
const SECRET: &[&str] = &[
    "user_data",
    "user_data_base64",
    "password",
    "master_password",
    "master_username",
    "username",
    "auth_token",
    "secret_string",
    "environment",
    "variables",
    "container_definitions",
    "private_key",
];

/// The attributes of an instance: a reference to a resource is its key, and what the plan does not tell is
/// `{"$unknown": ...}`.
pub(super) fn read(declared: &Declared<'_, '_>) -> Raw {
    let names: Vec<&str> = declared.names().collect();
    let field = |name: &str| {
        let node = declared.property(name);
        Some((name.to_owned(), written(name, &node, &declared.values()[name])?))
    };
    Raw(Json::Object(names.into_iter().filter_map(field).collect()))
}

/// `value` is what the plan has in the node's place: it tells a number from a text.
fn written(name: &str, node: &Node, value: &Json) -> Option<Json> {
    if SECRET.contains(&name) && node.value != Evaluated::Absent {
        return Some(unknown(&Reason::Redacted.into()));
    }
    Some(match &node.value {
        Evaluated::Absent => return None,
        Evaluated::Text(it) => match value {
            Json::Bool(_) | Json::Number(_) => value.clone(),
            _ => json!(it),
        },
        Evaluated::Edge(key) => json!(key),
        Evaluated::Map(fields) => {
            let field = |(name, node): (&String, &Node)| {
                Some((name.clone(), written(name, node, &value[name.as_str()])?))
            };
            Json::Object(fields.iter().filter_map(field).collect::<Map<_, _>>())
        }
        Evaluated::List(items) => {
            let item = |(at, node): (usize, &Node)| written("", node, &value[at]);
            Json::Array(items.iter().enumerate().filter_map(item).collect())
        }
        Evaluated::External { why, .. } | Evaluated::Unknown(why) => unknown(why),
        _ => unknown(&Reason::Computed.into()),
    })
}

fn unknown(why: &Unknown) -> Json {
    json!({ "$unknown": why })
}
