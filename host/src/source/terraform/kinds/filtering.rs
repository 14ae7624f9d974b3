//! What filters traffic: security groups and network ACLs.

use archlint_schema::{
    InstanceConnectEndpoint, NetworkAcl, NetworkAclEntry, Resources, SecurityGroup, Value,
};

use super::rules::security_group_rules;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, whole_number};

/// Adds a resource of a kind that filters traffic; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_security_group" | "aws_default_security_group" => all.security_groups.push(security_group(it)),
        "aws_network_acl" => all.network_acls.push(network_acl(it, "vpc_id", false)),
        "aws_default_network_acl" => {
            all.network_acls.push(network_acl(it, "default_network_acl_id", true));
        }
        "aws_ec2_instance_connect_endpoint" => {
            all.instance_connect_endpoints.push(instance_connect_endpoint(it));
        }
        _ => return false,
    }
    true
}

fn security_group(it: &mut Properties<'_>) -> SecurityGroup {
    SecurityGroup {
        meta: it.meta(Some("name")),
        vpc: it.edge("vpc_id", "vpc"),
        ingress: security_group_rules(it, "ingress"),
        egress: security_group_rules(it, "egress"),
    }
}

/// `vpc` is the attribute that leads to the VPC: of an adopted default ACL its own id does.
fn network_acl(it: &mut Properties<'_>, vpc: &str, is_default: bool) -> NetworkAcl {
    NetworkAcl {
        meta: it.meta(None),
        vpc: it.required_edge(vpc, "vpc"),
        is_default: Value::Known(is_default),
        entries: entries(it),
        subnets: it.edges("subnet_ids", "subnets"),
    }
}

/// The entries that the ACL holds itself, in two lists of blocks.
fn entries(it: &mut Properties<'_>) -> Value<Vec<NetworkAclEntry>> {
    let mut entries = Vec::new();
    for (name, egress) in [("ingress", false), ("egress", true)] {
        let blocks = match it.list(name, name).decided() {
            Ok(blocks) => blocks.clone(),
            Err(why) => return Value::Unknown(why),
        };
        for block in &blocks {
            it.mark(&format!("entries[{}]", entries.len()), block);
            let names = ["rule_no", "action"];
            entries.push(entry(|name| block.field(name), names, Value::Known(egress)));
        }
    }
    Value::Known(entries)
}

/// An entry that is a resource of its own.
pub(super) fn network_acl_rule(it: &mut Properties<'_>) -> NetworkAclEntry {
    let declaration = it.declaration();
    let egress = it.boolean_or("egress", "egress", false);
    entry(|name| declaration.property(name), ["rule_number", "rule_action"], egress)
}

/// `names` are those of the number and of the action, which differ between the two forms.
fn entry(field: impl Fn(&str) -> Node, names: [&str; 2], egress: Value<bool>) -> NetworkAclEntry {
    let has_ipv6 = field("ipv6_cidr_block").value != Evaluated::Absent;
    let cidr = if has_ipv6 { "ipv6_cidr_block" } else { "cidr_block" };
    let protocol = field("protocol").text().map(|it| number(it.as_deref().unwrap_or("-1")));
    NetworkAclEntry {
        number: required(whole_number(&field(names[0])), names[0]),
        egress,
        allow: required(field(names[1]).text(), names[1]).map(|it| it.eq_ignore_ascii_case("allow")),
        protocol,
        from_port: whole_number(&field("from_port")),
        to_port: whole_number(&field("to_port")),
        cidr: required(field(cidr).text(), cidr),
    }
}

/// Terraform takes names of protocols too.
fn number(protocol: &str) -> String {
    match protocol {
        "all" => "-1",
        "tcp" => "6",
        "udp" => "17",
        "icmp" => "1",
        other => return crate::source::formats::protocol(other),
    }
    .to_owned()
}

fn instance_connect_endpoint(it: &mut Properties<'_>) -> InstanceConnectEndpoint {
    InstanceConnectEndpoint {
        meta: it.meta(None),
        subnet: it.required_edge("subnet_id", "subnet"),
        security_groups: it.edges("security_group_ids", "security_groups"),
    }
}
