//! Load balancers with their target groups (rules.md 2: `scheme`, `lb_subnets`, `lb_tgs`, `target_azs`).

use std::collections::BTreeMap;

use archlint_schema::{
    AutoScalingGroup, Cidr, InstanceFacts, Key, KeySet, Listener, LoadBalancerFacts, LoadBalancerType,
    Reason, Target, TargetGroup, TargetGroupFacts, TargetType, Unknown, Value, WeightedTargetGroup,
    ZoneMember, ZoneSet,
};

use super::index::Index;
use super::{Because, Step, zones};

pub(crate) fn derive(index: &Index<'_>, because: &mut Because) -> BTreeMap<Key, LoadBalancerFacts> {
    let resources = &index.snapshot.resources;
    let mut reachable = reachable_target_groups(index, because);
    let v2 = resources.load_balancers.iter().map(|it| {
        let facts = LoadBalancerFacts {
            load_balancer_type: it.load_balancer_type.clone(),
            scheme: it.scheme.clone(),
            subnets: it.subnets.clone(),
            zones: zones::of_subnets(index, &it.subnets),
            target_groups: reachable.remove(&it.meta.key).unwrap_or_default(),
            auto_scaling_groups: Vec::new(),
        };
        (&it.meta, facts)
    });
    let classic = resources.classic_load_balancers.iter().map(|it| {
        let by_zone = it.subnets.known().is_some_and(Vec::is_empty);
        let facts = LoadBalancerFacts {
            load_balancer_type: Value::Known(LoadBalancerType::Classic),
            scheme: it.scheme.clone(),
            subnets: it.subnets.clone(),
            zones: if by_zone { zones::of_names(&it.zones) } else { zones::of_subnets(index, &it.subnets) },
            target_groups: Vec::new(),
            auto_scaling_groups: Vec::new(),
        };
        (&it.meta, facts)
    });
    let all: Vec<_> = v2.chain(classic).collect();
    let mut derived = BTreeMap::new();
    for (meta, facts) in all {
        because.record(&meta.key, "zones", zones::chain(index, meta, "subnets", &facts.zones));
        let message = match facts.scheme.known() {
            Some(archlint_schema::Scheme::InternetFacing) => "is internet-facing",
            Some(archlint_schema::Scheme::Internal) => "is internal",
            None => "has a scheme that is unknown",
        };
        let step = Step::new(&meta.key, "scheme", message.to_owned());
        because.record(&meta.key, "scheme", vec![step]);
        derived.insert(meta.key.clone(), facts);
    }
    derived
}

