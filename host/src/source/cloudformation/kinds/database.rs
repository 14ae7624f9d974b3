//! Databases.

use archlint_schema::{
    DbCluster, DbInstance, DbProxy, DbSubnetGroup, GlobalCluster, Reason, RedshiftCluster,
    RedshiftSubnetGroup, ReplicationInstance, ReplicationSubnetGroup, Resources, Value,
};

use crate::source::formats::{half_acus, region_of_arn};
use crate::source::node::Evaluated;
use crate::source::properties::Properties;

/// Adds a database, or what one is made of; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::RDS::DBInstance" => all.db_instances.push(db_instance(it)),
        "AWS::DocDB::DBInstance" | "AWS::Neptune::DBInstance" => {
            let engine = engine_of(kind);
            all.db_instances.push(DbInstance { engine, ..db_instance(it) });
        }
        "AWS::RDS::DBCluster" => all.db_clusters.push(db_cluster(it)),
        "AWS::DocDB::DBCluster" | "AWS::Neptune::DBCluster" => {
            let engine = engine_of(kind);
            all.db_clusters.push(DbCluster { engine, ..db_cluster(it) });
        }
        "AWS::RDS::DBSubnetGroup" | "AWS::DocDB::DBSubnetGroup" | "AWS::Neptune::DBSubnetGroup" => {
            all.db_subnet_groups.push(db_subnet_group(it));
        }
        "AWS::RDS::GlobalCluster" => all.global_clusters.push(global_cluster(it)),
        "AWS::RDS::DBProxy" => all.db_proxies.push(db_proxy(it)),
        "AWS::Redshift::Cluster" => all.redshift_clusters.push(redshift_cluster(it)),
        "AWS::Redshift::ClusterSubnetGroup" => all.redshift_subnet_groups.push(redshift_subnet_group(it)),
        "AWS::DMS::ReplicationInstance" => all.replication_instances.push(replication_instance(it)),
        "AWS::DMS::ReplicationSubnetGroup" => {
            all.replication_subnet_groups.push(replication_subnet_group(it));
        }
        _ => return false,
    }
    true
}

/// DocumentDB and Neptune are engines of RDS to everything but CloudFormation, which has types of its own for them.
fn engine_of(kind: &str) -> Value<Option<String>> {
    let engine = if kind.starts_with("AWS::DocDB") { "docdb" } else { "neptune" };
    Value::Known(Some(engine.to_owned()))
}

fn db_instance(it: &mut Properties<'_>) -> DbInstance {
    let cluster = it.edge("DBClusterIdentifier", "cluster");
    let replica_of = match it.edge("SourceDBInstanceIdentifier", "replica_of") {
        Value::Known(None) => it.edge("SourceDBClusterIdentifier", "replica_of"),
        other => other,
    };
    let is_of_another = cluster != Value::Known(None) || replica_of != Value::Known(None);
    let backups = [
        "DBSnapshotIdentifier",
        "DBClusterSnapshotIdentifier",
        "SourceDbiResourceId",
        "SourceDBInstanceAutomatedBackupsArn",
    ];
    DbInstance {
        meta: it.meta(Some("DBInstanceIdentifier")),
        engine: it.text("Engine", "engine"),
        multi_az: it.boolean_or("MultiAZ", "multi_az", false),
        cluster,
        replica_of,
        zone: it.zone("AvailabilityZone", "zone"),
        subnet_group: it.edge("DBSubnetGroupName", "subnet_group"),
        instance_class: it.text("DBInstanceClass", "instance_class"),
        publicly_accessible: it.boolean("PubliclyAccessible", "publicly_accessible"),
        // A cluster or a source decides for what is part of it.
        backup_retention_days: if is_of_another {
            it.integer("BackupRetentionPeriod", "backup_retention_days")
        } else {
            backup_retention_days(it, &backups)
        },
        outpost: on_outpost(it),
        security_groups: it.edges("VPCSecurityGroups", "security_groups"),
        port: it.integer("Port", "port"),
        promotion_tier: it.integer_or("PromotionTier", "promotion_tier", 1),
        is_writer: Value::Known(None),
        allocated_storage_gb: it.integer("AllocatedStorage", "allocated_storage_gb"),
        source_region: source_region(it, "SourceDBInstanceIdentifier"),
        backup_replication_region: it.text("AutomaticBackupReplicationRegion", "backup_replication_region"),
        custom_iam_instance_profile: it.edge("CustomIAMInstanceProfile", "custom_iam_instance_profile"),
    }
}

/// AWS's default is one day; a database that is restored from a backup keeps what it had.
fn backup_retention_days(it: &mut Properties<'_>, backups: &[&str]) -> Value<Option<i64>> {
    let backup = backups.iter().find(|name| it.has(name));
    match (it.integer("BackupRetentionPeriod", "backup_retention_days"), backup) {
        (Value::Known(None), Some(backup)) => {
            Value::unknown(Reason::NotCollected, format!("the backup retention of what `{backup}` names"))
        }
        (Value::Known(None), None) => Value::Known(Some(1)),
        (days, _) => days,
    }
}

/// The region of a source by its ARN, or by the property that says it.
fn source_region(it: &mut Properties<'_>, source: &str) -> Value<Option<String>> {
    match it.text("SourceRegion", "source_region") {
        Value::Known(None) => region_of_arn(&it.get(source)),
        other => other,
    }
}

