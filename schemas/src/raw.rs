//! What a source wrote, as it wrote it.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value as Json;

use crate::{Reason, Unknown, Value};

/// The properties of a resource as its source wrote them, in the source's own names. Secrets are not among them. A
/// reference to a resource of the snapshot is its key; what the source does not tell is `{"$unknown": ...}` or
/// `{"$oneOf": [...]}`, as in a [`Value`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Raw(pub Json);

impl Raw {
    /// The value at a path, `None` where there is none. A path names properties and items: `Rules[0].Name`.
    pub fn get(&self, path: &str) -> Value<Option<&Json>> {
        let mut at = &self.0;
        for step in path.split(['.', '[']) {
            if let Some(why) = at.get("$unknown") {
                return Value::Unknown(why_unknown(why));
            }
            let next = match step.strip_suffix(']') {
                Some(position) => position.parse().ok().and_then(|position: usize| at.get(position)),
                None => at.get(step),
            };
            match next {
                Some(next) => at = next,
                None => return Value::Known(None),
            }
        }
        match (at.get("$unknown"), at.get("$oneOf").and_then(Json::as_array)) {
            (Some(why), _) => Value::Unknown(why_unknown(why)),
            (None, Some(all)) => Value::OneOf(all.iter().map(Some).collect()),
            (None, None) => Value::Known(Some(at).filter(|it| !it.is_null())),
        }
    }

    /// The text at a path; numbers and booleans are texts too.
    pub fn text(&self, path: &str) -> Value<Option<String>> {
        self.scalar(path, |it| Some(it.to_owned()))
    }

    /// The boolean at a path, which some sources write as a text.
    pub fn boolean(&self, path: &str) -> Value<Option<bool>> {
        self.scalar(path, |it| it.to_ascii_lowercase().parse().ok())
    }

    /// The integer at a path, which some sources write as a text.
    pub fn integer(&self, path: &str) -> Value<Option<i64>> {
        self.scalar(path, |it| it.trim().parse().ok())
    }

    /// What cannot be read is unknown, not absent.
    fn scalar<T: Clone>(&self, path: &str, read: impl Fn(&str) -> Option<T>) -> Value<Option<T>> {
        let read = |it: &Json| match it {
            Json::String(it) => read(it),
            Json::Bool(_) | Json::Number(_) => read(&it.to_string()),
            _ => None,
        };
        let odd = || Value::unknown(Reason::Computed, path);
        match self.get(path) {
            Value::Known(None) => Value::Known(None),
            Value::Known(Some(it)) => read(it).map_or_else(odd, |it| Value::Known(Some(it))),
            Value::OneOf(all) => {
                let all: Option<Vec<Option<T>>> =
                    all.into_iter().map(|it| it.map_or(Some(None), |it| read(it).map(Some))).collect();
                all.map_or_else(odd, Value::OneOf)
            }
            Value::Unknown(why) => Value::Unknown(why),
        }
    }
}

fn why_unknown(why: &Json) -> Unknown {
    serde_json::from_value(why.clone()).unwrap_or(Unknown { reason: Reason::Computed, detail: None })
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Plain(&self.0).serialize(serializer)
    }
}

/// JSON whose numbers are written as numbers. `serde_json` with `arbitrary_precision` (a dependency of the host
/// turns it on for the whole build) writes them as something that only its own JSON undoes.
struct Plain<'a>(&'a Json);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Json::Number(it) => match (it.as_i64(), it.as_u64(), it.as_f64()) {
                (Some(it), _, _) => serializer.serialize_i64(it),
                (None, Some(it), _) => serializer.serialize_u64(it),
                (None, None, Some(it)) => serializer.serialize_f64(it),
                (None, None, None) => serializer.serialize_str(&it.to_string()),
            },
            Json::Array(all) => serializer.collect_seq(all.iter().map(Plain)),
            Json::Object(fields) => serializer.collect_map(fields.iter().map(|(name, it)| (name, Plain(it)))),
            // As nothing, which every format has a form for; a unit is an empty list to some.
            Json::Null => serializer.serialize_none(),
            scalar => scalar.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_source_wrote_crosses_as_it_is() {
        let raw = Raw(
            json!({ "a": null, "b": [1, -2, 1.5, true, "", [], {}], "c": { "$unknown": { "reason": "import" } } }),
        );
        assert_eq!(crate::decode::<Raw>(&crate::encode(&raw).unwrap()).unwrap(), raw);
        assert_eq!(serde_json::from_str::<Raw>(&serde_json::to_string(&raw).unwrap()).unwrap(), raw);
    }

    #[test]
    fn a_path_leads_to_a_value_or_to_why_there_is_none() {
        let raw = Raw(json!({
            "On": "True",
            "Off": false,
            "Count": "3",
            "Key": null,
            "Rules": [{ "Name": "a" }, { "Name": { "$unknown": { "reason": "import", "detail": "net" } } }],
            "Nested": { "$unknown": { "reason": "parameter", "detail": "Spec" } },
            "Mode": { "$oneOf": ["a", "b"] },
        }));
        assert_eq!(raw.boolean("On"), Value::Known(Some(true)));
        assert_eq!(raw.boolean("Off"), Value::Known(Some(false)));
        assert_eq!(raw.integer("Count"), Value::Known(Some(3)));
        assert_eq!(raw.integer("On"), Value::unknown(Reason::Computed, "On"));
        assert_eq!(raw.text("Key"), Value::Known(None));
        assert_eq!(raw.text("Nowhere.Near"), Value::Known(None));
        assert_eq!(raw.text("Rules[0].Name"), Value::Known(Some("a".to_owned())));
        assert_eq!(raw.text("Rules[1].Name"), Value::unknown(Reason::Import, "net"));
        assert_eq!(raw.text("Rules[2].Name"), Value::Known(None));
        assert_eq!(raw.boolean("Nested.Enabled"), Value::unknown(Reason::Parameter, "Spec"));
        assert_eq!(raw.text("Mode"), Value::OneOf(vec![Some("a".to_owned()), Some("b".to_owned())]));
    }
}
