//! One stack in one scenario: a template with a value for each parameter and a truth for each condition.

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::{Key, Reason, Unknown, Value};
use serde_json::Value as Json;

use super::evaluate::{intrinsic, list};
use super::library::Library;
use super::template::{Parameter, Template, scalar_text};
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;
use crate::source::{Ignored, Place};

/// How deep nested stacks and conditions may go before a cycle is assumed.
const MAX_DEPTH: usize = 32;

/// What a scenario says about one stack's parameters; others take their defaults.
pub(crate) type Assignment = BTreeMap<String, Assigned>;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Assigned {
    Value(String),
    /// Something other than anything that a condition compares it with; which, nobody knows.
    Other,
}

/// What all stacks of a run share.
pub(crate) struct Surroundings<'t> {
    pub(crate) library: &'t Library,
    /// Pseudo parameters whose value the caller gave, without `AWS::`.
    pub(crate) pseudo: BTreeMap<String, String>,
    /// Exports of other stacks, by name.
    pub(crate) imports: BTreeMap<String, Evaluated>,
}

pub(crate) struct Stack<'t> {
    pub(crate) template: &'t Template,
    /// Index of the template in the library; also of its file in the origins.
    pub(crate) index: usize,
    /// What the keys of its resources begin with.
    pub(crate) name: String,
    pub(crate) parameters: BTreeMap<String, Evaluated>,
    pub(crate) pseudo: BTreeMap<String, String>,
    pub(crate) imports: &'t BTreeMap<String, Evaluated>,
    conditions: BTreeMap<String, bool>,
    pub(crate) nested: BTreeMap<String, Stack<'t>>,
}

impl<'t> Stack<'t> {
    /// The stack of a template that nobody nests.
    pub(crate) fn root(index: usize, around: &'t Surroundings<'t>, assignment: &Assignment) -> Self {
        let template = &around.library.templates[index];
        let mut pseudo = around.pseudo.clone();
        for (name, assigned) in assignment {
            if let (Some(name), Assigned::Value(value)) = (name.strip_prefix("AWS::"), assigned) {
                pseudo.insert(name.to_owned(), value.clone());
            }
        }
        let parameters = template.parameters().map(|(name, declared)| {
            let value = parameter(&template.stack, name, &declared, assignment.get(name));
            (name.to_owned(), value)
        });
        Self::build(index, around, template.stack.clone(), parameters.collect(), pseudo, 0)
    }

    fn build(
        index: usize,
        around: &'t Surroundings<'t>,
        name: String,
        parameters: BTreeMap<String, Evaluated>,
        pseudo: BTreeMap<String, String>,
        depth: usize,
    ) -> Self {
        let template = &around.library.templates[index];
        let imports = &around.imports;
        let (conditions, nested) = (BTreeMap::new(), BTreeMap::new());
        let mut stack = Self { template, index, name, parameters, pseudo, imports, conditions, nested };
        for (name, expression) in template.conditions() {
            let holds = stack.truth(expression, 0);
            stack.conditions.insert(name.to_owned(), holds);
        }
        if depth < MAX_DEPTH {
            stack.build_nested(around, depth);
        }
        stack
    }

    /// Builds the nested stacks whose template is at hand, each after those whose outputs it takes.
    fn build_nested(&mut self, around: &'t Surroundings<'t>, depth: usize) {
        let template = self.template;
        let nested = template.resources().filter(|(id, _)| template.kind(id) == "AWS::CloudFormation::Stack");
        let mut waiting: Vec<(&str, &Json)> = nested.filter(|(id, _)| self.exists(id)).collect();
        while !waiting.is_empty() {
            let ids: BTreeSet<&str> = waiting.iter().map(|(id, _)| *id).collect();
            let is_ready = |resource: &Json| !mentions_output_of(&resource["Properties"]["Parameters"], &ids);
            // A cycle is CloudFormation's to refuse; here the first of it goes first.
            let at = waiting.iter().position(|(_, it)| is_ready(it)).unwrap_or(0);
            let (id, resource) = waiting.remove(at);
            let path = format!("Resources/{id}/Properties");
            let url = self.evaluate(&resource["Properties"]["TemplateURL"], &path).value;
            let Some(index) = around.library.nested(self.index, resource, &url) else { continue };
            let given =
                self.evaluate(&resource["Properties"]["Parameters"], &format!("{path}/Parameters")).value;
            let name = format!("{}/{id}", self.name);
            let parameters = nested_parameters(&around.library.templates[index], &name, given);
            let child = Self::build(index, around, name, parameters, self.pseudo.clone(), depth + 1);
            self.nested.insert(id.to_owned(), child);
        }
    }

