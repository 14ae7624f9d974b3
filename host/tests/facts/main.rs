//! What is derived from an architecture (rules.md 2), each case a few lines of a template.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

mod buckets;
mod compute;
mod data;
mod filtering;
mod lineage;
mod load_balancing;
mod network;
mod streaming;
mod traffic;

use archlint::facts::{self, Because, EnvironmentSettings};
use archlint::source::{self, SourceOptions};
use archlint_schema::{
    BlockPublicAccessMode, EgressKind, Exposure, Key, Reason, Snapshot, SubnetFacts, Value,
};

/// A VPC with an attached gateway, and one subnet with a table of its own whose routes a test adds.
const BASE: &str = "
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}}
  Rt: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Of: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref S, RouteTableId: !Ref Rt}}
";

/// The snapshot of a template with these resources, with what is derived from it.
fn derived(resources: &str) -> Snapshot {
    derived_with_evidence(resources).0
}

fn derived_with_evidence(resources: &str) -> (Snapshot, Because) {
    let text = format!("Parameters: {{P: {{Type: String}}}}\nResources:{resources}");
    let sources = source::read_text("t.yaml", &text, &SourceOptions::default());
    assert!(sources.errors.is_empty(), "{:?}", sources.errors);
    let architecture = sources.architectures.into_iter().next().unwrap();
    let mut snapshot = architecture.scenarios.into_iter().next().unwrap().snapshot;
    let because = facts::derive(&mut snapshot, &EnvironmentSettings::default());
    (snapshot, because)
}

/// The key of a resource of the template.
fn key(id: &str) -> Key {
    Key::from(format!("t/{id}"))
}

fn keys(ids: &[&str]) -> Vec<Key> {
    ids.iter().map(|it| key(it)).collect()
}

/// Why a value is not known.
#[track_caller]
fn why<T: std::fmt::Debug>(value: &Value<T>) -> (Reason, String) {
    let why = value.decided().map(|it| format!("{it:?}")).unwrap_err();
    (why.reason, why.detail.unwrap_or_default())
}

fn subnet(resources: &str) -> SubnetFacts {
    derived(resources).facts.subnets[&Key::from("t/S")].clone()
}

/// The subnet `S` of the base, with more resources.
fn with(resources: &str) -> SubnetFacts {
    subnet(&format!("{BASE}{resources}"))
}

#[track_caller]
fn exposure(facts: &SubnetFacts, expected: Exposure) {
    assert_eq!(facts.exposure, Value::Known(expected), "{facts:#?}");
}

#[track_caller]
fn egress(facts: &SubnetFacts, expected: EgressKind) {
    assert_eq!(facts.egress.known().map(|it| it.kind), Some(expected), "{:?}", facts.egress);
}

#[test]
fn a_default_route_to_the_internet_gateway_makes_a_subnet_public() {
    let facts = with("
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}");
    exposure(&facts, Exposure::Public);
    egress(&facts, EgressKind::Public);
}

#[test]
fn no_route_to_the_gateway_makes_nothing_public() {
    let facts = with("");
    exposure(&facts, Exposure::Private);
    egress(&facts, EgressKind::None);
}

#[test]
fn two_halves_are_a_default() {
    let half = |name: &str, block: &str| {
        format!("
  {name}: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Rt, DestinationCidrBlock: {block}, GatewayId: !Ref Igw}}}}")
    };
    let (low, high) = (half("L", "0.0.0.0/1"), half("H", "128.0.0.0/1"));
    exposure(&with(&format!("{low}{high}")), Exposure::Public);
    exposure(&with(&low), Exposure::Partial);
}

#[test]
fn a_gateway_of_another_vpc_serves_nobody_here() {
    let other = BASE.replace("VpcId: !Ref Vpc, InternetGatewayId", "VpcId: !Ref Other, InternetGatewayId");
    let facts = subnet(&format!("{other}
  Other: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.1.0.0/16}}}}
  R: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}}}"));
    exposure(&facts, Exposure::Private);
}

#[test]
fn a_gateway_from_a_parameter_leaves_it_open() {
    let facts = with("
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref P}}");
    let why = facts.exposure.decided().unwrap_err();
    assert_eq!((why.reason, why.detail.as_deref()), (Reason::Parameter, Some("P")));
}

#[test]
fn the_main_table_holds_where_nothing_is_associated_per_vpc() {
    let two = "
  A: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  B: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref A, CidrBlock: 10.0.0.0/24}}
  T: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref B, CidrBlock: 10.1.0.0/24}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref B, InternetGatewayId: !Ref Igw}}
  Rt: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref B}}
  Of: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref T, RouteTableId: !Ref Rt}}
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}";
    let facts = derived(two).facts.subnets;
    assert_eq!(facts[&Key::from("t/S")].route_table, Value::Known(Some(key("A/main-route-table"))));
    exposure(&facts[&Key::from("t/S")], Exposure::Private);
    exposure(&facts[&Key::from("t/T")], Exposure::Public);
}

#[test]
fn a_subnet_of_a_vpc_from_outside_has_a_table_that_nobody_sees() {
    let facts = subnet(
        "
  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref P, CidrBlock: 10.0.0.0/24}}",
    );
    assert_eq!(facts.route_table.decided().unwrap_err().reason, Reason::Parameter);
    assert!(facts.exposure.decided().is_err());
}

const IPV6_DEFAULT: &str = "
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationIpv6CidrBlock: '::/0', GatewayId: !Ref Igw}}";

