//! A plan as `terraform show -json` prints it, for a first apply: everything is created.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::configuration::{self, provider_of};
use super::instance::{Instance, Key};
use super::module::{Mode, ResourceName};
use super::provider::Provider;
use super::references::{self, Called};
use super::relevant::Relevant;
use super::value::{Aspect, Value, View};
use crate::Result;

/// What the fixtures claim to be made by. The time is made up, so that the same configuration gives the same bytes.
pub(super) const TERRAFORM_VERSION: &str = "1.11.4";
const TIMESTAMP: &str = "2026-01-01T00:00:00Z";

#[derive(Serialize)]
pub(super) struct Plan<'a> {
    format_version: &'static str,
    terraform_version: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<&'a str, Variable<'a>>,
    planned_values: PlannedValues<'a>,
    resource_changes: Vec<ResourceChange<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    output_changes: BTreeMap<&'a str, Change<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prior_state: Option<PriorState<'a>>,
    configuration: Json,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    relevant_attributes: Vec<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<Check<'a>>,
    timestamp: &'static str,
    applyable: bool,
    complete: bool,
    errored: bool,
}

#[derive(Serialize)]
struct Variable<'a> {
    value: View<'a>,
}

#[derive(Serialize)]
struct PlannedValues<'a> {
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
struct PriorState<'a> {
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

#[derive(Serialize)]
struct ResourceChange<'a> {
    address: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    module_address: &'a str,
    mode: &'static str,
    #[serde(rename = "type")]
    kind: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Key::is_none")]
    index: &'a Key,
    provider_name: &'static str,
    change: Change<'a>,
}

#[derive(Serialize)]
struct Change<'a> {
    actions: [&'static str; 1],
    before: (),
    #[serde(skip_serializing_if = "View::is_omitted")]
    after: View<'a>,
    after_unknown: Mask<'a>,
    before_sensitive: bool,
    after_sensitive: Mask<'a>,
}

/// Where a value is unknown or sensitive; of an output sometimes only whether it is.
#[derive(Serialize)]
#[serde(untagged)]
enum Mask<'a> {
    Whole(bool),
    At(View<'a>),
}

#[derive(Serialize)]
struct Check<'a> {
    address: CheckedVariable<'a>,
    status: &'static str,
    instances: Vec<CheckInstance<'a>>,
}

#[derive(Serialize)]
struct CheckedVariable<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    module: String,
    name: &'a str,
    to_display: String,
}

#[derive(Serialize)]
struct CheckInstance<'a> {
    address: CheckedInstance<'a>,
    status: &'static str,
}

#[derive(Serialize)]
struct CheckedInstance<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    module: &'a str,
    to_display: String,
}

impl<'a> Plan<'a> {
    pub(super) fn new(root: &'a Instance<'a>, provider: &Provider) -> Result<Self> {
        // As they were given, not as they were converted.
        let variables = root.module.variables.iter().filter_map(|(name, variable)| {
            let value = root.arguments.get(name).or(variable.default.as_ref())?;
            Some((name.as_str(), Variable { value: known(value) }))
        });
        let mut output_changes = BTreeMap::new();
        for name in root.module.outputs.keys() {
            output_changes.insert(name.as_str(), Change::of_output(root, name)?);
        }
        let mut resource_changes = Vec::new();
        let mut relevant = Relevant::new(root.module);
        for instance in all(root)? {
            resource_changes.extend(changes(instance)?);
            relevant.add_module(&instance.path);
        }
        Ok(Self {
            format_version: "1.2",
            terraform_version: TERRAFORM_VERSION,
            variables: variables.collect(),
            planned_values: PlannedValues {
                outputs: planned_outputs(root)?,
                root_module: ModuleValues::new(root, Mode::Managed, provider)?,
            },
            resource_changes,
            output_changes,
            prior_state: PriorState::new(root, provider)?,
            configuration: configuration::print(root.module, provider)?,
            relevant_attributes: relevant.print(),
            checks: checks(root)?,
            timestamp: TIMESTAMP,
            applyable: true,
            complete: true,
            errored: false,
        })
    }
}

