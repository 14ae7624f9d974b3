//! ElastiCache and MemoryDB.

use archlint_schema::{
    CacheCluster, CacheReplicationGroup, CacheSubnetGroup, MemoryDbCluster, MemoryDbSubnetGroup, Resources,
    ServerlessCache, Value,
};

use crate::source::properties::Properties;

/// Adds a cache, or what one is made of; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_elasticache_replication_group" => all.cache_replication_groups.push(replication_group(it)),
        "aws_elasticache_cluster" => all.cache_clusters.push(cache_cluster(it)),
        "aws_elasticache_serverless_cache" => all.serverless_caches.push(serverless_cache(it)),
        "aws_elasticache_subnet_group" => {
            let subnets = it.edges("subnet_ids", "subnets");
            all.cache_subnet_groups.push(CacheSubnetGroup { meta: it.meta(Some("name")), subnets });
        }
        "aws_memorydb_cluster" => all.memory_db_clusters.push(memory_db_cluster(it)),
        "aws_memorydb_subnet_group" => {
            let subnets = it.edges("subnet_ids", "subnets");
            all.memory_db_subnet_groups.push(MemoryDbSubnetGroup { meta: it.meta(Some("name")), subnets });
        }
        _ => return false,
    }
    true
}

fn replication_group(it: &mut Properties<'_>) -> CacheReplicationGroup {
    CacheReplicationGroup {
        meta: it.meta(Some("replication_group_id")),
        multi_az: it.boolean_or("multi_az_enabled", "multi_az", false),
        automatic_failover: it.boolean_or("automatic_failover_enabled", "automatic_failover", false),
        nodes_per_shard: nodes_per_shard(it),
        subnet_group: it.edge("subnet_group_name", "subnet_group"),
        security_groups: it.edges("security_group_ids", "security_groups"),
        port: it.integer_or("port", "port", 6379),
        snapshot_retention_days: it.integer_or("snapshot_retention_limit", "snapshot_retention_days", 0),
    }
}

/// The nodes of the only shard, or the primary and its replicas; older providers have a block for the latter.
fn nodes_per_shard(it: &mut Properties<'_>) -> Value<i64> {
    let path = "nodes_per_shard";
    let replicas = ["replicas_per_node_group", "cluster_mode.0.replicas_per_node_group"];
    if let Some(replicas) = replicas.into_iter().find(|name| it.has(name)) {
        return it.integer_or(replicas, path, 0).map(|it| it + 1);
    }
    let nodes = ["num_cache_clusters", "number_cache_clusters"];
    let nodes = nodes.into_iter().find(|name| it.has(name)).unwrap_or(nodes[0]);
    it.integer_or(nodes, path, 1)
}

fn cache_cluster(it: &mut Properties<'_>) -> CacheCluster {
    let engine = it.text("engine", "engine");
    let is_memcached = engine.is(|it| it.as_deref() == Some("memcached")).is_true();
    CacheCluster {
        meta: it.meta(Some("cluster_id")),
        engine,
        nodes: it.integer_or("num_cache_nodes", "nodes", 1),
        cross_az: it.text("az_mode", "cross_az").map(|it| it.as_deref() == Some("cross-az")),
        replication_group: it.edge("replication_group_id", "replication_group"),
        subnet_group: it.edge("subnet_group_name", "subnet_group"),
        security_groups: it.edges("security_group_ids", "security_groups"),
        port: it.integer_or("port", "port", if is_memcached { 11211 } else { 6379 }),
        snapshot_retention_days: it.integer_or("snapshot_retention_limit", "snapshot_retention_days", 0),
    }
}

fn serverless_cache(it: &mut Properties<'_>) -> ServerlessCache {
    ServerlessCache {
        meta: it.meta(Some("name")),
        subnets: it.edges("subnet_ids", "subnets"),
        security_groups: it.edges("security_group_ids", "security_groups"),
    }
}

fn memory_db_cluster(it: &mut Properties<'_>) -> MemoryDbCluster {
    MemoryDbCluster {
        meta: it.meta(Some("name")),
        replicas_per_shard: it.integer_or("num_replicas_per_shard", "replicas_per_shard", 1),
        subnet_group: it.edge("subnet_group_name", "subnet_group"),
        security_groups: it.edges("security_group_ids", "security_groups"),
        port: it.integer_or("port", "port", 6379),
        snapshot_retention_days: it.integer_or("snapshot_retention_limit", "snapshot_retention_days", 0),
    }
}
