//! Who a resource is: its key, what people call it, and what its source wrote.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::Value;

/// A resource's key within the snapshot: `<stack>/<logical id>`, a Terraform address, an ARN or an id.
///
/// Edges join keys, so a reference to a thing that has no id yet is still an edge. A key that no resource
/// of the snapshot has stands for something outside it; the snapshot's `externals` tell why it is not here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Key(String);

impl Key {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Key {
    fn from(it: T) -> Self {
        Self(it.into())
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
    /// The properties as the source wrote them; given to plugins that ask.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "raw")]
    pub raw: Option<serde_json::Value>,
}

impl Meta {
    /// A resource without name and tags.
    pub fn new(key: impl Into<Key>, label: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            label: label.into(),
            aliases: Vec::new(),
            name: absent(),
            tags: no_tags(),
            raw: None,
        }
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

#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
fn raw<S: Serializer>(raw: &Option<serde_json::Value>, serializer: S) -> Result<S::Ok, S::Error> {
    Plain(raw.as_ref().unwrap_or(&serde_json::Value::Null)).serialize(serializer)
}

/// JSON whose numbers are written as numbers. `serde_json` with `arbitrary_precision` (a dependency of the host
/// turns it on for the whole build) writes them as something that only its own JSON undoes.
struct Plain<'a>(&'a serde_json::Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            serde_json::Value::Number(it) => match (it.as_i64(), it.as_u64(), it.as_f64()) {
                (Some(it), _, _) => serializer.serialize_i64(it),
                (None, Some(it), _) => serializer.serialize_u64(it),
                (None, None, Some(it)) => serializer.serialize_f64(it),
                (None, None, None) => serializer.serialize_str(&it.to_string()),
            },
            serde_json::Value::Array(all) => serializer.collect_seq(all.iter().map(Plain)),
            serde_json::Value::Object(fields) => {
                serializer.collect_map(fields.iter().map(|(name, it)| (name, Plain(it))))
            }
            scalar => scalar.serialize(serializer),
        }
    }
}
