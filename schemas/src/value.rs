//! A value as it is known before deployment: known, one of several, or unknown with its reason.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeOwned, Error, IntoDeserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The reserved keys of the document form; a known object cannot contain them.
const UNKNOWN: &str = "$unknown";
const ONE_OF: &str = "$oneOf";

/// An attribute of a resource. Absence is inside (`Value<Option<T>>`): a value that is known to be
/// absent is `Known(None)`, which is not the same as a value that nobody knows.
///
/// In a document for people and other languages a known value is itself; the others are `{"$oneOf": [...]}` and
/// `{"$unknown": {"reason": ..., "detail": ...}}`. In a binary one the three are `[known]`, `[null, why]` and
/// `[null, null, [...]]`: which it is can be told before it is read, without code for every form that it may take.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value<T> {
    Known(T),
    /// Each of these is possible; a violation needs every one of them to violate.
    OneOf(Vec<T>),
    Unknown(Unknown),
}

/// Why a value is not known, and what would tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Unknown {
    pub reason: Reason,
    /// The parameter, export or expression that hides the value, in the source's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// AWS decides it at deployment.
    Computed,
    /// A parameter or variable without a value.
    Parameter,
    /// An export of a stack that is not among the inputs.
    Import,
    /// The source did not see it.
    NotCollected,
    /// A secret, dropped at the source.
    Redacted,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Computed => "computed",
            Reason::Parameter => "parameter",
            Reason::Import => "import",
            Reason::NotCollected => "not-collected",
            Reason::Redacted => "redacted",
        })
    }
}

impl Unknown {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: Some(detail.into()) }
    }

    /// Whether two unknown values are provably the same one: the same parameter or import, or the
    /// same computed expression.
    pub fn same_as(&self, other: &Self) -> bool {
        self.detail.is_some() && self == other && self.reason != Reason::Redacted
    }
}

impl From<Reason> for Unknown {
    fn from(reason: Reason) -> Self {
        Self { reason, detail: None }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.detail {
            Some(detail) => write!(f, "{} {detail}", self.reason),
            None => self.reason.fmt(f),
        }
    }
}

impl<T> Value<T> {
    pub fn unknown(reason: Reason, detail: impl Into<String>) -> Self {
        Value::Unknown(Unknown::new(reason, detail))
    }

    /// What was found, or why it cannot be told.
    pub fn of(found: Result<T, Unknown>) -> Self {
        found.map_or_else(Value::Unknown, Value::Known)
    }

    /// The value where it is the only one possible.
    pub fn known(&self) -> Option<&T> {
        match self {
            Value::Known(it) => Some(it),
            Value::OneOf(all) if all.len() == 1 => all.first(),
            Value::OneOf(_) | Value::Unknown(_) => None,
        }
    }

    /// The value, or why it cannot be told.
    pub fn decided(&self) -> Result<&T, Unknown> {
        match self {
            Value::Unknown(why) => Err(why.clone()),
            _ => self.known().ok_or_else(|| Unknown::new(Reason::Parameter, "one of several allowed values")),
        }
    }

    pub fn as_ref(&self) -> Value<&T> {
        match self {
            Value::Known(it) => Value::Known(it),
            Value::OneOf(all) => Value::OneOf(all.iter().collect()),
            Value::Unknown(why) => Value::Unknown(why.clone()),
        }
    }

    pub fn map<U>(self, f: impl Fn(T) -> U) -> Value<U> {
        match self {
            Value::Known(it) => Value::Known(f(it)),
            Value::OneOf(all) => Value::OneOf(all.into_iter().map(f).collect()),
            Value::Unknown(why) => Value::Unknown(why),
        }
    }

    /// Whether the value has a property: true or false only where every possible value agrees.
    pub fn is(&self, property: impl Fn(&T) -> bool) -> Value<bool> {
        match self {
            Value::Known(it) => Value::Known(property(it)),
            Value::Unknown(why) => Value::Unknown(why.clone()),
            Value::OneOf(all) => {
                let mut answers = all.iter().map(property);
                match answers.next() {
                    Some(first) if answers.all(|it| it == first) => Value::Known(first),
                    _ => Value::unknown(Reason::Parameter, "one of several allowed values"),
                }
            }
        }
    }
}

