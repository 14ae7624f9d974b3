//! Who is admitted, what security groups stand in front of, and the layers that they make.

use archlint_schema::{
    Admission, Cidr, DependencyKind, Direction, Flow, Key, KeySet, NetworkAcl, Protocol, RulePlace,
    SecurityGroupFacts, Value,
};

use super::{BASE, derived, key, keys, why};

fn group(resources: &str) -> SecurityGroupFacts {
    derived(&format!("{BASE}{resources}")).facts.security_groups[&key("G")].clone()
}

fn ingress(rules: &str) -> Admission {
    let text = format!("
  G: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc, SecurityGroupIngress: [{rules}]}}}}
  App: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc}}}}
  List: {{Type: AWS::EC2::PrefixList, Properties: {{PrefixListName: l, AddressFamily: IPv4, MaxEntries: 1, Entries: [{{Cidr: 198.51.100.0/24}}]}}}}");
    group(&text).ingress
}

/// The path of the rule that admits, if one does.
fn path(answer: &Value<Option<&RulePlace>>) -> Option<String> {
    answer.known().copied().flatten().map(|it| it.path.clone())
}

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

const WORLD: &str = "{IpProtocol: tcp, FromPort: 80, ToPort: 90, CidrIp: 0.0.0.0/0}";

#[test]
fn the_world_is_admitted_by_one_rule_or_by_several_together() {
    let all = ingress(WORLD);
    assert_eq!(path(&all.on(Protocol::Tcp, 80).world()).as_deref(), Some("ingress[0]"));
    assert_eq!(all.on(Protocol::Tcp, 91).world(), Value::Known(None));
    assert_eq!(all.on(Protocol::Udp, 80).world(), Value::Known(None));
    let halves = ingress(
        "
      {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/8},
      {IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/1},
      {IpProtocol: '-1', CidrIp: 128.0.0.0/1}",
    );
    assert_eq!(path(&halves.on(Protocol::Tcp, 22).world()).as_deref(), Some("ingress[1]"));
    assert_eq!(halves.on(Protocol::Tcp, 23).world(), Value::Known(None));
    let ipv6 = ingress("{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIpv6: '::/0'}");
    assert!(path(&ipv6.on(Protocol::Tcp, 22).world()).is_some());
}

#[test]
fn a_rule_that_nobody_can_read_may_admit_anyone() {
    let hidden = ingress("{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref P}");
    assert_eq!(why(&hidden.on(Protocol::Tcp, 22).world()).1, "P");
    assert_eq!(hidden.on(Protocol::Tcp, 80).world(), Value::Known(None), "it is for another port");
    let beside = ingress(&format!("{{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: !Ref P}}, {WORLD}"));
    assert!(path(&beside.on(Protocol::Tcp, 80).world()).is_some(), "what is admitted stays admitted");
}

#[test]
fn groups_and_blocks_are_admitted_by_name_and_by_address() {
    let all = ingress(
        "
      {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref App},
      {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourcePrefixListId: !Ref List}",
    );
    let on = all.on(Protocol::Tcp, 3306);
    assert_eq!(path(&on.group(&key("App"))).as_deref(), Some("ingress[0]"));
    assert_eq!(on.group(&key("G")), Value::Known(None));
    assert_eq!(path(&on.any_group()).as_deref(), Some("ingress[0]"));
    assert_eq!(path(&on.block(&cidr("198.51.100.7/32"))).as_deref(), Some("ingress[1]"));
    assert_eq!(on.block(&cidr("198.51.0.0/16")), Value::Known(None));
    assert_eq!(path(&on.beyond(&[cidr("10.0.0.0/8")])).as_deref(), Some("ingress[1]"));
    assert_eq!(on.beyond(&[cidr("198.51.0.0/16")]), Value::Known(None));
    assert_eq!(path(&on.wider_than(25)).as_deref(), Some("ingress[1]"));
    assert_eq!(on.wider_than(24), Value::Known(None));
}

#[test]
fn a_group_knows_what_it_stands_in_front_of_and_whether_that_is_exposed() {
    const IN_S: &str = "
  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}
  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S, SecurityGroupIds: [!Ref G]}}";
    let private = group(IN_S);
    assert_eq!((private.attached.members, private.exposed), (keys(&["I"]), Value::Known(false)));
    assert!(private.attached.open.is_some(), "another stack may put something behind it");
    let exposed = group(&format!("{IN_S}{}", super::IPV4_DEFAULT));
    assert_eq!(exposed.exposed, Value::Known(true));
}

