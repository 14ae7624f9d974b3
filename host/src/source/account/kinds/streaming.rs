//! Kinesis data streams, what reads them, and alarms.

use archlint_schema::{DeliveryStream, Resources, Stream, Value};

use super::{first_edge, named, not_collected};
// What CloudWatch, Kinesis and Lambda answer has the words of their templates.
use crate::source::cloudformation::{
    alarm, backs_all_up, delivery_stream, event_source_mapping, kept, pipe, stream_consumer, stream_mode,
    topic_rule,
};
use crate::source::properties::{Properties, required};

/// Adds a resource of a kind of streaming; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::Kinesis::Stream" => all.streams.push(stream(it)),
        "AWS::Kinesis::StreamConsumer" => all.stream_consumers.push(stream_consumer(it)),
        "AWS::Lambda::EventSourceMapping" => {
            let function =
                required(first_edge(it, &["FunctionArn", "FunctionName"], "function"), "FunctionArn");
            let enabled = enabled(it);
            all.event_source_mappings.push(event_source_mapping(it, function, enabled));
        }
        "AWS::KinesisFirehose::DeliveryStream" => all.delivery_streams.push(if it.has(DESTINATION) {
            described_delivery_stream(it)
        } else {
            delivery_stream(it)
        }),
        "AWS::CloudWatch::Alarm" => all.alarms.push(alarm(it)),
        "AWS::Pipes::Pipe" => all.pipes.push(pipe(it)),
        "AWS::IoT::TopicRule" => {
            let rule = named(it, &["TopicRulePayload", "Rule"]);
            let actions = it.list(&format!("{rule}.Actions"), "streams");
            all.topic_rules.push(topic_rule(it, "RuleName", &actions));
        }
        _ => return false,
    }
    true
}

fn stream(it: &mut Properties<'_>) -> Stream {
    let name = named(it, &["StreamName", "Name"]);
    let retention = it.integer("RetentionPeriodHours", "retention_hours");
    let shards = it.integer(named(it, &["OpenShardCount", "ShardCount"]), "shards");
    Stream {
        meta: it.meta(Some(name)),
        // Streams from before there were modes have none.
        mode: stream_mode(it.text("StreamModeDetails.StreamMode", "mode")),
        // Every stream has some, and one on demand has as many as AWS thinks right.
        shards: required(shards, "OpenShardCount").map(Some),
        retention_hours: required(retention, "RetentionPeriodHours"),
    }
}

/// What is about to be in a state counts as in it.
fn enabled(it: &mut Properties<'_>) -> Value<bool> {
    let state = it.text("State", "enabled");
    match state {
        Value::Known(None) if it.has("Enabled") => it.boolean_or("Enabled", "enabled", true),
        Value::Known(None) => not_collected("State"),
        state => state
            .is(|it| !it.as_deref().is_some_and(|it| matches!(it, "Disabled" | "Disabling" | "Deleting"))),
    }
}

const DESTINATION: &str = "Destinations.0";
/// Destinations that are given all records by way of a bucket.
const BY_BUCKET: [&str; 3] = [
    "ExtendedS3DestinationDescription",
    "S3DestinationDescription",
    "RedshiftDestinationDescription.S3DestinationDescription",
];
/// Those that can keep a copy of all records in one.
const OTHER_DESTINATIONS: [&str; 7] = [
    "AmazonopensearchserviceDestinationDescription",
    "AmazonOpenSearchServerlessDestinationDescription",
    "ElasticsearchDestinationDescription",
    "SplunkDestinationDescription",
    "HttpEndpointDestinationDescription",
    "SnowflakeDestinationDescription",
    "IcebergDestinationDescription",
];

/// As Firehose describes it: it has one destination.
fn described_delivery_stream(it: &mut Properties<'_>) -> DeliveryStream {
    let within = |name: &str| format!("{DESTINATION}.{name}");
    let own = BY_BUCKET.into_iter().map(within).find(|name| it.has(name));
    let (own, keeps_all) = if let Some(own) = own {
        (own, Value::Known(true))
    } else {
        let other = OTHER_DESTINATIONS.into_iter().map(within).find(|name| it.has(name));
        let other = other.unwrap_or_else(|| within(OTHER_DESTINATIONS[0]));
        let backup = it.text(&format!("{other}.S3BackupMode"), "bucket");
        (format!("{other}.S3DestinationDescription"), backs_all_up(&backup))
    };
    let bucket = it.edge(&format!("{own}.BucketARN"), "bucket");
    let prefix = it.text(&format!("{own}.Prefix"), "prefix");
    DeliveryStream {
        meta: it.meta(Some("DeliveryStreamName")),
        source: it.edge("Source.KinesisStreamSourceDescription.KinesisStreamARN", "source"),
        bucket: kept(&keeps_all, bucket),
        prefix: kept(&keeps_all, prefix),
    }
}
