//! What each VPC holds, and in which zones something runs.

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::{Key, Subnet, SubnetFacts, VpcFacts, ZoneSet};

use super::index::Index;
use super::workload::is_closed;
use super::{Because, Step, zones};

pub(crate) fn derive(
    index: &Index<'_>,
    facts: &BTreeMap<Key, SubnetFacts>,
    because: &mut Because,
) -> BTreeMap<Key, VpcFacts> {
    let mut subnets: BTreeMap<&Key, Vec<&Subnet>> = BTreeMap::new();
    for subnet in &index.snapshot.resources.subnets {
        if let Some(vpc) = subnet.vpc.known() {
            subnets.entry(vpc).or_default().push(subnet);
        }
    }
    let mut derived = BTreeMap::new();
    for vpc in &index.snapshot.resources.vpcs {
        let subnets = subnets.remove(&vpc.meta.key).unwrap_or_default();
        derived.insert(vpc.meta.key.clone(), of_vpc(index, &vpc.meta.key, &subnets, facts, because));
    }
    derived
}

fn of_vpc(
    index: &Index<'_>,
    vpc: &Key,
    subnets: &[&Subnet],
    facts: &BTreeMap<Key, SubnetFacts>,
    because: &mut Because,
) -> VpcFacts {
    let mut all = VpcFacts {
        subnets: subnets.iter().map(|it| it.meta.key.clone()).collect(),
        zones: ZoneSet::default(),
        workload: Vec::new(),
        workload_zones: ZoneSet::default(),
        closed: true,
        workload_closed: is_closed(index.snapshot),
        dependencies: Vec::new(),
    };
    let mut workload: BTreeSet<&Key> = BTreeSet::new();
    let mut chain = Vec::new();
    for subnet in subnets {
        let own = &facts[&subnet.meta.key].workload;
        zones::add(index, &subnet.meta.key, &mut all.zones);
        if let Some(first) = own.first() {
            zones::add(index, &subnet.meta.key, &mut all.workload_zones);
            let message = format!("`{}` runs in `{}`", index.label(first), subnet.meta.label);
            chain.push(Step::new(first, "", message));
            chain.push(Step::new(&subnet.meta.key, "zone", zones::place(&subnet.zone)));
        }
        workload.extend(own);
    }
    all.workload = workload.into_iter().cloned().collect();
    because.record(vpc, "workload_zones", chain);
    all
}
