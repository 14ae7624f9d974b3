//! Databases.

use archlint_schema::{DbCluster, DbInstance, DbSubnetGroup, Reason, Value};

use crate::source::node::Evaluated;
use crate::source::properties::Properties;

pub(super) fn db_instance(it: &mut Properties<'_>) -> DbInstance {
    DbInstance {
        meta: it.meta(Some("DBInstanceIdentifier")),
        engine: it.text("Engine", "engine"),
        multi_az: it.boolean_or("MultiAZ", "multi_az", false),
        cluster: it.edge("DBClusterIdentifier", "cluster"),
        replica_of: match it.edge("SourceDBInstanceIdentifier", "replica_of") {
            Value::Known(None) => it.edge("SourceDBClusterIdentifier", "replica_of"),
            other => other,
        },
        zone: it.zone("AvailabilityZone", "zone"),
        subnet_group: it.edge("DBSubnetGroupName", "subnet_group"),
        instance_class: it.text("DBInstanceClass", "instance_class"),
        publicly_accessible: it.boolean("PubliclyAccessible", "publicly_accessible"),
        backup_retention_days: it.integer("BackupRetentionPeriod", "backup_retention_days"),
        outpost: on_outpost(it),
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
        backup_retention_days: it.integer("BackupRetentionPeriod", "backup_retention_days"),
    }
}

pub(super) fn db_subnet_group(it: &mut Properties<'_>) -> DbSubnetGroup {
    DbSubnetGroup { meta: it.meta(Some("DBSubnetGroupName")), subnets: it.edges("SubnetIds", "subnets") }
}
