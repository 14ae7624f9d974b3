//! Local values, which a plan does not tell: sometimes there is only one thing that one can be.

use super::address::{Address, ModuleStep};
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
        for at in 0..self.plan.document.instances.len() {
            let instance = self.plan.instance(at);
            if !is_within(&instance.address, &scope.path) {
                continue;
            }
            if instance.address.is_data && instance.unknown.is_some() {
                return None;
            }
            if kinds.contains(&instance.address.kind.as_str()) {
                found.push(self.plan.key(at));
            }
        }
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

/// Whether something stands in a module's instance or in a module that it calls.
fn is_within(address: &Address, module: &[ModuleStep]) -> bool {
    address.module.starts_with(module)
}
