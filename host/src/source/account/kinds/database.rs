//! Databases. DocumentDB and Neptune are engines of RDS to its describe calls and to AWS Config.

use archlint_schema::{
    DbCluster, DbInstance, DbProxy, DbSubnetGroup, GlobalCluster, Key, RedshiftCluster, RedshiftSubnetGroup,
    ReplicationInstance, ReplicationSubnetGroup, Resources, Value,
};

use super::always::{always, always_edges};
use super::{first_edge, named, not_collected};
use crate::source::built::on;
use crate::source::formats::{half_acus, region_of_arn};
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, truth};

/// Adds a database, or what one is made of; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::RDS::DBInstance" => all.db_instances.push(db_instance(it)),
        "AWS::RDS::DBCluster" => all.db_clusters.push(db_cluster(it)),
        "AWS::RDS::DBSubnetGroup" => {
            let (meta, subnets) = (it.meta(Some("DBSubnetGroupName")), subnets(it));
            all.db_subnet_groups.push(DbSubnetGroup { meta, subnets });
        }
        "AWS::RDS::GlobalCluster" => all.global_clusters.push(global_cluster(it)),
        "AWS::RDS::DBProxy" => all.db_proxies.push(db_proxy(it)),
        "AWS::Redshift::Cluster" => all.redshift_clusters.push(redshift_cluster(it)),
        "AWS::Redshift::ClusterSubnetGroup" => {
            let (meta, subnets) = (it.meta(Some("ClusterSubnetGroupName")), subnets(it));
            all.redshift_subnet_groups.push(RedshiftSubnetGroup { meta, subnets });
        }
        "AWS::DMS::ReplicationInstance" => all.replication_instances.push(replication_instance(it)),
        "AWS::DMS::ReplicationSubnetGroup" => {
            let (meta, subnets) = (it.meta(Some("ReplicationSubnetGroupIdentifier")), subnets(it));
            all.replication_subnet_groups.push(ReplicationSubnetGroup { meta, subnets });
        }
        _ => return false,
    }
    true
}

/// Tells others what this one alone tells of them: a cluster which of its instances writes, a global database which
/// clusters it is made of.
pub(super) fn fold(kind: &str, it: &mut Properties<'_>, all: &mut Resources) {
    match kind {
        "AWS::RDS::DBCluster" => {
            for (instance, member) in members(it, "DBClusterMembers", "DBInstanceIdentifier") {
                let is_writer = truth(&member.field("IsClusterWriter"));
                on(all, &instance, |it: &mut DbInstance| {
                    it.is_writer = is_writer;
                    "is_writer".to_owned()
                });
            }
        }
        "AWS::RDS::GlobalCluster" => {
            let whole = Value::Known(Some(it.declaration().key()));
            for (cluster, _) in members(it, "GlobalClusterMembers", "DBClusterArn") {
                on(all, &cluster, |it: &mut DbCluster| {
                    it.global_cluster = whole.clone();
                    "global_cluster".to_owned()
                });
            }
        }
        _ => {}
    }
}

/// The members of a list, each with the resource that it names.
fn members(it: &mut Properties<'_>, property: &str, field: &str) -> Vec<(Value<Option<Key>>, Node)> {
    let members = it.list(property, "").known().cloned().unwrap_or_default();
    members.into_iter().map(|member| (it.edge_of(&member.field(field)), member)).collect()
}

/// The subnets of a group of them: described one by one, or named alone.
fn subnets(it: &mut Properties<'_>) -> Value<Vec<Value<Key>>> {
    always_edges(it, &[("Subnets", "SubnetIdentifier"), ("SubnetIds", "")], "subnets")
}

const VPC_SECURITY_GROUPS: &[(&str, &str)] =
    &[("VpcSecurityGroups", "VpcSecurityGroupId"), ("VpcSecurityGroupIds", "")];

fn db_instance(it: &mut Properties<'_>) -> DbInstance {
    const SOURCES: [&str; 2] =
        ["ReadReplicaSourceDBInstanceIdentifier", "ReadReplicaSourceDBClusterIdentifier"];
    let source = named(it, &SOURCES);
    let cluster = it.edge("DBClusterIdentifier", "cluster");
    let days = it.integer("BackupRetentionPeriod", "backup_retention_days");
    DbInstance {
        meta: it.meta(Some("DBInstanceIdentifier")),
        engine: always(it.text("Engine", "engine"), "Engine"),
        multi_az: required(it.boolean("MultiAZ", "multi_az"), "MultiAZ"),
        // Its cluster tells.
        is_writer: if cluster == Value::Known(None) {
            Value::Known(None)
        } else {
            not_collected("DBClusterMembers")
        },
        cluster,
        replica_of: it.edge(source, "replica_of"),
        zone: it.zone("AvailabilityZone", "zone"),
        subnet_group: it.edge("DBSubnetGroup.DBSubnetGroupName", "subnet_group"),
        instance_class: always(it.text("DBInstanceClass", "instance_class"), "DBInstanceClass"),
        publicly_accessible: always(
            it.boolean("PubliclyAccessible", "publicly_accessible"),
            "PubliclyAccessible",
        ),
        backup_retention_days: always(days, "BackupRetentionPeriod"),
        outpost: on_outpost(it),
        security_groups: always_edges(it, VPC_SECURITY_GROUPS, "security_groups"),
        port: always(it.integer("Endpoint.Port", "port"), "Endpoint.Port"),
        promotion_tier: it.integer_or("PromotionTier", "promotion_tier", 1),
        allocated_storage_gb: always(
            it.integer("AllocatedStorage", "allocated_storage_gb"),
            "AllocatedStorage",
        ),
        source_region: region_of_arn(&it.get(source)),
        backup_replication_region: backup_replication_region(it),
        custom_iam_instance_profile: it.edge("CustomIamInstanceProfile", "custom_iam_instance_profile"),
    }
}

