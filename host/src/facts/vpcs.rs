//! What each VPC holds, and in which zones something runs.

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::{Key, KeySet, Resource, Subnet, SubnetFacts, Unknown, Vpc, VpcFacts, ZoneSet};

use super::index::Index;
use super::workload::{self, Placed};
use super::{Because, Step, zones};

pub(crate) fn derive(
    index: &Index<'_>,
    facts: &BTreeMap<Key, SubnetFacts>,
    placed: &[Placed<'_>],
    because: &mut Because,
) -> BTreeMap<Key, VpcFacts> {
    let partial_subnets = index.is_partial(Subnet::KIND);
    let is_unplaced =
        |it: &&KeySet| it.open.is_some() || it.members.iter().any(|subnet| !index.creates(subnet));
    let unplaced: Vec<&KeySet> = placed.iter().map(|it| &it.subnets).filter(is_unplaced).collect();
    let (partial, workload_closed) = (workload::is_partial(index), workload::unseen(index).is_none());
    let mut subnets: BTreeMap<&Key, Vec<&Subnet>> = BTreeMap::new();
    for subnet in index.all::<Subnet>() {
        if let Some(vpc) = subnet.vpc.known() {
            subnets.entry(vpc).or_default().push(subnet);
        }
    }
    let mut derived = BTreeMap::new();
    for vpc in index.all::<Vpc>() {
        let subnets = subnets.remove(&vpc.meta.key).unwrap_or_default();
        let mut its = of_vpc(index, &vpc.meta.key, &subnets, facts, because);
        let unplaced =
            unplaced.iter().find_map(|it| may_be_in(index, it, vpc, &its.subnets, partial_subnets));
        its.workload.open = its.workload.open.take().or(unplaced).or_else(|| partial.clone());
        its.workload_closed = workload_closed;
        if let Some(why) = &its.workload.open {
            its.workload_zones.leave_open(why);
        }
        derived.insert(vpc.meta.key.clone(), its);
    }
    derived
}

/// Why something with unknown subnets may run in a VPC with those: nothing runs in two VPCs, and what names no subnet
/// runs in the default one. A subnet that should be in sight may be of any VPC.
fn may_be_in(
    index: &Index<'_>,
    own: &KeySet,
    vpc: &Vpc,
    subnets: &[Key],
    partial_subnets: Option<&Unknown>,
) -> Option<Unknown> {
    let is_of_any = |it: &Key| partial_subnets.is_some() && !index.creates(it);
    let unseen = partial_subnets.filter(|_| own.members.iter().any(is_of_any)).cloned();
    let why = own.open.clone().or(unseen)?;
    let is_elsewhere = why.is_of_default_vpc() && vpc.is_default.is_false();
    let may_all_be = own.members.iter().all(|it| subnets.contains(it) || is_of_any(it));
    (!is_elsewhere && may_all_be).then_some(why)
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
        zones: ZoneSet { open: index.unseen_within(Subnet::KIND, vpc), ..ZoneSet::default() },
        workload: KeySet::of(Vec::new()),
        workload_zones: ZoneSet::default(),
        closed: index.unseen_within(Subnet::KIND, vpc).is_none(),
        workload_closed: false,
        dependencies: Vec::new(),
    };
    let mut workload: BTreeSet<&Key> = BTreeSet::new();
    let mut chain = Vec::new();
    for subnet in subnets {
        let own = &facts[&subnet.meta.key].workload;
        zones::add(index, &subnet.meta.key, &mut all.zones);
        all.workload.open = all.workload.open.take().or_else(|| own.open.clone());
        if let Some(first) = own.members.first() {
            zones::add(index, &subnet.meta.key, &mut all.workload_zones);
            let message = format!("`{}` runs in `{}`", index.label(first), subnet.meta.label);
            chain.push(Step::new(first, "", message));
            chain.push(Step::new(&subnet.meta.key, "zone", zones::place(&subnet.zone)));
        }
        workload.extend(&own.members);
    }
    all.workload.members = workload.into_iter().cloned().collect();
    because.record(vpc, "workload_zones", chain);
    all
}
