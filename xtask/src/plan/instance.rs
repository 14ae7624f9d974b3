//! Modules in use: what their names mean, computed when something first asks for it.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use serde::{Serialize, Serializer};

use super::evaluate::{self, Names, Scope};
use super::module::{Call, Mode, Module, Output, Repetition, Resource, ResourceName};
use super::provider::Provider;
use super::references::{self, Called, Step};
use super::value::Value;
use crate::Result;

/// A module as one call of it makes it.
pub(super) struct Instance<'m> {
    pub(super) module: &'m Module,
    /// `module.net[0].module.zone`; empty for the root module.
    pub(super) address: String,
    /// The same as the calls that lead there.
    pub(super) path: Vec<Called>,
    /// What the call gives for variables.
    pub(super) arguments: BTreeMap<String, Value>,
    provider: &'m Provider,
    variables: BTreeMap<&'m str, Value>,
    locals: BTreeMap<&'m str, Memo<Value>>,
    resources: BTreeMap<&'m ResourceName, Memo<Instances<Value>>>,
    calls: BTreeMap<&'m str, Memo<Instances<Instance<'m>>>>,
    outputs: BTreeMap<&'m str, Memo<Value>>,
}

/// What one block makes: one thing, a list, or a map.
pub(super) struct Instances<T> {
    repeated: Repeated,
    pub(super) all: Vec<(Key, T)>,
}

#[derive(Clone, Copy)]
enum Repeated {
    No,
    Count,
    ForEach,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Key {
    None,
    Index(usize),
    Name(String),
}

impl Key {
    pub(super) fn is_none(&self) -> bool {
        *self == Self::None
    }

    fn step(&self) -> Option<Step> {
        match self {
            Self::None => None,
            Self::Index(index) => Some(Step::Index(*index as u64)),
            Self::Name(name) => Some(Step::Key(name.clone())),
        }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_unit(),
            Self::Index(it) => it.serialize(serializer),
            Self::Name(it) => it.serialize(serializer),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Key::None => Ok(()),
            Key::Index(it) => write!(f, "[{it}]"),
            Key::Name(it) => write!(f, "[\"{it}\"]"),
        }
    }
}

impl<'m> Instance<'m> {
    pub(super) fn new(
        module: &'m Module,
        path: Vec<Called>,
        arguments: BTreeMap<String, Value>,
        provider: &'m Provider,
    ) -> Result<Self> {
        if let Some(unknown) = arguments.keys().find(|it| !module.variables.contains_key(*it)) {
            return Err(format!("the module has no variable `{unknown}`").into());
        }
        let mut variables = BTreeMap::new();
        for (name, variable) in &module.variables {
            let value = arguments.get(name).cloned().map(|it| variable.ty.convert(it)).transpose()?;
            let value = value.or_else(|| variable.default.clone());
            let value = value.ok_or_else(|| format!("the variable `{name}` has no value"))?;
            variables.insert(name.as_str(), if variable.sensitive { value.sensitive() } else { value });
        }
        let instance = Self {
            module,
            address: references::module_address(&path),
            path,
            arguments,
            provider,
            variables,
            locals: module.locals.keys().map(|it| (it.as_str(), Memo::default())).collect(),
            resources: module.resources.keys().map(|it| (it, Memo::default())).collect(),
            calls: module.calls.keys().map(|it| (it.as_str(), Memo::default())).collect(),
            outputs: module.outputs.keys().map(|it| (it.as_str(), Memo::default())).collect(),
        };
        instance.validate()?;
        Ok(instance)
    }

    fn validate(&self) -> Result<()> {
        for (name, variable) in &self.module.variables {
            for condition in &variable.validations {
                let holds = evaluate::expression(condition, &Scope::of(self))?.revealed();
                if !matches!(holds, Value::Bool(true) | Value::Unknown(_)) {
                    return Err(format!("the variable `{name}` is not valid").into());
                }
            }
        }
        Ok(())
    }

    /// The instances of a resource, each with what is planned for it.
    pub(super) fn resource(&self, name: &ResourceName) -> Result<&Instances<Value>> {
        let address = || self.address_of(&name.address());
        let (name, memo) =
            self.resources.get_key_value(name).ok_or_else(|| format!("there is no {}", address()))?;
        let Resource { repetition, body } = &self.module.resources[*name];
        let plan = |_: &Key, scope: &Scope| self.provider.plan(name, body, scope);
        memo.get(|| expand(repetition, &Scope::of(self), plan)).map_err(|it| at(&address(), it))
    }

