//! The architectures that one template is: consistent choices of parameters and conditions.
//!
//! The base takes the caller's values, then every default. An open parameter that a condition compares takes
//! its first allowed value, or something other than anything it is compared with. Every other combination of truths
//! of the conditions that matter is a scenario of its own, those that take the fewest changes first.

use std::collections::{BTreeMap, BTreeSet};

use super::compared::Compared;
use super::search::{Component, Way, components};
use super::stack::{Assigned, Assignment, Stack, Surroundings};
use super::template::Template;

/// A choice, and in words when it holds.
pub(crate) struct Choice {
    /// Absent for the base.
    pub(crate) when: Option<String>,
    pub(crate) assignment: Assignment,
}

pub(crate) struct Choices {
    pub(crate) choices: Vec<Choice>,
    /// What the budget left out, in words.
    pub(crate) not_examined: Vec<String>,
}

/// How many combinations that are left out are told one by one.
const MAX_TOLD: usize = 3;

/// The scenarios of a root template, base first. `fixed` are the caller's values, `relevant` tells whether a
/// condition, by its qualified name, touches anything that is looked at.
pub(crate) fn choices(
    root: usize,
    around: &Surroundings<'_>,
    fixed: &BTreeMap<String, String>,
    relevant: &dyn Fn(&Stack<'_>) -> BTreeSet<String>,
    budget: usize,
) -> Choices {
    let template = &around.library.templates[root];
    let compared = Compared::of(template, around.library);
    let base = base(template, around, fixed, &compared);
    let stack = Stack::root(root, around, &base);
    let relevant = relevant(&stack);
    let components = components(&stack, around, &base, fixed, &compared, &relevant);
    let found: Vec<(Vec<Way>, bool)> = components.iter().map(|it| it.ways(&stack, around, &base)).collect();

    let mut choices = vec![Choice { when: None, assignment: base.clone() }];
    let mut left: Vec<String> = Vec::new();
    for ways in combined(&found, budget.max(1) - 1 + MAX_TOLD) {
        if choices.len() < budget.max(1) {
            let mut assignment = base.clone();
            assignment.extend(ways.iter().flat_map(|it| it.changes.iter().cloned()));
            choices.push(Choice { when: Some(when(&ways)), assignment });
        } else if left.len() < MAX_TOLD {
            left.push(when(&ways));
        }
    }
    let all = found.iter().fold(1usize, |all, (ways, _)| all.saturating_mul(ways.len() + 1));
    let others = all - choices.len().min(all) - left.len().min(all - choices.len().min(all));
    if others > 0 {
        left.push(format!("{others} other combinations of {}", named(&components)));
    }
    let unsearched: Vec<&Component> =
        components.iter().zip(&found).filter(|(_, (_, is_all))| !is_all).map(|(it, _)| it).collect();
    if !unsearched.is_empty() {
        left.push(format!("whatever else is possible of {}, which are too many to try", named(unsearched)));
    }
    Choices { choices, not_examined: left }
}

/// Combinations of ways, one of each of some components, those that take the fewest changes first.
fn combined(found: &[(Vec<Way>, bool)], limit: usize) -> Vec<Vec<&Way>> {
    let mut all: Vec<Vec<(usize, &Way)>> = Vec::new();
    let mut last: Vec<Vec<(usize, &Way)>> = vec![Vec::new()];
    // One component, then two, and so on; each round adds a component after those that are there.
    while !last.is_empty() && all.len() < limit {
        let mut next: Vec<Vec<(usize, &Way)>> = Vec::new();
        'round: for ways in &last {
            let first = ways.last().map_or(0, |(at, _)| at + 1);
            for (at, (of_component, _)) in found.iter().enumerate().skip(first) {
                for way in of_component {
                    next.push([ways.as_slice(), &[(at, way)]].concat());
                    if next.len() >= limit.saturating_mul(8) {
                        break 'round;
                    }
                }
            }
        }
        next.sort_by_key(|ways| ways.iter().map(|(_, it)| it.changes.len()).sum::<usize>());
        all.extend(next.iter().cloned());
        last = next;
    }
    all.sort_by_key(|ways| ways.iter().map(|(_, it)| it.changes.len()).sum::<usize>());
    all.truncate(limit);
    all.into_iter().map(|ways| ways.into_iter().map(|(_, it)| it).collect()).collect()
}

/// When a choice holds: what it makes of conditions, by which changes.
fn when(ways: &[&Way]) -> String {
    const MAX_NAMED: usize = 4;
    let flips: Vec<&(String, bool)> = ways.iter().flat_map(|it| &it.flips).collect();
    let short = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let mut told: Vec<String> =
        flips.iter().take(MAX_NAMED).map(|(name, it)| format!("`{}` is {it}", short(name))).collect();
    if flips.len() > MAX_NAMED {
        told.push(format!("{} other conditions change", flips.len() - MAX_NAMED));
    }
    let changes = ways.iter().flat_map(|it| &it.changes);
    let what: Vec<String> = changes.map(|(name, it)| describe(name, it)).collect();
    format!("{} ({})", told.join(", "), what.join(", "))
}

fn named<'c>(components: impl IntoIterator<Item = &'c Component>) -> String {
    const MAX_NAMED: usize = 8;
    let names: Vec<String> = components
        .into_iter()
        .flat_map(|it| &it.conditions)
        .map(|it| format!("`{}`", it.rsplit('/').next().unwrap_or(it)))
        .collect();
    match names.len().checked_sub(MAX_NAMED) {
        Some(others) if others > 0 => {
            format!("{} and {others} other conditions", names[..MAX_NAMED].join(", "))
        }
        _ => names.join(", "),
    }
}

fn base(
    template: &Template,
    around: &Surroundings<'_>,
    fixed: &BTreeMap<String, String>,
    compared: &Compared,
) -> Assignment {
    let choose = |(name, declared): (&str, super::template::Parameter)| {
        let given = fixed.get(name);
        let assigned = match (given, &declared.default) {
            // What is given for a parameter that SSM holds is the name that SSM knows it by, or it is what the value
            // is compared with.
            (Some(it), _) if declared.is_ssm && !compared.literals(name).contains(it) => Assigned::Other,
            (None, _) if declared.is_hidden() => Assigned::Other,
            (Some(it), _) | (None, Some(it)) => Assigned::Value(it.clone()),
            (None, None) if !compared.compares(name) => return None,
            (None, None) => {
                declared.allowed.first().map_or(Assigned::Other, |it| Assigned::Value(it.clone()))
            }
        };
        Some((name.to_owned(), assigned))
    };
    let mut base: Assignment = template.parameters().filter_map(choose).collect();
    for name in compared.pseudo().filter(|it| !around.pseudo.contains_key(&it["AWS::".len()..])) {
        // Most deployments are in the partition `aws`.
        let is_usual = name == "AWS::Partition" && !around.pseudo.contains_key("Region");
        let assigned = if is_usual { Assigned::Value("aws".to_owned()) } else { Assigned::Other };
        base.insert(name.to_owned(), assigned);
    }
    base
}

fn describe(name: &str, assigned: &Assigned) -> String {
    match assigned {
        Assigned::Value(it) if it.is_empty() => format!("{name} is empty"),
        Assigned::Value(it) => format!("{name} = {it}"),
        Assigned::Other | Assigned::Open => format!("{name} has another value"),
    }
}
