//! Kinesis data streams, what reads them, and alarms.

use archlint_schema::{
    Alarm, DeliveryStream, EventSourceMapping, KinesisAction, Pipe, Resources, Stream, StreamConsumer,
    TopicRule, Value,
};

use crate::source::cloudformation::{
    backs_all_up, edges, is_there, kept, reports_batch_item_failures, shards, stream_mode,
};
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, texts};

/// Adds a resource of a type of streaming; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_kinesis_stream" => all.streams.push(stream(it)),
        "aws_kinesis_stream_consumer" => all.stream_consumers.push(stream_consumer(it)),
        "aws_lambda_event_source_mapping" => all.event_source_mappings.push(event_source_mapping(it)),
        "aws_kinesis_firehose_delivery_stream" => all.delivery_streams.push(delivery_stream(it)),
        "aws_cloudwatch_metric_alarm" => all.alarms.push(alarm(it)),
        "aws_pipes_pipe" => all.pipes.push(pipe(it)),
        "aws_iot_topic_rule" => all.topic_rules.push(topic_rule(it)),
        _ => return false,
    }
    true
}

fn stream(it: &mut Properties<'_>) -> Stream {
    let mode = stream_mode(it.text("stream_mode_details.0.stream_mode", "mode"));
    Stream {
        meta: it.meta(Some("name")),
        // An attribute that does not apply is 0 in a state.
        shards: shards(&mode, it.integer("shard_count", "shards").map(|it| it.filter(|it| *it > 0))),
        mode,
        retention_hours: it.integer_or("retention_period", "retention_hours", 24),
    }
}

fn stream_consumer(it: &mut Properties<'_>) -> StreamConsumer {
    StreamConsumer { meta: it.meta(Some("name")), stream: it.required_edge("stream_arn", "stream") }
}

fn event_source_mapping(it: &mut Properties<'_>) -> EventSourceMapping {
    let responses = it.list("function_response_types", "reports_batch_item_failures");
    EventSourceMapping {
        meta: it.meta(None),
        source: it.edge("event_source_arn", "source"),
        starting_position: it.text("starting_position", "starting_position"),
        function: it.required_edge("function_name", "function"),
        enabled: it.boolean_or("enabled", "enabled", true),
        maximum_retry_attempts: it.integer_or("maximum_retry_attempts", "maximum_retry_attempts", -1),
        maximum_record_age: it.integer_or("maximum_record_age_in_seconds", "maximum_record_age", -1),
        bisect_batch_on_function_error: it.boolean_or(
            "bisect_batch_on_function_error",
            "bisect_batch_on_function_error",
            false,
        ),
        reports_batch_item_failures: reports_batch_item_failures(&texts(
            responses,
            "function_response_types",
        )),
        // Its ARN may be known after apply only.
        on_failure_destination: is_there(it, "destination_config.0.on_failure.0", "on_failure_destination"),
        // 0 in a state where it does not apply.
        parallelization_factor: it
            .integer("parallelization_factor", "parallelization_factor")
            .map(|it| it.unwrap_or(1).max(1)),
    }
}

/// Destinations that are given all records by way of a bucket, and those that can keep a copy of all in one.
const BY_BUCKET: [&str; 3] =
    ["extended_s3_configuration.0", "s3_configuration.0", "redshift_configuration.0.s3_configuration.0"];
const OTHER_DESTINATIONS: [&str; 7] = [
    "opensearch_configuration.0",
    "opensearchserverless_configuration.0",
    "elasticsearch_configuration.0",
    "splunk_configuration.0",
    "http_endpoint_configuration.0",
    "snowflake_configuration.0",
    "iceberg_configuration.0",
];

fn delivery_stream(it: &mut Properties<'_>) -> DeliveryStream {
    let meta = it.meta(Some("name"));
    let source = it.edge("kinesis_source_configuration.0.kinesis_stream_arn", "source");
    // Providers of old had the bucket of any destination at the top.
    let other = OTHER_DESTINATIONS.into_iter().find(|name| it.has(name));
    let own = BY_BUCKET.into_iter().find(|name| it.has(name)).filter(|_| other.is_none());
    let (own, keeps_all) = match (own, other) {
        (Some(own), _) => (own.to_owned(), Value::Known(true)),
        (None, Some(other)) => {
            let backup = it.text(&format!("{other}.s3_backup_mode"), "bucket");
            (format!("{other}.s3_configuration.0"), backs_all_up(&backup))
        }
        (None, None) => (BY_BUCKET[0].to_owned(), Value::Known(false)),
    };
    let bucket = it.edge(&format!("{own}.bucket_arn"), "bucket");
    let prefix = it.text(&format!("{own}.prefix"), "prefix");
    DeliveryStream { meta, source, bucket: kept(&keeps_all, bucket), prefix: kept(&keeps_all, prefix) }
}

fn pipe(it: &mut Properties<'_>) -> Pipe {
    const KEY: &str = "target_parameters.0.kinesis_stream_parameters.0.partition_key";
    Pipe {
        meta: it.meta(Some("name")),
        source: it.edge("source", "source"),
        target: it.edge("target", "target"),
        running: it.text("desired_state", "running").is(|it| it.as_deref() != Some("STOPPED")),
        partition_key: it.text(KEY, "partition_key"),
    }
}

fn topic_rule(it: &mut Properties<'_>) -> TopicRule {
    let actions = it.list("kinesis", "streams");
    let action = |action: &Node, it: &mut Properties<'_>| KinesisAction {
        stream: required(it.edge_of(&action.field("stream_name")), "stream_name"),
        partition_key: action.field("partition_key").text(),
    };
    let streams = match actions.decided() {
        Ok(all) => Value::Known(all.iter().map(|node| action(node, it)).collect()),
        Err(why) => Value::Unknown(why),
    };
    TopicRule { meta: it.meta(Some("name")), streams }
}

fn alarm(it: &mut Properties<'_>) -> Alarm {
    let meta = it.meta(Some("alarm_name"));
    let queries = it.list("metric_query", "metrics");
    let queries = match queries.decided() {
        Ok(all) => all,
        Err(why) => {
            let (metrics, resources) = (Value::Unknown(why.clone()), Value::Unknown(why));
            return Alarm { meta, metrics, resources };
        }
    };
    let mut metrics = vec![it.get("metric_name")];
    let mut dimensions = vec![values(&it.get("dimensions"))];
    for metric in queries.iter().map(|it| it.field("metric").field("0")) {
        metrics.push(metric.field("metric_name"));
        dimensions.push(values(&metric.field("dimensions")));
    }
    metrics.retain(|it| it.value != Evaluated::Absent);
    let metrics = texts(Value::Known(metrics), "metric_name");
    Alarm { meta, metrics, resources: edges(it, dimensions) }
}

/// The values of a map.
fn values(map: &Node) -> Value<Vec<Node>> {
    match &map.value {
        Evaluated::Map(fields) => Value::Known(fields.values().cloned().collect()),
        _ => map.items(),
    }
}
