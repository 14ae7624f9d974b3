//! A value as it is known before deployment: known, one of several, or unknown with its reason.

mod form;

use std::fmt;

use serde::{Deserialize, Serialize};

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
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// The source says it in a way that archlint does not evaluate.
    Unevaluated,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Computed => "computed",
            Reason::Parameter => "parameter",
            Reason::Import => "import",
            Reason::NotCollected => "not-collected",
            Reason::Redacted => "redacted",
            Reason::Unevaluated => "unevaluated",
        })
    }
}

const EVERY_ZONE: &str = "every zone of ";
const DEFAULT_VPC: &str = "the subnets of the default VPC";

impl Unknown {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: Some(detail.into()) }
    }

    /// That of what names no subnet: AWS places it in one of the default VPC.
    pub fn of_default_vpc() -> Self {
        Self::new(Reason::NotCollected, DEFAULT_VPC)
    }

    /// That of a list of all zones of a region: of two at least, as every region has.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html>
    pub fn of_every_zone(region: &str) -> Self {
        Self::new(
            Reason::Computed,
            format!("{EVERY_ZONE}{}", if region.is_empty() { "the region" } else { region }),
        )
    }

    /// The region whose zones it is all of, where it is that; empty: the deployment's own.
    pub fn region_of_every_zone(&self) -> Option<&str> {
        let region = self.detail.as_deref()?.strip_prefix(EVERY_ZONE)?;
        Some(if region == "the region" { "" } else { region })
    }

    /// Whether it is that of what names no subnet.
    pub fn is_of_default_vpc(&self) -> bool {
        self.detail.as_deref() == Some(DEFAULT_VPC)
    }

    /// Whether two unknown values of one template are provably the same one: the same parameter or import, or the same
    /// attribute. The other reasons say what is in the way, and not what the value is.
    pub fn same_as(&self, other: &Self) -> bool {
        let names_a_value = matches!(self.reason, Reason::Parameter | Reason::Import | Reason::Computed);
        names_a_value && self.detail.is_some() && self == other
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    #[test]
    fn every_member_must_agree_before_one_of_is_decided() {
        assert_eq!(Value::OneOf(vec![1, 2]).is(|it| *it > 0), Value::Known(true));
        assert!(Value::OneOf(vec![1, 2]).is(|it| *it > 1).known().is_none());
        assert!(Value::<i64>::OneOf(vec![]).is(|it| *it > 1).known().is_none());
    }
}
