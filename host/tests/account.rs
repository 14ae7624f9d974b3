//! Items of an account, as AWS Config records them and as describe calls answer: the same architecture is the same
//! snapshot as from a template.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use std::collections::BTreeMap;

use archlint::source::{self, SourceOptions, Sources};
use serde_json::{Map, Value as Json, json};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";
/// What only a live account tells.
const LIVE_ONLY: [&str; 3] = ["free_addresses", "public_address", "state"];

#[track_caller]
fn read(name: &str, text: &str) -> Sources {
    let sources = source::read_text(name, text, &SourceOptions::default());
    assert!(sources.errors.is_empty(), "{:?}", sources.errors);
    sources
}

/// The only snapshot of what was read.
#[track_caller]
fn snapshot(sources: &Sources) -> Json {
    assert_eq!(sources.architectures.len(), 1);
    serde_json::to_value(&sources.architectures[0].scenarios[0].snapshot).unwrap()
}

/// Resources by kind and label, each without its identity, with labels where keys stand.
fn resources(snapshot: &Json, kinds: &[&str]) -> BTreeMap<(String, String), Json> {
    let all = snapshot["resources"].as_object().unwrap();
    let all = all.iter().flat_map(|(kind, all)| all.as_array().unwrap().iter().map(move |it| (kind, it)));
    let labels: BTreeMap<&str, &str> = all
        .clone()
        .map(|(_, it)| (it["meta"]["key"].as_str().unwrap(), it["meta"]["label"].as_str().unwrap()))
        .collect();
    let resource = |(kind, it): (&String, &Json)| {
        let label = it["meta"]["label"].as_str().unwrap().to_owned();
        let mut it = it.clone();
        let fields = it.as_object_mut().unwrap();
        fields.retain(|name, _| name != "meta" && !LIVE_ONLY.contains(&name.as_str()));
        rename(&mut it, &labels);
        ((kind.clone(), label), it)
    };
    all.filter(|(kind, _)| kinds.contains(&kind.as_str())).map(resource).collect()
}

