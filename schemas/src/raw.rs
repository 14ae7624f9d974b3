//! What a source wrote, as it wrote it.

use serde::{Deserialize, Serialize, Serializer};

/// The properties of a resource as its source wrote them, in the source's own names. Secrets are not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Raw(pub serde_json::Value);

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Plain(&self.0).serialize(serializer)
    }
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
