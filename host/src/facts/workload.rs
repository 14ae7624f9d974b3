//! What runs in a subnet (rules.md 2: `workload`): no NAT instances, bastions, appliances.

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::{DbSubnetGroup, Instance, InstanceFacts, Key, Meta, Resource, Snapshot, Value};

use super::index::Index;

pub(crate) fn by_subnet(
    index: &Index<'_>,
    instances: &BTreeMap<Key, InstanceFacts>,
) -> BTreeMap<Key, Vec<Key>> {
    let mut workload: BTreeMap<Key, BTreeSet<Key>> = BTreeMap::new();
    let mut add = |subnet: &Key, meta: &Meta| {
        if !is_infrastructure(meta) {
            workload.entry(subnet.clone()).or_default().insert(meta.key.clone());
        }
    };
    let resources = &index.snapshot.resources;
    for instance in &resources.instances {
        let facts = &instances[&instance.meta.key];
        if let (Value::Known(Some(subnet)), false) = (&facts.subnet, facts.nat.is_true()) {
            add(subnet, &instance.meta);
        }
    }
    for group in &resources.auto_scaling_groups {
        known(&group.subnets).for_each(|subnet| add(subnet, &group.meta));
    }
    let databases = resources.db_instances.iter().map(|it| (&it.meta, &it.subnet_group));
    let clusters = resources.db_clusters.iter().map(|it| (&it.meta, &it.subnet_group));
    for (meta, group) in databases.chain(clusters) {
        let group = group.known().and_then(Option::as_ref).and_then(|it| index.get::<DbSubnetGroup>(it));
        group.into_iter().flat_map(|it| known(&it.subnets)).for_each(|subnet| add(subnet, meta));
    }
    workload.into_iter().map(|(subnet, all)| (subnet, all.into_iter().collect())).collect()
}

fn known(subnets: &Value<Vec<Value<Key>>>) -> impl Iterator<Item = &Key> {
    subnets.known().into_iter().flatten().filter_map(Value::known)
}

fn is_infrastructure(meta: &Meta) -> bool {
    ["archlint:bastion", "archlint:appliance"].iter().any(|tag| meta.tag(tag) != Value::Known(None))
}

/// Whether what runs is all in sight: another stack may put something into any subnet of a template.
pub(crate) fn is_closed(snapshot: &Snapshot) -> bool {
    snapshot.scope.closed.contains(Instance::KIND)
}
