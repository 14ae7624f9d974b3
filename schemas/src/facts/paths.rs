//! How the requests of load balancers get to their targets, and what keeps them from it.

use serde::{Deserialize, Serialize};

use crate::{Key, Protocol, Value};

/// A load balancer's way to one of its targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TargetPath {
    pub load_balancer: Key,
    /// An instance, Auto Scaling group or service.
    pub target: Key,
    /// The first of the target's subnets that is exposed, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposed_subnet: Option<Key>,
    /// The ports on which the target is reached.
    pub ports: Value<Vec<ReachedPort>>,
    /// Whether no security group filters the load balancer's traffic and the target sees the addresses of clients:
    /// the target's security groups then have nobody else to admit.
    pub from_clients: Value<bool>,
    /// What keeps requests from leaving the load balancer; absent: nothing does.
    pub held_back: Value<Option<Barrier>>,
    /// What keeps requests from arriving at the target; absent: nothing does.
    pub kept_out: Value<Option<Barrier>>,
}

/// What refuses requests to a port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Barrier {
    pub port: ReachedPort,
    /// The network ACL that refuses them; absent: none of the security groups at this end has a rule for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_acl: Option<AclInSubnet>,
}

/// A network ACL where it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AclInSubnet {
    pub network_acl: Key,
    pub subnet: Key,
}

/// A port on which a target is reached, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ReachedPort {
    pub purpose: Purpose,
    pub protocol: Protocol,
    pub port: u16,
}

/// What a target is reached for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    Traffic,
    HealthCheck,
}
