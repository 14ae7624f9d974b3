//! Values as a plan knows them: some are known only after apply, some are sensitive.

use std::collections::BTreeMap;

use hcl::Number;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::Result;

/// hcl-rs has a value of its own, which cannot say "known after apply".
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Unknown(Shape),
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    List(Vec<Value>),
    Object(BTreeMap<String, Value>),
    Sensitive(Box<Value>),
}

/// What is known of a value that is not: a plan shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Scalar,
    List,
    Object,
}

/// A plan shows a value in three trees of the same form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aspect {
    /// What is known: an unknown member of an object is left out, one of a list is null.
    Known,
    /// `true` where a value is unknown.
    Unknown,
    /// `true` where a value is sensitive.
    Sensitive,
}

/// A value as one of its trees.
pub(super) struct View<'a>(pub(super) Aspect, pub(super) &'a Value);

impl Value {
    pub(super) fn object(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        Self::Object(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    pub(super) fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::Unknown(shape) => *shape,
            Self::List(_) => Shape::List,
            Self::Object(_) => Shape::Object,
            Self::Sensitive(inner) => inner.shape(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => Shape::Scalar,
        }
    }

    fn any(&self, holds: &dyn Fn(&Value) -> bool) -> bool {
        holds(self)
            || match self {
                Self::List(all) => all.iter().any(|it| it.any(holds)),
                Self::Object(all) => all.values().any(|it| it.any(holds)),
                Self::Sensitive(inner) => inner.any(holds),
                _ => false,
            }
    }

    pub(super) fn has_unknown(&self) -> bool {
        self.any(&|it| matches!(it, Self::Unknown(_)))
    }

    pub(super) fn has_sensitive(&self) -> bool {
        self.any(&|it| matches!(it, Self::Sensitive(_)))
    }

    pub(super) fn sensitive(self) -> Self {
        if self.has_sensitive() {
            return self.revealed().sensitive();
        }
        Self::Sensitive(Box::new(self))
    }

    /// The value without its marks.
    pub(super) fn revealed(self) -> Self {
        match self {
            Self::Sensitive(inner) => inner.revealed(),
            Self::List(all) => Self::List(all.into_iter().map(Self::revealed).collect()),
            Self::Object(all) => {
                Self::Object(all.into_iter().map(|(key, it)| (key, it.revealed())).collect())
            }
            other => other,
        }
    }

    /// A scalar as text; `None` where it is unknown.
    pub(super) fn text(&self) -> Result<Option<String>> {
        match self {
            Self::Unknown(_) => Ok(None),
            Self::Bool(it) => Ok(Some(it.to_string())),
            Self::Number(it) => Ok(Some(it.to_string())),
            Self::String(it) => Ok(Some(it.clone())),
            other => Err(format!("{other:?} is not a string").into()),
        }
    }

    /// A known string.
    pub(super) fn as_str(&self) -> Result<&str> {
        match self {
            Self::String(it) => Ok(it),
            other => Err(format!("{other:?} is not a known string").into()),
        }
    }

    /// A known whole number.
    pub(super) fn as_index(&self) -> Result<usize> {
        let number = match self {
            Self::Number(it) => it.as_u64(),
            _ => None,
        };
        let index = number.and_then(|it| usize::try_from(it).ok());
        index.ok_or_else(|| format!("{self:?} is not a known whole number").into())
    }

    /// The members of a known list, or the values of a known object in the order of its keys.
    pub(super) fn members(self) -> Result<Vec<Value>> {
        match self {
            Self::List(all) => Ok(all),
            Self::Object(all) => Ok(all.into_values().collect()),
            other => Err(format!("{other:?} is not a known collection").into()),
        }
    }

    /// The value as hcl-rs evaluates it.
    pub(super) fn into_hcl(self) -> Result<hcl::Value> {
        Ok(match self {
            Self::Null => hcl::Value::Null,
            Self::Bool(it) => it.into(),
            Self::Number(it) => it.into(),
            Self::String(it) => it.into(),
            Self::List(all) => all.into_iter().map(Self::into_hcl).collect::<Result<Vec<_>>>()?.into(),
            Self::Object(all) => {
                let entries = all.into_iter().map(|(key, it)| Ok((key, it.into_hcl()?)));
                entries.collect::<Result<hcl::Map<_, _>>>()?.into()
            }
            Self::Unknown(_) | Self::Sensitive(_) => return Err("the value is not known in the plan".into()),
        })
    }
}

impl From<hcl::Value> for Value {
    fn from(value: hcl::Value) -> Self {
        match value {
            hcl::Value::Null => Self::Null,
            hcl::Value::Bool(it) => Self::Bool(it),
            hcl::Value::Number(it) => Self::Number(it),
            hcl::Value::String(it) => Self::String(it),
            hcl::Value::Array(all) => Self::List(all.into_iter().map(Self::from).collect()),
            hcl::Value::Object(all) => {
                Self::Object(all.into_iter().map(|(key, it)| (key, it.into())).collect())
            }
        }
    }
}

impl<'a> View<'a> {
    pub(super) fn known(value: &'a Value) -> Self {
        Self(Aspect::Known, value)
    }

