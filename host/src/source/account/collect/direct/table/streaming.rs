//! Streams, what reads them, and what watches over metrics.

use super::Given::{Field, Texts};
use super::lines::{call, get, many, next_token, small_next_token, step};
use super::services::{CLOUDWATCH, FIREHOSE, IOT, KINESIS, LAMBDA, PIPES};
use super::{Call, FollowUp, Pages, Step};

/// Kinesis takes a token instead of everything else.
const OF_SHARDS: Pages =
    Pages { tokens: &[("NextToken", "NextToken")], size: Some(("MaxResults", 1000)), alone: true };
const OF_STREAMS: Pages =
    Pages { tokens: &[("NextToken", "NextToken")], size: Some(("Limit", 100)), alone: false };
/// Firehose has no tokens: one page takes more than an account may have.
/// <https://docs.aws.amazon.com/firehose/latest/dev/limits.html>
const OF_DELIVERY_STREAMS: Pages = Pages { tokens: &[], size: Some(("Limit", 10_000)), alone: false };
const OF_MAPPINGS: Pages =
    Pages { tokens: &[("Marker", "NextMarker")], size: Some(("MaxItems", 100)), alone: false };
const OF_PIPES: Pages =
    Pages { tokens: &[("NextToken", "NextToken")], size: Some(("Limit", 100)), alone: false };
const OF_ALARMS: Pages =
    Pages { tokens: &[("NextToken", "NextToken")], size: Some(("MaxRecords", 100)), alone: false };

const STREAMS: Step = step("ListStreams", "StreamNames").pages(OF_STREAMS).called("StreamName");

pub(super) const CALLS: &[Call] = &[
    call(
        "AWS::Kinesis::Stream",
        &KINESIS,
        step("DescribeStreamSummary", "StreamDescriptionSummary")
            .with(&[("StreamName", Field("StreamName"))]),
    )
    .through(&[STREAMS])
    .id("StreamName")
    .name("StreamName")
    .arn_at("StreamARN")
    .with(OF_STREAM)
    .then(CONSUMERS),
    call(
        "AWS::Lambda::EventSourceMapping",
        &LAMBDA,
        get("ListEventSourceMappings", "/2015-03-31/event-source-mappings", "EventSourceMappings")
            .pages(OF_MAPPINGS),
    )
    .id("UUID")
    .arn_at("EventSourceMappingArn")
    .without_tags(),
    call(
        "AWS::KinesisFirehose::DeliveryStream",
        &FIREHOSE,
        step("DescribeDeliveryStream", "DeliveryStreamDescription")
            .with(&[("DeliveryStreamName", Field("DeliveryStreamName"))]),
    )
    .through(&[step("ListDeliveryStreams", "DeliveryStreamNames")
        .pages(OF_DELIVERY_STREAMS)
        .called("DeliveryStreamName")])
    .id("DeliveryStreamName")
    .name("DeliveryStreamName")
    .arn_at("DeliveryStreamARN")
    .with(OF_DELIVERY_STREAM),
    call(
        "AWS::CloudWatch::Alarm",
        &CLOUDWATCH,
        step("DescribeAlarms", "MetricAlarms")
            .with(&[("AlarmTypes", Texts(&["MetricAlarm"]))])
            .pages(OF_ALARMS),
    )
    .id("AlarmName")
    .name("AlarmName")
    .arn_at("AlarmArn")
    .without_tags(),
    call(
        "AWS::Pipes::Pipe",
        &PIPES,
        get("DescribePipe", "/v1/pipes/{Name}", "").with(&[("Name", Field("Name"))]),
    )
    .through(&[get("ListPipes", "/v1/pipes", "Pipes").pages(OF_PIPES)])
    .id("Name")
    .name("Name")
    .arn_at("Arn"),
    call(
        "AWS::IoT::TopicRule",
        &IOT,
        get("GetTopicRule", "/rules/{ruleName}", "").with(&[("ruleName", Field("ruleName"))]),
    )
    .through(&[get("ListTopicRules", "/rules", "rules").pages(small_next_token(1000))])
    .id("rule.ruleName")
    .name("rule.ruleName")
    .arn_at("ruleArn")
    .without_tags(),
];

const OF_STREAM: &[FollowUp] = &[
    many(
        "Shards",
        step("ListShards", "Shards").with(&[("StreamName", Field("StreamName"))]).pages(OF_SHARDS),
    ),
    many("Tags", step("ListTagsForStream", "Tags").with(&[("StreamName", Field("StreamName"))])),
];

const CONSUMERS: &[Call] = &[call(
    "AWS::Kinesis::StreamConsumer",
    &KINESIS,
    step("ListStreamConsumers", "Consumers")
        .with(&[("StreamARN", Field("StreamARN"))])
        .pages(next_token(100))
        .carries(&[("StreamARN", "StreamARN")]),
)
.id("ConsumerARN")
.name("ConsumerName")
.arn_at("ConsumerARN")
.without_tags()];

const OF_DELIVERY_STREAM: &[FollowUp] = &[many(
    "Tags",
    step("ListTagsForDeliveryStream", "Tags").with(&[("DeliveryStreamName", Field("DeliveryStreamName"))]),
)];
