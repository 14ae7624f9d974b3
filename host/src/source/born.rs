//! What AWS makes along with a VPC: its main route table, its default security group and its default network ACL. They
//! are there whether or not anything names them, so that what is written for one of them has something to belong to.
//! <https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html>

use std::collections::BTreeSet;

use archlint_schema::{
    Association, Key, Meta, NetworkAcl, NetworkAclEntry, Peer, RouteTable, SecurityGroup, SecurityGroupRule,
    Value, Vpc,
};

use super::built::Built;

/// Everywhere, in either family of addresses.
const EVERYWHERE: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// The number of a default network ACL's first entry in each direction; the one for IPv6 follows.
const FIRST_ENTRY: i64 = 100;

/// The key of the main route table that a VPC is born with.
pub(crate) fn main_route_table(vpc: &Key) -> Key {
    Key::from(format!("{vpc}/main-route-table"))
}

/// The key of the default security group of a VPC.
pub(crate) fn default_security_group(vpc: &Key) -> Key {
    Key::from(format!("{vpc}/default-security-group"))
}

/// The key of the default network ACL of a VPC.
pub(crate) fn default_network_acl(vpc: &Key) -> Key {
    Key::from(format!("{vpc}/default-network-acl"))
}

/// Whether a key is that of something that a VPC is born with: nobody wrote it.
pub(crate) fn is_born(key: &Key) -> bool {
    ["/main-route-table", "/default-security-group", "/default-network-acl"]
        .iter()
        .any(|end| key.as_str().ends_with(end))
}

/// Adds what every VPC in sight is born with, but for what a resource in sight has adopted. It stands where its VPC
/// stands.
pub(crate) fn add(built: &mut Built, adopted: &BTreeSet<Key>) {
    let all = &mut built.resources;
    for vpc in &all.vpcs {
        let key = &vpc.meta.key;
        let mut born = Vec::new();
        if !adopted.contains(&main_route_table(key)) {
            all.route_tables.push(route_table(vpc));
            born.push(main_route_table(key));
        }
        if !adopted.contains(&default_security_group(key)) {
            all.security_groups.push(security_group(vpc));
            born.push(default_security_group(key));
        }
        if !adopted.contains(&default_network_acl(key)) {
            all.network_acls.push(network_acl(vpc));
            born.push(default_network_acl(key));
        }
        if let Some(origin) = built.origins.get(key).cloned() {
            built.origins.extend(born.into_iter().map(|it| (it, origin.clone())));
        }
    }
}

/// Takes the role of the main table from the one that a VPC was born with where another has it by now.
pub(crate) fn settle_main_tables(built: &mut Built) {
    let tables = &mut built.resources.route_tables;
    let is_main =
        |it: &RouteTable| it.associations.known().is_some_and(|all| all.contains(&Association::Main));
    let replaced: BTreeSet<Key> = tables
        .iter()
        .filter(|it| is_main(it) && !is_born(&it.meta.key))
        .filter_map(|it| Some(main_route_table(it.vpc.known()?)))
        .collect();
    for table in tables.iter_mut().filter(|it| replaced.contains(&it.meta.key)) {
        table.associations = Value::Known(Vec::new());
    }
}

fn meta(key: Key, what: &str, vpc: &Vpc) -> Meta {
    Meta::new(key, format!("{what} of {}", vpc.meta.label))
}

fn route_table(vpc: &Vpc) -> RouteTable {
    RouteTable {
        meta: meta(main_route_table(&vpc.meta.key), "main route table", vpc),
        vpc: Value::Known(vpc.meta.key.clone()),
        routes: Value::Known(Vec::new()),
        associations: Value::Known(vec![Association::Main]),
        propagating_gateways: Value::Known(Vec::new()),
    }
}

/// Admits its own members, and lets out to everywhere.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html>
fn security_group(vpc: &Vpc) -> SecurityGroup {
    let key = default_security_group(&vpc.meta.key);
    let rule = |peer: Peer| SecurityGroupRule {
        protocol: Value::Known("-1".to_owned()),
        from_port: Value::Known(None),
        to_port: Value::Known(None),
        peer: Value::Known(peer),
    };
    SecurityGroup {
        meta: meta(key.clone(), "default security group", vpc),
        vpc: Value::Known(Some(vpc.meta.key.clone())),
        ingress: Value::Known(vec![rule(Peer::SecurityGroup(key))]),
        egress: Value::Known(vec![rule(Peer::Ipv4(EVERYWHERE[0].to_owned()))]),
    }
}

/// Allows everything in both directions. It holds in the subnets that nobody associates with another.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html>
fn network_acl(vpc: &Vpc) -> NetworkAcl {
    let entry = |egress: bool, at: usize| NetworkAclEntry {
        number: Value::Known(FIRST_ENTRY + i64::try_from(at).expect("there are two families")),
        egress: Value::Known(egress),
        allow: Value::Known(true),
        protocol: Value::Known("-1".to_owned()),
        from_port: Value::Known(None),
        to_port: Value::Known(None),
        cidr: Value::Known(EVERYWHERE[at].to_owned()),
    };
    let entries = [false, true].into_iter().flat_map(|egress| [entry(egress, 0), entry(egress, 1)]);
    NetworkAcl {
        meta: meta(default_network_acl(&vpc.meta.key), "default network ACL", vpc),
        vpc: Value::Known(vpc.meta.key.clone()),
        is_default: Value::Known(true),
        entries: Value::Known(entries.collect()),
        subnets: Value::Known(Vec::new()),
    }
}
