//! Load balancers with their target groups (rules.md 2: `scheme`, `lb_subnets`, `lb_tgs`).

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::{
    ClassicLoadBalancer, Key, KeySet, Listener, ListenerRule, LoadBalancer, LoadBalancerFacts,
    LoadBalancerType, Resource, Scheme, TargetGroupFacts, Value, WeightedTargetGroup, ZoneSet,
};

use super::index::Index;
use super::{Because, Step, zones};

pub(crate) fn derive(
    index: &Index<'_>,
    reachable: &BTreeMap<Key, KeySet>,
    groups: &BTreeMap<Key, TargetGroupFacts>,
    because: &mut Because,
) -> BTreeMap<Key, LoadBalancerFacts> {
    let unseen = index.any_partial([Listener::KIND, ListenerRule::KIND]);
    let behind = |key: &Key| {
        let behind = reachable.get(key).cloned().unwrap_or_else(|| KeySet::of(Vec::new()));
        KeySet { open: behind.open.or_else(|| unseen.cloned()), ..behind }
    };
    let v2 = index.all::<LoadBalancer>().iter().map(|it| {
        let facts = LoadBalancerFacts {
            load_balancer_type: it.load_balancer_type.clone(),
            scheme: it.scheme.clone(),
            subnets: it.subnets.clone(),
            zones: zones::of_owner(index, &it.meta, &it.subnets),
            target_groups: behind(&it.meta.key),
            auto_scaling_groups: auto_scaling_groups(&behind(&it.meta.key).members, groups),
            target_zones: target_zones(index, &behind(&it.meta.key), groups),
        };
        (&it.meta, facts)
    });
    let classic = index.all::<ClassicLoadBalancer>().iter().map(|it| {
        let by_zone = it.subnets.known().is_some_and(Vec::is_empty);
        let facts = LoadBalancerFacts {
            load_balancer_type: Value::Known(LoadBalancerType::Classic),
            scheme: it.scheme.clone(),
            subnets: it.subnets.clone(),
            zones: if by_zone {
                zones::of_names(&it.meta, &it.zones)
            } else {
                zones::of_owner(index, &it.meta, &it.subnets)
            },
            target_groups: KeySet::of(vec![it.meta.key.clone()]),
            auto_scaling_groups: auto_scaling_groups(std::slice::from_ref(&it.meta.key), groups),
            target_zones: target_zones(index, &KeySet::of(vec![it.meta.key.clone()]), groups),
        };
        (&it.meta, facts)
    });
    let all: Vec<_> = v2.chain(classic).collect();
    let mut derived = BTreeMap::new();
    for (meta, facts) in all {
        because.record(&meta.key, "zones", zones::chain(index, meta, "subnets", &facts.zones));
        explain_scheme(&meta.key, &facts.scheme, because);
        // A Classic Load Balancer is its own target group, of which it is said already.
        if !groups.contains_key(&meta.key) {
            let chains =
                facts.target_groups.members.iter().filter_map(|it| because.chain(it, "target_zones"));
            let chain: Vec<Step> = chains.flatten().cloned().collect();
            because.record(&meta.key, "target_zones", chain);
        }
        derived.insert(meta.key.clone(), facts);
    }
    derived
}

fn explain_scheme(load_balancer: &Key, scheme: &Value<Scheme>, because: &mut Because) {
    let message = match scheme.known() {
        Some(Scheme::InternetFacing) => "is internet-facing",
        Some(Scheme::Internal) => "is internal",
        None => "has a scheme that is unknown",
    };
    because.record(load_balancer, "scheme", vec![Step::new(load_balancer, "scheme", message)]);
}

/// The groups that register with any of some target groups, each once.
fn auto_scaling_groups(keys: &[Key], groups: &BTreeMap<Key, TargetGroupFacts>) -> Vec<Key> {
    let all = keys.iter().filter_map(|it| groups.get(it)).flat_map(|it| &it.auto_scaling_groups);
    let distinct: BTreeSet<&Key> = all.collect();
    distinct.into_iter().cloned().collect()
}

/// The zones of all targets of some target groups.
fn target_zones(index: &Index<'_>, keys: &KeySet, groups: &BTreeMap<Key, TargetGroupFacts>) -> ZoneSet {
    let mut all = ZoneSet::default();
    for key in &keys.members {
        match groups.get(key) {
            Some(group) => all.extend(&group.target_zones),
            None => all.leave_open(&index.why_absent(key)),
        }
    }
    if let Some(why) = &keys.open {
        all.leave_open(why);
    }
    all
}

/// The target groups that a listener's default action or rule forwards to, by load balancer; a Classic Load Balancer
/// is its own.
pub(crate) fn reachable_target_groups(index: &Index<'_>, because: &mut Because) -> BTreeMap<Key, KeySet> {
    let listeners = index.all::<Listener>().iter().map(|it| (&it.meta.key, Some(it), &it.target_groups));
    let rules = index.all::<ListenerRule>().iter().map(|it| {
        (&it.meta.key, it.listener.known().and_then(|key| index.get::<Listener>(key)), &it.target_groups)
    });
    let mut reachable: BTreeMap<Key, KeySet> = BTreeMap::new();
    let mut chains: BTreeMap<Key, Vec<Step>> = BTreeMap::new();
    for (by, listener, forwards) in listeners.chain(rules) {
        let Some(load_balancer) = listener.and_then(|it| it.load_balancer.known()) else { continue };
        let groups = reachable.entry(load_balancer.clone()).or_insert_with(|| KeySet::of(Vec::new()));
        let forwards = match forwards.decided() {
            Ok(forwards) => forwards.as_slice(),
            Err(why) => {
                groups.open = Some(why);
                continue;
            }
        };
        for (at, forward) in forwards.iter().enumerate().filter(|(_, it)| receives(it)) {
            let group = match forward.target_group.decided() {
                Ok(group) => group,
                Err(why) => {
                    groups.open = Some(why);
                    continue;
                }
            };
            if !groups.members.contains(group) {
                groups.members.push(group.clone());
                chains.entry(load_balancer.clone()).or_default().push(Step::new(
                    by,
                    format!("target_groups[{at}]"),
                    format!("`{}` forwards to target group `{}`", index.label(by), index.label(group)),
                ));
            }
        }
    }
    for (key, chain) in chains {
        because.record(&key, "target_groups", chain);
    }
    for balancer in index.all::<ClassicLoadBalancer>() {
        let key = &balancer.meta.key;
        let step = Step::new(key, "listeners", "forwards to what is registered with it");
        because.record(key, "target_groups", vec![step]);
        reachable.insert(key.clone(), KeySet::of(vec![key.clone()]));
    }
    reachable
}

/// Whether an action forwards to its target group: its weight is not known to be 0.
fn receives(forward: &WeightedTargetGroup) -> bool {
    !forward.weight.is(|it| *it == 0).is_true()
}
