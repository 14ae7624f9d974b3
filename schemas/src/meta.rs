//! Who a resource is: its key, and what people call it.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Value;

/// A resource's key within the snapshot: `<stack>/<logical id>`, a Terraform address, an ARN or an id.
///
/// Edges join keys, so a reference to a thing that has no id yet is still an edge. A key that no resource
/// of the snapshot has stands for something outside it; the snapshot's `externals` tell why it is not here.
// Clones share their text: there are more keys than anything else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema), schemars(transparent))]
pub struct Key(#[cfg_attr(feature = "json-schema", schemars(with = "String"))] Arc<str>);

impl Key {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Key {
    fn from(it: &str) -> Self {
        Self(it.into())
    }
}

impl From<String> for Key {
    fn from(it: String) -> Self {
        Self(it.into())
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Straight from the document's text, without a String in between.
impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl Visitor<'_> for KeyVisitor {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E: de::Error>(self, it: &str) -> Result<Key, E> {
                Ok(Key::from(it))
            }
        }

        deserializer.deserialize_str(KeyVisitor)
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What every resource has, whatever its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Meta {
    pub key: Key,
    /// What a reader of the source calls it: the logical id, the last part of a Terraform address, the
    /// `Name` tag of something live.
    pub label: String,
    /// Other ids by which the source refers to it: ARN, physical id, name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The explicit physical name (a load balancer's `Name`, a bucket's name), where the kind has one.
    #[serde(default = "absent", skip_serializing_if = "is_absent")]
    pub name: Value<Option<String>>,
    /// Tags by key; tags that the source does not list one by one make the whole unknown.
    #[serde(default = "no_tags", skip_serializing_if = "has_no_tags")]
    pub tags: Value<BTreeMap<String, Value<String>>>,
}

impl Meta {
    /// A resource without name and tags.
    pub fn new(key: impl Into<Key>, label: impl Into<String>) -> Self {
        Self { key: key.into(), label: label.into(), aliases: Vec::new(), name: absent(), tags: no_tags() }
    }

    /// The value of a tag: known to be absent, known, or unknown.
    pub fn tag(&self, key: &str) -> Value<Option<String>> {
        match &self.tags {
            Value::Known(tags) => tags.get(key).map_or(Value::Known(None), |it| it.clone().map(Some)),
            Value::OneOf(_) => Value::default(),
            Value::Unknown(why) => Value::Unknown(why.clone()),
        }
    }
}

fn absent() -> Value<Option<String>> {
    Value::Known(None)
}

fn is_absent(name: &Value<Option<String>>) -> bool {
    *name == absent()
}

fn no_tags() -> Value<BTreeMap<String, Value<String>>> {
    Value::Known(BTreeMap::new())
}

fn has_no_tags(tags: &Value<BTreeMap<String, Value<String>>>) -> bool {
    *tags == no_tags()
}
