//! What was observed of buckets and streams.

use serde_json::{Value as Json, json};

use super::{all, first, not_collected, with};

const BUCKET: &[(&str, &str)] = &[("AWS::S3::Bucket", "photos")];

fn population(pattern: &Json, total: Option<u64>) -> Json {
    json!({ "bucket": "photos", "prefix": "", "pattern": pattern, "sample": 16000, "total": total })
}

#[test]
fn populations_of_keys() {
    let pattern = json!({
        "class": "branched-sequential", "inner": "sequential", "token": "date/second", "sampling": "uniform",
        "confidence": "high", "concentration": 0.0312, "top_share": 0.25, "top_branch": "acme",
        "effective_branches": 7.5,
    });
    let items = with("Archlint::S3::KeyPopulation", population(&pattern, Some(1_000_000)), BUCKET);
    assert_eq!(first(&items, |it| &it.key_populations), population(&pattern, Some(1_000_000)));
    let items = with("Archlint::S3::KeyPopulation", population(&pattern, None), BUCKET);
    assert_eq!(first(&items, |it| &it.key_populations)["total"], not_collected("total"));
}

#[test]
fn a_population_of_no_known_class_is_no_population() {
    let pattern = json!({ "class": "haphazard", "sampling": "uniform", "confidence": "high" });
    let built = all(&with("Archlint::S3::KeyPopulation", population(&pattern, None), BUCKET));
    assert!(built.resources.key_populations.is_empty());
}

#[test]
fn metrics_of_buckets() {
    let told = json!({ "bucket": "photos", "prefix": "in/", "writes_p99": 4800.5, "writes_p50": 12, "reads_p99": null });
    let it = first(&with("Archlint::S3::BucketMetrics", told, BUCKET), |it| &it.bucket_metrics);
    let expected = json!({
        "bucket": "photos", "prefix": "in/", "writes_p99": 4800.5, "writes_p50": 12.0,
        "reads_p99": not_collected("GetRequests"), "reads_p50": not_collected("GetRequests"),
        "slow_down_share": not_collected("5xxErrors"), "slow_down_at_start": not_collected("5xxErrors"),
    });
    assert_eq!(it, expected);
}

#[test]
fn metrics_of_streams() {
    let told = json!({ "stream": "clicks", "in_mbps_p99": 5.5, "throttled_share": 0.0 });
    let items = with("Archlint::Kinesis::StreamMetrics", told, &[("AWS::Kinesis::Stream", "clicks")]);
    let it = first(&items, |it| &it.stream_metrics);
    assert_eq!((&it["stream"], &it["in_mbps_p99"]), (&json!("clicks"), &json!(5.5)));
    assert_eq!(it["throttled_share"], json!(0.0));
    for (field, metric) in [
        ("in_rps_p99", "IncomingRecords"),
        ("shared_out_mbps_p99", "GetRecords.Bytes"),
        ("iterator_age_hours_p99", "GetRecords.IteratorAgeMilliseconds"),
        ("in_mbps_peak", "IncomingBytes"),
    ] {
        assert_eq!(it[field], not_collected(metric), "{field}");
    }
}
