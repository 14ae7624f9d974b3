//! The routes and associations of a route table.

use archlint_schema::{Association, Destination, Route, RouteTarget, TargetKind, Value};

use super::not_collected;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required};

/// What a route may lead to, by the field that names it.
const TARGETS: &[(&str, TargetKind)] = &[
    ("NatGatewayId", TargetKind::NatGateway),
    ("TransitGatewayId", TargetKind::TransitGateway),
    ("VpcPeeringConnectionId", TargetKind::VpcPeering),
    ("VpcEndpointId", TargetKind::VpcEndpoint),
    ("EgressOnlyInternetGatewayId", TargetKind::EgressOnlyInternetGateway),
    ("CarrierGatewayId", TargetKind::CarrierGateway),
    ("LocalGatewayId", TargetKind::LocalGateway),
    ("CoreNetworkArn", TargetKind::CoreNetwork),
    ("InstanceId", TargetKind::Instance),
    // A route to an instance names the instance's interface too.
    ("NetworkInterfaceId", TargetKind::NetworkInterface),
];

/// The kind of a gateway by what its id begins with.
const GATEWAYS: &[(&str, TargetKind)] = &[
    ("igw-", TargetKind::InternetGateway),
    ("eigw-", TargetKind::EgressOnlyInternetGateway),
    ("vgw-", TargetKind::VpnGateway),
    ("vpce-", TargetKind::VpcEndpoint),
    ("cagw-", TargetKind::CarrierGateway),
    ("nat-", TargetKind::NatGateway),
    ("tgw-", TargetKind::TransitGateway),
    ("lgw-", TargetKind::LocalGateway),
    // What a Network Firewall placed in one of its subnets.
    ("endpoint-", TargetKind::VpcEndpoint),
];

/// The routes of a table, without those to the VPC itself.
pub(super) fn routes(it: &mut Properties<'_>) -> Value<Vec<Route>> {
    let nodes = match listed(it, "Routes", "routes") {
        Ok(nodes) => nodes,
        Err(unknown) => return unknown,
    };
    let mut routes = Vec::new();
    for node in nodes.iter().filter(|it| !is_implicit(it)) {
        it.mark(&format!("routes[{}]", routes.len()), node);
        routes.push(route(it, node));
    }
    Value::Known(routes)
}

/// A list that AWS always tells, or why it is not known.
fn listed<T>(it: &mut Properties<'_>, property: &str, path: &str) -> Result<Vec<Node>, Value<T>> {
    match it.list(property, path) {
        _ if !it.has(property) => Err(not_collected(property)),
        Value::Known(nodes) => Ok(nodes),
        Value::Unknown(why) => Err(Value::Unknown(why)),
        Value::OneOf(_) => Err(not_collected(property)),
    }
}

fn is_implicit(route: &Node) -> bool {
    let is = |name: &str, text: &str| route.field(name).text() == Value::Known(Some(text.to_owned()));
    is("GatewayId", "local") && !is("Origin", "CreateRoute")
}

fn route(it: &mut Properties<'_>, node: &Node) -> Route {
    let is = |name: &str, text: &str| {
        node.field(name).text().is(|it| it.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(text)))
    };
    Route {
        destination: destination(it, node),
        target: target(it, node),
        blackhole: is("State", "blackhole"),
        propagated: is("Origin", "EnableVgwRoutePropagation").is_true(),
    }
}

fn destination(it: &mut Properties<'_>, node: &Node) -> Value<Destination> {
    let list = node.field("DestinationPrefixListId");
    if list.value != Evaluated::Absent {
        return required(it.edge_of(&list), "DestinationPrefixListId").map(Destination::PrefixList);
    }
    let ipv6 = node.field("DestinationIpv6CidrBlock");
    if ipv6.value != Evaluated::Absent {
        return required(ipv6.text(), "DestinationIpv6CidrBlock").map(Destination::Ipv6);
    }
    required(node.field("DestinationCidrBlock").text(), "DestinationCidrBlock").map(Destination::Ipv4)
}

fn target(it: &mut Properties<'_>, node: &Node) -> Value<RouteTarget> {
    for (name, kind) in TARGETS {
        let end = node.field(name);
        if end.value != Evaluated::Absent {
            let resource = required(it.edge_of(&end), name);
            return Value::Known(RouteTarget { kind: *kind, resource });
        }
    }
    let gateway = node.field("GatewayId");
    if gateway.value == Evaluated::Absent {
        return not_collected("the target of the route");
    }
    let resource = required(it.edge_of(&gateway), "GatewayId");
    match gateway_kind(&gateway) {
        Some(kind) => Value::Known(RouteTarget { kind, resource }),
        None => not_collected("GatewayId"),
    }
}

fn gateway_kind(gateway: &Node) -> Option<TargetKind> {
    let id = match &gateway.value {
        // A key is an ARN that ends in the id, or the id.
        Evaluated::Edge(key) => key.as_str().rsplit('/').next()?,
        Evaluated::Text(id) => id,
        _ => return None,
    };
    if id == "local" {
        return Some(TargetKind::Local);
    }
    GATEWAYS.iter().find(|it| id.starts_with(it.0)).map(|it| it.1)
}

/// What a table serves. An association that is being taken away serves nothing any more.
pub(super) fn associations(it: &mut Properties<'_>) -> Value<Vec<Association>> {
    let nodes = match listed(it, "Associations", "associations") {
        Ok(nodes) => nodes,
        Err(unknown) => return unknown,
    };
    let is_there = |node: &&Node| {
        let state = node.field("AssociationState").field("State").text();
        state.known().is_none_or(|it| matches!(it.as_deref(), None | Some("associated" | "associating")))
    };
    let mut associations = Vec::new();
    for node in nodes.iter().filter(is_there) {
        it.mark(&format!("associations[{}]", associations.len()), node);
        associations.push(association(it, node));
    }
    Value::Known(associations)
}

fn association(it: &mut Properties<'_>, node: &Node) -> Association {
    let (subnet, gateway) = (node.field("SubnetId"), node.field("GatewayId"));
    if subnet.value != Evaluated::Absent {
        Association::Subnet(required(it.edge_of(&subnet), "SubnetId"))
    } else if gateway.value != Evaluated::Absent {
        Association::Gateway(required(it.edge_of(&gateway), "GatewayId"))
    } else {
        // Of the main table it says `Main` and nothing else.
        Association::Main
    }
}
