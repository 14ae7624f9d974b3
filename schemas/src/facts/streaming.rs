//! What is derived about data streams: what is written to them, what reads them, and what watches over that.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::{Key, KeySet, Measure, Value};

/// What one shard takes and gives in a second.
/// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>
pub const SHARD_IN_MBPS: f64 = 1.0;
pub const SHARD_IN_RPS: f64 = 1000.0;
pub const SHARD_OUT_MBPS: f64 = 2.0;

/// How a data stream is written, read and watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct StreamFacts {
    pub load: StreamLoad,
    /// What polls it and so shares its throughput: event source mappings, pipes and Firehose streams. Applications of one's
    /// own are in no listing; there are none besides where the owners say how many.
    pub polling: KeySet,
    /// How many applications poll it besides, as its owners say.
    pub declared_polling: u32,
    /// Consumers with enhanced fan-out, each of which has its own throughput.
    pub fan_out: KeySet,
    /// Firehose streams that keep all of its records in a bucket.
    pub mirrors: KeySet,
    /// Event source mappings that read it in either way, of those in sight.
    pub mappings: KeySet,
    /// Those whose functions are kept from running as often at once as their batches come.
    pub throttled_mappings: KeySet,
    /// What puts everything into it with one and the same partition key, of what is in sight.
    pub constant_keys: KeySet,
    /// Alarms on how far its consumers are behind.
    pub lag_alarms: KeySet,
}

/// What goes in and out of a data stream: what CloudWatch has seen, else what its owners declare; absent where nobody
/// says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct StreamLoad {
    pub in_mbps: Value<Option<Measure>>,
    pub in_rps: Value<Option<Measure>>,
    /// By consumers that share its throughput; observed only, as all that follows.
    pub shared_out_mbps: Value<Option<Measure>>,
    /// The share of writes refused for want of throughput.
    pub throttled_share: Value<Option<Measure>>,
    /// Hours that the oldest record read had waited.
    pub iterator_age_hours: Value<Option<Measure>>,
    /// The busiest shard's bytes over the mean of all.
    pub shard_skew: Value<Option<Measure>>,
    /// The highest of the last 30 days.
    pub in_mbps_peak: Value<Option<Measure>>,
}

/// The part of a load that takes most shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bottleneck {
    /// As people write it: `6 MB/s written`.
    pub load: String,
    /// How many shards carry it exactly.
    pub shards: Measure,
}

impl StreamLoad {
    /// Whether nobody says anything of it.
    pub fn is_absent(&self) -> bool {
        let all = [&self.in_mbps, &self.in_rps, &self.shared_out_mbps, &self.throttled_share];
        all.into_iter().all(|it| *it == Value::Known(None))
    }

    /// What takes most shards; absent where nobody says how much goes in or out.
    pub fn bottleneck(&self) -> Value<Option<Bottleneck>> {
        let parts = [
            (&self.in_mbps, SHARD_IN_MBPS, "MB/s written"),
            (&self.in_rps, SHARD_IN_RPS, "records/s written"),
            (&self.shared_out_mbps, SHARD_OUT_MBPS, "MB/s read by polling"),
        ];
        let mut worst: Option<Bottleneck> = None;
        for (load, of_one_shard, what) in parts {
            match load.decided() {
                Err(why) => return Value::Unknown(why),
                Ok(None) => {}
                Ok(Some(load)) => {
                    let shards = Measure(load.0 / of_one_shard);
                    if worst.as_ref().is_none_or(|it| it.shards < shards) {
                        worst = Some(Bottleneck { load: format!("{load} {what}"), shards });
                    }
                }
            }
        }
        Value::Known(worst)
    }

    /// Whether a share of what is written is more than one shard takes: which limit it exceeds, as people write it.
    pub fn beyond_one_shard(&self, share: Measure) -> Value<Option<String>> {
        let parts = [(&self.in_mbps, SHARD_IN_MBPS, "MB/s"), (&self.in_rps, SHARD_IN_RPS, "records/s")];
        let mut doubt = None;
        for (load, of_one_shard, unit) in parts {
            match load.decided() {
                Err(why) => doubt = doubt.or(Some(why)),
                Ok(Some(load)) if share.0 * load.0 > of_one_shard => {
                    return Value::Known(Some(format!("{} {unit}", Measure(share.0 * load.0))));
                }
                Ok(_) => {}
            }
        }
        doubt.map_or(Value::Known(None), Value::Unknown)
    }
}

