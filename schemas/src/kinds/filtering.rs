//! What filters traffic: security groups and network ACLs.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value};

/// A security group with its rules folded in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SecurityGroup {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Option<Key>>,
    #[serde(default)]
    pub ingress: Value<Vec<SecurityGroupRule>>,
    #[serde(default)]
    pub egress: Value<Vec<SecurityGroupRule>>,
}

/// One permission of a security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SecurityGroupRule {
    /// `tcp`, `udp`, `icmp`, `-1` for all, or a number.
    pub protocol: Value<String>,
    /// Absent: all ports.
    pub from_port: Value<Option<i64>>,
    pub to_port: Value<Option<i64>>,
    pub peer: Value<Peer>,
}

/// Whom a security group rule admits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Peer {
    Ipv4(String),
    Ipv6(String),
    SecurityGroup(Key),
    PrefixList(Key),
}

/// A network ACL with its entries and subnets folded in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct NetworkAcl {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Key>,
    /// Whether it is the one that holds in subnets without an association.
    #[serde(default)]
    pub is_default: Value<bool>,
    /// Without the last entry, which denies what no other decides.
    #[serde(default)]
    pub entries: Value<Vec<NetworkAclEntry>>,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
}

/// One entry of a network ACL; the lowest number that matches decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct NetworkAclEntry {
    pub number: Value<i64>,
    pub egress: Value<bool>,
    pub allow: Value<bool>,
    /// `-1` for all, or a number: 6 is TCP, 17 is UDP, 1 is ICMP.
    pub protocol: Value<String>,
    /// Absent: all ports.
    pub from_port: Value<Option<i64>>,
    pub to_port: Value<Option<i64>>,
    /// An IPv4 or IPv6 CIDR.
    pub cidr: Value<String>,
}

/// An endpoint through which EC2 Instance Connect reaches private instances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct InstanceConnectEndpoint {
    pub meta: Meta,
    #[serde(default)]
    pub subnet: Value<Key>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
}
