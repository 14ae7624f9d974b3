//! What an expression refers to, instance by instance.
//!
//! A plan tells of an expression only which objects it mentions: every branch of a conditional, the block
//! behind a splat or a `for`, and nothing of functions. What that leaves open stays open.
//!
//! What a reference leads to is worked out once for each module's instance, and shared by all that refer to it. Only
//! where an instance's own key tells more is that worked out for the instance.

use std::collections::{BTreeSet, HashSet};
use std::ops::Bound;
use std::rc::Rc;

use serde_json::Value as Json;

use super::address::{InstanceKey, ModuleStep, Step, leading_key, prefix, steps, written};
use super::configuration::{Call, Module};
use super::keys::ByKey;
use super::memo::identity;
use super::plan::Plan;

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
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Mention {
    /// Index of the instance.
    pub(crate) at: usize,
    /// The attribute; empty where the expression names the whole resource, or a splat hides it.
    pub(crate) attribute: Rc<str>,
    /// Whether the expression names a block, or a module, of several instances.
    pub(super) is_one_of_many: bool,
}

/// A reference that leads nowhere, and the module's instance in which it stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    /// The resources by key, once somebody asks.
    pub(super) by_key: std::cell::OnceCell<ByKey>,
}

impl Mentions {
    /// Whether all that the expression refers to is known to be null or empty: as good as not written. A function
    /// of nothing refers to nothing, and that is not known.
    pub(crate) fn is_nothing(&self) -> bool {
        let has_any = !self.resources.is_empty() || !self.untold.is_empty();
        self.has_nothing && !has_any && !self.has_condition && !self.has_value
    }

    fn is_empty(&self) -> bool {
        let has_any = !self.resources.is_empty() || !self.untold.is_empty();
        !has_any && !self.has_condition && !self.has_value && !self.has_nothing
    }

    /// The same with other resources.
    pub(super) fn with(&self, resources: Vec<Mention>) -> Self {
        let untold = self.untold.clone();
        let Self { has_condition, has_value, has_nothing, .. } = *self;
        Self { resources, untold, has_condition, has_value, has_nothing, ..Self::default() }
    }

    fn merged(parts: &[Rc<Self>]) -> Self {
        let mut merged = Self::default();
        let mut resources = HashSet::new();
        let mut untold = HashSet::new();
        for part in parts {
            merged.resources.extend(part.resources.iter().filter(|it| resources.insert(*it)).cloned());
            merged.untold.extend(part.untold.iter().filter(|it| untold.insert(*it)).cloned());
            merged.has_condition |= part.has_condition;
            merged.has_value |= part.has_value;
            merged.has_nothing |= part.has_nothing;
        }
        merged
    }

    fn constant(value: &Json) -> Self {
        let is_empty = match value {
            Json::Bool(_) | Json::Number(_) => return Self { has_condition: true, ..Self::default() },
            Json::Null => true,
            Json::String(it) => it.is_empty(),
            Json::Array(it) => it.is_empty(),
            Json::Object(it) => it.is_empty(),
        };
        Self { has_value: !is_empty, has_nothing: is_empty, ..Self::default() }
    }

    fn left(scope: &Scope<'_>, reference: &str) -> Rc<Self> {
        let untold = Untold { module: scope.path.clone(), reference: reference.to_owned() };
        Rc::new(Self { untold: vec![untold], ..Self::default() })
    }
}

/// An expression as the plan tells it.
#[derive(Debug)]
pub(super) struct Expression {
    constant: Option<Rc<Mentions>>,
    references: Vec<String>,
    /// Whether it mentions the key of the instance that it is evaluated for. Without that, which instance is meant is
    /// not for this instance's key to say.
    is_keyed: bool,
}

impl Expression {
    pub(super) fn read(json: &Json) -> Self {
        let references: Vec<String> = references(json).into_iter().map(str::to_owned).collect();
        Self {
            constant: json.get("constant_value").map(|it| Rc::new(Mentions::constant(it))),
            is_keyed: references.iter().any(|it| it.starts_with("count.") || it.starts_with("each.")),
            references,
        }
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
    let mut all = BTreeSet::new();
    found.retain(|it| all.insert(*it));
    // What goes on with one of these lies, in order, before the character that follows it.
    let goes_on = |it: &str, with: char, until: char| {
        let (from, to) = (format!("{it}{with}"), format!("{it}{until}"));
        let longer = (Bound::Included(from.as_str()), Bound::Excluded(to.as_str()));
        all.range::<str, _>(longer).next().is_some()
    };
    found.retain(|it| !goes_on(it, '.', '/') && !goes_on(it, '[', '\\'));
    found
}

/// In the place of an index that the source code computes: which instance is meant is not told.
pub(super) const COMPUTED_INDEX: &str = "[...]";

impl Plan<'_> {
    /// What an expression refers to, seen from a scope.
    pub(crate) fn mentions(&self, expression: &Json, scope: &Scope<'_>) -> Rc<Mentions> {
        let told = self.memo.expression(expression);
        let key = scope.key.as_ref().filter(|_| told.is_keyed);
        let reference = |it: &String| {
            let own = key.and_then(|key| self.keyed(it, key, scope));
            own.unwrap_or_else(|| self.general(it, scope))
        };
        self.merged(told.constant.iter().cloned().chain(told.references.iter().map(reference)), scope)
    }

