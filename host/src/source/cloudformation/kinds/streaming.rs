//! Kinesis data streams, what reads them, and alarms.

use archlint_schema::{
    Alarm, DeliveryStream, EventSourceMapping, Key, KinesisAction, Pipe, Resources, Stream, StreamConsumer,
    StreamMode, TopicRule, Value,
};

use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, texts};

/// Adds a resource of a kind of streaming; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::Kinesis::Stream" => all.streams.push(stream(it)),
        "AWS::Kinesis::StreamConsumer" => all.stream_consumers.push(stream_consumer(it)),
        "AWS::Lambda::EventSourceMapping" => {
            let (function, enabled) = (it.required_edge("FunctionName", "function"), enabled(it));
            all.event_source_mappings.push(event_source_mapping(it, function, enabled));
        }
        "AWS::KinesisFirehose::DeliveryStream" => all.delivery_streams.push(delivery_stream(it)),
        "AWS::CloudWatch::Alarm" => all.alarms.push(alarm(it)),
        "AWS::Pipes::Pipe" => all.pipes.push(pipe(it)),
        "AWS::IoT::TopicRule" => {
            let actions = it.list("TopicRulePayload.Actions", "streams");
            all.topic_rules.push(topic_rule(it, "RuleName", &actions));
        }
        _ => return false,
    }
    true
}

fn stream(it: &mut Properties<'_>) -> Stream {
    let mode = stream_mode(it.text("StreamModeDetails.StreamMode", "mode"));
    Stream {
        meta: it.meta(Some("Name")),
        shards: shards(&mode, it.integer("ShardCount", "shards")),
        mode,
        retention_hours: it.integer_or("RetentionPeriodHours", "retention_hours", 24),
    }
}

/// A stream is provisioned unless it says otherwise.
pub(crate) fn stream_mode(word: Value<Option<String>>) -> Value<StreamMode> {
    word.map(|it| match it.as_deref() {
        Some("ON_DEMAND") => StreamMode::OnDemand,
        _ => StreamMode::Provisioned,
    })
}

/// A provisioned stream has one shard where nothing is said; how many one on demand has is seen live only.
pub(crate) fn shards(mode: &Value<StreamMode>, written: Value<Option<i64>>) -> Value<Option<i64>> {
    match (mode.decided(), written) {
        (Ok(StreamMode::Provisioned), written) => written.map(|it| it.or(Some(1))),
        (Err(why), Value::Known(None)) => Value::Unknown(why),
        (_, written) => written,
    }
}

pub(crate) fn stream_consumer(it: &mut Properties<'_>) -> StreamConsumer {
    StreamConsumer { meta: it.meta(Some("ConsumerName")), stream: it.required_edge("StreamARN", "stream") }
}

fn enabled(it: &mut Properties<'_>) -> Value<bool> {
    it.boolean_or("Enabled", "enabled", true)
}

/// Lambda describes it in the words of its template, but for the two.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
pub(crate) fn event_source_mapping(
    it: &mut Properties<'_>,
    function: Value<Key>,
    enabled: Value<bool>,
) -> EventSourceMapping {
    let responses =
        texts(it.list("FunctionResponseTypes", "reports_batch_item_failures"), "FunctionResponseTypes");
    EventSourceMapping {
        meta: it.meta(None),
        source: it.edge("EventSourceArn", "source"),
        starting_position: it.text("StartingPosition", "starting_position"),
        function,
        enabled,
        maximum_retry_attempts: it.integer_or("MaximumRetryAttempts", "maximum_retry_attempts", -1),
        maximum_record_age: it.integer_or("MaximumRecordAgeInSeconds", "maximum_record_age", -1),
        bisect_batch_on_function_error: it.boolean_or(
            "BisectBatchOnFunctionError",
            "bisect_batch_on_function_error",
            false,
        ),
        reports_batch_item_failures: reports_batch_item_failures(&responses),
        on_failure_destination: is_there(
            it,
            "DestinationConfig.OnFailure.Destination",
            "on_failure_destination",
        ),
        parallelization_factor: it.integer_or("ParallelizationFactor", "parallelization_factor", 1),
    }
}

pub(crate) fn reports_batch_item_failures(responses: &Value<Vec<Value<String>>>) -> Value<bool> {
    match responses.decided() {
        Ok(all) => Value::any(all.iter().map(|it| it.is(|it| it == "ReportBatchItemFailures"))),
        Err(why) => Value::Unknown(why),
    }
}

/// Whether something stands in a property, whatever it is: a name that only the deployment knows is one.
pub(crate) fn is_there(it: &mut Properties<'_>, property: &str, path: &str) -> Value<bool> {
    let node = it.get(property);
    it.mark(path, &node);
    match node.value {
        Evaluated::Absent => Value::Known(false),
        // What a whole block is, nobody knows.
        Evaluated::Unknown(why) => Value::Unknown(why),
        _ => Value::Known(true),
    }
}

/// Destinations that are given all records by way of a bucket, or that can keep a copy of all in one.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kinesisfirehose-deliverystream.html>
const S3_DESTINATIONS: [&str; 2] = ["ExtendedS3DestinationConfiguration", "S3DestinationConfiguration"];
const REDSHIFT: &str = "RedshiftDestinationConfiguration";
const OTHER_DESTINATIONS: [&str; 7] = [
    "AmazonopensearchserviceDestinationConfiguration",
    "AmazonOpenSearchServerlessDestinationConfiguration",
    "ElasticsearchDestinationConfiguration",
    "SplunkDestinationConfiguration",
    "HttpEndpointDestinationConfiguration",
    "SnowflakeDestinationConfiguration",
    "IcebergDestinationConfiguration",
];

