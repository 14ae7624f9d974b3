//! The network: VPCs, subnets, routes, gateways, interfaces, endpoints.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value, Zone, ZoneKind};

/// A VPC. <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html>
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Vpc {
    pub meta: Meta,
    /// The primary IPv4 CIDR; absent where IPAM allots it.
    #[serde(default)]
    pub cidr: Value<Option<String>>,
    #[serde(default)]
    pub is_default: Value<bool>,
}

/// An internet gateway; an attachment may be a resource of its own in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct InternetGateway {
    pub meta: Meta,
    /// The VPCs it is attached to.
    #[serde(default)]
    pub attachments: Value<Vec<Value<Key>>>,
}

/// Lets IPv6 traffic out and none in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EgressOnlyInternetGateway {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Key>,
}

/// The internet gateway of Wavelength Zones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct CarrierGateway {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Key>,
}

/// A subnet. Whether it is public is a fact, not a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Subnet {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Key>,
    /// Unknown where AWS chooses it.
    #[serde(default)]
    pub zone: Value<Zone>,
    /// Where the source says it; else the zone's name tells.
    #[serde(default)]
    pub zone_kind: Value<ZoneKind>,
    /// The IPv4 CIDR; absent in an IPv6-only subnet.
    #[serde(default)]
    pub cidr: Value<Option<String>>,
    /// Whether it has an IPv6 CIDR, whatever its digits.
    #[serde(default)]
    pub has_ipv6: Value<bool>,
    #[serde(default)]
    pub map_public_ip_on_launch: Value<bool>,
    #[serde(default)]
    pub assign_ipv6_on_creation: Value<bool>,
    /// Known live only.
    #[serde(default)]
    pub free_addresses: Value<Option<u32>>,
}

/// A route table with its routes and associations folded in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RouteTable {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Key>,
    /// Without the implicit local routes of templates.
    #[serde(default)]
    pub routes: Value<Vec<Route>>,
    #[serde(default)]
    pub associations: Value<Vec<Association>>,
    /// Virtual private gateways whose routes are propagated into the table.
    #[serde(default)]
    pub propagating_gateways: Value<Vec<Value<Key>>>,
}

/// A managed prefix list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct PrefixList {
    pub meta: Meta,
    /// `com.amazonaws.<region>.s3` and the like for AWS's own.
    #[serde(default)]
    pub name: Value<Option<String>>,
    /// CIDRs.
    #[serde(default)]
    pub entries: Value<Vec<Value<String>>>,
}

/// A NAT gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct NatGateway {
    pub meta: Meta,
    /// Absent for a regional NAT gateway.
    #[serde(default)]
    pub subnet: Value<Option<Key>>,
    /// Set for a regional NAT gateway.
    #[serde(default)]
    pub vpc: Value<Option<Key>>,
    #[serde(default)]
    pub connectivity: Value<Connectivity>,
    #[serde(default)]
    pub availability: Value<NatAvailability>,
    /// Known live only.
    #[serde(default)]
    pub state: Value<Option<String>>,
}

/// An Elastic IP address with its association folded in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ElasticIp {
    pub meta: Meta,
    #[serde(default)]
    pub instance: Value<Option<Key>>,
    #[serde(default)]
    pub network_interface: Value<Option<Key>>,
}

/// An elastic network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct NetworkInterface {
    pub meta: Meta,
    #[serde(default)]
    pub subnet: Value<Key>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub source_dest_check: Value<bool>,
    /// The instance it is attached to.
    #[serde(default)]
    pub instance: Value<Option<Key>>,
    /// Whether it has IPv6 addresses of its own; absent: the subnet decides.
    #[serde(default)]
    pub ipv6: Value<Option<bool>>,
    /// The public IPv4 address; known live only.
    #[serde(default)]
    pub public_address: Value<Option<String>>,
    /// Whether an AWS service owns it.
    #[serde(default)]
    pub managed: Value<bool>,
}

/// A VPC endpoint; also the endpoint that a Network Firewall places in one subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct VpcEndpoint {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Key>,
    /// The service name; `firewall:<key>` for a Network Firewall's.
    #[serde(default)]
    pub service: Value<String>,
    #[serde(default)]
    pub endpoint_type: Value<EndpointType>,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    /// Of a gateway endpoint.
    #[serde(default)]
    pub route_tables: Value<Vec<Value<Key>>>,
    /// Of the interfaces of an interface endpoint.
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub private_dns: Value<bool>,
}

/// An AWS Network Firewall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Firewall {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Key>,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
}

/// VPC Block Public Access of the account and region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BlockPublicAccess {
    pub meta: Meta,
    #[serde(default)]
    pub mode: Value<BlockPublicAccessMode>,
}

/// A VPC or subnet that Block Public Access leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BlockPublicAccessExclusion {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Option<Key>>,
    #[serde(default)]
    pub subnet: Value<Option<Key>>,
    #[serde(default)]
    pub mode: Value<ExclusionMode>,
}

/// A route of a route table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Route {
    pub destination: Value<Destination>,
    pub target: Value<RouteTarget>,
    /// Whether AWS reports the route as a blackhole; known live only.
    #[serde(default = "no")]
    pub blackhole: Value<bool>,
    /// Whether it came from a virtual private gateway by propagation.
    #[serde(default)]
    pub propagated: bool,
}

fn no() -> Value<bool> {
    Value::Known(false)
}

/// Where a route's traffic is bound for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Destination {
    Ipv4(String),
    Ipv6(String),
    PrefixList(Key),
}

/// What a route leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RouteTarget {
    pub kind: TargetKind,
    pub resource: Value<Key>,
}

/// What a route table serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Association {
    Subnet(Value<Key>),
    /// A gateway's edge association, which routes what comes in.
    Gateway(Value<Key>),
    /// The table is the VPC's main one.
    Main,
}

/// Whether a NAT gateway faces the internet.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Connectivity {
    Public,
    Private,
}

/// Whether a NAT gateway stands in one zone. <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html>
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NatAvailability {
    Zonal,
    Regional,
}

/// The types of VPC endpoint; a Network Firewall's is a `GatewayLoadBalancer` endpoint.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub enum EndpointType {
    Gateway,
    Interface,
    GatewayLoadBalancer,
    Other,
}

/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BlockPublicAccessMode {
    Off,
    BlockIngress,
    BlockBidirectional,
}

/// What an exclusion from Block Public Access lets through.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExclusionMode {
    AllowBidirectional,
    AllowEgress,
}

/// What a route leads to.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TargetKind {
    Local,
    InternetGateway,
    EgressOnlyInternetGateway,
    CarrierGateway,
    VpnGateway,
    NatGateway,
    Instance,
    NetworkInterface,
    TransitGateway,
    VpcPeering,
    VpcEndpoint,
    LocalGateway,
    CoreNetwork,
}