/// The security groups before `X`, and whether they filter.
fn before(resources: &str) -> (KeySet, Value<bool>) {
    let facts = derived(&format!(
        "{BASE}
  G: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc}}}}{resources}"
    ));
    let facts = &facts.facts.admission[&key("X")];
    (facts.security_groups.clone(), facts.filtered.clone())
}

#[test]
fn groups_stand_before_whatever_has_interfaces() {
    let of_g = (KeySet::of(keys(&["G"])), Value::Known(true));
    for resource in [
        "{Type: AWS::EC2::Instance, Properties: {SecurityGroupIds: [!Ref G]}}",
        "{Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref S, GroupSet: [!Ref G]}}",
        "{Type: AWS::ECS::Service, Properties: {NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref S], SecurityGroups: [!Ref G]}}}}",
        "{Type: AWS::Lambda::Function, Properties: {VpcConfig: {SubnetIds: [!Ref S], SecurityGroupIds: [!Ref G]}}}",
        "{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: [!Ref S], SecurityGroups: [!Ref G]}}",
        "{Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: {Listeners: [], Subnets: [!Ref S], SecurityGroups: [!Ref G]}}",
        "{Type: AWS::RDS::DBInstance, Properties: {VPCSecurityGroups: [!Ref G]}}",
        "{Type: AWS::RDS::DBCluster, Properties: {VpcSecurityGroupIds: [!Ref G]}}",
        "{Type: AWS::RDS::DBProxy, Properties: {VpcSubnetIds: [!Ref S], VpcSecurityGroupIds: [!Ref G]}}",
        "{Type: AWS::ElastiCache::ReplicationGroup, Properties: {SecurityGroupIds: [!Ref G]}}",
        "{Type: AWS::FSx::FileSystem, Properties: {FileSystemType: LUSTRE, SubnetIds: [!Ref S], SecurityGroupIds: [!Ref G]}}",
        "{Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: s, VpcEndpointType: Interface, SecurityGroupIds: [!Ref G]}}",
        "{Type: AWS::EC2::InstanceConnectEndpoint, Properties: {SubnetId: !Ref S, SecurityGroupIds: [!Ref G]}}",
    ] {
        assert_eq!(before(&format!("\n  X: {resource}")), of_g, "{resource}");
    }
    let mounted = before("
  X: {Type: AWS::EFS::FileSystem}
  M: {Type: AWS::EFS::MountTarget, Properties: {FileSystemId: !Ref X, SubnetId: !Ref S, SecurityGroups: [!Ref G]}}");
    assert_eq!(mounted, of_g);
    let launched = before("
  X: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 1, MaxSize: 1, VPCZoneIdentifier: [!Ref S], LaunchConfigurationName: !Ref C}}
  C: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {ImageId: ami-1, InstanceType: t3.micro, SecurityGroups: [!Ref G]}}");
    assert_eq!(launched, of_g);
    let member = before(
        "
  C: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, VpcSecurityGroupIds: [!Ref G]}}
  X: {Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-mysql, DBClusterIdentifier: !Ref C}}",
    );
    assert_eq!(member, of_g);
}

#[test]
fn without_a_group_there_is_the_default_one_or_none_at_all() {
    let (groups, filtered) = before(
        "
  X: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S}}",
    );
    assert_eq!((groups.members, filtered), (Vec::<Key>::new(), Value::Known(true)));
    assert_eq!(groups.open.unwrap().detail.unwrap(), "the default security group, which `X` has");
    let balancer = |kind: &str| {
        before(&format!(
            "
  X: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Type: {kind}, Subnets: [!Ref S]}}}}"
        ))
        .1
    };
    assert_eq!(balancer("network"), Value::Known(false));
    assert_eq!(balancer("gateway"), Value::Known(false));
    assert_eq!(balancer("application"), Value::Known(true));
}

