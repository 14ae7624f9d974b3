//! ElastiCache and MemoryDB.

use archlint_schema::{
    CacheCluster, CacheReplicationGroup, CacheSubnetGroup, MemoryDbCluster, MemoryDbSubnetGroup, Resources,
    ServerlessCache, Value,
};

use crate::source::properties::{Properties, whole_number};

/// Adds a cache, or what one is made of; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::ElastiCache::ReplicationGroup" => all.cache_replication_groups.push(replication_group(it)),
        "AWS::ElastiCache::CacheCluster" => all.cache_clusters.push(cache_cluster(it)),
        "AWS::ElastiCache::ServerlessCache" => all.serverless_caches.push(serverless_cache(it)),
        "AWS::ElastiCache::SubnetGroup" => all.cache_subnet_groups.push(subnet_group(it)),
        "AWS::MemoryDB::Cluster" => all.memory_db_clusters.push(memory_db_cluster(it)),
        "AWS::MemoryDB::SubnetGroup" => all.memory_db_subnet_groups.push(memory_db_subnet_group(it)),
        _ => return false,
    }
    true
}

fn replication_group(it: &mut Properties<'_>) -> CacheReplicationGroup {
    CacheReplicationGroup {
        meta: it.meta(Some("ReplicationGroupId")),
        multi_az: it.boolean_or("MultiAZEnabled", "multi_az", false),
        automatic_failover: it.boolean_or("AutomaticFailoverEnabled", "automatic_failover", false),
        nodes_per_shard: nodes_per_shard(it),
        subnet_group: it.edge("CacheSubnetGroupName", "subnet_group"),
        security_groups: it.edges("SecurityGroupIds", "security_groups"),
        port: it.integer_or("Port", "port", 6379),
        snapshot_retention_days: it.integer_or("SnapshotRetentionLimit", "snapshot_retention_days", 0),
    }
}

/// The nodes of the only shard, or the primary and its replicas; the least of several shards that differ.
fn nodes_per_shard(it: &mut Properties<'_>) -> Value<i64> {
    let path = "nodes_per_shard";
    if it.has("NumCacheClusters") && !it.has("NumNodeGroups") {
        return it.integer_or("NumCacheClusters", path, 1);
    }
    if it.has("ReplicasPerNodeGroup") || !it.has("NodeGroupConfiguration") {
        return it.integer_or("ReplicasPerNodeGroup", path, 0).map(|it| it + 1);
    }
    let shards = match it.list("NodeGroupConfiguration", path).decided() {
        Ok(it) => it.clone(),
        Err(why) => return Value::Unknown(why),
    };
    let mut least = None;
    for shard in &shards {
        match whole_number(&shard.field("ReplicaCount")).decided() {
            Ok(it) => least = Some(it.unwrap_or(0).min(least.unwrap_or(i64::MAX))),
            Err(why) => return Value::Unknown(why),
        }
    }
    Value::Known(least.unwrap_or(0) + 1)
}

fn cache_cluster(it: &mut Properties<'_>) -> CacheCluster {
    let engine = it.text("Engine", "engine");
    let is_memcached = engine.is(|it| it.as_deref() == Some("memcached")).is_true();
    CacheCluster {
        meta: it.meta(Some("ClusterName")),
        engine,
        nodes: it.integer_or("NumCacheNodes", "nodes", 1),
        cross_az: it.text("AZMode", "cross_az").map(|it| it.as_deref() == Some("cross-az")),
        replication_group: Value::Known(None),
        subnet_group: it.edge("CacheSubnetGroupName", "subnet_group"),
        security_groups: it.edges("VpcSecurityGroupIds", "security_groups"),
        port: it.integer_or("Port", "port", if is_memcached { 11211 } else { 6379 }),
        snapshot_retention_days: it.integer_or("SnapshotRetentionLimit", "snapshot_retention_days", 0),
    }
}

fn serverless_cache(it: &mut Properties<'_>) -> ServerlessCache {
    ServerlessCache {
        meta: it.meta(Some("ServerlessCacheName")),
        subnets: it.edges("SubnetIds", "subnets"),
        security_groups: it.edges("SecurityGroupIds", "security_groups"),
    }
}

fn subnet_group(it: &mut Properties<'_>) -> CacheSubnetGroup {
    CacheSubnetGroup {
        meta: it.meta(Some("CacheSubnetGroupName")),
        subnets: it.edges("SubnetIds", "subnets"),
    }
}

fn memory_db_cluster(it: &mut Properties<'_>) -> MemoryDbCluster {
    MemoryDbCluster {
        meta: it.meta(Some("ClusterName")),
        replicas_per_shard: it.integer_or("NumReplicasPerShard", "replicas_per_shard", 1),
        subnet_group: it.edge("SubnetGroupName", "subnet_group"),
        security_groups: it.edges("SecurityGroupIds", "security_groups"),
        port: it.integer_or("Port", "port", 6379),
        snapshot_retention_days: it.integer_or("SnapshotRetentionLimit", "snapshot_retention_days", 0),
    }
}

fn memory_db_subnet_group(it: &mut Properties<'_>) -> MemoryDbSubnetGroup {
    MemoryDbSubnetGroup { meta: it.meta(Some("SubnetGroupName")), subnets: it.edges("SubnetIds", "subnets") }
}
