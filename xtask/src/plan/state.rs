//! The values of a plan by module: those that are planned, and those that were read before.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::configuration::provider_of;
use super::document::TERRAFORM_VERSION;
use super::instance::{Instance, Key};
use super::module::{Mode, ResourceName};
use super::provider::Provider;
use super::value::{Aspect, Value, View};
use crate::Result;

#[derive(Serialize)]
pub(super) struct PlannedValues<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    outputs: BTreeMap<&'a str, PlannedOutput<'a>>,
    root_module: ModuleValues<'a>,
}

#[derive(Serialize)]
struct PlannedOutput<'a> {
    sensitive: bool,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    ty: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<View<'a>>,
}

#[derive(Serialize)]
pub(super) struct PriorState<'a> {
    format_version: &'static str,
    terraform_version: &'static str,
    values: PriorValues<'a>,
}

#[derive(Serialize)]
struct PriorValues<'a> {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    outputs: BTreeMap<&'a str, PriorOutput<'a>>,
    root_module: ModuleValues<'a>,
}

#[derive(Serialize)]
struct PriorOutput<'a> {
    sensitive: bool,
    value: View<'a>,
    #[serde(rename = "type")]
    ty: Json,
}

#[derive(Serialize)]
struct ModuleValues<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resources: Vec<ResourceValues<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    address: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    child_modules: Vec<ModuleValues<'a>>,
}

#[derive(Serialize)]
struct ResourceValues<'a> {
    address: String,
    mode: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Key::is_none")]
    index: &'a Key,
    provider_name: &'static str,
    schema_version: u64,
    values: View<'a>,
    sensitive_values: View<'a>,
}

impl<'a> PlannedValues<'a> {
    pub(super) fn new(root: &'a Instance<'a>, provider: &Provider) -> Result<Self> {
        let outputs = root.module.outputs.iter().map(|(name, output)| {
            let value = Some(root.output(name)?).filter(|it| !it.has_unknown());
            let (sensitive, ty) = (output.sensitive, value.map(type_of));
            Ok((name.as_str(), PlannedOutput { sensitive, ty, value: value.map(View::known) }))
        });
        let outputs = outputs.collect::<Result<_>>()?;
        Ok(Self { outputs, root_module: ModuleValues::new(root, Mode::Managed, provider)? })
    }
}

impl<'a> PriorState<'a> {
    /// What was read before the plan: data sources, and outputs that are known already.
    pub(super) fn new(root: &'a Instance<'a>, provider: &Provider) -> Result<Option<Self>> {
        let mut outputs = BTreeMap::new();
        for (name, output) in &root.module.outputs {
            let value = root.output(name)?;
            if !value.has_unknown() && *value != Value::Null {
                let output = PriorOutput {
                    sensitive: output.sensitive,
                    value: View::known(value),
                    ty: type_of(value),
                };
                outputs.insert(name.as_str(), output);
            }
        }
        let root_module = ModuleValues::new(root, Mode::Data, provider)?;
        if outputs.is_empty() && root_module.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            format_version: "1.0",
            terraform_version: TERRAFORM_VERSION,
            values: PriorValues { outputs, root_module },
        }))
    }
}

impl<'a> ModuleValues<'a> {
    fn new(instance: &'a Instance<'a>, mode: Mode, provider: &Provider) -> Result<Self> {
        let mut resources = Vec::new();
        for name in instance.module.resources.keys().filter(|it| it.mode == mode) {
            let schema_version = provider.schema(name)?.version;
            let all = &instance.resource(name)?.all;
            resources.extend(all.iter().map(|it| ResourceValues::new(instance, name, it, schema_version)));
        }
        let mut child_modules = Vec::new();
        for call in instance.module.calls.keys() {
            for (_, child) in &instance.call(call)?.all {
                child_modules.push(Self::new(child, mode, provider)?);
            }
        }
        child_modules.retain(|it| !it.is_empty());
        Ok(Self { resources, address: &instance.address, child_modules })
    }

    fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.child_modules.is_empty()
    }
}

impl<'a> ResourceValues<'a> {
    fn new(
        instance: &Instance,
        name: &'a ResourceName,
        (key, value): &'a (Key, Value),
        schema_version: u64,
    ) -> Self {
        Self {
            address: format!("{}{key}", instance.address_of(&name.address())),
            mode: name.mode.as_str(),
            kind: &name.kind,
            name: &name.name,
            index: key,
            provider_name: provider_of(&name.kind).1,
            schema_version,
            values: View::known(value),
            sensitive_values: View(Aspect::Sensitive, value),
        }
    }
}

/// The type of a known output. Lists are tuples: that is what expressions make.
fn type_of(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown(_) => json!("dynamic"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("string"),
        Value::List(all) => json!(["tuple", all.iter().map(type_of).collect::<Vec<_>>()]),
        Value::Object(all) => {
            json!(["object", all.iter().map(|(key, it)| (key, type_of(it))).collect::<BTreeMap<_, _>>()])
        }
        Value::Sensitive(inner) => type_of(inner),
    }
}
