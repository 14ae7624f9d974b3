//! Every kind that a template can hold, as the snapshot has it: each field from the property that it is read from, and
//! AWS's default where the property is not there.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use archlint::source::{self, SourceOptions};
use serde_json::{Value as Json, json};

/// The resource `X` of a template, without its identity.
#[track_caller]
fn read(resources: &str) -> Json {
    let text = format!("Parameters: {{P: {{Type: String}}}}\nResources:{resources}");
    let sources = source::read_text("t.yaml", &text, &SourceOptions::default());
    assert!(sources.errors.is_empty(), "{:?}", sources.errors);
    let architecture = sources.architectures.into_iter().next().unwrap();
    let snapshot = serde_json::to_value(&architecture.scenarios[0].snapshot.resources).unwrap();
    let all = snapshot.as_object().unwrap().values().flat_map(|it| it.as_array().unwrap());
    let mut found = all.filter(|it| it["meta"]["key"] == "t/X").cloned().collect::<Vec<_>>();
    assert_eq!(found.len(), 1, "{snapshot:#}");
    let mut it = found.remove(0);
    it.as_object_mut().unwrap().remove("meta");
    it
}

/// A resource `X` by its type and properties, and what is expected of it.
#[track_caller]
fn check(kind: &str, properties: &str, expected: &Json) {
    assert_eq!(
        read(&format!("\n  X: {{Type: '{kind}', Properties: {{{properties}}}}}")),
        *expected,
        "{kind}"
    );
}

/// Some fields of `X`, of a template with more resources.
#[track_caller]
fn check_fields(resources: &str, expected: &Json) {
    let read = read(resources);
    for (field, expected) in expected.as_object().unwrap() {
        assert_eq!(read[field], *expected, "{field} of {read:#}");
    }
}

#[test]
fn network_acls_have_their_entries_and_subnets() {
    check_fields(
        "
  X: {Type: 'AWS::EC2::NetworkAcl', Properties: {VpcId: vpc-1}}
  In: {Type: 'AWS::EC2::NetworkAclEntry', Properties: {NetworkAclId: !Ref X, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: 10.0.0.0/8, PortRange: {From: 80, To: 81}}}
  Out: {Type: 'AWS::EC2::NetworkAclEntry', Properties: {NetworkAclId: !Ref X, RuleNumber: 90, Protocol: -1, RuleAction: deny, Egress: true, Ipv6CidrBlock: '::/0'}}
  Of: {Type: 'AWS::EC2::SubnetNetworkAclAssociation', Properties: {NetworkAclId: !Ref X, SubnetId: subnet-1}}",
        &json!({
            "vpc": "vpc-1",
            "is_default": false,
            "entries": [
                {"number": 100, "egress": false, "allow": true, "protocol": "6", "from_port": 80, "to_port": 81, "cidr": "10.0.0.0/8"},
                {"number": 90, "egress": true, "allow": false, "protocol": "-1", "from_port": null, "to_port": null, "cidr": "::/0"},
            ],
            "subnets": ["subnet-1"],
        }),
    );
}

#[test]
fn gateways_and_attachments_join_networks() {
    check(
        "AWS::EC2::VPCPeeringConnection",
        "VpcId: vpc-1, PeerVpcId: vpc-2",
        &json!({"vpc": "vpc-1", "peer_vpc": "vpc-2", "state": null}),
    );
    for kind in ["AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment"] {
        check(
            kind,
            "TransitGatewayId: tgw-1, VpcId: vpc-1, SubnetIds: [subnet-1]",
            &json!({"transit_gateway": "tgw-1", "vpc": "vpc-1", "subnets": ["subnet-1"]}),
        );
    }
    check_fields(
        "
  X: {Type: 'AWS::EC2::VPNGateway', Properties: {Type: ipsec.1}}
  A: {Type: 'AWS::EC2::VPCGatewayAttachment', Properties: {VpcId: vpc-1, VpnGatewayId: !Ref X}}",
        &json!({"attachments": ["vpc-1"]}),
    );
    check_fields(
        "
  X: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: vpc-1}}
  P: {Type: 'AWS::EC2::VPNGatewayRoutePropagation', Properties: {RouteTableIds: [!Ref X], VpnGatewayId: vgw-1}}",
        &json!({"propagating_gateways": ["vgw-1"]}),
    );
    check(
        "AWS::EC2::InstanceConnectEndpoint",
        "SubnetId: subnet-1, SecurityGroupIds: [sg-1]",
        &json!({"subnet": "subnet-1", "security_groups": ["sg-1"]}),
    );
}

#[test]
fn subnets_interfaces_and_endpoints_have_what_they_say() {
    check_fields(
        "
  X: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: vpc-1, CidrBlock: 10.0.0.0/24, AssignIpv6AddressOnCreation: true}}",
        &json!({"assign_ipv6_on_creation": true, "map_public_ip_on_launch": false}),
    );
    check_fields(
        "
  X: {Type: 'AWS::EC2::NetworkInterface', Properties: {SubnetId: subnet-1, Ipv6AddressCount: 1}}",
        &json!({"ipv6": true, "public_address": null}),
    );
    check_fields(
        "
  X: {Type: 'AWS::EC2::VPCEndpoint', Properties: {VpcId: vpc-1, ServiceName: s, VpcEndpointType: Interface, SecurityGroupIds: [sg-1]}}",
        &json!({"security_groups": ["sg-1"]}),
    );
}

