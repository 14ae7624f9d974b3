//! One item as the kinds read it.

use archlint_schema::{Key, Reason, Unknown, Value};
use serde_json::Value as Json;

use super::index::Index;
use super::item::{Item, field};
use super::targets;
use crate::source::Place;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;
use crate::source::redaction::held_aws_keys;

pub(crate) struct Declared<'a> {
    item: &'a Item,
    index: &'a Index<'a>,
    at: usize,
}

impl<'a> Declared<'a> {
    pub(crate) fn new(index: &'a Index<'a>, at: usize) -> Self {
        Self { item: index.item(at), index, at }
    }

    fn node(&self, path: String, json: &Json) -> Node {
        let value = match json {
            Json::Null => Evaluated::Absent,
            Json::Bool(it) => Evaluated::Text(it.to_string()),
            Json::Number(it) => Evaluated::Text(it.to_string()),
            Json::String(text) if text.is_empty() => Evaluated::Absent,
            Json::String(text) if targets::is_joined(&path) => {
                let item =
                    |(at, it): (usize, &str)| self.node(format!("{path}/{at}"), &Json::from(it.trim()));
                Evaluated::List(text.split(',').enumerate().map(item).collect())
            }
            Json::String(text) => self.text(&path, text),
            Json::Array(items) => {
                let item = |(at, it): (usize, &Json)| self.node(format!("{path}/{at}"), it);
                Evaluated::List(items.iter().enumerate().map(item).collect())
            }
            Json::Object(fields) if let Some(why) = fields.get("$unknown") => {
                Evaluated::Unknown(unknown(why))
            }
            Json::Object(fields) => {
                let field = |(name, it): (&String, &Json)| {
                    let name = name.to_ascii_lowercase();
                    (name.clone(), self.node(format!("{path}/{name}"), it))
                };
                Evaluated::Object(fields.iter().map(field).collect())
            }
        };
        Node { value, path }
    }

    /// A text: the resource that it names, where the account has one that fits.
    fn text(&self, path: &str, text: &str) -> Evaluated {
        let edge = self.index.edge(self.at, path, text);
        edge.map_or_else(|| Evaluated::Text(text.to_owned()), |it| Evaluated::Edge(it.clone()))
    }
}

impl Declaration for Declared<'_> {
    fn key(&self) -> Key {
        self.index.key(self.at).clone()
    }

    /// What the console shows in its first column.
    fn label(&self) -> String {
        let tag = self.item.tags.as_ref().and_then(|it| it.get("Name")).filter(|it| !it.is_empty());
        let id = || self.item.id.as_str();
        // Of an ARN, what comes after service, region and account.
        let id = || id().strip_prefix("arn:").and_then(|it| it.splitn(5, ':').nth(4)).unwrap_or(id());
        tag.or(self.item.name.as_ref()).map_or_else(|| id().to_owned(), Clone::clone)
    }

    fn aliases(&self) -> Vec<String> {
        let mut aliases = vec![self.item.id.clone()];
        for it in self.item.arn.iter().chain(&self.item.name) {
            if !aliases.contains(it) {
                aliases.push(it.clone());
            }
        }
        aliases
    }

    fn property(&self, name: &str) -> Node {
        let path = name.to_ascii_lowercase();
        match self.item.property(name) {
            Some(it) => self.node(path, it),
            None => Node { value: Evaluated::Absent, path },
        }
    }

    fn tags(&self) -> Node {
        let path = "tags".to_owned();
        let value = match &self.item.tags {
            Some(tags) => {
                let tag = |(key, it): (&String, &String)| {
                    let value = Evaluated::Text(it.clone());
                    (key.clone(), Node { value, path: format!("tags/{key}") })
                };
                Evaluated::Map(tags.iter().map(tag).collect())
            }
            None => Evaluated::Unknown(Unknown::new(Reason::NotCollected, "tags")),
        };
        Node { value, path }
    }

    fn holds_aws_keys(&self, property: &str) -> Value<bool> {
        let mut names = property.split('.');
        let first = names.next().and_then(|it| self.item.property(it));
        match names.fold(first, |it, name| match name.parse::<usize>() {
            Ok(at) => it?.get(at),
            Err(_) => field(it?, name),
        }) {
            Some(it) => Value::Known(held_aws_keys(it).unwrap_or(false)),
            // User data of an instance takes a call of its own.
            None if self.item.kind == "AWS::EC2::Instance" => Value::unknown(Reason::NotCollected, property),
            None => Value::Known(false),
        }
    }

    fn place(&self) -> Option<Place> {
        None
    }

    fn place_of(&self, _: &Node) -> Option<Place> {
        None
    }
}

fn unknown(why: &Json) -> Unknown {
    serde_json::from_value(why.clone()).unwrap_or(Unknown { reason: Reason::NotCollected, detail: None })
}
