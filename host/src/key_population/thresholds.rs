//! Where one class of keys ends and another begins.

use std::num::NonZeroUsize;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::share::ratio;

/// rules.md 6.3 says what each is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    /// Fewer keys tell nothing.
    pub n_min_shape: usize,
    /// Fewer keys tell no more than their shape, with low confidence.
    pub n_min_stats: usize,
    /// The share of keys that have to begin with the same kind of token.
    pub token_ratio: f64,
    /// Into how many windows the time is divided.
    pub windows: NonZeroUsize,
    /// Into how many buckets the key space is divided.
    pub buckets: NonZeroUsize,
    /// Times are known only if there are so many distinct ones: a bulk copy leaves one.
    pub min_distinct_times: usize,
    /// At most this concentration is sequential, whatever the names look like.
    pub e_hot: f64,
    /// At least this concentration is not sequential, whatever the names look like.
    pub e_spread: f64,
    /// The share of the highest entropy that a character has to have in order to be random.
    pub h_pos: f64,
    /// The same of two characters together.
    pub h_joint: f64,
    /// A branch with this share is most of the population.
    pub top_share: f64,
    /// So many equal branches spread what is sequential within each.
    pub min_eff_branches: f64,
    /// The share of numbers in use between the first and the last that makes a counter.
    pub counter_density: f64,
    /// A range of numbers with leading zeros that is at most this part of all is a counter that has not got further.
    pub narrow: f64,
    /// For how many years before now a number may be taken for a time.
    pub past_years: u32,
    /// Among how many partitions keys are shared that may go anywhere.
    pub partition_cap: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            n_min_shape: 200,
            n_min_stats: 1000,
            token_ratio: 0.95,
            windows: const { NonZeroUsize::new(16).expect("not zero") },
            buckets: const { NonZeroUsize::new(64).expect("not zero") },
            min_distinct_times: 16,
            e_hot: 0.15,
            e_spread: 0.5,
            h_pos: 0.93,
            h_joint: 0.9,
            top_share: 0.8,
            min_eff_branches: 8.0,
            counter_density: 0.25,
            narrow: 0.5,
            past_years: 25,
            partition_cap: 16.0,
        }
    }
}

/// Thresholds, and what follows from the time at which they are applied.
pub(super) struct Criteria<'a> {
    pub(super) thresholds: &'a Thresholds,
    pub(super) plausible: Plausible,
}

/// The times that a number may mean: from some years ago to a year ahead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plausible {
    from: f64,
    to: f64,
}

impl<'a> Criteria<'a> {
    pub(super) fn new(thresholds: &'a Thresholds, now: Timestamp) -> Self {
        Self { thresholds, plausible: Plausible::around(now, thresholds.past_years) }
    }

    /// Whether so many of all keys are enough to speak of all.
    pub(super) fn is_most(&self, part: usize, whole: usize) -> bool {
        ratio(part, whole) >= self.thresholds.token_ratio
    }
}

impl Plausible {
    pub(super) fn around(now: Timestamp, past_years: u32) -> Self {
        let year = SignedDuration::from_hours(8766).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 have few digits")]
        let now = now.as_second() as f64;
        Self { from: now - f64::from(past_years) * year, to: now + year }
    }

    /// Whether it may be a time in seconds since 1970.
    pub(super) fn seconds(self, it: f64) -> bool {
        (self.from..=self.to).contains(&it)
    }
}
