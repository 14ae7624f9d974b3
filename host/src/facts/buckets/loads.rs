//! What is asked of a bucket per second: what was observed, else what is declared.

use std::collections::HashMap;

use archlint_schema::{
    BucketMetrics, DeclaredBucket, Intent, Key, Load, Measure, Reason, Rise, Unknown, Value,
};

use crate::facts::Step;
use crate::facts::index::Index;

/// Observations by the bucket that they are of.
pub(super) struct Loads<'a> {
    observed: HashMap<&'a Key, Vec<&'a BucketMetrics>>,
    intent: &'a Intent,
}

impl<'a> Loads<'a> {
    pub(super) fn new(index: &Index<'a>) -> Self {
        let mut observed: HashMap<_, Vec<_>> = HashMap::new();
        for it in index.all::<BucketMetrics>() {
            if let Some(bucket) = it.bucket.known() {
                observed.entry(bucket).or_default().push(it);
            }
        }
        Self { observed, intent: index.intent() }
    }

    pub(super) fn of_bucket(&self, bucket: &Key) -> Load {
        self.of(bucket, "", &[""])
    }

    /// The load of the keys that begin with a prefix. Where only that of more keys was observed, it is theirs if
    /// nothing else is known to be among them, and an upper limit otherwise. `all` are the prefixes of what is known.
    pub(super) fn of(&self, bucket: &Key, prefix: &str, all: &[&str]) -> Load {
        let observed = self.observed.get(bucket).into_iter().flatten();
        let around = observed.filter(|it| prefix.starts_with(&it.prefix));
        let nearest = around.copied().max_by_key(|it| it.prefix.len());
        let declared = self.intent.bucket(bucket);
        let mut load = load(bucket, nearest, declared);
        let whole = nearest.map_or("", |it| &it.prefix);
        let others = all.iter().filter(|it| it.starts_with(whole)).count() > 1;
        if prefix != whole && others && !load.is_unknown() {
            load.at_most = Some(Unknown::new(Reason::NotCollected, format!("the requests to `{prefix}`")));
        }
        load
    }

    /// Whether requests were observed, or are declared, of just the keys that begin with a prefix.
    pub(super) fn is_exact(&self, bucket: &Key, prefix: &str) -> bool {
        let mut observed = self.observed.get(bucket).into_iter().flatten();
        prefix.is_empty() || observed.any(|it| it.prefix == prefix)
    }
}

fn load(bucket: &Key, observed: Option<&BucketMetrics>, declared: Option<&DeclaredBucket>) -> Load {
    let of = |it: fn(&BucketMetrics) -> &Value<Measure>| observed.map(it).cloned().unwrap_or_default();
    let said = |it: fn(&DeclaredBucket) -> Option<Measure>| declared.and_then(it);
    let (peak_writes, peak_reads) = (said(|it| it.peak_write_rps), said(|it| it.peak_read_rps));
    let (writes, reads) = (of(|it| &it.writes_p99), of(|it| &it.reads_p99));
    let minutes = declared.and_then(|it| it.ramp_min);
    let rise = |usual: Option<Measure>, peak: Option<Measure>, p50: Value<Measure>, p99: &Value<Measure>| {
        // One that is declared says how fast it is.
        let declared = usual.or(p50.known().copied()).zip(peak).zip(minutes);
        let declared = declared.map(|((from, to), it)| Rise { from, to, minutes: Some(it) });
        declared.or_else(|| Some(Rise { from: *p50.known()?, to: *p99.known()?, minutes: None }))
    };
    let has_peak = peak_writes.is_some() || peak_reads.is_some();
    Load {
        told_by: observed.map(|it| it.meta.key.clone()).or_else(|| has_peak.then(|| bucket.clone())),
        at_most: None,
        write_rise: rise(said(|it| it.usual_write_rps), peak_writes, of(|it| &it.writes_p50), &writes),
        read_rise: rise(said(|it| it.usual_read_rps), peak_reads, of(|it| &it.reads_p50), &reads),
        writes: observed_or(writes, peak_writes, "writes per second"),
        reads: observed_or(reads, peak_reads, "reads per second"),
        slow_down_share: of(|it| &it.slow_down_share),
        slow_down_at_start: of(|it| &it.slow_down_at_start),
    }
}

fn observed_or(observed: Value<Measure>, declared: Option<Measure>, what: &str) -> Value<Measure> {
    match (observed, declared) {
        (Value::Unknown(_), Some(it)) => Value::Known(it),
        (Value::Unknown(Unknown { reason, detail: None }), None) => Value::unknown(reason, what),
        (observed, _) => observed,
    }
}

/// What tells the load.
pub(super) fn chain(load: &Load) -> Vec<Step> {
    let Some(told_by) = &load.told_by else { return Vec::new() };
    let rate = |rate: &Value<Measure>, path: &str, what: &str| {
        rate.known().map(|it| Step::new(told_by, path, format!("{it} {what} per second")))
    };
    let steps = [rate(&load.writes, "writes_p99", "writes"), rate(&load.reads, "reads_p99", "reads")];
    steps.into_iter().flatten().collect()
}