    /// The instances of a module that this one calls.
    pub(super) fn call(&self, name: &str) -> Result<&Instances<Instance<'m>>> {
        let address = || self.address_of(&format!("module.{name}"));
        let memo = self.calls.get(name).ok_or_else(|| format!("there is no {}", address()))?;
        let call: &'m Call = &self.module.calls[name];
        let instantiate = |key: &Key, scope: &Scope| {
            let arguments = call.arguments.iter();
            let arguments = arguments.map(|(name, it)| Ok((name.clone(), evaluate::expression(it, scope)?)));
            let path = [&self.path[..], &[Called { name: name.to_owned(), key: key.step() }]].concat();
            Instance::new(&call.module, path, arguments.collect::<Result<_>>()?, self.provider)
        };
        memo.get(|| expand(&call.repetition, &Scope::of(self), instantiate)).map_err(|it| at(&address(), it))
    }

    pub(super) fn output(&self, name: &str) -> Result<&Value> {
        let address = || self.address_of(&format!("output.{name}"));
        let memo = self.outputs.get(name).ok_or_else(|| format!("there is no {}", address()))?;
        let Output { value, sensitive, .. } = &self.module.outputs[name];
        let compute = || {
            let value = evaluate::expression(value, &Scope::of(self))?;
            Ok(if *sensitive { value.sensitive() } else { value })
        };
        memo.get(compute).map_err(|it| at(&address(), it))
    }

    fn variable(&self, name: &str) -> Result<&Value> {
        Ok(self.variables.get(name).ok_or_else(|| format!("there is no variable `{name}`"))?)
    }

    /// The module as a value: its outputs.
    fn outputs(&self) -> Result<Value> {
        let outputs = self.outputs.keys().map(|it| Ok(((*it).to_owned(), self.output(it)?.clone())));
        Ok(Value::Object(outputs.collect::<Result<_>>()?))
    }

    pub(super) fn address_of(&self, address: &str) -> String {
        references::address_in(&self.address, address)
    }

    fn managed_or_data(&self, mode: Mode, kind: &str, name: &str) -> Result<Value> {
        let name = ResourceName { mode, kind: kind.to_owned(), name: name.to_owned() };
        self.resource(&name)?.value(|it| Ok(it.clone()))
    }
}

impl Names for Instance<'_> {
    fn lookup(&self, root: &str, attributes: &[&str]) -> Result<(Value, usize)> {
        match (root, attributes) {
            ("var", [name, ..]) => Ok((self.variable(name)?.clone(), 1)),
            ("local", [name, ..]) => {
                let missing = || format!("there is no local value `{name}`");
                let (name, memo) = self.locals.get_key_value(name).ok_or_else(missing)?;
                let value = memo.get(|| evaluate::expression(&self.module.locals[*name], &Scope::of(self)));
                Ok((value.map_err(|it| at(&format!("local.{name}"), it))?.clone(), 1))
            }
            ("module", [name, ..]) => Ok((self.call(name)?.value(Instance::outputs)?, 1)),
            ("path", ["root" | "cwd", ..]) => Ok((Value::string("."), 1)),
            ("data", [kind, name, ..]) => Ok((self.managed_or_data(Mode::Data, kind, name)?, 2)),
            (kind, [name, ..]) => Ok((self.managed_or_data(Mode::Managed, kind, name)?, 1)),
            (name, []) => Err(format!("`{name}` means nothing here").into()),
        }
    }
}

impl<T> Instances<T> {
    /// All of them as the value of the block.
    fn value(&self, of: impl Fn(&T) -> Result<Value>) -> Result<Value> {
        match self.repeated {
            Repeated::No => of(&self.all.first().expect("a block without repetition makes one thing").1),
            Repeated::Count => Ok(Value::List(self.all.iter().map(|(_, it)| of(it)).collect::<Result<_>>()?)),
            Repeated::ForEach => {
                let named = self.all.iter().map(|(key, it)| match key {
                    Key::Name(name) => Ok((name.clone(), of(it)?)),
                    Key::None | Key::Index(_) => Err(format!("{key:?} is not a key of for_each").into()),
                });
                Ok(Value::Object(named.collect::<Result<_>>()?))
            }
        }
    }
}

/// Makes the instances that `count` or `for_each` ask for.
fn expand<T>(
    repetition: &Repetition,
    scope: &Scope,
    make: impl Fn(&Key, &Scope) -> Result<T>,
) -> Result<Instances<T>> {
    let pair = |key: Key, scope: &Scope| Ok((key.clone(), make(&key, scope)?));
    if let Some(count) = &repetition.count {
        let count = evaluate::expression(count, scope)?.as_index()?;
        let counted = (0..count).map(|index| {
            let value = Value::object([("index", Value::Number(index.into()))]);
            pair(Key::Index(index), &scope.with("count", value))
        });
        return Ok(Instances { repeated: Repeated::Count, all: counted.collect::<Result<_>>()? });
    }
    let Some(for_each) = &repetition.for_each else {
        return Ok(Instances { repeated: Repeated::No, all: vec![pair(Key::None, scope)?] });
    };
    // A set has its members for keys.
    let entries = match evaluate::expression(for_each, scope)? {
        Value::Object(all) => all.into_iter().collect(),
        Value::List(all) => {
            all.into_iter().map(|it| Ok((it.as_str()?.to_owned(), it))).collect::<Result<Vec<_>>>()?
        }
        other => return Err(format!("for_each is neither a map nor a set that is known: {other:?}").into()),
    };
    let named = entries.into_iter().map(|(name, value)| {
        let each = Value::object([("key", Value::string(&name)), ("value", value)]);
        pair(Key::Name(name), &scope.with("each", each))
    });
    Ok(Instances { repeated: Repeated::ForEach, all: named.collect::<Result<_>>()? })
}

/// A value that is computed once, and notices when it needs itself.
struct Memo<T> {
    value: OnceCell<T>,
    computing: Cell<bool>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { value: OnceCell::new(), computing: Cell::new(false) }
    }
}

impl<T> Memo<T> {
    fn get(&self, compute: impl FnOnce() -> Result<T>) -> Result<&T> {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        if self.computing.replace(true) {
            return Err("needs itself".into());
        }
        let value = compute();
        self.computing.set(false);
        let value = value?;
        Ok(self.value.get_or_init(|| value))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it makes the one error out of the other")]
fn at(address: &str, error: Box<dyn Error>) -> Box<dyn Error> {
    format!("{address}: {error}").into()
}
