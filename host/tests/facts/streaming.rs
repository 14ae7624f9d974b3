//! Streams: what reads them, how much goes through, who is told when consumers are behind.

use archlint::facts::{self, EnvironmentSettings};
use archlint_schema::{
    EventSourceKind, EventSourceMappingFacts, Key, KeySet, Measure, Snapshot, StreamFacts, Value,
};

use super::{derived, derived_with_evidence, key, keys, why};

const STREAM: &str = "
  S: {Type: AWS::Kinesis::Stream, Properties: {Name: clicks, ShardCount: 4}}
  F: {Type: AWS::Lambda::Function, Properties: {ReservedConcurrentExecutions: 6}}";

fn mapping(name: &str, source: &str, properties: &str) -> String {
    format!("
  {name}: {{Type: AWS::Lambda::EventSourceMapping, Properties: {{EventSourceArn: {source}, FunctionName: !Ref F, {properties}}}}}")
}

fn stream(resources: &str) -> StreamFacts {
    derived(&format!("{STREAM}{resources}")).facts.streams[&key("S")].clone()
}

fn facts_of(source: &str, properties: &str) -> EventSourceMappingFacts {
    let others = "
  C: {Type: AWS::Kinesis::StreamConsumer, Properties: {ConsumerName: c, StreamARN: !GetAtt S.Arn}}
  T: {Type: AWS::DynamoDB::Table, Properties: {TableName: t}}
  Q: {Type: AWS::SQS::Queue}";
    let text = format!("{STREAM}{others}{}", mapping("M", source, properties));
    derived(&text).facts.event_source_mappings[&key("M")].clone()
}

/// The snapshot of a document, with what is derived from it.
fn read(document: &str) -> Snapshot {
    let mut snapshot: Snapshot = serde_json::from_str(document).unwrap();
    facts::derive(&mut snapshot, &EnvironmentSettings::default());
    snapshot
}

#[test]
fn a_source_tells_what_it_is() {
    let position = "StartingPosition: LATEST";
    for (source, kind, stream) in [
        ("!GetAtt S.Arn", EventSourceKind::Kinesis, Some(key("S"))),
        ("!Ref C", EventSourceKind::Kinesis, Some(key("S"))),
        ("!GetAtt T.StreamArn", EventSourceKind::DynamodbStream, None),
        ("!GetAtt Q.Arn", EventSourceKind::Other, None),
        ("'arn:aws:sqs:eu-west-1:123456789012:q'", EventSourceKind::Other, None),
        (
            "!Sub 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:1:table/t/stream/1'",
            EventSourceKind::DynamodbStream,
            None,
        ),
    ] {
        let facts = facts_of(source, position);
        assert_eq!((facts.source_kind, facts.stream), (Value::Known(kind), Value::Known(stream)), "{source}");
    }
    assert_eq!(why(&facts_of("!Ref P", position).source_kind).1, "P");
    let queue = facts_of("!Ref P", "");
    assert_eq!(queue.source_kind, Value::Known(EventSourceKind::Other), "a queue has no position");
}

#[test]
fn a_function_may_be_allowed_fewer_batches_than_come() {
    let position = |more: &str| format!("StartingPosition: LATEST{more}");
    let few = facts_of("!GetAtt S.Arn", &position(""));
    assert_eq!(
        (few.batches_at_once.clone(), few.is_throttled()),
        (Value::Known(Some(4)), Value::Known(false))
    );
    let many = facts_of("!Ref C", &position(", ParallelizationFactor: 2"));
    assert_eq!(
        (many.batches_at_once.clone(), many.is_throttled()),
        (Value::Known(Some(8)), Value::Known(true))
    );
    assert_eq!(facts_of("!GetAtt T.StreamArn", &position("")).is_throttled(), Value::Known(false));
}

#[test]
fn consumers_are_told_apart_by_how_they_read() {
    let readers = [
        "
  C: {Type: AWS::Kinesis::StreamConsumer, Properties: {ConsumerName: c, StreamARN: !GetAtt S.Arn}}
  D: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt S.Arn}, ExtendedS3DestinationConfiguration: {BucketARN: 'arn:aws:s3:::b'}}}",
        &mapping("A", "!GetAtt S.Arn", "StartingPosition: LATEST"),
        &mapping("B", "!Ref C", "StartingPosition: LATEST"),
        &mapping("Off", "!GetAtt S.Arn", "StartingPosition: LATEST, Enabled: false"),
    ]
    .concat();
    let facts = stream(&readers);
    assert_eq!(facts.polling.members, keys(&["A", "D"]));
    assert_eq!(facts.fan_out.members, keys(&["C"]));
    assert_eq!(facts.mappings, KeySet::of(keys(&["A", "B"])));
    assert_eq!(facts.mirrors.members, keys(&["D"]));
    assert!(facts.is_read().is_true());
    assert!(facts.polls_more_than(1).is_true());
    assert!(facts.polls_more_than(2).decided().is_err(), "nothing lists applications");
    assert!(stream("").is_read().decided().is_err());
}

