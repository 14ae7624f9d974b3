//! Samples of buckets, taken from S3 itself.
//!
//! Nobody can ask S3 for a random key. A page can begin anywhere, however: 64 random points, and a few keys from each.
//! To know where there are keys at all, prefixes are listed first, level by level, until there are as many as points;
//! a level with more than 1,000 is not divided further. Each prefix is then as likely as others. So the sample tells
//! what keys look like and how their times lie in their order; it does not tell how many keys a prefix has.

mod points;
mod remote;
mod spool;
mod store;

use archlint_schema::KeySampling;
use fastrand::Rng;
use points::Stretch;
pub use remote::{Location, read};
pub use store::{List, Object, Page, S3, Store, StoreError};

use crate::key_population::KeyRecord;
use crate::source::s3keys::sink::Sink;

const POINTS: usize = 64;
const PAGE: u16 = 1000;
/// Requests to learn which prefixes there are.
const LEVELS: u64 = 32;
/// Points with nothing behind them, before the stretch is known well enough.
const MISSES: u64 = 64;
/// Keys to learn the characters of a stretch by.
const GLANCE: u16 = 100;
/// Requests to learn what all keys of a stretch begin with: a binary search among this many lengths.
const NARROWING: u64 = 5;
const LENGTHS: usize = 1 << NARROWING;
/// USD for a request that lists, in the regions where it is cheapest: 0.005 for 1,000.
/// <https://aws.amazon.com/s3/pricing/>
const PRICE: f64 = 0.000_005;

/// How a bucket is sampled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleOptions {
    pub keys_per_bucket: u64,
    /// Fewer keys are taken rather than that there are more requests.
    pub most_requests: u64,
    /// The same bucket gives the same sample with the same seed.
    pub seed: u64,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self { keys_per_bucket: 16_000, most_requests: 1000, seed: 0 }
    }
}

/// What sampling one bucket may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// At most; small buckets take one.
    pub requests: u64,
    pub dollars: f64,
}

/// What came of sampling a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampled {
    pub sampling: KeySampling,
    pub records: u64,
    pub requests: u64,
    /// Whether these are all keys of the bucket.
    pub is_whole: bool,
}

impl SampleOptions {
    pub fn cost(&self) -> Cost {
        let requests = Self::requests(self.pages_per_point());
        #[expect(clippy::cast_precision_loss, reason = "numbers of requests are small")]
        let dollars = requests as f64 * PRICE;
        Cost { requests, dollars }
    }

    /// The first page, the levels, a glance at each stretch and its narrowing, and the pages themselves.
    fn requests(pages_per_point: u64) -> u64 {
        1 + LEVELS + MISSES + POINTS as u64 * (1 + NARROWING + pages_per_point)
    }

    fn pages_per_point(&self) -> u64 {
        let wanted = self.keys_per_point().div_ceil(u64::from(PAGE)).max(1);
        let affordable = self.most_requests.saturating_sub(Self::requests(0)) / POINTS as u64;
        wanted.min(affordable.max(1))
    }

    fn keys_per_point(&self) -> u64 {
        self.keys_per_bucket.div_ceil(POINTS as u64).max(1)
    }
}

/// Feeds a sample of a bucket's keys.
pub async fn sample<S: Store>(
    store: &S,
    bucket: &str,
    options: &SampleOptions,
    sink: &mut dyn Sink,
) -> Result<Sampled, StoreError> {
    let mut sampler = Sampler {
        store,
        bucket,
        sink,
        rng: Rng::with_seed(options.seed),
        records: 0,
        requests: 0,
        taken: Vec::new(),
    };
    let first = sampler.list(List { max_keys: PAGE, ..List::default() }).await?;
    if !first.is_truncated {
        sampler.feed(&first.objects);
        return Ok(sampler.sampled(KeySampling::Uniform, true));
    }
    let prefixes = sampler.prefixes().await?;
    sampler.take(prefixes, options).await?;
    if sampler.records == 0 {
        sampler.feed(&first.objects);
        return Ok(sampler.sampled(KeySampling::ListingHead, false));
    }
    Ok(sampler.sampled(KeySampling::Uniform, false))
}

struct Sampler<'s, S> {
    store: &'s S,
    bucket: &'s str,
    sink: &'s mut dyn Sink,
    rng: Rng,
    records: u64,
    requests: u64,
    /// First and last keys of what was fed: points may lie close to each other.
    taken: Vec<(String, String)>,
}

