//! How traffic gets to the services that have gateway endpoints: by an endpoint, or through NAT.

use archlint_schema::{
    Egress, EgressKind, Facts, GatewayService, Key, Resource, Route, RouteTable, ServiceTraffic, Subnet,
    SubnetFacts, TargetKind, Unknown, Value, VpcEndpoint,
};

use super::index::Index;
use super::{Because, Step};

/// Adds to what is derived about each route table.
pub(crate) fn add(index: &Index<'_>, facts: &mut Facts, because: &mut Because) {
    for table in index.all::<RouteTable>() {
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
                let used = used(index, of_subnet, service);
                traffic.push(ServiceTraffic { subnet: subnet.clone(), service, through, used });
            }
        }
        because.record(key, "service_traffic", chain);
        of_table.service_traffic = traffic;
        of_table.unseen_traffic = index.is_partial(Subnet::KIND).filter(|_| may_pass_on(table)).cloned();
    }
}

/// What carries a subnet's traffic to a service, where no endpoint does.
fn through(
    index: &Index<'_>,
    table: &RouteTable,
    subnet: &SubnetFacts,
    service: GatewayService,
) -> Result<Option<Egress>, Unknown> {
    use EgressKind::{Inspection, NatGateway, NatInstance, TransitGateway};
    if !may_pass_on(table) {
        return Ok(None);
    }
    let egress = subnet.egress.decided()?;
    if !matches!(egress.kind, NatGateway | NatInstance | Inspection | TransitGateway)
        || *subnet.endpoints.any(|it| serves(index, it, service)).decided()?
    {
        return Ok(None);
    }
    Ok(Some(egress.clone()))
}

/// Whether something runs in a subnet that does not say that it does without a service. Where nothing says that anything
/// runs, what another stack may put there is for that one to answer for.
fn used(index: &Index<'_>, subnet: &SubnetFacts, service: GatewayService) -> Value<bool> {
    let tag = format!("archlint:no-{}", service.name());
    let does_without =
        |it: &Key| index.meta(it).map_or(Value::Known(false), |it| it.tag(&tag).is(Option::is_some));
    subnet.workload.any(|it| does_without(it).negate())
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