#[test]
fn an_address_from_elsewhere_is_there_as_its_association() {
    check_fields(
        "
  I: {Type: 'AWS::EC2::Instance', Properties: {ImageId: ami-1}}
  X: {Type: 'AWS::EC2::EIPAssociation', Properties: {AllocationId: !Ref P, InstanceId: !Ref I}}",
        &json!({"instance": "t/I", "network_interface": null}),
    );
}

#[test]
fn instances_say_what_they_are_launched_with() {
    check_fields(
        "
  X:
    Type: AWS::EC2::Instance
    Properties:
      IamInstanceProfile: !Ref Profile
      LaunchTemplate: {LaunchTemplateName: web, Version: '1'}
      NetworkInterfaces: [{DeviceIndex: '0', SubnetId: subnet-1, GroupSet: [sg-1], Ipv6AddressCount: 0, PrivateIpAddress: 10.0.0.10}]
      BlockDeviceMappings: [{DeviceName: /dev/sdb, Ebs: {VolumeSize: 10}}, {DeviceName: /dev/sdc, NoDevice: {}}]
      Volumes: [{Device: /dev/sdd, VolumeId: vol-1}]
  Profile: {Type: 'AWS::IAM::InstanceProfile', Properties: {Roles: [role]}}",
        &json!({
            "instance_profile": "t/Profile",
            "launch_template": "web",
            "security_groups": ["sg-1"],
            "ipv6": false,
            "private_address": "10.0.0.10",
            "block_devices": ["/dev/sdb"],
            "volumes": ["vol-1"],
            "user_data_holds_aws_keys": false,
            "image_name": null,
            "public_address": null,
            "state": null,
        }),
    );
    check("AWS::IAM::InstanceProfile", "Roles: [role]", &json!({"roles": ["role"]}));
}

#[test]
fn whether_user_data_holds_a_key_is_all_that_enters_of_it() {
    let holds = |user_data: &str| {
        read(&format!(
            "
  X: {{Type: 'AWS::EC2::Instance', Properties: {{UserData: {user_data}}}}}
  Key: {{Type: 'AWS::IAM::AccessKey', Properties: {{UserName: u}}}}"
        ))["user_data_holds_aws_keys"]
            .clone()
    };
    assert_eq!(holds("{'Fn::Base64': 'aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE'}"), true);
    assert_eq!(holds("{'Fn::Base64': !Sub 'export K=${Key.SecretAccessKey}'}"), true);
    assert_eq!(holds("{'Fn::Base64': {'Fn::Join': ['', ['K=', !GetAtt Key.SecretAccessKey]]}}"), true);
    assert_eq!(holds("{'Fn::Base64': !Sub 'cfn-init -s ${AWS::StackName} ${P}'}"), false);
    assert_eq!(holds("!Ref P")["$unknown"]["reason"], "parameter");
}