fn rename(json: &mut Json, labels: &BTreeMap<&str, &str>) {
    match json {
        Json::String(text) => {
            if let Some(label) = labels.get(text.as_str()) {
                *text = (*label).to_owned();
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|it| rename(it, labels)),
        Json::Object(fields) => fields.values_mut().for_each(|it| rename(it, labels)),
        _ => {}
    }
}

/// Kinds of which a describe call tells all that a template says.
const NETWORK: &[&str] = &[
    "AWS::EC2::VPC",
    "AWS::EC2::Subnet",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::EIP",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::InstanceConnectEndpoint",
    "AWS::EC2::VPCPeeringConnection",
    "AWS::EC2::TransitGatewayAttachment",
    "AWS::EC2::VPNGateway",
    "AWS::EC2::VPCBlockPublicAccessOptions",
];

const LOAD_BALANCING: &[&str] = &[
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::ElasticLoadBalancing::LoadBalancer",
];

const TEMPLATE: &str = "
Resources:
  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}
  Other: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.1.0.0/16}}
  SubnetA: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a, MapPublicIpOnLaunch: true}}
  SubnetB: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b, Ipv6CidrBlock: 'fd00::/64'}}
  Igw: {Type: 'AWS::EC2::InternetGateway'}
  IgwAttachment: {Type: 'AWS::EC2::VPCGatewayAttachment', Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Eigw: {Type: 'AWS::EC2::EgressOnlyInternetGateway', Properties: {VpcId: !Ref Vpc}}
  Address: {Type: 'AWS::EC2::EIP', Properties: {Domain: vpc}}
  Nat: {Type: 'AWS::EC2::NatGateway', Properties: {SubnetId: !Ref SubnetA, AllocationId: !GetAtt Address.AllocationId}}
  Public: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref Vpc}}
  PublicDefault: {Type: 'AWS::EC2::Route', DependsOn: IgwAttachment, Properties: {RouteTableId: !Ref Public, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  PublicOfA: {Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: {RouteTableId: !Ref Public, SubnetId: !Ref SubnetA}}
  Private: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref Vpc}}
  PrivateDefault: {Type: 'AWS::EC2::Route', Properties: {RouteTableId: !Ref Private, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  PrivateIpv6: {Type: 'AWS::EC2::Route', Properties: {RouteTableId: !Ref Private, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: !Ref Eigw}}
  PrivatePeer: {Type: 'AWS::EC2::Route', Properties: {RouteTableId: !Ref Private, DestinationCidrBlock: 10.1.0.0/16, VpcPeeringConnectionId: !Ref Peering}}
  PrivateTransit: {Type: 'AWS::EC2::Route', Properties: {RouteTableId: !Ref Private, DestinationCidrBlock: 10.2.0.0/16, TransitGatewayId: !Ref Tgw}}
  PrivateOfB: {Type: 'AWS::EC2::SubnetRouteTableAssociation', Properties: {RouteTableId: !Ref Private, SubnetId: !Ref SubnetB}}
  Propagation: {Type: 'AWS::EC2::VPNGatewayRoutePropagation', Properties: {RouteTableIds: [!Ref Private], VpnGatewayId: !Ref Vgw}}
  Vgw: {Type: 'AWS::EC2::VPNGateway', Properties: {Type: ipsec.1}}
  VgwAttachment: {Type: 'AWS::EC2::VPCGatewayAttachment', Properties: {VpcId: !Ref Vpc, VpnGatewayId: !Ref Vgw}}
  Peering: {Type: 'AWS::EC2::VPCPeeringConnection', Properties: {VpcId: !Ref Vpc, PeerVpcId: !Ref Other}}
  Tgw: {Type: 'AWS::EC2::TransitGateway'}
  Attachment: {Type: 'AWS::EC2::TransitGatewayAttachment', Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: [!Ref SubnetB]}}
  S3: {Type: 'AWS::EC2::VPCEndpoint', Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: [!Ref Private]}}
  Logs: {Type: 'AWS::EC2::VPCEndpoint', Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.logs, VpcEndpointType: Interface, SubnetIds: [!Ref SubnetB], SecurityGroupIds: [!Ref Web], PrivateDnsEnabled: true}}
  Connect: {Type: 'AWS::EC2::InstanceConnectEndpoint', Properties: {SubnetId: !Ref SubnetB, SecurityGroupIds: [!Ref Web]}}
  Blocked: {Type: 'AWS::EC2::VPCBlockPublicAccessOptions', Properties: {InternetGatewayBlockMode: block-ingress}}
  Front:
    Type: 'AWS::EC2::SecurityGroup'
    Properties:
      GroupDescription: front
      VpcId: !Ref Vpc
      SecurityGroupIngress:
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}
        - {IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIpv6: '::/0'}
  Web:
    Type: 'AWS::EC2::SecurityGroup'
    Properties:
      GroupDescription: web
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref Front}]
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, DestinationPrefixListId: pl-0a1b2c3d}]
  Acl: {Type: 'AWS::EC2::NetworkAcl', Properties: {VpcId: !Ref Vpc}}
  AclIn: {Type: 'AWS::EC2::NetworkAclEntry', Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: 10.0.0.0/8, PortRange: {From: 80, To: 81}}}
  AclOut: {Type: 'AWS::EC2::NetworkAclEntry', Properties: {NetworkAclId: !Ref Acl, RuleNumber: 90, Protocol: -1, RuleAction: deny, Egress: true, Ipv6CidrBlock: '::/0'}}
  AclOfB: {Type: 'AWS::EC2::SubnetNetworkAclAssociation', Properties: {NetworkAclId: !Ref Acl, SubnetId: !Ref SubnetB}}
  Alb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: {Name: shop, Subnets: [!Ref SubnetA, !Ref SubnetB], SecurityGroups: [!Ref Front]}}
  Nlb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: {Name: wire, Type: network, Scheme: internal, Subnets: [!Ref SubnetB], LoadBalancerAttributes: [{Key: load_balancing.cross_zone.enabled, Value: 'true'}]}}
  Group: {Type: 'AWS::ElasticLoadBalancingV2::TargetGroup', Properties: {VpcId: !Ref Vpc, Protocol: HTTP, Port: 80, TargetType: ip, HealthCheckPort: traffic-port, HealthCheckProtocol: HTTP, Targets: [{Id: 10.0.1.7, Port: 8080, AvailabilityZone: eu-west-1b}], TargetGroupAttributes: [{Key: load_balancing.cross_zone.enabled, Value: use_load_balancer_configuration}]}}
  Listener: {Type: 'AWS::ElasticLoadBalancingV2::Listener', Properties: {LoadBalancerArn: !Ref Alb, Protocol: HTTPS, Port: 443, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}}
  Rule: {Type: 'AWS::ElasticLoadBalancingV2::ListenerRule', Properties: {ListenerArn: !Ref Listener, Priority: 1, Conditions: [], Actions: [{Type: forward, ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref Group, Weight: 0}]}}]}}
  Classic: {Type: 'AWS::ElasticLoadBalancing::LoadBalancer', Properties: {LoadBalancerName: classic, Scheme: internal, Subnets: [!Ref SubnetB], SecurityGroups: [!Ref Web], CrossZone: true, Instances: [i-0a1b2c3d], Listeners: [{Protocol: http, LoadBalancerPort: '80', InstancePort: '8080'}], HealthCheck: {Target: 'HTTP:8081/up', HealthyThreshold: '2', UnhealthyThreshold: '2', Interval: '5', Timeout: '3'}}}
