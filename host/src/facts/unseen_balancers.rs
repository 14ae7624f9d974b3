//! Load balancers that are not in sight and may send to what is.

use std::collections::BTreeMap;

use archlint_schema::{
    ClassicLoadBalancer, EcsService, Facts, Instance, Key, Listener, ListenerRule, LoadBalancer, Resource,
    TargetGroup, Unknown, Value,
};

use super::index::Index;

/// By instance, Auto Scaling group and service, why a load balancer that is not in sight may send to it.
pub(crate) fn derive(index: &Index<'_>, facts: &Facts) -> BTreeMap<Key, Unknown> {
    let mut unseen = BTreeMap::new();
    let mut add = |key: &Key, why: Option<Unknown>| {
        if let Some(why) = why {
            unseen.entry(key.clone()).or_insert(why);
        }
    };
    for (key, group) in &facts.auto_scaling_groups {
        add(key, group.load_balancers.open.clone());
    }
    let of_instances = before_any_instance(index, facts);
    for instance in index.all::<Instance>() {
        add(&instance.meta.key, of_instances.clone());
    }
    for service in index.all::<EcsService>() {
        add(&service.meta.key, before_service(index, service));
    }
    // Somebody forwards to a target group, or it would not be there.
    let forwards = [Listener::KIND, ListenerRule::KIND].into_iter().find_map(|kind| index.unseen(kind));
    for group in facts.target_groups.values().filter(|it| it.load_balancers.is_empty()) {
        group.receivers.iter().for_each(|it| add(&it.resource, forwards.clone()));
    }
    unseen
}

/// An instance does not say what it is registered with: target groups and Classic Load Balancers do.
fn before_any_instance(index: &Index<'_>, facts: &Facts) -> Option<Unknown> {
    let kinds = [
        TargetGroup::KIND,
        ClassicLoadBalancer::KIND,
        LoadBalancer::KIND,
        Listener::KIND,
        ListenerRule::KIND,
    ];
    let partial = index.any_partial(kinds).cloned();
    partial.or_else(|| facts.target_groups.values().find_map(|it| it.instances.open.clone()))
}

/// A service says what it registers with.
fn before_service(index: &Index<'_>, service: &EcsService) -> Option<Unknown> {
    let registered = match service.load_balancers.decided() {
        Ok(it) => it.iter().flat_map(|it| [&it.target_group, &it.classic_load_balancer]),
        Err(why) => return Some(why),
    };
    let mut registered = registered.filter(|it| !matches!(it, Value::Known(None)));
    registered.find_map(|edge| match edge.decided() {
        Ok(Some(key)) if !index.creates(key) => Some(index.why_absent(key)),
        Ok(_) => index.any_partial([Listener::KIND, ListenerRule::KIND]).cloned(),
        Err(why) => Some(why),
    })
}