#[test]
fn groups_are_launched_from_templates_and_configurations() {
    check_fields(
        "
  X:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        IamInstanceProfile: {Arn: !GetAtt Profile.Arn}
        NetworkInterfaces: [{DeviceIndex: 0, AssociatePublicIpAddress: true, Groups: [sg-1], Ipv6AddressCount: 1}]
        BlockDeviceMappings: [{DeviceName: /dev/xvda, Ebs: {VolumeSize: 8}}]
        InstanceMarketOptions: {MarketType: capacity-block}
        Placement: {GroupName: !Ref Placed}
        UserData: QUtJQUlPU0ZPRE5ON0VYQU1QTEU=
  Placed: {Type: 'AWS::EC2::PlacementGroup', Properties: {Strategy: cluster}}
  Profile: {Type: 'AWS::IAM::InstanceProfile', Properties: {Roles: [role]}}",
        &json!({
            "instance_profile": "t/Profile",
            "security_groups": ["sg-1"],
            "associate_public_ip": true,
            "ipv6": true,
            "block_devices": ["/dev/xvda"],
            "market_type": "capacity-block",
            "placement_group": "t/Placed",
            "user_data_holds_aws_keys": true,
        }),
    );
    check("AWS::EC2::PlacementGroup", "Strategy: spread", &json!({"strategy": "spread"}));
    check(
        "AWS::AutoScaling::LaunchConfiguration",
        "ImageId: ami-1, InstanceType: t3.micro, SecurityGroups: [sg-1], AssociatePublicIpAddress: true, IamInstanceProfile: p, SpotPrice: '0.05'",
        &json!({
            "image": "ami-1", "instance_type": "t3.micro", "security_groups": ["sg-1"], "associate_public_ip": true,
            "instance_profile": "p", "spot_price": "0.05", "user_data_holds_aws_keys": false,
        }),
    );
    check_fields(
        "
  X:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: 1
      MaxSize: 2
      LaunchConfigurationName: !Ref C
      PlacementGroup: pg
      MixedInstancesPolicy: {InstancesDistribution: {OnDemandBaseCapacity: 1, OnDemandPercentageAboveBaseCapacity: 50}}
      LifecycleHookSpecificationList: [{LifecycleHookName: a, LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING'}]
  C: {Type: 'AWS::AutoScaling::LaunchConfiguration', Properties: {ImageId: ami-1, InstanceType: t3.micro}}
  H: {Type: 'AWS::AutoScaling::LifecycleHook', Properties: {AutoScalingGroupName: !Ref X, LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING'}}",
        &json!({
            "launch_configuration": "t/C",
            "launch_template": null,
            "placement_group": "pg",
            "on_demand_base_capacity": 1,
            "on_demand_percentage_above_base_capacity": 50,
            "lifecycle_hooks": ["autoscaling:EC2_INSTANCE_TERMINATING", "autoscaling:EC2_INSTANCE_LAUNCHING"],
            "instances": [],
        }),
    );
    check_fields(
        "
  X: {Type: 'AWS::EC2::Volume', Properties: {AvailabilityZone: eu-west-1a, Size: 10}}
  A: {Type: 'AWS::EC2::VolumeAttachment', Properties: {VolumeId: !Ref X, InstanceId: i-1, Device: /dev/sdb}}",
        &json!({"zone": "eu-west-1a", "instances": ["i-1"]}),
    );
    check(
        "AWS::Lambda::Function",
        "VpcConfig: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}",
        &json!({"reserved_concurrency": null, "subnets": ["subnet-1"], "security_groups": ["sg-1"]}),
    );
}

#[test]
fn load_balancers_say_where_they_listen_and_send() {
    check_fields(
        "
  X:
    Type: AWS::ElasticLoadBalancing::LoadBalancer
    Properties:
      Listeners: [{Protocol: http, LoadBalancerPort: '80', InstancePort: '8080'}]
      HealthCheck: {Target: 'HTTP:8081/health', HealthyThreshold: '2', Interval: '30', Timeout: '5', UnhealthyThreshold: '2'}",
        &json!({"listeners": [{"protocol": "HTTP", "port": 80, "instance_port": 8080}], "health_check_port": 8081}),
    );
    check_fields(
        "
  X:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      TargetType: instance
      Protocol: TCP
      Port: 80
      HealthCheckProtocol: HTTP
      TargetGroupAttributes: [{Key: preserve_client_ip.enabled, Value: 'false'}]
      Targets: [{Id: i-1}, {Id: i-2, Port: 81}]",
        &json!({
            "health_check_protocol": "HTTP",
            "preserve_client_ip": false,
            "targets": [
                {"target": {"instance": "i-1"}, "port": null},
                {"target": {"instance": "i-2"}, "port": 81},
            ],
        }),
    );
}

#[test]
fn containers_say_where_their_tasks_are() {
    check(
        "AWS::ECS::Service",
        "TaskDefinition: td, DesiredCount: 2, \
         NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [subnet-1], SecurityGroups: [sg-1], AssignPublicIp: ENABLED}}, \
         LoadBalancers: [{TargetGroupArn: tg, ContainerName: web, ContainerPort: 8080}]",
        &json!({
            "task_definition": "td", "desired_count": 2, "subnets": ["subnet-1"], "security_groups": ["sg-1"],
            "assign_public_ip": true,
            "load_balancers": [
                {"target_group": "tg", "classic_load_balancer": null, "container": "web", "container_port": 8080},
            ],
        }),
    );
    check(
        "AWS::ECS::TaskDefinition",
        "NetworkMode: host, ContainerDefinitions: [{Name: web, Image: i, PortMappings: [{ContainerPort: 80, HostPort: 0}]}]",
        &json!({
            "network_mode": "host",
            "port_mappings": [{"container": "web", "container_port": 80, "host_port": 0}],
        }),
    );
    check(
        "AWS::EKS::Nodegroup",
        "ClusterName: c, NodeRole: r, Subnets: [subnet-1], LaunchTemplate: {Id: lt-1}, ScalingConfig: {MinSize: 1, DesiredSize: 2}",
        &json!({"subnets": ["subnet-1"], "launch_template": "lt-1", "min_size": 1, "desired_size": 2}),
    );
}

#[test]
fn databases_have_their_defaults_and_their_relatives() {
    check_fields(
        "
  X:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: mysql
      DBInstanceClass: db.r6g.large
      VPCSecurityGroups: [sg-1]
      Port: 3307
      AllocatedStorage: '100'
      AutomaticBackupReplicationRegion: eu-central-1",
        &json!({
            "security_groups": ["sg-1"], "port": 3307, "promotion_tier": 1, "is_writer": null,
            "allocated_storage_gb": 100, "source_region": null, "backup_replication_region": "eu-central-1",
            "backup_retention_days": 1,
        }),
    );
    check_fields(
        "
  X: {Type: 'AWS::RDS::DBInstance', Properties: {SourceDBInstanceIdentifier: 'arn:aws:rds:ap-northeast-2:123456789012:db:main'}}",
        &json!({"source_region": "ap-northeast-2", "backup_retention_days": null}),
    );
    check_fields(
        "
  X:
    Type: AWS::RDS::DBCluster
    Properties:
      Engine: aurora-mysql
      EngineMode: provisioned
      VpcSecurityGroupIds: [sg-1]
      Port: 3306
      GlobalClusterIdentifier: !Ref G
      ReplicationSourceIdentifier: c
      SourceRegion: eu-west-1
      PubliclyAccessible: true
      ServerlessV2ScalingConfiguration: {MinCapacity: 0.5, MaxCapacity: 4.5}
  G: {Type: 'AWS::RDS::GlobalCluster', Properties: {GlobalClusterIdentifier: g, SourceDBClusterIdentifier: other}}",
        &json!({
            "engine_mode": "provisioned", "security_groups": ["sg-1"], "port": 3306, "global_cluster": "t/G",
            "replica_of": "c", "source_region": "eu-west-1", "publicly_accessible": true,
            "serverless_max_half_acus": 9, "backup_retention_days": 1, "backup_replication_region": null,
        }),
    );
    check("AWS::RDS::GlobalCluster", "SourceDBClusterIdentifier: c", &json!({"source": "c"}));
    check(
        "AWS::RDS::DBProxy",
        "DBProxyName: p, EngineFamily: MYSQL, RoleArn: r, VpcSubnetIds: [subnet-1], VpcSecurityGroupIds: [sg-1]",
        &json!({"subnets": ["subnet-1"], "security_groups": ["sg-1"]}),
    );
    for (kind, engine) in [("AWS::DocDB::DBCluster", "docdb"), ("AWS::Neptune::DBCluster", "neptune")] {
        check_fields(
            &format!("\n  X: {{Type: '{kind}', Properties: {{VpcSecurityGroupIds: [sg-1]}}}}"),
            &json!({"engine": engine, "security_groups": ["sg-1"]}),
        );
    }
    for (kind, engine) in [("AWS::DocDB::DBInstance", "docdb"), ("AWS::Neptune::DBInstance", "neptune")] {
        check_fields(
            &format!(
                "\n  X: {{Type: '{kind}', Properties: {{DBClusterIdentifier: c, DBInstanceClass: db.r6g.large}}}}"
            ),
            &json!({"engine": engine, "cluster": "c"}),
        );
    }
    check(
        "AWS::Redshift::Cluster",
        "ClusterSubnetGroupName: g, VpcSecurityGroupIds: [sg-1], PubliclyAccessible: true",
        &json!({"subnet_group": "g", "security_groups": ["sg-1"], "publicly_accessible": true, "port": 5439}),
    );
    check(
        "AWS::DMS::ReplicationInstance",
        "ReplicationSubnetGroupIdentifier: g, VpcSecurityGroupIds: [sg-1], MultiAZ: true",
        &json!({"subnet_group": "g", "security_groups": ["sg-1"], "publicly_accessible": true, "multi_az": true}),
    );
    let groups = [
        "AWS::RDS::DBSubnetGroup",
        "AWS::DocDB::DBSubnetGroup",
        "AWS::Neptune::DBSubnetGroup",
        "AWS::Redshift::ClusterSubnetGroup",
        "AWS::DMS::ReplicationSubnetGroup",
        "AWS::ElastiCache::SubnetGroup",
        "AWS::MemoryDB::SubnetGroup",
    ];
    for kind in groups {
        check(kind, "SubnetIds: [subnet-1]", &json!({"subnets": ["subnet-1"]}));
    }
}

#[test]
fn caches_count_their_nodes_per_shard() {
    let nodes = |properties: &str| {
        read(&format!("\n  X: {{Type: 'AWS::ElastiCache::ReplicationGroup', Properties: {{{properties}}}}}"))
            ["nodes_per_shard"]
            .clone()
    };
    assert_eq!(nodes("NumCacheClusters: 3"), 3);
    assert_eq!(nodes("NumNodeGroups: 2, ReplicasPerNodeGroup: 1"), 2);
    assert_eq!(nodes("NodeGroupConfiguration: [{ReplicaCount: 2}, {ReplicaCount: 0}]"), 1);
    assert_eq!(nodes("CacheNodeType: cache.t4g.micro"), 1);
    check(
        "AWS::ElastiCache::ReplicationGroup",
        "MultiAZEnabled: true, AutomaticFailoverEnabled: true, NumCacheClusters: 2, CacheSubnetGroupName: g, \
         SecurityGroupIds: [sg-1], SnapshotRetentionLimit: 5",
        &json!({
            "multi_az": true, "automatic_failover": true, "nodes_per_shard": 2, "subnet_group": "g",
            "security_groups": ["sg-1"], "port": 6379, "snapshot_retention_days": 5,
        }),
    );
    check(
        "AWS::ElastiCache::CacheCluster",
        "Engine: memcached, NumCacheNodes: 2, AZMode: cross-az, CacheSubnetGroupName: g, VpcSecurityGroupIds: [sg-1]",
        &json!({
            "engine": "memcached", "nodes": 2, "cross_az": true, "replication_group": null, "subnet_group": "g",
            "security_groups": ["sg-1"], "port": 11211, "snapshot_retention_days": 0,
        }),
    );
    check(
        "AWS::ElastiCache::ServerlessCache",
        "SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]",
        &json!({"subnets": ["subnet-1"], "security_groups": ["sg-1"]}),
    );
    check(
        "AWS::MemoryDB::Cluster",
        "NumReplicasPerShard: 0, SubnetGroupName: g, SecurityGroupIds: [sg-1]",
        &json!({
            "replicas_per_shard": 0, "subnet_group": "g", "security_groups": ["sg-1"], "port": 6379,
            "snapshot_retention_days": 0,
        }),
    );
}

#[test]
fn what_keeps_state_says_in_how_many_places() {
    check_fields(
        "
  X: {Type: 'AWS::EFS::FileSystem', Properties: {AvailabilityZoneName: eu-west-1a, BackupPolicy: {Status: ENABLED}}}
  M: {Type: 'AWS::EFS::MountTarget', Properties: {FileSystemId: !Ref X, SubnetId: subnet-1, SecurityGroups: [sg-1]}}",
        &json!({
            "zone": "eu-west-1a",
            "automatic_backups": true,
            "mount_targets": [{"subnet": "subnet-1", "security_groups": ["sg-1"]}],
        }),
    );
    check(
        "AWS::FSx::FileSystem",
        "FileSystemType: WINDOWS, SubnetIds: [subnet-1], SecurityGroupIds: [sg-1], WindowsConfiguration: {DeploymentType: MULTI_AZ_1}",
        &json!({"multi_az": true, "subnets": ["subnet-1"], "security_groups": ["sg-1"], "backup_retention_days": 30}),
    );
    check(
        "AWS::FSx::FileSystem",
        "FileSystemType: LUSTRE, SubnetIds: [subnet-1]",
        &json!({"multi_az": false, "subnets": ["subnet-1"], "security_groups": [], "backup_retention_days": 0}),
    );
    let domain = |aware| json!({"instances": 2, "zone_awareness": aware, "subnets": ["subnet-1"], "security_groups": ["sg-1"]});
    let network = "VPCOptions: {SubnetIds: [subnet-1], SecurityGroupIds: [sg-1]}";
    check(
        "AWS::OpenSearchService::Domain",
        &format!("ClusterConfig: {{InstanceCount: 2, ZoneAwarenessEnabled: true}}, {network}"),
        &domain(true),
    );
    check(
        "AWS::Elasticsearch::Domain",
        &format!("ElasticsearchClusterConfig: {{InstanceCount: 2}}, {network}"),
        &domain(false),
    );
    check(
        "AWS::AmazonMQ::Broker",
        "DeploymentMode: SINGLE_INSTANCE, SubnetIds: [subnet-1], SecurityGroups: [sg-1], PubliclyAccessible: true",
        &json!({
            "deployment_mode": "SINGLE_INSTANCE", "subnets": ["subnet-1"], "security_groups": ["sg-1"],
            "publicly_accessible": true,
        }),
    );
    check(
        "AWS::MSK::Cluster",
        "BrokerNodeGroupInfo: {ClientSubnets: [subnet-1], SecurityGroups: [sg-1], ConnectivityInfo: {PublicAccess: {Type: SERVICE_PROVIDED_EIPS}}}",
        &json!({"subnets": ["subnet-1"], "security_groups": ["sg-1"], "public_access": true}),
    );
    check(
        "AWS::S3Express::DirectoryBucket",
        "DataRedundancy: SingleAvailabilityZone, LocationName: use1-az4",
        &json!({"single_zone": true}),
    );
}

#[test]
fn backups_say_what_they_take_and_how_long_they_keep_it() {
    check(
        "AWS::Backup::BackupPlan",
        "BackupPlan: {BackupPlanName: p, BackupPlanRule: [{RuleName: r, TargetBackupVault: v, EnableContinuousBackup: true, \
         Lifecycle: {DeleteAfterDays: 35}, CopyActions: [{DestinationBackupVaultArn: 'arn:aws:backup:eu-central-1:123456789012:backup-vault:v'}]}]}",
        &json!({"rules": [{"continuous": true, "delete_after_days": 35, "copies": [{"region": "eu-central-1"}]}]}),
    );
    check_fields(
        "
  X:
    Type: AWS::Backup::BackupSelection
    Properties:
      BackupPlanId: plan
      BackupSelection:
        SelectionName: s
        IamRoleArn: r
        Resources: ['arn:aws:ec2:*:*:volume/*', !GetAtt Db.DBInstanceArn]
        NotResources: ['arn:aws:ec2:*:*:volume/vol-1']
        ListOfTags: [{ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: daily}]
        Conditions: {StringEquals: [{ConditionKey: aws:ResourceTag/env, ConditionValue: prod}], StringLike: []}
  Db: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: mysql, DBInstanceClass: db.r6g.large}}",
        &json!({
            "plan": "plan",
            "resources": [{"pattern": "arn:aws:ec2:*:*:volume/*"}, {"resource": "t/Db"}],
            "not_resources": [{"pattern": "arn:aws:ec2:*:*:volume/vol-1"}],
            "any_tags": [{"key": "backup", "value": "daily"}],
            "all_tags": [{"key": "env", "value": "prod"}],
            "other_conditions": true,
        }),
    );
    check(
        "AWS::DLM::LifecyclePolicy",
        "State: ENABLED, PolicyDetails: {ResourceTypes: [VOLUME], TargetTags: [{Key: backup, Value: daily}], \
         Schedules: [{Name: d, CrossRegionCopyRules: [{TargetRegion: eu-central-1, Encrypted: false}]}]}",
        &json!({
            "enabled": true, "resource_types": ["VOLUME"], "target_tags": [{"key": "backup", "value": "daily"}],
            "copy_regions": ["eu-central-1"],
        }),
    );
}

#[test]
fn streams_say_how_much_goes_through_them() {
    for (properties, mode, shards, hours) in [
        ("ShardCount: 4, RetentionPeriodHours: 168", "provisioned", json!(4), 168),
        ("Name: s", "provisioned", json!(1), 24),
        ("StreamModeDetails: {StreamMode: ON_DEMAND}", "on-demand", json!(null), 24),
    ] {
        let expected = json!({"mode": mode, "shards": shards, "retention_hours": hours});
        check("AWS::Kinesis::Stream", properties, &expected);
    }
    let unknown = json!({"$unknown": {"reason": "parameter", "detail": "P"}});
    let expected = json!({"mode": unknown, "shards": unknown, "retention_hours": 24});
    check("AWS::Kinesis::Stream", "StreamModeDetails: {StreamMode: !Ref P}", &expected);
    check("AWS::Kinesis::StreamConsumer", "ConsumerName: c, StreamARN: 'arn:s'", &json!({"stream": "arn:s"}));
}

#[test]
fn event_source_mappings_have_the_defaults_of_lambda() {
    let expected = |it: Json| {
        let mut all = json!({
            "source": "t/S", "starting_position": "LATEST", "function": "f", "enabled": true, "maximum_retry_attempts": -1,
            "maximum_record_age": -1, "bisect_batch_on_function_error": false, "reports_batch_item_failures": false,
            "on_failure_destination": false, "parallelization_factor": 1,
        });
        all.as_object_mut().unwrap().extend(it.as_object().unwrap().clone());
        all
    };
    let read = |source: &str, properties: &str| {
        self::read(&format!("
  S: {{Type: 'AWS::Kinesis::Stream', Properties: {{ShardCount: 1}}}}
  C: {{Type: 'AWS::Kinesis::StreamConsumer', Properties: {{ConsumerName: c, StreamARN: !GetAtt S.Arn}}}}
  T: {{Type: 'AWS::DynamoDB::Table', Properties: {{TableName: t}}}}
  Q: {{Type: 'AWS::SQS::Queue'}}
  X: {{Type: 'AWS::Lambda::EventSourceMapping', Properties: {{EventSourceArn: {source}, FunctionName: f, StartingPosition: LATEST, {properties}}}}}"))
    };
    assert_eq!(read("!GetAtt S.Arn", ""), expected(json!({})));
    assert_eq!(read("!Ref C", ""), expected(json!({"source": "t/C"})));
    assert_eq!(read("!GetAtt C.ConsumerARN", ""), expected(json!({"source": "t/C"})));
    assert_eq!(read("!GetAtt T.StreamArn", ""), expected(json!({"source": "t/T"})));
    let limits = "MaximumRetryAttempts: 5, MaximumRecordAgeInSeconds: 3600, BisectBatchOnFunctionError: true, Enabled: false, \
                  ParallelizationFactor: 2, FunctionResponseTypes: [ReportBatchItemFailures], \
                  DestinationConfig: {OnFailure: {Destination: !GetAtt Q.Arn}}";
    let limited = json!({
        "enabled": false, "maximum_retry_attempts": 5, "maximum_record_age": 3600, "bisect_batch_on_function_error": true,
        "reports_batch_item_failures": true, "on_failure_destination": true, "parallelization_factor": 2,
    });
    assert_eq!(read("!GetAtt S.Arn", limits), expected(limited));
    let given = expected(json!({"on_failure_destination": true}));
    assert_eq!(read("!GetAtt S.Arn", "DestinationConfig: {OnFailure: {Destination: !Ref P}}"), given);
}

#[test]
fn sam_makes_mappings_of_events() {
    check_fields(
        "
  Clicks: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 1}}
  X:
    Type: AWS::Serverless::Function
    Properties:
      ReservedConcurrentExecutions: 2
      Events:
        Clicks: {Type: Kinesis, Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: LATEST, ParallelizationFactor: 2}}
        Http: {Type: HttpApi}",
        &json!({"reserved_concurrency": 2, "subnets": []}),
    );
    let text = "
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 3, VpcConfig: {SubnetIds: [subnet-1]}}}
Resources:
  Clicks: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 1}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Event: {Type: Kinesis, Properties: {Stream: !GetAtt Clicks.Arn, StartingPosition: LATEST}}";
    let sources = source::read_text("t.yaml", text, &SourceOptions::default());
    let scenario = &sources.architectures[0].scenarios[0];
    let snapshot = serde_json::to_value(&scenario.snapshot.resources).unwrap();
    let mapping = &snapshot["AWS::Lambda::EventSourceMapping"][0];
    assert_eq!((&mapping["meta"]["key"], &mapping["source"]), (&json!("t/FnEvent"), &json!("t/Clicks")));
    assert_eq!(mapping["function"], json!("t/Fn"));
    assert_eq!(snapshot["AWS::Lambda::Function"][0]["subnets"], json!(["subnet-1"]));
    let place = &scenario.origins.resources["t/FnEvent"];
    assert_eq!(place.resource.start.line, 10, "it stands where its event does");
}

