//! The values of a stack's parameters: what a scenario assigns, what a parent gives, the defaults.

use std::collections::BTreeMap;
use std::sync::Arc;

use archlint_schema::{Key, Reason, Unknown};

use super::{MAX_PARTS, Stack, parts};
use crate::source::cloudformation::evaluate::list;
use crate::source::cloudformation::meter::unknown;
use crate::source::cloudformation::template::{Parameter, Template};
use crate::source::node::{Evaluated, Node};

/// What a scenario says about one stack's parameters; others take their defaults.
pub(crate) type Assignment = BTreeMap<String, Assigned>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Assigned {
    Value(String),
    /// Something other than anything that a condition compares it with; which, nobody knows.
    Other,
    /// Anything: the search for a scenario has not come to it yet.
    Open,
}

impl Stack<'_> {
    /// Gives those parameters of a root a value that are asked for.
    pub(super) fn assign(&mut self, assignment: &Assignment, is_wanted: impl Fn(&str) -> bool) {
        for (name, assigned) in assignment {
            match (name.strip_prefix("AWS::"), assigned) {
                (Some(pseudo), Assigned::Value(value)) => {
                    self.pseudo.insert(pseudo.to_owned(), value.clone());
                }
                (Some(_), Assigned::Open) => {
                    self.open.insert(Key::from(format!("pseudo:{name}")));
                }
                _ => {}
            }
        }
        let template = Arc::clone(&self.template);
        for (name, declared) in template.parameters().filter(|(name, _)| is_wanted(name)) {
            let assigned = assignment.get(name);
            let value = parameter(&self.name, name, &declared, assigned);
            if let Evaluated::External { key, .. } = &value {
                match assigned {
                    Some(Assigned::Open) => {
                        self.open.insert(key.clone());
                    }
                    Some(Assigned::Value(it)) if declared.is_hidden() => {
                        self.assumed.insert(key.clone(), it.clone());
                    }
                    _ => {}
                }
            }
            self.parameters.insert(name.to_owned(), value);
        }
    }
}

fn parameter(stack: &str, name: &str, declared: &Parameter, assigned: Option<&Assigned>) -> Evaluated {
    let key = Key::from(format!("parameter:{stack}/{name}"));
    let value = match assigned {
        Some(Assigned::Value(it)) => Some(it.clone()),
        Some(Assigned::Other | Assigned::Open) => None,
        None => declared.default.clone(),
    };
    if declared.no_echo {
        return Evaluated::External { key, why: Unknown::new(Reason::Redacted, name) };
    }
    if declared.is_ssm {
        return Evaluated::External { key, why: Unknown::new(Reason::Computed, name) };
    }
    match value {
        Some(it) => text_or_list(&it, declared.is_list),
        // Whoever deploys has no choice.
        None if declared.allowed.len() == 1 && assigned != Some(&Assigned::Open) => {
            text_or_list(&declared.allowed[0], declared.is_list)
        }
        None if declared.allowed.len() > 1 && assigned.is_none() && !declared.is_list => {
            Evaluated::OneOf { key, values: declared.allowed.clone() }
        }
        None => Evaluated::External { key, why: Unknown::new(Reason::Parameter, name) },
    }
}

fn text_or_list(text: &str, is_list: bool) -> Evaluated {
    if is_list && text.is_empty() {
        Evaluated::List(Vec::new())
    } else if is_list {
        list(text.split(','), "Parameters")
    } else {
        Evaluated::Text(text.to_owned())
    }
}

/// The parameters of a nested stack: what its parent gives, as it is in the parent; else the defaults.
pub(super) fn nested_parameters(
    template: &Template,
    stack: &str,
    given: Evaluated,
) -> BTreeMap<String, Evaluated> {
    let mut given = match given {
        Evaluated::Map(fields) => fields,
        _ => BTreeMap::new(),
    };
    let take = |name: &str, declared: &Parameter, given: &mut BTreeMap<String, Node>| match given.remove(name)
    {
        _ if declared.no_echo => parameter(stack, name, declared, None),
        Some(Node { value, .. }) if parts(&value) > MAX_PARTS => unknown("a value of more than 10,000 parts"),
        Some(Node { value: Evaluated::Text(it), .. }) => text_or_list(&it, declared.is_list),
        Some(Node { value: Evaluated::Joined { items, .. }, .. }) if declared.is_list => {
            Evaluated::List(items)
        }
        Some(node) => node.value,
        None => parameter(stack, name, declared, None),
    };
    template
        .parameters()
        .map(|(name, declared)| (name.to_owned(), take(name, &declared, &mut given)))
        .collect()
}