/// Kleene's three-valued logic: what is decided stays decided whatever the unknown part turns out to be.
impl Value<bool> {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.decide(), other.decide()) {
            (Value::Known(false), _) | (_, Value::Known(false)) => Value::Known(false),
            (Value::Known(true), it) | (it, Value::Known(true)) => it,
            (unknown, _) => unknown,
        }
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self.decide(), other.decide()) {
            (Value::Known(true), _) | (_, Value::Known(true)) => Value::Known(true),
            (Value::Known(false), it) | (it, Value::Known(false)) => it,
            (unknown, _) => unknown,
        }
    }

    #[must_use]
    pub fn negate(self) -> Self {
        self.map(|it| !it)
    }

    pub fn is_true(&self) -> bool {
        self.known() == Some(&true)
    }

    pub fn is_false(&self) -> bool {
        self.known() == Some(&false)
    }

    pub fn all(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().fold(Value::Known(true), Self::and)
    }

    pub fn any(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().fold(Value::Known(false), Self::or)
    }

    /// Folds `OneOf` into the two answers Kleene logic knows besides unknown.
    fn decide(self) -> Self {
        match self {
            Value::OneOf(_) => self.is(|it| *it),
            it => it,
        }
    }
}

impl<T> From<T> for Value<T> {
    fn from(it: T) -> Self {
        Value::Known(it)
    }
}

/// A field that a document does not carry was not collected.
impl<T> Default for Value<T> {
    fn default() -> Self {
        Value::Unknown(Reason::NotCollected.into())
    }
}

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
        let why = generator.subschema_for::<Unknown>();
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
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn truth() -> impl Strategy<Value = Value<bool>> {
        prop_oneof![
            any::<bool>().prop_map(Value::Known),
            Just(Value::OneOf(vec![true, false])),
            Just(Value::Unknown(Reason::Computed.into()))
        ]
    }

    /// What Kleene logic sees of a value: decided, or not.
    fn seen(it: &Value<bool>) -> Option<bool> {
        it.known().copied()
    }

    proptest! {
        #[test]
        fn and_or_are_commutative_and_dual(a in truth(), b in truth()) {
            prop_assert_eq!(seen(&a.clone().and(b.clone())), seen(&b.clone().and(a.clone())));
            prop_assert_eq!(seen(&a.clone().or(b.clone())), seen(&b.clone().or(a.clone())));
            let de_morgan = a.clone().negate().and(b.clone().negate()).negate();
            prop_assert_eq!(seen(&a.or(b)), seen(&de_morgan));
        }

        #[test]
        fn and_is_associative(a in truth(), b in truth(), c in truth()) {
            let left = a.clone().and(b.clone()).and(c.clone());
            prop_assert_eq!(seen(&left), seen(&a.and(b.and(c))));
        }

        #[test]
        fn a_decided_answer_survives_learning_more(a in truth(), b in truth(), learnt in any::<bool>()) {
            let fill = |it: &Value<bool>| it.known().copied().unwrap_or(learnt);
            for (answer, truth) in [
                (a.clone().and(b.clone()), fill(&a) && fill(&b)),
                (a.clone().or(b.clone()), fill(&a) || fill(&b)),
            ] {
                if let Some(answer) = answer.known() {
                    prop_assert_eq!(*answer, truth);
                }
            }
        }
    }

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

    #[test]
    fn every_member_must_agree_before_one_of_is_decided() {
        assert_eq!(Value::OneOf(vec![1, 2]).is(|it| *it > 0), Value::Known(true));
        assert!(Value::OneOf(vec![1, 2]).is(|it| *it > 1).known().is_none());
        assert!(Value::<i64>::OneOf(vec![]).is(|it| *it > 1).known().is_none());
    }
}
