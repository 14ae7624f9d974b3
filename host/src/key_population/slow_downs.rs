//! When S3 answers 503 Slow Down.

use serde::{Deserialize, Serialize};

use super::share::share;

const MINUTES_OF_DAY: usize = 24 * 60;

/// After how long keys that begin with a time begin with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    Hour,
    Day,
}

/// Counted by the minute of the day, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SlowDowns(Vec<u64>);

impl Default for SlowDowns {
    fn default() -> Self {
        Self(vec![0; MINUTES_OF_DAY])
    }
}

impl SlowDowns {
    /// Of one at a time in milliseconds.
    pub(super) fn add(&mut self, time: i64) {
        let minute = time.div_euclid(60_000).rem_euclid(24 * 60);
        self.0[usize::try_from(minute).expect("minutes of a day are few")] += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(known, more)| *known += more);
    }

    /// The share in the first minutes of each period. None without any, or if these minutes are the whole period.
    pub(super) fn share_at_start(&self, period: Period, minutes: usize) -> Option<f64> {
        let length = match period {
            Period::Hour => 60,
            Period::Day => MINUTES_OF_DAY,
        };
        let all: u64 = self.0.iter().sum();
        let at_start: u64 = self.0.chunks(length).flat_map(|it| it.iter().take(minutes)).sum();
        (all > 0 && minutes < length).then(|| share(at_start, all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_of_the_first_minutes() {
        let mut slow_downs = SlowDowns::default();
        assert_eq!(slow_downs.share_at_start(Period::Day, 60), None);
        for minute in [0, 59, 60, 24 * 60 + 5, -24 * 60] {
            slow_downs.add(minute * 60_000);
        }
        assert_eq!(slow_downs.share_at_start(Period::Day, 60), Some(0.8));
        assert_eq!(slow_downs.share_at_start(Period::Hour, 5), Some(0.6));
        assert_eq!(slow_downs.share_at_start(Period::Hour, 60), None);
    }
}