fn known(value: &Value) -> View<'_> {
    View(Aspect::Known, value)
}

/// A module and all that it calls, by depth.
fn all<'a>(root: &'a Instance<'a>) -> Result<Vec<&'a Instance<'a>>> {
    let mut all = vec![root];
    let mut at = 0;
    while let Some(instance) = all.get(at).copied() {
        for call in instance.module.calls.keys() {
            all.extend(instance.call(call)?.all.iter().map(|(_, it)| it));
        }
        at += 1;
    }
    Ok(all)
}

fn changes<'a>(instance: &'a Instance<'a>) -> Result<Vec<ResourceChange<'a>>> {
    let mut changes = Vec::new();
    for name in instance.module.resources.keys().filter(|it| it.mode == Mode::Managed) {
        for (key, value) in &instance.resource(name)?.all {
            changes.push(ResourceChange {
                address: format!("{}{key}", instance.address_of(&name.address())),
                module_address: &instance.address,
                mode: name.mode.as_str(),
                kind: &name.kind,
                name: &name.name,
                index: key,
                provider_name: provider_of(&name.kind).1,
                change: Change {
                    actions: ["create"],
                    before: (),
                    after: known(value),
                    after_unknown: Mask::At(View(Aspect::Unknown, value)),
                    before_sensitive: false,
                    after_sensitive: Mask::At(View(Aspect::Sensitive, value)),
                },
            });
        }
    }
    Ok(changes)
}

impl<'a> Change<'a> {
    fn of_output(root: &'a Instance<'a>, name: &str) -> Result<Self> {
        let value = root.output(name)?;
        let sensitive = root.module.outputs[name].sensitive;
        let after_unknown =
            if value.has_unknown() { Mask::At(View(Aspect::Unknown, value)) } else { Mask::Whole(false) };
        Ok(Self {
            actions: [if *value == Value::Null { "no-op" } else { "create" }],
            before: (),
            after: known(value),
            after_unknown,
            before_sensitive: sensitive,
            after_sensitive: Mask::Whole(sensitive),
        })
    }
}

fn planned_outputs<'a>(root: &'a Instance<'a>) -> Result<BTreeMap<&'a str, PlannedOutput<'a>>> {
    let outputs = root.module.outputs.iter().map(|(name, output)| {
        let value = Some(root.output(name)?).filter(|it| !it.has_unknown());
        let output =
            PlannedOutput { sensitive: output.sensitive, ty: value.map(type_of), value: value.map(known) };
        Ok((name.as_str(), output))
    });
    outputs.collect()
}

impl<'a> PriorState<'a> {
    /// What was read before the plan: data sources, and outputs that are known already.
    fn new(root: &'a Instance<'a>, provider: &Provider) -> Result<Option<Self>> {
        let mut outputs = BTreeMap::new();
        for (name, output) in &root.module.outputs {
            let value = root.output(name)?;
            if !value.has_unknown() && *value != Value::Null {
                let output =
                    PriorOutput { sensitive: output.sensitive, value: known(value), ty: type_of(value) };
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
            values: known(value),
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

/// The conditions of variables. That they hold has been seen when the variables got their values.
fn checks<'a>(root: &'a Instance<'a>) -> Result<Vec<Check<'a>>> {
    let mut checks: BTreeMap<String, Check> = BTreeMap::new();
    for instance in all(root)? {
        let calls = instance.path.iter().map(|it| Called { key: None, ..it.clone() });
        let module = references::module_address(&calls.collect::<Vec<_>>());
        for (name, _) in instance.module.variables.iter().filter(|(_, it)| !it.validations.is_empty()) {
            let to_display = references::address_in(&module, &format!("var.{name}"));
            let check = checks.entry(to_display.clone()).or_insert_with(|| Check {
                address: CheckedVariable { kind: "var", module: module.clone(), name, to_display },
                status: "pass",
                instances: Vec::new(),
            });
            let to_display = instance.address_of(&format!("var.{name}"));
            let address = CheckedInstance { module: &instance.address, to_display };
            check.instances.push(CheckInstance { address, status: "pass" });
        }
    }
    Ok(checks.into_values().collect())
}
