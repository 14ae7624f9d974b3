//! Databases, what keeps state, and what backs it up.

use archlint::facts::{self, EnvironmentSettings};
use archlint_schema::{
    BackupFacts, DataStoreKind, DatabaseFacts, DatabaseKind, Key, KeySet, RecoveryCopyKind, Snapshot, Value,
    ZoneBounds,
};

use super::{BASE, derived, key, keys, why};

fn database(resources: &str) -> DatabaseFacts {
    derived(&format!(
        "{BASE}
  Group: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{SubnetIds: [!Ref S]}}}}{resources}"
    ))
    .facts
    .databases[&key("D")]
        .clone()
}

fn instance(properties: &str) -> DatabaseFacts {
    database(&format!(
        "
  D: {{Type: AWS::RDS::DBInstance, Properties: {{DBSubnetGroupName: !Ref Group, {properties}}}}}"
    ))
}

#[test]
fn a_database_listens_on_its_port_or_on_its_engines() {
    let port = |properties: &str| instance(properties).port;
    assert_eq!(port("Engine: mysql, Port: 3307"), Value::Known(Some(3307)));
    for (engine, expected) in
        [("mysql", 3306), ("aurora-mysql", 3306), ("oracle-ee", 1521), ("sqlserver-se", 1433)]
    {
        assert_eq!(port(&format!("Engine: {engine}")), Value::Known(Some(expected)), "{engine}");
    }
    for engine in ["db2-se", "aurora-postgresql"] {
        assert!(port(&format!("Engine: {engine}")).decided().is_err(), "{engine}");
    }
    assert_eq!(why(&port("Engine: !Ref P")).1, "P");
}

#[test]
fn the_size_of_a_class_is_in_normalized_units() {
    let size = |class: &str| instance(&format!("Engine: mysql, DBInstanceClass: {class}")).size;
    assert_eq!(size("db.r6g.2xlarge"), Value::Known(Some(32)));
    assert_eq!(size("db.r6g.large"), Value::Known(Some(8)));
    assert_eq!(size("db.t4g.micro"), Value::Known(Some(1)));
    assert_eq!(size("db.x.metal"), Value::Known(None));
    assert_eq!(why(&size("!Ref P")).1, "P");
}

#[test]
fn what_is_exposed_is_exposed_through_its_subnets() {
    let exposed = |routes: &str| {
        database(&format!(
            "{routes}
  D: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: mysql, DBSubnetGroupName: !Ref Group}}}}"
        ))
    };
    let private = exposed("");
    assert_eq!(private.exposed_subnets, KeySet::of(vec![]));
    assert_eq!(private.publicly_accessible, Value::Known(true), "its VPC has an internet gateway");
    assert_eq!(exposed(super::IPV4_DEFAULT).exposed_subnets, KeySet::of(keys(&["S"])));
    assert_eq!(instance("Engine: mysql, PubliclyAccessible: false").publicly_accessible, Value::Known(false));
}

const CLUSTER: &str = "
  D: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, DBSubnetGroupName: !Ref Group, ServerlessV2ScalingConfiguration: {MinCapacity: 1, MaxCapacity: 16}}}
  W: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref D, DBInstanceClass: db.serverless, AvailabilityZone: eu-west-1a}}
  R: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref D, DBInstanceClass: db.r6g.large}}";

#[test]
fn a_cluster_knows_its_instances() {
    let facts = database(CLUSTER);
    assert_eq!((facts.kind, facts.members), (DatabaseKind::Aurora, KeySet::of(keys(&["R", "W"]))));
    assert_eq!(facts.member_zones.bounds(), ZoneBounds { min: 1, max: Some(2) });
    assert_eq!(facts.writer, Value::Known(None));
    let snapshot = derived(&format!(
        "{BASE}
  Group: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{SubnetIds: [!Ref S]}}}}{CLUSTER}"
    ));
    let member = &snapshot.facts.databases[&key("W")];
    assert_eq!((member.kind, &member.size), (DatabaseKind::Aurora, &Value::Known(Some(16))));
    assert_eq!(member.subnets, KeySet::of(keys(&["S"])), "what it leaves out is its cluster's");
    assert_eq!(member.port, Value::Known(Some(3306)));
}

