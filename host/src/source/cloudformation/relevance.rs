//! Which conditions touch what is looked at.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::evaluate::intrinsic;
use super::kinds::{FOLDED, canonical};
use super::stack::Stack;

/// The qualified names of the conditions that a resource of a wanted kind hangs on: as its condition, or
/// within its properties. No kinds: all of them.
pub(crate) fn conditions(stack: &Stack<'_>, kinds: &BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (id, resource) in stack.template.resources() {
        let kind = stack.template.kind(id);
        let is_stack = kind == "AWS::CloudFormation::Stack";
        let wanted =
            kinds.is_empty() || kinds.contains(canonical(kind)) || FOLDED.contains(&kind) || is_stack;
        if wanted {
            if let Some(name) = resource["Condition"].as_str() {
                found.insert(name.to_owned());
            }
            within(&resource["Properties"], &mut found);
        }
    }
    let own = found.into_iter().filter(|it| stack.template.condition(it).is_some());
    let own = own.map(|it| format!("{}/{it}", stack.name));
    own.chain(stack.nested.values().flat_map(|it| conditions(it, kinds))).collect()
}

fn within(json: &Json, found: &mut BTreeSet<String>) {
    if let Some(("Fn::If", argument)) = intrinsic(json)
        && let Some(name) = argument[0].as_str()
    {
        found.insert(name.to_owned());
    }
    match json {
        Json::Array(items) => items.iter().for_each(|it| within(it, found)),
        Json::Object(fields) => fields.values().for_each(|it| within(it, found)),
        _ => {}
    }
}