    pub(crate) fn key(&self, logical_id: &str) -> Key {
        Key::from(format!("{}/{logical_id}", self.name))
    }

    /// Whether a resource exists in this scenario.
    pub(crate) fn exists(&self, logical_id: &str) -> bool {
        let condition = self.template.resource(logical_id).and_then(|it| it.get("Condition"));
        condition.is_none_or(|it| self.holds(it))
    }

    /// Whether a condition holds, by name or as an expression.
    pub(crate) fn holds(&self, condition: &Json) -> bool {
        match condition.as_str() {
            Some(name) => self.conditions.get(name).copied().unwrap_or(false),
            None => self.truth(condition, 0),
        }
    }

    fn truth(&self, expression: &Json, depth: usize) -> bool {
        let Some((name, argument)) = intrinsic(expression) else {
            // A literal, or what is no condition at all: nothing may disappear because of that.
            return scalar_text(expression).is_none_or(|it| it != "false");
        };
        let operands = || argument.as_array().into_iter().flatten();
        match name {
            _ if depth > MAX_DEPTH => false,
            "Condition" => argument.as_str().is_some_and(|name| {
                let known = self.conditions.get(name).copied();
                known.unwrap_or_else(|| {
                    self.template.condition(name).is_some_and(|it| self.truth(it, depth + 1))
                })
            }),
            "Fn::And" => operands().all(|it| self.truth(it, depth + 1)),
            "Fn::Or" => operands().any(|it| self.truth(it, depth + 1)),
            "Fn::Not" => !operands().all(|it| self.truth(it, depth + 1)),
            "Fn::Equals" => {
                let side = |at: usize| self.evaluate(&argument[at], "Conditions").value;
                are_equal(&side(0), &side(1))
            }
            _ => false,
        }
    }

    /// The truth of every condition of this stack and those within it, by qualified name.
    pub(crate) fn truths(&self) -> BTreeMap<String, bool> {
        let own = self.conditions.iter().map(|(name, it)| (format!("{}/{name}", self.name), *it));
        own.chain(self.nested.values().flat_map(Stack::truths)).collect()
    }

    /// The truth of this stack's own conditions, by name.
    pub(crate) fn own_truths(&self) -> &BTreeMap<String, bool> {
        &self.conditions
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
            |it| self.evaluate(&it["Value"], &format!("Outputs/{name}/Value")).value,
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

/// CloudFormation compares text; what is not known differs from everything but itself. A scenario that wants
/// it otherwise assigns the parameter.
fn are_equal(a: &Evaluated, b: &Evaluated) -> bool {
    match (a, b) {
        (Evaluated::External { key: a, .. }, Evaluated::External { key: b, .. }) => a == b,
        (Evaluated::Unknown(_), _) | (_, Evaluated::Unknown(_)) => false,
        _ => a == b,
    }
}

fn parameter(stack: &str, name: &str, declared: &Parameter, assigned: Option<&Assigned>) -> Evaluated {
    let key = Key::from(format!("parameter:{stack}/{name}"));
    let value = match assigned {
        Some(Assigned::Value(it)) => Some(it.clone()),
        Some(Assigned::Other) => None,
        None => declared.default.clone(),
    };
    if declared.no_echo {
        return Evaluated::Unknown(Unknown::new(Reason::Redacted, name));
    }
    if declared.is_ssm {
        return Evaluated::External { key, why: Unknown::new(Reason::Computed, name) };
    }
    match value {
        Some(it) => text_or_list(&it, declared.is_list),
        // Whoever deploys has no choice.
        None if declared.allowed.len() == 1 => text_or_list(&declared.allowed[0], declared.is_list),
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
        _ if declared.no_echo => Evaluated::Unknown(Unknown::new(Reason::Redacted, name)),
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

fn mentions_output_of(json: &Json, ids: &BTreeSet<&str>) -> bool {
    match json {
        Json::Array(items) => items.iter().any(|it| mentions_output_of(it, ids)),
        Json::Object(fields) => {
            let attribute = fields.get("Fn::GetAtt").and_then(|it| it[0].as_str());
            attribute.is_some_and(|it| ids.contains(it))
                || fields.values().any(|it| mentions_output_of(it, ids))
        }
        _ => false,
    }
}
