//! What filters traffic: security groups and network ACLs.

use archlint_schema::{
    InstanceConnectEndpoint, NetworkAcl, NetworkAclEntry, Peer, Resources, SecurityGroup, SecurityGroupRule,
    Value,
};

use super::always::always_edges;
use super::{named, not_collected};
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, truth, whole_number};

/// The number of the entry that every network ACL ends with, for either family of addresses: it denies the rest.
const LAST_ENTRIES: [i64; 2] = [32767, 32768];

/// Adds a resource of a kind that filters traffic; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::EC2::SecurityGroup" => all.security_groups.push(security_group(it)),
        "AWS::EC2::NetworkAcl" => all.network_acls.push(network_acl(it)),
        "AWS::EC2::InstanceConnectEndpoint" => {
            all.instance_connect_endpoints.push(instance_connect_endpoint(it));
        }
        _ => return false,
    }
    true
}

fn security_group(it: &mut Properties<'_>) -> SecurityGroup {
    SecurityGroup {
        meta: it.meta(Some("GroupName")),
        vpc: it.edge("VpcId", "vpc"),
        ingress: rules(it, &["IpPermissions", "SecurityGroupIngress"], "ingress"),
        egress: rules(it, &["IpPermissionsEgress", "SecurityGroupEgress"], "egress"),
    }
}

/// One rule per peer: AWS gathers the peers of the same ports in one permission.
fn rules(it: &mut Properties<'_>, names: &[&str], path: &str) -> Value<Vec<SecurityGroupRule>> {
    let property = named(it, names);
    let permissions = match it.list(property, path) {
        _ if !it.has(property) => return not_collected(names[0]),
        Value::Known(permissions) => permissions,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return not_collected(property),
    };
    let mut rules = Vec::new();
    for permission in &permissions {
        for peer in peers(it, permission) {
            it.mark(&format!("{path}[{}]", rules.len()), permission);
            rules.push(rule(permission, peer));
        }
    }
    Value::Known(rules)
}

fn rule(permission: &Node, peer: Value<Peer>) -> SecurityGroupRule {
    let protocol = permission.field("IpProtocol").text().map(|it| it.unwrap_or_else(|| "-1".to_owned()));
    let is_all = protocol.known().is_some_and(|it| it == "-1");
    let port = |name: &str| match whole_number(&permission.field(name)) {
        _ if is_all => Value::Known(None),
        // What Terraform writes where a template writes nothing.
        Value::Known(Some(-1)) if protocol.known().is_some_and(|it| it == "tcp" || it == "udp") => {
            Value::Known(None)
        }
        port => port,
    };
    SecurityGroupRule { from_port: port("FromPort"), to_port: port("ToPort"), protocol, peer }
}

/// The peers of a permission, in any of its spellings: the call's lists, and the one peer of a template's rule.
fn peers(it: &mut Properties<'_>, permission: &Node) -> Vec<Value<Peer>> {
    let mut peers = Vec::new();
    let texts = |lists: &[(&str, &str)], one: &str| -> Vec<Value<String>> {
        // AWS Config has the same ranges twice, as objects and as they were once, as texts.
        let listed = lists.iter().map(|(list, name)| inner(permission, list, name));
        let listed = listed.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
        let own = Some(permission.field(one)).filter(|it| it.value != Evaluated::Absent);
        listed.iter().chain(&own).map(|it| required(it.text(), one)).collect()
    };
    let ipv4 = texts(&[("Ipv4Ranges", "CidrIp"), ("IpRanges", "CidrIp")], "CidrIp");
    peers.extend(ipv4.into_iter().map(|it| it.map(Peer::Ipv4)));
    let ipv6 = texts(&[("Ipv6Ranges", "CidrIpv6")], "CidrIpv6");
    peers.extend(ipv6.into_iter().map(|it| it.map(Peer::Ipv6)));
    let mut edges = |list: &str, name: &str, ones: &[&str], peer: fn(archlint_schema::Key) -> Peer| {
        let own = ones.iter().map(|it| permission.field(it)).filter(|it| it.value != Evaluated::Absent);
        let all: Vec<Node> = inner(permission, list, name).into_iter().chain(own).collect();
        peers.extend(all.iter().map(|node| required(it.edge_of(node), name).map(peer)));
    };
    edges(
        "UserIdGroupPairs",
        "GroupId",
        &["SourceSecurityGroupId", "DestinationSecurityGroupId"],
        Peer::SecurityGroup,
    );
    edges(
        "PrefixListIds",
        "PrefixListId",
        &["SourcePrefixListId", "DestinationPrefixListId"],
        Peer::PrefixList,
    );
    peers
}

/// Of each item of a list the field of a name, or the item itself where it is no object.
fn inner(node: &Node, list: &str, name: &str) -> Vec<Node> {
    let items = node.field(list).items();
    let value = |item: &Node| match &item.value {
        Evaluated::Object(_) => item.field(name),
        _ => item.clone(),
    };
    items.known().into_iter().flatten().map(value).collect()
}

fn network_acl(it: &mut Properties<'_>) -> NetworkAcl {
    NetworkAcl {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        is_default: required(it.boolean("IsDefault", "is_default"), "IsDefault"),
        entries: entries(it),
        subnets: always_edges(it, &[("Associations", "SubnetId")], "subnets"),
    }
}

fn entries(it: &mut Properties<'_>) -> Value<Vec<NetworkAclEntry>> {
    let nodes = match it.list("Entries", "entries") {
        _ if !it.has("Entries") => return not_collected("Entries"),
        Value::Known(nodes) => nodes,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return not_collected("Entries"),
    };
    let mut entries = Vec::new();
    for node in &nodes {
        let entry = entry(node);
        if entry.number.known().is_none_or(|it| !LAST_ENTRIES.contains(it)) {
            it.mark(&format!("entries[{}]", entries.len()), node);
            entries.push(entry);
        }
    }
    Value::Known(entries)
}

fn entry(node: &Node) -> NetworkAclEntry {
    let has_ipv6 = node.field("Ipv6CidrBlock").value != Evaluated::Absent;
    let cidr = if has_ipv6 { "Ipv6CidrBlock" } else { "CidrBlock" };
    let ports = node.field("PortRange");
    NetworkAclEntry {
        number: required(whole_number(&node.field("RuleNumber")), "RuleNumber"),
        egress: required(truth(&node.field("Egress")), "Egress"),
        allow: required(node.field("RuleAction").text(), "RuleAction")
            .map(|it| it.eq_ignore_ascii_case("allow")),
        protocol: required(node.field("Protocol").text(), "Protocol"),
        from_port: whole_number(&ports.field("From")),
        to_port: whole_number(&ports.field("To")),
        cidr: required(node.field(cidr).text(), cidr),
    }
}

fn instance_connect_endpoint(it: &mut Properties<'_>) -> InstanceConnectEndpoint {
    InstanceConnectEndpoint {
        meta: it.meta(None),
        subnet: it.required_edge("SubnetId", "subnet"),
        security_groups: always_edges(it, &[("SecurityGroupIds", "")], "security_groups"),
    }
}
