//! Kinesis data streams, their producers' and consumers' ends, and alarms.

use serde::{Deserialize, Serialize};

use crate::{Key, Measure, Meta, Value};

/// A Kinesis data stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Stream {
    pub meta: Meta,
    #[serde(default)]
    pub mode: Value<StreamMode>,
    /// Open shards; absent for an on-demand stream of a template.
    #[serde(default)]
    pub shards: Value<Option<i64>>,
    #[serde(default)]
    pub retention_hours: Value<i64>,
}

/// Who chooses the number of shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StreamMode {
    Provisioned,
    OnDemand,
}

/// A consumer with enhanced fan-out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct StreamConsumer {
    pub meta: Meta,
    pub stream: Value<Key>,
}

/// What CloudWatch has seen of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct StreamMetrics {
    pub meta: Meta,
    pub stream: Value<Key>,
    /// MB per second written, 99th percentile of minutes.
    #[serde(default)]
    pub in_mbps_p99: Value<Measure>,
    /// Records per second written, 99th percentile of minutes.
    #[serde(default)]
    pub in_rps_p99: Value<Measure>,
    /// MB per second read by consumers that share the stream's throughput.
    #[serde(default)]
    pub shared_out_mbps_p99: Value<Measure>,
    /// The share of writes refused for want of throughput.
    #[serde(default)]
    pub throttled_share: Value<Measure>,
    /// Hours that the oldest record read had waited, 99th percentile.
    #[serde(default)]
    pub iterator_age_hours_p99: Value<Measure>,
    /// The busiest shard's bytes over the mean of all; from shard-level metrics.
    #[serde(default)]
    pub shard_skew: Value<Measure>,
    /// The highest of the last 30 days, in MB per second.
    #[serde(default)]
    pub in_mbps_peak: Value<Measure>,
}

/// What invokes a Lambda function with the records of a stream or a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EventSourceMapping {
    pub meta: Meta,
    /// The stream, the consumer with enhanced fan-out, the table or the queue; absent: brokers of one's own.
    #[serde(default)]
    pub source: Value<Option<Key>>,
    /// Where in a stream it begins; queues have no such thing.
    #[serde(default)]
    pub starting_position: Value<Option<String>>,
    #[serde(default)]
    pub function: Value<Key>,
    #[serde(default)]
    pub enabled: Value<bool>,
    /// -1: until the record expires.
    #[serde(default)]
    pub maximum_retry_attempts: Value<i64>,
    /// Seconds; -1: however old.
    #[serde(default)]
    pub maximum_record_age: Value<i64>,
    #[serde(default)]
    pub bisect_batch_on_function_error: Value<bool>,
    /// `ReportBatchItemFailures`.
    #[serde(default)]
    pub reports_batch_item_failures: Value<bool>,
    /// Whether what fails for good is sent somewhere.
    #[serde(default)]
    pub on_failure_destination: Value<bool>,
    #[serde(default)]
    pub parallelization_factor: Value<i64>,
}

/// A Firehose stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DeliveryStream {
    pub meta: Meta,
    /// The data stream that it reads; absent: others put records into it.
    #[serde(default)]
    pub source: Value<Option<Key>>,
    /// The bucket that everything is delivered or backed up to; absent: at most what fails is.
    #[serde(default)]
    pub bucket: Value<Option<Key>>,
    /// What it begins keys with, in Firehose's own notation; AWS's default is `YYYY/MM/dd/HH/` after it.
    #[serde(default)]
    pub prefix: Value<Option<String>>,
}

/// An EventBridge pipe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Pipe {
    pub meta: Meta,
    #[serde(default)]
    pub source: Value<Option<Key>>,
    #[serde(default)]
    pub target: Value<Option<Key>>,
    #[serde(default)]
    pub running: Value<bool>,
    /// With which it puts records into a data stream: a path into the event (`$.body.id`), or a text that is the same
    /// for all of them.
    #[serde(default)]
    pub partition_key: Value<Option<String>>,
}

/// A rule of AWS IoT.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TopicRule {
    pub meta: Meta,
    /// The data streams that it puts messages into.
    #[serde(default)]
    pub streams: Value<Vec<KinesisAction>>,
}

/// Messages of AWS IoT on their way into a data stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct KinesisAction {
    pub stream: Value<Key>,
    /// A template (`${topic()}`), or a text that is the same for all messages; absent: AWS IoT makes one up.
    pub partition_key: Value<Option<String>>,
}

/// A CloudWatch alarm on one metric or on several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Alarm {
    pub meta: Meta,
    /// The names of its metrics: `GetRecords.IteratorAgeMilliseconds`.
    #[serde(default)]
    pub metrics: Value<Vec<Value<String>>>,
    /// The resources that dimensions of its metrics name.
    #[serde(default)]
    pub resources: Value<Vec<Value<Key>>>,
}
