//! A resource's properties, read into the snapshot's values; remembers where each stands.

use std::collections::BTreeMap;

use archlint_schema::{EndpointType, Key, Meta, Reason, Unknown, Value, Zone};
use serde::de::DeserializeOwned;
use serde::de::value::{self, StrDeserializer};

use super::built::{Candidates, Whole};
use super::firewall_endpoints::endpoint_key;
use super::node::{Evaluated, Node};
use super::{Ignored, Origin, Place, redaction};

/// Why a key that an edge names has no resource.
pub(crate) type Externals = BTreeMap<Key, Unknown>;

/// A resource as its source declares it.
pub(crate) trait Declaration {
    fn key(&self) -> Key;

    /// What a reader of the source calls it.
    fn label(&self) -> String;

    /// What else its source calls it: a live resource has an id, an ARN, a name.
    fn aliases(&self) -> Vec<String> {
        Vec::new()
    }

    /// A property by its name in the source's own dialect.
    fn property(&self, name: &str) -> Node;

    /// Its tags: a map, or a list of keys with values.
    fn tags(&self) -> Node;

    /// Whether what its author wrote of a property holds an AWS access key. Only the answer leaves the declaration.
    fn holds_aws_keys(&self, property: &str) -> Value<bool>;

    /// Where the resource stands, if the source's text is at hand.
    fn place(&self) -> Option<Place>;

    /// Where a node stands.
    fn place_of(&self, node: &Node) -> Option<Place>;

    /// Whether it stands for any number of resources that its source leaves out.
    fn is_left_out(&self) -> bool {
        false
    }

    /// The resources one of which a node names, where nobody knows which.
    fn candidates(&self, _: &Node) -> Candidates {
        Candidates::default()
    }

    /// What its metadata says archlint shall ignore.
    fn ignored(&self) -> Vec<Ignored> {
        Vec::new()
    }
}

pub(crate) struct Properties<'a> {
    declaration: &'a dyn Declaration,
    externals: &'a mut Externals,
    places: BTreeMap<String, Place>,
}

impl<'a> Properties<'a> {
    pub(crate) fn new(declaration: &'a dyn Declaration, externals: &'a mut Externals) -> Self {
        Self { declaration, externals, places: BTreeMap::new() }
    }

