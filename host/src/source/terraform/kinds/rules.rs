//! Routes and the rules of security groups, in their table or group and as resources of their own.

use archlint_schema::{
    Destination, Key, Peer, Reason, Route, RouteTarget, SecurityGroupRule, TargetKind, Value,
};

use super::kind_of;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required};

/// The routes that a route table holds itself.
pub(super) fn routes(it: &mut Properties<'_>) -> Value<Vec<Route>> {
    let nodes = match it.list("route", "routes") {
        Value::Known(nodes) => nodes,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return Value::Unknown(Reason::Computed.into()),
    };
    let mut routes = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        it.mark(&format!("routes[{at}]"), node);
        routes.push(route(it, &format!("routes[{at}]."), |name| {
            node.field(
                name.strip_prefix("destination_").filter(|it| it.ends_with("cidr_block")).unwrap_or(name),
            )
        }));
    }
    Value::Known(routes)
}

/// A route by the attributes of `aws_route`. `path` is what the paths of its parts begin with.
pub(super) fn route(it: &mut Properties<'_>, path: &str, field: impl Fn(&str) -> Node) -> Route {
    Route {
        destination: destination(it, path, &field),
        target: target(it, path, &field),
        blackhole: Value::Known(false),
        propagated: false,
    }
}

fn destination(it: &mut Properties<'_>, path: &str, field: &impl Fn(&str) -> Node) -> Value<Destination> {
    let path = format!("{path}destination");
    let list = field("destination_prefix_list_id");
    if list.value != Evaluated::Absent {
        it.mark(&path, &list);
        return required(it.edge_of(&list), "destination_prefix_list_id").map(Destination::PrefixList);
    }
    let ipv6 = field("destination_ipv6_cidr_block");
    if ipv6.value != Evaluated::Absent {
        it.mark(&path, &ipv6);
        return required(ipv6.text(), "destination_ipv6_cidr_block").map(Destination::Ipv6);
    }
    let ipv4 = field("destination_cidr_block");
    it.mark(&path, &ipv4);
    required(ipv4.text(), "destination_cidr_block").map(Destination::Ipv4)
}

fn target(it: &mut Properties<'_>, path: &str, field: &impl Fn(&str) -> Node) -> Value<RouteTarget> {
    const TARGETS: &[(&str, TargetKind)] = &[
        ("nat_gateway_id", TargetKind::NatGateway),
        ("instance_id", TargetKind::Instance),
        ("network_interface_id", TargetKind::NetworkInterface),
        ("transit_gateway_id", TargetKind::TransitGateway),
        ("vpc_peering_connection_id", TargetKind::VpcPeering),
        ("vpc_endpoint_id", TargetKind::VpcEndpoint),
        ("egress_only_gateway_id", TargetKind::EgressOnlyInternetGateway),
        ("carrier_gateway_id", TargetKind::CarrierGateway),
        ("local_gateway_id", TargetKind::LocalGateway),
        ("core_network_arn", TargetKind::CoreNetwork),
    ];
    let path = format!("{path}target");
    for (name, kind) in TARGETS {
        let node = field(name);
        if node.value != Evaluated::Absent {
            it.mark(&path, &node);
            let resource = required(it.edge_of(&node), name);
            return Value::Known(RouteTarget { kind: *kind, resource });
        }
    }
    let gateway = field("gateway_id");
    it.mark(&path, &gateway);
    let resource = required(it.edge_of(&gateway), "gateway_id");
    let kind = match &gateway.value {
        Evaluated::Edge(key) => gateway_kind(key),
        Evaluated::Text(id) => gateway_kind_of_id(id),
        _ => None,
    };
    match (kind, resource) {
        (Some(kind), resource) => Value::Known(RouteTarget { kind, resource }),
        (None, Value::Unknown(why)) => Value::Unknown(why),
        (None, Value::Known(key)) => Value::unknown(Reason::Computed, key.as_str()),
        (None, Value::OneOf(_)) => Value::Unknown(Reason::Computed.into()),
    }
}

fn gateway_kind(key: &Key) -> Option<TargetKind> {
    Some(match kind_of(key).as_str() {
        "aws_internet_gateway" => TargetKind::InternetGateway,
        "aws_vpn_gateway" => TargetKind::VpnGateway,
        "aws_vpc_endpoint" => TargetKind::VpcEndpoint,
        _ => return None,
    })
}

fn gateway_kind_of_id(id: &str) -> Option<TargetKind> {
    Some(match id.split('-').next()? {
        "igw" => TargetKind::InternetGateway,
        "vgw" => TargetKind::VpnGateway,
        "vpce" => TargetKind::VpcEndpoint,
        "local" => TargetKind::Local,
        _ => return None,
    })
}

