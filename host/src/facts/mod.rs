//! Derives what follows from a snapshot, as rules.md section 2 defines it. Pure: knows nothing of where the
//! snapshot came from.

mod acl_requests;
mod admitted;
mod auto_scaling_groups;
mod backups;
mod because;
mod buckets;
mod capacity;
mod data_stores;
mod database_admission;
mod database_ports;
mod databases;
mod dependencies;
mod egress;
mod egress_targets;
mod endpoints;
mod environment;
mod exposure;
mod index;
mod instances;
mod launch;
mod load_balancers;
mod nat_admission;
mod network_acls;
mod public_addresses;
mod recovery;
mod route_tables;
mod routes;
mod security_group_rules;
mod security_groups;
mod service_traffic;
mod streams;
mod subnet_groups;
mod subnets;
mod target_groups;
mod target_paths;
mod tiers;
mod unseen_balancers;
mod vpcs;
mod workload;
mod zones;

use archlint_schema::{Facts, Snapshot};

pub use because::{Because, Step};
pub use environment::EnvironmentSettings;
use index::Index;

/// Fills in `snapshot.facts`; gives what makes each fact true.
pub fn derive(snapshot: &mut Snapshot, environments: &EnvironmentSettings) -> Because {
    let mut because = Because::default();
    snapshot.facts = facts(&Index::new(snapshot), environments, &mut because);
    because
}

/// Each table stands on those before it.
fn facts(index: &Index<'_>, environments: &EnvironmentSettings, because: &mut Because) -> Facts {
    let mut facts = Facts::default();
    let nat_instances = instances::nat(index);
    let fleet = instances::Fleet::new(index, &nat_instances);
    for instance in index.all::<archlint_schema::Instance>() {
        let derived = fleet.derive(index, instance, because);
        facts.instances.insert(instance.meta.key.clone(), derived);
    }
    let databases = databases::Databases::new(index);
    let placed = workload::placed(index, &facts.instances, &databases);
    let workload = workload::by_subnet(&placed);
    facts.subnets = subnets::derive(index, &nat_instances, workload, because);
    instances::add_served(index, &mut facts.instances, &facts.subnets, because);
    facts.egress_targets = egress_targets::derive(index, &facts.instances, &facts.subnets, because);
    facts.route_tables = route_tables::derive(index, &facts.subnets, because);
    service_traffic::add(index, &mut facts, because);
    let acls = facts.subnets.iter().map(|(key, it)| (key, &it.network_acl));
    facts.network_acls = network_acls::derive(index, acls, because);
    facts.vpc_endpoints = endpoints::derive(index, because);
    facts.vpcs = vpcs::derive(index, &facts.subnets, &placed, because);

    facts.backups = backups::derive(index, &facts.instances, because);
    facts.databases = databases.derive(index, &facts.subnets, &facts.backups, because);
    facts.data_stores = data_stores::derive(index, &facts.instances, because);
    facts.workloads = workload::derive(index, placed, &facts.subnets, &facts.databases, because);

    add_balanced(index, &mut facts, because);
    let guard = security_groups::Guard::new(index, &facts.workloads);
    facts.admission = guard.admission(&unseen_balancers::derive(index, &facts), because);
    facts.security_groups = guard.derive(index, &facts.subnets, &facts.workloads, because);
    add_admitted(index, &mut facts, because);

    facts.buckets = buckets::derive(index, because);
    (facts.streams, facts.event_source_mappings) = streams::derive(index, because);
    facts.environments = environment::derive(index, environments, because);
    facts
}

/// Load balancers and what stands behind them.
fn add_balanced(index: &Index<'_>, facts: &mut Facts, because: &mut Because) {
    let reachable = load_balancers::reachable_target_groups(index, because);
    let behind = target_groups::TargetGroups::new(index, &reachable);
    facts.target_groups = behind.derive(index, &facts.instances, because);
    facts.load_balancers = load_balancers::derive(index, &reachable, &facts.target_groups, because);
    facts.auto_scaling_groups = auto_scaling_groups::derive(index, &facts.target_groups, because);
}

/// What follows from whom security groups and network ACLs admit.
fn add_admitted(index: &Index<'_>, facts: &mut Facts, because: &mut Because) {
    facts.tiers = tiers::derive(index, facts, because);
    for (vpc, all) in dependencies::by_vpc(index, facts) {
        facts.vpcs.entry(vpc).and_modify(|it| it.dependencies = all);
    }
    database_admission::add_internet(index, facts, because);
    database_admission::add_strangers(index, facts, because);
    nat_admission::add(index, facts, because);
    for (group, paths) in target_paths::derive(index, facts, because) {
        facts.target_groups.entry(group).and_modify(|it| it.paths = paths);
    }
    acl_requests::add(index, facts, because);
}
