//! `relevant_attributes`: which attributes of resources what is planned depends on, however far away.

use std::collections::BTreeSet;

use hcl::Expression;
use hcl::structure::Body;
use serde_json::{Value as Json, json};

use super::module::{Mode, Module, Repetition, ResourceName};
use super::references::{self, Called, Reference, Step};

pub(super) struct Relevant<'m> {
    root: &'m Module,
    seen: BTreeSet<(Vec<Called>, Reference)>,
    found: BTreeSet<(String, Vec<Step>)>,
}

impl<'m> Relevant<'m> {
    pub(super) fn new(root: &'m Module) -> Self {
        Self { root, seen: BTreeSet::new(), found: BTreeSet::new() }
    }

    /// Adds what a module needs whose resources are created and whose outputs change.
    pub(super) fn add_module(&mut self, path: &[Called]) {
        let Some(module) = self.module(path) else { return };
        for (_, resource) in module.resources.iter().filter(|it| it.0.mode == Mode::Managed) {
            for expression in expressions(&resource.body) {
                self.add(path, expression, Some(&resource.repetition));
            }
        }
        for output in module.outputs.values() {
            self.add(path, &output.value, None);
        }
    }

    /// In the order of their text; Terraform gives them in none.
    pub(super) fn print(self) -> Vec<Json> {
        let attribute = |step: &Step| match step {
            Step::Attribute(name) | Step::Key(name) => json!(name),
            Step::Index(index) => json!(index),
        };
        let print = |(resource, way): (String, Vec<Step>)| json!({ "resource": resource, "attribute": way.iter().map(attribute).collect::<Vec<_>>() });
        self.found.into_iter().map(print).collect()
    }

    fn module(&self, path: &[Called]) -> Option<&'m Module> {
        path.iter().try_fold(self.root, |module, it| Some(&module.calls.get(&it.name)?.module))
    }

    fn add(&mut self, path: &[Called], expression: &Expression, repetition: Option<&Repetition>) {
        for reference in references::mentioned(expression) {
            match (reference.root.as_str(), repetition) {
                ("each" | "count", Some(repetition)) => {
                    for expression in repetition.for_each.iter().chain(&repetition.count) {
                        self.add(path, expression, None);
                    }
                }
                _ => self.follow(path, &reference),
            }
        }
    }

    /// Goes where a reference leads: through variables, local values and outputs to resources.
    fn follow(&mut self, path: &[Called], reference: &Reference) {
        if !self.seen.insert((path.to_vec(), reference.clone())) {
            return;
        }
        let Some(module) = self.module(path) else { return };
        let Some(Step::Attribute(name)) = reference.steps.first() else { return };
        match reference.root.as_str() {
            "var" => {
                let Some((called, parent)) = path.split_last() else { return };
                let call = self.module(parent).and_then(|it| it.calls.get(&called.name));
                if let Some((call, argument)) = call.and_then(|it| Some((it, it.arguments.get(name)?))) {
                    self.add(parent, argument, Some(&call.repetition));
                }
            }
            "local" => {
                if let Some(expression) = module.locals.get(name) {
                    self.add(path, expression, None);
                }
            }
            "module" => self.follow_call(path, name, &reference.steps[1..]),
            "each" | "count" | "path" | "terraform" => {}
            _ => self.reach(path, module, reference),
        }
    }

    fn follow_call(&mut self, path: &[Called], name: &str, steps: &[Step]) {
        let (key, rest) = match steps {
            [key @ (Step::Index(_) | Step::Key(_)), rest @ ..] => (Some(key.clone()), rest),
            rest => (None, rest),
        };
        let path = [path, &[Called { name: name.to_owned(), key }]].concat();
        let Some(module) = self.module(&path) else { return };
        for (output, it) in &module.outputs {
            if rest.first().is_none_or(|step| *step == Step::Attribute(output.clone())) {
                self.add(&path, &it.value, None);
            }
        }
    }

    fn reach(&mut self, path: &[Called], module: &Module, reference: &Reference) {
        let (subject, way) = (reference.subject(), &reference.steps[reference.subject()..]);
        let address = references::address_in(&references::module_address(path), &reference.prefix(subject));
        self.found.insert((address, way.to_vec()));
        let names: Vec<&str> = reference
            .steps
            .iter()
            .map_while(|it| match it {
                Step::Attribute(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let name = match (reference.root.as_str(), &names[..]) {
            ("data", [kind, name, ..]) => (Mode::Data, *kind, *name),
            (kind, [name, ..]) => (Mode::Managed, kind, *name),
            (_, []) => return,
        };
        let name = ResourceName { mode: name.0, kind: name.1.to_owned(), name: name.2.to_owned() };
        let Some(resource) = module.resources.get(&name) else { return };
        if let Some(Step::Attribute(attribute)) = way.first()
            && let Some(set) = super::module::attribute(&resource.body, attribute)
        {
            self.add(path, set, Some(&resource.repetition));
        }
    }
}

/// All expressions of a block and the blocks in it.
fn expressions(body: &Body) -> Vec<&Expression> {
    let own = body.attributes().map(hcl::Attribute::expr);
    own.chain(body.blocks().flat_map(|it| expressions(it.body()))).collect()
}
