//! What the conditions and rules of a template compare: names of parameters, each with the literals that it is held
//! against.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::evaluate::{Part, intrinsic, placeholders};
use super::library::Library;
use super::template::{Template, scalar_text};

#[derive(Default)]
pub(crate) struct Compared {
    literals: BTreeMap<String, BTreeSet<String>>,
}

/// One comparison.
#[derive(Default)]
pub(super) struct Comparison {
    pub(super) names: BTreeSet<String>,
    pub(super) literals: BTreeSet<String>,
}

impl Compared {
    /// What a template compares, and what stacks that it nests may compare of what it passes in.
    pub(crate) fn of(template: &Template, library: &Library) -> Self {
        let mut compared = Self::default();
        let rules = template.section("Rules").into_iter().flatten().map(|(_, it)| it);
        for expression in template.conditions().map(|(_, it)| it).chain(rules) {
            compared.add(expression, template);
        }
        let mut passed = BTreeSet::new();
        for (id, resource) in template.resources() {
            if template.kind(id) == "AWS::CloudFormation::Stack" {
                let mut comparison = Comparison::default();
                comparison.add(&resource["Properties"]["Parameters"], template);
                passed.extend(comparison.names);
            }
        }
        if !passed.is_empty() {
            let others = library.literals();
            for name in passed {
                compared.literals.entry(name).or_default().extend(others.iter().cloned());
            }
        }
        compared
    }

    pub(crate) fn add(&mut self, json: &Json, template: &Template) {
        comparisons(json, template, &mut |it| {
            for name in it.names {
                self.literals.entry(name).or_default().extend(it.literals.iter().cloned());
            }
        });
    }

    pub(crate) fn compares(&self, name: &str) -> bool {
        self.literals.contains_key(name)
    }

    pub(crate) fn literals(&self, name: &str) -> BTreeSet<String> {
        self.literals.get(name).cloned().unwrap_or_default()
    }

    /// The pseudo parameters that are compared.
    pub(crate) fn pseudo(&self) -> impl Iterator<Item = &str> {
        self.literals.keys().map(String::as_str).filter(|it| it.starts_with("AWS::") && *it != "AWS::NoValue")
    }
}

/// Calls back with every comparison within an expression.
pub(super) fn comparisons(json: &Json, template: &Template, each: &mut dyn FnMut(Comparison)) {
    match (intrinsic(json), json) {
        (
            Some(("Fn::Equals" | "Fn::Contains" | "Fn::EachMemberIn" | "Fn::EachMemberEquals", argument)),
            _,
        ) => {
            let mut comparison = Comparison::default();
            comparison.add(argument, template);
            each(comparison);
        }
        (Some((_, it)), _) => comparisons(it, template, each),
        (None, Json::Array(items)) => items.iter().for_each(|it| comparisons(it, template, each)),
        (None, Json::Object(fields)) => fields.values().for_each(|it| comparisons(it, template, each)),
        _ => {}
    }
}

impl Comparison {
    fn add(&mut self, json: &Json, template: &Template) {
        match (intrinsic(json), json) {
            (Some(("Ref", name)), _) => self.names.extend(name.as_str().map(str::to_owned)),
            (Some(("Condition", _)), _) => {}
            (Some(("Fn::Sub", argument)), _) => {
                let text = argument.as_str().or(argument[0].as_str()).unwrap_or_default();
                self.names.extend(placeholders(text).filter_map(|it| match it {
                    Part::Name(it) => Some(it.to_owned()),
                    Part::Literal(_) => None,
                }));
                self.add(&argument[1], template);
            }
            (Some(("Fn::FindInMap", argument)), _) => {
                // Another key may give another answer.
                let mapping =
                    argument[0].as_str().and_then(|it| template.section("Mappings")?.get(it)?.as_object());
                for (key, entries) in mapping.into_iter().flatten() {
                    self.literals.insert(key.clone());
                    self.literals
                        .extend(entries.as_object().into_iter().flatten().map(|(key, _)| key.clone()));
                }
                self.add(argument, template);
            }
            (Some((_, argument)), _) => self.add(argument, template),
            (None, Json::Array(items)) => items.iter().for_each(|it| self.add(it, template)),
            (None, Json::Object(fields)) => fields.values().for_each(|it| self.add(it, template)),
            (None, scalar) => self.literals.extend(scalar_text(scalar)),
        }
    }
}
