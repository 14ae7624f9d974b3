//! How many requests come in per second.

use std::collections::BTreeMap;

use serde::Serialize;
use xxhash_rust::xxh64::xxh64;

use super::record::{KeyRecord, Operation};

const HOUR: i64 = 3600;
/// Six weeks. Each takes 29 kB.
const MOST_HOURS: usize = 1024;

/// Requests per second, over all seconds from the first request to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rates {
    pub p50: u32,
    pub p99: u32,
}

/// Writes and reads of each second, by hours.
///
/// Of more than [`MOST_HOURS`] those are kept whose numbers have the smallest hashes: a uniform sample, which depends
/// no more on the order of what is fed than that of the keys does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Requests {
    /// By the hash of the hour, and the hour itself.
    hours: BTreeMap<(u64, i64), Hour>,
    /// The largest hash that there is still room for, once some were left out.
    limit: Option<u64>,
    /// The seconds of the first request and the last.
    span: Option<(i64, i64)>,
}

/// Of each of its seconds the writes and the reads.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hour(Vec<[u32; 2]>);

impl Requests {
    pub(super) fn add(&mut self, record: &KeyRecord<'_>) {
        let (Some(column), Some(time)) = (column(record.operation), record.time) else { return };
        let second = time.div_euclid(1000);
        self.widen((second, second));
        let hour = second.div_euclid(HOUR);
        let hash = xxh64(&hour.to_be_bytes(), 0);
        if self.is_out(hash) {
            return;
        }
        let counts = self.hours.entry((hash, hour)).or_insert_with(Hour::new);
        let within = usize::try_from(second.rem_euclid(HOUR)).expect("seconds of an hour are few");
        counts.0[within][column] = counts.0[within][column].saturating_add(1);
        self.shrink();
    }

    pub(super) fn merge(&mut self, other: Self) {
        if let Some(span) = other.span {
            self.widen(span);
        }
        self.limit = self.limit.into_iter().chain(other.limit).min();
        for (at, hour) in other.hours {
            match self.hours.get_mut(&at) {
                Some(known) => known.add(&hour),
                None => _ = self.hours.insert(at, hour),
            }
        }
        self.shrink();
    }

    fn widen(&mut self, (first, last): (i64, i64)) {
        let (known_first, known_last) = self.span.unwrap_or((first, last));
        self.span = Some((known_first.min(first), known_last.max(last)));
    }

    fn shrink(&mut self) {
        while self.hours.len() > MOST_HOURS
            || self.hours.last_key_value().is_some_and(|(at, _)| self.is_out(at.0))
        {
            self.hours.pop_last();
            if self.hours.len() == MOST_HOURS {
                self.limit = self.hours.last_key_value().map(|(at, _)| at.0);
            }
        }
    }

    fn is_out(&self, hash: u64) -> bool {
        self.limit.is_some_and(|it| hash > it)
    }

    /// None if no request has a time.
    pub(super) fn rates(&self, operation: Operation) -> Option<Rates> {
        let column = column(operation)?;
        let mut counts: Vec<u32> = self.hours.values().flat_map(|it| it.busy(column)).collect();
        counts.sort_unstable();
        let seconds = self.seconds()?.max(counts.len() as u64);
        let idle = seconds - counts.len() as u64;
        let percentile = |percent: u64| {
            let rank = (seconds * percent).div_ceil(100);
            let busy = usize::try_from(rank.saturating_sub(idle)).ok()?.checked_sub(1);
            Some(busy.map_or(0, |it| counts[it]))
        };
        Some(Rates { p50: percentile(50)?, p99: percentile(99)? })
    }

    /// How many seconds the hours that are kept stand for, with and without requests.
    fn seconds(&self) -> Option<u64> {
        let (first, last) = self.span?;
        let Some(limit) = self.limit else { return Some(last.abs_diff(first) + 1) };
        let all = last.div_euclid(HOUR).abs_diff(first.div_euclid(HOUR)) + 1;
        // Hours without requests are as likely to have a small hash as others.
        let kept = u128::from(all) * u128::from(limit) / u128::from(u64::MAX);
        let kept = u64::try_from(kept).expect("no more than all").max(self.hours.len() as u64);
        Some(kept * HOUR.unsigned_abs())
    }
}

fn column(operation: Operation) -> Option<usize> {
    match operation {
        Operation::Listed => None,
        Operation::Write => Some(0),
        Operation::Read => Some(1),
    }
}

impl Hour {
    fn new() -> Self {
        Self(vec![[0, 0]; 3600])
    }

    fn add(&mut self, other: &Self) {
        for (known, more) in self.0.iter_mut().zip(&other.0) {
            known[0] = known[0].saturating_add(more[0]);
            known[1] = known[1].saturating_add(more[1]);
        }
    }

    /// The counts of its seconds that have any.
    fn busy(&self, column: usize) -> impl Iterator<Item = u32> {
        self.0.iter().map(move |it| it[column]).filter(|it| *it > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(operation: Operation, second: i64) -> KeyRecord<'static> {
        KeyRecord { operation, time: Some(second * 1000 + 7), ..KeyRecord::listed(b"a") }
    }

    #[test]
    fn idle_seconds_count() {
        let mut requests = Requests::default();
        assert_eq!(requests.rates(Operation::Write), None);
        // 100 seconds: 60 without a write, 38 with one, 2 with ten; the last second has a read only.
        (0..38).for_each(|it| requests.add(&request(Operation::Write, it)));
        (38..40).for_each(|it| (0..10).for_each(|_| requests.add(&request(Operation::Write, it))));
        requests.add(&request(Operation::Read, 99));
        assert_eq!(requests.rates(Operation::Write), Some(Rates { p50: 0, p99: 10 }));
        assert_eq!(requests.rates(Operation::Read), Some(Rates { p50: 0, p99: 0 }));
        assert_eq!(requests.rates(Operation::Listed), None);
    }

    #[test]
    fn a_long_time_is_sampled_by_hours() {
        let mut requests = Requests::default();
        for hour in -2000..2000 {
            (0..1800).for_each(|it| requests.add(&request(Operation::Write, hour * HOUR + it)));
        }
        assert_eq!(requests.hours.len(), MOST_HOURS);
        // Half of the seconds have a write; the estimate of all seconds is off by a hair.
        let busy = requests.hours.len() as u64 * 1800;
        let seconds = requests.seconds().unwrap();
        assert!(busy * 2 == seconds || busy * 2 + 2 * 3600 >= seconds, "{busy} of {seconds}");
        assert_eq!(requests.rates(Operation::Write).unwrap().p99, 1);
    }

    #[test]
    fn a_long_time_may_come_in_parts() {
        let parts = [0..1500, 1000..1200, 1100..3000].map(|hours| {
            let mut part = Requests::default();
            hours.for_each(|it| part.add(&request(Operation::Read, it * HOUR)));
            part
        });
        let merged = |order: [usize; 3]| {
            let mut all = Requests::default();
            for part in order {
                all.merge(parts[part].clone());
            }
            all
        };
        let mut whole = Requests::default();
        for hour in (1100..3000).chain(1000..1200).chain(0..1500) {
            whole.add(&request(Operation::Read, hour * HOUR));
        }
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            assert!(merged(order) == whole, "{order:?}");
        }
    }

    #[test]
    fn times_out_of_this_world() {
        let mut requests = Requests::default();
        for time in [i64::MIN, 0, i64::MAX] {
            requests.add(&KeyRecord { time: Some(time), ..request(Operation::Read, 0) });
        }
        assert_eq!(requests.rates(Operation::Read), Some(Rates { p50: 0, p99: 0 }));
    }
}
