//! Streams, what reads them, and alarms, as a Terraform plan has them.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use archlint::source::{self, SourceOptions};
use serde_json::{Map, Value as Json, json};

/// A resource by its address, as its block writes it and as the plan has it: what it refers to is known after apply.
struct Written {
    address: &'static str,
    references: Json,
    values: Json,
}

/// The snapshot's resources of a plan.
fn read(all: &[Written]) -> Json {
    let change = |it: &Written| {
        json!({ "address": it.address, "change": {
            "actions": ["create"], "after": it.values, "after_unknown": shape(&it.references) } })
    };
    let block = |it: &Written| {
        let (kind, name) = it.address.split_once('.').unwrap();
        json!({ "mode": "managed", "type": kind, "name": name, "expressions": it.references })
    };
    let plan = json!({
        "format_version": "1.2",
        "resource_changes": all.iter().map(change).collect::<Vec<_>>(),
        "configuration": { "root_module": { "resources": all.iter().map(block).collect::<Vec<_>>() } },
    });
    let sources = source::read_text("plan.json", &plan.to_string(), &SourceOptions::default());
    assert!(sources.errors.is_empty(), "{:?}", sources.errors);
    serde_json::to_value(&sources.architectures[0].scenarios[0].snapshot.resources).unwrap()
}

/// `true` wherever an expression refers to something.
fn shape(expressions: &Json) -> Json {
    match expressions {
        Json::Object(fields) if fields.contains_key("references") => json!(true),
        Json::Object(fields) => {
            Json::Object(fields.iter().map(|(name, it)| (name.clone(), shape(it))).collect::<Map<_, _>>())
        }
        Json::Array(items) => Json::Array(items.iter().map(shape).collect()),
        _ => json!({}),
    }
}

fn to(reference: &str) -> Json {
    json!({ "references": [reference, reference.rsplit_once('.').unwrap().0] })
}

fn written(address: &'static str, references: Json, values: Json) -> Written {
    Written { address, references, values }
}

#[track_caller]
fn check(resources: &Json, kind: &str, expected: &Json) {
    let mut it = resources[kind][0].clone();
    it.as_object_mut().unwrap_or_else(|| panic!("no {kind} in {resources:#}")).remove("meta");
    assert_eq!(it, *expected, "{kind}");
}

#[test]
fn references_and_defaults() {
    let resources = read(&[
        written("aws_kinesis_stream.s", json!({}), json!({ "name": "clicks", "shard_count": 4 })),
        written(
            "aws_kinesis_stream_consumer.c",
            json!({ "stream_arn": to("aws_kinesis_stream.s.arn") }),
            json!({ "name": "c" }),
        ),
        written("aws_sqs_queue.q", json!({}), json!({ "name": "failed" })),
        written("aws_s3_bucket.b", json!({}), json!({ "bucket": "archive" })),
        written(
            "aws_lambda_function.f",
            json!({}),
            json!({ "function_name": "sessions", "reserved_concurrent_executions": -1 }),
        ),
        written(
            "aws_lambda_event_source_mapping.m",
            json!({
                "event_source_arn": to("aws_kinesis_stream.s.arn"),
                "destination_config": [{ "on_failure": [{ "destination_arn": to("aws_sqs_queue.q.arn") }] }],
            }),
            json!({
                "function_name": "sessions", "starting_position": "LATEST", "maximum_retry_attempts": 5,
                "destination_config": [{ "on_failure": [{}] }],
            }),
        ),
        written(
            "aws_kinesis_firehose_delivery_stream.d",
            json!({
                "kinesis_source_configuration": [{ "kinesis_stream_arn": to("aws_kinesis_stream.s.arn") }],
                "extended_s3_configuration": [{ "bucket_arn": to("aws_s3_bucket.b.arn") }],
            }),
            json!({ "name": "d", "kinesis_source_configuration": [{}], "extended_s3_configuration": [{ "prefix": "p/" }] }),
        ),
        written(
            "aws_cloudwatch_metric_alarm.a",
            json!({}),
            json!({ "metric_name": "IteratorAge", "dimensions": { "FunctionName": "sessions" } }),
        ),
    ]);
    check(
        &resources,
        "AWS::Kinesis::Stream",
        &json!({ "mode": "provisioned", "shards": 4, "retention_hours": 24 }),
    );
    check(&resources, "AWS::Kinesis::StreamConsumer", &json!({ "stream": "aws_kinesis_stream.s" }));
    check(
        &resources,
        "AWS::Lambda::EventSourceMapping",
        &json!({
            "source": "aws_kinesis_stream.s", "starting_position": "LATEST", "function": "aws_lambda_function.f",
            "enabled": true, "maximum_retry_attempts": 5, "maximum_record_age": -1,
            "bisect_batch_on_function_error": false, "reports_batch_item_failures": false,
            "on_failure_destination": true, "parallelization_factor": 1,
        }),
    );
    check(
        &resources,
        "AWS::KinesisFirehose::DeliveryStream",
        &json!({ "source": "aws_kinesis_stream.s", "bucket": "aws_s3_bucket.b", "prefix": "p/" }),
    );
    check(
        &resources,
        "AWS::CloudWatch::Alarm",
        &json!({ "metrics": ["IteratorAge"], "resources": ["aws_lambda_function.f"] }),
    );
    check(
        &resources,
        "AWS::Lambda::Function",
        &json!({ "reserved_concurrency": null, "subnets": [], "security_groups": [] }),
    );
}

#[test]
fn a_tables_stream_is_the_tables() {
    let resources = read(&[
        written("aws_dynamodb_table.t", json!({}), json!({ "name": "orders" })),
        written(
            "aws_lambda_event_source_mapping.m",
            json!({ "event_source_arn": to("aws_dynamodb_table.t.stream_arn") }),
            json!({ "function_name": "index", "starting_position": "LATEST" }),
        ),
        written(
            "aws_kinesis_stream.s",
            json!({}),
            json!({ "name": "s", "stream_mode_details": [{ "stream_mode": "ON_DEMAND" }], "retention_period": 168 }),
        ),
    ]);
    assert_eq!(resources["AWS::Lambda::EventSourceMapping"][0]["source"], "aws_dynamodb_table.t");
    let expected = json!({ "mode": "on-demand", "shards": null, "retention_hours": 168 });
    check(&resources, "AWS::Kinesis::Stream", &expected);
}

#[test]
fn pipes_and_rules_of_iot_name_the_stream() {
    let resources = read(&[
        written("aws_kinesis_stream.s", json!({}), json!({ "name": "clicks" })),
        written(
            "aws_pipes_pipe.p",
            json!({ "source": to("aws_kinesis_stream.s.arn") }),
            json!({ "name": "p", "target": "arn:aws:lambda:eu-west-1:123456789012:function:f" }),
        ),
        written(
            "aws_iot_topic_rule.r",
            json!({}),
            json!({ "name": "r", "kinesis": [{ "stream_name": "clicks", "partition_key": "all" }] }),
        ),
    ]);
    check(
        &resources,
        "AWS::Pipes::Pipe",
        &json!({
            "source": "aws_kinesis_stream.s", "target": "arn:aws:lambda:eu-west-1:123456789012:function:f",
            "running": true, "partition_key": null,
        }),
    );
    let streams = json!([{ "stream": "aws_kinesis_stream.s", "partition_key": "all" }]);
    check(&resources, "AWS::IoT::TopicRule", &json!({ "streams": streams }));
}
