//! Which items are one architecture: those of one region of an account, and of regions that peering, transit
//! gateways, replicas or global clusters join.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use archlint_schema::Resources;

use super::arn::GLOBAL;
use super::coverage::Place;
use super::index::Index;
use super::item::{Item, texts};
use crate::source::cloudformation::canonical;

/// Kinds that join the regions of what they name.
const JOINING: &[&str] = &[
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::TransitGatewayPeeringAttachment",
    "AWS::ElastiCache::GlobalReplicationGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::RDS::GlobalCluster",
];

/// What they may name.
const JOINED: &[&str] = &[
    "AWS::EC2::VPC",
    "AWS::EC2::TransitGateway",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
];

/// Items that belong together.
pub(crate) struct Group {
    pub(crate) account: Option<String>,
    pub(crate) places: BTreeSet<Place>,
    pub(crate) items: Vec<usize>,
}

impl Group {
    pub(crate) fn empty(place: &Place) -> Self {
        Self { account: place.account.clone(), places: [place.clone()].into(), items: Vec::new() }
    }

    /// `123456789012 eu-west-1 + us-east-1`.
    pub(crate) fn name(&self) -> String {
        let regions: Vec<&str> = self.places.iter().filter_map(|it| it.region.as_deref()).collect();
        let region = Some(regions.join(" + ")).filter(|it| !it.is_empty());
        Place { account: self.account.clone(), region }.to_string()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.account, &self.region) {
            (Some(account), Some(region)) => write!(f, "{account} {region}"),
            (Some(one), None) | (None, Some(one)) => f.write_str(one),
            (None, None) => f.write_str("account"),
        }
    }
}

pub(crate) fn of(items: &[Item], index: &Index<'_>) -> Vec<Group> {
    let mut group_of: BTreeMap<Place, Place> = BTreeMap::new();
    for item in items.iter().filter(|it| !is_global(it)) {
        group_of.insert(place(item), place(item));
    }
    for (at, item) in items.iter().enumerate() {
        if JOINING.contains(&canonical(&item.kind)) {
            let mut ends = named(items, index, at, JOINED);
            ends.extend(Some(place(item)).filter(|_| !is_global(item)));
            join(&mut group_of, &ends);
        }
    }
    let mut groups: BTreeMap<Place, Group> = BTreeMap::new();
    for (place, group) in &group_of {
        groups.entry(group.clone()).or_insert_with(|| Group::empty(place)).places.insert(place.clone());
    }
    for (at, item) in items.iter().enumerate() {
        let homes = if is_global(item) { homes(items, index, at, &group_of) } else { [place(item)].into() };
        let homes: BTreeSet<Place> =
            homes.into_iter().map(|it| group_of.get(&it).cloned().unwrap_or(it)).collect();
        for home in homes {
            let alone = Group::empty(&home);
            groups.entry(home).or_insert(alone).items.push(at);
        }
    }
    groups.into_values().collect()
}

fn is_global(item: &Item) -> bool {
    item.region.as_deref() == Some(GLOBAL)
}

fn place(item: &Item) -> Place {
    Place { account: item.account.clone(), region: item.region.clone() }
}

/// The regions of the same account in which the resources are that an item names.
fn named(items: &[Item], index: &Index<'_>, at: usize, kinds: &[&str]) -> BTreeSet<Place> {
    let own = &items[at];
    let found = texts(&own.configuration).filter_map(|text| index.find(at, kinds, text));
    let others = found.filter(|it| *it != at).map(|it| &items[it]);
    others.filter(|it| it.account == own.account && !is_global(it)).map(place).collect()
}

fn join(group_of: &mut BTreeMap<Place, Place>, places: &BTreeSet<Place>) {
    let Some(to) = places.first().map(|it| group_of[it].clone()) else { return };
    let joined: BTreeSet<Place> = places.iter().map(|it| group_of[it].clone()).collect();
    group_of.values_mut().filter(|it| joined.contains(it)).for_each(|it| *it = to.clone());
}

/// Where something of no region belongs: with what it names, or everywhere if resources may name it; else in the
/// first region of its account, so that it is looked at once.
fn homes(items: &[Item], index: &Index<'_>, at: usize, group_of: &BTreeMap<Place, Place>) -> BTreeSet<Place> {
    let item = &items[at];
    let named = named(items, index, at, Resources::KINDS);
    if !named.is_empty() {
        return named;
    }
    let of_account = group_of.keys().filter(|it| it.account == item.account).cloned();
    let is_typed = Resources::KINDS.contains(&canonical(&item.kind));
    let homes: BTreeSet<Place> = if is_typed { of_account.collect() } else { of_account.take(1).collect() };
    if homes.is_empty() { [place(item)].into() } else { homes }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::item::tests::item;
    use super::*;

    fn at(region: &str, mut it: Item) -> Item {
        (it.account, it.region) = (Some("1".to_owned()), Some(region.to_owned()));
        it
    }

    fn names(items: &[Item]) -> Vec<(String, usize)> {
        let groups = of(items, &Index::new(items));
        groups.iter().map(|it| (it.name(), it.items.len())).collect()
    }

    #[test]
    fn regions_are_one_architecture_where_something_joins_them() {
        let peering = json!({
            "requesterVpcInfo": { "vpcId": "vpc-0000000a" },
            "accepterVpcInfo": { "vpcId": "vpc-0000000b" },
        });
        let mut items = vec![
            at("a", item("AWS::EC2::VPC", "vpc-0000000a", json!({}))),
            at("b", item("AWS::EC2::VPC", "vpc-0000000b", json!({}))),
            at("c", item("AWS::EC2::VPC", "vpc-0000000c", json!({}))),
            at(GLOBAL, item("AWS::IAM::InstanceProfile", "p", json!({}))),
            at(GLOBAL, item("AWS::IAM::Role", "r", json!({}))),
        ];
        let told = |all: &[(&str, usize)]| {
            all.iter().map(|(name, it)| ((*name).to_owned(), *it)).collect::<Vec<_>>()
        };
        assert_eq!(names(&items), told(&[("1 a", 3), ("1 b", 2), ("1 c", 2)]));
        items.push(at("b", item("AWS::EC2::VPCPeeringConnection", "pcx-1", peering)));
        assert_eq!(names(&items), told(&[("1 a + b", 5), ("1 c", 2)]));
    }
}
