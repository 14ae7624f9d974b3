//! Folders that divide a population: tenants, regions, tables.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use archlint_schema::KeyClass;

use super::date::leading_date;
use super::entropy::entropy;
use super::randomness::random_prefix;
use super::shape::{Shape, most_frequent, shape, without_stem};
use super::share::{ratio, share};
use super::stem::is_date_part;
use super::thresholds::Criteria;
use super::token::{Lead, lead};

/// How many branches are looked into, if together they look like nothing.
const MOST_LOOKED_INTO: usize = 50;
const FEWEST_KEYS: usize = 30;

/// The first folders of keys, if they divide them.
pub(super) struct Branches<'a> {
    /// By the folder; keys outside of any are a branch without a name.
    by_name: BTreeMap<Option<&'a [u8]>, Branch<'a>>,
    weight: u64,
}

#[derive(Default)]
struct Branch<'a> {
    /// What follows the folder.
    keys: Vec<&'a [u8]>,
    weight: u64,
}

impl<'a> Branches<'a> {
    /// None if the first folders are few keys', or nearly as many as keys, or part of a date, an id or a hash.
    pub(super) fn of(keys: &[&'a [u8]], weights: &[u64], criteria: &Criteria<'_>) -> Option<Self> {
        let mut by_name = BTreeMap::<_, Branch<'a>>::new();
        for (key, weight) in keys.iter().zip(weights) {
            let (name, rest) = first_folder(key);
            let branch = by_name.entry(name).or_default();
            branch.keys.push(rest);
            branch.weight += weight;
        }
        let outside = by_name.get(&None).map_or(0, |it| it.keys.len());
        let is_few = ratio(outside, keys.len()) <= 0.01;
        let are_groups = by_name.len() >= 2 && ratio(by_name.len(), keys.len()) <= 0.8;
        let divide = is_few && are_groups && are_names(keys, criteria);
        divide.then(|| Self { by_name, weight: weights.iter().sum() })
    }

    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// The branches that weigh most, with their shares.
    pub(super) fn heaviest(&self, most: usize) -> Vec<(&'a [u8], f64)> {
        let mut all: Vec<_> = self.by_name.iter().collect();
        all.sort_by_key(|(_, branch)| Reverse(branch.weight));
        let shares =
            all.into_iter().map(|(name, it)| (name.unwrap_or_default(), share(it.weight, self.weight)));
        shares.take(most).collect()
    }

    pub(super) fn top_share(&self) -> f64 {
        share(self.by_name.values().map(|it| it.weight).max().unwrap_or(0), self.weight)
    }

    /// To how many equal branches they amount.
    pub(super) fn effective(&self) -> f64 {
        entropy(self.by_name.values().map(|it| it.weight)).exp2()
    }

    /// The class within the branches: of all keys together, or else of most within the largest branches.
    pub(super) fn inner(&self, scale: f64, criteria: &Criteria<'_>) -> Shape {
        let named = || self.by_name.iter().filter(|(name, _)| name.is_some()).map(|(_, it)| it);
        let all: Vec<&[u8]> = named().flat_map(|it| &it.keys).copied().collect();
        let together = shape(&without_stem(&all, criteria), scale, criteria);
        if together.class != KeyClass::Natural {
            return together;
        }
        let mut largest: Vec<&Branch<'_>> = named().filter(|it| it.keys.len() >= FEWEST_KEYS).collect();
        largest.sort_by_key(|it| Reverse(it.keys.len()));
        largest.truncate(MOST_LOOKED_INTO);
        let mut votes = BTreeMap::<KeyClass, (usize, Shape)>::new();
        for branch in largest {
            let inner = shape(&without_stem(&branch.keys, criteria), scale, criteria);
            votes.entry(inner.class).or_insert((0, inner)).0 += branch.keys.len();
        }
        votes.into_values().rev().max_by_key(|(keys, _)| *keys).map_or(together, |(_, inner)| inner)
    }
}

/// The folder that a key is in, and the rest.
fn first_folder(key: &[u8]) -> (Option<&[u8]>, &[u8]) {
    match key.iter().position(|it| *it == b'/') {
        Some(at) => (Some(&key[..at]), &key[at + 1..]),
        None => (None, key),
    }
}

/// Whether the first folders are neither dates, nor ids, nor hashes.
fn are_names(keys: &[&[u8]], criteria: &Criteria<'_>) -> bool {
    let folders: Vec<&[u8]> = keys.iter().filter_map(|it| first_folder(it).0).collect();
    let leads = folders.iter().map(|it| lead(it, criteria.plausible).0);
    let is_token = most_frequent(leads).is_some_and(|(lead, count)| {
        !matches!(lead, Lead::Other | Lead::Digits) && criteria.is_most(count, keys.len())
    });
    let begins_date =
        |key: &[u8]| first_folder(key).0.is_some_and(is_date_part) && leading_date(key).is_some();
    let named: Vec<&[u8]> = folders.into_iter().filter(|it| !it.is_empty()).collect();
    !is_token && random_prefix(&named, criteria).is_none() && !keys.iter().all(|it| begins_date(it))
}
