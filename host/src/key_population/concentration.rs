//! How much of the key space a window of time touches.

use serde::Serialize;

use super::entropy::corrected_entropy;
use super::share::ratio;
use super::thresholds::Criteria;

/// Of few keys: windows of time, and buckets of the key space.
const COARSE: (usize, usize) = (8, 32);
/// As far as keys are compared with their neighbors in time.
const BEGINNING: usize = 16;

/// Which part of the key space was written, or asked for, when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeatMap {
    /// In the order of time; each has the same number of keys.
    pub windows: Vec<Window>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Window {
    /// Its first time, in milliseconds since 1970.
    pub from: i64,
    /// The share of its keys in each bucket, in the order of keys; each bucket has the same number of keys in all.
    pub shares: Vec<f64>,
}

/// What times and keys tell together.
pub(super) struct Concentration {
    /// From one moving range (one divided by the number of windows) to everywhere (1).
    pub(super) touched: f64,
    /// The share of keys that are not before their predecessor in time. Evidence only: it calls interleaved tenants
    /// random and a back-filled tree of dates sequential.
    pub(super) in_order: f64,
    pub(super) heat_map: HeatMap,
}

impl Concentration {
    /// Of keys with their times. None if these are too few, or times of a copy.
    pub(super) fn of(keys: &[(&[u8], i64)], criteria: &Criteria<'_>) -> Option<Self> {
        let thresholds = criteria.thresholds;
        let (windows, buckets) = match keys.len() {
            few if few < thresholds.n_min_shape.max(1) => return None,
            few if few < thresholds.n_min_stats => COARSE,
            _ => (thresholds.windows.get(), thresholds.buckets.get()),
        };
        let windows = windows.min(keys.len());
        // Stable, so that keys and times that are equal remain in the order of their hashes.
        let mut by_time: Vec<usize> = (0..keys.len()).collect();
        by_time.sort_by_key(|it| keys[*it].1);
        if distinct_times(keys, &by_time) < thresholds.min_distinct_times {
            return None;
        }
        let bucket = bucket_by_rank(keys, buckets);
        let start = |window: usize| window * keys.len() / windows;
        let counts = (0..windows).map(|window| {
            let mut counts = vec![0_u64; buckets];
            by_time[start(window)..start(window + 1)].iter().for_each(|it| counts[bucket[*it]] += 1);
            (keys[by_time[start(window)]].1, counts)
        });
        let counts: Vec<(i64, Vec<u64>)> = counts.collect();
        let mut touched: Vec<f64> = counts.iter().map(|(_, it)| touched(it)).collect();
        touched.sort_unstable_by(f64::total_cmp);
        let heat_map = HeatMap { windows: counts.iter().map(|(from, it)| Window::new(*from, it)).collect() };
        Some(Self { touched: touched[windows / 2].min(1.0), in_order: in_order(keys, &by_time), heat_map })
    }
}

fn distinct_times(keys: &[(&[u8], i64)], by_time: &[usize]) -> usize {
    1 + by_time.windows(2).filter(|it| keys[it[0]].1 != keys[it[1]].1).count()
}

/// For each key the bucket that it falls into, if the key space is divided into buckets of the same number of keys.
fn bucket_by_rank(keys: &[(&[u8], i64)], buckets: usize) -> Vec<usize> {
    let mut by_key: Vec<usize> = (0..keys.len()).collect();
    by_key.sort_by_key(|it| keys[*it].0);
    let mut bucket = vec![0; keys.len()];
    for (rank, key) in by_key.into_iter().enumerate() {
        bucket[key] = rank * buckets / keys.len();
    }
    bucket
}

/// The part of all buckets to which the buckets of one window amount.
fn touched(counts: &[u64]) -> f64 {
    let keys: u64 = counts.iter().sum();
    let most = usize::try_from(keys).map_or(counts.len(), |it| it.min(counts.len()));
    corrected_entropy(counts.iter().copied()).exp2() / ratio(most, 1)
}

fn in_order(keys: &[(&[u8], i64)], by_time: &[usize]) -> f64 {
    let beginning = |it: usize| &keys[it].0[..keys[it].0.len().min(BEGINNING)];
    let in_order = by_time.windows(2).filter(|it| beginning(it[0]) <= beginning(it[1])).count();
    ratio(in_order, (keys.len() - 1).max(1))
}

impl Window {
    #[expect(clippy::cast_precision_loss, reason = "counts of keys have few digits")]
    fn new(from: i64, counts: &[u64]) -> Self {
        let keys = counts.iter().sum::<u64>() as f64;
        Self { from, shares: counts.iter().map(|it| *it as f64 / keys).collect() }
    }
}
