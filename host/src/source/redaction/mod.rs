//! What is secret, or may be, never leaves the source: neither as a value, nor in what is shown of a file, nor in an
//! error. One answer for every dialect to what a secret is; each asks for its own properties.
//!
//! What a property is called decides, and of which type it is (`names`, and `table` of AWS's own schemas). What says
//! where a secret is kept stays readable: a reference to a resource, an ARN, `{{resolve:...}}`.

mod document;
mod hcl;
mod json;
mod names;
mod table;
mod template;
mod text;
mod yaml;

use std::collections::BTreeMap;

use super::node::{Evaluated, Node};
pub(crate) use hcl::hidden as hidden_in_hcl;
pub(crate) use json::{DamagedJson, held_aws_keys, redact};
use names::{is_name, is_value};
pub(crate) use names::{is_secret, is_secret_name, type_of_terraform, within};
pub(crate) use template::hidden as hidden_in_template;
pub(crate) use text::hidden_by_names;

/// Whether a field of an object holds a secret that must not be told: one of a property that holds secrets in a type of
/// CloudFormation, or the value beside the name of one.
pub(crate) fn is_hidden(kind: &str, name: &str, node: &Node, fields: &BTreeMap<String, Node>) -> bool {
    let is_beside = || {
        let names = |(name, it): (&String, &Node)| {
            is_name(name) && matches!(&it.value, Evaluated::Text(it) if is_secret_name(it))
        };
        is_value(name) && fields.iter().any(names)
    };
    let is_document = || matches!(node.value, Evaluated::Text(_)) && names::is_document(name);
    (is_secret(kind, name) || is_beside() || is_document()) && tells(node)
}

/// Whether a value has something to hide, if it is a secret: what refers to something else has not.
fn tells(node: &Node) -> bool {
    match &node.value {
        Evaluated::Text(it) => is_secret_text(it, true),
        Evaluated::Pattern(_) | Evaluated::OneOf { .. } => true,
        Evaluated::List(items) | Evaluated::Joined { items, .. } => items.iter().any(tells),
        Evaluated::Map(fields) | Evaluated::Object(fields) => fields.values().any(tells),
        _ => false,
    }
}

/// Whether a known text of a property is a secret: of a property that holds them, or one that has a password in it for
/// everybody to see.
pub(crate) fn is_secret_text(text: &str, is_of_secret: bool) -> bool {
    is_of_secret && !text::is_harmless(text) || text::holds_password(text)
}