#[test]
fn firehose_streams_and_alarms_name_what_they_are_about() {
    let kind = "AWS::KinesisFirehose::DeliveryStream";
    let source = "KinesisStreamSourceConfiguration: {KinesisStreamARN: 'arn:s', RoleARN: r}";
    let all = json!({"source": "arn:s", "bucket": "arn:b", "prefix": "p/"});
    let bucket = "{BucketARN: 'arn:b', Prefix: p/}";
    check(kind, &format!("{source}, ExtendedS3DestinationConfiguration: {bucket}"), &all);
    check(kind, &format!("{source}, S3DestinationConfiguration: {bucket}"), &all);
    check(kind, &format!("{source}, RedshiftDestinationConfiguration: {{S3Configuration: {bucket}}}"), &all);
    let search = |mode: &str| {
        format!(
            "AmazonopensearchserviceDestinationConfiguration: {{S3BackupMode: {mode}, S3Configuration: {bucket}}}"
        )
    };
    check(kind, &format!("{source}, {}", search("AllDocuments")), &all);
    check(kind, &search("FailedDocumentsOnly"), &json!({"source": null, "bucket": null, "prefix": null}));
    check_fields(
        "
  S: {Type: 'AWS::Kinesis::Stream', Properties: {ShardCount: 1}}
  X:
    Type: AWS::CloudWatch::Alarm
    Properties:
      MetricName: IteratorAge
      Dimensions: [{Name: FunctionName, Value: f}]
      Metrics:
        - {Id: a, MetricStat: {Stat: Maximum, Period: 60, Metric: {MetricName: M, Dimensions: [{Name: StreamName, Value: !Ref S}]}}}
        - {Id: b, Expression: a / 2}",
        &json!({"metrics": ["IteratorAge", "M"], "resources": ["f", "t/S"]}),
    );
}

