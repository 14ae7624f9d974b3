//! The architectures that one template is: consistent choices of parameters and conditions.
//!
//! The base takes the caller's values, then every default. An open parameter that a condition compares takes
//! its first allowed value, or something other than anything it is compared with. Each condition that another
//! choice would flip gives one more scenario.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::evaluate::{Part, intrinsic, placeholders};
use super::stack::{Assigned, Assignment, Stack, Surroundings};
use super::template::{Template, scalar_text};

/// A choice, and in words when it holds.
pub(crate) struct Choice {
    /// Absent for the base.
    pub(crate) when: Option<String>,
    pub(crate) assignment: Assignment,
}

pub(crate) struct Choices {
    pub(crate) choices: Vec<Choice>,
    /// Conditions that would have made further scenarios.
    pub(crate) not_examined: Vec<String>,
}

/// The scenarios of a root template, base first. `compared` is of all templates, `fixed` are the caller's values,
/// `relevant` tells whether a condition, by its qualified name, touches anything that is looked at.
pub(crate) fn choices(
    root: usize,
    around: &Surroundings<'_>,
    compared: &Compared,
    fixed: &BTreeMap<String, String>,
    relevant: &dyn Fn(&Stack<'_>) -> BTreeSet<String>,
    budget: usize,
) -> Choices {
    let template = &around.library.templates[root];
    let base = base(template, fixed, compared);
    let stack = Stack::root(root, around, &base);
    let relevant = relevant(&stack);
    let truths = |assignment: &Assignment| {
        let stack = Stack::root(root, around, assignment);
        let possible = template.allows(stack.own_truths());
        possible.then(|| stack.truths())
    };
    let of_base = stack.truths();

    let flip = |condition: &String| {
        let alternatives = alternatives(condition, template, compared, fixed, &base, around);
        combinations(&alternatives).find_map(|changed| {
            let changed: Vec<Change> = changed.into_iter().cloned().collect();
            let mut assignment = base.clone();
            assignment.extend(changed.iter().cloned());
            let truths = truths(&assignment)?;
            let flips = holds(&truths, condition) != holds(&of_base, condition);
            flips.then_some((changed, assignment, truths))
        })
    };
    let mut flips: Vec<_> = relevant.iter().filter_map(|it| Some((it, flip(it)?))).collect();
    // What is found in several scenarios is told of the first: the one that departs least from the base.
    flips.sort_by_key(|(_, (changed, ..))| changed.len());

    let mut seen: BTreeSet<Vec<bool>> = BTreeSet::from([project(&of_base, &relevant)]);
    let mut choices = vec![Choice { when: None, assignment: base.clone() }];
    let mut not_examined = Vec::new();
    for (condition, (changed, assignment, truths)) in flips {
        if !seen.insert(project(&truths, &relevant)) {
            continue;
        }
        let when = when(condition, holds(&truths, condition), &changed);
        if choices.len() < budget {
            choices.push(Choice { when: Some(when), assignment });
        } else {
            not_examined.push(when);
        }
    }
    Choices { choices, not_examined }
}

fn project(truths: &BTreeMap<String, bool>, relevant: &BTreeSet<String>) -> Vec<bool> {
    relevant.iter().map(|it| holds(truths, it)).collect()
}

fn holds(truths: &BTreeMap<String, bool>, condition: &str) -> bool {
    truths.get(condition).copied().unwrap_or(false)
}

/// When a choice holds: what it makes of a condition, by which changes.
fn when(condition: &str, holds: bool, changed: &[Change]) -> String {
    let name = condition.rsplit('/').next().unwrap_or(condition);
    let what: Vec<String> = changed.iter().map(|(name, it)| describe(name, it)).collect();
    format!("`{name}` is {holds} ({})", what.join(", "))
}

fn base(template: &Template, fixed: &BTreeMap<String, String>, compared: &Compared) -> Assignment {
    let choose = |(name, declared): (&str, super::template::Parameter)| {
        let assigned = match (fixed.get(name), &declared.default) {
            (Some(it), _) | (None, Some(it)) => Assigned::Value(it.clone()),
            (None, None) if !compared.names.contains(name) => return None,
            (None, None) => {
                declared.allowed.first().map_or(Assigned::Other, |it| Assigned::Value(it.clone()))
            }
        };
        Some((name.to_owned(), assigned))
    };
    template.parameters().filter_map(choose).collect()
}

type Change = (String, Assigned);

/// Every other value of each parameter that a condition hangs on, by parameter.
fn alternatives(
    condition: &str,
    template: &Template,
    compared: &Compared,
    fixed: &BTreeMap<String, String>,
    base: &Assignment,
    around: &Surroundings<'_>,
) -> Vec<Vec<Change>> {
    let own = condition.strip_prefix(&format!("{}/", template.stack)).and_then(|it| template.condition(it));
    let of_condition = own.map(|expression| {
        let mut compared = Compared::default();
        compared.follow(expression, template, 0);
        compared
    });
    // A nested stack's condition hangs on what its parent passes in, which may be anything that is compared.
    let compared = of_condition.as_ref().unwrap_or(compared);
    let mut changes = Vec::new();
    for (name, declared) in template.parameters() {
        if fixed.contains_key(name) || !compared.names.contains(name) || declared.no_echo {
            continue;
        }
        let free = declared.allowed.is_empty();
        let values =
            if free { compared.literals.iter().cloned().collect() } else { declared.allowed.clone() };
        let mut values: Vec<Assigned> = values.into_iter().map(Assigned::Value).collect();
        values.extend(free.then_some(Assigned::Other));
        values.retain(|it| base.get(name) != Some(it));
        changes.push(values.into_iter().map(|it| (name.to_owned(), it)).collect());
    }
    if !around.pseudo.contains_key("Region") && compared.names.contains("AWS::Region") {
        let regions = compared.literals.iter().filter(|it| it.contains('-'));
        changes.push(regions.map(|it| ("AWS::Region".to_owned(), Assigned::Value(it.clone()))).collect());
    }
    changes
}

/// Changes of one parameter, then of two, and so on, up to a number that keeps the search short.
fn combinations(changes: &[Vec<Change>]) -> impl Iterator<Item = Vec<&Change>> {
    const MAX_COMBINATIONS: usize = 2000;
    let sizes = 1..=changes.len().min(4);
    sizes.flat_map(|size| of_size(changes, size)).take(MAX_COMBINATIONS)
}

fn of_size(changes: &[Vec<Change>], size: usize) -> Box<dyn Iterator<Item = Vec<&Change>> + '_> {
    if size == 0 {
        return Box::new(std::iter::once(Vec::new()));
    }
    Box::new((0..changes.len()).flat_map(move |first| {
        changes[first].iter().flat_map(move |change| {
            of_size(&changes[first + 1..], size - 1).map(move |mut rest| {
                rest.insert(0, change);
                rest
            })
        })
    }))
}