/// The target groups that a listener's default action or rule forwards to, by load balancer.
fn reachable_target_groups(index: &Index<'_>, because: &mut Because) -> BTreeMap<Key, Vec<Key>> {
    let resources = &index.snapshot.resources;
    let listeners = resources.listeners.iter().map(|it| (&it.meta.key, Some(it), &it.target_groups));
    let rules = resources.listener_rules.iter().map(|it| {
        (&it.meta.key, it.listener.known().and_then(|key| index.get::<Listener>(key)), &it.target_groups)
    });
    let mut reachable: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    let mut chains: BTreeMap<Key, Vec<Step>> = BTreeMap::new();
    for (by, listener, forwards) in listeners.chain(rules) {
        let Some(load_balancer) = listener.and_then(|it| it.load_balancer.known()) else { continue };
        for (at, forward) in forwards.known().into_iter().flatten().enumerate() {
            let Some(group) = receiving(forward) else { continue };
            let groups = reachable.entry(load_balancer.clone()).or_default();
            if !groups.contains(group) {
                groups.push(group.clone());
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
    reachable
}

/// The target group of an action, unless its weight is known to be 0.
fn receiving(forward: &WeightedTargetGroup) -> Option<&Key> {
    if forward.weight.is(|it| *it == 0).is_true() { None } else { forward.target_group.known() }
}

pub(crate) fn target_groups(
    index: &Index<'_>,
    instances: &BTreeMap<Key, InstanceFacts>,
    because: &mut Because,
) -> BTreeMap<Key, TargetGroupFacts> {
    let mut attached: BTreeMap<&Key, Vec<&AutoScalingGroup>> = BTreeMap::new();
    for group in &index.snapshot.resources.auto_scaling_groups {
        for target_group in group.target_groups.known().into_iter().flatten().filter_map(Value::known) {
            attached.entry(target_group).or_default().push(group);
        }
    }
    let mut derived = BTreeMap::new();
    for group in &index.snapshot.resources.target_groups {
        let groups = attached.remove(&group.meta.key).unwrap_or_default();
        let facts = target_group(index, group, &groups, instances);
        because.record(
            &group.meta.key,
            "target_zones",
            target_chain(index, group, &groups, &facts.target_zones),
        );
        derived.insert(group.meta.key.clone(), facts);
    }
    derived
}

fn target_group(
    index: &Index<'_>,
    group: &TargetGroup,
    attached: &[&AutoScalingGroup],
    instances: &BTreeMap<Key, InstanceFacts>,
) -> TargetGroupFacts {
    let mut set = ZoneSet::default();
    match group.targets.decided() {
        Ok(targets) => {
            targets.iter().for_each(|it| add_target(index, group, &it.target, instances, &mut set))
        }
        Err(why) => set.open = Some(why),
    }
    for group in attached {
        let of_group = zones::of_group(index, group);
        set.members.extend(of_group.members);
        set.excluded.extend(of_group.excluded);
        set.open = set.open.or(of_group.open);
    }
    TargetGroupFacts {
        target_zones: set,
        zoneless: group.target_type.is(|it| matches!(it, TargetType::Lambda | TargetType::Alb)),
        auto_scaling_groups: attached.iter().map(|it| it.meta.key.clone()).collect(),
        ecs_services: Vec::new(),
        instances: KeySet::default(),
        load_balancers: Vec::new(),
        cross_zone: Value::default(),
        capacity: Value::default(),
        receivers: Vec::new(),
        transport: Value::default(),
        preserves_client_ip: Value::default(),
    }
}

fn add_target(
    index: &Index<'_>,
    group: &TargetGroup,
    target: &Target,
    instances: &BTreeMap<Key, InstanceFacts>,
    set: &mut ZoneSet,
) {
    match target {
        Target::Instance(edge) => match edge.decided() {
            Ok(key) => {
                let zone = instances
                    .get(key)
                    .map_or_else(|| Value::Unknown(index.snapshot.why_absent(key)), |it| it.zone.clone());
                set.members.push(ZoneMember { zone, via: key.clone() });
            }
            Err(why) => set.open = Some(why),
        },
        Target::Ip { address, zone } => match ip_subnet(index, group, address, zone) {
            Ok(Some(subnet)) => zones::add(index, &subnet, set),
            Ok(None) => {}
            Err(why) => set.open = Some(why),
        },
        Target::Lambda(_) | Target::Alb(_) => {}
    }
}

/// The subnet that an address lies in; none for one that is registered as outside the VPC.
fn ip_subnet(
    index: &Index<'_>,
    group: &TargetGroup,
    address: &Value<String>,
    zone: &Value<Option<String>>,
) -> Result<Option<Key>, Unknown> {
    if zone.decided()?.as_deref() == Some("all") {
        return Ok(None);
    }
    let text = address.decided()?;
    let own: Cidr = format!("{text}/{}", if text.contains(':') { 128 } else { 32 })
        .parse()
        .map_err(|_| Unknown::new(Reason::Computed, text))?;
    let holds = |cidr: &Value<Option<String>>| {
        let cidr: Option<Cidr> = cidr.known()?.as_ref()?.parse().ok();
        Some(cidr?.contains(&own))
    };
    let vpc = group.vpc.known().and_then(Option::as_ref);
    let subnets = index.snapshot.resources.subnets.iter().filter(|it| it.vpc.known() == vpc);
    Ok(subnets.filter(|it| holds(&it.cidr) == Some(true)).map(|it| it.meta.key.clone()).next())
}

fn target_chain(
    index: &Index<'_>,
    group: &TargetGroup,
    attached: &[&AutoScalingGroup],
    set: &ZoneSet,
) -> Vec<Step> {
    let by_group = attached.iter().map(|it| {
        Step::new(
            &it.meta.key,
            "target_groups",
            format!("registers its instances with `{}`", group.meta.label),
        )
    });
    by_group.chain(zones::chain(index, &group.meta, "targets", set).into_iter().skip(1)).collect()
}
