//! What keys begin with.

use std::fmt;

use serde::{Serialize, Serializer};

use super::date::{self, Granularity};
use super::identifier::{self, Uuid};
use super::randomness::Hash;
use super::thresholds::Plausible;

/// Milliseconds of Twitter's epoch, 2010-11-04.
const SNOWFLAKE_EPOCH: u64 = 1_288_834_974_657;

/// What explains the class of keys. Prints as `date/second`, `counter`, `hex:4`, `uuid7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    Ulid,
    Ksuid,
    ObjectId,
    Uuid1,
    /// Version 4, or another that does not begin with a time.
    Uuid4,
    Uuid6,
    Uuid7,
    Date(Granularity, Option<After>),
    Epoch,
    Snowflake,
    Counter {
        /// Whether all are of one length.
        padded: bool,
    },
    Hash(Hash),
    Digits,
}

/// What follows the date at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    Uuid,
    Hash,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Date(granularity, None) => return write!(f, "date/{}", granularity.name()),
            Self::Date(granularity, Some(After::Uuid)) => {
                return write!(f, "date/{}+uuid", granularity.name());
            }
            Self::Date(granularity, Some(After::Hash)) => {
                return write!(f, "date/{}+hash", granularity.name());
            }
            Self::Hash(hash) => return hash.fmt(f),
            Self::Ulid => "ulid",
            Self::Ksuid => "ksuid",
            Self::ObjectId => "objectid",
            Self::Uuid1 => "uuid1-sweep",
            Self::Uuid4 => "uuid4",
            Self::Uuid6 => "uuid6",
            Self::Uuid7 => "uuid7",
            Self::Epoch => "epoch",
            Self::Snowflake => "snowflake",
            Self::Counter { padded: true } => "counter",
            Self::Counter { padded: false } => "counter-unpadded",
            Self::Digits => "digits",
        };
        f.write_str(name)
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a single key begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lead {
    Ulid,
    Uuid1,
    Uuid4,
    Uuid6,
    Uuid7,
    Ksuid,
    ObjectId,
    Date,
    Epoch,
    Snowflake,
    Digits,
    Other,
}

/// What a text begins with, and how long that is: the first that fits.
pub(super) fn lead(text: &[u8], plausible: Plausible) -> (Lead, usize) {
    if identifier::is_ulid(text, plausible) {
        return (Lead::Ulid, identifier::ULID);
    }
    if let Some((version, length)) = identifier::uuid(text, plausible) {
        let lead = match version {
            Uuid::Version1 => Lead::Uuid1,
            Uuid::Version6 => Lead::Uuid6,
            Uuid::Version7 => Lead::Uuid7,
            Uuid::Other => Lead::Uuid4,
        };
        return (lead, length);
    }
    if identifier::is_ksuid(text, plausible) {
        return (Lead::Ksuid, identifier::KSUID);
    }
    if identifier::is_object_id(text, plausible) {
        return (Lead::ObjectId, identifier::OBJECT_ID);
    }
    if let Some(date) = date::leading_date(text) {
        return (Lead::Date, date.length);
    }
    let digits = leading_digits(text);
    (number(digits, plausible), digits.len())
}

pub(super) fn leading_digits(text: &[u8]) -> &[u8] {
    &text[..text.iter().take_while(|it| it.is_ascii_digit()).count()]
}

fn number(digits: &[u8], plausible: Plausible) -> Lead {
    let is_snowflake = || {
        let time = (value(digits)? >> 22).checked_add(SNOWFLAKE_EPOCH)?;
        Some((17..=19).contains(&digits.len()) && is_time(time, 1e3, plausible))
    };
    if digits.is_empty() {
        Lead::Other
    } else if is_epoch(digits, &[(10, 1.0), (13, 1e3), (16, 1e6), (19, 1e9)], plausible) {
        Lead::Epoch
    } else if is_snowflake() == Some(true) {
        Lead::Snowflake
    } else {
        Lead::Digits
    }
}

/// Whether digits may be a time since 1970, in a unit that is told by their number.
pub(super) fn is_epoch(digits: &[u8], units: &[(usize, f64)], plausible: Plausible) -> bool {
    let unit = units.iter().find(|(length, _)| digits.len() == *length);
    unit.is_some_and(|(_, per_second)| value(digits).is_some_and(|it| is_time(it, *per_second, plausible)))
}

/// The number that digits make, unless there are too many of them for an id.
fn value(digits: &[u8]) -> Option<u64> {
    (digits.len() <= 19).then(|| digits.iter().fold(0, |sum, it| sum * 10 + u64::from(it - b'0')))
}

#[expect(clippy::cast_precision_loss, reason = "a second more or less makes nothing plausible")]
fn is_time(it: u64, per_second: f64, plausible: Plausible) -> bool {
    plausible.seconds(it as f64 / per_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads() {
        let plausible = Plausible::around("2026-11-22T00:00:00Z".parse().expect("a time"), 25);
        for (text, expected, length) in [
            ("01KAJKZJ9N0123456789ABCDEF.json", Lead::Ulid, 26),
            ("01kajkzj9n0123456789abcdef", Lead::Ulid, 26),
            ("7ZKAJKZJ9N0123456789ABCDEF", Lead::Digits, 1), // in the year 10889
            ("01KAJKZJ9N0123456789ABCDEFGH", Lead::Digits, 2),
            ("019aa539-7c35-7abc-8def-0123456789ab.x", Lead::Uuid7, 36),
            ("ffffffff-7c35-7abc-8def-0123456789ab", Lead::Uuid4, 36),
            ("019aa5397c357abc8def0123456789ab", Lead::Uuid7, 32),
            ("1f0c7a3e-8f5c-6abc-8def-0123456789ab", Lead::Uuid6, 36),
            ("8f5c7a3e-1f0c-11f0-8def-0123456789ab", Lead::Uuid1, 36),
            ("8F5C7A3E-1f0c-41f0-8def-0123456789ab/x", Lead::Uuid4, 36),
            ("8f5c7a3e-1f0c-91f0-8def-0123456789ab", Lead::Digits, 1), // there is no version 9
            ("8f5c7a3e-1f0c-41f0-cdef-0123456789ab", Lead::Digits, 1), // nor a variant for Microsoft in use
            ("35ZyYt5ewMOdhLoYIzbmKLtZSmR", Lead::Ksuid, 27),
            ("zzzzzzzzzzzzzzzzzzzzzzzzzzz", Lead::Other, 0),
            ("6921047b0123456789abcdef.x", Lead::ObjectId, 24),
            ("f921047b0123456789abcdef", Lead::Other, 0),
            ("2026-11-22/x", Lead::Date, 10),
            ("1763800000", Lead::Epoch, 10),
            ("1763800000123.json", Lead::Epoch, 13),
            ("1763800000123456", Lead::Epoch, 16),
            ("1763800000123456789", Lead::Epoch, 19),
            ("0000001234", Lead::Digits, 10),
            ("1990000000000000000", Lead::Snowflake, 19),
            ("9999999999999999999", Lead::Digits, 19),
            ("123456789012345678901234567890", Lead::Digits, 30),
            ("7", Lead::Digits, 1),
            ("", Lead::Other, 0),
            ("photo", Lead::Other, 0),
        ] {
            assert_eq!(lead(text.as_bytes(), plausible), (expected, length), "{text}");
        }
    }
}