pub(crate) fn delivery_stream(it: &mut Properties<'_>) -> DeliveryStream {
    let meta = it.meta(Some("DeliveryStreamName"));
    let source = it.edge("KinesisStreamSourceConfiguration.KinesisStreamARN", "source");
    let s3 = S3_DESTINATIONS.into_iter().find(|name| it.has(name)).map(str::to_owned);
    let redshift = || it.has(REDSHIFT).then(|| format!("{REDSHIFT}.S3Configuration"));
    if let Some(own) = s3.or_else(redshift) {
        let bucket = it.edge(&format!("{own}.BucketARN"), "bucket");
        let prefix = it.text(&format!("{own}.Prefix"), "prefix");
        return DeliveryStream { meta, source, bucket, prefix };
    }
    let Some(other) = OTHER_DESTINATIONS.into_iter().find(|name| it.has(name)) else {
        return DeliveryStream { meta, source, bucket: Value::Known(None), prefix: Value::Known(None) };
    };
    let backup = it.text(&format!("{other}.S3BackupMode"), "bucket");
    let bucket = it.edge(&format!("{other}.S3Configuration.BucketARN"), "bucket");
    let prefix = it.text(&format!("{other}.S3Configuration.Prefix"), "prefix");
    let keeps_all = backs_all_up(&backup);
    DeliveryStream { meta, source, bucket: kept(&keeps_all, bucket), prefix: kept(&keeps_all, prefix) }
}

/// `AllDocuments`, `AllEvents`, `AllData`; only what fails is the default.
pub(crate) fn backs_all_up(mode: &Value<Option<String>>) -> Value<bool> {
    mode.is(|it| it.as_deref().is_some_and(|it| it.starts_with("All")))
}

/// What holds only where all records are backed up.
pub(crate) fn kept<T>(keeps_all: &Value<bool>, value: Value<Option<T>>) -> Value<Option<T>> {
    match keeps_all.decided() {
        Ok(true) => value,
        Ok(false) => Value::Known(None),
        Err(why) => Value::Unknown(why),
    }
}

/// EventBridge describes pipes in the words of their templates.
pub(crate) fn pipe(it: &mut Properties<'_>) -> Pipe {
    const KEY: &str = "TargetParameters.KinesisStreamParameters.PartitionKey";
    Pipe {
        meta: it.meta(Some("Name")),
        source: it.edge("Source", "source"),
        target: it.edge("Target", "target"),
        running: it.text("DesiredState", "running").is(|it| it.as_deref() != Some("STOPPED")),
        partition_key: it.text(KEY, "partition_key"),
    }
}

/// AWS IoT describes actions in the words of their templates.
pub(crate) fn topic_rule(it: &mut Properties<'_>, name: &str, actions: &Value<Vec<Node>>) -> TopicRule {
    let mut action = |(at, action): (usize, &Node)| {
        let action = action.field("Kinesis");
        if action.value == Evaluated::Absent {
            return None;
        }
        let key = action.field("PartitionKey");
        it.mark(&format!("streams[{at}].partition_key"), &key);
        let stream = required(it.edge_of(&action.field("StreamName")), "StreamName");
        Some(KinesisAction { stream, partition_key: key.text() })
    };
    let streams = match actions.decided() {
        Ok(all) => Value::Known(all.iter().enumerate().filter_map(&mut action).collect()),
        Err(why) => Value::Unknown(why),
    };
    TopicRule { meta: it.meta(Some(name)), streams }
}

/// CloudWatch describes alarms in the words of their templates.
pub(crate) fn alarm(it: &mut Properties<'_>) -> Alarm {
    let meta = it.meta(Some("AlarmName"));
    let own = vec![it.get("MetricName")];
    let mut metrics: Vec<Node> = own.into_iter().filter(|it| it.value != Evaluated::Absent).collect();
    let mut dimensions = vec![it.list("Dimensions", "resources")];
    let queries = it.list("Metrics", "metrics");
    let queries = match queries.decided() {
        Ok(all) => all,
        Err(why) => {
            let (metrics, resources) = (Value::Unknown(why.clone()), Value::Unknown(why));
            return Alarm { meta, metrics, resources };
        }
    };
    for metric in queries.iter().map(|it| it.field("MetricStat").field("Metric")) {
        metrics.extend([metric.field("MetricName")].into_iter().filter(|it| it.value != Evaluated::Absent));
        dimensions.push(metric.field("Dimensions").items());
    }
    let values = |all: Vec<Node>| all.iter().map(|it| it.field("Value")).collect::<Vec<_>>();
    Alarm {
        meta,
        metrics: texts(Value::Known(metrics), "MetricName"),
        resources: edges(it, dimensions.into_iter().map(|it| it.map(values)).collect()),
    }
}

/// The resources that lists of nodes name, each once.
pub(crate) fn edges(it: &mut Properties<'_>, lists: Vec<Value<Vec<Node>>>) -> Value<Vec<Value<Key>>> {
    let mut all = Vec::new();
    for list in lists {
        match list.decided() {
            Ok(nodes) => {
                for node in nodes {
                    let edge = required(it.edge_of(node), "Dimensions");
                    if !all.contains(&edge) {
                        all.push(edge);
                    }
                }
            }
            Err(why) => return Value::Unknown(why),
        }
    }
    Value::Known(all)
}
