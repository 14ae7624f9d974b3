//! S3 buckets, what is known of their keys and requests, and what reads them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Key, KeyPattern, Measure, Meta, Value};

/// A general purpose bucket with its sub-resources folded in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Bucket {
    pub meta: Meta,
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    #[serde(default)]
    pub encryption: Value<String>,
    /// Whether a bucket key stands between its objects and KMS.
    #[serde(default)]
    pub bucket_key: Value<bool>,
    /// Whether it is served as a website.
    #[serde(default)]
    pub website: Value<bool>,
    /// Whether its policy lets everybody read its objects, without a condition.
    #[serde(default)]
    pub public_policy: Value<bool>,
    /// Whether its access control list lets everybody read.
    #[serde(default)]
    pub public_acl: Value<bool>,
    /// Whether Block Public Access leaves a public policy without effect, or does not let one be set.
    #[serde(default)]
    pub restrict_public_buckets: Value<bool>,
    /// The same of access control lists.
    #[serde(default)]
    pub ignore_public_acls: Value<bool>,
    /// The prefixes that its lifecycle and replication rules select objects by; empty ones are left out.
    #[serde(default)]
    pub filter_prefixes: Value<Vec<Value<String>>>,
    /// Whether CloudWatch is told of its requests.
    #[serde(default)]
    pub request_metrics: Value<bool>,
}

impl Bucket {
    /// Whether everybody can read its objects.
    pub fn is_public(&self) -> Value<bool> {
        let by_policy = self.public_policy.clone().and(self.restrict_public_buckets.clone().negate());
        by_policy.or(self.public_acl.clone().and(self.ignore_public_acls.clone().negate()))
    }
}

/// The keys of a bucket, or of a part of it, as a sample of them shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct KeyPopulation {
    pub meta: Meta,
    /// A bucket of either kind.
    pub bucket: Value<Key>,
    /// What all its keys begin with; empty for the whole bucket.
    #[serde(default)]
    pub prefix: String,
    pub pattern: KeyPattern,
    /// How many keys were looked at.
    pub sample: u64,
    /// How many there are.
    #[serde(default)]
    pub total: Value<u64>,
}

/// Observed requests to a bucket, or to a part of it: from request metrics or access logs, never from key counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BucketMetrics {
    pub meta: Meta,
    pub bucket: Value<Key>,
    /// What the keys asked for begin with; empty for the whole bucket.
    #[serde(default)]
    pub prefix: String,
    /// PUT, COPY, POST and DELETE requests per second, 99th percentile.
    pub writes_p99: Value<Measure>,
    #[serde(default)]
    pub writes_p50: Value<Measure>,
    /// GET and HEAD requests per second, 99th percentile.
    pub reads_p99: Value<Measure>,
    #[serde(default)]
    pub reads_p50: Value<Measure>,
    /// The share of requests that S3 answered with 503 Slow Down.
    #[serde(default)]
    pub slow_down_share: Value<Measure>,
    /// Of those, the share in the first hour of a day or the first minutes of an hour.
    #[serde(default)]
    pub slow_down_at_start: Value<Measure>,
}

/// A CloudFront distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Distribution {
    pub meta: Meta,
    /// The buckets among its origins.
    #[serde(default)]
    pub buckets: Value<Vec<Value<Key>>>,
    /// Those of them of which no cache behaviour keeps anything: all that lead there have a time to live of 0.
    #[serde(default)]
    pub uncached: Value<BTreeSet<Key>>,
}

/// A table of the Glue Data Catalog, as Athena and EMR query it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct GlueTable {
    pub meta: Meta,
    /// The bucket of its location, if it is in one.
    #[serde(default)]
    pub bucket: Value<Option<Key>>,
    /// What follows the bucket in its location.
    #[serde(default)]
    pub prefix: Value<String>,
    /// The names of its partition keys, in order.
    #[serde(default)]
    pub partition_keys: Value<Vec<String>>,
    /// Whether its format puts a hash before the partitions: Iceberg with `write.object-storage.enabled`.
    #[serde(default)]
    pub object_storage_layout: Value<bool>,
}
