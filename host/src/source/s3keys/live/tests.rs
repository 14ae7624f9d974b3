//! A bucket of this machine's, and what is sampled of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

/// Objects by their keys, listed as S3 lists them.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    pub(super) objects: Arc<BTreeMap<String, Vec<u8>>>,
    pub(super) requests: Arc<AtomicU64>,
    /// The bucket that nobody may see.
    pub(super) denied: Option<&'static str>,
}

impl Shelf {
    pub(super) fn new(objects: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self { objects: Arc::new(objects.into_iter().collect()), ..Self::default() }
    }

    fn with_keys(keys: impl IntoIterator<Item = String>) -> Self {
        Self::new(keys.into_iter().map(|it| (it, vec![0])))
    }
}

impl Store for Shelf {
    async fn list(&self, request: &List<'_>) -> Result<Page, StoreError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        if self.denied == Some(request.bucket) {
            let (action, bucket) = ("s3:ListBucket", request.bucket.to_owned());
            return Err(StoreError::Denied { action, bucket, message: "no".to_owned() });
        }
        let mut page = Page::default();
        for (key, body) in self.objects.range(request.prefix.to_owned()..) {
            let Some(rest) = key.strip_prefix(request.prefix) else { break };
            if request.start_after.is_some_and(|it| key.as_str() <= it) {
                continue;
            }
            let prefix = rest.split_once('/').filter(|_| request.is_one_level);
            let prefix = prefix.map(|(first, _)| format!("{}{first}/", request.prefix));
            if prefix.is_some() && page.prefixes.last() == prefix.as_ref() {
                continue;
            }
            if page.objects.len() + page.prefixes.len() == usize::from(request.max_keys) {
                page.is_truncated = true;
                break;
            }
            match prefix {
                Some(it) => page.prefixes.push(it),
                None => {
                    page.objects.push(Object {
                        key: key.clone(),
                        size: Some(body.len() as u64),
                        modified: None,
                    });
                }
            }
        }
        Ok(page)
    }

    async fn get(&self, _: &str, key: &str, into: &mut (dyn Write + Send)) -> Result<u64, StoreError> {
        let body = self.objects.get(key).ok_or_else(|| StoreError::Missing { what: key.to_owned() })?;
        into.write_all(body).map_err(|source| StoreError::Spool { source })?;
        Ok(body.len() as u64)
    }
}

#[derive(Debug, Default)]
struct Keys(Vec<String>);

impl Sink for Keys {
    fn add(&mut self, bucket: Option<&str>, record: &KeyRecord<'_>) {
        assert_eq!(bucket, Some("b"));
        self.0.push(String::from_utf8(record.key.to_vec()).unwrap());
    }
}

async fn sampled(keys: impl IntoIterator<Item = String>, options: &SampleOptions) -> (Sampled, Vec<String>) {
    let shelf = Shelf::with_keys(keys);
    let mut sink = Keys::default();
    let sampled = sample(&shelf, "b", options, &mut sink).await.unwrap();
    assert_eq!(sampled.requests, shelf.requests.load(Ordering::Relaxed));
    assert!(sampled.requests <= options.cost().requests, "{sampled:?}");
    assert_eq!(sampled.records, sink.0.len() as u64);
    let distinct: BTreeSet<&String> = sink.0.iter().collect();
    assert_eq!(distinct.len(), sink.0.len(), "no key is fed twice");
    (sampled, sink.0)
}

fn few() -> SampleOptions {
    SampleOptions { keys_per_bucket: 3200, ..SampleOptions::default() }
}

#[tokio::test]
async fn a_small_bucket_is_read_whole() {
    let (sampled, keys) = sampled((0..1000).map(|it| format!("k{it}")), &few()).await;
    assert_eq!((sampled.requests, sampled.is_whole, keys.len()), (1, true, 1000));
    assert_eq!(sampled.sampling, KeySampling::Uniform);
    let (sampled, _) = self::sampled([], &few()).await;
    assert_eq!((sampled.records, sampled.is_whole), (0, true));
}

/// How even the sample is: the share of 16 equal stretches of the bucket that it has keys of.
fn evenness(all: &[String], sample: &[String]) -> usize {
    let mut all = all.to_vec();
    all.sort();
    let place = |it: &String| all.binary_search(it).unwrap() * 16 / all.len();
    sample.iter().map(place).collect::<BTreeSet<_>>().len()
}

#[tokio::test]
async fn samples_reach_everywhere() {
    let hash = |it: u64| it.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let shapes: [Vec<String>; 5] = [
        (0..100_000).map(|it| format!("{:016x}", hash(it))).collect(),
        (0..100_000).map(|it| format!("data/2026-{:02}-{:02}/{:08}", it % 12 + 1, it % 28 + 1, it)).collect(),
        (0..100_000).map(|it| format!("logs/{:010}", 4_000_000 + it)).collect(),
        (0..100_000).map(|it| format!("tenants/t{:04}/{:016x}", it % 3000, hash(it))).collect(),
        (0..100_000).map(|it| format!("a/b/c/{}/{it}", ["x", "y"][it % 2])).collect(),
    ];
    for all in shapes {
        let (sampled, keys) = sampled(all.clone(), &few()).await;
        assert_eq!(sampled.sampling, KeySampling::Uniform);
        assert!(keys.len() >= 1600, "{}: {}", all[0], keys.len());
        assert!(evenness(&all, &keys) >= 14, "{}: {}", all[0], evenness(&all, &keys));
    }
}

#[tokio::test]
async fn many_small_prefixes_are_a_sample_too() {
    let all: Vec<String> = (0..2000).map(|it| format!("{:04}/{it}", it / 2)).collect();
    let (sampled, keys) = sampled(all.clone(), &SampleOptions::default()).await;
    assert!(!sampled.is_whole && keys.len() >= 1000, "{sampled:?}");
    assert!(evenness(&all, &keys) >= 14, "{}", evenness(&all, &keys));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_sample() {
    let all: Vec<String> = (0..5000).map(|it| format!("k/{}", it * 7919 % 100_003)).collect();
    let first = sampled(all.clone(), &few()).await;
    assert_eq!(first, sampled(all.clone(), &few()).await);
    assert_ne!(first.1, sampled(all, &SampleOptions { seed: 1, ..few() }).await.1);
}

#[test]
fn costs_are_told_before() {
    for (keys, most, requests) in
        [(16_000, 1000, 545_u32), (64_000, 1000, 545), (640_000, 1000, 993), (640_000, 5000, 1121)]
    {
        let options = SampleOptions { keys_per_bucket: keys, most_requests: most, seed: 0 };
        let cost = options.cost();
        assert_eq!(cost.requests, u64::from(requests), "{keys} keys");
        assert!((cost.dollars * 200_000.0 - f64::from(requests)).abs() < 1e-6);
    }
}

#[tokio::test]
async fn who_may_not_list_is_told() {
    let shelf = Shelf { denied: Some("b"), ..Shelf::default() };
    let error = sample(&shelf, "b", &few(), &mut Keys::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "S3 refuses s3:ListBucket for `b`: no");
}
