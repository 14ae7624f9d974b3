//! Type constraints of Terraform: `list(object({ zone = string, public = optional(bool, false) }))`.

use std::collections::BTreeMap;
use std::error::Error;

use hcl::Expression;
use hcl::expr::{FuncCall, ObjectKey};

use super::evaluate::{self, Scope};
use super::value::{Shape, Value};
use crate::Result;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Any,
    Bool,
    Number,
    String,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    Object(BTreeMap<String, Field>),
}

/// An attribute of an object type: with a default if it is optional.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    ty: Type,
    default: Option<Value>,
}

impl Type {
    pub(super) fn read(expression: &Expression) -> Result<Self> {
        match expression {
            Expression::Variable(name) => match name.as_str() {
                "any" => Ok(Self::Any),
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                other => Err(format!("`{other}` is not a type").into()),
            },
            Expression::FuncCall(call) => Self::read_constructor(call),
            other => Err(format!("`{other}` is not a type").into()),
        }
    }

    fn read_constructor(call: &FuncCall) -> Result<Self> {
        let element = |it: &Expression| Ok::<_, Box<dyn Error>>(Box::new(Self::read(it)?));
        match (call.name.name.as_str(), &call.args[..]) {
            ("list", [it]) => Ok(Self::List(element(it)?)),
            ("set", [it]) => Ok(Self::Set(element(it)?)),
            ("map", [it]) => Ok(Self::Map(element(it)?)),
            ("tuple", [Expression::Array(all)]) => {
                Ok(Self::Tuple(all.iter().map(Self::read).collect::<Result<_>>()?))
            }
            ("object", [Expression::Object(fields)]) => {
                let fields = fields.iter().map(|(key, it)| Ok((key_name(key)?, Field::read(it)?)));
                Ok(Self::Object(fields.collect::<Result<_>>()?))
            }
            (other, _) => Err(format!("`{other}` does not make a type of what it is given").into()),
        }
    }

    /// The fields of the objects of a collection.
    pub(super) fn element(&self) -> Option<&BTreeMap<String, Field>> {
        match self {
            Self::List(element) | Self::Set(element) => match &**element {
                Self::Object(fields) => Some(fields),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn shape(&self) -> Shape {
        match self {
            Self::Any | Self::Bool | Self::Number | Self::String => Shape::Scalar,
            Self::List(_) | Self::Set(_) | Self::Tuple(_) => Shape::List,
            Self::Map(_) | Self::Object(_) => Shape::Object,
        }
    }

    /// Converts as Terraform does: scalars into each other, tuples into lists and sets, objects into maps.
    pub(super) fn convert(&self, value: Value) -> Result<Value> {
        match (self, value) {
            (_, Value::Null) => Ok(Value::Null),
            (_, Value::Sensitive(inner)) => Ok(self.convert(*inner)?.sensitive()),
            (ty, Value::Unknown(_)) if *ty != Self::Any => Ok(Value::Unknown(ty.shape())),
            (Self::String, value) => Ok(value.text()?.map_or(Value::Unknown(Shape::Scalar), Value::String)),
            (Self::Bool, Value::String(text)) => Ok(Value::Bool(text.parse()?)),
            (Self::Number, Value::String(text)) => Ok(Value::Number(number(&text)?)),
            (Self::Any, value)
            | (Self::Bool, value @ Value::Bool(_))
            | (Self::Number, value @ Value::Number(_)) => Ok(value),
            (Self::List(element), Value::List(all)) => Ok(Value::List(element.convert_all(all)?)),
            (Self::Set(element), Value::List(all)) => Ok(set(element.convert_all(all)?)),
            (Self::Tuple(types), Value::List(all)) if types.len() == all.len() => {
                let all = types.iter().zip(all).map(|(ty, it)| ty.convert(it));
                Ok(Value::List(all.collect::<Result<_>>()?))
            }
            (Self::Map(element), Value::Object(all)) => {
                let all = all.into_iter().map(|(key, it)| Ok((key, element.convert(it)?)));
                Ok(Value::Object(all.collect::<Result<_>>()?))
            }
            (Self::Object(fields), Value::Object(mut all)) => {
                let fields = fields.iter().map(|(name, it)| Ok((name.clone(), it.take(name, &mut all)?)));
                Ok(Value::Object(fields.collect::<Result<_>>()?))
            }
            (ty, value) => Err(format!("{value:?} is not a {ty:?}").into()),
        }
    }

    /// What a provider plans for a value of the type. A set stands for its members by their hashes, so one that
    /// is unknown hides how many there are; objects are there whatever is unknown within them.
    pub(super) fn planned(&self, value: Value) -> Value {
        match (self, value) {
            (ty, Value::Sensitive(inner)) => ty.planned(*inner).sensitive(),
            (Self::Set(_), all) if self.element().is_none() && all.has_unknown() => {
                Value::Unknown(Shape::List)
            }
            (Self::List(element) | Self::Set(element), Value::List(all)) => {
                Value::List(all.into_iter().map(|it| element.planned(it)).collect())
            }
            (Self::Object(fields), Value::Object(all)) => {
                let planned = |(name, it): (String, Value)| match fields.get(&name) {
                    Some(field) => (name, field.ty.planned(it)),
                    None => (name, it),
                };
                Value::Object(all.into_iter().map(planned).collect())
            }
            (_, value) => value,
        }
    }

    fn convert_all(&self, all: Vec<Value>) -> Result<Vec<Value>> {
        all.into_iter().map(|it| self.convert(it)).collect()
    }
}

impl Field {
    fn read(expression: &Expression) -> Result<Self> {
        match expression {
            Expression::FuncCall(call) if call.name.name.as_str() == "optional" => {
                let (ty, default) = match &call.args[..] {
                    [ty] => (ty, Value::Null),
                    [ty, default] => (ty, evaluate::expression(default, &Scope::default())?),
                    _ => return Err("`optional` takes a type and a default".into()),
                };
                Ok(Self { ty: Type::read(ty)?, default: Some(default) })
            }
            other => Ok(Self { ty: Type::read(other)?, default: None }),
        }
    }

    /// The field out of what is given for an object. Null takes the default too, as in Terraform.
    fn take(&self, name: &str, all: &mut BTreeMap<String, Value>) -> Result<Value> {
        let given = all.remove(name).filter(|it| *it != Value::Null || self.default.is_none());
        let missing = || format!("an object lacks its attribute `{name}`");
        self.ty.convert(given.or_else(|| self.default.clone()).ok_or_else(missing)?)
    }
}

/// A set is a list without duplicates, in the order that Terraform prints: what is unknown comes last. Objects have
/// an order of ours, because there their hashes order them.
pub(super) fn set(mut all: Vec<Value>) -> Value {
    all.sort_by_cached_key(|it| match it {
        Value::Number(it) => (false, it.as_i64(), String::new()),
        other => (other.has_unknown(), None, format!("{other:?}")),
    });
    all.dedup_by(|it, other| it == other && !it.has_unknown());
    Value::List(all)
}

pub(super) fn key_name(key: &ObjectKey) -> Result<String> {
    match key {
        ObjectKey::Identifier(name) => Ok(name.to_string()),
        ObjectKey::Expression(Expression::String(name)) => Ok(name.clone()),
        other => Err(format!("`{other}` is not a plain name").into()),
    }
}

pub(super) fn number(text: &str) -> Result<hcl::Number> {
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(whole.into());
    }
    hcl::Number::from_f64(text.parse()?).ok_or_else(|| format!("`{text}` is not a number").into())
}