    /// Everything that some mentions tell together.
    fn merged(&self, parts: impl Iterator<Item = Rc<Mentions>>, scope: &Scope<'_>) -> Rc<Mentions> {
        /// Fewer are merged faster than remembered.
        const FEW: usize = 8;
        let mut seen = HashSet::new();
        let mut parts: Vec<_> = parts.filter(|it| !it.is_empty() && seen.insert(identity(&**it))).collect();
        if parts.len() < 2 {
            return parts.pop().unwrap_or_default();
        }
        let size = parts.iter().map(|it| it.resources.len() + it.untold.len()).sum();
        if size <= FEW {
            return Rc::new(Mentions::merged(&parts));
        }
        let key: Vec<_> = parts.iter().map(|it| identity(&**it)).collect();
        if let Some((_, known)) = self.memo.merged.borrow().get(&key) {
            return Rc::clone(known);
        }
        if !self.afford(size, scope) {
            return Mentions::left(scope, "what the budget leaves out");
        }
        let merged = Rc::new(Mentions::merged(&parts));
        self.memo.merged.borrow_mut().insert(key, (parts, Rc::clone(&merged)));
        merged
    }

    /// Whether so many mentions of a scope may still be worked out.
    fn afford(&self, mentions: usize, scope: &Scope<'_>) -> bool {
        let place = || match scope.path.split_last() {
            Some((last, parents)) => format!("{}module.{}", prefix(parents), last.name),
            None => "the root module".to_owned(),
        };
        self.memo.costs.spend(mentions, place)
    }

    /// What a reference leads to, whichever instance it stands in.
    fn general(&self, reference: &str, scope: &Scope<'_>) -> Rc<Mentions> {
        let each = scope.for_each.filter(|_| reference.starts_with("each.")).map_or(0, identity);
        let key = (self.memo.place(&scope.path), each, reference.to_owned());
        let words = || format!("{}{reference}", prefix(&scope.path));
        match self.memo.references.get(key, words, || self.followed_to(reference, scope)) {
            Ok(found) => found,
            Err(refused) => {
                self.memo.costs.refuse(refused, words);
                Mentions::left(scope, reference)
            }
        }
    }

    fn followed_to(&self, reference: &str, scope: &Scope<'_>) -> Rc<Mentions> {
        if reference.ends_with(COMPUTED_INDEX) {
            return Mentions::left(scope, reference);
        }
        let steps = steps(reference);
        let [Step::Name(first), rest @ ..] = steps.as_slice() else { return Rc::default() };
        match (first.as_str(), rest) {
            ("each", [Step::Name(word), tail @ ..]) if word == "value" => {
                self.narrowed(&self.each_value(scope), tail)
            }
            ("each" | "count" | "path" | "self", _) => Rc::default(),
            ("terraform", _) => Rc::new(Mentions::constant(&Json::Bool(true))),
            ("var", [Step::Name(name), tail @ ..]) => self.narrowed(&self.variable(name, scope), tail),
            ("local", [Step::Name(name), tail @ ..]) => match scope.module.locals.get(name) {
                Some(it) => self.narrowed(&self.mentions(it, &outside_of_blocks(scope)), tail),
                None => Mentions::left(scope, reference),
            },
            ("data", [Step::Name(kind), Step::Name(name), ..]) => {
                let block = format!("{}data.{kind}.{name}", prefix(&scope.path));
                // A value of one that has been read already is known.
                let is_pending = |at: &usize| self.instance(*at).is_pending();
                if self.block(&block).iter().any(is_pending) {
                    Mentions::left(scope, reference)
                } else {
                    Rc::new(Mentions { has_value: true, ..Mentions::default() })
                }
            }
            ("module", [Step::Name(name), tail @ ..]) => {
                let (key, tail) = leading_key(tail);
                self.output(name, key.as_ref(), tail, scope)
            }
            (kind, [Step::Name(name), tail @ ..]) => self.resource(kind, name, tail, scope),
            _ => Mentions::left(scope, reference),
        }
    }

