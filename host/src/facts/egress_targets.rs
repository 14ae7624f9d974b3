//! Who leaves through what stands in one zone: NAT gateways, NAT instances, inspection endpoints.

use std::collections::BTreeMap;

use archlint_schema::{
    Egress, EgressKind, EgressTargetFacts, InstanceFacts, Key, NatAvailability, NatGateway, Resource,
    RouteTable, Subnet, SubnetFacts, Unknown, Value, VpcEndpoint, ZoneKind, ZoneMember, ZoneSet,
};

use super::index::Index;
use super::{Because, Step, workload};

/// The subnets that something runs in.
#[derive(Default)]
struct Workload<'a> {
    /// By the target that their default leads to.
    dependents: BTreeMap<&'a Key, Dependents>,
    by_vpc: BTreeMap<&'a Value<Key>, ZoneSet>,
}

/// The subnets that leave through a target.
#[derive(Default)]
struct Dependents {
    /// Those that something runs in.
    zones: ZoneSet,
    /// Those in which something out of sight may run, and why it is out of sight.
    possible: Vec<(ZoneMember, Unknown)>,
}

pub(crate) fn derive(
    index: &Index<'_>,
    instances: &BTreeMap<Key, InstanceFacts>,
    subnets: &BTreeMap<Key, SubnetFacts>,
    because: &mut Because,
) -> BTreeMap<Key, EgressTargetFacts> {
    let workload = Workload::new(index, subnets);
    let unseen = unseen_dependents(index);
    let mut derived = BTreeMap::new();
    for (key, home) in homes(index, instances) {
        let dependents = match (workload.dependents.get(key), &unseen) {
            (Some(dependents), _) => dependents,
            (None, Some(unseen)) if carries(index, instances, key) => unseen,
            (None, _) => continue,
        };
        let home = home.decided().cloned();
        let home = home.and_then(|it| index.get::<Subnet>(&it).ok_or_else(|| index.why_absent(&it)));
        let elsewhere = match &home {
            Ok(home) => dependents.elsewhere(&member(home)),
            Err(why) => ZoneSet { open: Some(why.clone()), ..ZoneSet::default() },
        };
        explain(index, key, &dependents.zones, &elsewhere, because);
        let around = home.as_ref().ok().and_then(|it| workload.by_vpc.get(&it.vpc));
        let facts = EgressTargetFacts {
            workload_zones: around.cloned().unwrap_or_default(),
            home: Value::of(home.map(member)),
            dependents: dependents.zones.clone(),
            elsewhere,
        };
        derived.insert(key.clone(), facts);
    }
    derived
}

/// Who may leave through a target where the routes that lead to it should be in sight and are not.
fn unseen_dependents(index: &Index<'_>) -> Option<Dependents> {
    let kinds = ["AWS::EC2::Route", RouteTable::KIND, Subnet::KIND];
    let why = index.any_partial(kinds)?;
    let zones = ZoneSet { open: Some(why.clone()), ..ZoneSet::default() };
    Some(Dependents { zones, possible: Vec::new() })
}

/// Whether something is there for others to leave through it: an endpoint may be for anything.
fn carries(index: &Index<'_>, instances: &BTreeMap<Key, InstanceFacts>, target: &Key) -> bool {
    instances.get(target).is_some_and(|it| !it.nat.is_false()) || index.get::<NatGateway>(target).is_some()
}

/// The subnets of what can carry traffic to the internet in one zone. A regional NAT gateway is in every zone that
/// uses it.
fn homes<'a>(
    index: &Index<'a>,
    instances: &'a BTreeMap<Key, InstanceFacts>,
) -> impl Iterator<Item = (&'a Key, Value<Key>)> {
    let zonal = index.all::<NatGateway>().iter();
    let zonal = zonal.filter(|it| !it.availability.is(|it| *it == NatAvailability::Regional).is_true());
    let gateways = zonal.map(|it| (&it.meta.key, in_subnet(&it.subnet)));
    let instances = instances.iter().map(|(key, it)| (key, in_subnet(&it.subnet)));
    let endpoints = index.all::<VpcEndpoint>().iter().map(|it| {
        let first = it.subnets.known().and_then(|it| it.first().cloned());
        (&it.meta.key, first.unwrap_or_default())
    });
    gateways.chain(instances).chain(endpoints)
}

