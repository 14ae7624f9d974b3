//! How evenly something is spread.

use std::f64::consts::LN_2;

/// In bits.
#[expect(clippy::cast_precision_loss, reason = "counts of keys have few digits")]
pub(super) fn entropy(counts: impl Iterator<Item = u64> + Clone) -> f64 {
    let all = counts.clone().sum::<u64>() as f64;
    let bits = |count: u64| {
        let share = count as f64 / all;
        -share * share.log2()
    };
    counts.filter(|it| *it > 0).map(bits).sum()
}

/// In bits, with the correction of Miller and Madow for what a sample does not show.
#[expect(clippy::cast_precision_loss, reason = "counts of keys have few digits")]
pub(super) fn corrected_entropy(counts: impl Iterator<Item = u64> + Clone) -> f64 {
    let all: u64 = counts.clone().sum();
    let seen = counts.clone().filter(|it| *it > 0).count();
    match seen.checked_sub(1) {
        Some(more) => entropy(counts) + more as f64 / (2.0 * all as f64 * LN_2),
        None => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn close(actual: f64, expected: f64) {
        assert!((actual - expected).abs() < 1e-12, "{actual} is not {expected}");
    }

    #[test]
    fn bits() {
        close(entropy([].into_iter()), 0.0);
        close(entropy([7, 0].into_iter()), 0.0);
        close(entropy([5; 8].into_iter()), 3.0);
        close(corrected_entropy([].into_iter()), 0.0);
        close(corrected_entropy([5; 8].into_iter()), 3.0 + 7.0 / (80.0 * LN_2));
    }
}
