//! Sums, rates and percentiles of what CloudWatch recorded.

use std::collections::BTreeMap;

use super::super::super::direct::Points;

/// What several metrics together are per second, in each period of which one of them has a value. A period without
/// any is no period of zero.
pub(super) fn rates(metrics: &[&Points], period: u32) -> Vec<f64> {
    let mut sums = BTreeMap::<i64, f64>::new();
    for (time, value) in metrics.iter().copied().flatten() {
        *sums.entry(*time).or_default() += value;
    }
    sums.into_values().map(|it| it / f64::from(period)).collect()
}

pub(super) fn sum(points: &Points) -> Option<f64> {
    (!points.is_empty()).then(|| points.values().sum())
}

/// The smallest value that so many percent of all do not exceed.
pub(super) fn percentile(values: &[f64], percent: usize) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_seen() {
        let values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!((percentile(&values, 99), percentile(&values, 50)), (Some(198.0), Some(100.0)));
        assert_eq!((percentile(&[7.0], 99), percentile(&[], 99)), (Some(7.0), None));
    }

    #[test]
    fn metrics_are_added_by_their_time() {
        let (puts, posts) = (Points::from([(0, 60.0), (60, 120.0)]), Points::from([(60, 60.0)]));
        assert_eq!(rates(&[&puts, &posts], 60), [1.0, 3.0]);
        assert!(rates(&[&Points::new()], 60).is_empty());
        assert_eq!((sum(&puts), sum(&Points::new())), (Some(180.0), None));
    }
}
