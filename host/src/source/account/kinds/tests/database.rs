//! Databases, and what tells more of them.

use serde_json::{Value as Json, json};

use super::{NETWORK, first, not_collected, with};
use crate::source::account::item::tests::item;

fn db_instance() -> Json {
    json!({
        "dBInstanceIdentifier": "main", "dBInstanceClass": "db.r6g.large", "engine": "postgres", "multiAZ": true,
        "availabilityZone": "eu-west-1a", "publiclyAccessible": false, "backupRetentionPeriod": 7, "allocatedStorage": 100,
        "endpoint": { "address": "main.example", "port": 5433 }, "dbInstancePort": 0, "promotionTier": null,
        "dBSubnetGroup": { "dBSubnetGroupName": "data", "subnets": [{ "subnetIdentifier": "subnet-a", "subnetOutpost": {} }] },
        "vpcSecurityGroups": [{ "vpcSecurityGroupId": "sg-1", "status": "active" }], "dBClusterIdentifier": null,
        "readReplicaSourceDBInstanceIdentifier": "arn:aws:rds:us-east-1:111122223333:db:source",
        "dBInstanceAutomatedBackupsReplications": [{ "dBInstanceAutomatedBackupsArn": "arn:aws:rds:eu-central-1:111122223333:auto-backup:ab-1" }],
    })
}

#[test]
fn a_database_instance() {
    const KIND: &str = "AWS::RDS::DBInstance";
    let others = [NETWORK, &[("AWS::RDS::DBSubnetGroup", "data")]].concat();
    let expected = json!({
        "engine": "postgres", "multi_az": true, "cluster": null, "replica_of": "arn:aws:rds:us-east-1:111122223333:db:source",
        "zone": "eu-west-1a", "subnet_group": "data", "instance_class": "db.r6g.large", "publicly_accessible": false,
        "backup_retention_days": 7, "outpost": false, "security_groups": ["sg-1"], "port": 5433, "promotion_tier": 1,
        "custom_iam_instance_profile": null,
        "is_writer": null, "allocated_storage_gb": 100, "source_region": "us-east-1", "backup_replication_region": "eu-central-1",
    });
    assert_eq!(first(&with(KIND, db_instance(), &others), |it| &it.db_instances), expected);
    let mut on_outpost = db_instance();
    on_outpost["dBSubnetGroup"]["subnets"][0]["subnetOutpost"] =
        json!({ "arn": "arn:aws:outposts:eu-west-1:111122223333:outpost/op-1" });
    assert_eq!(first(&with(KIND, on_outpost, &others), |it| &it.db_instances)["outpost"], json!(true));
    let it = first(&with(KIND, json!({ "dBInstanceIdentifier": "main" }), &[]), |it| &it.db_instances);
    let unknown = [
        ("engine", "Engine"),
        ("multi_az", "MultiAZ"),
        ("publicly_accessible", "PubliclyAccessible"),
        ("backup_retention_days", "BackupRetentionPeriod"),
        ("outpost", "DBSubnetGroup.Subnets"),
        ("security_groups", "VpcSecurityGroups"),
        ("port", "Endpoint.Port"),
        ("backup_replication_region", "DBInstanceAutomatedBackupsReplications"),
    ];
    for (path, what) in unknown {
        assert_eq!(it[path], not_collected(what), "{path}");
    }
}

#[test]
fn a_cluster_tells_which_of_its_instances_writes_and_a_global_one_which_clusters_it_has() {
    let cluster = json!({
        "dbclusterIdentifier": "aurora", "engine": "aurora-postgresql", "engineMode": "provisioned", "availabilityZones": ["eu-west-1a"],
        "backupRetentionPeriod": 1, "port": 5432, "dbsubnetGroup": "data", "vpcSecurityGroups": [{ "vpcSecurityGroupId": "sg-1" }],
        "serverlessV2ScalingConfiguration": { "minCapacity": 0.5, "maxCapacity": 16.5 },
        "dbclusterMembers": [{ "dbinstanceIdentifier": "one", "isClusterWriter": true }, { "dbinstanceIdentifier": "two", "isClusterWriter": false }],
    });
    let member = |id: &str| {
        item(
            "AWS::RDS::DBInstance",
            id,
            json!({ "dBInstanceIdentifier": id, "dBClusterIdentifier": "aurora" }),
        )
    };
    let members = json!([{ "DBClusterArn": "it", "IsWriter": true }, { "DBClusterArn": "elsewhere", "IsWriter": false }]);
    let global = item(
        "AWS::RDS::GlobalCluster",
        "world",
        json!({ "GlobalClusterIdentifier": "world", "GlobalClusterMembers": members }),
    );
    let mut items =
        with("AWS::RDS::DBCluster", cluster, &[NETWORK, &[("AWS::RDS::DBSubnetGroup", "data")]].concat());
    items.extend([member("two"), member("one"), member("three"), global]);
    let expected = json!({
        "engine": "aurora-postgresql", "instance_class": null, "subnet_group": "data", "zones": ["eu-west-1a"], "backup_retention_days": 1,
        "security_groups": ["sg-1"], "port": 5432, "engine_mode": "provisioned", "serverless_max_half_acus": 33, "publicly_accessible": null,
        "global_cluster": "world", "replica_of": null, "source_region": null, "backup_replication_region": not_collected("DBClusterAutomatedBackups"),
    });
    assert_eq!(first(&items, |it| &it.db_clusters), expected);
    assert_eq!(first(&items, |it| &it.global_clusters), json!({ "source": "it" }));
    for (id, is_writer) in
        [("one", json!(true)), ("two", json!(false)), ("three", not_collected("DBClusterMembers"))]
    {
        let mut items = items.clone();
        items.sort_by_key(|it| it.id != id);
        let it = first(&items, |it| &it.db_instances);
        assert_eq!((&it["cluster"], &it["is_writer"]), (&json!("it"), &is_writer), "{id}");
    }
}

