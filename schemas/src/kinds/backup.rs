//! What backs resources up: AWS Backup and Data Lifecycle Manager.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value};

/// A plan of AWS Backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BackupPlan {
    pub meta: Meta,
    #[serde(default)]
    pub rules: Value<Vec<BackupRule>>,
}

/// When a plan backs up, and how long it keeps what it made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BackupRule {
    /// Whether it allows restoring to any point in time.
    pub continuous: Value<bool>,
    /// Absent: forever.
    pub delete_after_days: Value<Option<i64>>,
    pub copies: Value<Vec<BackupCopy>>,
}

/// A copy to another vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BackupCopy {
    /// The region of the vault, where its ARN tells; absent: the plan's own.
    pub region: Value<Option<String>>,
}

/// What a plan backs up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BackupSelection {
    pub meta: Meta,
    #[serde(default)]
    pub plan: Value<Key>,
    /// Named one by one or by patterns. What only one of these and `any_tags` selects may be backed up or not.
    #[serde(default)]
    pub resources: Value<Vec<Value<SelectedResource>>>,
    #[serde(default)]
    pub not_resources: Value<Vec<Value<SelectedResource>>>,
    /// A resource with any of these tags.
    #[serde(default)]
    pub any_tags: Value<Vec<SelectedTag>>,
    /// A resource with all of these tags.
    #[serde(default)]
    pub all_tags: Value<Vec<SelectedTag>>,
    /// Conditions that compare tags otherwise than for equality; what they leave nobody knows.
    #[serde(default)]
    pub other_conditions: Value<bool>,
}

/// A resource that a selection names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SelectedResource {
    Resource(Key),
    /// An ARN with wildcards.
    Pattern(String),
}

/// A tag that selects what carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SelectedTag {
    pub key: Value<String>,
    pub value: Value<String>,
}

/// A policy of Data Lifecycle Manager.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LifecyclePolicy {
    pub meta: Meta,
    #[serde(default)]
    pub enabled: Value<bool>,
    /// `VOLUME` or `INSTANCE`.
    #[serde(default)]
    pub resource_types: Value<Vec<Value<String>>>,
    /// A resource with any of these tags.
    #[serde(default)]
    pub target_tags: Value<Vec<SelectedTag>>,
    /// Regions that its schedules copy snapshots to.
    #[serde(default)]
    pub copy_regions: Value<Vec<Value<String>>>,
}
