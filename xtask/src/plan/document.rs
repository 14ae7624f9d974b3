//! A plan as `terraform show -json` prints it, for a first apply: everything is created.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::checks::{self, Check};
use super::configuration::{self, provider_of};
use super::instance::{Instance, Key};
use super::module::Mode;
use super::provider::Provider;
use super::relevant::Relevant;
use super::state::{PlannedValues, PriorState};
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

impl<'a> Plan<'a> {
    pub(super) fn new(root: &'a Instance<'a>, provider: &Provider) -> Result<Self> {
        // As they were given, not as they were converted.
        let variables = root.module.variables.iter().filter_map(|(name, variable)| {
            let value = root.arguments.get(name).or(variable.default.as_ref())?;
            Some((name.as_str(), Variable { value: View::known(value) }))
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
            planned_values: PlannedValues::new(root, provider)?,
            resource_changes,
            output_changes,
            prior_state: PriorState::new(root, provider)?,
            configuration: configuration::print(root.module, provider)?,
            relevant_attributes: relevant.print(),
            checks: checks::print(root)?,
            timestamp: TIMESTAMP,
            applyable: true,
            complete: true,
            errored: false,
        })
    }
}

/// A module and all that it calls, by depth.
pub(super) fn all<'a>(root: &'a Instance<'a>) -> Result<Vec<&'a Instance<'a>>> {
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
                    after: View::known(value),
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
            after: View::known(value),
            after_unknown,
            before_sensitive: sensitive,
            after_sensitive: Mask::Whole(sensitive),
        })
    }
}