/// RDS on Outposts has no property of its own in a template: the subnet group's subnets tell.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-on-outposts.html>
fn on_outpost(it: &Properties<'_>) -> Value<bool> {
    match it.get("BackupTarget").value {
        Evaluated::Text(target) => Value::Known(target == "outposts"),
        Evaluated::Absent => Value::Known(false),
        Evaluated::Unknown(why) | Evaluated::External { why, .. } => Value::Unknown(why),
        _ => Value::unknown(Reason::Computed, "BackupTarget"),
    }
}

fn db_cluster(it: &mut Properties<'_>) -> DbCluster {
    DbCluster {
        meta: it.meta(Some("DBClusterIdentifier")),
        engine: it.text("Engine", "engine"),
        instance_class: it.text("DBClusterInstanceClass", "instance_class"),
        subnet_group: it.edge("DBSubnetGroupName", "subnet_group"),
        zones: it.zone_list("AvailabilityZones", "zones"),
        backup_retention_days: backup_retention_days(
            it,
            &["SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId"],
        ),
        security_groups: it.edges("VpcSecurityGroupIds", "security_groups"),
        port: cluster_port(it),
        engine_mode: it.text("EngineMode", "engine_mode"),
        serverless_max_half_acus: half_acus(
            it.text("ServerlessV2ScalingConfiguration.MaxCapacity", "serverless_max_half_acus"),
        ),
        publicly_accessible: it.boolean("PubliclyAccessible", "publicly_accessible"),
        global_cluster: it.edge("GlobalClusterIdentifier", "global_cluster"),
        replica_of: it.edge("ReplicationSourceIdentifier", "replica_of"),
        source_region: source_region(it, "ReplicationSourceIdentifier"),
        backup_replication_region: Value::Known(None),
    }
}

fn cluster_port(it: &mut Properties<'_>) -> Value<Option<i64>> {
    let port = it.integer("Port", "port");
    // One that is restored listens where its source did.
    let is_restored = it.has("SnapshotIdentifier") || it.has("SourceDBClusterIdentifier");
    let engine = it.text("Engine", "engine");
    match engine.known().and_then(Option::as_deref) {
        Some("aurora-postgresql") if port == Value::Known(None) && !is_restored => {
            let mode = it.text("EngineMode", "engine_mode");
            mode.map(|it| Some(aurora_postgresql_port(it.as_deref()).into()))
        }
        _ => port,
    }
}

/// CloudFormation has a provisioned cluster of Aurora PostgreSQL listen on the port of MySQL, and Serverless v1 on its
/// own; the API and other tools differ.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html>
pub(crate) fn aurora_postgresql_port(engine_mode: Option<&str>) -> u16 {
    if engine_mode == Some("serverless") { 5432 } else { 3306 }
}

fn db_subnet_group(it: &mut Properties<'_>) -> DbSubnetGroup {
    DbSubnetGroup { meta: it.meta(Some("DBSubnetGroupName")), subnets: it.edges("SubnetIds", "subnets") }
}

fn global_cluster(it: &mut Properties<'_>) -> GlobalCluster {
    GlobalCluster {
        meta: it.meta(Some("GlobalClusterIdentifier")),
        source: it.edge("SourceDBClusterIdentifier", "source"),
    }
}

fn db_proxy(it: &mut Properties<'_>) -> DbProxy {
    DbProxy {
        meta: it.meta(Some("DBProxyName")),
        subnets: it.edges("VpcSubnetIds", "subnets"),
        security_groups: it.edges("VpcSecurityGroupIds", "security_groups"),
    }
}

fn redshift_cluster(it: &mut Properties<'_>) -> RedshiftCluster {
    RedshiftCluster {
        meta: it.meta(Some("ClusterIdentifier")),
        subnet_group: it.edge("ClusterSubnetGroupName", "subnet_group"),
        security_groups: it.edges("VpcSecurityGroupIds", "security_groups"),
        publicly_accessible: it.boolean_or("PubliclyAccessible", "publicly_accessible", false),
        port: it.integer_or("Port", "port", 5439),
    }
}

fn redshift_subnet_group(it: &mut Properties<'_>) -> RedshiftSubnetGroup {
    RedshiftSubnetGroup { meta: it.meta(None), subnets: it.edges("SubnetIds", "subnets") }
}

fn replication_instance(it: &mut Properties<'_>) -> ReplicationInstance {
    ReplicationInstance {
        meta: it.meta(Some("ReplicationInstanceIdentifier")),
        subnet_group: it.edge("ReplicationSubnetGroupIdentifier", "subnet_group"),
        security_groups: it.edges("VpcSecurityGroupIds", "security_groups"),
        publicly_accessible: it.boolean_or("PubliclyAccessible", "publicly_accessible", true),
        multi_az: it.boolean_or("MultiAZ", "multi_az", false),
    }
}

fn replication_subnet_group(it: &mut Properties<'_>) -> ReplicationSubnetGroup {
    ReplicationSubnetGroup {
        meta: it.meta(Some("ReplicationSubnetGroupIdentifier")),
        subnets: it.edges("SubnetIds", "subnets"),
    }
}
