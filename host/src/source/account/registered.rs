//! Targets that an Auto Scaling group or an ECS service registered by itself. A template does not list them, and the
//! snapshot has them with the group or service; AWS lists them one by one.

use std::collections::{BTreeSet, HashMap};

use archlint_schema::{Key, Resources, Target, TargetGroup, Value};

/// Leaves only the targets that were registered by hand.
pub(crate) fn remove(all: &mut Resources) {
    let by_group = instances_of_groups(all);
    let by_service = targets_of_services(all);
    for group in &mut all.target_groups {
        let key = group.meta.key.clone();
        let is_by_service = by_service.contains(&key);
        let of_groups = by_group.get(&key);
        remove_targets(group, |target| match target {
            Target::Instance(Value::Known(it)) => {
                is_by_service || of_groups.is_some_and(|its| its.contains(it))
            }
            Target::Ip { .. } => is_by_service,
            _ => false,
        });
    }
    for balancer in &mut all.classic_load_balancers {
        let key = &balancer.meta.key;
        let (is_by_service, of_groups) = (by_service.contains(key), by_group.get(key));
        if let Value::Known(instances) = &mut balancer.instances {
            let is_of_group = |it: &Key| of_groups.is_some_and(|its| its.contains(it));
            instances.retain(|it| !is_by_service && !it.known().is_some_and(is_of_group));
        }
    }
}

fn remove_targets(group: &mut TargetGroup, is_registered: impl Fn(&Target) -> bool) {
    if let Value::Known(targets) = &mut group.targets {
        targets.retain(|it| !is_registered(&it.target));
    }
}

/// The instances of the groups that register with each target group and Classic Load Balancer.
fn instances_of_groups(all: &Resources) -> HashMap<Key, BTreeSet<Key>> {
    let mut behind: HashMap<Key, BTreeSet<Key>> = HashMap::new();
    for group in &all.auto_scaling_groups {
        let instances = known(&group.instances);
        for end in known(&group.target_groups).chain(known(&group.classic_load_balancers)) {
            behind.entry(end.clone()).or_default().extend(instances.clone().cloned());
        }
    }
    behind
}

fn known(edges: &Value<Vec<Value<Key>>>) -> impl Iterator<Item = &Key> + Clone {
    edges.known().into_iter().flatten().filter_map(Value::known)
}

/// The target groups and Classic Load Balancers that services register their tasks with.
fn targets_of_services(all: &Resources) -> BTreeSet<Key> {
    let ends = all.ecs_services.iter().filter_map(|it| it.load_balancers.known()).flatten();
    let ends = ends.flat_map(|it| [&it.target_group, &it.classic_load_balancer]);
    ends.filter_map(|it| it.known().cloned().flatten()).collect()
}