impl<S: Store> Sampler<'_, S> {
    async fn list(&mut self, request: List<'_>) -> Result<Page, StoreError> {
        self.requests += 1;
        self.store.list(&List { bucket: self.bucket, ..request }).await
    }

    /// Prefixes that together have all keys but those beside them, about as many as there are points.
    async fn prefixes(&mut self) -> Result<Vec<String>, StoreError> {
        let (mut open, mut whole) = (std::collections::VecDeque::from([String::new()]), Vec::new());
        for _ in 0..LEVELS {
            if open.len() + whole.len() >= POINTS {
                break;
            }
            let Some(prefix) = open.pop_front() else { break };
            let request = List { prefix: &prefix, is_one_level: true, max_keys: PAGE, ..List::default() };
            let page = self.list(request).await?;
            // Of too many to see, or of none, the points tell as much.
            if page.is_truncated || page.prefixes.is_empty() {
                whole.push(prefix);
            } else {
                open.extend(page.prefixes);
            }
        }
        whole.extend(open);
        Ok(whole)
    }

    async fn take(&mut self, mut prefixes: Vec<String>, options: &SampleOptions) -> Result<(), StoreError> {
        self.rng.shuffle(&mut prefixes);
        prefixes.truncate(POINTS);
        let (each, more) = (POINTS / prefixes.len(), POINTS % prefixes.len());
        let (mut misses, mut small) = (MISSES, Vec::new());
        for (index, prefix) in prefixes.iter().enumerate() {
            let glance = self.list(List { prefix, max_keys: GLANCE, ..List::default() }).await?;
            if !glance.is_truncated {
                self.feed(&glance.objects);
                small.extend(glance.objects.last().map(|it| it.key.clone()));
                continue;
            }
            let keys = glance.objects.iter().map(|it| it.key.as_str());
            let prefix = self.narrowed(prefix, &points::common(keys.clone())).await?;
            let mut stretch = Stretch::new(&prefix, keys);
            let mut left = each + usize::from(index < more);
            while left > 0 {
                let (number, point) = stretch.point(self.rng.f64());
                if self.take_from(&stretch, point, options).await? {
                    left -= 1;
                } else {
                    stretch.end_at(number);
                    misses = misses.saturating_sub(1);
                    left = if misses == 0 { 0 } else { left };
                }
            }
        }
        // There are more keys than that: prefixes with a few each stand for those behind them too.
        let small = if self.records < u64::from(PAGE) { small } else { Vec::new() };
        let all = Stretch::new("", std::iter::empty());
        for last in small {
            self.take_from(&all, last, options).await?;
        }
        Ok(())
    }

    /// What all keys with a prefix begin with, of what the first ones do: padded counters and dates of one year have
    /// much in common, where points would miss.
    async fn narrowed(&mut self, prefix: &str, common: &str) -> Result<String, StoreError> {
        let ends = common.char_indices().map(|(start, it)| start + it.len_utf8());
        let ends: Vec<usize> = ends.filter(|it| *it > prefix.len()).take(LENGTHS - 1).collect();
        let (mut known, mut limit) = (0, ends.len());
        while known < limit {
            let middle = (known + limit).div_ceil(2);
            // Few keys have anything behind the last printable character of ASCII.
            let end = format!("{}~", &common[..ends[middle - 1]]);
            let request = List { prefix, start_after: Some(&end), max_keys: 1, ..List::default() };
            if self.list(request).await?.objects.is_empty() {
                known = middle;
            } else {
                limit = middle - 1;
            }
        }
        Ok(if known == 0 { prefix } else { &common[..ends[known - 1]] }.to_owned())
    }

    /// Feeds the keys behind a point; false if there are none.
    async fn take_from(
        &mut self,
        stretch: &Stretch,
        mut point: String,
        options: &SampleOptions,
    ) -> Result<bool, StoreError> {
        let mut wanted = options.keys_per_point();
        for page in 0..options.pages_per_point() {
            let max_keys = u16::try_from(wanted).unwrap_or(PAGE).min(PAGE);
            let request =
                List { prefix: &stretch.prefix, start_after: Some(&point), max_keys, ..List::default() };
            let found = self.list(request).await?;
            let Some(last) = found.objects.last() else { return Ok(page > 0) };
            point.clone_from(&last.key);
            self.feed(&found.objects);
            wanted = wanted.saturating_sub(found.objects.len() as u64);
            if !found.is_truncated || wanted == 0 {
                break;
            }
        }
        Ok(true)
    }

    fn feed(&mut self, objects: &[Object]) {
        let (Some(first), Some(last)) = (objects.first(), objects.last()) else { return };
        let is_new = |it: &&Object| !self.taken.iter().any(|(from, to)| (from..=to).contains(&&it.key));
        for object in objects.iter().filter(is_new) {
            let record = KeyRecord {
                time: object.modified,
                size: object.size,
                ..KeyRecord::listed(object.key.as_bytes())
            };
            self.sink.add(Some(self.bucket), &record);
            self.records += 1;
        }
        self.taken.push((first.key.clone(), last.key.clone()));
    }

    fn sampled(&self, sampling: KeySampling, is_whole: bool) -> Sampled {
        Sampled { sampling, records: self.records, requests: self.requests, is_whole }
    }
}

#[cfg(test)]
mod tests;