#[test]
fn buckets_have_what_they_say_and_what_s3_does_unasked() {
    let plain = json!({
        "encryption": "AES256",
        "bucket_key": false,
        "website": false,
        "public_policy": false,
        "public_acl": false,
        "restrict_public_buckets": false,
        "ignore_public_acls": false,
        "filter_prefixes": [],
        "request_metrics": false,
    });
    check("AWS::S3::Bucket", "BucketName: photos", &plain);
    check_fields(
        "
  X:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: PublicRead
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - {BucketKeyEnabled: true, ServerSideEncryptionByDefault: {SSEAlgorithm: 'aws:kms', KMSMasterKeyID: alias/data}}
      PublicAccessBlockConfiguration: {BlockPublicPolicy: true}
      WebsiteConfiguration: {IndexDocument: index.html}
      MetricsConfigurations: [{Id: all}]
      LifecycleConfiguration: {Rules: [{Prefix: tmp/, Status: Enabled}, {Prefix: '', Status: Enabled}]}
      ReplicationConfiguration:
        Role: arn:aws:iam::123456789012:role/r
        Rules: [{Filter: {Prefix: a/}}, {Filter: {And: {Prefix: b/, TagFilters: []}}}]",
        &json!({
            "encryption": "aws:kms",
            "bucket_key": true,
            "website": true,
            "public_acl": true,
            "restrict_public_buckets": true,
            "ignore_public_acls": false,
            "filter_prefixes": ["tmp/", "a/", "b/"],
            "request_metrics": true,
        }),
    );
    let redirects = "WebsiteConfiguration: {RedirectAllRequestsTo: {HostName: example.com}}";
    check("AWS::S3::Bucket", redirects, &plain);
    check_fields(
        "
  X: {Type: 'AWS::S3::Bucket', Properties: {BucketEncryption: {ServerSideEncryptionConfiguration: [{BucketKeyEnabled: !Ref P}]}}}",
        &json!({"encryption": "AES256", "bucket_key": {"$unknown": {"reason": "parameter", "detail": "P"}}}),
    );
}

