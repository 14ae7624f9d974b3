//! EC2 instances: where they stand, and which of them are NAT instances (rules.md 2: `is_nat_instance`).

use std::collections::BTreeMap;

use archlint_schema::{
    Instance, InstanceFacts, Key, KeySet, NetworkInterface, Reason, Subnet, TargetKind, Value, ZoneSet,
};

use super::index::Index;
use super::{Because, Step, routes};

/// Instances that a default route leads to, each with that route. Appliances say so with a tag.
pub(crate) fn nat(index: &Index<'_>) -> BTreeMap<Key, Step> {
    let mut found = BTreeMap::new();
    for table in &index.snapshot.resources.route_tables {
        for route in routes::active(index, table).iter().filter(|it| it.is_default(false)) {
            let Some(target) = route.route.target.known() else { continue };
            let Some(key) = target.resource.known() else { continue };
            let instance = match target.kind {
                TargetKind::Instance => Some(key.clone()),
                TargetKind::NetworkInterface => owner(index, key),
                _ => None,
            };
            let Some(instance) = instance.and_then(|it| index.get::<Instance>(&it)) else { continue };
            if instance.meta.tag("archlint:appliance") == Value::Known(None) {
                found.entry(instance.meta.key.clone()).or_insert_with(|| route.step(index));
            }
        }
    }
    found
}

/// The instance that an interface is attached to, by either end's word.
fn owner(index: &Index<'_>, interface: &Key) -> Option<Key> {
    let attached =
        index.get::<NetworkInterface>(interface).and_then(|it| it.instance.known().cloned().flatten());
    let holds = |it: &&Instance| {
        it.network_interfaces.known().is_some_and(|all| all.iter().any(|it| it.known() == Some(interface)))
    };
    attached.or_else(|| index.snapshot.resources.instances.iter().find(holds).map(|it| it.meta.key.clone()))
}

pub(crate) fn derive(
    index: &Index<'_>,
    instance: &Instance,
    nat: &BTreeMap<Key, Step>,
    because: &mut Because,
) -> InstanceFacts {
    let route = nat.get(&instance.meta.key);
    because.record(&instance.meta.key, "nat", route.cloned().into_iter().collect::<Vec<_>>());
    let subnet = subnet(index, instance);
    let zone = match (&instance.zone, &subnet) {
        (Value::Known(Some(zone)), _) => Value::Known(zone.clone()),
        (_, Value::Known(Some(key))) => match index.get::<Subnet>(key) {
            Some(subnet) => subnet.zone.clone(),
            None => Value::Unknown(index.snapshot.why_absent(key)),
        },
        (_, Value::Unknown(why)) => Value::Unknown(why.clone()),
        _ => Value::unknown(Reason::Computed, format!("the zone of {}", instance.meta.label)),
    };
    InstanceFacts {
        nat: Value::Known(route.is_some()),
        subnet,
        zone,
        source_dest_check: Value::default(),
        elastic_ip: Value::default(),
        public_ipv4: Value::default(),
        serves: Vec::new(),
        served_zones: ZoneSet::default(),
        managed_by: Value::default(),
        instance_profile: Value::default(),
        user_data_holds_aws_keys: Value::default(),
        data_volumes: KeySet::default(),
    }
}

/// An instance that brings its own interface stands where that stands.
fn subnet(index: &Index<'_>, instance: &Instance) -> Value<Option<Key>> {
    let first = instance.network_interfaces.known().and_then(|it| it.first()).and_then(Value::known);
    match (&instance.subnet, first.and_then(|it| index.get::<NetworkInterface>(it))) {
        (Value::Known(None), Some(interface)) => interface.subnet.clone().map(Some),
        (subnet, _) => subnet.clone(),
    }
}
