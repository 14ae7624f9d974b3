//! Instances, what runs in subnets, environments.

use archlint::facts::{self, EnvironmentSettings};
use archlint_schema::{
    InstanceFacts, InstanceManagerKind, Key, KeySet, Reason, Snapshot, Value, WorkloadFacts, WorkloadKind,
};

use super::{BASE, derived, derived_with_evidence, key, keys, why, with};

fn instance(resources: &str) -> InstanceFacts {
    derived(&format!("{BASE}{resources}")).facts.instances[&key("I")].clone()
}

/// A second subnet that leaves through instance `I`, which stands in `S`.
const BEHIND: &str = "
  Eip: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref I}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}}
  BRt: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  BOf: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref B, RouteTableId: !Ref BRt}}";

#[test]
fn a_nat_instance_knows_whom_it_serves() {
    let facts = instance(&format!("{BEHIND}
  I: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref S, SourceDestCheck: false}}}}
  BR: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref BRt, DestinationCidrBlock: 0.0.0.0/0, InstanceId: !Ref I}}}}"));
    assert!(facts.nat.is_true());
    assert_eq!(facts.source_dest_check, Value::Known(false));
    assert_eq!((facts.elastic_ip, facts.public_ipv4), (Value::Known(Some(key("Eip"))), Value::Known(true)));
    assert_eq!(facts.serves, keys(&["B"]));
    assert_eq!(facts.served_zones.names(), "eu-west-1b");
}

#[test]
fn the_interface_that_the_route_leads_to_is_the_one_that_checks() {
    let facts = instance(&format!("{BEHIND}
  Eni: {{Type: AWS::EC2::NetworkInterface, Properties: {{SubnetId: !Ref S, SourceDestCheck: false}}}}
  I: {{Type: AWS::EC2::Instance, Properties: {{NetworkInterfaces: [{{DeviceIndex: '0', NetworkInterfaceId: !Ref Eni}}]}}}}
  BR: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref BRt, DestinationCidrBlock: 0.0.0.0/0, NetworkInterfaceId: !Ref Eni}}}}"));
    assert!(facts.nat.is_true());
    assert_eq!(facts.source_dest_check, Value::Known(false));
    assert_eq!(facts.subnet, Value::Known(Some(key("S"))));
    assert_eq!(facts.serves, keys(&["B"]));
}

#[test]
fn an_instance_has_what_its_launch_template_says_unless_it_says_it_itself() {
    let facts = instance("
  Lt:
    Type: AWS::EC2::LaunchTemplate
    Properties: {LaunchTemplateData: {IamInstanceProfile: {Name: p}, UserData: QUtJQUlPU0ZPRE5ON0VYQU1QTEU=}}
  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S, LaunchTemplate: {LaunchTemplateId: !Ref Lt, Version: '1'}}}");
    assert_eq!(facts.instance_profile, Value::Known(Some(Key::from("p"))));
    assert_eq!(facts.user_data_holds_aws_keys, Value::Known(true));
    let hidden = instance("
  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S, LaunchTemplate: {LaunchTemplateId: !Ref P, Version: '1'}}}");
    assert_eq!(why(&hidden.instance_profile).1, "P");
}