/// Whether a policy of one statement lets everybody read.
#[track_caller]
fn check_policy(statement: &str, expected: &Json) {
    check_fields(
        &format!(
            "
  X: {{Type: 'AWS::S3::Bucket'}}
  Policy: {{Type: 'AWS::S3::BucketPolicy', Properties: {{Bucket: !Ref X, PolicyDocument: {{Statement: {statement}}}}}}}"
        ),
        &json!({ "public_policy": expected }),
    );
}

#[test]
fn a_policy_lets_everybody_read_where_it_asks_for_nothing() {
    check_policy("{Effect: Allow, Principal: '*', Action: 's3:GetObject'}", &json!(true));
    check_policy(
        "[{Effect: Allow, Principal: {AWS: ['*']}, Action: ['s3:ListBucket', 's3:Get*']}]",
        &json!(true),
    );
    check_policy("{Effect: Deny, Principal: '*', Action: 's3:*'}", &json!(false));
    check_policy("{Effect: Allow, Principal: '*', Action: 's3:PutObject'}", &json!(false));
    check_policy(
        "{Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: 's3:GetObject'}",
        &json!(false),
    );
    let condition = "Condition: {StringEquals: {'aws:PrincipalOrgID': o-1}}";
    check_policy(
        &format!("{{Effect: Allow, Principal: '*', Action: 's3:GetObject', {condition}}}"),
        &json!(false),
    );
    let unknown = json!({"$unknown": {"reason": "parameter", "detail": "P"}});
    check_policy("{Effect: Allow, Principal: !Ref P, Action: 's3:GetObject'}", &unknown);
}

