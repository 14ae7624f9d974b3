use super::*;
use crate::source::account::item::tests::item;

fn bucket(configurations: &Json) -> Item {
    let mut bucket = item("AWS::S3::Bucket", "photos", json!({}));
    bucket.supplementary = json!({ "MetricsConfigurations": configurations });
    bucket
}

fn target(filter: &str, prefix: &str) -> Target {
    Target::Requests { bucket: "photos".into(), filter: filter.into(), prefix: prefix.into() }
}

#[test]
fn configurations_count_all_requests_or_those_below_a_prefix() {
    let configurations = json!([
        { "Id": "all" },
        { "Id": "in", "Filter": { "Prefix": "in/" } },
        { "Id": "tagged", "Filter": { "Tag": { "Key": "a", "Value": "b" } } },
        { "Id": "both", "Filter": { "And": { "Prefix": "in/", "Tags": [] } } },
    ]);
    assert_eq!(requests(&bucket(&configurations)), [target("all", ""), target("in", "in/")]);
    assert_eq!(requests(&bucket(&json!([]))), []);
    assert_eq!(requests(&item("AWS::S3::Bucket", "photos", json!({}))), []);
}

/// A value a minute.
fn points(values: &[f64]) -> Points {
    (0..).step_by(60).zip(values.iter().copied()).collect()
}

#[test]
fn requests_are_told_per_second() {
    let none = Points::new;
    let puts: Points = points(&[60.0; 99]).into_iter().chain([(99 * 60, 288_000.0)]).collect();
    let told = |errors| {
        let all = [puts.clone(), none(), none(), none(), none(), errors, points(&[1000.0])];
        of_bucket("photos", "", &all, 60).unwrap()
    };
    let expected = json!({
        "bucket": "photos", "prefix": "", "writes_p99": 1.0, "writes_p50": 1.0, "reads_p99": null,
        "reads_p50": null, "slow_down_share": 0.025, "slow_down_at_start": 1.0,
    });
    assert_eq!(told(points(&[25.0])), expected);
    assert_eq!(told(points(&[5.0]))["slow_down_at_start"], Json::Null);
    assert_eq!(told(none())["slow_down_share"], Json::Null);
}

#[test]
fn a_target_without_any_values_is_nothing() {
    assert_eq!(of_bucket("photos", "", &vec![Points::new(); 7], 60), None);
    assert_eq!(of_stream("clicks", &vec![Points::new(); 5], 60, &Points::new()), None);
}

#[test]
fn streams_in_the_units_of_their_limits() {
    let values = [
        points(&[360_000_000.0]),
        points(&[59_400.0]),
        points(&[600.0]),
        Points::new(),
        points(&[7_200_000.0]),
    ];
    let told = of_stream("clicks", &values, 60, &Points::from([(0, 2_700_000_000.0)])).unwrap();
    let expected = json!({
        "stream": "clicks", "in_mbps_p99": 6.0, "in_rps_p99": 990.0, "shared_out_mbps_p99": null,
        "throttled_share": 0.01, "iterator_age_hours_p99": 2.0, "in_mbps_peak": 9.0,
    });
    assert_eq!(told, expected);
}

#[test]
fn many_metrics_are_asked_for_by_five_minutes() {
    let metrics =
        |streams| Metrics { targets: (0..streams).map(|it| Target::Stream(format!("s{it}"))).collect() };
    let now: Timestamp = "2026-11-28T08:01:30Z".parse().unwrap();
    assert_eq!(metrics(19).period(), 60);
    assert_eq!(metrics(2).peak_queries().len(), 2);
    let span = span(now, DAYS, metrics(20).period());
    assert_eq!((span.period, span.end - span.start, span.end % 300), (300, 14 * 86_400, 0));
}
