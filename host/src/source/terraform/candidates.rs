//! The resources that an attribute may name, where a plan does not tell which: it leaves local values out.

use std::cell::RefCell;
use std::collections::HashMap;

use archlint_schema::Key;

use super::address::ModuleStep;
use super::declared::Declared;
use super::edges::Ends;
use super::memo::identity;
use super::mentions::Untold;
use super::targets::{self, Kinds};
use crate::source::built::Candidates;
use crate::source::node::Evaluated;

/// The resources of some types that the expressions of each module may refer to, as far as they were asked for;
/// nothing for a module of which that cannot be told.
pub(super) type Seen = RefCell<HashMap<(Vec<ModuleStep>, Kinds), Option<Candidates>>>;

impl Declared<'_, '_> {
    /// The resource that an attribute names by local values of one module and nothing else.
    pub(super) fn only_candidate(&self, untold: &[Untold], kinds: Kinds) -> Option<Key> {
        self.only_seen(module_of_locals(untold)?, kinds)
    }

    /// The gateway that a `route` block leads to: plans of Terraform 0.12 to 1.0 do not tell the expressions of
    /// such blocks, and none their `dynamic` ones. Other resources give out no such ids.
    pub(super) fn only_gateway(&self, path: &str, kinds: Kinds) -> Option<Key> {
        const GATEWAYS: [&str; 5] = [
            "gateway_id",
            "nat_gateway_id",
            "egress_only_gateway_id",
            "transit_gateway_id",
            "vpc_peering_connection_id",
        ];
        let is_gateway = GATEWAYS.iter().any(|it| path.ends_with(&format!("/{it}")));
        if !is_gateway || !path.starts_with("route/") {
            return None;
        }
        self.only_seen(&self.plan.instance(self.at).address.module, kinds)
    }

    /// What is not known yet comes from a resource of this plan: where only one of all that a module sees fits, and
    /// its id is not known yet either, it is that one.
    fn only_seen(&self, module: &[ModuleStep], kinds: Kinds) -> Option<Key> {
        if !self.plan.within(&self.plan.pending, module).is_empty() {
            return None;
        }
        let seen = self.seen(module, kinds).filter(|it| it.keys().len() == 1)?;
        let key = seen.keys().first()?;
        let has_id =
            |at: usize| matches!(self.attribute_of(at, "id"), Evaluated::Text(_) | Evaluated::Edge(_));
        (!self.plan.at(key).is_some_and(has_id)).then(|| key.clone())
    }

    /// Every resource that an attribute without one known resource may name. Empty for what names none of the
    /// plan: an attribute of a resource is AWS's to make, as the default security group of a VPC is.
    pub(super) fn any_of(&self, ends: &Ends, kinds: Kinds) -> Candidates {
        let place = (identity(ends), kinds);
        if let Some(known) = self.plan.memo.candidates.borrow().get(&place) {
            return known.clone();
        }
        let found = if ends.untold.is_empty() && (!ends.keys.is_empty() || ends.has_resources) {
            Candidates::of(ends.keys.iter().cloned())
        } else {
            let seen = module_of_locals(&ends.untold).and_then(|it| self.seen(it, kinds));
            let found = seen.unwrap_or_else(|| self.all(kinds));
            if ends.keys.iter().all(|it| found.keys().contains(it)) {
                found
            } else {
                Candidates::of(found.keys().iter().chain(&ends.keys).cloned())
            }
        };
        self.plan.memo.candidates.borrow_mut().insert(place, found.clone());
        found
    }

    /// The resources of some types in all modules: nothing comes from outside of the root.
    pub(super) fn all(&self, kinds: Kinds) -> Candidates {
        self.seen(&[], kinds).unwrap_or_default()
    }

    /// The fitting resources that an expression in a module may refer to: those of the module, what the modules that
    /// it calls give out, and what it was given. Nothing if that cannot be told.
    fn seen(&self, module: &[ModuleStep], kinds: Kinds) -> Option<Candidates> {
        let place = (module.to_vec(), kinds);
        if let Some(known) = self.plan.memo.seen.borrow().get(&place) {
            return known.clone();
        }
        // What it was given may lead back to what is asked for here.
        self.plan.memo.seen.borrow_mut().insert(place.clone(), None);
        let of_kinds = kinds.iter().flat_map(|it| self.plan.within(self.plan.of_kind(it), module));
        let visible = of_kinds.filter(|at| !self.plan.instance(**at).address.is_data);
        let given = self.given(module, kinds);
        let seen: Option<Candidates> =
            given.map(|it| Candidates::of(visible.map(|at| self.plan.key(*at)).chain(it)));
        self.plan.memo.seen.borrow_mut().insert(place, seen.clone());
        seen
    }

    /// The fitting resources among what a module was given; nothing if that cannot be told.
    fn given(&self, module: &[ModuleStep], kinds: Kinds) -> Option<Vec<Key>> {
        let mut found = Vec::new();
        if module.is_empty() {
            return Some(found);
        }
        let (call, outside) = self.plan.call_of(&self.plan.scope(module)?)?;
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
                    found.extend(self.followed(mention, kinds)?);
                }
            }
        }
        Some(found)
    }
}

/// The module's instance whose local values are all that the plan does not tell.
fn module_of_locals(untold: &[Untold]) -> Option<&[ModuleStep]> {
    let module = untold.first()?.module.as_slice();
    let is_local = |it: &Untold| it.reference.starts_with("local.") && it.module == module;
    untold.iter().all(is_local).then_some(module)
}