";

const TGW: &str = "tgw-0a1b2c3d";
const ALB: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop/1";
const NLB: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/wire/2";
const GROUP: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/3";
const LISTENER: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/shop/1/4";
const RULE: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/shop/1/4/5";

/// What a describe call lists: the member of its reply, and the elements by label.
struct Listed {
    member: &'static str,
    kind: &'static str,
    id: &'static str,
    elements: Vec<(&'static str, Json)>,
}

/// The same network as describe calls answer.
fn network() -> Vec<Listed> {
    let listed = |(member, kind, id, elements)| Listed { member, kind, id, elements };
    vec![
        ("Vpcs", "AWS::EC2::VPC", "VpcId", vec![
            ("Vpc", json!({ "VpcId": "vpc-00000001", "CidrBlock": "10.0.0.0/16", "IsDefault": false, "State": "available" })),
            ("Other", json!({ "VpcId": "vpc-00000002", "CidrBlock": "10.1.0.0/16", "IsDefault": false })),
        ]),
        ("Subnets", "AWS::EC2::Subnet", "SubnetId", vec![
            ("SubnetA", json!({ "SubnetId": "subnet-0000000a", "VpcId": "vpc-00000001", "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az2", "MapPublicIpOnLaunch": true, "AvailableIpAddressCount": 250, "Ipv6CidrBlockAssociationSet": [{ "Ipv6CidrBlock": "fd01::/64", "Ipv6CidrBlockState": { "State": "disassociated" } }] })),
            ("SubnetB", json!({ "SubnetId": "subnet-0000000b", "VpcId": "vpc-00000001", "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1b", "MapPublicIpOnLaunch": false, "AvailableIpAddressCount": 249, "Ipv6CidrBlockAssociationSet": [{ "Ipv6CidrBlock": "fd00::/64", "Ipv6CidrBlockState": { "State": "associated" } }] })),
        ]),
        ("InternetGateways", "AWS::EC2::InternetGateway", "InternetGatewayId", vec![
            ("Igw", json!({ "InternetGatewayId": "igw-00000001", "Attachments": [{ "VpcId": "vpc-00000001", "State": "available" }] })),
        ]),
        ("EgressOnlyInternetGateways", "AWS::EC2::EgressOnlyInternetGateway", "EgressOnlyInternetGatewayId", vec![
            ("Eigw", json!({ "EgressOnlyInternetGatewayId": "eigw-00000001", "Attachments": [{ "VpcId": "vpc-00000001", "State": "attached" }] })),
        ]),
        ("Addresses", "AWS::EC2::EIP", "AllocationId", vec![
            ("Address", json!({ "AllocationId": "eipalloc-00000001", "PublicIp": "192.0.2.1", "Domain": "vpc" })),
        ]),
        ("NatGateways", "AWS::EC2::NatGateway", "NatGatewayId", vec![
            ("Nat", json!({ "NatGatewayId": "nat-00000001", "SubnetId": "subnet-0000000a", "VpcId": "vpc-00000001", "State": "available", "ConnectivityType": "public", "NatGatewayAddresses": [{ "AllocationId": "eipalloc-00000001" }] })),
        ]),
        ("RouteTables", "AWS::EC2::RouteTable", "RouteTableId", vec![
            ("Public", json!({ "RouteTableId": "rtb-00000001", "VpcId": "vpc-00000001", "PropagatingVgws": [],
                "Routes": [
                    { "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable" },
                    { "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-00000001", "State": "active", "Origin": "CreateRoute" },
                ],
                "Associations": [{ "Main": false, "SubnetId": "subnet-0000000a", "AssociationState": { "State": "associated" } }] })),
            ("Private", json!({ "RouteTableId": "rtb-00000002", "VpcId": "vpc-00000001", "PropagatingVgws": [{ "GatewayId": "vgw-00000001" }],
                "Routes": [
                    { "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active", "Origin": "CreateRouteTable" },
                    { "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-00000001", "State": "active", "Origin": "CreateRoute" },
                    { "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-00000001", "State": "active", "Origin": "CreateRoute" },
                    { "DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": "pcx-00000001", "State": "active", "Origin": "CreateRoute" },
                    { "DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayId": TGW, "State": "active", "Origin": "CreateRoute" },
                ],
                "Associations": [
                    { "Main": false, "SubnetId": "subnet-0000000b", "AssociationState": { "State": "associated" } },
                    { "Main": false, "SubnetId": "subnet-0000000a", "AssociationState": { "State": "disassociated" } },
                ] })),
        ]),
        ("VpnGateways", "AWS::EC2::VPNGateway", "VpnGatewayId", vec![
            ("Vgw", json!({ "VpnGatewayId": "vgw-00000001", "State": "available", "VpcAttachments": [
                { "VpcId": "vpc-00000002", "State": "detached" },
                { "VpcId": "vpc-00000001", "State": "attached" },
            ] })),
        ]),
        ("VpcPeeringConnections", "AWS::EC2::VPCPeeringConnection", "VpcPeeringConnectionId", vec![
            ("Peering", json!({ "VpcPeeringConnectionId": "pcx-00000001", "RequesterVpcInfo": { "VpcId": "vpc-00000001" }, "AccepterVpcInfo": { "VpcId": "vpc-00000002" }, "Status": { "Code": "active" } })),
        ]),
        ("TransitGateways", "AWS::EC2::TransitGateway", "TransitGatewayId", vec![
            ("Tgw", json!({ "TransitGatewayId": TGW, "State": "available" })),
        ]),
        ("TransitGatewayVpcAttachments", "AWS::EC2::TransitGatewayAttachment", "TransitGatewayAttachmentId", vec![
            ("Attachment", json!({ "TransitGatewayAttachmentId": "tgw-attach-00000001", "TransitGatewayId": TGW, "VpcId": "vpc-00000001", "SubnetIds": ["subnet-0000000b"], "State": "available" })),
        ]),
        ("VpcEndpoints", "AWS::EC2::VPCEndpoint", "VpcEndpointId", vec![
            ("S3", json!({ "VpcEndpointId": "vpce-00000001", "VpcEndpointType": "Gateway", "VpcId": "vpc-00000001", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available", "RouteTableIds": ["rtb-00000002"], "SubnetIds": [], "Groups": [], "PrivateDnsEnabled": false })),
            ("Logs", json!({ "VpcEndpointId": "vpce-00000002", "VpcEndpointType": "Interface", "VpcId": "vpc-00000001", "ServiceName": "com.amazonaws.eu-west-1.logs", "State": "available", "RouteTableIds": [], "SubnetIds": ["subnet-0000000b"], "Groups": [{ "GroupId": "sg-00000002", "GroupName": "web" }], "PrivateDnsEnabled": true })),
        ]),
        ("InstanceConnectEndpoints", "AWS::EC2::InstanceConnectEndpoint", "InstanceConnectEndpointId", vec![
            ("Connect", json!({ "InstanceConnectEndpointId": "eice-00000001", "SubnetId": "subnet-0000000b", "SecurityGroupIds": ["sg-00000002"] })),
        ]),
        ("VpcBlockPublicAccessOptions", "AWS::EC2::VPCBlockPublicAccessOptions", "AwsRegion", vec![
            ("Blocked", json!({ "AwsRegion": REGION, "InternetGatewayBlockMode": "block-ingress" })),
        ]),
        ("SecurityGroups", "AWS::EC2::SecurityGroup", "GroupId", vec![
            ("Front", json!({ "GroupId": "sg-00000001", "GroupName": "front", "VpcId": "vpc-00000001",
                "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{ "CidrIp": "0.0.0.0/0", "Description": "all" }], "Ipv6Ranges": [{ "CidrIpv6": "::/0" }], "UserIdGroupPairs": [], "PrefixListIds": [] }],
                "IpPermissionsEgress": [{ "IpProtocol": "-1", "IpRanges": [{ "CidrIp": "0.0.0.0/0" }], "Ipv6Ranges": [], "UserIdGroupPairs": [], "PrefixListIds": [] }] })),
            ("Web", json!({ "GroupId": "sg-00000002", "GroupName": "web", "VpcId": "vpc-00000001",
                "IpPermissions": [{ "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [], "UserIdGroupPairs": [{ "GroupId": "sg-00000001", "UserId": ACCOUNT }] }],
                "IpPermissionsEgress": [{ "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [], "PrefixListIds": [{ "PrefixListId": "pl-0a1b2c3d" }] }] })),
        ]),
        ("NetworkAcls", "AWS::EC2::NetworkAcl", "NetworkAclId", vec![
            ("Acl", json!({ "NetworkAclId": "acl-00000001", "VpcId": "vpc-00000001", "IsDefault": false,
                "Associations": [{ "SubnetId": "subnet-0000000b" }],
                "Entries": [
                    { "RuleNumber": 100, "Protocol": "6", "RuleAction": "allow", "Egress": false, "CidrBlock": "10.0.0.0/8", "PortRange": { "From": 80, "To": 81 } },
                    { "RuleNumber": 90, "Protocol": "-1", "RuleAction": "deny", "Egress": true, "Ipv6CidrBlock": "::/0" },
                    { "RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny", "Egress": false, "CidrBlock": "0.0.0.0/0" },
                    { "RuleNumber": 32768, "Protocol": "-1", "RuleAction": "deny", "Egress": false, "Ipv6CidrBlock": "::/0" },
                ] })),
        ]),
    ]
    .into_iter()
    .map(listed)
    .collect()
}

/// A configuration in the dialect that AWS Config uses for most types: names begin in lower case.
fn native(json: &Json) -> Json {
    match json {
        Json::Object(fields) => {
            let lower = |name: &String| name[..1].to_lowercase() + &name[1..];
            Json::Object(fields.iter().map(|(name, it)| (lower(name), native(it))).collect())
        }
        Json::Array(items) => items.iter().map(native).collect(),
        scalar => scalar.clone(),
    }
}

/// An item as a snapshot file has it.
fn item(kind: &str, id: &str, label: &str, configuration: &Json, supplementary: &Json) -> Json {
    json!({
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": "2026-11-22T10:00:00.000Z",
        "configurationItemStatus": "OK",
        "awsAccountId": ACCOUNT,
        "awsRegion": REGION,
        "resourceType": kind,
        "resourceId": id,
        "tags": { "Name": label },
        "configuration": configuration,
        "supplementaryConfiguration": supplementary,
    })
}

fn network_items() -> Vec<Json> {
    let of_kind = |listed: Listed| {
        let item = move |(label, it): (&str, Json)| {
            item(listed.kind, it[listed.id].as_str().unwrap(), label, &native(&it), &json!({}))
        };
        listed.elements.into_iter().map(item)
    };
    network().into_iter().flat_map(of_kind).collect()
}

fn load_balancing_items() -> Vec<Json> {
    let forward = json!({ "Type": "forward", "TargetGroupArn": GROUP, "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": GROUP, "Weight": 1 }] } });
    let none = json!({ "Type": "forward", "ForwardConfig": { "TargetGroups": [{ "TargetGroupArn": GROUP, "Weight": 0 }] } });
    vec![
        item(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            ALB,
            "Alb",
            &json!({
                "loadBalancerArn": ALB, "loadBalancerName": "shop", "scheme": "internet-facing", "type": "application", "vpcId": "vpc-00000001",
                "availabilityZones": [{ "zoneName": "eu-west-1a", "subnetId": "subnet-0000000a" }, { "zoneName": "eu-west-1b", "subnetId": "subnet-0000000b" }],
                "securityGroups": ["sg-00000001"], "ipAddressType": "ipv4", "state": { "code": "active" },
            }),
            &json!({ "LoadBalancerAttributes": [{ "key": "idle_timeout.timeout_seconds", "value": "60" }] }),
        ),
        item(
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            NLB,
            "Nlb",
            &json!({
                "loadBalancerArn": NLB, "loadBalancerName": "wire", "scheme": "internal", "type": "network",
                "availabilityZones": [{ "zoneName": "eu-west-1b", "subnetId": "subnet-0000000b" }], "ipAddressType": "ipv4",
            }),
            &json!({ "LoadBalancerAttributes": "[{\"key\":\"load_balancing.cross_zone.enabled\",\"value\":\"true\"}]" }),
        ),
        item(
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            GROUP,
            "Group",
            &json!({
                "TargetGroupArn": GROUP, "Name": "shop", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-00000001", "TargetType": "ip",
                "HealthCheckPort": "traffic-port", "HealthCheckProtocol": "HTTP", "LoadBalancerArns": [ALB],
                "TargetGroupAttributes": [{ "Key": "load_balancing.cross_zone.enabled", "Value": "use_load_balancer_configuration" }],
            }),
            &json!({ "TargetHealthDescriptions": [
            { "Target": { "Id": "10.0.1.7", "Port": 8080, "AvailabilityZone": "eu-west-1b" }, "TargetHealth": { "State": "healthy" } },
            { "Target": { "Id": "10.0.1.8", "Port": 8080, "AvailabilityZone": "eu-west-1b" }, "TargetHealth": { "State": "draining" } },
        ] }),
        ),
        item(
            "AWS::ElasticLoadBalancingV2::Listener",
            LISTENER,
            "Listener",
            &json!({
                "ListenerArn": LISTENER, "LoadBalancerArn": ALB, "Protocol": "HTTPS", "Port": 443, "DefaultActions": [forward],
            }),
            &json!({}),
        ),
        item(
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            RULE,
            "Rule",
            &json!({
                "RuleArn": RULE, "ListenerArn": LISTENER, "Priority": "1", "Actions": [none],
            }),
            &json!({}),
        ),
        item(
            "AWS::ElasticLoadBalancing::LoadBalancer",
            "classic",
            "Classic",
            &json!({
                "loadBalancerName": "classic", "scheme": "internal", "subnets": ["subnet-0000000b"], "availabilityZones": ["eu-west-1b"],
                "securityGroups": ["sg-00000002"], "vpcid": "vpc-00000001", "instances": [{ "instanceId": "i-0a1b2c3d" }],
                "listenerDescriptions": [{ "listener": { "protocol": "HTTP", "loadBalancerPort": 80, "instanceProtocol": "HTTP", "instancePort": 8080 } }],
                "healthCheck": { "target": "HTTP:8081/up", "interval": 5 },
            }),
            &json!({ "LoadBalancerAttributes": { "crossZoneLoadBalancing": { "enabled": true } } }),
        ),
    ]
}

fn config_snapshot(items: &[Json]) -> String {
    json!({ "fileVersion": "1.0", "configSnapshotId": "0", "configurationItems": items }).to_string()
}

/// Without what a VPC of a template is born with: these accounts are listed without it.
fn authored(mut all: BTreeMap<(String, String), Json>) -> BTreeMap<(String, String), Json> {
    let is_born = |label: &str| label.starts_with("default ") || label.starts_with("main route table of ");
    all.retain(|(_, label), _| !is_born(label));
    all
}

#[test]
fn an_account_is_the_same_snapshot_as_its_template() {
    let kinds = [NETWORK, LOAD_BALANCING].concat();
    let template = authored(resources(&snapshot(&read("t.yaml", TEMPLATE)), &kinds));
    let items = [network_items(), load_balancing_items()].concat();
    let sources = read("snapshot.json", &config_snapshot(&items));
    assert_eq!(sources.architectures[0].name, "111122223333 eu-west-1");
    let account = resources(&snapshot(&sources), &kinds);
    assert_eq!(account.keys().collect::<Vec<_>>(), template.keys().collect::<Vec<_>>());
    for (name, expected) in &template {
        assert_eq!(account[name], *expected, "{name:?}");
    }
    assert_eq!(sources.inputs[0].entries, sources.inputs[0].read);
}

#[test]
fn replies_of_describe_calls_are_the_same_snapshot_too() {
    let template = authored(resources(&snapshot(&read("t.yaml", TEMPLATE)), NETWORK));
    let reply = |listed: Listed| {
        let tagged = |(label, mut it): (&str, Json)| {
            it["Tags"] = json!([{ "Key": "Name", "Value": label }]);
            it
        };
        // One region has one of these options; every other member is a list.
        let all: Vec<Json> = listed.elements.into_iter().map(tagged).collect();
        let is_one = listed.member == "VpcBlockPublicAccessOptions";
        (listed.member.to_owned(), if is_one { all[0].clone() } else { Json::Array(all) })
    };
    let replies: Map<String, Json> = network().into_iter().map(reply).collect();
    let account = resources(&snapshot(&read("replies.json", &Json::Object(replies).to_string())), NETWORK);
    for (name, expected) in &template {
        assert_eq!(account.get(name), Some(expected), "{name:?}");
    }
    assert_eq!(account.len(), template.len());
}

#[test]
fn every_envelope_holds_the_same_item() {
    let configuration = json!({ "vpcId": "vpc-00000001", "cidrBlock": "10.0.0.0/16", "isDefault": true });
    let identity = json!({ "resourceType": "AWS::EC2::VPC", "resourceId": "vpc-00000001", "accountId": ACCOUNT, "awsRegion": REGION });
    let with = |fields: Json| {
        let mut it = identity.clone();
        it.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        it
    };
    let text = with(
        json!({ "configuration": configuration.to_string(), "configurationItemCaptureTime": 1_700_000_000.5, "tags": { "Name": "Vpc" } }),
    );
    let row = with(
        json!({ "configuration": configuration, "tags": [{ "key": "Name", "value": "Vpc", "tag": "Name=Vpc" }] }),
    );
    let file = item("AWS::EC2::VPC", "vpc-00000001", "Vpc", &configuration, &json!({}));
    let event = json!({ "messageType": "ConfigurationItemChangeNotification", "configurationItem": file });
    let documents = [
        json!({ "configurationItems": [text], "nextToken": "x" }),
        json!({ "Results": [row.to_string()], "QueryInfo": { "SelectFields": [{ "Name": "configuration" }] } }),
        json!([file]),
        json!({ "status_code": 200, "data": { "configurationItems": [file] } }),
        event.clone(),
        json!({ "Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:t", "Message": event.to_string() }),
        json!({ "invokingEvent": event.to_string(), "ruleParameters": "{}" }),
    ];
    let expected =
        snapshot(&read("a.json", &config_snapshot(std::slice::from_ref(&file))))["resources"].clone();
    assert_eq!(
        expected["AWS::EC2::VPC"][0]["meta"]["key"],
        "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-00000001"
    );
    for document in documents {
        assert_eq!(snapshot(&read("a.json", &document.to_string()))["resources"], expected, "{document}");
    }
}

#[test]
fn what_is_gone_is_not_there() {
    let vpc = |id: &str, time: &str, status: &str| {
        let mut it = item("AWS::EC2::VPC", id, id, &json!({ "vpcId": id, "isDefault": false }), &json!({}));
        it["configurationItemCaptureTime"] = json!(time);
        it["configurationItemStatus"] = json!(status);
        it
    };
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    let nat = json!({ "natGatewayId": "nat-00000001", "state": "deleted" });
    let route = json!({ "routeTableId": "rtb-00000001", "vpcId": "vpc-00000001", "propagatingVgws": [], "associations": [{ "main": true }],
        "routes": [{ "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-00000001", "state": "active", "origin": "CreateRoute" }] });
    let text = config_snapshot(&[
        vpc("vpc-00000001", late, "OK"),
        vpc("vpc-00000002", late, "ResourceDeleted"),
        vpc("vpc-00000002", early, "OK"),
        vpc("vpc-00000003", late, "ResourceNotRecorded"),
        item("AWS::EC2::NatGateway", "nat-00000001", "Nat", &nat, &json!({})),
        item("AWS::EC2::RouteTable", "rtb-00000001", "Table", &route, &json!({})),
    ]);
    let sources = read("a.json", &text);
    let snapshot = snapshot(&sources);
    let vpcs = snapshot["resources"]["AWS::EC2::VPC"].as_array().unwrap();
    assert_eq!(vpcs.iter().map(|it| &it["meta"]["label"]).collect::<Vec<_>>(), ["vpc-00000001"]);
    assert!(snapshot["resources"].get("AWS::EC2::NatGateway").is_none());
    assert_eq!(snapshot["resources"]["AWS::EC2::RouteTable"][0]["routes"][0]["blackhole"], true);
    assert_eq!(
        sources.inputs[0].absent,
        [("AWS::EC2::VPC".to_owned(), 2), ("AWS::EC2::NatGateway".to_owned(), 1)].into()
    );
}

#[test]
fn a_target_that_a_group_registered_stands_with_the_group() {
    let target =
        |id: &str| json!({ "Target": { "Id": id, "Port": 80 }, "TargetHealth": { "State": "healthy" } });
    let text = config_snapshot(&[
        item(
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            GROUP,
            "Group",
            &json!({ "TargetGroupArn": GROUP, "TargetType": "instance", "Port": 80 }),
            &json!({ "TargetHealthDescriptions": [target("i-0000000a"), target("i-0000000b")] }),
        ),
        item(
            "AWS::AutoScaling::AutoScalingGroup",
            "web",
            "Web",
            &json!({ "autoScalingGroupName": "web", "targetGroupARNs": [GROUP], "instances": [{ "instanceId": "i-0000000a" }] }),
            &json!({}),
        ),
        item("AWS::EC2::Instance", "i-0000000a", "A", &json!({}), &json!({})),
        item("AWS::EC2::Instance", "i-0000000b", "B", &json!({}), &json!({})),
    ]);
    let all = resources(&snapshot(&read("a.json", &text)), LOAD_BALANCING);
    let group = &all[&("AWS::ElasticLoadBalancingV2::TargetGroup".to_owned(), "Group".to_owned())];
    assert_eq!(group["targets"], json!([{ "target": { "instance": "B" }, "port": 80 }]));
}

#[test]
fn a_malformed_item_is_named_and_the_others_are_read() {
    let vpc =
        item("AWS::EC2::VPC", "vpc-1", "Vpc", &json!({ "vpcId": "vpc-1", "isDefault": false }), &json!({}));
    let bad = json!({ "resourceType": "AWS::EC2::Subnet", "resourceId": "subnet-1", "configurationItemStatus": "OK" });
    let text = config_snapshot(&[bad, vpc]);
    let sources = source::read_text("a.json", &text, &SourceOptions::default());
    let errors: Vec<String> = sources.errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        ["`a.json` has an item that cannot be read: AWS::EC2::Subnet subnet-1: it has no `configuration`"]
    );
    assert_eq!(sources.architectures[0].scenarios[0].snapshot.resources.vpcs.len(), 1);
}

#[test]
fn what_no_file_tells_of_was_not_collected() {
    let sources = read(
        "a.json",
        &json!({ "Vpcs": [{ "VpcId": "vpc-1", "IsDefault": false }], "Subnets": [] }).to_string(),
    );
    let scope = &sources.architectures[0].scenarios[0].snapshot.scope;
    let told = |scope: &archlint_schema::Scope| -> Vec<String> {
        scope.partial().map(|(kind, _)| kind.to_owned()).collect()
    };
    assert!(told(scope).contains(&"AWS::EC2::RouteTable".to_owned()));
    // One reply may be one of several pages.
    assert!(!told(scope).contains(&"AWS::EC2::Subnet".to_owned()));
    assert!(scope.is_partial("AWS::EC2::Subnet").is_some());
    // Neither were kinds that rules read and the snapshot has no struct for.
    let options =
        SourceOptions { kinds: ["AWS::DynamoDB::Table".to_owned()].into(), ..SourceOptions::default() };
    let sources = source::read_text("a.json", "{\"Vpcs\": [{\"VpcId\": \"vpc-1\"}]}", &options);
    let scope = &sources.architectures[0].scenarios[0].snapshot.scope;
    assert!(told(scope).contains(&"AWS::DynamoDB::Table".to_owned()));
    // A snapshot of AWS Config is silent about what is not there, and about what it does not record.
    let sources = read(
        "a.json",
        &config_snapshot(&[item(
            "AWS::EC2::VPC",
            "vpc-1",
            "Vpc",
            &json!({ "isDefault": false }),
            &json!({}),
        )]),
    );
    let scope = &sources.architectures[0].scenarios[0].snapshot.scope;
    assert!(told(scope).contains(&"AWS::RDS::DBProxy".to_owned()));
    assert!(!told(scope).contains(&"AWS::EC2::NatGateway".to_owned()));
    // But every VPC has a main route table.
    assert!(scope.unseen_within("AWS::EC2::RouteTable", &"vpc-1".into(), None).is_some());
}

#[test]
fn secrets_do_not_enter() {
    const SECRET: &str = "correct-horse-battery";
    let kinds = [
        ("AWS::EC2::Instance", json!({ "instanceId": "x", "userData": SECRET })),
        ("AWS::EC2::LaunchTemplate", json!({ "LaunchTemplateData": { "UserData": SECRET } })),
        (
            "AWS::Lambda::Function",
            json!({ "functionName": "x", "environment": { "variables": { "A": SECRET } } }),
        ),
        (
            "AWS::ECS::TaskDefinition",
            json!({ "ContainerDefinitions": [{ "Environment": [{ "Name": "A", "Value": SECRET }], "Secrets": [{ "ValueFrom": SECRET }] }] }),
        ),
        (
            "AWS::RDS::DBInstance",
            json!({ "masterUsername": SECRET, "pendingModifiedValues": { "masterUserPassword": SECRET } }),
        ),
        (
            "AWS::DMS::Endpoint",
            json!({ "Username": SECRET, "MongoDbSettings": { "Password": SECRET }, "ExtraConnectionAttributes": SECRET }),
        ),
        (
            "AWS::EC2::VPNConnection",
            json!({ "customerGatewayConfiguration": SECRET, "options": { "tunnelOptions": [{ "preSharedKey": SECRET }] } }),
        ),
        (
            "AWS::CloudFormation::Stack",
            json!({ "parameters": [{ "parameterKey": "P", "parameterValue": SECRET }] }),
        ),
    ];
    let items: Vec<Json> = kinds
        .iter()
        .map(|(kind, it)| item(kind, kind, "x", it, &json!({ "UserData": { "Value": SECRET } })))
        .collect();
    let sources = read("a.json", &config_snapshot(&items));
    let architecture = &sources.architectures[0];
    assert_eq!(architecture.scenarios[0].snapshot.raw.len(), kinds.len());
    let written = serde_json::to_string(&architecture.scenarios[0].snapshot).unwrap();
    assert!(!written.contains(SECRET), "{written}");
    assert!(!format!("{architecture:?}").contains(SECRET));
}

#[test]
fn items_may_stand_one_per_line() {
    let line =
        |id: &str| item("AWS::EC2::VPC", id, id, &json!({ "isDefault": false }), &json!({})).to_string();
    let sources = read("a.json", &format!("{}\n{}\n", line("vpc-1"), line("vpc-2")));
    assert_eq!(sources.architectures[0].scenarios[0].snapshot.resources.vpcs.len(), 2);
    let damaged = format!("{}\n{}", line("vpc-1"), &line("vpc-2")[..40]);
    let sources = source::read_text("a.json", &damaged, &SourceOptions::default());
    assert!(sources.errors[0].to_string().starts_with("`a.json` is damaged"), "{:?}", sources.errors);
}
