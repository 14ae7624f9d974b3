//! Identifiers at the beginning of keys that are longer than a counter: most of them begin with a time.

use super::thresholds::Plausible;

const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// A KSUID counts its seconds from here.
const KSUID_EPOCH: u32 = 1_400_000_000;

/// Which of the versions of UUID that differ in what comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Uuid {
    /// The lowest bits of a time come first: they run through all values every 429 seconds.
    Version1,
    Version6,
    Version7,
    /// Random, or a hash.
    Other,
}

pub(super) const ULID: usize = 26;
pub(super) const KSUID: usize = 27;
pub(super) const OBJECT_ID: usize = 24;

/// 48 bits of milliseconds and 80 random ones.
pub(super) fn is_ulid(text: &[u8], plausible: Plausible) -> bool {
    let Some(id) = token(text, ULID, u8::is_ascii_alphanumeric) else { return false };
    let digits = |it: &u8| CROCKFORD.iter().position(|known| *known == it.to_ascii_uppercase());
    let is_known = id.iter().all(|it| digits(it).is_some()) && (b'0'..=b'7').contains(&id[0]);
    is_known
        && milliseconds(id[..10].iter().filter_map(digits).fold(0, |sum, it| sum << 5 | it as u64), plausible)
}

/// Which version of UUID, with hyphens or without, and its length.
pub(super) fn uuid(text: &[u8], plausible: Plausible) -> Option<(Uuid, usize)> {
    let mut at = 0;
    let mut digits = 0_u128;
    for group in [8, 4, 4, 4, 12] {
        at += usize::from(at > 0 && text.get(at) == Some(&b'-'));
        for it in text.get(at..at + group)? {
            digits = digits << 4 | u128::from(hex(*it)?);
        }
        at += group;
    }
    let (version, variant) = (digits >> 76 & 0xF, digits >> 60 & 0xF);
    // Variant 0 is what came before the standard.
    if text.get(at).is_some_and(u8::is_ascii_hexdigit) || !matches!((version, variant), (1..=8, 0 | 8..=11)) {
        return None;
    }
    let time = u64::try_from(digits >> 80).expect("48 bits are left");
    let kind = match version {
        1 => Uuid::Version1,
        6 => Uuid::Version6,
        7 if milliseconds(time, plausible) => Uuid::Version7,
        _ => Uuid::Other,
    };
    Some((kind, at))
}

/// 32 bits of seconds and 128 random ones.
pub(super) fn is_ksuid(text: &[u8], plausible: Plausible) -> bool {
    let Some(id) = token(text, KSUID, u8::is_ascii_alphanumeric) else { return false };
    let seconds = ksuid_seconds(id).and_then(|it| it.checked_add(KSUID_EPOCH));
    seconds.is_some_and(|it| plausible.seconds(f64::from(it)))
}

/// The highest 32 of 160 bits that are written to base 62.
fn ksuid_seconds(id: &[u8]) -> Option<u32> {
    let mut limbs = [0_u32; 5];
    for it in id {
        let digit = match it {
            b'0'..=b'9' => it - b'0',
            b'A'..=b'Z' => it - b'A' + 10,
            _ => it - b'a' + 36,
        };
        let mut carry = u64::from(digit);
        for limb in limbs.iter_mut().rev() {
            let sum = u64::from(*limb) * 62 + carry;
            *limb = u32::try_from(sum & u64::from(u32::MAX)).expect("32 bits are left");
            carry = sum >> 32;
        }
        if carry > 0 {
            return None;
        }
    }
    Some(limbs[0])
}

/// An id of `MongoDB`: 32 bits of seconds come first.
pub(super) fn is_object_id(text: &[u8], plausible: Plausible) -> bool {
    let is_digit = |it: &u8| matches!(it, b'0'..=b'9' | b'a'..=b'f');
    let Some(id) = token(text, OBJECT_ID, is_digit) else { return false };
    let seconds = id[..8].iter().filter_map(|it| hex(*it)).fold(0, |sum, it| sum << 4 | it);
    plausible.seconds(f64::from(seconds))
}

/// What a text begins with, if it is so many characters of a kind and no more.
fn token(text: &[u8], length: usize, is_part: impl Fn(&u8) -> bool) -> Option<&[u8]> {
    let (id, rest) = text.split_at_checked(length)?;
    (id.iter().all(&is_part) && !rest.first().is_some_and(is_part)).then_some(id)
}

fn hex(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}

#[expect(clippy::cast_precision_loss, reason = "times that are plausible have few digits")]
fn milliseconds(it: u64, plausible: Plausible) -> bool {
    plausible.seconds(it as f64 / 1e3)
}
