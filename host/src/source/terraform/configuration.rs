//! The section `configuration` of a plan: which expression each attribute was given, by what it refers to.
//! <https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation>

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

use super::address::ModuleStep;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Configuration {
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) root_module: Module,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Module {
    /// Blocks by `<type>.<name>`; data sources are read from the state.
    #[serde(default, deserialize_with = "by_address")]
    pub(crate) resources: BTreeMap<String, Block>,
    #[serde(default, deserialize_with = "by_name", rename = "module_calls")]
    pub(crate) calls: BTreeMap<String, Call>,
    #[serde(default, deserialize_with = "by_name")]
    pub(crate) outputs: BTreeMap<String, Output>,
    #[serde(default, deserialize_with = "by_name")]
    pub(crate) variables: BTreeMap<String, Variable>,
    /// The references of each local value: not in the JSON, but in the HCL if that is at hand.
    #[serde(skip)]
    pub(crate) locals: Arc<BTreeMap<String, Json>>,
}

/// A `resource` block.
#[derive(Debug, Deserialize)]
pub(crate) struct Block {
    #[serde(default)]
    mode: Option<String>,
    r#type: String,
    name: String,
    /// By attribute; a nested block is an object of such, or a list of objects.
    #[serde(default)]
    pub(crate) expressions: Json,
    #[serde(default)]
    pub(crate) for_each_expression: Option<Json>,
    #[serde(default)]
    count_expression: Option<Json>,
    /// What each `dynamic` block makes, by the name of the blocks: not in the JSON, but in the HCL if that is at
    /// hand.
    #[serde(skip)]
    pub(crate) dynamic: BTreeMap<String, Json>,
}

/// A `module` block, with the module that it calls.
#[derive(Debug, Deserialize)]
pub(crate) struct Call {
    #[serde(default)]
    pub(crate) expressions: Json,
    #[serde(default)]
    pub(crate) for_each_expression: Option<Json>,
    #[serde(default)]
    count_expression: Option<Json>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) module: Module,
}

impl Block {
    /// Its type and name.
    pub(crate) fn address(&self) -> (&str, &str) {
        (&self.r#type, &self.name)
    }

    /// Whether it makes as many instances as an expression says.
    pub(crate) fn is_counted(&self) -> bool {
        self.for_each_expression.is_some() || self.count_expression.is_some()
    }
}

impl Call {
    /// Whether it makes as many instances of the module as an expression says.
    pub(crate) fn is_counted(&self) -> bool {
        self.for_each_expression.is_some() || self.count_expression.is_some()
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Output {
    #[serde(default)]
    pub(crate) expression: Option<Json>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Variable {
    #[serde(default)]
    pub(crate) default: Option<Json>,
}

impl Module {
    /// The module at the end of some calls, whichever instances of them.
    pub(crate) fn at(&self, path: &[ModuleStep]) -> Option<&Module> {
        path.iter().try_fold(self, |module, step| Some(&module.calls.get(&step.name)?.module))
    }

    /// Calls back with every module within, and the names of the calls that lead to it.
    pub(crate) fn for_each_mut(
        &mut self,
        path: &mut Vec<String>,
        each: &mut dyn FnMut(&mut Module, &[String]),
    ) {
        each(self, path);
        for (name, call) in &mut self.calls {
            path.push(name.clone());
            call.module.for_each_mut(path, each);
            path.pop();
        }
    }
}

/// What is null is what it would be if it were not there.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    it: D,
) -> Result<T, D::Error> {
    Option::deserialize(it).map(Option::unwrap_or_default)
}

fn by_address<'de, D: Deserializer<'de>>(it: D) -> Result<BTreeMap<String, Block>, D::Error> {
    let blocks: Vec<Block> = nullable(it)?;
    let mut by_address = BTreeMap::new();
    for it in blocks.into_iter().filter(|it| it.mode.as_deref() != Some("data")) {
        let address = format!("{}.{}", it.r#type, it.name);
        if by_address.contains_key(&address) {
            return Err(D::Error::custom(format!("`{address}` stands twice")));
        }
        by_address.insert(address, it);
    }
    Ok(by_address)
}

/// A map of which no name stands twice: the one would hide the other.
pub(super) fn by_name<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    it: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    struct ByName<T>(PhantomData<T>);
    impl<'de, T: Deserialize<'de>> Visitor<'de> for ByName<T> {
        type Value = BTreeMap<String, T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(BTreeMap::new())
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut by_name = BTreeMap::new();
            while let Some(name) = map.next_key::<String>()? {
                if by_name.contains_key(&name) {
                    return Err(A::Error::custom(format!("`{name}` stands twice")));
                }
                by_name.insert(name, map.next_value()?);
            }
            Ok(by_name)
        }
    }
    it.deserialize_any(ByName(PhantomData))
}
