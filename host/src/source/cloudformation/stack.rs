//! One stack in one scenario: a template with a value for each parameter and a truth for each condition.

mod declared;
mod exports;
mod parameters;
mod truth;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use archlint_schema::{Key, Reason, Unknown};
use serde_json::Value as Json;

use super::evaluate::{Part, intrinsic, placeholders};
use super::library::Library;
use super::loops;
use super::meter::{Meter, unknown};
use super::order::ordered;
use super::template::Template;
use crate::source::node::{Evaluated, Node};
pub(crate) use declared::Declared;
use parameters::nested_parameters;
pub(crate) use parameters::{Assigned, Assignment};

/// How deep stacks nest.
const MAX_DEPTH: usize = 32;

/// How many parts a value has that is taken over from elsewhere.
const MAX_PARTS: usize = 10_000;

/// What all stacks of a run share.
pub(crate) struct Surroundings<'t> {
    pub(crate) library: &'t Library,
    /// Pseudo parameters whose value the caller gave, without `AWS::`.
    pub(crate) pseudo: BTreeMap<String, String>,
    /// Exports of other stacks, by name.
    pub(crate) imports: BTreeMap<String, Evaluated>,
    /// What each root template costs, by its index.
    pub(crate) meters: Vec<Meter>,
}

pub(crate) struct Stack<'t> {
    pub(crate) template: Arc<Template>,
    /// Index of the template in the library; also of its file in the origins.
    pub(crate) index: usize,
    /// What the keys of its resources begin with.
    pub(crate) name: String,
    pub(crate) parameters: BTreeMap<String, Evaluated>,
    pub(crate) pseudo: BTreeMap<String, String>,
    pub(crate) imports: &'t BTreeMap<String, Evaluated>,
    pub(super) meter: &'t Meter,
    /// What is assumed, for comparisons only, of parameters whose value nobody sees: secrets, and those that SSM holds.
    assumed: BTreeMap<Key, String>,
    /// Parameters that the search for a scenario leaves open.
    open: BTreeSet<Key>,
    /// Conditions by name; one that hangs on what is open is neither true nor false.
    conditions: BTreeMap<String, Option<bool>>,
    pub(crate) nested: BTreeMap<String, Stack<'t>>,
    /// Kinds of which loops over lists that nobody knows make resources, and why nobody knows.
    pub(super) hidden: BTreeMap<String, Unknown>,
    /// Properties, outputs and entries of mappings that others refer to, by path.
    evaluated: RefCell<HashMap<String, Evaluated>>,
    /// Those that are being evaluated, each for the one before it.
    on_the_way: RefCell<Vec<String>>,
}

impl<'t> Stack<'t> {
    /// The stack of a template that nobody nests.
    pub(crate) fn root(index: usize, around: &'t Surroundings<'t>, assignment: &Assignment) -> Self {
        let template = &around.library.templates[index];
        let mut stack = Self::bare(index, around, Arc::clone(template), &around.meters[index]);
        stack.assign(assignment, |_| true);
        stack.complete(around, &[]);
        stack
    }

    /// A stack of the same template in which only some parameters have a value, and only some conditions, in the
    /// order that is given, are true or false: what it takes to tell scenarios apart.
    pub(crate) fn sketch(
        &self,
        around: &'t Surroundings<'t>,
        assignment: &Assignment,
        conditions: &[String],
    ) -> Self {
        let mut stack = Self::bare(self.index, around, Arc::clone(&self.template), self.meter);
        stack.assign(assignment, |name| assignment.contains_key(name));
        stack.decide(conditions.iter());
        stack
    }

    fn bare(index: usize, around: &'t Surroundings<'t>, template: Arc<Template>, meter: &'t Meter) -> Self {
        Self {
            name: template.stack.clone(),
            template,
            index,
            parameters: BTreeMap::new(),
            pseudo: around.pseudo.clone(),
            imports: &around.imports,
            meter,
            assumed: BTreeMap::new(),
            open: BTreeSet::new(),
            conditions: BTreeMap::new(),
            nested: BTreeMap::new(),
            hidden: BTreeMap::new(),
            evaluated: RefCell::default(),
            on_the_way: RefCell::default(),
        }
    }

    /// Expands loops, decides conditions, builds what is nested. `ancestors` are the templates that this is within.
    fn complete(&mut self, around: &'t Surroundings<'t>, ancestors: &[usize]) {
        loops::expand(self);
        let template = Arc::clone(&self.template);
        self.decide(template.order().names.iter());
        let ancestors = [ancestors, &[self.index]].concat();
        self.build_nested(around, &ancestors);
    }

