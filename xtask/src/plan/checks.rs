//! `checks`: the conditions of variables.

use std::collections::BTreeMap;

use serde::Serialize;

use super::document::all;
use super::instance::Instance;
use super::references::{self, Called};
use crate::Result;

#[derive(Serialize)]
pub(super) struct Check<'a> {
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

/// That the conditions hold has been seen when the variables got their values.
pub(super) fn print<'a>(root: &'a Instance<'a>) -> Result<Vec<Check<'a>>> {
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
