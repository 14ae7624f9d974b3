//! Caches and in-memory databases: ElastiCache and MemoryDB.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value};

/// An ElastiCache replication group: Redis OSS or Valkey with or without replicas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct CacheReplicationGroup {
    pub meta: Meta,
    #[serde(default)]
    pub multi_az: Value<bool>,
    #[serde(default)]
    pub automatic_failover: Value<bool>,
    /// Nodes per shard, the primary included.
    #[serde(default)]
    pub nodes_per_shard: Value<i64>,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub port: Value<i64>,
    /// Days; 0 means no backups.
    #[serde(default)]
    pub snapshot_retention_days: Value<i64>,
}

/// An ElastiCache cluster that is no replication group: Memcached, or a single Redis OSS node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct CacheCluster {
    pub meta: Meta,
    /// `memcached`, `redis` or `valkey`.
    #[serde(default)]
    pub engine: Value<Option<String>>,
    #[serde(default)]
    pub nodes: Value<i64>,
    /// Whether its nodes are spread over zones.
    #[serde(default)]
    pub cross_az: Value<bool>,
    /// The replication group that it is a node of.
    #[serde(default)]
    pub replication_group: Value<Option<Key>>,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub port: Value<i64>,
    /// Days; 0 means no backups.
    #[serde(default)]
    pub snapshot_retention_days: Value<i64>,
}

/// A serverless cache of ElastiCache, which spans zones by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ServerlessCache {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
}

/// The subnets in which ElastiCache may place nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct CacheSubnetGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
}

/// A MemoryDB cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct MemoryDbCluster {
    pub meta: Meta,
    #[serde(default)]
    pub replicas_per_shard: Value<i64>,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub port: Value<i64>,
    /// Days; 0 means no backups.
    #[serde(default)]
    pub snapshot_retention_days: Value<i64>,
}

/// The subnets in which MemoryDB may place nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct MemoryDbSubnetGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
}
