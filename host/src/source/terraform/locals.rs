//! Local values, which a plan does not tell: sometimes there is only one thing that one can be.

use super::declared::Declared;
use super::edges::MAX_DEPTH;
use super::mentions::{Scope, Untold};
use super::targets;
use archlint_schema::Key;

impl Declared<'_, '_> {
    /// The resource that an attribute names by local values of one module and nothing else. What is not known yet
    /// comes from a resource of this plan; a local value sees the resources of its module, what the modules that it
    /// calls give out, and what its module was given. Where only one of all these fits, it is that one.
    pub(super) fn only_candidate(&self, untold: &[Untold], kinds: &[&str]) -> Option<Key> {
        let (first, rest) = untold.split_first()?;
        let is_local = |it: &Untold| it.reference.starts_with("local.") && it.module == first.module;
        if !is_local(first) || !rest.iter().all(is_local) || self.depth >= MAX_DEPTH {
            return None;
        }
        let scope = self.plan.scope(&first.module)?;
        let mut found = self.given(&scope, kinds)?;
        // The module's own, and those of the modules that it calls.
        let is_visible = |at: &usize| self.plan.instance(*at).address.module.starts_with(&scope.path);
        if self.plan.pending.iter().any(is_visible) {
            return None;
        }
        let is_managed = |at: &usize| !self.plan.instance(*at).address.is_data;
        let visible = self.plan.of_kinds(kinds).filter(is_visible).filter(is_managed);
        found.extend(visible.map(|at| self.plan.key(at)));
        found.sort();
        found.dedup();
        <[Key; 1]>::try_from(found).ok().map(|[it]| it)
    }

    /// The fitting resources among what a module was given; nothing if that cannot be told.
    fn given(&self, scope: &Scope<'_>, kinds: &[&str]) -> Option<Vec<Key>> {
        let mut found = Vec::new();
        let Some((call, outside)) = self.plan.call_of(scope) else { return Some(found) };
        for expression in call.expressions.as_object()?.values() {
            let mentions = self.plan.mentions(expression, &outside);
            if !mentions.untold.is_empty() {
                return None;
            }
            for mention in &mentions.resources {
                let kind = self.plan.instance(mention.at).address.kind.as_str();
                if kinds.contains(&kind) && targets::is_identity(&mention.attribute) {
                    found.push(self.plan.key(mention.at));
                } else {
                    found.extend(self.followed(mention));
                }
            }
        }
        Some(found)
    }
}
