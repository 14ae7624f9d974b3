//! The endpoints of a Network Firewall: one in each of its subnets, and one for each association.

use archlint_schema::{EndpointType, Firewall, Key, Meta, Value, VpcEndpoint};

/// The key of the endpoint in the i-th subnet. AWS does not promise that `EndpointIds` keeps the order of
/// `SubnetMappings`; templates rely on it, and so does this.
pub(crate) fn endpoint_key(firewall: &Key, at: usize) -> Key {
    Key::from(format!("{firewall}/endpoint-{at}"))
}

/// Those that a firewall places itself.
pub(crate) fn of(firewall: &Firewall) -> Vec<VpcEndpoint> {
    let own = Value::Known(firewall.meta.key.clone());
    let place = |(at, subnet): (usize, &Value<Key>)| {
        let label = format!("{} endpoint {at}", firewall.meta.label);
        let meta = Meta::new(endpoint_key(&firewall.meta.key, at), label);
        endpoint(meta, &own, firewall.vpc.clone(), subnet.clone())
    };
    firewall.subnets.known().into_iter().flatten().enumerate().map(place).collect()
}

/// An endpoint of a firewall: two are of the same service where they are of the same firewall.
pub(crate) fn endpoint(
    meta: Meta,
    firewall: &Value<Key>,
    vpc: Value<Key>,
    subnet: Value<Key>,
) -> VpcEndpoint {
    VpcEndpoint {
        meta,
        vpc,
        service: firewall.clone().map(|it| format!("firewall:{it}")),
        endpoint_type: Value::Known(EndpointType::GatewayLoadBalancer),
        subnets: Value::Known(vec![subnet]),
        route_tables: Value::Known(Vec::new()),
        security_groups: Value::Known(Vec::new()),
        private_dns: Value::Known(false),
    }
}
