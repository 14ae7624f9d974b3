//! What in a VPC depends on what, and where the two are.

use std::collections::BTreeMap;

use archlint_schema::{
    Dependency, DependencyKind, EndpointType, Facts, Key, SecurityGroup, TierFacts, Value, VpcEndpoint,
};

use super::index::Index;

pub(crate) fn by_vpc(index: &Index<'_>, facts: &Facts) -> BTreeMap<Key, Vec<Dependency>> {
    let mut endpoints: BTreeMap<&Key, Vec<&VpcEndpoint>> = BTreeMap::new();
    for endpoint in index.all::<VpcEndpoint>().iter().filter(|it| has_private_name(it)) {
        if let Some(vpc) = endpoint.vpc.known() {
            endpoints.entry(vpc).or_default().push(endpoint);
        }
    }
    let mut by_vpc: BTreeMap<Key, Vec<Dependency>> = BTreeMap::new();
    for (group, tier) in &facts.tiers {
        let vpc = index.get::<SecurityGroup>(group).and_then(|it| it.vpc.known()?.as_ref());
        let Some(vpc) = vpc else { continue };
        let endpoints = endpoints.get(vpc).map(Vec::as_slice).unwrap_or_default();
        by_vpc.entry(vpc.clone()).or_default().extend(of_tier(facts, group, tier, endpoints));
    }
    by_vpc
}

/// Whether callers in the VPC reach it by the name of the service, and not by that of their own zone.
fn has_private_name(endpoint: &VpcEndpoint) -> bool {
    let is_interface = endpoint.endpoint_type.is(|it| *it == EndpointType::Interface);
    is_interface.and(endpoint.private_dns.clone()).is_true()
}

fn of_tier<'a>(
    facts: &'a Facts,
    group: &'a Key,
    tier: &'a TierFacts,
    endpoints: &'a [&VpcEndpoint],
) -> impl Iterator<Item = Dependency> + 'a {
    let before = tier.load_balancers.iter().filter_map(|it| {
        Some(Dependency {
            kind: DependencyKind::LoadBalancerOnTier,
            user: it.clone(),
            user_zones: facts.load_balancers.get(it)?.zones.clone(),
            on: group.clone(),
            zones: tier.zones.clone(),
            zonal: Value::Known(false),
        })
    });
    let stores = tier.data_stores.iter().map(|it| Dependency {
        kind: DependencyKind::TierOnDataStore,
        user: group.clone(),
        user_zones: tier.zones.clone(),
        on: it.resource.clone(),
        zones: it.zones.clone(),
        zonal: facts.data_stores.get(&it.resource).map_or(Value::Known(false), |it| it.singleton.clone()),
    });
    let endpoints = endpoints.iter().filter_map(|it| {
        let zones = &facts.vpc_endpoints.get(&it.meta.key)?.zones;
        Some(Dependency {
            kind: DependencyKind::TierOnEndpoint,
            user: group.clone(),
            user_zones: tier.zones.clone(),
            on: it.meta.key.clone(),
            zones: zones.clone(),
            zonal: zones.spans(2).negate(),
        })
    });
    before.chain(stores).chain(endpoints)
}
