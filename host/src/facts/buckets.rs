//! S3 buckets: what is asked of them, how the keys in them are formed, and what stands before them.

mod loads;
mod populations;
mod templates;

use std::collections::BTreeMap;

use archlint_schema::{
    Bucket, BucketFacts, Distribution, Key, KeySet, Readers, Reason, Resource, Unknown, Value,
};

use super::index::Index;
use super::{Because, Step};
use loads::Loads;
use populations::Populations;

pub(crate) fn derive(index: &Index<'_>, because: &mut Because) -> BTreeMap<Key, BucketFacts> {
    let loads = Loads::new(index);
    let populations = Populations::new(index);
    let mut derived = BTreeMap::new();
    for bucket in index.all::<Bucket>() {
        let key = &bucket.meta.key;
        let load = loads.of_bucket(key);
        because.record(key, "load", loads::chain(&load));
        let populations = populations.of(bucket, &loads);
        because.record(key, "populations", populations::chain(&populations));
        because.record(key, "selected_by_prefix", populations::selection_chain(index, bucket));
        let distributions = distributions(index, key, because);
        let facts = BucketFacts {
            load,
            populations,
            cached: cached(index, key, &distributions, because),
            distributions,
            read_from_outside: read_from_outside(index, bucket, because),
        };
        derived.insert(key.clone(), facts);
    }
    derived
}

/// Every resource of a kind that has something to do with a bucket, and why there may be more.
fn having<'a, T: Resource + 'a>(
    index: &Index<'a>,
    all: impl IntoIterator<Item = &'a T>,
    has: impl Fn(&T) -> Value<bool>,
) -> KeySet {
    let mut set = KeySet::of(Vec::new());
    for it in all {
        match has(it).decided() {
            Ok(true) => set.members.push(it.meta().key.clone()),
            Ok(false) => {}
            Err(why) => set.open = set.open.or(Some(why)),
        }
    }
    set.open = set.open.or_else(|| index.unseen(T::KIND));
    set
}

fn distributions(index: &Index<'_>, bucket: &Key, because: &mut Because) -> KeySet {
    let all = index.all::<Distribution>();
    let has = |it: &Distribution| KeySet::from(&it.buckets).contains(bucket);
    let set = having(index, all, has);
    let step = |it: &Key| Step::new(it, "buckets", "has it for an origin");
    because.record(bucket, "distributions", set.members.iter().map(step).collect::<Vec<_>>());
    set
}

fn cached(index: &Index<'_>, bucket: &Key, distributions: &KeySet, because: &mut Because) -> Value<bool> {
    let keeps = |it: &Key| match index.get::<Distribution>(it) {
        Some(distribution) => distribution.uncached.is(|it| !it.contains(bucket)),
        None => Value::Unknown(index.why_absent(it)),
    };
    let step = |it: &Key| {
        let message = match keeps(it).known() {
            Some(true) => "keeps what it reads from it",
            Some(false) => "keeps nothing of what it reads from it",
            None => "may keep what it reads from it",
        };
        Step::new(it, "uncached", message)
    };
    let none = || Step::new(bucket, "", "is the origin of no CloudFront distribution");
    let mut chain: Vec<Step> = distributions.members.iter().map(step).collect();
    if chain.is_empty() {
        chain.push(none());
    }
    because.record(bucket, "cached", chain);
    distributions.any(keeps)
}

/// Presigned URLs lead to a bucket that is private, and nobody sees them.
fn read_from_outside(index: &Index<'_>, bucket: &Bucket, because: &mut Because) -> Value<bool> {
    let key = &bucket.meta.key;
    let declared = index.intent().bucket(key).and_then(|it| it.readers);
    let (step, outside) = match declared {
        Some(Readers::Internet) => {
            (Step::new(key, "", "declared to be read from the internet"), Value::Known(true))
        }
        Some(Readers::InRegion) => {
            (Step::new(key, "", "declared to be read in its own region"), Value::Known(false))
        }
        None if bucket.website.is_true() => (Step::new(key, "website", "is a website"), Value::Known(true)),
        None if bucket.is_public().is_true() => {
            (Step::new(key, "public_policy", "lets everybody read its objects"), Value::Known(true))
        }
        None => {
            let hidden = Unknown::new(Reason::NotCollected, format!("the readers of {}", bucket.meta.label));
            let unseen = bucket.website.clone().or(bucket.is_public()).decided().err();
            (Step::new(key, "", "is read by whom it lets"), Value::Unknown(unseen.unwrap_or(hidden)))
        }
    };
    because.record(key, "read_from_outside", vec![step]);
    outside
}
