//! Databases.

use archlint_schema::{DbCluster, DbInstance, DbSubnetGroup, Value};

use crate::source::properties::Properties;

pub(super) fn db_instance(it: &mut Properties<'_>) -> DbInstance {
    let cluster = Value::Known(None);
    DbInstance { cluster, replica_of: it.edge("replicate_source_db", "replica_of"), ..instance(it) }
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
    }
}

pub(super) fn db_cluster(it: &mut Properties<'_>) -> DbCluster {
    DbCluster {
        meta: it.meta(Some("cluster_identifier")),
        engine: it.text("engine", "engine"),
        instance_class: it.text("db_cluster_instance_class", "instance_class"),
        subnet_group: it.edge("db_subnet_group_name", "subnet_group"),
        zones: it.zone_list("availability_zones", "zones"),
        backup_retention_days: it.integer("backup_retention_period", "backup_retention_days"),
    }
}

pub(super) fn db_subnet_group(it: &mut Properties<'_>) -> DbSubnetGroup {
    DbSubnetGroup { meta: it.meta(Some("name")), subnets: it.edges("subnet_ids", "subnets") }
}