/// Its subnets stand on an Outpost, or its backups do. <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-on-outposts.html>
fn on_outpost(it: &mut Properties<'_>) -> Value<bool> {
    const SUBNETS: &str = "DBSubnetGroup.Subnets";
    let is_on_one = |it: &Node| it.field("SubnetOutpost").field("Arn").value != Evaluated::Absent;
    let target = it.text("BackupTarget", "outpost").map(|it| it.as_deref() == Some("outposts"));
    if !it.has(SUBNETS) && !it.has("BackupTarget") {
        return not_collected(SUBNETS);
    }
    it.list(SUBNETS, "outpost").map(|all| all.iter().any(is_on_one)).or(target)
}

/// Each replica of its automated backups has an ARN in the region where it is kept.
fn backup_replication_region(it: &mut Properties<'_>) -> Value<Option<String>> {
    const REPLICATIONS: &str = "DBInstanceAutomatedBackupsReplications";
    if !it.has(REPLICATIONS) {
        return not_collected(REPLICATIONS);
    }
    region_of_arn(&it.get(&format!("{REPLICATIONS}.0.DBInstanceAutomatedBackupsArn")))
}

fn db_cluster(it: &mut Properties<'_>) -> DbCluster {
    const SOURCE: &str = "ReplicationSourceIdentifier";
    let days = it.integer("BackupRetentionPeriod", "backup_retention_days");
    DbCluster {
        meta: it.meta(Some("DBClusterIdentifier")),
        engine: always(it.text("Engine", "engine"), "Engine"),
        instance_class: it.text("DBClusterInstanceClass", "instance_class"),
        subnet_group: it.edge("DBSubnetGroup", "subnet_group"),
        zones: it.zone_list("AvailabilityZones", "zones"),
        backup_retention_days: always(days, "BackupRetentionPeriod"),
        security_groups: always_edges(it, VPC_SECURITY_GROUPS, "security_groups"),
        port: always(it.integer("Port", "port"), "Port"),
        engine_mode: it.text("EngineMode", "engine_mode"),
        serverless_max_half_acus: half_acus(
            it.text("ServerlessV2ScalingConfiguration.MaxCapacity", "serverless_max_half_acus"),
        ),
        publicly_accessible: it.boolean("PubliclyAccessible", "publicly_accessible"),
        // Older replies leave it to the global database to name its clusters.
        global_cluster: it.edge("GlobalClusterIdentifier", "global_cluster"),
        replica_of: it.edge(SOURCE, "replica_of"),
        source_region: region_of_arn(&it.get(SOURCE)),
        backup_replication_region: not_collected("DBClusterAutomatedBackups"),
    }
}

/// Its writer is what it was made of, or what took over since.
fn global_cluster(it: &mut Properties<'_>) -> GlobalCluster {
    let is_writer = |member: &Node| truth(&member.field("IsWriter")) == Value::Known(Some(true));
    let members = it.list("GlobalClusterMembers", "source").known().cloned().unwrap_or_default();
    let writer = members.iter().find(|it| is_writer(it)).map(|it| it.field("DBClusterArn"));
    GlobalCluster {
        meta: it.meta(Some("GlobalClusterIdentifier")),
        source: match writer {
            Some(writer) => it.edge_of(&writer),
            None => it.edge("SourceDBClusterIdentifier", "source"),
        },
    }
}

fn db_proxy(it: &mut Properties<'_>) -> DbProxy {
    DbProxy {
        meta: it.meta(Some("DBProxyName")),
        subnets: always_edges(it, &[("VpcSubnetIds", "")], "subnets"),
        security_groups: always_edges(it, &[("VpcSecurityGroupIds", "")], "security_groups"),
    }
}

fn redshift_cluster(it: &mut Properties<'_>) -> RedshiftCluster {
    let public = it.boolean("PubliclyAccessible", "publicly_accessible");
    let port = named(it, &["Endpoint.Port", "Port"]);
    RedshiftCluster {
        meta: it.meta(Some("ClusterIdentifier")),
        subnet_group: it.edge("ClusterSubnetGroupName", "subnet_group"),
        security_groups: always_edges(it, VPC_SECURITY_GROUPS, "security_groups"),
        publicly_accessible: required(public, "PubliclyAccessible"),
        port: required(it.integer(port, "port"), port),
    }
}

fn replication_instance(it: &mut Properties<'_>) -> ReplicationInstance {
    const GROUPS: [&str; 2] =
        ["ReplicationSubnetGroup.ReplicationSubnetGroupIdentifier", "ReplicationSubnetGroupIdentifier"];
    let group = first_edge(it, &GROUPS, "subnet_group");
    let public = it.boolean("PubliclyAccessible", "publicly_accessible");
    ReplicationInstance {
        meta: it.meta(Some("ReplicationInstanceIdentifier")),
        // AWS Config records neither the group nor the security groups.
        subnet_group: always(group, GROUPS[1]),
        security_groups: always_edges(it, VPC_SECURITY_GROUPS, "security_groups"),
        publicly_accessible: required(public, "PubliclyAccessible"),
        multi_az: required(it.boolean("MultiAZ", "multi_az"), "MultiAZ"),
    }
}
