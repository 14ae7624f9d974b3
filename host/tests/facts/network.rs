//! Route tables, VPCs, network ACLs, endpoints.

use archlint::facts::{self, EnvironmentSettings};
use archlint_schema::{
    DeadReason, EgressKind, Exposure, KeySet, NatGateway, Reason, Resource, RouteTableFacts, Snapshot, Value,
    VpcFacts, ZoneBounds,
};

use super::{BASE, derived, key, keys, subnet, why, with};

fn table(resources: &str) -> RouteTableFacts {
    derived(&format!("{BASE}{resources}")).facts.route_tables[&key("Rt")].clone()
}

const TO_IGW: &str = "
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}";

#[test]
fn a_table_knows_where_its_default_leads_and_for_whom() {
    let facts = table(TO_IGW);
    assert_eq!((facts.public_ipv4, facts.public_ipv6), (Value::Known(true), Value::Known(false)));
    assert_eq!((facts.subnets, facts.implicit_subnets), (keys(&["S"]), vec![]));
    assert_eq!((facts.main, facts.dead_routes), (Value::Known(false), vec![]));
}

#[test]
fn a_gateway_that_is_attached_to_nothing_is_a_dead_end() {
    let facts = table("
  Loose: {Type: AWS::EC2::InternetGateway}
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Loose}}");
    let [dead] = facts.dead_routes.as_slice() else { panic!("{facts:?}") };
    assert_eq!((dead.at, dead.why, dead.is_default), (0, DeadReason::Unattached, true));
    assert_eq!(facts.public_ipv4, Value::Known(false));
}

#[test]
fn a_subnet_whose_table_is_out_of_sight_is_not_in_the_main_table() {
    let apart = "
  Other: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}}";
    let exposure = |more: &str| {
        let facts = derived(&format!("{BASE}{TO_IGW}{apart}{more}")).facts;
        facts.subnets[&key("Other")].exposure.clone()
    };
    assert_eq!(exposure(""), Value::Known(Exposure::Private));
    let associated = exposure("
  OfOther: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Other, RouteTableId: !Ref P}}");
    assert_eq!(why(&associated).0, Reason::NotCollected);
}

/// A live account: a main table, a NAT gateway that failed, one that is gone.
const LIVE: &str = r#"{
  "scope": {"lists": { "AWS::EC2::NatGateway": "whole", "AWS::EC2::Instance": "whole", "AWS::EC2::VPCPeeringConnection": "whole" }},
  "resources": {
    "AWS::EC2::VPC": [{"meta": {"key": "vpc", "label": "vpc"}, "cidr": "10.0.0.0/16"}],
    "AWS::EC2::Subnet": [{"meta": {"key": "s", "label": "s"}, "vpc": "vpc", "zone": "a", "has_ipv6": false}],
    "AWS::EC2::NatGateway": [{"meta": {"key": "failed", "label": "failed"}, "state": "failed"}],
    "AWS::EC2::VPCPeeringConnection": [{"meta": {"key": "pcx", "label": "pcx"}, "state": "deleted"}],
    "AWS::EC2::Instance": [{"meta": {"key": "i", "label": "i"}, "state": "terminated", "subnet": "s"}],
    "AWS::EC2::RouteTable": [{
      "meta": {"key": "rt", "label": "rt"}, "vpc": "vpc", "associations": ["main"],
      "routes": [
        {"destination": {"ipv4": "0.0.0.0/0"}, "target": {"kind": "nat-gateway", "resource": "failed"}},
        {"destination": {"ipv4": "10.1.0.0/16"}, "target": {"kind": "nat-gateway", "resource": "gone"}},
        {"destination": {"ipv4": "10.2.0.0/16"}, "target": {"kind": "vpc-peering", "resource": "pcx"}},
        {"destination": {"ipv4": "10.3.0.0/16"}, "target": {"kind": "instance", "resource": "i"}},
        {"destination": {"ipv4": "10.4.0.0/16"}, "target": {"kind": "transit-gateway", "resource": "tgw"}, "blackhole": true}
      ]
    }]
  }
}"#;

#[test]
fn what_a_live_route_leads_to_may_have_ended() {
    let mut snapshot: Snapshot = serde_json::from_str(LIVE).unwrap();
    assert_eq!(snapshot.scope.unseen(NatGateway::KIND), None);
    let because = facts::derive(&mut snapshot, &EnvironmentSettings::default());
    let facts = &snapshot.facts.route_tables["rt"];
    let dead: Vec<(usize, DeadReason)> = facts.dead_routes.iter().map(|it| (it.at, it.why)).collect();
    assert_eq!(
        dead,
        [
            (0, DeadReason::Gone),
            (1, DeadReason::Missing),
            (2, DeadReason::Gone),
            (3, DeadReason::Gone),
            (4, DeadReason::Blackhole),
        ]
    );
    assert_eq!((&facts.main, facts.implicit_subnets.len()), (&Value::Known(true), 1));
    let chain = because.chain(&"rt".into(), "dead_routes").unwrap();
    assert_eq!(chain[1].message, "sends 10.1.0.0/16 to NAT gateway `gone`, which does not exist");
}