    pub(crate) fn declaration(&self) -> &'a dyn Declaration {
        self.declaration
    }

    /// Who the resource is. `name` is the property that holds its physical name, where the kind has one.
    pub(crate) fn meta(&mut self, name: Option<&str>) -> Meta {
        let mut meta = Meta::new(self.declaration.key(), self.declaration.label());
        meta.aliases = self.declaration.aliases();
        if let Some(name) = name {
            meta.name = self.text(name, "name");
        }
        meta.tags = self.tags();
        meta
    }

    pub(crate) fn origin(self) -> Option<Origin> {
        let (resource, ignored) = (self.declaration.place()?, self.declaration.ignored());
        Some(Origin { resource, properties: self.places, ignored })
    }

    /// The value of a property; `A.B` is `B` within `A`.
    pub(crate) fn get(&self, property: &str) -> Node {
        let mut parts = property.split('.');
        let node = self.declaration.property(parts.next().unwrap_or_default());
        parts.fold(node, |node, part| node.field(part))
    }

    pub(crate) fn has(&self, property: &str) -> bool {
        self.get(property).value != Evaluated::Absent
    }

    /// Remembers that a path of the snapshot stands where a node stands.
    pub(crate) fn mark(&mut self, path: &str, node: &Node) {
        if node.value != Evaluated::Absent
            && let Some(place) = self.declaration.place_of(node)
        {
            self.places.insert(path.to_owned(), place);
        }
    }

    fn marked(&mut self, property: &str, path: &str) -> Node {
        let node = self.get(property);
        self.mark(path, &node);
        node
    }

    pub(crate) fn text(&mut self, property: &str, path: &str) -> Value<Option<String>> {
        self.marked(property, path).text()
    }

    /// A property that AWS fills in with `default` where it is absent.
    pub(crate) fn text_or(&mut self, property: &str, path: &str, default: &str) -> Value<String> {
        self.text(property, path).map(|it| it.unwrap_or_else(|| default.to_owned()))
    }

    pub(crate) fn boolean(&mut self, property: &str, path: &str) -> Value<Option<bool>> {
        truth(&self.marked(property, path))
    }

    pub(crate) fn boolean_or(&mut self, property: &str, path: &str, default: bool) -> Value<bool> {
        self.boolean(property, path).map(|it| it.unwrap_or(default))
    }

    /// Whether a property holds an AWS access key; the property itself never enters.
    pub(crate) fn holds_aws_keys(&mut self, property: &str, path: &str) -> Value<bool> {
        let node = self.get(property);
        self.mark(path, &node);
        self.declaration.holds_aws_keys(property)
    }

    pub(crate) fn integer(&mut self, property: &str, path: &str) -> Value<Option<i64>> {
        whole_number(&self.marked(property, path))
    }

    pub(crate) fn integer_or(&mut self, property: &str, path: &str, default: i64) -> Value<i64> {
        self.integer(property, path).map(|it| it.unwrap_or(default))
    }

    /// A property whose text is one of a few words: both dialects spell them as the snapshot does, which has AWS's
    /// own. Absent is `default`.
    pub(crate) fn word<T: Clone + DeserializeOwned>(
        &mut self,
        property: &str,
        path: &str,
        default: &T,
    ) -> Value<T> {
        self.optional_word(property, path).map(|it| it.unwrap_or_else(|| default.clone()))
    }

    pub(crate) fn optional_word<T: DeserializeOwned>(
        &mut self,
        property: &str,
        path: &str,
    ) -> Value<Option<T>> {
        parsed(self.text(property, path), known_word)
    }

    /// The type of a VPC endpoint; AWS has more of them than matter here.
    pub(crate) fn endpoint_type(&mut self, property: &str) -> Value<EndpointType> {
        let read = |word: &str| Some(known_word(word).unwrap_or(EndpointType::Other));
        parsed(self.text(property, "endpoint_type"), read).map(|it| it.unwrap_or(EndpointType::Gateway))
    }

    /// An edge that may be absent.
    pub(crate) fn edge(&mut self, property: &str, path: &str) -> Value<Option<Key>> {
        let node = self.marked(property, path);
        self.edge_of(&node)
    }

    /// An edge that AWS requires; one that is missing all the same is unknown.
    pub(crate) fn required_edge(&mut self, property: &str, path: &str) -> Value<Key> {
        required(self.edge(property, path), property)
    }

    /// The resource that this one is a part of.
    pub(crate) fn whole(&mut self, property: &str) -> Whole {
        let node = self.get(property);
        let mut candidates = self.declaration.candidates(&node);
        if candidates.keys().is_empty() {
            match self.edge_of(&node) {
                Value::Known(Some(key)) if self.declaration.is_left_out() => {
                    candidates = Candidates::of([key].into_iter());
                }
                edge => return Whole::One(edge),
            }
        }
        let why = match node.value {
            Evaluated::External { why, .. } | Evaluated::Unknown(why) => why,
            _ => Unknown::new(Reason::NotCollected, format!("{}.{property}", self.declaration.key())),
        };
        Whole::OneOf(candidates, why)
    }

    /// A list of edges, each marked as `path[i]`; absent is the empty list.
    pub(crate) fn edges(&mut self, property: &str, path: &str) -> Value<Vec<Value<Key>>> {
        let node = self.marked(property, path);
        self.edges_of(&node, path, "")
    }

    /// The edges that stand in one field of each item: `SubnetMappings[].SubnetId`.
    pub(crate) fn edges_within(&mut self, property: &str, field: &str, path: &str) -> Value<Vec<Value<Key>>> {
        let node = self.marked(property, path);
        self.edges_of(&node, path, field)
    }

    /// The edges of a list, or those in one field of each of its items.
    pub(crate) fn edges_of(&mut self, node: &Node, path: &str, field: &str) -> Value<Vec<Value<Key>>> {
        let items = match node.items() {
            Value::Known(items) => items,
            Value::Unknown(why) => return Value::Unknown(why),
            Value::OneOf(_) => return Value::unknown(Reason::Parameter, path),
        };
        let edge = |(at, item): (usize, &Node)| {
            let item = if field.is_empty() { item.clone() } else { item.field(field) };
            self.mark(&format!("{path}[{at}]"), &item);
            required(self.edge_of(&item), path)
        };
        Value::Known(items.iter().enumerate().map(edge).collect())
    }

    /// A list as its items, or why nobody knows them.
    pub(crate) fn list(&mut self, property: &str, path: &str) -> Value<Vec<Node>> {
        self.marked(property, path).items()
    }

    pub(crate) fn zone(&mut self, property: &str, path: &str) -> Value<Option<Zone>> {
        self.marked(property, path).zone()
    }

    pub(crate) fn zone_list(&mut self, property: &str, path: &str) -> Value<Vec<Value<Zone>>> {
        let node = self.marked(property, path);
        if let Evaluated::Zones(region) = &node.value {
            return Value::Unknown(Unknown::of_every_zone(region));
        }
        node.items().map(|items| {
            let zone = |it: &Node| match it.zone() {
                Value::Known(Some(zone)) => Value::Known(zone),
                Value::Unknown(why) => Value::Unknown(why),
                Value::Known(None) | Value::OneOf(_) => Value::unknown(Reason::Unevaluated, path),
            };
            items.iter().map(zone).collect()
        })
    }

    /// An edge by what a node evaluated to; something outside is named in the snapshot's externals.
    pub(crate) fn edge_of(&mut self, node: &Node) -> Value<Option<Key>> {
        let external = |key: &Key, why: Unknown, externals: &mut Externals| {
            externals.insert(key.clone(), why);
            Value::Known(Some(key.clone()))
        };
        match &node.value {
            Evaluated::Absent => Value::Known(None),
            Evaluated::Edge(key) => Value::Known(Some(key.clone())),
            Evaluated::FirewallEndpoint(firewall, at) => Value::Known(Some(endpoint_key(firewall, *at))),
            Evaluated::External { key, why } => external(key, why.clone(), self.externals),
            Evaluated::OneOf { key, .. } => {
                let why = Unknown::new(Reason::Parameter, key.as_str());
                external(key, why, self.externals)
            }
            Evaluated::Text(id) if id.is_empty() => Value::Known(None),
            // CloudFormation joins some things by their names; a name that a resource has is found later.
            Evaluated::Text(id) => {
                external(&Key::from(id.as_str()), Unknown::new(Reason::NotCollected, id), self.externals)
            }
            Evaluated::Pattern(id) => {
                external(&Key::from(id.as_str()), Unknown::new(Reason::Computed, id), self.externals)
            }
            Evaluated::Unknown(why) => Value::Unknown(why.clone()),
            _ => Value::unknown(Reason::Unevaluated, "an id of several parts"),
        }
    }

    fn tags(&mut self) -> Value<BTreeMap<String, Value<String>>> {
        let node = self.declaration.tags();
        // Some kinds take tags as a map.
        if let Evaluated::Map(fields) = &node.value {
            return Value::Known(
                fields.iter().map(|(name, it)| (name.clone(), tag(name, it.text()))).collect(),
            );
        }
        node.items().map(|items| {
            let either = |it: &Node, names: [&str; 2]| {
                names.map(|name| it.field(name)).into_iter().find(|it| it.value != Evaluated::Absent)
            };
            let pair = |it: &Node| match either(it, ["Key", "key"])?.text() {
                Value::Known(Some(key)) => {
                    let value = either(it, ["Value", "value"]).map_or(Value::Known(None), |it| it.text());
                    let value = tag(&key, value);
                    Some((key, value))
                }
                _ => None,
            };
            items.iter().filter_map(pair).collect()
        })
    }
}

