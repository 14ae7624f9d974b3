//! Numbers at the beginning of keys: a counter, one whose digits are reversed, a shard, or none of these.

use archlint_schema::KeyClass;

use super::randomness::Hash;
use super::shape::Shape;
use super::share::ratio;
use super::thresholds::Criteria;
use super::token::{Token, is_epoch, leading_digits};

/// 128 bits hold no more digits. What has more is no counter.
const MOST_DIGITS: usize = 38;

/// The numbers of keys, as they are written or reversed.
#[derive(Debug, Clone, Copy)]
struct Range {
    /// The share of the numbers between the first and the last that are in use.
    density: f64,
    /// Whether the first and the last are near to each other, as measured by their number of digits.
    is_narrow: bool,
}

/// What is told by the numbers that keys begin with. Each key that was sampled stands for `scale` of them.
pub(super) fn number_shape(keys: &[&[u8]], hash: Option<Hash>, scale: f64, criteria: &Criteria<'_>) -> Shape {
    let mut numbers: Vec<&[u8]> =
        keys.iter().map(|it| leading_digits(it)).filter(|it| !it.is_empty()).collect();
    let all = numbers.len();
    let epochs = numbers.iter().filter(|it| is_reversed_epoch(it, criteria)).count();
    numbers.sort_unstable();
    numbers.dedup();
    let width =
        numbers.first().map(|it| it.len()).filter(|width| numbers.iter().all(|it| it.len() == *width));

    let forward = range(numbers.iter().copied().map(value).collect(), width, scale, criteria);
    let backward = range(numbers.iter().map(|it| value(&reversed(it))).collect(), width, scale, criteria);
    let is_counter =
        forward.density >= criteria.thresholds.counter_density && forward.density >= backward.density;
    let is_reversed =
        backward.density >= criteria.thresholds.counter_density && backward.density > forward.density;
    let counter = Token::Counter { padded: width.is_some() };
    match hash {
        // A shard, not an id.
        Some(hash) if ratio(numbers.len(), keys.len()) < 0.5 => {
            Shape::of(KeyClass::Hashed, Token::Hash(hash))
        }
        _ if is_counter => Shape::of(KeyClass::Sequential, counter),
        None if forward.is_narrow => Shape::of(KeyClass::Sequential, counter),
        _ if is_reversed || backward.is_narrow => {
            Shape::of(KeyClass::Reversed, if criteria.is_most(epochs, all) { Token::Epoch } else { counter })
        }
        Some(hash) => Shape::of(KeyClass::Hashed, Token::Hash(hash)),
        None => Shape::of(KeyClass::Natural, Token::Digits),
    }
}

#[expect(clippy::cast_precision_loss, reason = "thresholds of a density are not that fine")]
fn range(values: Option<Vec<u128>>, width: Option<usize>, scale: f64, criteria: &Criteria<'_>) -> Range {
    let mut values = values.unwrap_or_default();
    values.sort_unstable();
    values.dedup();
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return Range { density: 0.0, is_narrow: false };
    };
    let span = (last - first) as f64;
    let is_narrow = |width: usize| {
        let possible = 10_u128.checked_pow(u32::try_from(width).unwrap_or(u32::MAX));
        possible.is_some_and(|it| span / it as f64 <= criteria.thresholds.narrow)
    };
    let density = scale * values.len() as f64 / (span + 1.0);
    Range { density, is_narrow: width.is_some_and(is_narrow) }
}

fn value(digits: &[u8]) -> Option<u128> {
    (digits.len() <= MOST_DIGITS).then(|| digits.iter().fold(0, |sum, it| sum * 10 + u128::from(it - b'0')))
}

fn is_reversed_epoch(digits: &[u8], criteria: &Criteria<'_>) -> bool {
    let is_long_enough = matches!(digits.len(), 10 | 13);
    is_long_enough && is_epoch(&reversed(digits), &[(10, 1.0), (13, 1e3)], criteria.plausible)
}

fn reversed(digits: &[u8]) -> Vec<u8> {
    digits.iter().rev().copied().collect()
}
