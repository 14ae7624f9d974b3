//! Buckets: what is asked of them, how their keys are formed, who reads them.

use archlint::facts::{self, EnvironmentSettings};
use archlint_schema::{BucketFacts, Confidence, Key, KeyClass, Measure, PopulationFacts, Snapshot, Value};
use serde_json::{Value as Json, json};

use super::{derived, key, why};

/// What is derived about the bucket `b` of a snapshot with these resources, and this intent.
fn bucket(resources: &Json, declared: &Json) -> BucketFacts {
    let mut all = json!({ "AWS::S3::Bucket": [{
        "meta": { "key": "b", "label": "b" }, "website": false, "public_policy": false, "public_acl": false,
        "filter_prefixes": ["logs/2026"],
    }] });
    all.as_object_mut().unwrap().extend(resources.as_object().unwrap().clone());
    let mut declared = declared.clone();
    declared["resources"] = json!(["b"]);
    let document = json!({ "resources": all, "intent": { "buckets": [declared] } });
    let mut snapshot: Snapshot = serde_json::from_value(document).unwrap();
    facts::derive(&mut snapshot, &EnvironmentSettings::default());
    snapshot.facts.buckets.remove(&Key::from("b")).unwrap()
}

/// Metrics of what begins with a prefix, and a sample of such keys.
fn metrics(prefix: &str, writes: f64) -> Json {
    let meta = json!({ "key": format!("requests/{prefix}"), "label": "requests" });
    json!({ "meta": meta, "bucket": "b", "prefix": prefix, "writes_p99": writes, "writes_p50": 10, "reads_p99": 0 })
}

fn sample(prefix: &str, concentration: Option<f64>) -> Json {
    let pattern = json!({
        "class": "sequential", "sampling": "uniform", "confidence": "high", "concentration": concentration,
    });
    let meta = json!({ "key": format!("keys/{prefix}"), "label": "keys" });
    json!({ "meta": meta, "bucket": "b", "prefix": prefix, "pattern": pattern, "sample": 4000 })
}

fn rate(it: &Value<Measure>) -> Option<f64> {
    it.known().map(|it| it.0)
}

#[test]
fn what_was_observed_comes_before_what_is_declared() {
    let declared =
        json!({ "peak_write_rps": 3000, "peak_read_rps": 50, "usual_write_rps": 100, "ramp_min": 5 });
    let load = bucket(&json!({}), &declared).load;
    assert_eq!(
        (rate(&load.writes), rate(&load.reads), load.told_by),
        (Some(3000.0), Some(50.0), Some("b".into()))
    );

    let observed = json!({ "Archlint::S3::BucketMetrics": [metrics("", 400.0)] });
    let load = bucket(&observed, &declared).load;
    assert_eq!((rate(&load.writes), rate(&load.reads)), (Some(400.0), Some(0.0)));
    let rise = load.write_rise.unwrap();
    assert_eq!((rise.from.0, rise.to.0, rise.minutes), (100.0, 3000.0, Some(5)));

    let load = bucket(&observed, &json!({})).load;
    let rise = load.write_rise.unwrap();
    assert_eq!((rise.from.0, rise.to.0, rise.minutes), (10.0, 400.0, None));

    let load = bucket(&json!({}), &json!({ "peak_write_rps": 40 })).load;
    assert_eq!(why(&load.reads).1, "reads per second");
    assert!(bucket(&json!({}), &json!({})).load.is_unknown());
}

/// The populations of samples and metrics by prefix.
fn populations(samples: &[&str], observed: &[(&str, f64)]) -> Vec<PopulationFacts> {
    let samples: Vec<Json> = samples.iter().map(|it| sample(it, Some(0.1))).collect();
    let observed: Vec<Json> = observed.iter().map(|(prefix, rate)| metrics(prefix, *rate)).collect();
    let resources =
        json!({ "Archlint::S3::KeyPopulation": samples, "Archlint::S3::BucketMetrics": observed });
    bucket(&resources, &json!({})).populations
}

