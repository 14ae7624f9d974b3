//! What is derived about databases, other keepers of state, and their backups.

use serde::{Deserialize, Serialize};

use crate::{Confidence, Key, KeySet, Reason, RulePlace, Value, ZoneMember, ZoneSet};

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
    /// The rule by which its security groups admit somebody outside of private networks to its port; absent: there is
    /// none.
    #[serde(default)]
    pub admits_internet: Value<Option<RulePlace>>,
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
    /// The cluster that it is part of, or the source that it replicates: what is done for that is done for it.
    #[serde(default)]
    pub part_of: Value<Option<Key>>,
    /// Days that its own service keeps automatic backups; 0 means none, absent that it is another's to say.
    #[serde(default)]
    pub backup_days: Value<Option<i64>>,
    /// In a cluster: 0 is promoted first, 15 last.
    #[serde(default)]
    pub promotion_tier: Value<Option<i64>>,
}

/// Instances of this tier are promoted when no other is left.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html>
const LAST_PROMOTION_TIER: i64 = 15;

impl DatabaseFacts {
    /// Whether a cluster's instances stand in two zones at least. Aurora spreads those that it places itself over the
    /// subnet group, and RDS takes no subnet group that is in one zone.
    pub fn is_spread(&self) -> Value<bool> {
        let placed = self.member_zones.spans(2);
        let is_to_be_placed =
            |it: &ZoneMember| matches!(&it.zone, Value::Unknown(why) if why.reason == Reason::Computed);
        match placed {
            Value::Unknown(_) if self.member_zones.members.iter().any(is_to_be_placed) => {
                Value::Known(!self.zones.spans(2).is_false())
            }
            decided => decided,
        }
    }

    /// Whether it can take the place of a writer: it is promoted before the last, and has a share of the writer's size.
    pub fn can_replace(&self, writer: &Self, share: f64) -> Value<bool> {
        let is_promoted = self.promotion_tier.is(|it| it.is_none_or(|it| it < LAST_PROMOTION_TIER));
        is_promoted.and(self.is_as_large_as(writer, share))
    }

    /// Whether it has at least a share of another's size.
    pub fn is_as_large_as(&self, other: &Self, share: f64) -> Value<bool> {
        match (&self.size, &other.size) {
            (Value::Unknown(own), Value::Unknown(theirs)) if own.same_as(theirs) => Value::Known(true),
            (Value::Known(Some(own)), Value::Known(Some(theirs))) => {
                Value::Known(f64::from(*own) >= f64::from(*theirs) * share)
            }
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Value::Unknown(why.clone()),
            // Of a class that tells no size, or of several.
            _ => Value::unknown(Reason::NotCollected, "the size of an instance class"),
        }
    }
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

impl BackupFacts {
    /// How sure it is that no other plan backs it up: one of another stack may.
    pub fn confidence(&self) -> Confidence {
        if self.plans.open.is_some() { Confidence::Medium } else { Confidence::High }
    }

    /// Whether a plan that is in sight backs it up. Where `plans` is open, one of another stack may all the same.
    pub fn is_planned(&self) -> Value<bool> {
        match self.plans.members.as_slice() {
            // How long is known where no selection is in doubt.
            [] => self.retention_days.is(|_| false),
            _ => Value::Known(true),
        }
    }
}

impl DataStoreFacts {
    /// Memcached keeps nothing that would survive a restart, and nothing that was not elsewhere before.
    pub fn is_memcached(&self) -> bool {
        self.kind == DataStoreKind::Elasticache && self.backup_days == Value::Known(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Unknown;

    fn of_size(size: Value<Option<u32>>) -> DatabaseFacts {
        DatabaseFacts {
            zones: ZoneSet::default(),
            kind: DatabaseKind::Aurora,
            subnets: KeySet::default(),
            exposed_subnets: KeySet::default(),
            publicly_accessible: Value::default(),
            port: Value::default(),
            admits_internet: Value::default(),
            members: KeySet::default(),
            member_zones: ZoneSet::default(),
            writer: Value::default(),
            size,
            cross_region_replica: Value::default(),
            recovery_copies: RecoveryCopies { copies: Vec::new(), open: None },
            part_of: Value::default(),
            backup_days: Value::default(),
            promotion_tier: Value::Known(Some(1)),
        }
    }

    #[test]
    fn one_class_is_one_size_whatever_it_is() {
        let class = |name: &str| of_size(Value::unknown(Reason::Parameter, name));
        let size = |size| of_size(Value::Known(Some(size)));
        assert!(size(8).is_as_large_as(&size(16), 0.5).is_true());
        assert!(size(4).is_as_large_as(&size(16), 0.5).is_false());
        assert!(class("Class").is_as_large_as(&class("Class"), 0.5).is_true());
        let unlike = class("Class").is_as_large_as(&class("Other"), 0.5);
        assert_eq!(unlike.decided(), Err(Unknown::new(Reason::Parameter, "Class")));
        assert!(of_size(Value::Known(None)).is_as_large_as(&size(16), 0.5).decided().is_err());
        let last = DatabaseFacts { promotion_tier: Value::Known(Some(15)), ..size(16) };
        assert!(size(16).can_replace(&size(16), 0.5).is_true());
        assert!(last.can_replace(&size(16), 0.5).is_false());
    }
}