#[test]
fn other_databases_and_their_subnet_groups() {
    let groups = json!([{ "VpcSecurityGroupId": "sg-1" }]);
    let proxy = json!({ "DBProxyName": "p", "VpcSubnetIds": ["subnet-a"], "VpcSecurityGroupIds": ["sg-1"] });
    let it = first(&with("AWS::RDS::DBProxy", proxy, NETWORK), |it| &it.db_proxies);
    assert_eq!(it, json!({ "subnets": ["subnet-a"], "security_groups": ["sg-1"] }));
    let redshift = json!({ "clusterSubnetGroupName": "dw", "vpcSecurityGroups": groups, "publiclyAccessible": true, "endpoint": { "port": 5439 } });
    let others = [
        NETWORK,
        &[("AWS::Redshift::ClusterSubnetGroup", "dw"), ("AWS::DMS::ReplicationSubnetGroup", "dms")],
    ]
    .concat();
    let it = first(&with("AWS::Redshift::Cluster", redshift, &others), |it| &it.redshift_clusters);
    assert_eq!(
        it,
        json!({ "subnet_group": "dw", "security_groups": ["sg-1"], "publicly_accessible": true, "port": 5439 })
    );
    let expected = json!({ "subnet_group": "dms", "security_groups": ["sg-1"], "publicly_accessible": false, "multi_az": true });
    let described = json!({ "ReplicationSubnetGroup": { "ReplicationSubnetGroupIdentifier": "dms" }, "VpcSecurityGroups": groups, "PubliclyAccessible": false, "MultiAZ": true });
    let declared = json!({ "ReplicationSubnetGroupIdentifier": "dms", "VpcSecurityGroupIds": ["sg-1"], "PubliclyAccessible": false, "MultiAZ": true });
    for instance in [described, declared] {
        let it =
            first(&with("AWS::DMS::ReplicationInstance", instance, &others), |it| &it.replication_instances);
        assert_eq!(it, expected);
    }
    let recorded = json!({ "PubliclyAccessible": false, "MultiAZ": true });
    let it = first(&with("AWS::DMS::ReplicationInstance", recorded, &[]), |it| &it.replication_instances);
    assert_eq!(
        (&it["subnet_group"], &it["security_groups"]),
        (&not_collected("ReplicationSubnetGroupIdentifier"), &not_collected("VpcSecurityGroups"))
    );
    let described =
        json!({ "subnets": [{ "subnetIdentifier": "subnet-a" }, { "subnetIdentifier": "subnet-b" }] });
    let expected = json!({ "subnets": ["subnet-a", "subnet-b"] });
    for group in [described, json!({ "SubnetIds": ["subnet-a", "subnet-b"] })] {
        let group = |kind: &str| with(kind, group.clone(), NETWORK);
        assert_eq!(first(&group("AWS::RDS::DBSubnetGroup"), |it| &it.db_subnet_groups), expected);
        assert_eq!(
            first(&group("AWS::Redshift::ClusterSubnetGroup"), |it| &it.redshift_subnet_groups),
            expected
        );
        assert_eq!(
            first(&group("AWS::DMS::ReplicationSubnetGroup"), |it| &it.replication_subnet_groups),
            expected
        );
        assert_eq!(first(&group("AWS::ElastiCache::SubnetGroup"), |it| &it.cache_subnet_groups), expected);
        assert_eq!(first(&group("AWS::MemoryDB::SubnetGroup"), |it| &it.memory_db_subnet_groups), expected);
    }
    let memory_db =
        json!({ "Name": "m", "Subnets": [{ "Identifier": "subnet-a" }, { "Identifier": "subnet-b" }] });
    assert_eq!(
        first(&with("AWS::MemoryDB::SubnetGroup", memory_db, NETWORK), |it| &it.memory_db_subnet_groups),
        expected
    );
}
