//! Load balancers, their listeners and target groups.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value, Zone};

/// An Application, Network or Gateway Load Balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LoadBalancer {
    pub meta: Meta,
    #[serde(default)]
    pub load_balancer_type: Value<LoadBalancerType>,
    #[serde(default)]
    pub scheme: Value<Scheme>,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub ip_address_type: Value<IpAddressType>,
    #[serde(default)]
    pub cross_zone: Value<bool>,
}

/// A Classic Load Balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ClassicLoadBalancer {
    pub meta: Meta,
    #[serde(default)]
    pub scheme: Value<Scheme>,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    /// Of the EC2-Classic form, which names no subnets.
    #[serde(default)]
    pub zones: Value<Vec<Value<Zone>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub instances: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub cross_zone: Value<bool>,
    #[serde(default)]
    pub listeners: Value<Vec<ClassicListener>>,
    /// Absent: AWS checks a TCP connection to the port of the first listener.
    #[serde(default)]
    pub health_check_port: Value<Option<i64>>,
}

/// A target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TargetGroup {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Option<Key>>,
    #[serde(default)]
    pub target_type: Value<TargetType>,
    /// Registered one by one; groups and services attach themselves.
    #[serde(default)]
    pub targets: Value<Vec<RegisteredTarget>>,
    #[serde(default)]
    pub protocol: Value<Option<String>>,
    #[serde(default)]
    pub port: Value<Option<i64>>,
    /// A port or `traffic-port`; absent means the latter.
    #[serde(default)]
    pub health_check_port: Value<Option<String>>,
    #[serde(default)]
    pub health_check_protocol: Value<Option<String>>,
    /// Whether targets see the client's address; absent: the target type and the protocol decide.
    #[serde(default)]
    pub preserve_client_ip: Value<Option<bool>>,
    #[serde(default)]
    pub cross_zone: Value<CrossZone>,
}

/// A listener of an Application, Network or Gateway Load Balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Listener {
    pub meta: Meta,
    #[serde(default)]
    pub load_balancer: Value<Key>,
    #[serde(default)]
    pub protocol: Value<Option<String>>,
    #[serde(default)]
    pub port: Value<Option<i64>>,
    /// Of its default actions.
    #[serde(default)]
    pub target_groups: Value<Vec<WeightedTargetGroup>>,
}

/// A rule of a listener.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ListenerRule {
    pub meta: Meta,
    #[serde(default)]
    pub listener: Value<Key>,
    #[serde(default)]
    pub target_groups: Value<Vec<WeightedTargetGroup>>,
}

/// A target registered by hand, and the port it was registered with; absent: the target group's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RegisteredTarget {
    pub target: Target,
    #[serde(default = "no_port")]
    pub port: Value<Option<i64>>,
}

fn no_port() -> Value<Option<i64>> {
    Value::Known(None)
}

/// A listener of a Classic Load Balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ClassicListener {
    /// `HTTP`, `HTTPS`, `TCP` or `SSL`.
    pub protocol: Value<String>,
    pub port: Value<i64>,
    pub instance_port: Value<i64>,
}

/// What a target is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    Instance(Value<Key>),
    /// An address, and the zone it was registered with: `all` for one outside the VPC.
    Ip {
        address: Value<String>,
        zone: Value<Option<String>>,
    },
    Lambda(Value<Key>),
    Alb(Value<Key>),
}

/// A target group that an action forwards to; one of weight 0 receives nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct WeightedTargetGroup {
    pub target_group: Value<Key>,
    pub weight: Value<i64>,
}

#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LoadBalancerType {
    Application,
    Network,
    Gateway,
    Classic,
}

#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    InternetFacing,
    Internal,
}

#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum IpAddressType {
    Ipv4,
    Dualstack,
    DualstackWithoutPublicIpv4,
}

#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TargetType {
    Instance,
    Ip,
    Lambda,
    Alb,
}

/// A target group's own setting, or the load balancer's.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CrossZone {
    On,
    Off,
    LoadBalancer,
}