    /// Whether an object leaves the member out.
    pub(super) fn is_omitted(&self) -> bool {
        match (self.0, self.1) {
            (Aspect::Known, Value::Sensitive(inner)) => View::known(inner).is_omitted(),
            (Aspect::Known, value) => matches!(value, Value::Unknown(_)),
            _ => self.is_false(),
        }
    }

    fn is_false(&self) -> bool {
        match (self.0, self.1) {
            (Aspect::Sensitive, Value::Sensitive(_)) | (Aspect::Unknown, Value::Unknown(_)) => false,
            (Aspect::Unknown, Value::Sensitive(inner)) => View(Aspect::Unknown, inner).is_false(),
            (_, value) => value.shape() == Shape::Scalar,
        }
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let Self(aspect, value) = *self;
        match value {
            Value::Sensitive(_) if aspect == Aspect::Sensitive => serializer.serialize_bool(true),
            Value::Sensitive(inner) => View(aspect, inner).serialize(serializer),
            Value::List(all) => {
                let mut sequence = serializer.serialize_seq(Some(all.len()))?;
                for it in all {
                    sequence.serialize_element(&View(aspect, it))?;
                }
                sequence.end()
            }
            Value::Object(all) => {
                let mut map = serializer.serialize_map(None)?;
                for (key, it) in all {
                    let view = View(aspect, it);
                    if !view.is_omitted() {
                        map.serialize_entry(key, &view)?;
                    }
                }
                map.end()
            }
            Value::Unknown(Shape::List) if aspect == Aspect::Sensitive => {
                serializer.serialize_seq(Some(0))?.end()
            }
            Value::Unknown(Shape::Object) if aspect == Aspect::Sensitive => {
                serializer.serialize_map(Some(0))?.end()
            }
            _ if aspect != Aspect::Known => serializer.serialize_bool(!self.is_false()),
            Value::Unknown(_) | Value::Null => serializer.serialize_unit(),
            Value::Bool(it) => serializer.serialize_bool(*it),
            Value::Number(it) => it.serialize(serializer),
            Value::String(it) => serializer.serialize_str(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_shown_in_three_trees_of_one_form() {
        let value = Value::object([
            ("id", Value::Unknown(Shape::Scalar)),
            ("list", Value::List(vec![Value::Unknown(Shape::Scalar), Value::string("b")])),
            ("none", Value::List(Vec::new())),
            ("null", Value::Null),
            ("password", Value::string("secret").sensitive()),
            ("status", Value::Unknown(Shape::List)),
        ]);
        for (aspect, expected) in [
            (Aspect::Known, r#"{"list":[null,"b"],"none":[],"null":null,"password":"secret"}"#),
            (Aspect::Unknown, r#"{"id":true,"list":[true,false],"none":[],"status":true}"#),
            (Aspect::Sensitive, r#"{"list":[false,false],"none":[],"password":true,"status":[]}"#),
        ] {
            assert_eq!(serde_json::to_string(&View(aspect, &value)).unwrap(), expected, "{aspect:?}");
        }
    }
}