#[test]
fn a_group_is_of_spot_instances_where_nothing_is_left_to_others() {
    let spot = |launched: &str| {
        let resources = format!("{BASE}
  Spot: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{InstanceMarketOptions: {{MarketType: spot}}}}}}}}
  Plain: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{ImageId: ami-1}}}}}}
  Cheap: {{Type: AWS::AutoScaling::LaunchConfiguration, Properties: {{ImageId: ami-1, InstanceType: m5.large, SpotPrice: '0.05'}}}}
  G: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: '1', MaxSize: '2', VPCZoneIdentifier: [!Ref S], {launched}}}}}");
        derived(&resources).facts.auto_scaling_groups[&key("G")].spot.clone()
    };
    let mixed = |distribution: &str| {
        let of = "LaunchTemplateSpecification: {LaunchTemplateId: !Ref Plain, Version: '1'}";
        spot(&format!(
            "MixedInstancesPolicy: {{InstancesDistribution: {{{distribution}}}, LaunchTemplate: {{{of}}}}}"
        ))
    };
    assert!(spot("LaunchTemplate: {LaunchTemplateId: !Ref Spot, Version: '1'}").is_true());
    assert!(spot("LaunchTemplate: {LaunchTemplateId: !Ref Plain, Version: '1'}").is_false());
    assert_eq!(why(&spot("LaunchTemplate: {LaunchTemplateId: !Ref P, Version: '1'}")).1, "P");
    assert!(spot("LaunchConfigurationName: !Ref Cheap").is_true());
    assert!(mixed("OnDemandPercentageAboveBaseCapacity: 0").is_true());
    assert!(mixed("OnDemandPercentageAboveBaseCapacity: 50").is_false());
    assert!(mixed("OnDemandBaseCapacity: 1, OnDemandPercentageAboveBaseCapacity: 0").is_false());
    assert!(mixed("SpotAllocationStrategy: lowest-price").is_false());
}

#[test]
fn volumes_of_their_own_are_data() {
    let facts = instance("
  V: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 10}}
  A: {Type: AWS::EC2::VolumeAttachment, Properties: {VolumeId: !Ref V, InstanceId: !Ref I, Device: /dev/sdb}}
  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S, Volumes: [{Device: /dev/sdc, VolumeId: vol-1}]}}");
    assert_eq!(facts.data_volumes, KeySet::of(vec![Key::from("vol-1"), key("V")]));
}

#[test]
fn an_instance_of_a_template_is_nobodys_to_replace() {
    let managed = |tags: &str| {
        instance(&format!(
            "
  I: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref S, Tags: {tags}}}}}"
        ))
        .managed_by
    };
    assert_eq!(managed("[]"), Value::Known(None));
    assert_eq!(
        managed("[{Key: 'aws:ec2:fleet-id', Value: fleet-1}]").known().unwrap().as_ref().unwrap().kind,
        InstanceManagerKind::Ec2Fleet
    );
    assert_eq!(why(&managed("!Ref P")).1, "P");
}

#[test]
fn a_group_that_lists_an_instance_replaces_it() {
    let text = r#"{"resources": {
      "AWS::EC2::Instance": [{"meta": {"key": "i", "label": "i"}}],
      "AWS::AutoScaling::AutoScalingGroup": [{"meta": {"key": "g", "label": "g"}, "instances": ["i"]}]
    }}"#;
    let mut snapshot: Snapshot = serde_json::from_str(text).unwrap();
    facts::derive(&mut snapshot, &EnvironmentSettings::default());
    let manager = snapshot.facts.instances["i"].managed_by.known().unwrap().clone().unwrap();
    assert_eq!((manager.kind, manager.resource), (InstanceManagerKind::AutoScalingGroup, Some("g".into())));
}

fn workload(resources: &str) -> WorkloadFacts {
    derived(&format!("{BASE}{resources}")).facts.workloads[&key("W")].clone()
}

/// Whether `W` may have a public address in `S`.
fn public(resources: &str) -> Value<bool> {
    let facts = workload(resources);
    let [placement] = facts.placements.as_slice() else { panic!("{facts:?}") };
    assert_eq!(placement.subnet, key("S"));
    placement.public_address.clone()
}