fn describe(name: &str, assigned: &Assigned) -> String {
    match assigned {
        Assigned::Value(it) if it.is_empty() => format!("{name} is empty"),
        Assigned::Value(it) => format!("{name} = {it}"),
        Assigned::Other => format!("{name} has another value"),
    }
}

/// What conditions compare: names of parameters, and literals.
#[derive(Default)]
pub(crate) struct Compared {
    names: BTreeSet<String>,
    literals: BTreeSet<String>,
}

impl Compared {
    pub(crate) fn of<'a>(templates: impl Iterator<Item = &'a Template>) -> Self {
        let mut compared = Self::default();
        for template in templates {
            for (_, expression) in template.conditions() {
                compared.add(expression, false);
                compared.add_keys(expression, template);
            }
            // A condition of a nested stack compares what its parent passes in.
            for (id, resource) in template.resources() {
                if template.kind(id) == "AWS::CloudFormation::Stack" {
                    compared.add(&resource["Properties"]["Parameters"], false);
                }
            }
        }
        compared
    }

    /// Adds what an expression compares, and the conditions that it names.
    fn follow(&mut self, expression: &Json, template: &Template, depth: usize) {
        const MAX_DEPTH: usize = 32;
        self.add(expression, false);
        self.add_keys(expression, template);
        let mut named = BTreeSet::new();
        conditions_named(expression, &mut named);
        for name in named {
            if let Some(it) = template.condition(name).filter(|_| depth < MAX_DEPTH) {
                self.follow(it, template, depth + 1);
            }
        }
    }

    /// Adds the keys by which a mapping is looked up: another key may give another answer.
    fn add_keys(&mut self, json: &Json, template: &Template) {
        if let Some(("Fn::FindInMap", argument)) = intrinsic(json)
            && let Some(mapping) =
                argument[0].as_str().and_then(|it| template.section("Mappings")?.get(it)?.as_object())
        {
            self.literals.extend(mapping.keys().cloned());
        }
        match json {
            Json::Array(items) => items.iter().for_each(|it| self.add_keys(it, template)),
            Json::Object(fields) => fields.values().for_each(|it| self.add_keys(it, template)),
            _ => {}
        }
    }

    fn add(&mut self, json: &Json, in_equals: bool) {
        match (intrinsic(json), json) {
            (Some(("Ref", name)), _) => self.names.extend(name.as_str().map(str::to_owned)),
            (Some(("Condition", _)), _) => {}
            (Some(("Fn::Sub", argument)), _) => {
                let text = argument.get(0).unwrap_or(argument).as_str().unwrap_or_default();
                let names = placeholders(text).filter_map(|it| match it {
                    Part::Name(it) => Some(it.to_owned()),
                    Part::Literal(_) => None,
                });
                self.names.extend(names);
            }
            (Some((name, argument)), _) => self.add(argument, name == "Fn::Equals"),
            (None, Json::Array(items)) => items.iter().for_each(|it| self.add(it, in_equals)),
            (None, Json::Object(fields)) => fields.values().for_each(|it| self.add(it, false)),
            (None, scalar) => self.literals.extend(scalar_text(scalar).filter(|_| in_equals)),
        }
    }
}

fn conditions_named<'a>(json: &'a Json, found: &mut BTreeSet<&'a str>) {
    match (intrinsic(json), json) {
        (Some(("Condition", name)), _) => found.extend(name.as_str()),
        (_, Json::Array(items)) => items.iter().for_each(|it| conditions_named(it, found)),
        (_, Json::Object(fields)) => fields.values().for_each(|it| conditions_named(it, found)),
        _ => {}
    }
}
