//! The endpoints that a Network Firewall places, one in each of its subnets.

use archlint_schema::{EndpointType, Firewall, Key, Meta, Value, VpcEndpoint};

/// The key of the endpoint in the i-th subnet. AWS does not promise that `EndpointIds` keeps the order of
/// `SubnetMappings`; templates rely on it, and so does this.
pub(crate) fn endpoint_key(firewall: &Key, at: usize) -> Key {
    Key::from(format!("{firewall}/endpoint-{at}"))
}

pub(crate) fn of(firewall: &Firewall) -> Vec<VpcEndpoint> {
    let subnets = firewall.subnets.known().into_iter().flatten();
    let endpoint = |(at, subnet): (usize, &Value<Key>)| VpcEndpoint {
        meta: Meta::new(
            endpoint_key(&firewall.meta.key, at),
            format!("{} endpoint {at}", firewall.meta.label),
        ),
        vpc: firewall.vpc.clone(),
        service: Value::Known(format!("firewall:{}", firewall.meta.key)),
        endpoint_type: Value::Known(EndpointType::GatewayLoadBalancer),
        subnets: Value::Known(vec![subnet.clone()]),
        route_tables: Value::Known(Vec::new()),
        security_groups: Value::Known(Vec::new()),
        private_dns: Value::Known(false),
    };
    subnets.enumerate().map(endpoint).collect()
}
