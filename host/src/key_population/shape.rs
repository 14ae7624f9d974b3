//! The class of keys by what they begin with, once what all have in common is off.

use std::collections::BTreeMap;

use archlint_schema::KeyClass;

use super::date::{Granularity, leading_date};
use super::numbers::number_shape;
use super::randomness::random_prefix;
use super::stem::{common_folders, common_word};
use super::thresholds::Criteria;
use super::token::{After, Lead, Token, lead};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) class: KeyClass,
    pub(super) token: Option<Token>,
}

impl Shape {
    pub(super) fn of(class: KeyClass, token: Token) -> Self {
        Self { class, token: Some(token) }
    }
}

/// Keys without the folders and the word that all begin with.
pub(super) fn without_stem<'a>(keys: &[&'a [u8]], criteria: &Criteria<'_>) -> Vec<&'a [u8]> {
    let keys = without_prefix(keys, common_folders(keys).len());
    without_prefix(&keys, common_word(&keys, criteria).len())
}

pub(super) fn without_prefix<'a>(keys: &[&'a [u8]], length: usize) -> Vec<&'a [u8]> {
    keys.iter().map(|it| &it[length..]).collect()
}

/// The most frequent of some, and how often it is there. Of equally frequent ones the first.
pub(super) fn most_frequent<T: Ord>(all: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut counts = BTreeMap::<T, usize>::new();
    all.for_each(|it| *counts.entry(it).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count)
}

/// The class of keys without a stem. Each key that was sampled stands for `scale` of them.
pub(super) fn shape(keys: &[&[u8]], scale: f64, criteria: &Criteria<'_>) -> Shape {
    let leads: Vec<Lead> = keys.iter().map(|it| lead(it, criteria.plausible).0).collect();
    if let Some((lead, count)) = most_frequent(leads.iter().copied())
        && criteria.is_most(count, keys.len())
        && let Some(shape) = shape_of_token(lead, keys, criteria)
    {
        return shape;
    }
    let hash = random_prefix(keys, criteria);
    let is_number = |it: &&Lead| matches!(it, Lead::Digits | Lead::Epoch | Lead::Snowflake);
    if criteria.is_most(leads.iter().filter(is_number).count(), keys.len()) {
        return number_shape(keys, hash, scale, criteria);
    }
    match hash {
        Some(hash) => Shape::of(KeyClass::Hashed, Token::Hash(hash)),
        None => Shape { class: KeyClass::Natural, token: None },
    }
}

/// The class of keys that begin with the same kind of token. None if the token alone does not tell.
fn shape_of_token(lead: Lead, keys: &[&[u8]], criteria: &Criteria<'_>) -> Option<Shape> {
    let (class, token) = match lead {
        Lead::Ulid => (KeyClass::Sequential, Token::Ulid),
        Lead::Uuid7 => (KeyClass::Sequential, Token::Uuid7),
        Lead::Uuid6 => (KeyClass::Sequential, Token::Uuid6),
        Lead::Ksuid => (KeyClass::Sequential, Token::Ksuid),
        Lead::ObjectId => (KeyClass::Sequential, Token::ObjectId),
        Lead::Epoch => (KeyClass::Sequential, Token::Epoch),
        Lead::Snowflake => (KeyClass::Sequential, Token::Snowflake),
        Lead::Uuid1 => (KeyClass::RandomId, Token::Uuid1),
        Lead::Uuid4 => (KeyClass::RandomId, Token::Uuid4),
        Lead::Date => return dated_shape(keys, criteria),
        Lead::Digits | Lead::Other => return None,
    };
    Some(Shape::of(class, token))
}

/// The class of keys that begin with a date: a coarse one may have something random after it.
fn dated_shape<'a>(keys: &[&'a [u8]], criteria: &Criteria<'_>) -> Option<Shape> {
    let granularities = keys.iter().filter_map(|it| Some(leading_date(it)?.granularity));
    let (granularity, _) = most_frequent(granularities)?;
    if granularity >= Granularity::Minute {
        return Some(Shape::of(KeyClass::Sequential, Token::Date(granularity, None)));
    }
    let after = |key: &&'a [u8]| without_signs(&key[lead(key, criteria.plausible).1..]);
    let rest: Vec<&[u8]> = keys.iter().map(after).collect();
    let rest = without_stem(&rest, criteria);
    let after = random_after(&rest, criteria);
    let class = if after.is_some() { KeyClass::TimePartitioned } else { KeyClass::Sequential };
    Some(Shape::of(class, Token::Date(granularity, after)))
}

fn random_after(rest: &[&[u8]], criteria: &Criteria<'_>) -> Option<After> {
    let leads = rest.iter().filter(|it| !it.is_empty()).map(|it| lead(it, criteria.plausible).0);
    match most_frequent(leads)? {
        (Lead::Uuid4 | Lead::Uuid1, count) if criteria.is_most(count, rest.len()) => Some(After::Uuid),
        _ => random_prefix(rest, criteria).map(|_| After::Hash),
    }
}

fn without_signs(text: &[u8]) -> &[u8] {
    let signs = text.iter().take_while(|it| matches!(it, b'-' | b'_' | b'/' | b'.')).count();
    &text[signs..]
}
