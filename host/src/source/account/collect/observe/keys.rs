//! What the keys of a bucket are like, by a sample of them.

use std::collections::BTreeMap;

use archlint_schema::{Bucket, KeyPopulation, Resource};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::super::question::Account;
use super::super::{ScanOptions, Watch};
use super::{Observation, Observed, Where, item};
use crate::key_population::{Intake, Thresholds};
use crate::source::account::item::Item;
use crate::source::s3keys::Buckets;
use crate::source::s3keys::live::{S3, SampleOptions, Store, StoreError, sample};

pub(super) const ACTION: &str = "s3:ListBucket";
/// Beyond that many requests, 0.25 USD, nobody is made to pay without having said so.
const MOST_REQUESTS: u64 = 50_000;
/// What the names of directory buckets end with: they have no ranges of keys.
const DIRECTORY_BUCKET: &str = "--x-s3";

/// A bucket whose keys are sampled.
pub(in super::super) struct Keys {
    pub(super) bucket: String,
    options: SampleOptions,
}

/// One for each bucket, if populations of keys are asked for.
pub(super) fn observations(
    found: &BTreeMap<Where, Vec<&Item>>,
    options: &ScanOptions,
) -> Vec<(Where, Observation)> {
    let is_asked = options.kinds.contains(KeyPopulation::KIND) && options.keys_per_bucket != Some(0);
    let mut all = Vec::new();
    for (place, items) in found.iter().filter(|_| is_asked) {
        let is_one = |it: &&&Item| it.kind == Bucket::KIND && !it.id.ends_with(DIRECTORY_BUCKET);
        for bucket in items.iter().filter(is_one) {
            let keys = Keys { bucket: bucket.id.clone(), options: sampling(options) };
            all.push((place.clone(), Observation::Keys(keys)));
        }
    }
    all
}

/// How each bucket is sampled.
fn sampling(options: &ScanOptions) -> SampleOptions {
    let default = SampleOptions::default();
    let keys_per_bucket = options.keys_per_bucket.unwrap_or(default.keys_per_bucket);
    SampleOptions { keys_per_bucket, ..default }
}

/// Tells what so many buckets cost; whether that is so little, or was asked for in so many words, that it is done.
pub(super) fn is_affordable(buckets: usize, options: &ScanOptions, watch: &dyn Watch) -> bool {
    if buckets == 0 {
        return false;
    }
    let plural = if buckets == 1 { "" } else { "s" };
    let (cost, count) = (sampling(options).cost(), buckets as u64);
    let requests = cost.requests.saturating_mul(count);
    #[expect(clippy::cast_precision_loss, reason = "numbers of buckets are small")]
    let dollars = cost.dollars * count as f64;
    let told = format!(
        "the keys of {buckets} bucket{plural}: {requests} requests to list them at most, {dollars:.3} USD"
    );
    if requests > MOST_REQUESTS && options.keys_per_bucket.is_none() {
        watch.note(&format!("not sampled: {told}; --keys-per-bucket N samples them all the same"));
        return false;
    }
    watch.note(&format!("sampled: {told}; --keys-per-bucket 0 leaves them out"));
    true
}

impl Keys {
    pub(super) async fn ask(&self, account: &Account, region: &str) -> Observed {
        let store = S3::new(&account.sdk, Some(region.to_owned()));
        let told = population(&store, &self.bucket, &self.options, Timestamp::now()).await;
        // Of those that failed only the last is known of.
        account.count(ACTION, told.as_ref().map_or(1, |it| it.0));
        match told {
            Ok((_, population)) => {
                let population =
                    population.map(|it| item(KeyPopulation::KIND, self.bucket.clone(), account, region, it));
                Observed { items: population.into_iter().collect(), ..Observed::default() }
            }
            Err(error) => Observed::without(KeyPopulation::KIND, &self.bucket, &error),
        }
    }
}

/// How many requests it took, and what the keys are like: of an empty bucket there is nothing to say.
pub(super) async fn population<S: Store>(
    store: &S,
    bucket: &str,
    options: &SampleOptions,
    now: Timestamp,
) -> Result<(u64, Option<Json>), StoreError> {
    let default = Intake::default();
    let wanted = usize::try_from(options.keys_per_bucket).unwrap_or(usize::MAX);
    let sample_size = wanted.clamp(1, default.sample_size);
    let mut buckets = Buckets::new(Intake { sample_size, ..default });
    let sampled = sample(store, bucket, options, &mut buckets).await?;
    let population = buckets.into_populations().pop().map(|(_, population)| {
        let thresholds = thresholds(sampled.is_whole);
        let told = population.classify(sampled.sampling, None, now, &thresholds);
        let mut pattern = told.pattern();
        if !sampled.is_whole {
            (pattern.top_share, pattern.top_branch, pattern.effective_branches) = (None, None, None);
        }
        let total = sampled.is_whole.then_some(told.total);
        json!({
            "bucket": bucket,
            "prefix": "",
            "pattern": pattern,
            "sample": told.sample,
            "total": total,
        })
    });
    Ok((sampled.requests, population))
}

/// Of a listing each prefix is as likely as another, whatever it has: it shows branches, but not which is heavy.
fn thresholds(is_whole: bool) -> Thresholds {
    let default = Thresholds::default();
    if is_whole { default } else { Thresholds { top_share: f64::INFINITY, ..default } }
}
