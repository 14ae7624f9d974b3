//! When S3 answers 503 Slow Down.

use super::share::share;

const MINUTES_OF_HOUR: usize = 60;
const MINUTES_OF_DAY: usize = 24 * MINUTES_OF_HOUR;
/// For how long S3 has yet to divide what begins with a new day: an hour at most.
const START_OF_DAY: usize = 60;
/// Of an hour that would be all of it; evenly spread slow-downs have a sixth of them here.
const START_OF_HOUR: usize = 10;
/// Fewer fall anywhere by chance.
const FEWEST: u64 = 20;

/// Counted by the minute of the day, in UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowDowns(Vec<u64>);

impl Default for SlowDowns {
    fn default() -> Self {
        Self(vec![0; MINUTES_OF_DAY])
    }
}

impl SlowDowns {
    /// So many at a time, in milliseconds since 1970.
    pub fn add(&mut self, time: i64, count: u64) {
        let minute = time.div_euclid(60_000).rem_euclid(24 * 60);
        self.0[usize::try_from(minute).expect("minutes of a day are few")] += count;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(known, more)| *known += more);
    }

    /// The share in the first hour of days, or in the first ten minutes of hours, whichever is more: when keys that
    /// begin with a day or an hour begin with another one. None where there are too few to tell.
    pub fn at_start(&self) -> Option<f64> {
        let all: u64 = self.0.iter().sum();
        let of =
            |length, minutes| -> u64 { self.0.chunks(length).flat_map(|it| it.iter().take(minutes)).sum() };
        let at_start = of(MINUTES_OF_DAY, START_OF_DAY).max(of(MINUTES_OF_HOUR, START_OF_HOUR));
        (all >= FEWEST).then(|| share(at_start, all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn share_at_the_start_of_days_or_of_hours() {
        let at_start = |minutes: &[i64]| {
            let mut slow_downs = SlowDowns::default();
            for minute in minutes {
                slow_downs.add(minute * 60_000, 5);
            }
            slow_downs.at_start()
        };
        assert_eq!((at_start(&[]), at_start(&[0, 1, 2])), (None, None));
        assert_eq!(at_start(&[0, 59, 75, 24 * 60 + 35, -24 * 60]), Some(0.8));
        assert_eq!(at_start(&[60, 129, 730, 731]), Some(0.5));
    }
}