#[test]
fn a_cluster_without_instances_has_them_in_another_stack() {
    let open = |it: &str| database(it).members.open;
    let alone = "
  D: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql}}";
    assert_eq!(open(alone).and_then(|it| it.detail).as_deref(), Some("AWS::RDS::DBInstance of other stacks"));
    assert_eq!(open(CLUSTER), None);
    let listed = r#"{"scope": {"lists": { "AWS::RDS::DBInstance": "whole" }},
      "resources": {"AWS::RDS::DBCluster": [{"meta": {"key": "D", "label": "D"}, "engine": "aurora-mysql"}]}}"#;
    let mut snapshot: Snapshot = serde_json::from_str(listed).unwrap();
    facts::derive(&mut snapshot, &EnvironmentSettings::default());
    assert_eq!(snapshot.facts.databases["D"].members, KeySet::of(vec![]));
}

#[test]
fn what_is_part_of_another_is_backed_up_with_it() {
    let facts = |properties: &str| {
        let facts = instance(properties);
        (facts.part_of.known().cloned().unwrap(), facts.backup_days.known().copied().unwrap())
    };
    assert_eq!(facts("Engine: mysql"), (None, Some(1)));
    assert_eq!(facts("Engine: mysql, BackupRetentionPeriod: 14"), (None, Some(14)));
    let source = "arn:aws:rds:eu-west-1:123456789012:db:main";
    assert_eq!(facts(&format!("SourceDBInstanceIdentifier: '{source}'")), (Some(Key::from(source)), None));
}

#[test]
fn a_source_that_is_named_by_its_arn_is_in_another_region() {
    let replica =
        |source: &str| instance(&format!("SourceDBInstanceIdentifier: {source}")).cross_region_replica;
    assert_eq!(replica("'arn:aws:rds:ap-northeast-2:123456789012:db:main'"), Value::Known(true));
    assert_eq!(replica("main"), Value::Known(false));
    assert_eq!(why(&replica("!Ref P")).1, "P");
    assert_eq!(instance("Engine: mysql").cross_region_replica, Value::Known(false));
}

/// Two regions of one account: a database with a replica, a global database, and a plan that copies.
const REGIONS: &str = r#"{
  "scope": {"lists": { "AWS::RDS::DBInstance": "whole", "AWS::RDS::DBCluster": "whole", "AWS::Backup::BackupPlan": "whole", "AWS::Backup::BackupSelection": "whole" }},
  "resources": {
    "AWS::RDS::DBInstance": [
      {"meta": {"key": "arn:aws:rds:ap-northeast-2:1:db:main", "label": "main", "tags": {"backup": "daily"}},
       "replica_of": null, "source_region": null, "backup_replication_region": "us-west-2"},
      {"meta": {"key": "arn:aws:rds:ap-northeast-1:1:db:copy", "label": "copy"},
       "replica_of": "arn:aws:rds:ap-northeast-2:1:db:main", "source_region": null, "backup_replication_region": null}
    ],
    "AWS::RDS::DBCluster": [
      {"meta": {"key": "arn:aws:rds:ap-northeast-2:1:cluster:one", "label": "one"}, "global_cluster": "g", "replica_of": null, "source_region": null},
      {"meta": {"key": "arn:aws:rds:ap-northeast-1:1:cluster:two", "label": "two"}, "global_cluster": "g", "replica_of": null, "source_region": null}
    ],
    "AWS::Backup::BackupPlan": [{"meta": {"key": "plan", "label": "plan"}, "rules": [
      {"continuous": false, "delete_after_days": 35, "copies": [{"region": "ap-northeast-1"}, {"region": null}]}]}],
    "AWS::Backup::BackupSelection": [{"meta": {"key": "s", "label": "s"}, "plan": "plan", "resources": [],
      "not_resources": [], "any_tags": [{"key": "backup", "value": "daily"}], "all_tags": [], "other_conditions": false}]
  }
}"#;

#[test]
fn copies_in_other_regions_are_what_is_left_of_a_region() {
    let mut snapshot: Snapshot = serde_json::from_str(REGIONS).unwrap();
    facts::derive(&mut snapshot, &EnvironmentSettings::default());
    let facts = &snapshot.facts.databases["arn:aws:rds:ap-northeast-2:1:db:main"];
    let copies: Vec<_> = facts
        .recovery_copies
        .copies
        .iter()
        .map(|it| (it.kind, it.region.known().unwrap().as_str()))
        .collect();
    assert_eq!(
        copies,
        [
            (RecoveryCopyKind::CrossRegionReplica, "ap-northeast-1"),
            (RecoveryCopyKind::AutomatedBackupReplication, "us-west-2"),
            (RecoveryCopyKind::BackupCopy, "ap-northeast-1"),
        ]
    );
    assert_eq!(facts.recovery_copies.open, None);
    let copy = &snapshot.facts.databases["arn:aws:rds:ap-northeast-1:1:db:copy"];
    assert_eq!(copy.cross_region_replica, Value::Known(true));
    let global = &snapshot.facts.databases["arn:aws:rds:ap-northeast-2:1:cluster:one"];
    assert_eq!(global.recovery_copies.copies[0].kind, RecoveryCopyKind::GlobalDatabaseSecondary);
    let template = instance("Engine: mysql");
    assert!(template.recovery_copies.open.is_some(), "a replica stands in another stack");
    snapshot.scope.region = Some("ap-northeast-2".to_owned());
    facts::derive(&mut snapshot, &EnvironmentSettings::default());
    let open = &snapshot.facts.databases["arn:aws:rds:ap-northeast-2:1:db:main"].recovery_copies.open;
    assert!(open.is_some(), "a replica stands in a region that was not scanned");
}

