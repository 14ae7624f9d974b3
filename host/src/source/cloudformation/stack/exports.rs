//! What a stack takes from others, and what it has for them.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::Stack;
use crate::source::cloudformation::evaluate::intrinsic;
use crate::source::node::Evaluated;

impl Stack<'_> {
    /// The exports that the stack and those within it take, as far as their names are fully known.
    pub(crate) fn imported(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for section in ["Resources", "Outputs"] {
            for (_, it) in self.template.section(section).into_iter().flatten() {
                self.imported_within(it, &mut names);
            }
        }
        names.extend(self.nested.values().flat_map(Stack::imported));
        names
    }

    fn imported_within(&self, json: &Json, names: &mut BTreeSet<String>) {
        if let Some(("Fn::ImportValue", argument)) = intrinsic(json)
            && let Evaluated::Text(name) = self.evaluate(argument, "Resources").value
        {
            names.insert(name);
        }
        match json {
            Json::Array(items) => items.iter().for_each(|it| self.imported_within(it, names)),
            Json::Object(fields) => fields.values().for_each(|it| self.imported_within(it, names)),
            _ => {}
        }
    }

    /// The exports of the stack and those within it, by name; names that are not fully known are left out.
    pub(crate) fn exports(&self) -> Vec<(String, Evaluated)> {
        let outputs = self.template.section("Outputs").into_iter().flatten();
        let here = outputs.filter(|(_, it)| it.get("Condition").is_none_or(|it| self.holds(it)));
        let named = here.filter_map(|(output, it)| {
            match self.evaluate(it.get("Export")?.get("Name")?, "Outputs").value {
                Evaluated::Text(name) => Some((name, self.output(output))),
                _ => None,
            }
        });
        named.chain(self.nested.values().flat_map(Stack::exports)).collect()
    }
}
