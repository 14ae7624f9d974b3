//! ElastiCache and MemoryDB.

use archlint_schema::{
    CacheCluster, CacheReplicationGroup, CacheSubnetGroup, Key, MemoryDbCluster, MemoryDbSubnetGroup,
    Resources, ServerlessCache, Value,
};

use super::always::{always, always_edges};
use super::{named, not_collected};
use crate::source::built::on;
use crate::source::node::Node;
use crate::source::properties::{Properties, required, whole_number};

/// Adds a cache, or what one is made of; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::ElastiCache::ReplicationGroup" => all.cache_replication_groups.push(replication_group(it)),
        "AWS::ElastiCache::CacheCluster" => all.cache_clusters.push(cache_cluster(it)),
        "AWS::ElastiCache::ServerlessCache" => all.serverless_caches.push(serverless_cache(it)),
        "AWS::ElastiCache::SubnetGroup" => {
            let (meta, subnets) = (it.meta(Some("CacheSubnetGroupName")), subnets(it));
            all.cache_subnet_groups.push(CacheSubnetGroup { meta, subnets });
        }
        "AWS::MemoryDB::Cluster" => all.memory_db_clusters.push(memory_db_cluster(it)),
        "AWS::MemoryDB::SubnetGroup" => {
            let name = named(it, &["Name", "SubnetGroupName"]);
            let (meta, subnets) = (it.meta(Some(name)), subnets(it));
            all.memory_db_subnet_groups.push(MemoryDbSubnetGroup { meta, subnets });
        }
        _ => return false,
    }
    true
}

/// A replication group leaves it to its clusters to tell where they stand and who may reach them.
pub(super) fn fold(kind: &str, it: &mut Properties<'_>, all: &mut Resources) {
    if kind != "AWS::ElastiCache::CacheCluster" {
        return;
    }
    let group = it.edge("ReplicationGroupId", "");
    let (subnet_group, security_groups) = (subnet_group(it), security_groups(it));
    on(all, &group, |group: &mut CacheReplicationGroup| {
        (group.subnet_group, group.security_groups) = (subnet_group, security_groups);
        "subnet_group".to_owned()
    });
}

/// The subnets of a group of them: described one by one, or named alone.
fn subnets(it: &mut Properties<'_>) -> Value<Vec<Value<Key>>> {
    const WAYS: &[(&str, &str)] =
        &[("Subnets", "SubnetIdentifier"), ("Subnets", "Identifier"), ("SubnetIds", "")];
    let is_memory_db = it.has("Subnets.0.Identifier");
    always_edges(it, if is_memory_db { &WAYS[1..] } else { WAYS }, "subnets")
}

fn subnet_group(it: &mut Properties<'_>) -> Value<Option<Key>> {
    it.edge("CacheSubnetGroupName", "subnet_group")
}

fn security_groups(it: &mut Properties<'_>) -> Value<Vec<Value<Key>>> {
    always_edges(it, &[("SecurityGroups", "SecurityGroupId"), ("SecurityGroupIds", "")], "security_groups")
}

fn replication_group(it: &mut Properties<'_>) -> CacheReplicationGroup {
    const PORTS: [&str; 2] = ["ConfigurationEndpoint.Port", "NodeGroups.0.PrimaryEndpoint.Port"];
    let port = named(it, &PORTS);
    let days = it.integer("SnapshotRetentionLimit", "snapshot_retention_days");
    CacheReplicationGroup {
        meta: it.meta(Some("ReplicationGroupId")),
        multi_az: is_enabled(it, "MultiAZ", "multi_az"),
        automatic_failover: is_enabled(it, "AutomaticFailover", "automatic_failover"),
        nodes_per_shard: least(it, "NodeGroups", "nodes_per_shard", |it| {
            Value::Known(
                it.field("NodeGroupMembers").items().known().and_then(|all| i64::try_from(all.len()).ok()),
            )
        }),
        // Its clusters tell.
        subnet_group: not_collected("CacheClusters"),
        security_groups: not_collected("CacheClusters"),
        port: required(it.integer(port, "port"), port),
        snapshot_retention_days: required(days, "SnapshotRetentionLimit"),
    }
}

/// Whether a status says that something is on, or is being switched on.
fn is_enabled(it: &mut Properties<'_>, property: &str, path: &str) -> Value<bool> {
    required(it.text(property, path), property).map(|it| it == "enabled" || it == "enabling")
}

/// The least number that any shard has of something.
fn least(
    it: &mut Properties<'_>,
    shards: &str,
    path: &str,
    number: impl Fn(&Node) -> Value<Option<i64>>,
) -> Value<i64> {
    let all = match it.list(shards, path).decided() {
        Ok(all) => all.iter().map(number).collect::<Vec<_>>(),
        Err(why) => return Value::Unknown(why),
    };
    let known = all.iter().map(|it| it.known().copied().flatten()).collect::<Option<Vec<i64>>>();
    known.and_then(|all| all.into_iter().min()).map_or_else(|| not_collected(shards), Value::Known)
}

fn cache_cluster(it: &mut Properties<'_>) -> CacheCluster {
    const PORTS: [&str; 2] = ["ConfigurationEndpoint.Port", "CacheNodes.0.Endpoint.Port"];
    const ZONE: &str = "PreferredAvailabilityZone";
    let port = named(it, &PORTS);
    CacheCluster {
        meta: it.meta(Some("CacheClusterId")),
        engine: always(it.text("Engine", "engine"), "Engine"),
        nodes: required(it.integer("NumCacheNodes", "nodes"), "NumCacheNodes"),
        // In the place of a zone's name.
        cross_az: required(it.text(ZONE, "cross_az"), ZONE).map(|it| it == "Multiple"),
        replication_group: it.edge("ReplicationGroupId", "replication_group"),
        subnet_group: subnet_group(it),
        security_groups: security_groups(it),
        port: required(it.integer(port, "port"), PORTS[1]),
        // Memcached has no backups.
        snapshot_retention_days: it.integer_or("SnapshotRetentionLimit", "snapshot_retention_days", 0),
    }
}

fn serverless_cache(it: &mut Properties<'_>) -> ServerlessCache {
    ServerlessCache {
        meta: it.meta(Some("ServerlessCacheName")),
        subnets: always_edges(it, &[("SubnetIds", "")], "subnets"),
        security_groups: always_edges(it, &[("SecurityGroupIds", "")], "security_groups"),
    }
}

fn memory_db_cluster(it: &mut Properties<'_>) -> MemoryDbCluster {
    let name = named(it, &["Name", "ClusterName"]);
    let port = named(it, &["ClusterEndpoint.Port", "Port"]);
    let days = it.integer("SnapshotRetentionLimit", "snapshot_retention_days");
    MemoryDbCluster {
        meta: it.meta(Some(name)),
        replicas_per_shard: replicas_per_shard(it),
        subnet_group: it.edge("SubnetGroupName", "subnet_group"),
        security_groups: security_groups(it),
        port: required(it.integer(port, "port"), port),
        snapshot_retention_days: required(days, "SnapshotRetentionLimit"),
    }
}

/// The nodes of a shard are its primary and its replicas.
fn replicas_per_shard(it: &mut Properties<'_>) -> Value<i64> {
    const REPLICAS: &str = "NumReplicasPerShard";
    if it.has(REPLICAS) {
        return required(it.integer(REPLICAS, "replicas_per_shard"), REPLICAS);
    }
    least(it, "Shards", "replicas_per_shard", |it| whole_number(&it.field("NumberOfNodes"))).map(|it| it - 1)
}