    /// What a reference leads to in the instance with a key, where that is something else than elsewhere.
    fn keyed(&self, reference: &str, key: &InstanceKey, scope: &Scope<'_>) -> Option<Rc<Mentions>> {
        let steps = steps(reference);
        match steps.as_slice() {
            [Step::Name(each), Step::Name(word), tail @ ..] if each == "each" && word == "value" => {
                Some(self.narrowed(&self.chosen(&self.each_value(scope), key)?, tail))
            }
            [Step::Name(it), ..] if ["var", "local"].contains(&it.as_str()) => {
                self.chosen(&self.general(reference, scope), key)
            }
            [Step::Name(it), Step::Name(name), tail @ ..] if it == "module" => {
                let has_own = leading_key(tail).0.is_some();
                let keys = self.module_keys(&format!("{}{name}", prefix(&scope.path)));
                if has_own || keys.binary_search(&Some(key.clone())).is_err() {
                    return self.chosen(&self.general(reference, scope), key);
                }
                let own = self.general(&format!("module.{name}{key}{}", written(tail)), scope);
                Some(self.chosen(&own, key).unwrap_or(own))
            }
            [Step::Name(kind), Step::Name(name), tail @ ..] if leading_key(tail).0.is_none() => {
                let block = format!("{}{kind}.{name}", prefix(&scope.path));
                let at = self.in_block(&block, key)?;
                Some(Rc::new(Mentions { resources: vec![mention(at, tail)], ..Mentions::default() }))
            }
            _ => None,
        }
    }

    fn each_value(&self, scope: &Scope<'_>) -> Rc<Mentions> {
        let for_each = scope.for_each.map(|it| self.mentions(it, &outside_of_blocks(scope)));
        for_each.unwrap_or_default()
    }

    fn variable(&self, name: &str, scope: &Scope<'_>) -> Rc<Mentions> {
        let untold = || Mentions::left(scope, &format!("var.{name}"));
        let constant = |it: &Json| Rc::new(Mentions::constant(it));
        // Without a default it would have to be given: a default of null looks like none.
        let declared = scope.module.variables.get(name);
        let default = || declared.map(|it| it.default.as_ref().unwrap_or(&Json::Null));
        if scope.path.is_empty() {
            return self.variable_value(name).or_else(default).map_or_else(untold, constant);
        }
        let Some((call, outside)) = self.call_of(scope) else { return untold() };
        match call.expressions.get(name) {
            Some(given) => self.mentions(given, &outside),
            None => default().map_or_else(untold, constant),
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
    fn output(
        &self,
        name: &str,
        key: Option<&InstanceKey>,
        tail: &[Step],
        scope: &Scope<'_>,
    ) -> Rc<Mentions> {
        let ([Step::Name(output), tail @ ..], Some(call)) = (tail, scope.module.calls.get(name)) else {
            return Mentions::left(scope, &format!("module.{name}"));
        };
        let Some(expression) = call.module.outputs.get(output).and_then(|it| it.expression.as_ref()) else {
            return Mentions::left(scope, &format!("module.{name}.{output}"));
        };
        let all = self.module_keys(&format!("{}{name}", prefix(&scope.path)));
        let wanted = key.and_then(|it| all.binary_search(&Some(it.clone())).ok());
        let meant = wanted.map_or(all, |at| &all[at..=at]);
        let of = |key: &Option<InstanceKey>| {
            let mut path = scope.path.clone();
            path.push(ModuleStep { name: name.to_owned(), key: key.clone() });
            self.mentions(expression, &Scope { path, module: &call.module, key: None, for_each: None })
        };
        let mut found = self.merged(meant.iter().map(of), scope);
        if meant.len() > 1 && found.resources.iter().any(|it| !it.is_one_of_many) {
            let one_of_many = |it: &Mention| Mention { is_one_of_many: true, ..it.clone() };
            found = Rc::new(found.with(found.resources.iter().map(one_of_many).collect()));
        }
        self.narrowed(&found, tail)
    }

    fn resource(&self, kind: &str, name: &str, tail: &[Step], scope: &Scope<'_>) -> Rc<Mentions> {
        let block = format!("{}{kind}.{name}", prefix(&scope.path));
        let (key, tail) = leading_key(tail);
        let resources = if let Some(key) = key {
            self.in_block(&block, &key).map(|at| mention(at, tail)).into_iter().collect()
        } else {
            let all = self.block(&block);
            let is_one_of_many = all.len() > 1;
            let attribute = mention(0, tail).attribute;
            let each = |at: &usize| Mention { at: *at, attribute: Rc::clone(&attribute), is_one_of_many };
            all.iter().map(each).collect()
        };
        Rc::new(Mentions { resources, ..Mentions::default() })
    }
}

/// What a local value and `for_each` are evaluated in: they know no key.
fn outside_of_blocks<'p>(scope: &Scope<'p>) -> Scope<'p> {
    Scope { path: scope.path.clone(), module: scope.module, key: None, for_each: None }
}

/// One resource, and the attribute that what follows its name begins with.
fn mention(at: usize, tail: &[Step]) -> Mention {
    let attribute = match tail {
        [Step::Name(it), ..] => it.as_str(),
        _ => "",
    };
    Mention { at, attribute: attribute.into(), is_one_of_many: false }
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
