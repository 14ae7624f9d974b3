//! What a hash was put in front of: what it keeps from being listed by its own prefix.

use std::fmt;

use archlint_schema::KeyClass;
use serde::{Serialize, Serializer};

use super::branches::Branches;
use super::randomness::Hash;
use super::shape::{shape, without_stem};
use super::thresholds::Criteria;
use super::token::Token;

/// The path after a hash. Prints as `date/second`, `tenant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    /// What is sequential without the hash.
    Token(Token),
    /// Folders that divide the keys.
    Tenant,
}

impl fmt::Display for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(token) => token.fmt(f),
            Self::Tenant => f.write_str("tenant"),
        }
    }
}

impl Serialize for Behind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What follows the hash that keys begin with. None where the hash is the name: a store addressed by content.
pub(super) fn behind(keys: &[&[u8]], hash: Hash, scale: f64, criteria: &Criteria<'_>) -> Option<Behind> {
    let rest: Vec<&[u8]> = keys.iter().filter_map(|it| after_hash(it, hash)).collect();
    if !criteria.is_most(rest.len(), keys.len()) {
        return None;
    }
    let rest = without_stem(&rest, criteria);
    let path = shape(&rest, scale, criteria);
    if matches!(path.class, KeyClass::Sequential | KeyClass::TimePartitioned) {
        return path.token.map(Behind::Token);
    }
    let ones = vec![1; rest.len()];
    Branches::of(&rest, &ones, criteria).map(|_| Behind::Tenant)
}

/// What follows the characters of a hash and a sign.
fn after_hash(key: &[u8], hash: Hash) -> Option<&[u8]> {
    let end = key.iter().take_while(|it| hash.alphabet.has(**it)).count();
    match &key[end..] {
        [b'-' | b'_' | b'/' | b'.', rest @ ..] if !rest.is_empty() => Some(rest),
        _ => None,
    }
}