/// Where a target stands; unknown for one that stands in no subnet.
fn in_subnet(subnet: &Value<Option<Key>>) -> Value<Key> {
    match subnet {
        Value::Known(Some(it)) => Value::Known(it.clone()),
        Value::Unknown(why) => Value::Unknown(why.clone()),
        Value::Known(None) | Value::OneOf(_) => Value::default(),
    }
}

fn member(subnet: &Subnet) -> ZoneMember {
    ZoneMember { zone: subnet.zone.clone(), via: subnet.meta.key.clone() }
}

impl<'a> Workload<'a> {
    fn new(index: &Index<'a>, facts: &'a BTreeMap<Key, SubnetFacts>) -> Self {
        use EgressKind::{Inspection, NatGateway, NatInstance};
        let unseen = workload::unseen(index);
        let mut workload = Self::default();
        for subnet in index.all::<Subnet>() {
            let facts = &facts[&subnet.meta.key];
            let runs = !facts.workload.members.is_empty();
            let possible = facts.workload.open.as_ref().or(unseen.as_ref()).filter(|_| !runs);
            let around = workload.by_vpc.entry(&subnet.vpc).or_default();
            around.open = around.open.take().or_else(|| facts.workload.open.clone());
            match possible {
                Some(_) => {}
                None if runs => around.members.push(member(subnet)),
                None => continue,
            }
            // A Local Zone leaves through its parent Region.
            let is_zone = subnet.zone_kind.is(|it| *it == ZoneKind::Az).is_true();
            let Some(Egress { kind: NatGateway | NatInstance | Inspection, target: Some(target) }) =
                facts.egress.known().filter(|_| is_zone)
            else {
                continue;
            };
            let dependents = workload.dependents.entry(target).or_default();
            match possible {
                Some(why) => dependents.possible.push((member(subnet), why.clone())),
                None => dependents.zones.members.push(member(subnet)),
            }
        }
        // Where something runs in sight, that tells in how many zones the VPC is meant to run.
        for around in workload.by_vpc.values_mut().filter(|it| it.members.is_empty()) {
            around.open = around.open.take().or_else(|| unseen.clone());
        }
        workload
    }
}

impl Dependents {
    /// Those that surely are in another zone than a target, and why others may be.
    fn elsewhere(&self, home: &ZoneMember) -> ZoneSet {
        let mut elsewhere = ZoneSet { open: self.zones.open.clone(), ..ZoneSet::default() };
        for it in &self.zones.members {
            match it.same(home).decided() {
                Ok(true) => {}
                Ok(false) => elsewhere.members.push(it.clone()),
                Err(why) => elsewhere.open = Some(why),
            }
        }
        let possible = self.possible.iter().find(|(it, _)| !it.same(home).is_true());
        elsewhere.open = elsewhere.open.or_else(|| possible.map(|(_, why)| why.clone()));
        elsewhere
    }
}

fn explain(
    index: &Index<'_>,
    target: &Key,
    dependents: &ZoneSet,
    elsewhere: &ZoneSet,
    because: &mut Because,
) {
    for (name, set) in [("dependents", dependents), ("elsewhere", elsewhere)] {
        let leaves = |it: &ZoneMember| {
            let message = format!("`{}` in {} leaves through it", index.label(&it.via), it.name());
            Step::new(&it.via, "zone", message)
        };
        because.record(target, name, set.members.iter().map(leaves).collect::<Vec<_>>());
    }
}
