//! Databases of RDS and its relatives: Aurora, DocumentDB, Neptune, Redshift, DMS.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value, Zone};

/// An RDS DB instance, or a member of an Aurora, DocumentDB or Neptune cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DbInstance {
    pub meta: Meta,
    /// Absent where a snapshot or a source instance decides.
    #[serde(default)]
    pub engine: Value<Option<String>>,
    #[serde(default)]
    pub multi_az: Value<bool>,
    #[serde(default)]
    pub cluster: Value<Option<Key>>,
    #[serde(default)]
    pub replica_of: Value<Option<Key>>,
    #[serde(default)]
    pub zone: Value<Option<Zone>>,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    #[serde(default)]
    pub instance_class: Value<Option<String>>,
    /// Absent: the subnet group decides.
    #[serde(default)]
    pub publicly_accessible: Value<Option<bool>>,
    /// Days.
    #[serde(default)]
    pub backup_retention_days: Value<Option<i64>>,
    /// Whether it runs on an Outpost.
    #[serde(default)]
    pub outpost: Value<bool>,
    /// Of a cluster's member they are the cluster's.
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    /// Absent: the engine's default.
    #[serde(default)]
    pub port: Value<Option<i64>>,
    /// In a cluster: 0 is promoted first, 15 last.
    #[serde(default)]
    pub promotion_tier: Value<i64>,
    /// Whether it is its cluster's writer; known live only.
    #[serde(default)]
    pub is_writer: Value<Option<bool>>,
    #[serde(default)]
    pub allocated_storage_gb: Value<Option<i64>>,
    /// The region of the source that it replicates, where the source's ARN or a property names it.
    #[serde(default)]
    pub source_region: Value<Option<String>>,
    /// The region to which its automated backups are replicated.
    #[serde(default)]
    pub backup_replication_region: Value<Option<String>>,
    /// The instance profile of the host, which RDS Custom needs and nothing else has.
    #[serde(default)]
    pub custom_iam_instance_profile: Value<Option<Key>>,
}

/// An Aurora, DocumentDB or Neptune cluster, or a Multi-AZ DB cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DbCluster {
    pub meta: Meta,
    #[serde(default)]
    pub engine: Value<Option<String>>,
    /// Set for a Multi-AZ DB cluster only.
    #[serde(default)]
    pub instance_class: Value<Option<String>>,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    /// Where its storage may be, not where its instances are.
    #[serde(default)]
    pub zones: Value<Vec<Value<Zone>>>,
    /// Days.
    #[serde(default)]
    pub backup_retention_days: Value<Option<i64>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    /// Absent: the engine's default.
    #[serde(default)]
    pub port: Value<Option<i64>>,
    /// `provisioned`, `serverless` (Aurora Serverless v1) and the like.
    #[serde(default)]
    pub engine_mode: Value<Option<String>>,
    /// The capacity that Aurora Serverless v2 may reach, in half ACUs, the step in which Aurora counts them.
    #[serde(default)]
    pub serverless_max_half_acus: Value<Option<i64>>,
    /// Of a Multi-AZ DB cluster.
    #[serde(default)]
    pub publicly_accessible: Value<Option<bool>>,
    /// The Aurora global database that it is part of.
    #[serde(default)]
    pub global_cluster: Value<Option<Key>>,
    #[serde(default)]
    pub replica_of: Value<Option<Key>>,
    /// The region of the source that it replicates, where the source's ARN or a property names it.
    #[serde(default)]
    pub source_region: Value<Option<String>>,
    /// The region to which its automated backups are replicated.
    #[serde(default)]
    pub backup_replication_region: Value<Option<String>>,
}

/// The subnets in which RDS may place a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DbSubnetGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
}

/// An Aurora global database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct GlobalCluster {
    pub meta: Meta,
    /// The cluster that it was made of, which is its primary at first.
    #[serde(default)]
    pub source: Value<Option<Key>>,
}

/// An RDS Proxy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DbProxy {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
}

/// A Redshift cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RedshiftCluster {
    pub meta: Meta,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub publicly_accessible: Value<bool>,
    #[serde(default)]
    pub port: Value<i64>,
}

/// The subnets in which Redshift may place a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RedshiftSubnetGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
}

/// A DMS replication instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ReplicationInstance {
    pub meta: Meta,
    #[serde(default)]
    pub subnet_group: Value<Option<Key>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub publicly_accessible: Value<bool>,
    #[serde(default)]
    pub multi_az: Value<bool>,
}

/// The subnets in which DMS may place a replication instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ReplicationSubnetGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
}

/// What an engine of RDS listens on unless it is told otherwise, however it is spelt: RDS takes `MySQL` for `mysql`. For
/// Aurora PostgreSQL that depends on who creates the cluster, so it has no port here.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
pub fn default_port(engine: &str) -> Option<u16> {
    /// By what the engine's name begins with.
    const DEFAULTS: [(&str, u16); 10] = [
        ("aurora", 3306),
        ("mysql", 3306),
        ("mariadb", 3306),
        ("postgres", 5432),
        ("oracle", 1521),
        ("custom-oracle", 1521),
        ("sqlserver", 1433),
        ("custom-sqlserver", 1433),
        ("docdb", 27017),
        ("neptune", 8182),
    ];
    let engine = engine.to_ascii_lowercase();
    let of_engine = DEFAULTS.iter().find(|(name, _)| engine.starts_with(name)).map(|it| it.1);
    of_engine.filter(|_| engine != "aurora-postgresql")
}