/// The buckets of a distribution with one origin and a default behavior, and those that it does not cache.
#[track_caller]
fn check_distribution(domain: &str, behavior: &str, buckets: &Json, uncached: &Json) {
    check_fields(
        &format!(
            "
  Site: {{Type: 'AWS::S3::Bucket'}}
  Named: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: my.photos}}}}
  X:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{{Id: o, DomainName: {domain}}}]
        DefaultCacheBehavior: {{TargetOriginId: o, {behavior}}}"
        ),
        &json!({ "buckets": buckets, "uncached": uncached }),
    );
}

#[test]
fn distributions_have_their_buckets_however_these_are_named() {
    let (site, none) = (json!(["t/Site"]), json!([]));
    check_distribution("!GetAtt Site.RegionalDomainName", "", &site, &none);
    check_distribution("!Sub '${Site}.s3.${AWS::Region}.amazonaws.com'", "", &site, &none);
    check_distribution("my.photos.s3-eu-west-1.amazonaws.com", "", &json!(["t/Named"]), &none);
    check_distribution("elsewhere.s3.amazonaws.com", "", &json!(["elsewhere"]), &none);
    check_distribution("shop.example.com", "", &none, &none);
    let disabled = "CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    check_distribution("!GetAtt Site.DomainName", disabled, &site, &site);
    check_distribution("!GetAtt Site.DomainName", "DefaultTTL: 0, MinTTL: 0", &site, &site);
    check_distribution("!GetAtt Site.DomainName", "DefaultTTL: 60", &site, &none);
    let other = format!(
        "{disabled}}}\n        CacheBehaviors: [{{TargetOriginId: o, PathPattern: /img/*}}]\n        Logging: {{Bucket: b"
    );
    check_distribution("!GetAtt Site.DomainName", &other, &site, &none);
}

