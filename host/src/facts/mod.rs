//! Derives what follows from a snapshot, as rules.md section 2 defines it. Pure: knows nothing of where the
//! snapshot came from.

mod because;
mod databases;
mod egress;
mod exposure;
mod index;
mod instances;
mod load_balancers;
mod routes;

mod workload;
mod zones;

use archlint_schema::{AutoScalingGroupFacts, Facts, KeySet, Snapshot, SubnetFacts, Value};

pub use because::{Because, Step};
use index::Index;

/// Fills in `snapshot.facts`; gives what makes each fact true.
pub fn derive(snapshot: &mut Snapshot) -> Because {
    let mut because = Because::default();
    snapshot.facts = facts(&Index::new(snapshot), &mut because);
    because
}

fn facts(index: &Index<'_>, because: &mut Because) -> Facts {
    let mut facts = Facts::default();
    let nat_instances = instances::nat(index);
    for instance in &index.snapshot.resources.instances {
        let derived = instances::derive(index, instance, &nat_instances, because);
        facts.instances.insert(instance.meta.key.clone(), derived);
    }
    let mut workload = workload::by_subnet(index, &facts.instances);
    for subnet in &index.snapshot.resources.subnets {
        let routes = routes::of(index, subnet);
        let exposure = exposure::derive(index, subnet, &routes, because);
        let derived = SubnetFacts {
            egress: egress::ipv4(index, subnet, &routes, &exposure, &nat_instances, because),
            egress_ipv6: egress::ipv6(index, subnet, &routes, &exposure, because),
            route_table: routes.table,
            public_ipv4: exposure.ipv4,
            public_ipv6: exposure.ipv6,
            via_inspection: exposure.via_inspection,
            exposure: exposure.exposure,
            block_public_access: exposure.block_public_access,
            workload: workload.remove(&subnet.meta.key).unwrap_or_default(),
            workload_closed: workload::is_closed(index.snapshot),
            network_acl: Value::default(),
            endpoints: KeySet::default(),
            transit_gateway_attachments: Vec::new(),
        };
        zones::explain(subnet, because);
        facts.subnets.insert(subnet.meta.key.clone(), derived);
    }
    for group in &index.snapshot.resources.auto_scaling_groups {
        let zones = zones::of_group(index, group);
        because.record(&group.meta.key, "zones", zones::chain(index, &group.meta, "subnets", &zones));
        facts.auto_scaling_groups.insert(
            group.meta.key.clone(),
            AutoScalingGroupFacts { zones, target_groups: KeySet::default(), load_balancers: Vec::new() },
        );
    }
    facts.target_groups = load_balancers::target_groups(index, &facts.instances, because);
    facts.load_balancers = load_balancers::derive(index, because);
    facts.databases = databases::derive(index, because);
    facts
}
