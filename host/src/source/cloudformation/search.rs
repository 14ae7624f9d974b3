//! The search for scenarios: which truths the conditions of a template can have together, and by which changes.

use std::collections::{BTreeMap, BTreeSet};

use super::compared::{Compared, comparisons};
use super::order::conditions_named;
use super::stack::{Assigned, Assignment, Stack, Surroundings};

/// How many combinations of values are tried for conditions that hang together.
const MAX_TRIED: usize = 4096;

pub(super) type Change = (String, Assigned);

/// A parameter, and what else it may be.
struct Variable {
    name: String,
    others: Vec<Assigned>,
}

/// Conditions that hang together: by parameters that several compare, by each other, by a rule.
pub(super) struct Component {
    /// Those that matter, by their qualified names.
    pub(super) conditions: Vec<String>,
    /// All that they hang on, in the order in which they can be evaluated; of nested stacks none.
    closure: Vec<String>,
    variables: Vec<Variable>,
    /// Whether conditions of nested stacks are among them, which takes all of the stack.
    is_nested: bool,
}

/// Other truths than those of the base, and the fewest changes that make them so.
pub(super) struct Way {
    pub(super) changes: Vec<Change>,
    pub(super) flips: Vec<(String, bool)>,
}

/// The components of a template's conditions of which one matters.
pub(super) fn components(
    stack: &Stack<'_>,
    around: &Surroundings<'_>,
    base: &Assignment,
    fixed: &BTreeMap<String, String>,
    compared: &Compared,
    relevant: &BTreeSet<String>,
) -> Vec<Component> {
    let template = &stack.template;
    let own =
        |name: &str| name.strip_prefix(&stack.name).and_then(|it| it.strip_prefix('/')).map(str::to_owned);
    let is_own = |name: &String| own(name).filter(|it| template.condition(it).is_some());
    let mut groups = Groups::default();
    let mut parameters: BTreeSet<String> = BTreeSet::new();
    for (name, expression) in template.conditions() {
        let mut named = BTreeSet::new();
        conditions_named(expression, &mut named);
        for other in named {
            groups.join(&format!("condition {name}"), &format!("condition {other}"));
        }
        comparisons(expression, template, &mut |it| {
            for parameter in it.names {
                groups.join(&format!("condition {name}"), &format!("parameter {parameter}"));
                parameters.insert(parameter);
            }
        });
    }
    for (name, rule) in template.section("Rules").into_iter().flatten() {
        comparisons(rule, template, &mut |it| {
            for parameter in it.names {
                groups.join(&format!("rule {name}"), &format!("parameter {parameter}"));
                parameters.insert(parameter);
            }
        });
    }
    let is_nested = relevant.iter().any(|it| is_own(it).is_none());
    if is_nested {
        // What a nested stack's conditions hang on is known only to its parent as a whole.
        parameters.extend(
            template.parameters().map(|(name, _)| name.to_owned()).filter(|it| compared.compares(it)),
        );
        parameters.extend(compared.pseudo().map(str::to_owned));
    }
    let group = |groups: &mut Groups, of: &str| if is_nested { 0 } else { groups.of(of) };
    let mut components: BTreeMap<usize, Component> = BTreeMap::new();
    for name in relevant {
        let at = is_own(name).map_or(0, |it| group(&mut groups, &format!("condition {it}")));
        let component = components.entry(at).or_insert_with(|| Component {
            conditions: Vec::new(),
            closure: Vec::new(),
            variables: Vec::new(),
            is_nested,
        });
        component.conditions.push(name.clone());
    }
    for name in &template.order().names {
        let at = group(&mut groups, &format!("condition {name}"));
        if let Some(it) = components.get_mut(&at) {
            it.closure.push(name.clone());
        }
    }
    let declared: BTreeMap<&str, _> = template.parameters().collect();
    for name in parameters {
        let at = group(&mut groups, &format!("parameter {name}"));
        let Some(component) = components.get_mut(&at) else { continue };
        let literals = compared.literals(&name);
        let values: Vec<Assigned> = match (declared.get(name.as_str()), name.strip_prefix("AWS::")) {
            (Some(_), _) if fixed.contains_key(&name) && base.get(&name) != Some(&Assigned::Other) => {
                continue;
            }
            (Some(it), _) if !it.allowed.is_empty() && !it.is_ssm => {
                it.allowed.iter().cloned().map(Assigned::Value).collect()
            }
            (Some(_), _) => free(literals),
            (None, Some(pseudo)) if !around.pseudo.contains_key(pseudo) => {
                let is_one = |it: &String| pseudo != "Region" || it.contains('-');
                free(literals.into_iter().filter(is_one).collect())
            }
            _ => continue,
        };
        let others: Vec<Assigned> = values.into_iter().filter(|it| base.get(&name) != Some(it)).collect();
        component.variables.push(Variable { name, others });
    }
    components.into_values().collect()
}

