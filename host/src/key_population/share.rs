//! Parts of a whole.

#[expect(clippy::cast_precision_loss, reason = "a share of so many needs no more digits")]
pub(super) fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// The same of what is counted in memory.
#[expect(clippy::cast_precision_loss, reason = "counts of keys have few digits")]
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
