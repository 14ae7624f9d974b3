//! What is derived about databases, other keepers of state, and their backups.

use serde::{Deserialize, Serialize};

use crate::{Key, KeySet, Value, ZoneSet};

/// Where a database is, who may reach it, and what takes over when it fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DatabaseFacts {
    /// The zones of its subnet group.
    pub zones: ZoneSet,
    pub kind: DatabaseKind,
    /// The subnets of its subnet group.
    pub subnets: KeySet,
    /// Those that are exposed, and in which Block Public Access does not block what comes in.
    pub exposed_subnets: KeySet,
    /// Its own setting; where it has none, whether its VPC has an internet gateway.
    pub publicly_accessible: Value<bool>,
    /// Absent: it listens on none.
    pub port: Value<Option<u16>>,
    /// A cluster's instances.
    pub members: KeySet,
    /// The zones of those; of one that AWS has yet to place, unknown.
    pub member_zones: ZoneSet,
    /// A cluster's writer; known live only.
    pub writer: Value<Option<Key>>,
    /// Twice the normalized units of its instance class or, of Aurora Serverless v2, the ACUs it may reach.
    pub size: Value<Option<u32>>,
    /// Whether it is a read replica of a database in another region.
    pub cross_region_replica: Value<bool>,
    /// What of it is in another region.
    pub recovery_copies: RecoveryCopies,
}

/// The kinds of database, as parameters of rules name them.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DatabaseKind {
    Rds,
    Aurora,
    Documentdb,
    Neptune,
    Redshift,
    Elasticache,
    Memorydb,
    Dms,
}

/// Copies of a database's data in other regions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RecoveryCopies {
    pub copies: Vec<RecoveryCopy>,
    /// Why there may be more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<crate::Unknown>,
}

/// A copy of a database's data in another region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RecoveryCopy {
    pub kind: RecoveryCopyKind,
    /// Where it is; unknown where it surely is elsewhere, but nobody says where.
    pub region: Value<String>,
    /// The resource that makes it so.
    pub via: Key,
}

/// The ways by which data gets to another region.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RecoveryCopyKind {
    CrossRegionReplica,
    GlobalDatabaseSecondary,
    AutomatedBackupReplication,
    BackupCopy,
}

/// Whether what keeps state keeps it in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DataStoreFacts {
    pub kind: DataStoreKind,
    /// Whether one node, or one Availability Zone, holds all of it.
    pub singleton: Value<bool>,
    /// Days that its own service keeps automatic backups; 0 means none, absent that the service makes none.
    pub backup_days: Value<Option<i64>>,
}

/// The kinds of data store.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DataStoreKind {
    Elasticache,
    Memorydb,
    Efs,
    Fsx,
    Opensearch,
    Mq,
    S3Express,
    /// An instance with volumes beside the one it starts from.
    Instance,
}

/// What backs a resource up besides its own service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BackupFacts {
    /// AWS Backup plans and Data Lifecycle Manager policies that select it.
    pub plans: KeySet,
    /// The longest that one of the plans keeps what it makes, in days; absent: forever. 0 without a plan.
    pub retention_days: Value<Option<i64>>,
    /// Whether one of the plans allows restoring to any point in time.
    pub continuous: Value<bool>,
}
