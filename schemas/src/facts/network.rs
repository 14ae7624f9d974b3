//! What is derived about VPCs, subnets and their routes.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{BlockPublicAccessMode, Key, KeySet, Reason, ServiceTraffic, Unknown, Value, ZoneSet};

/// Who can reach a subnet from the internet by its routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// A default route leads to an internet gateway, directly or through an inspection endpoint.
    Public,
    /// Some routes lead to an internet gateway, but they do not cover the default.
    Partial,
    Private,
}

/// Where a subnet's default traffic leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Egress {
    pub kind: EgressKind,
    /// The gateway, instance, interface or endpoint, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Key>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EgressKind {
    Public,
    NatGateway,
    NatInstance,
    EgressOnlyInternetGateway,
    TransitGateway,
    VpnGateway,
    /// A firewall or Gateway Load Balancer endpoint.
    Inspection,
    /// An interface that is no NAT instance's, or another target.
    Other,
    None,
}

/// What holds in a subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SubnetFacts {
    /// The table whose routes hold in the subnet; absent: the implicit main table of a VPC that the source
    /// creates, with local routes only.
    pub route_table: Value<Option<Key>>,
    /// `pub4`: the IPv4 default leads to an internet gateway.
    pub public_ipv4: Value<bool>,
    /// `pub6`: likewise for IPv6, in a subnet that has an IPv6 CIDR.
    pub public_ipv6: Value<bool>,
    /// The default leads through an inspection endpoint, and the internet gateway routes back through it.
    pub via_inspection: Value<bool>,
    pub exposure: Value<Exposure>,
    /// VPC Block Public Access as it applies here, after exclusions.
    pub block_public_access: Value<BlockPublicAccessMode>,
    /// From the IPv4 default.
    pub egress: Value<Egress>,
    pub egress_ipv6: Value<Egress>,
    /// What runs in the subnet: instances, groups, services, functions, databases; no NAT instances.
    /// Open where something may run there that cannot be told: its subnets or its tags are unknown, or a list is partial.
    pub workload: KeySet,
    /// Whether no other stack can put something there: only a live listing can say so.
    #[serde(default)]
    pub workload_closed: bool,
    /// The network ACL that filters its traffic; absent: the default one of a VPC that the source creates, which
    /// admits everything.
    #[serde(default)]
    pub network_acl: Value<Option<Key>>,
    /// Endpoints by which it reaches services of AWS: gateway endpoints of its route table, and interface endpoints
    /// with private DNS in its VPC.
    #[serde(default)]
    pub endpoints: KeySet,
    /// Attachments of a transit gateway that have an interface here.
    #[serde(default)]
    pub transit_gateway_attachments: Vec<Key>,
}

impl SubnetFacts {
    /// Whether a default route leads to an internet gateway.
    pub fn is_public(&self) -> Value<bool> {
        self.exposure.is(|it| *it == Exposure::Public)
    }

    /// Whether its default traffic leaves to networks of its owner, over a transit or VPN gateway.
    pub fn leaves_privately(&self) -> Value<bool> {
        self.egress.is(|it| matches!(it.kind, EgressKind::TransitGateway | EgressKind::VpnGateway))
    }

    /// Whether the internet can reach it by some route.
    pub fn is_exposed(&self) -> Value<bool> {
        self.exposure.is(|it| *it != Exposure::Private)
    }

    /// Whether Block Public Access keeps traffic from the internet out.
    pub fn ingress_blocked(&self) -> Value<bool> {
        self.block_public_access.is(|it| *it != BlockPublicAccessMode::Off)
    }

    /// Whether something runs in the subnet; unknown where nothing in sight does, and the source does not see all.
    pub fn has_workload(&self) -> Value<bool> {
        let seen = self.workload.is_empty().negate();
        if seen.is_false() && !self.workload_closed {
            return Value::unknown(Reason::NotCollected, "what other stacks run in the subnet");
        }
        seen
    }
}