/// A parameter without allowed values: what it is compared with, or something else.
fn free(literals: BTreeSet<String>) -> Vec<Assigned> {
    literals.into_iter().map(Assigned::Value).chain([Assigned::Other]).collect()
}

impl Component {
    /// Every other combination of truths, each by the fewest changes, and whether that is all there are.
    pub(super) fn ways(
        &self,
        stack: &Stack<'_>,
        around: &Surroundings<'_>,
        base: &Assignment,
    ) -> (Vec<Way>, bool) {
        let mut found = Found::of(self, stack, around, base);
        let product = self.variables.iter().fold(1usize, |all, it| all.saturating_mul(it.others.len() + 1));
        for size in 1..=self.variables.len() {
            self.of_size(size, 0, &mut Vec::new(), &mut found);
            if found.tried >= MAX_TRIED {
                break;
            }
        }
        let is_all = product <= MAX_TRIED;
        if !is_all {
            // The fewest changes are tried; each condition by itself is sought for further.
            for condition in self.conditions.iter().filter(|_| !self.is_nested) {
                self.seek(condition, &mut found);
            }
        }
        (found.ways, is_all)
    }

    /// Tries every change of so many of the variables from one on.
    fn of_size(&self, size: usize, first: usize, changes: &mut Vec<Change>, found: &mut Found<'_, '_>) {
        if size == 0 {
            found.attempt(changes);
            return;
        }
        for at in first..self.variables.len() {
            for it in &self.variables[at].others {
                if found.tried >= MAX_TRIED {
                    return;
                }
                changes.push((self.variables[at].name.clone(), it.clone()));
                self.of_size(size - 1, at + 1, changes, found);
                changes.pop();
            }
        }
    }

    /// Seeks changes that flip one condition: variable by variable, the others left open, and turns back where the
    /// condition is decided already.
    fn seek(&self, condition: &str, found: &mut Found<'_, '_>) {
        if found.ways.iter().any(|it| it.flips.iter().any(|(name, _)| name == condition)) {
            return;
        }
        found.steps = 0;
        for size in 1..=self.variables.len() {
            if self.descend(condition, 0, size, &mut Vec::new(), found) || found.steps >= MAX_TRIED {
                return;
            }
        }
    }

    fn descend(
        &self,
        condition: &str,
        at: usize,
        left: usize,
        changes: &mut Vec<Change>,
        found: &mut Found<'_, '_>,
    ) -> bool {
        found.steps += 1;
        if found.steps >= MAX_TRIED {
            return false;
        }
        let open = self.variables[at..].iter().map(|it| (it.name.clone(), Assigned::Open));
        let partial: Vec<Change> = changes.iter().cloned().chain(open).collect();
        match found.truth_of(condition, &partial) {
            Some(it) if it == found.base_of(condition) => return false,
            Some(_) => {
                found.attempt(changes);
                return true;
            }
            None => {}
        }
        let Some(variable) = self.variables.get(at) else { return false };
        if self.descend(condition, at + 1, left, changes, found) {
            return true;
        }
        for it in variable.others.iter().filter(|_| left > 0) {
            changes.push((variable.name.clone(), it.clone()));
            if self.descend(condition, at + 1, left - 1, changes, found) {
                return true;
            }
            changes.pop();
        }
        false
    }
}