impl Bottleneck {
    /// Shards that carry the load with so much to spare.
    pub fn needed(&self, headroom: f64) -> Measure {
        // 4 shards carry 4.0000000001 of them.
        const ROUNDING: f64 = 1e-9;
        Measure((self.shards.0 * (1.0 + headroom) - ROUNDING).ceil())
    }
}

impl StreamFacts {
    /// How many consumers poll it at least.
    pub fn polling_count(&self) -> i64 {
        let in_sight = i64::try_from(self.polling.members.len()).unwrap_or(i64::MAX);
        in_sight.saturating_add(i64::from(self.declared_polling))
    }

    /// Whether more consumers than so many poll it.
    pub fn polls_more_than(&self, limit: i64) -> Value<bool> {
        match (self.polling_count().cmp(&limit), &self.polling.open) {
            (Ordering::Greater, _) => Value::Known(true),
            (_, Some(why)) => Value::Unknown(why.clone()),
            (_, None) => Value::Known(false),
        }
    }

    /// Whether something reads it, in whatever way.
    pub fn is_read(&self) -> Value<bool> {
        Value::Known(self.declared_polling > 0)
            .or(self.polling.is_empty().negate())
            .or(self.fan_out.is_empty().negate())
    }
}

/// What an event source mapping reads, and what its function is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EventSourceMappingFacts {
    pub source_kind: Value<EventSourceKind>,
    /// The data stream that it reads, directly or through a consumer with enhanced fan-out; absent: something else.
    pub stream: Value<Option<Key>>,
    /// Batches at once: as many as the stream has shards, times its parallelization factor. Absent for other sources.
    pub batches_at_once: Value<Option<i64>>,
    /// Executions of its function at once that are kept for it, and its limit.
    pub reserved_concurrency: Value<Option<i64>>,
    /// Alarms on how far it is behind.
    pub lag_alarms: KeySet,
}

impl EventSourceMappingFacts {
    /// Whether its function may not run as often at once as batches come.
    pub fn is_throttled(&self) -> Value<bool> {
        let reserved = match self.reserved_concurrency.decided() {
            Ok(None) => return Value::Known(false),
            Ok(Some(it)) => *it,
            Err(why) => return Value::Unknown(why),
        };
        self.batches_at_once.is(|it| it.is_some_and(|it| reserved < it))
    }
}

/// What an event source mapping reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EventSourceKind {
    Kinesis,
    DynamodbStream,
    /// Queues, brokers, Kafka.
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(in_mbps: f64, in_rps: f64, out: Option<f64>) -> StreamLoad {
        let some = |it: f64| Value::Known(Some(Measure(it)));
        let absent = || Value::Known(None);
        StreamLoad {
            in_mbps: some(in_mbps),
            in_rps: some(in_rps),
            shared_out_mbps: out.map_or(absent(), some),
            throttled_share: absent(),
            iterator_age_hours: absent(),
            shard_skew: absent(),
            in_mbps_peak: absent(),
        }
    }

    #[test]
    fn the_part_that_takes_most_shards_is_the_bottleneck() {
        let table = [
            (load(6.0, 5000.0, None), "6 MB/s written", 8.0),
            (load(1.0, 5000.0, None), "5,000 records/s written", 7.0),
            (load(1.0, 500.0, Some(12.0)), "12 MB/s read by polling", 8.0),
            (load(3.2, 0.0, None), "3.2 MB/s written", 4.0),
        ];
        for (load, what, shards) in table {
            let Value::Known(Some(it)) = load.bottleneck() else { panic!("everything is known") };
            assert_eq!((it.load.as_str(), it.needed(0.25)), (what, Measure(shards)));
        }
    }

    #[test]
    fn a_share_of_the_load_may_be_too_much_for_one_shard() {
        let beyond = |share: f64, mbps, rps| load(mbps, rps, None).beyond_one_shard(Measure(share));
        assert_eq!(beyond(0.6, 6.0, 100.0), Value::Known(Some("3.6 MB/s".to_owned())));
        assert_eq!(beyond(0.6, 1.0, 5000.0), Value::Known(Some("3,000 records/s".to_owned())));
        assert_eq!(beyond(0.1, 6.0, 5000.0), Value::Known(None));
    }
}