/// What a route table does, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RouteTableFacts {
    /// Whether it is its VPC's main table.
    pub main: Value<bool>,
    /// Whether its IPv4 default leads to an internet gateway.
    pub public_ipv4: Value<bool>,
    /// Whether its IPv6 default does.
    pub public_ipv6: Value<bool>,
    /// Subnets that are associated with it explicitly.
    pub subnets: Vec<Key>,
    /// Subnets in which it holds because it is the main table.
    pub implicit_subnets: Vec<Key>,
    /// Those of all its subnets in which something runs.
    #[serde(default)]
    pub workload_subnets: Vec<Key>,
    /// Gateways whose incoming traffic it routes.
    pub gateways: Vec<Key>,
    /// Routes that lead nowhere.
    pub dead_routes: Vec<DeadRoute>,
    /// Routes to what should be in sight and is not, so that nobody knows whether they lead anywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen_targets: Vec<UnseenTarget>,
    /// How traffic of each of its subnets gets to each service that has gateway endpoints.
    #[serde(default)]
    pub service_traffic: Vec<ServiceTraffic>,
    /// Why a subnet that is not in sight may send such traffic by it to what passes it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen_traffic: Option<Unknown>,
}

impl RouteTableFacts {
    /// Whether a default route of it leads to an internet gateway.
    pub fn is_public(&self) -> Value<bool> {
        self.public_ipv4.clone().or(self.public_ipv6.clone())
    }

    /// Every subnet in which it holds.
    pub fn all_subnets(&self) -> impl Iterator<Item = &Key> {
        self.subnets.iter().chain(&self.implicit_subnets)
    }
}

/// A route to something that is not in sight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct UnseenTarget {
    /// Its position among the routes of the table.
    pub at: usize,
    pub why: Unknown,
}

/// A route that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DeadRoute {
    /// Its position among the routes of the table.
    pub at: usize,
    pub why: DeadReason,
    /// Whether it is for every address of IPv4 or IPv6.
    pub is_default: bool,
}

/// Why a route leads nowhere.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DeadReason {
    /// AWS reports it as a blackhole.
    Blackhole,
    /// The target does not exist.
    Missing,
    /// The gateway is not attached to the VPC.
    Unattached,
    /// The target failed, or is being deleted or terminated.
    Gone,
}

/// As a message says it of the target.
impl fmt::Display for DeadReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blackhole => "which is a blackhole",
            Self::Missing => "which does not exist",
            Self::Unattached => "which is not attached to this VPC",
            Self::Gone => "which has failed or is gone",
        })
    }
}

/// What a VPC holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct VpcFacts {
    pub subnets: Vec<Key>,
    /// The zones of all its subnets.
    pub zones: ZoneSet,
    /// What runs in it; open where something runs in unknown subnets, which may be its own.
    pub workload: KeySet,
    /// The zones of its subnets in which something runs; open as `workload` is.
    pub workload_zones: ZoneSet,
    /// Whether the source saw all that it holds: it creates the VPC, or listed everything.
    pub closed: bool,
    /// Whether what runs in it is all in sight: only a live listing can say so.
    #[serde(default)]
    pub workload_closed: bool,
    /// What in it depends on what: load balancers on tiers, tiers on data stores and on interface endpoints.
    #[serde(default)]
    pub dependencies: Vec<Dependency>,
}

/// Something in a VPC that depends on another, and where the two are. A tier is named by its security group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Dependency {
    pub kind: DependencyKind,
    pub user: Key,
    pub user_zones: ZoneSet,
    pub on: Key,
    pub zones: ZoneSet,
    /// Whether what it depends on works in one Availability Zone only.
    pub zonal: Value<bool>,
}

/// What depends on what.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DependencyKind {
    LoadBalancerOnTier,
    TierOnDataStore,
    /// By the private name of a service, which all of a VPC resolves to the endpoint.
    TierOnEndpoint,
}

impl Dependency {
    /// Whether the two have no Availability Zone in common.
    pub fn is_apart(&self) -> Value<bool> {
        let is_nowhere = |it: &ZoneSet| it.members.is_empty() && it.open.is_none();
        let either = is_nowhere(&self.user_zones) || is_nowhere(&self.zones);
        Value::Known(!either).and(self.user_zones.meets(&self.zones).negate())
    }

    /// Whether what spans Availability Zones depends on what is in one.
    pub fn is_narrow(&self) -> Value<bool> {
        self.zonal.clone().and(self.user_zones.spans(2))
    }
}

/// Where an endpoint stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct VpcEndpointFacts {
    /// The zones of its interfaces; none for a gateway endpoint.
    pub zones: ZoneSet,
}
