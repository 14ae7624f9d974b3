//! Storage and services that keep state: file systems, search, brokers, streams, directory buckets.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value, Zone};

/// An EFS file system with its mount targets folded in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EfsFileSystem {
    pub meta: Meta,
    /// Set for the One Zone storage classes.
    #[serde(default)]
    pub zone: Value<Option<Zone>>,
    /// Whether EFS backs it up automatically through AWS Backup.
    #[serde(default)]
    pub automatic_backups: Value<bool>,
    #[serde(default)]
    pub mount_targets: Value<Vec<MountTarget>>,
}

/// Through which a subnet reaches a file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct MountTarget {
    pub subnet: Value<Key>,
    pub security_groups: Value<Vec<Value<Key>>>,
}

/// An FSx file system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct FsxFileSystem {
    pub meta: Meta,
    #[serde(default)]
    pub multi_az: Value<bool>,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    /// Days; 0 means no backups.
    #[serde(default)]
    pub backup_retention_days: Value<i64>,
}

/// An OpenSearch Service domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct OpenSearchDomain {
    pub meta: Meta,
    #[serde(default)]
    pub instances: Value<i64>,
    #[serde(default)]
    pub zone_awareness: Value<bool>,
    /// Empty outside a VPC.
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
}

/// An Amazon MQ broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct MqBroker {
    pub meta: Meta,
    #[serde(default)]
    pub publicly_accessible: Value<bool>,
    /// `SINGLE_INSTANCE`, `ACTIVE_STANDBY_MULTI_AZ` or `CLUSTER_MULTI_AZ`.
    #[serde(default)]
    pub deployment_mode: Value<String>,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
}

/// An MSK cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct MskCluster {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    /// Whether its brokers have public addresses.
    #[serde(default)]
    pub public_access: Value<bool>,
}

/// A directory bucket of S3 Express One Zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DirectoryBucket {
    pub meta: Meta,
    /// Whether its objects are kept in one Availability Zone.
    #[serde(default)]
    pub single_zone: Value<bool>,
}
