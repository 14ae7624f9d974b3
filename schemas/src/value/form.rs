//! How a value stands in a document: one form for people and other languages, one that is quick to read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeOwned, Error, IntoDeserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Value;

/// The reserved keys of the document form; a known object cannot contain them.
const UNKNOWN: &str = "$unknown";
const ONE_OF: &str = "$oneOf";

impl<T: Serialize> Serialize for Value<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return match self {
                Value::Known(it) => (it,).serialize(serializer),
                Value::Unknown(why) => ((), why).serialize(serializer),
                Value::OneOf(all) => ((), (), all).serialize(serializer),
            };
        }
        match self {
            Value::Known(it) => it.serialize(serializer),
            Value::OneOf(all) => one_entry(serializer, ONE_OF, all),
            Value::Unknown(why) => one_entry(serializer, UNKNOWN, why),
        }
    }
}

fn one_entry<S: Serializer>(serializer: S, key: &str, value: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(key, value)?;
    map.end()
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Value<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(ValueVisitor(PhantomData))
        } else {
            deserializer.deserialize_seq(TupleVisitor(PhantomData))
        }
    }
}

/// Reads the binary form, whose length tells which of the three it is.
struct TupleVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for TupleVisitor<T> {
    type Value = Value<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value as an array of one, two or three")
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let length = seq.size_hint().unwrap_or_default();
        let absent = || A::Error::invalid_length(length, &"one, two or three");
        for _ in 1..length {
            seq.next_element::<()>()?;
        }
        Ok(match length {
            1 => Value::Known(seq.next_element()?.ok_or_else(absent)?),
            2 => Value::Unknown(seq.next_element()?.ok_or_else(absent)?),
            3 => Value::OneOf(seq.next_element()?.ok_or_else(absent)?),
            _ => return Err(absent()),
        })
    }
}

struct ValueVisitor<T>(PhantomData<T>);

/// Forwards a scalar to `T` as it came.
macro_rules! forward {
    ($($visit:ident: $type:ty),* $(,)?) => {$(
        fn $visit<E: de::Error>(self, it: $type) -> Result<Self::Value, E> {
            T::deserialize(Present(it.into_deserializer())).map(Value::Known)
        }
    )*};
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ValueVisitor<T> {
    type Value = Value<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, {\"$oneOf\": [...]} or {\"$unknown\": {...}}")
    }

    forward! {
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str, visit_string: String,
    }

    fn visit_borrowed_str<E: de::Error>(self, it: &'de str) -> Result<Self::Value, E> {
        T::deserialize(Present(de::value::BorrowedStrDeserializer::new(it))).map(Value::Known)
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        T::deserialize(().into_deserializer()).map(Value::Known)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
        T::deserialize(Present(de::value::SeqAccessDeserializer::new(seq))).map(Value::Known)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some(key) = map.next_key::<String>()? else {
            return T::deserialize(Present(MapAccessDeserializer::new(map))).map(Value::Known);
        };
        match key.as_str() {
            UNKNOWN => map.next_value().map(Value::Unknown),
            ONE_OF => map.next_value().map(Value::OneOf),
            // serde_json with `arbitrary_precision` (a dependency of the host turns it on for the whole
            // build) hands a number to `deserialize_any` as a map with this one key.
            "$serde_json::private::Number" => number(&map.next_value::<String>()?),
            _ => {
                T::deserialize(Present(MapAccessDeserializer::new(Prepended { first: Some(key), rest: map })))
                    .map(Value::Known)
            }
        }
    }
}

fn number<'de, T: Deserialize<'de>, E: de::Error>(text: &str) -> Result<Value<T>, E> {
    if let Ok(it) = text.parse::<u64>() {
        T::deserialize(Present(it.into_deserializer())).map(Value::Known)
    } else if let Ok(it) = text.parse::<i64>() {
        T::deserialize(Present(it.into_deserializer())).map(Value::Known)
    } else {
        let it: f64 = text.parse().map_err(E::custom)?;
        T::deserialize(Present(it.into_deserializer())).map(Value::Known)
    }
}

/// A value that is there: what serde's own value deserializers lack to be read as an `Option`.
struct Present<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Present<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_some(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self.0)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A map whose first key has already been read.
struct Prepended<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Prepended<A> {
    type Error = A::Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}

#[cfg(feature = "json-schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Value<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Value_of_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let known = generator.subschema_for::<T>();
        let why = generator.subschema_for::<super::Unknown>();
        schemars::json_schema!({ "anyOf": [
            known,
            { "type": "object", "properties": { ONE_OF: { "type": "array", "items": known } },
              "required": [ONE_OF], "additionalProperties": false },
            { "type": "object", "properties": { UNKNOWN: why },
              "required": [UNKNOWN], "additionalProperties": false }
        ] })
    }
}

/// Compile-time check that a value of an owned type can be read from any document.
const _: fn() = || {
    fn owned<T: DeserializeOwned>() {}
    owned::<Value<Option<String>>>();
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::Reason;

    #[track_caller]
    fn round_trip<T>(value: &Value<T>, json: &str)
    where
        T: Serialize + DeserializeOwned + PartialEq + fmt::Debug,
    {
        assert_eq!(serde_json::to_string(value).unwrap(), json);
        assert_eq!(serde_json::from_str::<Value<T>>(json).unwrap(), *value);
        assert_eq!(crate::decode::<Value<T>>(&crate::encode(value).unwrap()).unwrap(), *value);
    }

    #[test]
    fn the_document_form_is_the_value_itself_or_a_reserved_key() {
        round_trip(&Value::Known(3_i64), "3");
        round_trip(&Value::Known(-3_i64), "-3");
        round_trip(&Value::Known(Some("a".to_owned())), "\"a\"");
        round_trip(&Value::<Option<String>>::Known(None), "null");
        round_trip(
            &Value::Known(vec![Value::Known(true), Value::Unknown(Reason::Computed.into())]),
            r#"[true,{"$unknown":{"reason":"computed"}}]"#,
        );
        round_trip(&Value::Known(BTreeMap::from([("k".to_owned(), 1)])), r#"{"k":1}"#);
        round_trip(&Value::Known(BTreeMap::<String, i64>::new()), "{}");
        round_trip(&Value::OneOf(vec![1_i64, 2]), r#"{"$oneOf":[1,2]}"#);
        round_trip(
            &Value::<i64>::unknown(Reason::Parameter, "Zone"),
            r#"{"$unknown":{"reason":"parameter","detail":"Zone"}}"#,
        );
    }
}
