//! The section `configuration` of a plan: which expression each attribute was given, by what it refers to.
//! <https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation>

use std::collections::BTreeMap;

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
    #[serde(default, deserialize_with = "nullable", rename = "module_calls")]
    pub(crate) calls: BTreeMap<String, Call>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) outputs: BTreeMap<String, Output>,
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) variables: BTreeMap<String, Variable>,
    /// The references of each local value: not in the JSON, but in the HCL if that is at hand.
    #[serde(skip)]
    pub(crate) locals: BTreeMap<String, Json>,
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
    #[serde(default, deserialize_with = "nullable")]
    pub(crate) module: Module,
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
    let managed = blocks.into_iter().filter(|it| it.mode.as_deref() != Some("data"));
    Ok(managed.map(|it| (format!("{}.{}", it.r#type, it.name), it)).collect())
}
