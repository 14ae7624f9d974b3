//! What no API returns: what the owners of an architecture say of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Key, Measure};

/// Declared by the owners; a rule that reads it has nothing to say where nothing is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Intent {
    pub workloads: Vec<DeclaredWorkload>,
    pub buckets: Vec<DeclaredBucket>,
    pub streams: Vec<DeclaredStream>,
}

/// A workload in the sense of the Well-Architected Framework: resources that together serve one purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DeclaredWorkload {
    pub name: String,
    /// The resources that belong to it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: BTreeSet<Key>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The region in which it is to be recovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dr_region: Option<String>,
    /// The recovery time objective, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rto_min: Option<u32>,
    /// The recovery point objective, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpo_min: Option<u32>,
    /// Instances or tasks needed at peak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_capacity: Option<u32>,
    /// Whether its work may stop and be resumed: workers of a queue.
    pub interruptible: bool,
    /// Whether its data can be made anew from elsewhere.
    pub recreatable: bool,
}

/// What the owners expect of buckets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DeclaredBucket {
    /// The buckets that it is about.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: BTreeSet<Key>,
    /// PUT, COPY, POST and DELETE requests per second at peak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_write_rps: Option<Measure>,
    /// GET and HEAD requests per second at peak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_read_rps: Option<Measure>,
    /// The median of the writes, where the load comes in bursts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual_write_rps: Option<Measure>,
    /// The median of the reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usual_read_rps: Option<Measure>,
    /// In how many minutes the load rises from its median to its peak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ramp_min: Option<u32>,
    /// How its writers form keys: `{date:yyyy-MM-dd}/{uuid}.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_template: Option<String>,
    /// How many writers write at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writers: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readers: Option<Readers>,
    /// Whether the same objects are read again and again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cacheable: Option<bool>,
    /// Whether a cache of the readers' own stands before it: ElastiCache, or one within the application.
    pub application_cache: bool,
}

/// From where a bucket is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Readers {
    /// From its own region: Athena, EMR, applications.
    InRegion,
    /// From other regions or the internet.
    Internet,
}

/// What the owners expect of data streams.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing, and says it in the settings")]
pub struct DeclaredStream {
    /// The streams that it is about.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: BTreeSet<Key>,
    /// MB per second written at peak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_in_mbps: Option<Measure>,
    /// Records per second written at peak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak_in_rps: Option<Measure>,
    /// Applications that poll it with `GetRecords`, besides those in sight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polling_consumers: Option<u32>,
    /// For how many hours consumers may be down, and catch up afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_window_h: Option<u32>,
    /// Whether somebody repairs its consumers at business hours only.
    pub business_hours: bool,
    /// The share of the most frequent partition key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_key_share: Option<Measure>,
    /// Whether each partition key's records have to stay in order.
    pub ordered: bool,
    /// Milliseconds that a consumer takes for a record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_ms: Option<Measure>,
    /// Whether something changes its number of shards with its load.
    pub autoscaled: bool,
    /// Whether a consumer is meant to stop at a record that it cannot process.
    pub halt_on_error: bool,
    /// Whether it is only kept, and read again on demand.
    pub archive: bool,
}

impl Intent {
    /// What is declared of a bucket.
    pub fn bucket(&self, bucket: &Key) -> Option<&DeclaredBucket> {
        self.buckets.iter().find(|it| it.resources.contains(bucket))
    }

    /// What is declared of a stream.
    pub fn stream(&self, stream: &Key) -> Option<&DeclaredStream> {
        self.streams.iter().find(|it| it.resources.contains(stream))
    }

    /// The workload that a resource belongs to.
    pub fn workload_of(&self, resource: &Key) -> Option<&DeclaredWorkload> {
        self.workloads.iter().find(|it| it.resources.contains(resource))
    }

    /// Adds what is declared elsewhere.
    pub fn extend(&mut self, other: Self) {
        self.workloads.extend(other.workloads);
        self.buckets.extend(other.buckets);
        self.streams.extend(other.streams);
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.workloads.is_empty() && self.buckets.is_empty() && self.streams.is_empty()
    }
}
