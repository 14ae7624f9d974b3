//! Synthetic accounts of any size: one realistic network, many times over, each under keys of its own.

use archlint::source::{self, SourceOptions};
use archlint_schema::{Meta, Resources, Snapshot};

const CELL: &str = include_str!("cell.yaml");

/// An account of about so many resources, without facts.
pub(crate) fn account(resources: usize) -> Snapshot {
    let options = SourceOptions { raw: false, ..SourceOptions::default() };
    let sources = source::read_text("cell.yaml", CELL, &options);
    assert!(sources.errors.is_empty(), "{:?}", sources.errors);
    let cell = sources.architectures.into_iter().flat_map(|it| it.scenarios).next();
    let cell = cell.expect("a template has a base scenario").snapshot;
    let text = serde_json::to_string(&cell).expect("a snapshot has only texts and numbers");
    let cells = (resources / cell.resources.len()).max(1);
    let mut account = Snapshot { scope: cell.scope, ..Snapshot::default() };
    for at in 0..cells {
        // Every key, and nothing else, begins with the stack's name.
        let renamed = text.replace("\"cell/", &format!("\"cell{at}/"));
        let copy: Snapshot = serde_json::from_str(&renamed).expect("what was written can be read");
        append(&mut account.resources, copy.resources);
        account.externals.extend(copy.externals);
    }
    account.resources.sort();
    account
}

fn append(all: &mut Resources, more: Resources) {
    let Resources {
        vpcs,
        internet_gateways,
        subnets,
        route_tables,
        nat_gateways,
        elastic_ips,
        security_groups,
        vpc_endpoints,
        instances,
        launch_templates,
        auto_scaling_groups,
        load_balancers,
        target_groups,
        listeners,
        db_instances,
        db_subnet_groups,
        ..
    } = more;
    all.vpcs.extend(vpcs);
    all.internet_gateways.extend(internet_gateways);
    all.subnets.extend(subnets);
    all.route_tables.extend(route_tables);
    all.nat_gateways.extend(nat_gateways);
    all.elastic_ips.extend(elastic_ips);
    all.security_groups.extend(security_groups);
    all.vpc_endpoints.extend(vpc_endpoints);
    all.instances.extend(instances);
    all.launch_templates.extend(launch_templates);
    all.auto_scaling_groups.extend(auto_scaling_groups);
    all.load_balancers.extend(load_balancers);
    all.target_groups.extend(target_groups);
    all.listeners.extend(listeners);
    all.db_instances.extend(db_instances);
    all.db_subnet_groups.extend(db_subnet_groups);
}

/// How many resources there are, and that none went missing.
pub(crate) fn count(account: &Snapshot) -> usize {
    let keys: std::collections::BTreeSet<&str> =
        account.resources.iter().map(|(_, it): (_, &Meta)| it.key.as_str()).collect();
    assert_eq!(keys.len(), account.resources.len(), "two resources have one key");
    keys.len()
}