#[test]
fn a_tier_is_the_compute_behind_one_group_with_what_it_is_joined_to() {
    let snapshot = derived(&format!("{BASE}
  LbSg: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc}}}}
  AppSg: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc}}}}
  DbSg: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref AppSg}}]}}}}
  Lb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Subnets: [!Ref S], SecurityGroups: [!Ref LbSg]}}}}
  Tg: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{VpcId: !Ref Vpc, Protocol: HTTP, Port: 80}}}}
  L: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Lb, Protocol: HTTP, Port: 80, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Tg}}]}}}}
  Lt: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{SecurityGroupIds: [!Ref AppSg]}}}}}}
  Asg: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: 1, MaxSize: 1, VPCZoneIdentifier: [!Ref S], TargetGroupARNs: [!Ref Tg], LaunchTemplate: {{LaunchTemplateId: !Ref Lt, Version: '1'}}}}}}
  D: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: eu-west-1b}}}}
  Group: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{SubnetIds: [!Ref D]}}}}
  Db: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: mysql, DBSubnetGroupName: !Ref Group, VPCSecurityGroups: [!Ref DbSg]}}}}"));
    let tier = &snapshot.facts.tiers[&key("AppSg")];
    assert_eq!((&tier.members, &tier.load_balancers), (&keys(&["Asg"]), &keys(&["Lb"])));
    assert_eq!(tier.zones.names(), "eu-west-1a");
    let [store] = tier.data_stores.as_slice() else { panic!("{tier:?}") };
    assert_eq!((&store.resource, store.zones.names()), (&key("Db"), "eu-west-1b".to_owned()));
    assert!(!snapshot.facts.tiers.contains_key(&key("DbSg")), "a database is no compute");
    let [on_tier, on_store] = snapshot.facts.vpcs[&key("Vpc")].dependencies.as_slice() else { panic!("two") };
    assert_eq!(
        (on_tier.kind, on_store.kind),
        (DependencyKind::LoadBalancerOnTier, DependencyKind::TierOnDataStore)
    );
    assert_eq!((on_tier.is_apart(), on_store.is_apart()), (Value::Known(false), Value::Known(true)));
    assert_eq!((&on_store.user, &on_store.on), (&key("AppSg"), &key("Db")));
}

fn acl(entries: &str) -> NetworkAcl {
    let text = r#"{"meta": {"key": "acl", "label": "acl"}, "entries": [ENTRIES]}"#;
    serde_json::from_str(&text.replace("ENTRIES", entries)).unwrap()
}

fn entry(number: i64, allow: bool, ports: (u16, u16), cidr: &str) -> String {
    serde_json::json!({
        "number": number, "egress": false, "allow": allow, "protocol": "6", "from_port": ports.0, "to_port": ports.1,
        "cidr": cidr,
    })
    .to_string()
}

fn permits(acl: &NetworkAcl, ports: (u16, u16), peer: &str) -> Value<bool> {
    acl.permits(Direction::In, &Flow { protocol: 6, ports, peer: cidr(peer) })
}

#[test]
fn the_lowest_number_that_matches_decides() {
    let web = acl(&[
        entry(90, false, (1000, 2000), "0.0.0.0/0"),
        entry(100, true, (80, 80), "0.0.0.0/0"),
        entry(110, true, (1024, 65535), "10.0.0.0/8"),
        entry(120, false, (80, 80), "192.0.2.0/24"),
    ]
    .join(","));
    assert!(permits(&web, (80, 80), "0.0.0.0/0").is_true());
    assert!(permits(&web, (443, 443), "0.0.0.0/0").is_false());
    assert!(permits(&web, (3000, 65535), "10.1.0.0/16").is_true());
    assert!(permits(&web, (1024, 65535), "10.1.0.0/16").is_false(), "a part of the range is denied");
    assert!(permits(&web, (3000, 65535), "0.0.0.0/0").is_false(), "a part of the addresses is");
    assert_eq!(web.ineffective_denies(Direction::In), [3]);
}

#[test]
fn entries_together_let_a_flow_through() {
    let halves = acl(&[
        entry(1, true, (0, 1023), "0.0.0.0/0"),
        entry(2, true, (1024, 65535), "0.0.0.0/1"),
        entry(3, true, (1024, 65535), "128.0.0.0/1"),
    ]
    .join(","));
    assert!(permits(&halves, (0, 65535), "0.0.0.0/0").is_true());
    let hidden = acl(
        r#"{"number": 1, "egress": false, "allow": true, "protocol": "-1", "from_port": null, "to_port": null, "cidr": {"$unknown": {"reason": "parameter"}}}"#,
    );
    assert!(permits(&hidden, (80, 80), "0.0.0.0/0").decided().is_err());
}
