//! What CloudWatch answers of metrics.

use serde_json::json;

use super::*;

fn query(stream: &str) -> MetricQuery {
    MetricQuery {
        namespace: "AWS/Kinesis",
        metric: "IncomingBytes",
        dimensions: vec![("StreamName", stream.to_owned())],
        statistic: "Sum",
    }
}

const SPAN: Span = Span { start: 1_800_000_000, end: 1_801_209_600, period: 60 };

async fn points(replies: Vec<Expected>, queries: &[MetricQuery]) -> (Result<Vec<Points>, CallError>, u64) {
    points_of(SPAN, replies, queries).await
}

async fn points_of(
    span: Span,
    replies: Vec<Expected>,
    queries: &[MetricQuery],
) -> (Result<Vec<Points>, CallError>, u64) {
    let replies = Replies { throttled: None, known: replies, asked: Mutex::default() };
    let provider = SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test"));
    let patience = Patience { attempts: 1, ..Patience::default() };
    let connector = SharedHttpConnector::new(replies);
    let client = Arc::new(Client::over(connector, HeldCredentials::new(provider), None, patience));
    let direct = Direct::new(client, "111122223333".to_owned());
    let points = direct.metric_data("eu-west-1", queries, span).await;
    (points, direct.sent().get("cloudwatch:GetMetricData").copied().unwrap_or_default())
}

#[tokio::test]
async fn values_come_in_pages_and_belong_to_their_query() {
    let result =
        |id: &str, times: Json, values: Json| json!({ "Id": id, "Timestamps": times, "Values": values });
    let first = json!({
        "MetricDataResults": [result("m1", json!([120.0, 60.0]), json!([2.0, 1.0])), result("m0", json!([]), json!([]))],
        "NextToken": "more",
    });
    let second = json!({ "MetricDataResults": [result("m1", json!(["1970-01-01T00:03:00Z"]), json!([3]))] });
    let replies = vec![
        reply(&["GetMetricData", r#""NextToken":"more""#], second),
        reply(
            &[
                "GraniteServiceVersion20100801.GetMetricData",
                r#""Dimensions":[{"Name":"StreamName","Value":"b"}]"#,
                r#""StartTime":1800000000"#,
                r#""Period":60,"Stat":"Sum""#,
            ],
            first,
        ),
    ];
    let (points, sent) = points(replies, &[query("a"), query("b")]).await;
    assert_eq!(points.unwrap(), [Points::new(), Points::from([(60, 1.0), (120, 2.0), (180, 3.0)])]);
    assert_eq!(sent, 2);
}

#[tokio::test]
async fn a_request_has_no_more_queries_than_cloudwatch_takes() {
    let queries: Vec<MetricQuery> = (0..501).map(|it| query(&it.to_string())).collect();
    let replies = || vec![reply(&["GetMetricData"], json!({ "MetricDataResults": [] }))];
    let hour = Span { end: SPAN.start + 3600, ..SPAN };
    let (points, sent) = points_of(hour, replies(), &queries).await;
    assert_eq!((points.unwrap().len(), sent), (501, 2));
    // Of two weeks by minutes, one reply holds those of five metrics.
    let (points, sent) = points_of(SPAN, replies(), &queries[..11]).await;
    assert_eq!((points.unwrap().len(), sent), (11, 3));
}

#[tokio::test]
async fn what_failed_has_no_values_and_what_does_not_fit_is_an_error() {
    let of = |result: Json| vec![reply(&["GetMetricData"], json!({ "MetricDataResults": [result] }))];
    let failed = json!({ "Id": "m0", "StatusCode": "InternalError", "Timestamps": [60], "Values": [1] });
    assert_eq!(points(of(failed), &[query("a")]).await.0.unwrap(), [Points::new()]);
    for result in [
        json!({ "Id": "m7", "Timestamps": [60], "Values": [1] }),
        json!({ "Id": "m0", "Timestamps": [60, 120], "Values": [1] }),
        json!({ "Id": "m0", "Timestamps": ["noon"], "Values": [1] }),
    ] {
        let error = points(of(result), &[query("a")]).await.0.unwrap_err();
        assert!(matches!(error, CallError::Malformed { .. }), "{error}");
    }
    let denied = (&["GetMetricData"][..], 400, r#"{"__type": "AccessDeniedException"}"#.to_owned());
    let error = points(vec![denied], &[query("a")]).await.0.unwrap_err();
    assert!(error.to_string().starts_with("not allowed: cloudwatch:GetMetricData"), "{error}");
}
