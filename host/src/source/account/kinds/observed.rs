//! What was observed of buckets and streams, as `archlint scan` writes it down.

use archlint_schema::{
    BucketMetrics, KeyPattern, KeyPopulation, Measure, Resource, Resources, StreamMetrics, Value,
};
use serde::de::DeserializeOwned;

use super::not_collected;
use crate::source::properties::Properties;

/// Adds what was observed of something; whether it is such a kind, and can be read.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        KeyPopulation::KIND => match key_population(it) {
            Some(population) => all.key_populations.push(population),
            None => return false,
        },
        BucketMetrics::KIND => all.bucket_metrics.push(bucket_metrics(it)),
        StreamMetrics::KIND => all.stream_metrics.push(stream_metrics(it)),
        _ => return false,
    }
    true
}

/// Nothing without a pattern, which is all that a population is about.
fn key_population(it: &mut Properties<'_>) -> Option<KeyPopulation> {
    let share = |it: &Properties<'_>, name: &str| number(it, &format!("pattern.{name}")).map(Measure);
    let pattern = KeyPattern {
        class: word(it, "pattern.class")?,
        inner: word(it, "pattern.inner"),
        token: text(it, "pattern.token"),
        behind: text(it, "pattern.behind"),
        sampling: word(it, "pattern.sampling")?,
        confidence: word(it, "pattern.confidence")?,
        concentration: share(it, "concentration"),
        top_share: share(it, "top_share"),
        top_branch: text(it, "pattern.top_branch"),
        effective_branches: share(it, "effective_branches"),
    };
    Some(KeyPopulation {
        meta: it.meta(None),
        bucket: it.required_edge("bucket", "bucket"),
        prefix: text(it, "prefix").unwrap_or_default(),
        pattern,
        sample: text(it, "sample")?.parse().ok()?,
        total: match text(it, "total").and_then(|it| it.parse().ok()) {
            Some(total) => Value::Known(total),
            None => not_collected("total"),
        },
    })
}

fn bucket_metrics(it: &mut Properties<'_>) -> BucketMetrics {
    BucketMetrics {
        meta: it.meta(None),
        bucket: it.required_edge("bucket", "bucket"),
        prefix: text(it, "prefix").unwrap_or_default(),
        writes_p99: measure(it, "writes_p99", "PutRequests"),
        writes_p50: measure(it, "writes_p50", "PutRequests"),
        reads_p99: measure(it, "reads_p99", "GetRequests"),
        reads_p50: measure(it, "reads_p50", "GetRequests"),
        slow_down_share: measure(it, "slow_down_share", "5xxErrors"),
        slow_down_at_start: measure(it, "slow_down_at_start", "5xxErrors"),
    }
}

fn stream_metrics(it: &mut Properties<'_>) -> StreamMetrics {
    StreamMetrics {
        meta: it.meta(None),
        stream: it.required_edge("stream", "stream"),
        in_mbps_p99: measure(it, "in_mbps_p99", "IncomingBytes"),
        in_rps_p99: measure(it, "in_rps_p99", "IncomingRecords"),
        shared_out_mbps_p99: measure(it, "shared_out_mbps_p99", "GetRecords.Bytes"),
        throttled_share: measure(it, "throttled_share", "WriteProvisionedThroughputExceeded"),
        iterator_age_hours_p99: measure(it, "iterator_age_hours_p99", "GetRecords.IteratorAgeMilliseconds"),
        // Metrics of shards are there only where somebody pays for enhanced monitoring, and are not asked for.
        shard_skew: measure(it, "shard_skew", "IncomingBytes of shards"),
        in_mbps_peak: measure(it, "in_mbps_peak", "IncomingBytes"),
    }
}

/// What CloudWatch has no values of is unknown, and never zero.
fn measure(it: &Properties<'_>, field: &str, metric: &str) -> Value<Measure> {
    number(it, field).map_or_else(|| not_collected(metric), |it| Value::Known(Measure(it)))
}

fn number(it: &Properties<'_>, field: &str) -> Option<f64> {
    text(it, field)?.parse().ok().filter(|it: &f64| it.is_finite())
}

fn text(it: &Properties<'_>, field: &str) -> Option<String> {
    it.get(field).text().known().cloned().flatten()
}

fn word<T: DeserializeOwned>(it: &Properties<'_>, field: &str) -> Option<T> {
    serde_json::from_value(text(it, field)?.into()).ok()
}