#[test]
fn a_part_has_its_own_load_or_at_most_that_of_the_whole() {
    let its = |all: &[PopulationFacts], at: usize| {
        let it: &PopulationFacts = &all[at];
        (rate(&it.load.writes), it.load.at_most.is_some(), it.confidence)
    };
    let all = populations(&["logs/", "images/"], &[("", 900.0), ("logs/", 40.0)]);
    assert_eq!(its(&all, 1), (Some(900.0), true, Confidence::Medium), "images/");
    assert_eq!(its(&all, 0), (Some(40.0), false, Confidence::High), "logs/");
    let alone = populations(&["logs/"], &[("", 900.0)]);
    assert_eq!(its(&alone, 0), (Some(900.0), false, Confidence::Medium));
}

#[test]
fn names_alone_are_sure_by_half() {
    let resources = json!({ "Archlint::S3::KeyPopulation": [sample("", None)] });
    let all = bucket(&resources, &json!({})).populations;
    assert_eq!(all[0].confidence, Confidence::Medium);
    assert_eq!(all[0].selected_by_prefix, Value::Known(true), "a rule names the logs of a year");
}

#[test]
fn writers_tell_how_they_form_keys_where_there_is_no_sample() {
    const BUCKET: &str = "
  B: {Type: AWS::S3::Bucket}
  D:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties: {ExtendedS3DestinationConfiguration: {BucketARN: !GetAtt B.Arn, RoleARN: r, Prefix: raw/}}
  T:
    Type: AWS::Glue::Table
    Properties:
      DatabaseName: d
      TableInput:
        PartitionKeys: [{Name: year, Type: string}, {Name: month, Type: string}]
        StorageDescriptor: {Location: !Sub 's3://${B}/table'}";
    let facts = derived(BUCKET).facts.buckets.remove(&key("B")).unwrap();
    let told: Vec<_> =
        facts.populations.iter().map(|it| (&it.told_by, it.prefix.as_str(), it.pattern.class)).collect();
    assert_eq!(
        told,
        [(&key("D"), "raw/", KeyClass::TimePartitioned), (&key("T"), "table/", KeyClass::TimePartitioned)]
    );
    let declared = bucket(&json!({}), &json!({ "key_template": "in/{ulid}.json" }));
    assert_eq!(
        (declared.populations[0].prefix.as_str(), declared.populations[0].pattern.class),
        ("in/", KeyClass::Sequential)
    );
    let sampled = json!({ "Archlint::S3::KeyPopulation": [sample("in/", Some(0.1))] });
    assert_eq!(bucket(&sampled, &json!({ "key_template": "in/{uuid}" })).populations.len(), 1);
}

#[test]
fn distributions_stand_before_a_bucket_where_they_keep_what_they_read() {
    const SITE: &str = "
  B: {Type: AWS::S3::Bucket, Properties: {WebsiteConfiguration: {IndexDocument: index.html}}}";
    let with = |behavior: &str| {
        let distribution = format!(
            "
  C:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins: [{{Id: o, DomainName: !GetAtt B.DomainName}}]
        DefaultCacheBehavior: {{TargetOriginId: o, {behavior}}}"
        );
        derived(&format!("{SITE}{distribution}")).facts.buckets.remove(&key("B")).unwrap()
    };
    let cached = with("DefaultTTL: 60");
    assert_eq!((cached.distributions.members, cached.cached), (vec![key("C")], Value::Known(true)));
    assert_eq!(cached.read_from_outside, Value::Known(true));
    assert_eq!(why(&with("DefaultTTL: 0").cached).1, "AWS::CloudFront::Distribution of other stacks");
    let private = derived("\n  B: {Type: AWS::S3::Bucket}").facts.buckets.remove(&key("B")).unwrap();
    assert_eq!(why(&private.read_from_outside).1, "the readers of B");
}
