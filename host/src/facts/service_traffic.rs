//! How traffic gets to the services that have gateway endpoints: by an endpoint, or through NAT.

use archlint_schema::{
    EgressKind, Facts, GatewayService, Key, Reason, Route, RouteTable, ServiceTraffic, SubnetFacts,
    TargetKind, Unknown, Value, VpcEndpoint,
};

use super::index::Index;
use super::{Because, Step};

/// Adds to what is derived about each route table.
pub(crate) fn add(index: &Index<'_>, facts: &mut Facts, because: &mut Because) {
    for table in &index.snapshot.resources.route_tables {
        let key = &table.meta.key;
        let Some(of_table) = facts.route_tables.get_mut(key) else { continue };
        let mut traffic = Vec::new();
        let mut chain: Vec<Step> = Vec::new();
        for subnet in of_table.all_subnets() {
            let Some(of_subnet) = facts.subnets.get(subnet) else { continue };
            for service in GatewayService::ALL {
                let through = Value::of(through(index, table, of_subnet, service));
                if matches!(through, Value::Known(Some(_))) {
                    chain.extend(because.chain(subnet, "egress").unwrap_or_default().to_vec());
                }
                traffic.push(ServiceTraffic { subnet: subnet.clone(), service, through });
            }
        }
        because.record(key, "service_traffic", chain);
        of_table.service_traffic = traffic;
    }
}

/// What carries a subnet's traffic to a service, where no endpoint does.
fn through(
    index: &Index<'_>,
    table: &RouteTable,
    subnet: &SubnetFacts,
    service: GatewayService,
) -> Result<Option<Key>, Unknown> {
    if !may_pass_on(table) {
        return Ok(None);
    }
    let egress = subnet.egress.decided()?;
    let is_by_nat = match egress.kind {
        EgressKind::NatGateway | EgressKind::NatInstance | EgressKind::Inspection => true,
        EgressKind::TransitGateway => false,
        _ => return Ok(None),
    };
    if *subnet.endpoints.any(|it| serves(index, it, service)).decided()? {
        return Ok(None);
    }
    let tag = format!("archlint:no-{}", service.name());
    let does_without = |it: &Key| index.meta(it).is_some_and(|it| it.tag(&tag) != Value::Known(None));
    let is_used = subnet.workload.is_empty() || !subnet.workload.iter().all(does_without);
    if !is_used || !*subnet.has_workload().decided()? {
        return Ok(None);
    }
    match &egress.target {
        Some(target) if is_by_nat => Ok(Some(target.clone())),
        // Interface endpoints of another VPC may be shared over it, by a hosted zone that nobody sees.
        _ => Err(Unknown::new(Reason::NotCollected, "endpoints of other VPCs")),
    }
}

/// Whether an endpoint is for a service.
fn serves(index: &Index<'_>, endpoint: &Key, service: GatewayService) -> Value<bool> {
    let endpoint = index.get::<VpcEndpoint>(endpoint);
    let is_for = |it: &VpcEndpoint| it.service.is(|it| it.rsplit('.').next() == Some(service.name()));
    endpoint.map(is_for).unwrap_or_default()
}

/// Whether a route of the table may lead to what passes traffic on: NAT, a transit gateway, an inspection endpoint.
fn may_pass_on(table: &RouteTable) -> bool {
    use TargetKind::{Instance, NatGateway, NetworkInterface, TransitGateway, VpcEndpoint};
    let passes_on = |it: &Route| {
        it.target.is(|it| {
            matches!(it.kind, NatGateway | Instance | NetworkInterface | TransitGateway | VpcEndpoint)
        })
    };
    !table.routes.is(|all| all.iter().all(|it| passes_on(it).is_false())).is_true()
}
