//! One stack in one scenario: a template with a value for each parameter and a truth for each condition.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use archlint_schema::{Key, Reason, Unknown, Value};
use serde_json::Value as Json;

use super::evaluate::{Part, intrinsic, list, placeholders};
use super::library::Library;
use super::loops;
use super::meter::{Meter, unknown};
use super::order::ordered;
use super::template::{Parameter, Template, scalar_text};
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;
use crate::source::{Ignored, Place};

/// How deep stacks nest.
const MAX_DEPTH: usize = 32;

/// How many parts a value has that is taken over from elsewhere.
const MAX_PARTS: usize = 10_000;

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

    /// Gives those parameters of a root a value that are asked for.
    fn assign(&mut self, assignment: &Assignment, is_wanted: impl Fn(&str) -> bool) {
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

    /// Expands loops, decides conditions, builds what is nested. `ancestors` are the templates that this is within.
    fn complete(&mut self, around: &'t Surroundings<'t>, ancestors: &[usize]) {
        loops::expand(self);
        let template = Arc::clone(&self.template);
        self.decide(template.order().names.iter());
        let ancestors = [ancestors, &[self.index]].concat();
        self.build_nested(around, &ancestors);
    }

    fn decide<'n>(&mut self, names: impl Iterator<Item = &'n String>) {
        let template = Arc::clone(&self.template);
        for name in template.order().circles.iter().flatten() {
            // That it names itself is told. What hangs on it must not vanish because of that.
            self.conditions.insert(name.clone(), Some(true));
        }
        for name in names {
            if let Some(expression) = template.condition(name).filter(|_| !self.conditions.contains_key(name))
            {
                let undecided = if self.open.is_empty() { Some(false) } else { None };
                let holds = self.truth(expression, undecided);
                self.conditions.insert(name.clone(), holds);
            }
        }
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
            nested.keys().copied().filter(|it| mentioned.contains(*it)).collect()
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

    /// Whether a resource exists in this scenario. One whose condition is not declared must not vanish.
    pub(crate) fn exists(&self, logical_id: &str) -> bool {
        match self.template.resource(logical_id).and_then(|it| it.get("Condition")) {
            Some(Json::String(name)) => self.conditions.get(name).is_none_or(|it| *it == Some(true)),
            Some(other) => self.holds(other),
            None => true,
        }
    }

    /// Whether a condition holds, by name or as an expression.
    pub(crate) fn holds(&self, condition: &Json) -> bool {
        let truth = match condition.as_str() {
            Some(name) => self.conditions.get(name).copied().flatten(),
            None => self.truth(condition, Some(false)),
        };
        truth == Some(true)
    }

    /// Whether an expression is true. `undecided` is what a comparison gives whose sides are not both known.
    fn truth(&self, expression: &Json, undecided: Option<bool>) -> Option<bool> {
        let Some((name, argument)) = intrinsic(expression) else {
            // A literal, or what is no condition at all: nothing may disappear because of that.
            return Some(scalar_text(expression).is_none_or(|it| it != "false"));
        };
        if self.meter.enter(self.index, "Conditions").is_err() {
            return undecided;
        }
        let side = |at: usize| self.evaluate(&argument[at], "Conditions").value;
        let truth = match name {
            "Condition" => argument
                .as_str()
                .map_or(Some(false), |name| self.conditions.get(name).copied().unwrap_or(Some(false))),
            "Fn::And" => self.all(argument, true, undecided),
            "Fn::Or" => self.all(argument, false, undecided).map(|it| !it),
            "Fn::Not" => self.truth(&argument[0], undecided).map(|it| !it),
            "Fn::Equals" => self.are_equal(&side(0), &side(1)).or(undecided),
            "Fn::Contains" => match (side(0), side(1)) {
                (Evaluated::List(items), it) => {
                    let equal: Vec<_> = items.iter().map(|item| self.are_equal(&item.value, &it)).collect();
                    let any = if equal.contains(&Some(true)) { Some(true) } else { None };
                    any.or_else(|| equal.iter().all(Option::is_some).then_some(false)).or(undecided)
                }
                _ => undecided,
            },
            _ => undecided,
        };
        self.meter.leave();
        truth
    }

    /// Whether every operand is as it is wanted.
    fn all(&self, operands: &Json, wanted: bool, undecided: Option<bool>) -> Option<bool> {
        let mut all = Some(true);
        for it in operands.as_array().into_iter().flatten() {
            match self.truth(it, undecided) {
                Some(it) if it != wanted => return Some(false),
                Some(_) => {}
                None => all = None,
            }
        }
        all
    }

    /// CloudFormation compares text; what is not known differs from everything but itself, unless the search for a
    /// scenario leaves it open. A scenario that wants it otherwise assigns the parameter.
    fn are_equal(&self, a: &Evaluated, b: &Evaluated) -> Option<bool> {
        let assumed = |it: &Evaluated| match it {
            Evaluated::External { key, .. } => self.assumed.get(key).cloned().map(Evaluated::Text),
            _ => None,
        };
        let (a, b) = (assumed(a).unwrap_or_else(|| a.clone()), assumed(b).unwrap_or_else(|| b.clone()));
        let is_open = |it: &Evaluated| match it {
            Evaluated::Text(_) | Evaluated::Absent => false,
            Evaluated::External { key, .. } => self.open.contains(key),
            _ => !self.open.is_empty(),
        };
        match (&a, &b) {
            (Evaluated::External { key: a, .. }, Evaluated::External { key: b, .. }) if a == b => Some(true),
            _ if is_open(&a) || is_open(&b) => None,
            (Evaluated::Unknown(_) | Evaluated::External { .. }, _)
            | (_, Evaluated::Unknown(_) | Evaluated::External { .. }) => Some(false),
            _ => Some(a == b),
        }
    }

    /// The rules of the template that its parameters break, by name. What nobody knows breaks none.
    pub(crate) fn broken_rules(&self) -> BTreeSet<String> {
        let is_broken = |rule: &Json| {
            let applies = rule.get("RuleCondition").is_none_or(|it| self.truth(it, None) == Some(true));
            let mut assertions = rule["Assertions"].as_array().into_iter().flatten();
            applies && assertions.any(|it| self.truth(&it["Assert"], None) == Some(false))
        };
        let rules = self.template.section("Rules").into_iter().flatten();
        rules.filter(|(_, rule)| is_broken(rule)).map(|(name, _)| name.clone()).collect()
    }

    /// The truth of every condition of this stack and those within it, by qualified name.
    pub(crate) fn truths(&self) -> BTreeMap<String, Option<bool>> {
        let own = self.conditions.iter().map(|(name, it)| (format!("{}/{name}", self.name), *it));
        own.chain(self.nested.values().flat_map(Stack::truths)).collect()
    }

    /// The truth of this stack's own condition.
    pub(crate) fn truth_of(&self, condition: &str) -> Option<bool> {
        self.conditions.get(condition).copied().flatten()
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

/// A resource of a stack, by its logical id.
pub(crate) struct Declared<'a, 't> {
    pub(crate) stack: &'a Stack<'t>,
    pub(crate) id: &'a str,
}

impl Declaration for Declared<'_, '_> {
    fn key(&self) -> Key {
        self.stack.key(self.id)
    }

    fn label(&self) -> String {
        self.id.to_owned()
    }

    fn property(&self, name: &str) -> Node {
        let path = format!("Resources/{}/Properties/{name}", self.id);
        let authored = self.stack.template.resource(self.id).and_then(|it| it["Properties"].get(name));
        match authored {
            Some(it) => self.stack.evaluate(it, &path),
            None => Node { value: Evaluated::Absent, path },
        }
    }

    fn tags(&self) -> Node {
        self.property("Tags")
    }

    fn holds_aws_keys(&self, property: &str) -> Value<bool> {
        let properties = self.stack.template.resource(self.id).map(|it| &it["Properties"]);
        let authored = property.split('.').fold(properties, |it, name| it.and_then(|it| it.get(name)));
        authored.map_or(Value::Known(false), |it| self.stack.holds_aws_keys(it))
    }

    fn place(&self) -> Option<Place> {
        Some(self.stack.template.resource_place(self.id, self.stack.index))
    }

    fn place_of(&self, node: &Node) -> Option<Place> {
        self.stack.template.place(&node.path, self.stack.index)
    }

    fn ignored(&self) -> Vec<Ignored> {
        self.stack.template.ignored(self.id, self.stack.index)
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
fn nested_parameters(template: &Template, stack: &str, given: Evaluated) -> BTreeMap<String, Evaluated> {
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