    /// Builds the nested stacks whose template is at hand, each after those whose outputs it takes.
    fn build_nested(&mut self, around: &'t Surroundings<'t>, ancestors: &[usize]) {
        let template = Arc::clone(&self.template);
        let nested = template.resources().filter(|(id, _)| template.kind(id) == "AWS::CloudFormation::Stack");
        let nested: BTreeMap<&str, &Json> = nested.filter(|(id, _)| self.exists(id)).collect();
        let ids: Vec<&str> = nested.keys().copied().collect();
        let needs = |id: &str| {
            let mut mentioned = BTreeSet::new();
            resources_mentioned(&nested[id]["Properties"]["Parameters"], &mut mentioned);
            mentioned.into_iter().filter(|it| nested.contains_key(it)).collect()
        };
        // In a circle the first goes first, and does not know what the others give it.
        for id in ordered(&ids, needs).names {
            let resource = nested[id.as_str()];
            let path = format!("Resources/{id}/Properties");
            let url = self.evaluate(&resource["Properties"]["TemplateURL"], &path).value;
            let Some(index) = around.library.nested(self.index, resource, &url) else { continue };
            // Templates that nest each other are told of as such.
            if ancestors.contains(&index) {
                continue;
            }
            if ancestors.len() >= MAX_DEPTH {
                let message =
                    format!("stacks nest deeper than {MAX_DEPTH} levels: what is below is not read");
                self.meter.fault(message, self.index, vec![format!("Resources/{id}")]);
                continue;
            }
            let template = Arc::clone(&around.library.templates[index]);
            let resources = template.resources().count();
            if !self.meter.make(resources, self.index, &format!("Resources/{id}")) {
                return;
            }
            let given =
                self.evaluate(&resource["Properties"]["Parameters"], &format!("{path}/Parameters")).value;
            let mut child = Self::bare(index, around, template, self.meter);
            child.name = format!("{}/{id}", self.name);
            child.parameters = nested_parameters(&child.template, &child.name, given);
            child.pseudo.clone_from(&self.pseudo);
            child.assumed.clone_from(&self.assumed);
            child.open.clone_from(&self.open);
            child.complete(around, ancestors);
            self.nested.insert(id, child);
        }
    }

    /// What stands at a path, evaluated once however many refer to it. What refers to itself is told, and unknown.
    pub(super) fn once(&self, path: &str, evaluate: impl FnOnce() -> Evaluated) -> Evaluated {
        let known = self.evaluated.borrow().get(path).cloned();
        if let Some(value) = known {
            return self.copied(&value, path);
        }
        let circle = {
            let way = self.on_the_way.borrow();
            way.iter().position(|it| it == path).map(|at| way[at..].to_vec())
        };
        if let Some(circle) = circle {
            let message = format!("`{path}` refers to itself");
            let message = match circle.len() {
                1 => message,
                _ => format!("{message}, by way of `{}`", circle[1..].join("`, `")),
            };
            self.meter.fault(message, self.index, circle);
            return unknown("it refers to itself");
        }
        self.on_the_way.borrow_mut().push(path.to_owned());
        let value = evaluate();
        self.on_the_way.borrow_mut().pop();
        self.evaluated.borrow_mut().insert(path.to_owned(), value.clone());
        value
    }

    /// A copy of a value, which costs as much as the value has parts.
    pub(super) fn copied(&self, value: &Evaluated, path: &str) -> Evaluated {
        let parts = parts(value);
        if parts > MAX_PARTS {
            return unknown("a value of more than 10,000 parts");
        }
        match self.meter.count(parts, self.index, path) {
            Ok(()) => value.clone(),
            Err(unknown) => unknown,
        }
    }

    pub(crate) fn key(&self, logical_id: &str) -> Key {
        Key::from(format!("{}/{logical_id}", self.name))
    }

    /// What an output of the stack gives.
    pub(crate) fn output(&self, name: &str) -> Evaluated {
        let declared = self.template.section("Outputs").and_then(|it| it.get(name));
        declared.map_or_else(
            || {
                Evaluated::Unknown(Unknown::new(
                    Reason::NotCollected,
                    format!("{}.Outputs.{name}", self.name),
                ))
            },
            |it| {
                let path = format!("Outputs/{name}/Value");
                self.once(&path, || self.evaluate(&it["Value"], &path).value)
            },
        )
    }
}

/// The resources that an expression takes attributes of.
fn resources_mentioned<'a>(json: &'a Json, found: &mut BTreeSet<&'a str>) {
    match (intrinsic(json), json) {
        (Some(("Fn::GetAtt", argument)), _) => found.extend(argument[0].as_str()),
        (Some(("Fn::Sub", argument)), _) => {
            let text = argument.as_str().or(argument[0].as_str()).unwrap_or_default();
            for part in placeholders(text) {
                if let Part::Name(name) = part {
                    found.extend(name.split('.').next());
                }
            }
            resources_mentioned(&argument[1], found);
        }
        (_, Json::Array(items)) => items.iter().for_each(|it| resources_mentioned(it, found)),
        (_, Json::Object(fields)) => fields.values().for_each(|it| resources_mentioned(it, found)),
        _ => {}
    }
}

/// How many values a value consists of, itself included.
fn parts(value: &Evaluated) -> usize {
    let of = |node: &Node| parts(&node.value);
    1 + match value {
        Evaluated::List(items) | Evaluated::Joined { items, .. } => items.iter().map(of).sum(),
        Evaluated::Map(fields) | Evaluated::Object(fields) => fields.values().map(of).sum(),
        _ => 0,
    }
}
