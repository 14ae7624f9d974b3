//! What evaluating one input has cost so far, and what was left out because of that.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use archlint_schema::{Reason, Unknown};

use crate::source::Budget;
use crate::source::node::Evaluated;

/// How deep an evaluation goes: expressions within expressions, and from attribute to attribute. No template needs
/// this, and the stack of a thread holds it.
const MAX_DEPTH: usize = 250;

/// The longest text that is put together. No property that is read comes near.
pub(super) const MAX_TEXT: usize = 256 << 10;

/// Counts what one root template costs, over all its scenarios.
#[derive(Default)]
pub(super) struct Meter {
    evaluations: Cell<usize>,
    bytes: Cell<usize>,
    depth: Cell<usize>,
    /// Resources of the scenario that is being built.
    resources: Cell<usize>,
    budget: Budget,
    /// By message, so that each is told once: the template, and paths in it.
    faults: RefCell<BTreeMap<String, Fault>>,
}

/// Something that is told about a template.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    /// Index of the template in the library.
    pub(super) template: usize,
    pub(super) paths: Vec<String>,
    /// The budget that was too small, where it is that.
    pub(super) budget: Option<&'static str>,
}

impl Meter {
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, ..Self::default() }
    }

    /// Counts one evaluation, one level deeper; why it may not be made, where the budget is used up.
    pub(super) fn enter(&self, template: usize, path: &str) -> Result<(), Evaluated> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            return Err(unknown("nested too deep to evaluate"));
        }
        self.count(1, template, path)?;
        self.depth.set(depth + 1);
        Ok(())
    }

    pub(super) fn leave(&self) {
        self.depth.set(self.depth.get() - 1);
    }

    /// Counts what costs as much as so many evaluations.
    pub(super) fn count(&self, evaluations: usize, template: usize, path: &str) -> Result<(), Evaluated> {
        let spent = self.evaluations.get().saturating_add(evaluations);
        self.evaluations.set(spent);
        if spent > self.budget.evaluations {
            let limit = self.budget.evaluations;
            self.exceeded("evaluations", &format!("more than {limit} evaluations"), template, path);
            return Err(unknown("the budget of evaluations is used up"));
        }
        Ok(())
    }

    /// Counts a text that was put together.
    pub(super) fn text(&self, value: Evaluated, template: usize, path: &str) -> Evaluated {
        let (Evaluated::Text(text) | Evaluated::Pattern(text)) = &value else { return value };
        let spent = self.bytes.get().saturating_add(text.len());
        self.bytes.set(spent);
        let limit = self.budget.megabytes;
        if spent >> 20 > limit {
            self.exceeded("megabytes", &format!("texts of more than {limit} MB"), template, path);
            return unknown("the budget of text is used up");
        }
        if text.len() > MAX_TEXT { unknown("a text of more than 256 KB") } else { value }
    }

    /// Begins another scenario.
    pub(super) fn begin_scenario(&self) {
        self.resources.set(0);
    }

    /// Counts the resources that a loop or a nested stack makes; whether they may be made.
    pub(super) fn make(&self, resources: usize, template: usize, path: &str) -> bool {
        let made = self.resources.get().saturating_add(resources);
        self.resources.set(made);
        let limit = self.budget.resources;
        if made > limit {
            self.exceeded("resources", &format!("more than {limit} resources"), template, path);
        }
        made <= limit && self.count(resources, template, path).is_ok()
    }

    fn exceeded(&self, budget: &'static str, what: &str, template: usize, path: &str) {
        let message = format!("this takes {what}: what is beyond that is not read");
        let fault = Fault { template, paths: vec![path.to_owned()], budget: Some(budget) };
        self.faults.borrow_mut().entry(message).or_insert(fault);
    }

    pub(super) fn fault(&self, message: String, template: usize, paths: Vec<String>) {
        self.faults.borrow_mut().entry(message).or_insert(Fault { template, paths, budget: None });
    }

    pub(super) fn faults(&self) -> BTreeMap<String, Fault> {
        self.faults.borrow().clone()
    }
}

pub(super) fn unknown(why: &str) -> Evaluated {
    Evaluated::Unknown(Unknown::new(Reason::Unevaluated, why))
}
