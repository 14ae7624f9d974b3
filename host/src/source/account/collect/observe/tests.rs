//! What is asked for, and what is made of the answers, without AWS.

use std::cell::RefCell;
use std::io::Write;

use serde_json::json;

use super::*;
use crate::source::account::item::tests::item;
use crate::source::account::journal::Place;
use crate::source::s3keys::live::{List, Object, Page, SampleOptions, Store, StoreError};
use crate::source::session::Access;

fn options(kinds: &[&str], keys_per_bucket: Option<u64>) -> ScanOptions {
    ScanOptions {
        access: Access::default(),
        collector: Collector::Direct,
        aggregator: None,
        kinds: kinds.iter().map(|it| (*it).to_owned()).collect(),
        keys_per_bucket,
        save: None,
        resume: None,
    }
}

const ALL: [&str; 3] = [KeyPopulation::KIND, BucketMetrics::KIND, StreamMetrics::KIND];

fn parts() -> Vec<Part> {
    let mut photos = item(Bucket::KIND, "photos", json!({}));
    photos.supplementary = json!({ "MetricsConfigurations": [{ "Id": "all" }] });
    let directory = item(Bucket::KIND, "fast--euw1-az1--x-s3", json!({}));
    let items = vec![photos.clone(), photos, directory, item(Stream::KIND, "clicks", json!({}))];
    let place = Place { account: "1".into(), region: "eu-west-1".into(), source: "x".into() };
    vec![Part { place, items, complete: Vec::new(), not_collected: Vec::new() }]
}

fn sources(options: &ScanOptions) -> Vec<String> {
    let parts = parts();
    let found = found(&parts);
    let all = keys::observations(&found, options).into_iter().chain(metrics::observations(&found, options));
    all.map(|((account, region), it)| format!("{account} {region} {}", it.source())).collect()
}

#[test]
fn each_bucket_is_sampled_once_and_each_region_asked_once_for_metrics() {
    assert_eq!(sources(&options(&ALL, None)), ["1 eu-west-1 keys:photos", "1 eu-west-1 metrics"]);
    assert_eq!(sources(&options(&ALL, Some(0))), ["1 eu-west-1 metrics"]);
    assert_eq!(sources(&options(&ALL[..1], None)), ["1 eu-west-1 keys:photos"]);
    assert_eq!(sources(&options(&[Bucket::KIND], None)), [""; 0]);
}

#[test]
fn what_is_observed_needs_what_it_is_observed_of() {
    let listed = listed(&options(&ALL, None).kinds);
    assert_eq!(listed.into_iter().collect::<Vec<_>>(), [Stream::KIND, Bucket::KIND]);
    let names = |options: &ScanOptions| actions(options).into_keys().collect::<Vec<_>>();
    assert_eq!(names(&options(&ALL, None)), ["cloudwatch:GetMetricData", "s3:ListBucket"]);
    assert_eq!(names(&options(&ALL[..1], Some(0))), [""; 0]);
    let config = ScanOptions { collector: Collector::Config, ..options(&ALL, None) };
    assert_eq!(names(&config), [""; 0]);
}

/// Keeps what it is told.
#[derive(Default)]
struct Notes(RefCell<Vec<String>>);

impl Watch for Notes {
    fn begins(&self, _: &str, _: &str, _: usize) {}
    fn answered(&self, _: &str, _: &str, _: &str, _: usize) {}
    fn note(&self, text: &str) {
        self.0.borrow_mut().push(text.to_owned());
    }
    fn called(&self, _: &str, _: u64) {}
}

#[test]
fn what_costs_much_is_not_done_unless_it_was_asked_for() {
    let is_done = |buckets, keys| {
        let notes = Notes::default();
        let is_done = keys::is_affordable(buckets, &options(&ALL, keys), &notes);
        (is_done, notes.0.into_inner().join("\n"))
    };
    let each = SampleOptions::default().cost().requests;
    let most = usize::try_from(50_000 / each).unwrap();
    assert_eq!(is_done(0, None), (false, String::new()));
    let (done, told) = is_done(most, None);
    assert!(done && told.starts_with(&format!("sampled: the keys of {most} buckets: ")), "{told}");
    let (done, told) = is_done(most + 1, None);
    assert!(!done && told.contains(" USD; --keys-per-bucket N samples them all the same"), "{told}");
    assert!(is_done(most + 1, Some(16_000)).0);
}

/// A bucket with these keys, of which each page has all that are asked for.
struct Shelf(BTreeSet<String>);

impl Store for Shelf {
    async fn list(&self, request: &List<'_>) -> Result<Page, StoreError> {
        if request.bucket == "secret" {
            let bucket = request.bucket.to_owned();
            return Err(StoreError::Denied { action: keys::ACTION, bucket, message: "no".to_owned() });
        }
        let after = |it: &&String| request.start_after.is_none_or(|after| it.as_str() > after);
        let mut found = self.0.iter().filter(|it| it.starts_with(request.prefix)).filter(after);
        let objects = found.by_ref().take(request.max_keys.into());
        let objects = objects.map(|it| Object { key: it.clone(), ..Object::default() }).collect();
        Ok(Page { objects, prefixes: Vec::new(), is_truncated: found.next().is_some() })
    }

    async fn get(&self, _: &str, key: &str, _: &mut (dyn Write + Send)) -> Result<u64, StoreError> {
        Err(StoreError::Missing { what: key.to_owned() })
    }
}

async fn population(bucket: &str, keys: impl Iterator<Item = String>) -> Result<Option<Json>, StoreError> {
    let shelf = Shelf(keys.collect());
    let options = SampleOptions::default();
    let now = "2026-11-28T08:00:00Z".parse().unwrap();
    Ok(keys::population(&shelf, bucket, &options, now).await?.1)
}

#[tokio::test]
async fn populations_are_classified() {
    let hash = |it: u64| it.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let hashed = population("b", (0..900).map(|it| format!("{:016x}.jpg", hash(it)))).await.unwrap().unwrap();
    assert_eq!((&hashed["pattern"]["class"], &hashed["total"]), (&json!("hashed"), &json!(900)));
    let counted = population("b", (0..20_000).map(|it| format!("{it:010}"))).await.unwrap().unwrap();
    assert_eq!((&counted["pattern"]["class"], &counted["total"]), (&json!("sequential"), &Json::Null));
    assert_eq!((&counted["bucket"], &counted["prefix"]), (&json!("b"), &json!("")));
    assert_eq!(population("b", std::iter::empty()).await.unwrap(), None);
}

#[tokio::test]
async fn a_bucket_that_may_not_be_listed_is_a_gap_of_its_own() {
    let error = population("secret", std::iter::empty()).await.unwrap_err();
    let observed = Observed::without(KeyPopulation::KIND, "secret", &error);
    let [gap] = &observed.not_collected[..] else { panic!("{observed:?}") };
    assert_eq!(gap.kind, "Archlint::S3::KeyPopulation.secret");
    assert_eq!(gap.why, "S3 refuses s3:ListBucket for `secret`: no");
}