/// The rules that a security group holds itself: one per peer of each block.
pub(super) fn security_group_rules(it: &mut Properties<'_>, name: &str) -> Value<Vec<SecurityGroupRule>> {
    let nodes = match it.list(name, name) {
        Value::Known(nodes) => nodes,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return Value::Unknown(Reason::Computed.into()),
    };
    let mut rules = Vec::new();
    for node in &nodes {
        let own = it.declaration().key();
        for rule in rules_of(it, &own, |name| node.field(name)) {
            it.mark(&format!("{name}[{}]", rules.len()), node);
            rules.push(rule);
        }
    }
    Value::Known(rules)
}

/// The rules of a block, or of an `aws_security_group_rule`: lists of peers, one rule for each. `group` is the
/// group that `self` means.
pub(super) fn rules_of(
    it: &mut Properties<'_>,
    group: &Key,
    field: impl Fn(&str) -> Node,
) -> Vec<SecurityGroupRule> {
    let mut peers: Vec<Value<Peer>> = Vec::new();
    let mut add =
        |it: &mut Properties<'_>, name: &str, peer: &dyn Fn(&mut Properties<'_>, &Node) -> Value<Peer>| {
            match field(name).items() {
                Value::Known(items) => peers.extend(items.iter().map(|item| peer(it, item))),
                Value::Unknown(why) => peers.push(Value::Unknown(why)),
                Value::OneOf(_) => peers.push(Value::Unknown(Reason::Computed.into())),
            }
        };
    add(it, "cidr_blocks", &|_, node| required(node.text(), "cidr_blocks").map(Peer::Ipv4));
    add(it, "ipv6_cidr_blocks", &|_, node| required(node.text(), "ipv6_cidr_blocks").map(Peer::Ipv6));
    let group_peer = |it: &mut Properties<'_>, node: &Node| {
        required(it.edge_of(node), "security_groups").map(Peer::SecurityGroup)
    };
    add(it, "security_groups", &group_peer);
    add(it, "source_security_group_id", &group_peer);
    add(it, "prefix_list_ids", &|it, node| {
        required(it.edge_of(node), "prefix_list_ids").map(Peer::PrefixList)
    });
    if field("self").text() == Value::Known(Some("true".to_owned())) {
        peers.push(Value::Known(Peer::SecurityGroup(group.clone())));
    }
    let (protocol, from_port, to_port) = ports(&field, "protocol");
    let rule = |peer| SecurityGroupRule {
        protocol: protocol.clone(),
        from_port: from_port.clone(),
        to_port: to_port.clone(),
        peer,
    };
    peers.into_iter().map(rule).collect()
}

/// The rule of an `aws_vpc_security_group_ingress_rule` or its egress twin: one peer.
pub(super) fn single_rule(it: &mut Properties<'_>, field: impl Fn(&str) -> Node) -> SecurityGroupRule {
    let is_there = |name: &&str| field(name).value != Evaluated::Absent;
    let names = ["cidr_ipv4", "cidr_ipv6", "referenced_security_group_id", "prefix_list_id"];
    let peer = match names.into_iter().find(is_there) {
        Some(name @ "cidr_ipv4") => required(field(name).text(), name).map(Peer::Ipv4),
        Some(name @ "cidr_ipv6") => required(field(name).text(), name).map(Peer::Ipv6),
        Some(name @ "prefix_list_id") => required(it.edge_of(&field(name)), name).map(Peer::PrefixList),
        Some(name) => required(it.edge_of(&field(name)), name).map(Peer::SecurityGroup),
        None => Value::unknown(Reason::NotCollected, "the rule names no peer"),
    };
    let (protocol, from_port, to_port) = ports(&field, "ip_protocol");
    SecurityGroupRule { protocol, from_port, to_port, peer }
}

type Ports = (Value<String>, Value<Option<i64>>, Value<Option<i64>>);

/// Protocol and ports; with all protocols, Terraform has the ports 0 to 0 for all of them.
fn ports(field: &impl Fn(&str) -> Node, protocol: &str) -> Ports {
    let protocol = field(protocol).text().map(|it| match it.as_deref() {
        None | Some("all") => "-1".to_owned(),
        Some(it) => crate::source::formats::protocol(it),
    });
    let is_all = protocol.known().is_some_and(|it| it == "-1");
    let port = |name: &str| match field(name).text() {
        _ if is_all => Value::Known(None),
        Value::Known(Some(port)) => port.parse().map_or_else(
            |_| Value::unknown(Reason::Computed, format!("`{port}`")),
            |port| Value::Known(Some(port)),
        ),
        Value::Known(None) => Value::Known(None),
        Value::Unknown(why) => Value::Unknown(why),
        Value::OneOf(_) => Value::Unknown(Reason::Computed.into()),
    };
    (protocol, port("from_port"), port("to_port"))
}
