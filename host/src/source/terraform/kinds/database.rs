//! Databases.

use archlint_schema::{
    DbCluster, DbInstance, DbProxy, DbSubnetGroup, GlobalCluster, Key, Reason, RedshiftCluster,
    RedshiftSubnetGroup, ReplicationInstance, ReplicationSubnetGroup, Resources, Value,
};

use crate::source::formats::{half_acus, region_of_arn};
use crate::source::properties::Properties;

/// Adds a database, or what one is made of; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_db_instance" => all.db_instances.push(db_instance(it)),
        "aws_rds_cluster_instance" => all.db_instances.push(cluster_instance(it)),
        "aws_docdb_cluster_instance" | "aws_neptune_cluster_instance" => {
            let engine = engine_of(kind);
            all.db_instances.push(DbInstance { engine, ..cluster_instance(it) });
        }
        "aws_rds_cluster" => all.db_clusters.push(db_cluster(it)),
        "aws_docdb_cluster" | "aws_neptune_cluster" => {
            let engine = engine_of(kind);
            all.db_clusters.push(DbCluster { engine, ..db_cluster(it) });
        }
        "aws_db_subnet_group" | "aws_docdb_subnet_group" | "aws_neptune_subnet_group" => {
            all.db_subnet_groups.push(db_subnet_group(it));
        }
        "aws_rds_global_cluster" => all.global_clusters.push(global_cluster(it)),
        "aws_db_proxy" => all.db_proxies.push(db_proxy(it)),
        "aws_redshift_cluster" => all.redshift_clusters.push(redshift_cluster(it)),
        "aws_redshift_subnet_group" => {
            let subnets = it.edges("subnet_ids", "subnets");
            all.redshift_subnet_groups.push(RedshiftSubnetGroup { meta: it.meta(Some("name")), subnets });
        }
        "aws_dms_replication_instance" => all.replication_instances.push(replication_instance(it)),
        "aws_dms_replication_subnet_group" => {
            let meta = it.meta(Some("replication_subnet_group_id"));
            let subnets = it.edges("subnet_ids", "subnets");
            all.replication_subnet_groups.push(ReplicationSubnetGroup { meta, subnets });
        }
        _ => return false,
    }
    true
}

/// DocumentDB and Neptune are engines of RDS to everything but the provider, which has types of its own for them.
fn engine_of(kind: &str) -> Value<Option<String>> {
    let engine = if kind.starts_with("aws_docdb") { "docdb" } else { "neptune" };
    Value::Known(Some(engine.to_owned()))
}

fn db_instance(it: &mut Properties<'_>) -> DbInstance {
    let cluster = Value::Known(None);
    let replica_of = it.edge("replicate_source_db", "replica_of");
    DbInstance {
        cluster,
        backup_retention_days: backup_retention_days(it, &replica_of),
        replica_of,
        ..instance(it)
    }
}

/// The provider's default, not AWS's, is to take no backups; a database that is restored keeps what it had.
fn backup_retention_days(it: &mut Properties<'_>, replica_of: &Value<Option<Key>>) -> Value<Option<i64>> {
    let days = it.integer("backup_retention_period", "backup_retention_days");
    let source = ["snapshot_identifier", "restore_to_point_in_time"].into_iter().find(|name| it.has(name));
    match (days, source) {
        (Value::Known(None), Some(source)) => {
            Value::unknown(Reason::NotCollected, format!("the backup retention of what `{source}` names"))
        }
        (Value::Known(None), None) if *replica_of == Value::Known(None) => Value::Known(Some(0)),
        (days, _) => days,
    }
}

/// A member of a cluster, which is an instance with less of its own.
fn cluster_instance(it: &mut Properties<'_>) -> DbInstance {
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
        subnet_group: subnet_group(it),
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
        custom_iam_instance_profile: it.edge("custom_iam_instance_profile", "custom_iam_instance_profile"),
    }
}

fn db_cluster(it: &mut Properties<'_>) -> DbCluster {
    DbCluster {
        meta: it.meta(Some("cluster_identifier")),
        engine: it.text("engine", "engine"),
        instance_class: it.text("db_cluster_instance_class", "instance_class"),
        subnet_group: subnet_group(it),
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

fn db_subnet_group(it: &mut Properties<'_>) -> DbSubnetGroup {
    DbSubnetGroup { meta: it.meta(Some("name")), subnets: it.edges("subnet_ids", "subnets") }
}

/// Neptune calls it by its own name.
fn subnet_group(it: &mut Properties<'_>) -> Value<Option<Key>> {
    match it.edge("db_subnet_group_name", "subnet_group") {
        Value::Known(None) => it.edge("neptune_subnet_group_name", "subnet_group"),
        other => other,
    }
}

fn global_cluster(it: &mut Properties<'_>) -> GlobalCluster {
    GlobalCluster {
        meta: it.meta(Some("global_cluster_identifier")),
        source: it.edge("source_db_cluster_identifier", "source"),
    }
}

fn db_proxy(it: &mut Properties<'_>) -> DbProxy {
    DbProxy {
        meta: it.meta(Some("name")),
        subnets: it.edges("vpc_subnet_ids", "subnets"),
        security_groups: it.edges("vpc_security_group_ids", "security_groups"),
    }
}

fn redshift_cluster(it: &mut Properties<'_>) -> RedshiftCluster {
    RedshiftCluster {
        meta: it.meta(Some("cluster_identifier")),
        subnet_group: it.edge("cluster_subnet_group_name", "subnet_group"),
        security_groups: it.edges("vpc_security_group_ids", "security_groups"),
        publicly_accessible: it.boolean_or("publicly_accessible", "publicly_accessible", false),
        port: it.integer_or("port", "port", 5439),
    }
}

fn replication_instance(it: &mut Properties<'_>) -> ReplicationInstance {
    ReplicationInstance {
        meta: it.meta(Some("replication_instance_id")),
        subnet_group: it.edge("replication_subnet_group_id", "subnet_group"),
        security_groups: it.edges("vpc_security_group_ids", "security_groups"),
        publicly_accessible: it.boolean_or("publicly_accessible", "publicly_accessible", false),
        multi_az: it.boolean_or("multi_az", "multi_az", false),
    }
}