/// What backs up the database `D`, which is tagged `backup` = `daily`.
fn backups(selection: &str) -> BackupFacts {
    derived(&format!("
  D: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: mysql, DBInstanceIdentifier: main, Tags: [{{Key: backup, Value: daily}}]}}}}
  Plan: {{Type: AWS::Backup::BackupPlan, Properties: {{BackupPlan: {{BackupPlanRule: [{{Lifecycle: {{DeleteAfterDays: 35}}, EnableContinuousBackup: true}}]}}}}}}
  Sel: {{Type: AWS::Backup::BackupSelection, Properties: {{BackupPlanId: !Ref Plan, BackupSelection: {{{selection}}}}}}}"))
    .facts
    .backups[&key("D")]
        .clone()
}

#[test]
fn a_plan_backs_up_what_it_selects() {
    let daily = "ListOfTags: [{ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: daily}]";
    let selected = [
        "Resources: [!GetAtt D.DBInstanceArn]",
        "Resources: ['*']",
        "Resources: ['arn:aws:rds:*:*:db:*']",
        "Resources: ['arn:aws:rds:eu-west-1:123456789012:db:main']",
        daily,
        "Resources: ['*'], Conditions: {StringEquals: [{ConditionKey: aws:ResourceTag/backup, ConditionValue: daily}]}",
    ];
    for selection in selected {
        let facts = backups(selection);
        assert_eq!(facts.plans.members, keys(&["Plan"]), "{selection}");
        assert_eq!((facts.retention_days, facts.continuous), (Value::Known(Some(35)), Value::Known(true)));
    }
    let not = [
        "Resources: ['arn:aws:ec2:*:*:volume/*']",
        "Resources: ['arn:aws:rds:*:*:cluster:*']",
        "ListOfTags: [{ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: weekly}]",
        "Resources: ['*'], NotResources: ['arn:aws:rds:*:*:db:*']",
        "Resources: ['*'], Conditions: {StringEquals: [{ConditionKey: aws:ResourceTag/backup, ConditionValue: never}]}",
    ];
    for selection in not {
        let facts = backups(selection);
        assert!(facts.plans.members.is_empty(), "{selection}");
        assert_eq!(facts.retention_days, Value::Known(Some(0)));
    }
    assert!(backups(daily).plans.open.is_some(), "another stack may select it too");
}

#[test]
fn a_selection_that_nobody_can_read_may_select() {
    for selection in [
        "Resources: [!Ref P]",
        "Resources: ['*'], Conditions: {StringLike: [{ConditionKey: aws:ResourceTag/a, ConditionValue: 'b*'}]}",
    ] {
        let facts = backups(selection);
        assert!(facts.plans.members.is_empty() && facts.plans.is_empty().decided().is_err(), "{selection}");
        assert!(facts.is_planned().decided().is_err() && facts.continuous.decided().is_err(), "{selection}");
    }
}

#[test]
fn a_lifecycle_policy_takes_what_has_its_tags() {
    let facts = derived("
  V: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 10, Tags: [{Key: backup, Value: daily}]}}
  W: {Type: AWS::EC2::Volume, Properties: {AvailabilityZone: eu-west-1a, Size: 10}}
  Dlm: {Type: AWS::DLM::LifecyclePolicy, Properties: {State: ENABLED, PolicyDetails: {ResourceTypes: [VOLUME], TargetTags: [{Key: backup, Value: daily}]}}}");
    assert_eq!(facts.facts.backups[&key("V")].plans.members, keys(&["Dlm"]));
    assert!(facts.facts.backups[&key("W")].plans.members.is_empty());
}