#[test]
fn propagated_routes_may_be_a_default() {
    let facts = with("
  Vgw: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}
  At: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, VpnGatewayId: !Ref Vgw}}
  Pr: {Type: AWS::EC2::VPNGatewayRoutePropagation, Properties: {RouteTableIds: [!Ref Rt], VpnGatewayId: !Ref Vgw}}");
    assert_eq!(why(&facts.egress).1, "routes that t/Vgw propagates");
    assert!(facts.exposure.decided().is_ok(), "a virtual private gateway exposes nothing");
}

fn vpc(resources: &str) -> VpcFacts {
    derived(&format!("{BASE}{resources}")).facts.vpcs[&key("Vpc")].clone()
}

#[test]
fn a_vpc_spans_the_zones_in_which_something_runs() {
    let facts = vpc("
  Empty: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}}
  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S}}");
    assert_eq!(facts.zones.bounds(), ZoneBounds { min: 2, max: Some(2) });
    assert_eq!(facts.workload_zones.bounds(), ZoneBounds { min: 1, max: Some(1) });
    assert_eq!((facts.workload, facts.closed), (KeySet::of(keys(&["I"])), true));
}

#[test]
fn what_runs_in_unknown_subnets_may_run_in_a_vpc() {
    let open = |resource: &str| vpc(&format!("\n  I: {resource}")).workload.open.and_then(|it| it.detail);
    let elsewhere = "{Type: AWS::EC2::Instance, Properties: {ImageId: ami-1}}";
    assert_eq!(open(elsewhere), None, "what names no subnet runs in the default VPC");
    let chosen = "{Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: !GetAtt Layout.Subnets}}}
  Layout: {Type: Custom::Layout, Properties: {ServiceToken: x}}";
    assert_eq!(open(chosen).as_deref(), Some("Layout.Subnets"));
}

#[test]
fn a_subnet_has_its_network_acl_or_the_default_one() {
    const OWN: &str = "
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  Ao: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref S}}";
    assert_eq!(with("").network_acl, Value::Known(Some(key("Vpc/default-network-acl"))));
    let snapshot = derived(&format!("{BASE}{OWN}"));
    assert_eq!(snapshot.facts.subnets[&key("S")].network_acl, Value::Known(Some(key("Acl"))));
    assert_eq!(snapshot.facts.network_acls[&key("Acl")].subnets.members, keys(&["S"]));
    let changed = with("
  E: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !GetAtt Vpc.DefaultNetworkAcl, RuleNumber: 90, Protocol: -1, RuleAction: deny, CidrBlock: 0.0.0.0/0}}");
    assert_eq!(changed.network_acl, Value::Known(Some(key("Vpc/default-network-acl"))));
    let elsewhere = subnet(
        "
  S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref P, CidrBlock: 10.0.0.0/24}}",
    );
    assert_eq!(why(&elsewhere.network_acl).1, "P");
}

const ENDPOINTS: &str = "
  Gw: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: [!Ref Rt]}}
  If: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.sqs, VpcEndpointType: Interface, SubnetIds: [!Ref S], PrivateDnsEnabled: true}}
  Other: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.ssm, VpcEndpointType: Interface, SubnetIds: [!Ref S]}}";

#[test]
fn endpoints_serve_by_route_table_and_by_private_dns() {
    let facts = with(ENDPOINTS);
    assert_eq!((facts.endpoints.members, facts.endpoints.open), (keys(&["Gw", "If"]), None));
    let hidden = with("
  Gw: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: !Ref P}}");
    assert!(hidden.endpoints.is_empty().decided().is_err());
    let snapshot = derived(&format!("{BASE}{ENDPOINTS}"));
    assert_eq!(snapshot.facts.vpc_endpoints[&key("If")].zones.bounds(), ZoneBounds { min: 1, max: Some(1) });
}

#[test]
fn a_subnet_knows_the_attachments_of_transit_gateways_in_it() {
    let facts = with("
  Att: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: tgw-1, VpcId: !Ref Vpc, SubnetIds: [!Ref S]}}");
    assert_eq!(facts.transit_gateway_attachments, keys(&["Att"]));
    assert_eq!(facts.egress.known().map(|it| it.kind), Some(EgressKind::None));
}