/// The value of a tag, unless the tag is called as a secret is.
fn tag(name: &str, value: Value<Option<String>>) -> Value<String> {
    match plain(value) {
        Value::Known(it) if redaction::is_secret_text(&it, redaction::is_secret_name(name)) => {
            Value::Unknown(Reason::Redacted.into())
        }
        value => value,
    }
}

pub(crate) fn required<T: Clone>(value: Value<Option<T>>, what: &str) -> Value<T> {
    match value {
        Value::Known(Some(it)) => Value::Known(it),
        Value::Known(None) => Value::unknown(Reason::NotCollected, what),
        Value::OneOf(all) => match all.into_iter().collect::<Option<Vec<T>>>() {
            Some(all) => Value::OneOf(all),
            None => Value::unknown(Reason::Unevaluated, what),
        },
        Value::Unknown(why) => Value::Unknown(why),
    }
}

pub(crate) fn truth(node: &Node) -> Value<Option<bool>> {
    parsed(node.text(), |it| match it.to_ascii_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    })
}

pub(crate) fn whole_number(node: &Node) -> Value<Option<i64>> {
    parsed(node.text(), |it| it.trim().parse().ok())
}

/// A list of texts, each known or not; a list that nobody knows stays unknown.
pub(crate) fn texts(items: Value<Vec<Node>>, what: &str) -> Value<Vec<Value<String>>> {
    items.map(|items| items.iter().map(|it| required(it.text(), what)).collect())
}

fn known_word<T: DeserializeOwned>(word: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<value::Error>::new(word)).ok()
}

/// A text read as something else; one that cannot be read so is unknown, not absent.
fn parsed<T>(text: Value<Option<String>>, read: impl Fn(&str) -> Option<T>) -> Value<Option<T>> {
    let odd = |it: &str| Value::unknown(Reason::Computed, format!("`{it}`"));
    match text {
        Value::Known(None) => Value::Known(None),
        Value::Known(Some(it)) => read(&it).map_or_else(|| odd(&it), |it| Value::Known(Some(it))),
        Value::OneOf(all) => {
            let read: Option<Vec<Option<T>>> =
                all.iter().map(|it| it.as_deref().map_or(Some(None), |it| read(it).map(Some))).collect();
            read.map_or_else(|| odd("one of several allowed values"), Value::OneOf)
        }
        Value::Unknown(why) => Value::Unknown(why),
    }
}

fn plain(text: Value<Option<String>>) -> Value<String> {
    text.map(Option::unwrap_or_default)
}