#[test]
fn a_key_that_is_the_same_for_all_records_is_told() {
    let facts = |key: &str| {
        stream(&format!("
  Pipe: {{Type: AWS::Pipes::Pipe, Properties: {{Source: 'arn:q', Target: !GetAtt S.Arn, TargetParameters: {{KinesisStreamParameters: {{PartitionKey: {key}}}}}}}}}
  Rule: {{Type: AWS::IoT::TopicRule, Properties: {{TopicRulePayload: {{Sql: x, Actions: [{{Kinesis: {{StreamName: clicks, PartitionKey: '${{topic()}}', RoleArn: r}}}}]}}}}}}"))
            .constant_keys
    };
    assert_eq!(facts("all"), KeySet::of(keys(&["Pipe"])));
    assert_eq!(facts("$.body.id"), KeySet::of(Vec::new()));
    assert_eq!(facts("!Ref P").open.and_then(|it| it.detail).as_deref(), Some("P"));
}

#[test]
fn alarms_are_the_streams_or_its_functions() {
    let alarm = |metric: &str, name: &str, value: &str| {
        format!("
  Alarm: {{Type: AWS::CloudWatch::Alarm, Properties: {{MetricName: {metric}, Dimensions: [{{Name: {name}, Value: {value}}}]}}}}")
    };
    let reader = mapping("M", "!GetAtt S.Arn", "StartingPosition: LATEST");
    let watches = |it: &str| !stream(&format!("{reader}{it}")).lag_alarms.members.is_empty();
    assert!(watches(&alarm("GetRecords.IteratorAgeMilliseconds", "StreamName", "!Ref S")));
    assert!(watches(&alarm("GetRecords.IteratorAgeMilliseconds", "StreamName", "clicks")), "by its name");
    assert!(watches(&alarm("IteratorAge", "FunctionName", "!Ref F")));
    assert!(watches(&alarm("MillisBehindLatest", "Operation", "ProcessTask")), "of some application");
    assert!(!watches(&alarm("IncomingBytes", "StreamName", "!Ref S")));
    assert!(!watches(&alarm("IteratorAge", "FunctionName", "another")));
    let facts = stream(&format!("{reader}{}", alarm("!Ref P", "StreamName", "!Ref S")));
    assert_eq!(facts.lag_alarms.open.and_then(|it| it.detail).as_deref(), Some("P"));
}

#[test]
fn what_was_seen_counts_and_else_what_is_declared() {
    let load = |metrics: &str| {
        read(&format!(
            r#"{{"resources": {{"AWS::Kinesis::Stream": [{{"meta": {{"key": "s", "label": "s"}}, "shards": 4}}],
                 "Archlint::Kinesis::StreamMetrics": [{metrics}]}},
                 "intent": {{"streams": [{{"resources": ["s"], "peak_in_mbps": 6, "peak_in_rps": 5000, "polling_consumers": 2}}]}}}}"#
        ))
        .facts
        .streams[&Key::from("s")]
            .clone()
    };
    let declared = load("");
    assert_eq!(declared.load.in_mbps, Value::Known(Some(Measure(6.0))));
    assert_eq!((declared.declared_polling, declared.polling), (2, KeySet::of(Vec::new())));
    let seen = load(r#"{"meta": {"key": "m", "label": "m"}, "stream": "s", "in_mbps_p99": 2.5}"#).load;
    assert_eq!(
        (seen.in_mbps, seen.in_rps),
        (Value::Known(Some(Measure(2.5))), Value::Known(Some(Measure(5000.0))))
    );
    assert_eq!(seen.shard_skew, Value::Known(None));
}

#[test]
fn a_throttled_mapping_shows_what_throttles_it() {
    let reader = mapping("M", "!GetAtt S.Arn", "StartingPosition: LATEST, ParallelizationFactor: 10");
    let (_, because) = derived_with_evidence(&format!("{STREAM}{reader}"));
    let chain = because.chain(&key("S"), "throttled_mappings").unwrap();
    let told: Vec<_> = chain.iter().map(|it| (it.resource.as_str(), it.message.as_str())).collect();
    assert_eq!(told, [("t/F", "`F` runs at most 6 times at once")]);
}
