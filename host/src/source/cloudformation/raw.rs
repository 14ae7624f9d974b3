//! A resource's properties as the template has them in one scenario: for plugins that read what has no type.

use std::collections::BTreeMap;

use archlint_schema::{Key, Raw, Reason, Unknown};
use serde_json::{Map, Value as Json, json};

use super::evaluate::intrinsic;
use super::stack::Stack;
use crate::source::Place;
use crate::source::node::{Evaluated, Node};
use crate::source::redaction::{self, within};

/// Where each property stands, by its path: `Rules[0].Name`.
pub(crate) type Places = BTreeMap<String, Place>;

/// The properties of the resource with a logical id. Intrinsic functions are evaluated: a reference to a resource is
/// its key, and what the template does not tell is `{"$unknown": ...}` or `{"$oneOf": [...]}`.
pub(crate) fn read(stack: &Stack<'_>, id: &str) -> (Raw, Places) {
    let mut reader = Reader { stack, places: Places::new() };
    let kind = stack.template.kind(id);
    let properties = stack.template.resource(id).and_then(|it| it.get("Properties"));
    let written = properties.and_then(|authored| {
        let node = stack.evaluate(authored, &format!("Resources/{id}/Properties"));
        reader.read(Some(authored), &node, "", kind)
    });
    (Raw(written.unwrap_or_else(|| json!({}))), reader.places)
}

struct Reader<'a, 't> {
    stack: &'a Stack<'t>,
    places: Places,
}

impl Reader<'_, '_> {
    /// `authored` is what the node was evaluated from, where that has the node's own shape: it tells a number or a
    /// boolean from a text, which CloudFormation does not. `kind` is the type that tells what is secret.
    fn read(&mut self, authored: Option<&Json>, node: &Node, path: &str, kind: &str) -> Option<Json> {
        if !path.is_empty()
            && let Some(place) = self.stack.template.place(&node.path, self.stack.index)
        {
            self.places.insert(path.to_owned(), place);
        }
        let authored = authored.filter(|it| intrinsic(it).is_none());
        Some(match (&node.value, authored) {
            (Evaluated::Absent, _) => return None,
            (Evaluated::Text(it) | Evaluated::Pattern(it), _) if redaction::is_secret_text(it, false) => {
                unknown(&Reason::Redacted.into())
            }
            (Evaluated::Text(_), Some(scalar)) => scalar.clone(),
            (Evaluated::Text(it), None) => json!(it),
            (Evaluated::Map(fields) | Evaluated::Object(fields), _) => {
                self.object(authored, fields, path, kind)
            }
            (Evaluated::List(items), _) => self.array(authored, items, path, kind),
            (Evaluated::Edge(key), _) => json!(key),
            (Evaluated::Zone(zone), _) => json!(zone),
            (Evaluated::OneOf { values, .. }, _) => json!({ "$oneOf": values }),
            (Evaluated::External { why, .. } | Evaluated::Unknown(why), _) => unknown(why),
            (Evaluated::Pattern(it), _) => unknown(&Unknown::new(Reason::Computed, it)),
            (Evaluated::FirewallEndpoints(key) | Evaluated::FirewallEndpoint(key, _), _) => computed(key),
            (Evaluated::Zones(_) | Evaluated::Joined { .. }, _) => unknown(&Reason::Computed.into()),
        })
    }

    fn object(
        &mut self,
        authored: Option<&Json>,
        fields: &BTreeMap<String, Node>,
        path: &str,
        kind: &str,
    ) -> Json {
        let mut object = Map::new();
        for (name, node) in fields {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let field = if redaction::is_hidden(kind, name, node, fields) {
                Some(unknown(&Reason::Redacted.into()))
            } else {
                self.read(authored.and_then(|it| it.get(name)), node, &path, within(kind, name))
            };
            object.extend(field.map(|it| (name.clone(), it)));
        }
        Json::Object(object)
    }

    fn array(&mut self, authored: Option<&Json>, items: &[Node], path: &str, kind: &str) -> Json {
        // An item that is absent in this scenario has dropped out of the nodes.
        let authored = authored.and_then(Json::as_array).filter(|it| it.len() == items.len());
        let read = |(at, node): (usize, &Node)| {
            self.read(authored.map(|it| &it[at]), node, &format!("{path}[{at}]"), kind)
        };
        Json::Array(items.iter().enumerate().filter_map(read).collect())
    }
}

fn unknown(why: &Unknown) -> Json {
    json!({ "$unknown": why })
}

fn computed(key: &Key) -> Json {
    unknown(&Unknown::new(Reason::Computed, key.as_str()))
}
