//! Which conditions hold in a stack, and so which of its resources exist.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::Stack;
use crate::source::cloudformation::evaluate::intrinsic;
use crate::source::cloudformation::template::scalar_text;
use crate::source::node::Evaluated;

impl Stack<'_> {
    pub(super) fn decide<'n>(&mut self, names: impl Iterator<Item = &'n String>) {
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
}