/// What the search has found so far.
struct Found<'s, 't> {
    component: &'s Component,
    stack: &'s Stack<'t>,
    around: &'t Surroundings<'t>,
    /// The values of the component's variables in the base.
    base: Assignment,
    whole_base: &'s Assignment,
    truths: Vec<bool>,
    broken: BTreeSet<String>,
    seen: BTreeSet<Vec<bool>>,
    ways: Vec<Way>,
    tried: usize,
    steps: usize,
}

impl<'s, 't> Found<'s, 't> {
    fn of(
        component: &'s Component,
        stack: &'s Stack<'t>,
        around: &'t Surroundings<'t>,
        base: &'s Assignment,
    ) -> Self {
        let mut found = Self {
            component,
            stack,
            around,
            base: BTreeMap::new(),
            whole_base: base,
            truths: Vec::new(),
            broken: BTreeSet::new(),
            seen: BTreeSet::new(),
            ways: Vec::new(),
            tried: 0,
            steps: 0,
        };
        // Those that cannot change have their value too.
        let mut names = BTreeSet::new();
        for expression in component.closure.iter().filter_map(|it| stack.template.condition(it)) {
            comparisons(expression, &stack.template, &mut |it| names.extend(it.names));
        }
        names.extend(component.variables.iter().map(|it| it.name.clone()));
        let value = |name: String| base.get(&name).cloned().map(|it| (name, it));
        found.base = names.into_iter().filter_map(value).collect();
        let sketch = found.sketch(&[]);
        found.truths = found.truths_of(&sketch);
        found.broken = sketch.broken_rules();
        found.seen.insert(found.truths.clone());
        found
    }

    fn sketch(&self, changes: &[Change]) -> Stack<'t> {
        if self.component.is_nested {
            let mut assignment = self.whole_base.clone();
            assignment.extend(changes.iter().cloned());
            return Stack::root(self.stack.index, self.around, &assignment);
        }
        let mut assignment = self.base.clone();
        assignment.extend(changes.iter().cloned());
        self.stack.sketch(self.around, &assignment, &self.component.closure)
    }

    fn truths_of(&self, sketch: &Stack<'_>) -> Vec<bool> {
        let truths = sketch.truths();
        self.component.conditions.iter().map(|it| truths.get(it) == Some(&Some(true))).collect()
    }

    fn truth_of(&self, condition: &str, changes: &[Change]) -> Option<bool> {
        let name = condition.rsplit('/').next().unwrap_or(condition);
        self.sketch(changes).truth_of(name)
    }

    fn base_of(&self, condition: &str) -> bool {
        let at = self.component.conditions.iter().position(|it| it == condition);
        at.is_some_and(|at| self.truths[at])
    }

    /// Notes what changes make of the conditions, where that is another combination and no rule forbids it.
    fn attempt(&mut self, changes: &[Change]) {
        self.tried += 1;
        let sketch = self.sketch(changes);
        let truths = self.truths_of(&sketch);
        // What the base breaks already is not held against its changes.
        if self.seen.contains(&truths) || !sketch.broken_rules().is_subset(&self.broken) {
            return;
        }
        let of_base = self.truths.iter().zip(&truths);
        let flips = self.component.conditions.iter().zip(of_base).filter(|(_, (base, it))| base != it);
        let flips = flips.map(|(name, (_, it))| (name.clone(), *it)).collect();
        self.ways.push(Way { changes: changes.to_vec(), flips });
        self.seen.insert(truths);
    }
}

/// What hangs together, by name.
#[derive(Default)]
struct Groups {
    at: BTreeMap<String, usize>,
    parent: Vec<usize>,
}

impl Groups {
    fn of(&mut self, name: &str) -> usize {
        let parent = &mut self.parent;
        let at = *self.at.entry(name.to_owned()).or_insert_with(|| {
            parent.push(parent.len());
            parent.len() - 1
        });
        super::groups::root(&mut self.parent, at)
    }

    fn join(&mut self, one: &str, other: &str) {
        let (one, other) = (self.of(one), self.of(other));
        self.parent[one] = other;
    }
}