#[test]
fn everything_that_has_interfaces_runs_in_its_subnets() {
    let network = "SubnetIds: [!Ref S]";
    let all = [
        ("AWS::EC2::Instance", "SubnetId: !Ref S", WorkloadKind::Ec2),
        (
            "AWS::AutoScaling::AutoScalingGroup",
            "MinSize: 1, MaxSize: 1, VPCZoneIdentifier: [!Ref S]",
            WorkloadKind::Asg,
        ),
        (
            "AWS::ECS::Service",
            "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref S]}}",
            WorkloadKind::Ecs,
        ),
        ("AWS::EKS::Nodegroup", "Subnets: [!Ref S]", WorkloadKind::Eks),
        (
            "AWS::Lambda::Function",
            "VpcConfig: {SubnetIds: [!Ref S], SecurityGroupIds: []}",
            WorkloadKind::Lambda,
        ),
        ("AWS::RDS::DBInstance", "Engine: mysql, DBSubnetGroupName: !Ref Db", WorkloadKind::Rds),
        ("AWS::RDS::DBCluster", "Engine: aurora-mysql, DBSubnetGroupName: !Ref Db", WorkloadKind::Rds),
        ("AWS::ElastiCache::ReplicationGroup", "CacheSubnetGroupName: !Ref Cache", WorkloadKind::Elasticache),
        ("AWS::ElastiCache::CacheCluster", "CacheSubnetGroupName: !Ref Cache", WorkloadKind::Elasticache),
        ("AWS::ElastiCache::ServerlessCache", network, WorkloadKind::Elasticache),
        ("AWS::MemoryDB::Cluster", "SubnetGroupName: !Ref Mem", WorkloadKind::Memorydb),
        ("AWS::OpenSearchService::Domain", "VPCOptions: {SubnetIds: [!Ref S]}", WorkloadKind::Opensearch),
        ("AWS::MSK::Cluster", "BrokerNodeGroupInfo: {ClientSubnets: [!Ref S]}", WorkloadKind::Msk),
        ("AWS::AmazonMQ::Broker", network, WorkloadKind::Mq),
        ("AWS::Redshift::Cluster", "ClusterSubnetGroupName: !Ref Red", WorkloadKind::Redshift),
        ("AWS::DMS::ReplicationInstance", "ReplicationSubnetGroupIdentifier: !Ref Dms", WorkloadKind::Dms),
    ];
    let groups = "
  Db: {Type: AWS::RDS::DBSubnetGroup, Properties: {SubnetIds: [!Ref S]}}
  Cache: {Type: AWS::ElastiCache::SubnetGroup, Properties: {SubnetIds: [!Ref S]}}
  Mem: {Type: AWS::MemoryDB::SubnetGroup, Properties: {SubnetIds: [!Ref S]}}
  Red: {Type: AWS::Redshift::ClusterSubnetGroup, Properties: {SubnetIds: [!Ref S]}}
  Dms: {Type: AWS::DMS::ReplicationSubnetGroup, Properties: {SubnetIds: [!Ref S]}}";
    for (kind, properties, expected) in all {
        let resources = format!("{groups}\n  W: {{Type: '{kind}', Properties: {{{properties}}}}}");
        let facts = workload(&resources);
        assert_eq!((facts.kind, facts.subnets), (expected, KeySet::of(keys(&["S"]))), "{kind}");
        assert_eq!(with(&resources).workload.members, keys(&["W"]), "{kind}");
    }
}

#[test]
fn infrastructure_is_nobodys_workload() {
    let bastion = with("
  W: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S, Tags: [{Key: 'archlint:bastion', Value: 'true'}]}}");
    assert!(bastion.workload.is_empty().is_true());
    let outside = with(
        "
  W: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13}}",
    );
    assert!(outside.workload.is_empty().is_true());
}

/// The base whose subnet gives public addresses.
fn generous(resources: &str) -> Value<bool> {
    let base = BASE.replace("CidrBlock: 10.0.0.0/24", "CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true");
    let facts = derived(&format!("{base}{resources}")).facts.workloads[&key("W")].clone();
    facts.placements[0].public_address.clone()
}