#[test]
fn tables_have_their_bucket_and_their_prefix() {
    let table = |location: &str, parameters: &str, expected: Json| {
        check_fields(
            &format!(
                "
  Lake: {{Type: 'AWS::S3::Bucket'}}
  X:
    Type: AWS::Glue::Table
    Properties:
      DatabaseName: d
      TableInput:
        Name: events
        PartitionKeys: [{{Name: dt, Type: string}}]
        Parameters: {{{parameters}}}
        StorageDescriptor: {{Location: {location}}}"
            ),
            &expected,
        );
    };
    let in_lake = json!({"bucket": "t/Lake", "prefix": "events/", "partition_keys": ["dt"], "object_storage_layout": false});
    table("!Sub 's3://${Lake}/events/'", "", in_lake.clone());
    table("!Join ['', ['s3://', !Ref Lake, '/events/']]", "classification: parquet", in_lake);
    table("s3a://other/a/b", "", json!({"bucket": "other", "prefix": "a/b"}));
    table("!Sub 's3://${Lake}'", "", json!({"bucket": "t/Lake", "prefix": ""}));
    table("hdfs://x/y", "", json!({"bucket": null, "prefix": ""}));
    let iceberg = "table_type: ICEBERG, write.object-storage.enabled: 'true'";
    table("!Sub 's3://${Lake}/e/'", iceberg, json!({"object_storage_layout": true}));
    let hidden =
        json!({"$unknown": {"reason": "not-collected", "detail": "the metadata of an Iceberg table"}});
    table("!Sub 's3://${Lake}/e/'", "table_type: ICEBERG", json!({ "object_storage_layout": hidden }));
}

#[test]
fn pipes_and_rules_of_iot_say_what_they_write() {
    check(
        "AWS::Pipes::Pipe",
        "Source: 'arn:q', Target: 'arn:s', DesiredState: STOPPED, \
         TargetParameters: {KinesisStreamParameters: {PartitionKey: $.body.id}}",
        &json!({"source": "arn:q", "target": "arn:s", "running": false, "partition_key": "$.body.id"}),
    );
    check(
        "AWS::IoT::TopicRule",
        "TopicRulePayload: {Sql: x, Actions: [{Lambda: {FunctionArn: f}}, {Kinesis: {StreamName: s, PartitionKey: all, RoleArn: r}}]}",
        &json!({"streams": [{"stream": "s", "partition_key": "all"}]}),
    );
}
