//! How fast calls are made: a token bucket for each service and region, and how long a retry waits.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many calls a service is asked to answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    /// Calls that may be made at once after a pause.
    pub(crate) burst: f64,
}

/// Holds as many tokens as calls may be made at once, and gains them at the rate at which calls may go on.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    rate: Rate,
    /// Below zero: calls that were let in and wait.
    tokens: f64,
    filled: Instant,
    /// Calls in a row that failed after all their retries.
    failures: u32,
}

impl Bucket {
    pub(super) fn full(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: rate.burst, filled: now, failures: 0 }
    }

    /// Takes a token, and tells how long to wait for it.
    pub(super) fn take(&mut self, now: Instant) -> Duration {
        let gained = now.saturating_duration_since(self.filled).as_secs_f64() * self.rate.per_second;
        self.tokens = (self.tokens + gained).min(self.rate.burst) - 1.0;
        self.filled = self.filled.max(now);
        Duration::from_secs_f64((-self.tokens / self.rate.per_second).max(0.0))
    }

    /// The service throttles: whatever was saved up is not there.
    fn drain(&mut self) {
        self.tokens = self.tokens.min(0.0);
    }
}

/// The buckets of all services and regions.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    buckets: Mutex<BTreeMap<(&'static str, String), Bucket>>,
}

impl Throttle {
    /// Waits until the service may be called.
    pub(crate) async fn acquire(&self, service: &'static str, region: &str, rate: Rate) {
        let wait = self.with(service, region, rate, |it| it.take(Instant::now()));
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }

    /// The service said that it is called too often.
    pub(super) fn throttled(&self, service: &'static str, region: &str, rate: Rate) {
        self.with(service, region, rate, Bucket::drain);
    }

    /// Whether a call succeeded in the end.
    pub(super) fn ended(&self, service: &'static str, region: &str, rate: Rate, well: bool) {
        self.with(service, region, rate, |it| it.failures = if well { 0 } else { it.failures + 1 });
    }

    /// Whether the service has failed so often in a row that it is not worth waiting for.
    pub(super) fn is_down(&self, service: &'static str, region: &str, rate: Rate) -> bool {
        const FAILURES: u32 = 2;
        self.with(service, region, rate, |it| it.failures >= FAILURES)
    }

    fn with<T>(
        &self,
        service: &'static str,
        region: &str,
        rate: Rate,
        act: impl FnOnce(&mut Bucket) -> T,
    ) -> T {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry((service, region.to_owned()));
        act(bucket.or_insert_with(|| Bucket::full(rate, Instant::now())))
    }
}

/// How often and how long a call is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) attempts: u32,
    /// What the first pause lasts at most; each next one may last twice as long.
    pub(crate) base: Duration,
    /// What no pause exceeds.
    pub(crate) cap: Duration,
    /// No attempt begins after this.
    pub(crate) total: Duration,
    /// What one attempt may take, the reply's body included.
    pub(crate) attempt: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 8,
            base: Duration::from_millis(200),
            cap: Duration::from_secs(10),
            total: Duration::from_mins(1),
            attempt: Duration::from_secs(30),
        }
    }
}

impl Patience {
    /// The pause after an attempt, counted from 0: exponential backoff with full jitter. `random` is in 0..1.
    /// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>
    pub(crate) fn pause(&self, attempt: u32, random: f64) -> Duration {
        let longest = self.base.saturating_mul(2_u32.saturating_pow(attempt)).min(self.cap);
        longest.mul_f64(random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 10.0, burst: 3.0 };

    fn millis(wait: Duration) -> u128 {
        (wait + Duration::from_micros(1)).as_millis()
    }

    #[test]
    fn a_bucket_lets_a_burst_through_and_then_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        let waits: Vec<u128> = (0..6).map(|_| millis(bucket.take(start))).collect();
        assert_eq!(waits, [0, 0, 0, 100, 200, 300]);
    }

    #[test]
    fn a_bucket_fills_up_to_its_burst() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        for _ in 0..3 {
            bucket.take(start);
        }
        let later = start + Duration::from_millis(100);
        assert_eq!(millis(bucket.take(later)), 0, "one token has come back");
        assert_eq!(millis(bucket.take(later)), 100);
        let much_later = start + Duration::from_hours(1);
        let waits: Vec<u128> = (0..4).map(|_| millis(bucket.take(much_later))).collect();
        assert_eq!(waits, [0, 0, 0, 100], "no more than the burst is saved up");
    }

    #[test]
    fn a_clock_that_stands_or_goes_back_gains_nothing() {
        let start = Instant::now() + Duration::from_secs(10);
        let mut bucket = Bucket::full(RATE, start);
        for _ in 0..3 {
            bucket.take(start);
        }
        assert_eq!(millis(bucket.take(start.checked_sub(Duration::from_secs(5)).unwrap())), 100);
    }

    #[test]
    fn throttling_empties_the_bucket() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        bucket.drain();
        assert_eq!(millis(bucket.take(start)), 100);
    }

    #[test]
    fn a_service_is_down_after_failures_in_a_row_and_up_again_after_a_success() {
        let throttle = Throttle::default();
        let ended = |well| throttle.ended("mq", "eu-west-1", RATE, well);
        let is_down = || throttle.is_down("mq", "eu-west-1", RATE);
        ended(false);
        assert!(!is_down());
        ended(false);
        assert!(is_down());
        assert!(!throttle.is_down("mq", "eu-west-2", RATE), "regions fail alone");
        ended(true);
        assert!(!is_down());
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_jitter_takes_any_part_of_them() {
        let patience = Patience::default();
        let longest: Vec<u128> = (0..8).map(|it| millis(patience.pause(it, 1.0))).collect();
        assert_eq!(longest, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
        assert_eq!(millis(patience.pause(3, 0.5)), 800);
        assert_eq!(millis(patience.pause(3, 0.0)), 0);
        assert_eq!(millis(patience.pause(u32::MAX, 1.0)), 10_000);
    }
}