#[test]
fn a_public_address_is_given_by_the_launch_or_else_by_the_subnet() {
    let group = "
  W: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 1, MaxSize: 1, VPCZoneIdentifier: [!Ref S], LaunchTemplate: {LaunchTemplateId: !Ref Lt, Version: '1'}}}";
    let launched = |data: &str| {
        format!(
            "{group}
  Lt: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{{data}}}}}}}"
        )
    };
    let yes = launched("NetworkInterfaces: [{DeviceIndex: 0, AssociatePublicIpAddress: true}]");
    let no = launched("NetworkInterfaces: [{DeviceIndex: 0, AssociatePublicIpAddress: false}]");
    let unsaid = launched("ImageId: ami-1");
    assert_eq!((public(&yes), generous(&yes)), (Value::Known(true), Value::Known(true)));
    assert_eq!((public(&no), generous(&no)), (Value::Known(false), Value::Known(false)));
    assert_eq!((public(&unsaid), generous(&unsaid)), (Value::Known(false), Value::Known(true)));
}

#[test]
fn an_associated_address_or_a_setting_makes_it_public() {
    assert_eq!(
        public(
            "
  W: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S}}
  A: {Type: AWS::EC2::EIPAssociation, Properties: {AllocationId: !Ref P, InstanceId: !Ref W}}"
        ),
        Value::Known(true)
    );
    let service = |assign: &str| {
        public(&format!("
  W: {{Type: AWS::ECS::Service, Properties: {{NetworkConfiguration: {{AwsvpcConfiguration: {{Subnets: [!Ref S], AssignPublicIp: {assign}}}}}}}}}"))
    };
    assert_eq!(service("ENABLED"), Value::Known(true));
    assert_eq!(service("DISABLED"), Value::Known(false));
    assert_eq!(why(&service("!Ref P")), (Reason::Parameter, "P".to_owned()));
}

#[test]
fn an_ipv6_address_is_public_where_ipv6_is() {
    let base = BASE.replace(
        "CidrBlock: 10.0.0.0/24",
        "CidrBlock: 10.0.0.0/24, Ipv6CidrBlock: '2001:db8::/64', AssignIpv6AddressOnCreation: true",
    );
    let of = |route: &str| {
        let text = format!(
            "{base}{route}
  W: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref S}}}}"
        );
        derived(&text).facts.workloads[&key("W")].placements[0].public_address.clone()
    };
    assert_eq!(of(""), Value::Known(false));
    assert_eq!(of(super::IPV6_DEFAULT), Value::Known(true));
}

#[test]
fn a_public_address_has_the_chain_that_gives_it() {
    let (_, because) = derived_with_evidence(&format!(
        "{BASE}
  W: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref S}}}}
  E: {{Type: AWS::EC2::EIP, Properties: {{InstanceId: !Ref W}}}}"
    ));
    let chain = because.chain(&key("W"), "public_ipv4").unwrap();
    assert_eq!(chain[0].message, "Elastic IP address `E` is associated with it");
}

/// The class of a VPC with a tag.
fn class(tag: &str, value: &str, settings: &EnvironmentSettings) -> Value<String> {
    let mut snapshot = derived(&format!(
        "
  V: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16, Tags: [{{Key: {tag}, Value: {value}}}]}}}}"
    ));
    facts::derive(&mut snapshot, settings);
    snapshot.facts.environments[&key("V")].class.clone()
}

#[test]
fn the_first_tag_that_names_an_environment_counts() {
    let known = |it: &str| Value::Known(it.to_owned());
    let settings = EnvironmentSettings::default();
    assert_eq!(class("Environment", "Dev", &settings), known("nonprod"));
    assert_eq!(class("stage", "staging", &settings), known("nonprod"));
    assert_eq!(class("Environment", "production", &settings), known("prod"));
    assert_eq!(class("Environment", "blue", &settings), known("prod"));
    assert_eq!(class("Owner", "dev", &settings), known("prod"));
    assert_eq!(why(&class("Environment", "!Ref P", &settings)).1, "P");
    let own = EnvironmentSettings {
        tag_keys: vec!["tier".to_owned()],
        map: [("gold".to_owned(), "prod".to_owned())].into(),
        default: "nonprod".to_owned(),
    };
    assert_eq!(class("tier", "gold", &own), known("prod"));
    assert_eq!(class("Environment", "prod", &own), known("nonprod"));
}