#[test]
fn an_ipv6_default_counts_only_where_there_is_ipv6() {
    exposure(&with(IPV6_DEFAULT), Exposure::Private);
    let dual =
        BASE.replace("CidrBlock: 10.0.0.0/24", "CidrBlock: 10.0.0.0/24, Ipv6CidrBlock: '2001:db8::/64'");
    let facts = subnet(&format!("{dual}{IPV6_DEFAULT}"));
    exposure(&facts, Exposure::Public);
    assert_eq!(facts.public_ipv4, Value::Known(false));
    egress(&facts, EgressKind::None);
}

#[test]
fn an_egress_only_gateway_makes_nothing_public() {
    let dual =
        BASE.replace("CidrBlock: 10.0.0.0/24", "CidrBlock: 10.0.0.0/24, Ipv6CidrBlock: '2001:db8::/64'");
    let facts = subnet(&format!("{dual}
  Eigw: {{Type: AWS::EC2::EgressOnlyInternetGateway, Properties: {{VpcId: !Ref Vpc}}}}
  R: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Rt, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: !Ref Eigw}}}}"));
    exposure(&facts, Exposure::Private);
    assert_eq!(facts.egress_ipv6.known().unwrap().kind, EgressKind::EgressOnlyInternetGateway);
}

#[test]
fn a_nat_gateway_in_the_very_subnet_that_it_serves_is_its_egress() {
    let facts = with("
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref S, AllocationId: eipalloc-1}}
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}");
    exposure(&facts, Exposure::Private);
    egress(&facts, EgressKind::NatGateway);
    assert_eq!(facts.egress.known().unwrap().target, Some(Key::from("t/Nat")));
}

#[test]
fn each_way_out_has_its_name() {
    let out = |target: &str| {
        with(&format!("
  I: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref S, SourceDestCheck: false}}}}
  R: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, {target}}}}}"))
    };
    egress(&out("TransitGatewayId: !Ref P"), EgressKind::TransitGateway);
    egress(&out("GatewayId: vgw-0123456789abcdef0"), EgressKind::VpnGateway);
    egress(&out("VpcPeeringConnectionId: !Ref P"), EgressKind::Other);
    egress(&out("InstanceId: !Ref I"), EgressKind::NatInstance);
}

/// The subnet behind a firewall in `F`; the gateway's own table sends what comes in back through it.
const INSPECTED: &str = "
  F: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1a}}
  FRt: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  FOf: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref F, RouteTableId: !Ref FRt}}
  FR: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FRt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Gwlbe: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: GatewayLoadBalancer, ServiceName: svc, SubnetIds: [!Ref F]}}
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, VpcEndpointId: !Ref Gwlbe}}";

const INGRESS: &str = "
  IRt: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  IOf: {Type: AWS::EC2::GatewayRouteTableAssociation, Properties: {GatewayId: !Ref Igw, RouteTableId: !Ref IRt}}
  IR: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref IRt, DestinationCidrBlock: 10.0.0.0/24, VpcEndpointId: !Ref Gwlbe}}";

#[test]
fn a_subnet_behind_an_inspected_way_in_is_public() {
    let facts = with(&format!("{INSPECTED}{INGRESS}"));
    assert_eq!(facts.via_inspection, Value::Known(true));
    exposure(&facts, Exposure::Public);
    egress(&facts, EgressKind::Inspection);
}

#[test]
fn an_inspected_way_out_alone_is_no_way_in() {
    let facts = with(INSPECTED);
    assert_eq!(facts.via_inspection, Value::Known(false));
    exposure(&facts, Exposure::Private);
    let elsewhere = INGRESS.replace("10.0.0.0/24", "10.0.7.0/24");
    exposure(&with(&format!("{INSPECTED}{elsewhere}")), Exposure::Private);
}

const IPV4_DEFAULT: &str = "
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}";

#[test]
fn block_public_access_holds_after_its_exclusions() {
    let blocked = |mode: &str, exclusion: &str| {
        with(&format!("{IPV4_DEFAULT}
  Bpa: {{Type: AWS::EC2::VPCBlockPublicAccessOptions, Properties: {{InternetGatewayBlockMode: {mode}}}}}{exclusion}"))
    };
    let excluded = |mode: &str, what: &str| {
        format!("
  X: {{Type: AWS::EC2::VPCBlockPublicAccessExclusion, Properties: {{InternetGatewayExclusionMode: {mode}, {what}}}}}")
    };
    exposure(&blocked("block-bidirectional", ""), Exposure::Private);
    let ingress = blocked("block-ingress", "");
    exposure(&ingress, Exposure::Public);
    assert_eq!(ingress.ingress_blocked(), Value::Known(true));
    let open = blocked("block-bidirectional", &excluded("allow-bidirectional", "SubnetId: !Ref S"));
    exposure(&open, Exposure::Public);
    assert_eq!(open.block_public_access, Value::Known(BlockPublicAccessMode::Off));
    let egress = blocked("block-bidirectional", &excluded("allow-egress", "VpcId: !Ref Vpc"));
    assert_eq!(egress.block_public_access, Value::Known(BlockPublicAccessMode::BlockIngress));
}

#[test]
fn every_fact_has_the_chain_that_makes_it_true() {
    let (_, because) = derived_with_evidence(&format!("{BASE}{IPV4_DEFAULT}"));
    let chain = because.chain(&key("S"), "exposure").unwrap();
    let steps: Vec<String> = chain.iter().map(|it| format!("{} {}", it.resource, it.path)).collect();
    assert_eq!(steps, ["t/Rt associations[0]", "t/Rt routes[0].target"]);
    assert_eq!(chain[1].leads_to, Some(key("Igw")));
}
