//! What an expression refers to, instance by instance.
//!
//! A plan tells of an expression only which objects it mentions: every branch of a conditional, the block
//! behind a splat or a `for`, and nothing of functions. What that leaves open stays open.

use serde_json::Value as Json;

use super::address::{InstanceKey, ModuleStep, Step, leading_key, prefix, steps};
use super::configuration::{Call, Module};
use super::plan::Plan;

/// Variables that are given variables, outputs of outputs: no configuration goes deeper.
const MAX_DEPTH: usize = 24;

/// Where an expression stands, and for which instance it is evaluated.
#[derive(Clone)]
pub(crate) struct Scope<'p> {
    /// The module's instance.
    pub(crate) path: Vec<ModuleStep>,
    pub(crate) module: &'p Module,
    /// `count.index` or `each.key`.
    pub(crate) key: Option<InstanceKey>,
    pub(crate) for_each: Option<&'p Json>,
}

/// A resource that an expression refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Index of the instance.
    pub(crate) at: usize,
    /// The attribute; empty where the expression names the whole resource, or a splat hides it.
    pub(crate) attribute: String,
    /// Whether the expression names a block, or a module, of several instances.
    pub(super) is_one_of_many: bool,
}

/// A reference that leads nowhere, and the module's instance in which it stands.
#[derive(Debug)]
pub(crate) struct Untold {
    pub(crate) module: Vec<ModuleStep>,
    pub(crate) reference: String,
}

#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// In the order of the expression, each once.
    pub(crate) resources: Vec<Mention>,
    /// What leads nowhere within the plan: local values, data that is read on apply.
    pub(crate) untold: Vec<Untold>,
    /// Whether it also mentions a known boolean or number, which may choose between the resources.
    pub(crate) has_condition: bool,
    /// Whether it also mentions a known text or list, which may stand beside the resources.
    pub(crate) has_value: bool,
    /// Whether it also mentions what is known to be null or empty.
    has_nothing: bool,
}

impl Mentions {
    fn add(&mut self, mention: Mention) {
        if !self.resources.contains(&mention) {
            self.resources.push(mention);
        }
    }

    fn absorb(&mut self, other: Self) {
        other.resources.into_iter().for_each(|it| self.add(it));
        self.untold.extend(other.untold);
        self.has_condition |= other.has_condition;
        self.has_value |= other.has_value;
        self.has_nothing |= other.has_nothing;
    }

    /// Whether all that the expression refers to is known to be null or empty: as good as not written. A function
    /// of nothing refers to nothing, and that is not known.
    pub(crate) fn is_nothing(&self) -> bool {
        let has_any = !self.resources.is_empty() || !self.untold.is_empty();
        self.has_nothing && !has_any && !self.has_condition && !self.has_value
    }

    fn leave(&mut self, scope: &Scope<'_>, reference: &str) {
        self.untold.push(Untold { module: scope.path.clone(), reference: reference.to_owned() });
    }

    fn constant(&mut self, value: &Json) {
        let is_empty = match value {
            Json::Bool(_) | Json::Number(_) => {
                self.has_condition = true;
                return;
            }
            Json::Null => true,
            Json::String(it) => it.is_empty(),
            Json::Array(it) => it.is_empty(),
            Json::Object(it) => it.is_empty(),
        };
        self.has_value |= !is_empty;
        self.has_nothing |= is_empty;
    }
}

/// The references of an expression and of what is nested in it: each the longest of its kind.
pub(crate) fn references(expression: &Json) -> Vec<&str> {
    fn gather<'j>(json: &'j Json, found: &mut Vec<&'j str>) {
        match json {
            Json::Array(items) => items.iter().for_each(|it| gather(it, found)),
            Json::Object(fields) => match fields.get("references").and_then(Json::as_array) {
                Some(all) => found.extend(all.iter().filter_map(Json::as_str)),
                None => fields.values().for_each(|it| gather(it, found)),
            },
            _ => {}
        }
    }
    let mut found = Vec::new();
    gather(expression, &mut found);
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|it| seen.insert(*it));
    let is_prefix =
        |short: &str, long: &str| long.strip_prefix(short).is_some_and(|rest| rest.starts_with(['.', '[']));
    found.iter().copied().filter(|it| !found.iter().any(|other| is_prefix(it, other))).collect()
}

