//! Databases.

use archlint_schema::{DbCluster, DbInstance, DbSubnetGroup, Value};

use crate::source::formats::{half_acus, region_of_arn};
use crate::source::properties::Properties;

pub(super) fn db_instance(it: &mut Properties<'_>) -> DbInstance {
    let cluster = Value::Known(None);
    let replica_of = it.edge("replicate_source_db", "replica_of");
    let days = it.integer("backup_retention_period", "backup_retention_days");
    DbInstance {
        cluster,
        // The provider's default, not AWS's.
        backup_retention_days: if replica_of == Value::Known(None) {
            days.map(|it| it.or(Some(0)))
        } else {
            days
        },
        replica_of,
        ..instance(it)
    }
}

/// A member of a cluster, which is an instance with less of its own.
pub(super) fn cluster_instance(it: &mut Properties<'_>) -> DbInstance {
    DbInstance { cluster: it.edge("cluster_identifier", "cluster"), ..instance(it) }
}

fn instance(it: &mut Properties<'_>) -> DbInstance {
    DbInstance {
        meta: it.meta(Some("identifier")),
        engine: it.text("engine", "engine"),
        multi_az: it.boolean_or("multi_az", "multi_az", false),
        cluster: Value::Known(None),
        replica_of: Value::Known(None),
        zone: it.zone("availability_zone", "zone"),
        subnet_group: it.edge("db_subnet_group_name", "subnet_group"),
        instance_class: it.text("instance_class", "instance_class"),
        publicly_accessible: it.boolean_or("publicly_accessible", "publicly_accessible", false).map(Some),
        backup_retention_days: it.integer("backup_retention_period", "backup_retention_days"),
        outpost: it.text("backup_target", "outpost").map(|it| it.as_deref() == Some("outposts")),
        security_groups: it.edges("vpc_security_group_ids", "security_groups"),
        port: it.integer("port", "port"),
        promotion_tier: it.integer_or("promotion_tier", "promotion_tier", 0),
        is_writer: Value::Known(None),
        allocated_storage_gb: it.integer("allocated_storage", "allocated_storage_gb"),
        source_region: region_of_arn(&it.get("replicate_source_db")),
        backup_replication_region: Value::Known(None),
    }
}

pub(super) fn db_cluster(it: &mut Properties<'_>) -> DbCluster {
    DbCluster {
        meta: it.meta(Some("cluster_identifier")),
        engine: it.text("engine", "engine"),
        instance_class: it.text("db_cluster_instance_class", "instance_class"),
        subnet_group: it.edge("db_subnet_group_name", "subnet_group"),
        zones: it.zone_list("availability_zones", "zones"),
        backup_retention_days: it.integer_or("backup_retention_period", "backup_retention_days", 1).map(Some),
        security_groups: it.edges("vpc_security_group_ids", "security_groups"),
        port: it.integer("port", "port"),
        engine_mode: it.text("engine_mode", "engine_mode"),
        serverless_max_half_acus: half_acus(
            it.text("serverlessv2_scaling_configuration.0.max_capacity", "serverless_max_half_acus"),
        ),
        publicly_accessible: Value::Known(None),
        global_cluster: it.edge("global_cluster_identifier", "global_cluster"),
        replica_of: it.edge("replication_source_identifier", "replica_of"),
        source_region: match it.text("source_region", "source_region") {
            Value::Known(None) => region_of_arn(&it.get("replication_source_identifier")),
            other => other,
        },
        backup_replication_region: Value::Known(None),
    }
}

pub(super) fn db_subnet_group(it: &mut Properties<'_>) -> DbSubnetGroup {
    DbSubnetGroup { meta: it.meta(Some("name")), subnets: it.edges("subnet_ids", "subnets") }
}
