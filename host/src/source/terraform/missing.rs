//! What a plan leaves out that is not complete: blocks of its configuration without an instance, and blocks of which
//! there may be more.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::address::{Address, ModuleStep};
use super::configuration::{Block, Module};
use super::document::{Document, Instance};

/// Adds an instance that stands for what is left out of each block. Of a plan that is complete, a block without an
/// instance has none.
pub(super) fn add(document: &mut Document<'_>) {
    let (Some(_), Some(configuration)) = (&document.incomplete, &document.configuration) else { return };
    let mut left_out = Vec::new();
    collect(&configuration.root_module, &mut Vec::new(), false, document, &mut left_out);
    document.instances.extend(left_out);
}

/// `names` are the calls that lead to a module; `is_counted` says whether any of them makes several of it.
fn collect(
    module: &Module,
    names: &mut Vec<String>,
    is_counted: bool,
    document: &Document<'_>,
    left_out: &mut Vec<Instance<'static>>,
) {
    let is_here = |it: &Address| it.module.iter().map(|step| &step.name).eq(names.iter());
    let here = || document.instances.iter().map(|it| &it.address).filter(|it| is_here(it));
    let mut paths: BTreeSet<Vec<ModuleStep>> = here().map(|it| it.module.clone()).collect();
    if paths.is_empty() || is_counted {
        paths.insert(names.iter().map(|name| ModuleStep { name: name.clone(), key: None }).collect());
    }
    let present: BTreeSet<(&str, &str)> =
        here().filter(|it| !it.is_data).map(|it| (it.kind.as_str(), it.name.as_str())).collect();
    for block in module.resources.values() {
        if is_counted || block.is_counted() || !present.contains(&block.address()) {
            left_out.extend(paths.iter().map(|path| instance(block, path)));
        }
    }
    for (name, call) in &module.calls {
        names.push(name.clone());
        collect(&call.module, names, is_counted || call.is_counted(), document, left_out);
        names.pop();
    }
}

fn instance(block: &Block, module: &[ModuleStep]) -> Instance<'static> {
    let (kind, name) = block.address();
    let address = Address {
        module: module.to_vec(),
        is_data: false,
        kind: kind.to_owned(),
        name: name.to_owned(),
        key: None,
    };
    let unknown: &RawValue = serde_json::from_str("true").expect("this is JSON");
    Instance {
        address,
        values: None,
        unknown: Some(unknown),
        sensitive: None,
        is_changed: false,
        is_missing: true,
    }
}