#[test]
fn an_instance_is_backed_up_by_what_backs_up_each_of_its_volumes() {
    let planned = |volume: &str| {
        let facts = derived(&format!("
  I: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, Volumes: [{{Device: /dev/sdb, VolumeId: !Ref V}}, {{Device: /dev/sdc, VolumeId: {volume}}}]}}}}
  V: {{Type: AWS::EC2::Volume, Properties: {{AvailabilityZone: eu-west-1a, Size: 10, Tags: [{{Key: backup, Value: daily}}]}}}}
  W: {{Type: AWS::EC2::Volume, Properties: {{AvailabilityZone: eu-west-1a, Size: 10}}}}
  Dlm: {{Type: AWS::DLM::LifecyclePolicy, Properties: {{State: ENABLED, PolicyDetails: {{ResourceTypes: [VOLUME], TargetTags: [{{Key: backup, Value: daily}}]}}}}}}"));
        facts.facts.backups[&key("I")].clone()
    };
    assert_eq!(planned("!Ref V").plans.members, keys(&["Dlm"]));
    assert_eq!(planned("!Ref W").is_planned(), Value::Known(false), "one of its volumes is in no plan");
}

#[test]
fn servers_alike_may_replicate_each_other() {
    let singleton = |group: &str| {
        let server = |name: &str, group: &str| {
            format!(
                "\n  {name}: {{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, SecurityGroupIds: [{group}], Volumes: [{{Device: /dev/sdb, VolumeId: vol-{name}}}]}}}}"
            )
        };
        let snapshot = derived(&(server("X", "sg-1") + &server("Y", group)));
        snapshot.facts.data_stores[&key("X")].singleton.clone()
    };
    assert_eq!(singleton("sg-2"), Value::Known(true));
    assert_eq!(why(&singleton("sg-1")).1, "what X replicates to");
    let managed = derived("
  X: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, Tags: [{Key: eks:cluster-name, Value: main}], Volumes: [{Device: /dev/sdb, VolumeId: vol-1}]}}");
    assert!(managed.facts.data_stores.is_empty(), "what a service replaces is the service's to keep");
}

#[test]
fn what_keeps_state_may_keep_it_in_one_place() {
    let store = |kind: &str, properties: &str| {
        let snapshot = derived(&format!("\n  X: {{Type: '{kind}', Properties: {{{properties}}}}}"));
        let facts = snapshot.facts.data_stores[&key("X")].clone();
        (facts.kind, facts.singleton.known().copied().unwrap(), facts.backup_days.known().copied().unwrap())
    };
    let cache = "AWS::ElastiCache::ReplicationGroup";
    assert_eq!(store(cache, "NumCacheClusters: 1"), (DataStoreKind::Elasticache, true, Some(0)));
    assert_eq!(
        store(cache, "NumCacheClusters: 2, SnapshotRetentionLimit: 7"),
        (DataStoreKind::Elasticache, false, Some(7))
    );
    let node = "AWS::ElastiCache::CacheCluster";
    assert_eq!(store(node, "Engine: memcached, NumCacheNodes: 1"), (DataStoreKind::Elasticache, true, None));
    assert_eq!(store("AWS::MemoryDB::Cluster", "NumShards: 1"), (DataStoreKind::Memorydb, false, Some(0)));
    let files = "AWS::EFS::FileSystem";
    assert_eq!(store(files, "AvailabilityZoneName: eu-west-1a"), (DataStoreKind::Efs, true, Some(35)));
    let unsaved = store(files, "AvailabilityZoneName: eu-west-1a, BackupPolicy: {Status: DISABLED}");
    assert_eq!(unsaved, (DataStoreKind::Efs, true, Some(0)));
    assert_eq!(store(files, "Encrypted: true"), (DataStoreKind::Efs, false, Some(0)));
    assert_eq!(store(files, "BackupPolicy: {Status: ENABLED}"), (DataStoreKind::Efs, false, Some(35)));
    let lustre = store("AWS::FSx::FileSystem", "FileSystemType: LUSTRE, SubnetIds: [subnet-1]");
    assert_eq!(lustre, (DataStoreKind::Fsx, true, Some(0)));
    assert_eq!(store("AWS::OpenSearchService::Domain", ""), (DataStoreKind::Opensearch, true, Some(14)));
    let broker = "AWS::AmazonMQ::Broker";
    assert_eq!(store(broker, "DeploymentMode: SINGLE_INSTANCE"), (DataStoreKind::Mq, true, None));
    assert_eq!(store(broker, "DeploymentMode: CLUSTER_MULTI_AZ"), (DataStoreKind::Mq, false, None));
    let bucket = store("AWS::S3Express::DirectoryBucket", "DataRedundancy: SingleAvailabilityZone");
    assert_eq!(bucket, (DataStoreKind::S3Express, true, None));
    assert_eq!(
        store("AWS::EC2::Instance", "Volumes: [{Device: /dev/sdb, VolumeId: vol-1}]"),
        (DataStoreKind::Instance, true, None)
    );
}
