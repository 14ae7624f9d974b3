//! Databases.

use archlint_schema::{DbCluster, DbInstance, DbSubnetGroup, Reason, Value};

use crate::source::formats::{half_acus, region_of_arn};
use crate::source::node::Evaluated;
use crate::source::properties::Properties;

pub(super) fn db_instance(it: &mut Properties<'_>) -> DbInstance {
    let cluster = it.edge("DBClusterIdentifier", "cluster");
    let replica_of = match it.edge("SourceDBInstanceIdentifier", "replica_of") {
        Value::Known(None) => it.edge("SourceDBClusterIdentifier", "replica_of"),
        other => other,
    };
    let days = it.integer("BackupRetentionPeriod", "backup_retention_days");
    let is_of_another = cluster != Value::Known(None) || replica_of != Value::Known(None);
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
        // A cluster or a source decides for what is part of it; else it is AWS's default.
        backup_retention_days: if is_of_another { days } else { days.map(|it| it.or(Some(1))) },
        outpost: on_outpost(it),
        security_groups: it.edges("VPCSecurityGroups", "security_groups"),
        port: it.integer("Port", "port"),
        promotion_tier: it.integer("PromotionTier", "promotion_tier").map(|it| it.unwrap_or(1)),
        is_writer: Value::Known(None),
        allocated_storage_gb: it.integer("AllocatedStorage", "allocated_storage_gb"),
        source_region: source_region(it, "SourceDBInstanceIdentifier"),
        backup_replication_region: it.text("AutomaticBackupReplicationRegion", "backup_replication_region"),
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

pub(super) fn db_cluster(it: &mut Properties<'_>) -> DbCluster {
    DbCluster {
        meta: it.meta(Some("DBClusterIdentifier")),
        engine: it.text("Engine", "engine"),
        instance_class: it.text("DBClusterInstanceClass", "instance_class"),
        subnet_group: it.edge("DBSubnetGroupName", "subnet_group"),
        zones: it.zone_list("AvailabilityZones", "zones"),
        backup_retention_days: it
            .integer("BackupRetentionPeriod", "backup_retention_days")
            .map(|it| it.or(Some(1))),
        security_groups: it.edges("VpcSecurityGroupIds", "security_groups"),
        port: it.integer("Port", "port"),
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

pub(super) fn db_subnet_group(it: &mut Properties<'_>) -> DbSubnetGroup {
    DbSubnetGroup { meta: it.meta(Some("DBSubnetGroupName")), subnets: it.edges("SubnetIds", "subnets") }
}
