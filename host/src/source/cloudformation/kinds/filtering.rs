//! What filters traffic: security groups and network ACLs.

use archlint_schema::{
    InstanceConnectEndpoint, NetworkAcl, NetworkAclEntry, Peer, Reason, Resources, SecurityGroup,
    SecurityGroupRule, Value,
};

use crate::source::formats::protocol;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, whole_number};

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
        ingress: rules(it, "SecurityGroupIngress", "ingress"),
        egress: rules(it, "SecurityGroupEgress", "egress"),
    }
}

fn rules(it: &mut Properties<'_>, property: &str, path: &str) -> Value<Vec<SecurityGroupRule>> {
    let nodes = match it.list(property, path) {
        Value::Known(nodes) => nodes,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return Value::Unknown(Reason::Parameter.into()),
    };
    let mut rules = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        it.mark(&format!("{path}[{at}]"), node);
        rules.push(security_group_rule(it, |name| node.field(name)));
    }
    Value::Known(rules)
}

/// A rule, within its group or a resource of its own.
pub(super) fn security_group_rule(
    it: &mut Properties<'_>,
    field: impl Fn(&str) -> Node,
) -> SecurityGroupRule {
    SecurityGroupRule {
        protocol: field("IpProtocol").text().map(|it| protocol(it.as_deref().unwrap_or("-1"))),
        from_port: whole_number(&field("FromPort")),
        to_port: whole_number(&field("ToPort")),
        peer: peer(it, field),
    }
}

fn peer(it: &mut Properties<'_>, field: impl Fn(&str) -> Node) -> Value<Peer> {
    if field("CidrIp").value != Evaluated::Absent {
        return required(field("CidrIp").text(), "CidrIp").map(Peer::Ipv4);
    }
    if field("CidrIpv6").value != Evaluated::Absent {
        return required(field("CidrIpv6").text(), "CidrIpv6").map(Peer::Ipv6);
    }
    for name in ["SourceSecurityGroupId", "DestinationSecurityGroupId", "SourceSecurityGroupName"] {
        if field(name).value != Evaluated::Absent {
            return required(it.edge_of(&field(name)), name).map(Peer::SecurityGroup);
        }
    }
    for name in ["SourcePrefixListId", "DestinationPrefixListId"] {
        if field(name).value != Evaluated::Absent {
            return required(it.edge_of(&field(name)), name).map(Peer::PrefixList);
        }
    }
    Value::unknown(Reason::NotCollected, "the rule names no peer")
}

fn network_acl(it: &mut Properties<'_>) -> NetworkAcl {
    NetworkAcl {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        is_default: Value::Known(false),
        entries: Value::Known(Vec::new()),
        subnets: Value::Known(Vec::new()),
    }
}

pub(super) fn network_acl_entry(it: &mut Properties<'_>) -> NetworkAclEntry {
    let cidr = if it.has("Ipv6CidrBlock") { "Ipv6CidrBlock" } else { "CidrBlock" };
    let action = required(it.text("RuleAction", "allow"), "RuleAction");
    NetworkAclEntry {
        number: required(it.integer("RuleNumber", "number"), "RuleNumber"),
        egress: it.boolean_or("Egress", "egress", false),
        allow: action.map(|it| it.eq_ignore_ascii_case("allow")),
        protocol: it.text_or("Protocol", "protocol", "-1").map(|it| protocol(&it)),
        from_port: it.integer("PortRange.From", "from_port"),
        to_port: it.integer("PortRange.To", "to_port"),
        cidr: required(it.text(cidr, "cidr"), cidr),
    }
}

fn instance_connect_endpoint(it: &mut Properties<'_>) -> InstanceConnectEndpoint {
    InstanceConnectEndpoint {
        meta: it.meta(None),
        subnet: it.required_edge("SubnetId", "subnet"),
        security_groups: it.edges("SecurityGroupIds", "security_groups"),
    }
}
