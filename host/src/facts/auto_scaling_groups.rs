//! The zones of Auto Scaling groups, what they launch, and the load balancers before them.

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::{
    AutoScalingGroup, AutoScalingGroupFacts, Key, KeySet, LaunchTemplate, Listener, ListenerRule,
    PlacementGroup, Resource, TargetGroupFacts, Value,
};

use super::index::Index;
use super::{Because, Step, launch, zones};

pub(crate) fn derive(
    index: &Index<'_>,
    target_groups: &BTreeMap<Key, TargetGroupFacts>,
    because: &mut Because,
) -> BTreeMap<Key, AutoScalingGroupFacts> {
    let mut derived = BTreeMap::new();
    for group in index.all::<AutoScalingGroup>() {
        let key = &group.meta.key;
        let zones = zones::of_group(index, group);
        because.record(key, "zones", zones::chain(index, &group.meta, "subnets", &zones));
        let registered = registered(group);
        let load_balancers = before(index, &registered, target_groups);
        explain(index, group, &registered, &load_balancers, because);
        let spot = spot(index, group, because);
        let facts = AutoScalingGroupFacts {
            cluster_placement: cluster_placement(index, group),
            target_groups: registered,
            zones,
            load_balancers,
            spot,
        };
        derived.insert(key.clone(), facts);
    }
    derived
}

/// Whether it launches nothing but Spot Instances: so says its launch template or configuration, or its mix of
/// instances, which leaves none to On-Demand.
fn spot(index: &Index<'_>, group: &AutoScalingGroup, because: &mut Because) -> Value<bool> {
    let key = &group.meta.key;
    let launch = launch::of_group(index, group);
    let base = group.on_demand_base_capacity.is(|it| it.unwrap_or(0) == 0);
    let above = group.on_demand_percentage_above_base_capacity.is(|it| *it == Some(0));
    let is_mixed_so = base.and(above);
    let step = if is_mixed_so.is_true() {
        Some(Step::new(
            key,
            "on_demand_percentage_above_base_capacity",
            "leaves nothing to On-Demand Instances",
        ))
    } else if launch.spot.is_true() {
        launch.from.as_ref().map(|it| Step::new(it, "", "asks for Spot Instances"))
    } else {
        None
    };
    because.record(key, "spot", step.into_iter().collect::<Vec<_>>());
    is_mixed_so.or(launch.spot)
}

/// Whether it launches into a cluster placement group, its own or its launch template's, or into a capacity block.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-strategies.html>
fn cluster_placement(index: &Index<'_>, group: &AutoScalingGroup) -> Value<bool> {
    let named = group.launch_template.known().and_then(Option::as_ref);
    let template = named.and_then(|it| index.get::<LaunchTemplate>(it));
    if let (Some(_), None, Some(why)) = (named, template, index.is_partial(LaunchTemplate::KIND)) {
        return Value::Unknown(why.clone());
    }
    let in_block = template.map_or(Value::Known(false), |it| {
        it.market_type.is(|market| market.as_deref() == Some("capacity-block"))
    });
    let placement = match (&group.placement_group, template) {
        (Value::Known(None), Some(template)) => &template.placement_group,
        (own, _) => own,
    };
    let in_cluster = match placement.decided() {
        Ok(None) => Value::Known(false),
        Ok(Some(key)) => match index.get::<PlacementGroup>(key) {
            Some(placement) => placement.strategy.is(|it| it == "cluster"),
            None => Value::Unknown(index.why_absent(key)),
        },
        Err(why) => Value::Unknown(why),
    };
    in_block.or(in_cluster)
}

/// What the group registers its instances with.
fn registered(group: &AutoScalingGroup) -> KeySet {
    let mut registered = KeySet::from(&group.target_groups);
    registered.add_all(&group.classic_load_balancers);
    registered
}

/// What forwards to what the group registers with; a target group that is out of sight may be forwarded to.
fn before(index: &Index<'_>, registered: &KeySet, target_groups: &BTreeMap<Key, TargetGroupFacts>) -> KeySet {
    let mut balancers = BTreeSet::new();
    let partial = || index.any_partial([Listener::KIND, ListenerRule::KIND]).cloned();
    let mut open = registered.open.clone().or_else(|| partial().filter(|_| !registered.members.is_empty()));
    for key in &registered.members {
        match target_groups.get(key) {
            Some(facts) => balancers.extend(&facts.load_balancers),
            None => open = open.or_else(|| Some(index.why_absent(key))),
        }
    }
    KeySet { members: balancers.into_iter().cloned().collect(), open }
}

fn explain(
    index: &Index<'_>,
    group: &AutoScalingGroup,
    registered: &KeySet,
    balancers: &KeySet,
    because: &mut Because,
) {
    let key = &group.meta.key;
    let registers = registered.members.iter().map(|it| {
        Step::new(key, "target_groups", format!("registers its instances with `{}`", index.label(it)))
    });
    let chain: Vec<Step> = registers.collect();
    because.record(key, "target_groups", chain.clone());
    let forwards =
        balancers.members.iter().map(|it| Step::new(it, "", format!("`{}` forwards there", index.label(it))));
    because.record(key, "load_balancers", chain.into_iter().chain(forwards).collect::<Vec<_>>());
}
