//! The kinds of resource, one struct each, in AWS's own words; AWS's defaults are filled in by the source.
//!
//! Names of the same thing in the four dialects: CloudFormation, Terraform, AWS Config, describe calls.

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
    /// Whether an AWS service owns it.
    #[serde(default)]
    pub managed: Value<bool>,
}

/// An EC2 instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Instance {
    pub meta: Meta,
    /// Absent where the instance names none and starts in the default VPC.
    #[serde(default)]
    pub subnet: Value<Option<Key>>,
    /// Where the instance names one itself.
    #[serde(default)]
    pub zone: Value<Option<Zone>>,
    /// Interfaces that are resources of their own.
    #[serde(default)]
    pub network_interfaces: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub image: Value<Option<String>>,
    #[serde(default)]
    pub instance_type: Value<Option<String>>,
    #[serde(default)]
    pub source_dest_check: Value<bool>,
    /// Absent: the subnet decides.
    #[serde(default)]
    pub associate_public_ip: Value<Option<bool>>,
}

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
    pub targets: Value<Vec<Target>>,
    #[serde(default)]
    pub protocol: Value<Option<String>>,
    #[serde(default)]
    pub port: Value<Option<i64>>,
    /// A port or `traffic-port`.
    #[serde(default)]
    pub health_check_port: Value<Option<String>>,
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

/// An Auto Scaling group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AutoScalingGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    /// Where it names zones and no subnets.
    #[serde(default)]
    pub zones: Value<Vec<Value<Zone>>>,
    #[serde(default)]
    pub min_size: Value<i64>,
    #[serde(default)]
    pub max_size: Value<i64>,
    #[serde(default)]
    pub desired_capacity: Value<Option<i64>>,
    #[serde(default)]
    pub target_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub classic_load_balancers: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub health_check_types: Value<Vec<String>>,
    /// Seconds.
    #[serde(default)]
    pub health_check_grace_period_s: Value<Option<i64>>,
    #[serde(default)]
    pub launch_template: Value<Option<Key>>,
    #[serde(default)]
    pub placement_group: Value<Option<String>>,
}

/// A launch template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LaunchTemplate {
    pub meta: Meta,
    #[serde(default)]
    pub image: Value<Option<String>>,
    #[serde(default)]
    pub instance_type: Value<Option<String>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub associate_public_ip: Value<Option<bool>>,
}

/// An RDS DB instance, or a member of an Aurora cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DbInstance {
    pub meta: Meta,
    /// Absent where a snapshot or a source instance decides.
    #[serde(default)]
    pub engine: Value<Option<String>>,
    #[serde(default)]
    pub multi_az: Value<bool>,
    #[serde(default)]
    pub cluster: Value<Option<Key>>,
    #[serde(default)]
    pub replica_of: Value<Option<Key>>,
    #[serde(default)]
    pub zone: Value<Option<Zone>>,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    #[serde(default)]
    pub instance_class: Value<Option<String>>,
    /// Absent: the subnet group decides.
    #[serde(default)]
    pub publicly_accessible: Value<Option<bool>>,
    /// Days.
    #[serde(default)]
    pub backup_retention_days: Value<Option<i64>>,
    /// Whether it runs on an Outpost.
    #[serde(default)]
    pub outpost: Value<bool>,
}

/// An Aurora cluster or a Multi-AZ DB cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DbCluster {
    pub meta: Meta,
    #[serde(default)]
    pub engine: Value<Option<String>>,
    /// Set for a Multi-AZ DB cluster only.
    #[serde(default)]
    pub instance_class: Value<Option<String>>,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    /// Where its storage may be, not where its instances are.
    #[serde(default)]
    pub zones: Value<Vec<Value<Zone>>>,
    /// Days.
    #[serde(default)]
    pub backup_retention_days: Value<Option<i64>>,
}

/// The subnets in which RDS may place a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DbSubnetGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
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

/// A target registered by hand.
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
