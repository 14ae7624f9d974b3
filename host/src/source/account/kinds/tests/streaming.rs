//! Streams, what reads them, and alarms.

use serde_json::{Value as Json, json};

use super::{first, not_collected, with};

#[test]
fn streams_in_both_dialects() {
    let described = json!({ "StreamName": "s", "StreamModeDetails": { "StreamMode": "ON_DEMAND" }, "OpenShardCount": 8, "RetentionPeriodHours": 48 });
    let recorded = json!({ "Name": "s", "StreamModeDetails": { "StreamMode": "ON_DEMAND" }, "ShardCount": 8, "RetentionPeriodHours": 48 });
    for stream in [described, recorded] {
        let expected = json!({ "mode": "on-demand", "shards": 8, "retention_hours": 48 });
        assert_eq!(first(&with("AWS::Kinesis::Stream", stream, &[]), |it| &it.streams), expected);
    }
    let expected = json!({
        "mode": "provisioned", "shards": not_collected("OpenShardCount"),
        "retention_hours": not_collected("RetentionPeriodHours"),
    });
    assert_eq!(first(&with("AWS::Kinesis::Stream", json!({}), &[]), |it| &it.streams), expected);
    let consumer = json!({ "ConsumerName": "c", "ConsumerARN": "arn:c", "StreamARN": "arn:s" });
    let items = with("AWS::Kinesis::StreamConsumer", consumer, &[("AWS::Kinesis::Stream", "arn:s")]);
    assert_eq!(first(&items, |it| &it.stream_consumers), json!({ "stream": "arn:s" }));
}

#[test]
fn event_source_mappings_as_lambda_describes_them() {
    let mapping = |state: &str| {
        json!({
            "UUID": "it", "EventSourceArn": "arn:s", "FunctionArn": "arn:f", "State": state, "StartingPosition": "LATEST",
            "MaximumRetryAttempts": 3, "MaximumRecordAgeInSeconds": 3600, "BisectBatchOnFunctionError": true,
            "ParallelizationFactor": 2, "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": { "OnFailure": { "Destination": "arn:aws:sqs:eu-west-1:1:failed" } },
        })
    };
    let others = [("AWS::Kinesis::Stream", "arn:s"), ("AWS::Lambda::Function", "arn:f")];
    let read = |it: Json| {
        first(&with("AWS::Lambda::EventSourceMapping", it, &others), |it| &it.event_source_mappings)
    };
    for (state, enabled) in [("Enabled", true), ("Creating", true), ("Disabled", false), ("Disabling", false)]
    {
        let expected = json!({
            "source": "arn:s", "starting_position": "LATEST", "function": "arn:f", "enabled": enabled,
            "maximum_retry_attempts": 3, "maximum_record_age": 3600, "bisect_batch_on_function_error": true,
            "reports_batch_item_failures": true, "on_failure_destination": true, "parallelization_factor": 2,
        });
        assert_eq!(read(mapping(state)), expected);
    }
    let it = read(json!({ "UUID": "it", "DestinationConfig": { "OnFailure": {} } }));
    assert_eq!(it["enabled"], not_collected("State"));
    assert_eq!(it["on_failure_destination"], json!(false));
    assert_eq!(it["maximum_retry_attempts"], json!(-1));
}

#[test]
fn firehose_streams_in_both_dialects() {
    let others = [("AWS::Kinesis::Stream", "arn:s"), ("AWS::S3::Bucket", "arn:b")];
    let read = |it: Json| {
        first(&with("AWS::KinesisFirehose::DeliveryStream", it, &others), |it| &it.delivery_streams)
    };
    let recorded = json!({
        "KinesisStreamSourceConfiguration": { "KinesisStreamARN": "arn:s" },
        "ExtendedS3DestinationConfiguration": { "BucketARN": "arn:b", "Prefix": "clicks/" },
    });
    let destination = |name: &str, it: Json| json!({ "Source": { "KinesisStreamSourceDescription": { "KinesisStreamARN": "arn:s" } }, "Destinations": [{ name: it }] });
    let bucket = json!({ "BucketARN": "arn:b", "Prefix": "clicks/" });
    let search = |mode: &str| {
        let it = json!({ "S3BackupMode": mode, "S3DestinationDescription": { "BucketARN": "arn:b" } });
        destination("AmazonopensearchserviceDestinationDescription", it)
    };
    let expected =
        |bucket: Json, prefix: Json| json!({ "source": "arn:s", "bucket": bucket, "prefix": prefix });
    assert_eq!(read(recorded), expected(json!("arn:b"), json!("clicks/")));
    let described = destination("ExtendedS3DestinationDescription", bucket);
    assert_eq!(read(described), expected(json!("arn:b"), json!("clicks/")));
    assert_eq!(read(search("AllDocuments")), expected(json!("arn:b"), json!(null)));
    assert_eq!(read(search("FailedDocumentsOnly")), expected(json!(null), json!(null)));
}

#[test]
fn alarms_name_metrics_and_resources() {
    let others = [("AWS::Kinesis::Stream", "clicks"), ("AWS::Lambda::Function", "sessions")];
    let read = |it: Json| first(&with("AWS::CloudWatch::Alarm", it, &others), |it| &it.alarms);
    let one = json!({ "metricName": "IteratorAge", "dimensions": [{ "name": "FunctionName", "value": "sessions" }] });
    assert_eq!(read(one), json!({ "metrics": ["IteratorAge"], "resources": ["sessions"] }));
    let metric = json!({ "metricName": "GetRecords.IteratorAgeMilliseconds", "dimensions": [{ "name": "StreamName", "value": "clicks" }] });
    let several = json!({ "dimensions": [], "metrics": [{ "id": "a", "metricStat": { "metric": metric } }, { "id": "b", "expression": "a / 1000" }] });
    let expected = json!({ "metrics": ["GetRecords.IteratorAgeMilliseconds"], "resources": ["clicks"] });
    assert_eq!(read(several), expected);
}

#[test]
fn pipes_and_rules_of_iot_in_both_dialects() {
    let others = [("AWS::Kinesis::Stream", "arn:s"), ("AWS::Kinesis::Stream", "clicks")];
    let key = json!({ "KinesisStreamParameters": { "PartitionKey": "all" } });
    let pipe = json!({ "Name": "it", "Source": "arn:q", "Target": "arn:s", "DesiredState": "RUNNING", "TargetParameters": key });
    let expected = json!({ "source": "arn:q", "target": "arn:s", "running": true, "partition_key": "all" });
    assert_eq!(first(&with("AWS::Pipes::Pipe", pipe, &others), |it| &it.pipes), expected);
    let action =
        json!({ "kinesis": { "streamName": "clicks", "partitionKey": "${topic()}", "roleArn": "r" } });
    for rule in ["rule", "TopicRulePayload"] {
        let rule = json!({ "ruleArn": "arn:r", rule: { "ruleName": "it", "actions": [action] } });
        let expected = json!({ "streams": [{ "stream": "clicks", "partition_key": "${topic()}" }] });
        assert_eq!(first(&with("AWS::IoT::TopicRule", rule, &others), |it| &it.topic_rules), expected);
    }
}