/// In the place of an index that the source code computes: which instance is meant is not told.
pub(super) const COMPUTED_INDEX: &str = "[...]";

impl Plan<'_> {
    /// What an expression refers to, seen from a scope.
    pub(crate) fn mentions(&self, expression: &Json, scope: &Scope<'_>) -> Mentions {
        self.mentions_at(expression, scope, 0)
    }

    fn mentions_at(&self, expression: &Json, scope: &Scope<'_>, depth: usize) -> Mentions {
        let mut found = Mentions::default();
        if let Some(value) = expression.get("constant_value") {
            found.constant(value);
        }
        let references = references(expression);
        let is_keyed = references.iter().any(|it| it.starts_with("count.") || it.starts_with("each."));
        // Without a key in the expression, which instance is meant is not for this instance's key to say.
        let scope = if is_keyed { scope.clone() } else { Scope { key: None, ..scope.clone() } };
        for reference in references {
            if depth > MAX_DEPTH {
                found.leave(&scope, reference);
            } else {
                found.absorb(self.follow(reference, &scope, depth + 1));
            }
        }
        found
    }

    fn follow(&self, reference: &str, scope: &Scope<'_>, depth: usize) -> Mentions {
        let mut found = Mentions::default();
        if reference.ends_with(COMPUTED_INDEX) {
            found.leave(scope, reference);
            return found;
        }
        let steps = steps(reference);
        let [Step::Name(first), rest @ ..] = steps.as_slice() else { return found };
        match (first.as_str(), rest) {
            ("each", [Step::Name(word), tail @ ..]) if word == "value" => {
                let each = scope.for_each.map(|it| self.mentions_at(it, scope, depth));
                found = each.unwrap_or_default();
                self.choose(&mut found, scope.key.as_ref());
                self.narrow(&mut found, tail);
            }
            ("each" | "count" | "path" | "self", _) => {}
            ("terraform", _) => found.has_condition = true,
            ("var", [Step::Name(name), tail @ ..]) => {
                found = self.variable(name, scope, depth);
                self.narrow(&mut found, tail);
                self.choose(&mut found, scope.key.as_ref());
            }
            ("local", [Step::Name(name), tail @ ..]) => match scope.module.locals.get(name) {
                Some(it) => {
                    found = self.mentions_at(it, scope, depth);
                    self.narrow(&mut found, tail);
                    self.choose(&mut found, scope.key.as_ref());
                }
                None => found.leave(scope, reference),
            },
            ("data", [Step::Name(kind), Step::Name(name), ..]) => {
                let block = format!("{}data.{kind}.{name}", prefix(&scope.path));
                // A value of one that has been read already is known.
                let is_pending = |at: &usize| self.instance(*at).is_pending();
                if self.block(&block).iter().any(is_pending) {
                    found.leave(scope, reference);
                } else {
                    found.has_value = true;
                }
            }
            ("module", [Step::Name(name), tail @ ..]) => found = self.output(name, tail, scope, depth),
            (kind, [Step::Name(name), tail @ ..]) => found = self.resource(kind, name, tail, scope),
            _ => found.leave(scope, reference),
        }
        found
    }

    fn variable(&self, name: &str, scope: &Scope<'_>, depth: usize) -> Mentions {
        let mut found = Mentions::default();
        let declared = scope.module.variables.get(name);
        // Without a default it would have to be given: a default of null looks like none.
        let default = || declared.map(|it| it.default.as_ref().unwrap_or(&Json::Null));
        if scope.path.is_empty() {
            match self.variable_value(name).or_else(default) {
                Some(it) => found.constant(it),
                None => found.leave(scope, &format!("var.{name}")),
            }
            return found;
        }
        let Some((call, outside)) = self.call_of(scope) else {
            found.leave(scope, &format!("var.{name}"));
            return found;
        };
        match (call.expressions.get(name), default()) {
            (Some(given), _) => self.mentions_at(given, &outside, depth),
            (None, Some(it)) => {
                found.constant(it);
                found
            }
            (None, None) => {
                found.leave(scope, &format!("var.{name}"));
                found
            }
        }
    }

    /// The call that made a scope's module, and the scope in which the call stands; the root has none.
    pub(crate) fn call_of(&self, scope: &Scope<'_>) -> Option<(&Call, Scope<'_>)> {
        let (step, parents) = scope.path.split_last()?;
        let module = self.root_module()?.at(parents)?;
        let call = module.calls.get(&step.name)?;
        let (path, key) = (parents.to_vec(), step.key.clone());
        Some((call, Scope { path, module, key, for_each: call.for_each_expression.as_ref() }))
    }

    /// `module.<name>[<key>].<output>`, in every instance of the module that may be meant.
    fn output(&self, name: &str, tail: &[Step], scope: &Scope<'_>, depth: usize) -> Mentions {
        let mut found = Mentions::default();
        let (key, tail) = leading_key(tail);
        let ([Step::Name(output), tail @ ..], Some(call)) = (tail, scope.module.calls.get(name)) else {
            found.leave(scope, &format!("module.{name}"));
            return found;
        };
        let Some(expression) = call.module.outputs.get(output).and_then(|it| it.expression.as_ref()) else {
            found.leave(scope, &format!("module.{name}.{output}"));
            return found;
        };
        let wanted = key.or_else(|| scope.key.clone());
        let all = self.module_keys(&format!("{}{name}", prefix(&scope.path)));
        let meant: Vec<_> = match all.iter().find(|it| wanted.is_some() && **it == wanted) {
            Some(it) => vec![it.clone()],
            None => all.to_vec(),
        };
        let is_one_of_many = meant.len() > 1;
        for key in meant {
            let mut path = scope.path.clone();
            path.push(ModuleStep { name: name.to_owned(), key });
            let inner = Scope { path, module: &call.module, key: None, for_each: None };
            found.absorb(self.mentions_at(expression, &inner, depth));
        }
        if is_one_of_many {
            found.resources.iter_mut().for_each(|it| it.is_one_of_many = true);
        }
        self.narrow(&mut found, tail);
        self.choose(&mut found, scope.key.as_ref());
        found
    }

    fn resource(&self, kind: &str, name: &str, tail: &[Step], scope: &Scope<'_>) -> Mentions {
        let block = format!("{}{kind}.{name}", prefix(&scope.path));
        let all = self.block(&block);
        let (key, tail) = leading_key(tail);
        let has_key = |at: &&usize, key: &InstanceKey| self.instance(**at).address.key.as_ref() == Some(key);
        let meant: Vec<usize> = match (key, &scope.key) {
            (Some(key), _) => all.iter().find(|it| has_key(it, &key)).copied().into_iter().collect(),
            (None, Some(key)) if let Some(same) = all.iter().find(|it| has_key(it, key)) => vec![*same],
            _ => all.to_vec(),
        };
        let attribute = match tail {
            [Step::Name(it), ..] => it.clone(),
            _ => String::new(),
        };
        let is_one_of_many = meant.len() > 1;
        let resources =
            meant.into_iter().map(|at| Mention { at, attribute: attribute.clone(), is_one_of_many });
        Mentions { resources: resources.collect(), ..Mentions::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn of_references_that_contain_each_other_the_longest_counts() {
        let expression = json!({ "references": [
            "aws_subnet.a[\"k\"].id", "aws_subnet.a[\"k\"]", "aws_subnet.a", "aws_subnet.ab", "var.x", "var.x"
        ] });
        assert_eq!(references(&expression), ["aws_subnet.a[\"k\"].id", "aws_subnet.ab", "var.x"]);
    }

    #[test]
    fn references_of_nested_blocks_count_too() {
        let expression = json!([{ "a": { "references": ["x.y.id", "x.y"] }, "b": { "constant_value": 1 } }]);
        assert_eq!(references(&expression), ["x.y.id"]);
    }
}
