//! What goes in and out of a stream: observed, or else declared.

use archlint_schema::{Measure, Reason, Stream, StreamLoad, StreamMetrics, Unknown, Value};

use super::super::Step;
use super::super::index::Index;

pub(super) fn of(index: &Index<'_>, stream: &Stream, metrics: Option<&StreamMetrics>) -> StreamLoad {
    let declared = index.intent().stream(&stream.meta.key);
    let or = |observed: Value<Option<Measure>>, declared: Option<Measure>| match observed {
        Value::Known(None) => Value::Known(declared),
        observed => observed,
    };
    let seen = |field: fn(&StreamMetrics) -> &Value<Measure>| observed(metrics.map(field));
    StreamLoad {
        in_mbps: or(seen(|it| &it.in_mbps_p99), declared.and_then(|it| it.peak_in_mbps)),
        in_rps: or(seen(|it| &it.in_rps_p99), declared.and_then(|it| it.peak_in_rps)),
        shared_out_mbps: seen(|it| &it.shared_out_mbps_p99),
        throttled_share: seen(|it| &it.throttled_share),
        iterator_age_hours: seen(|it| &it.iterator_age_hours_p99),
        shard_skew: seen(|it| &it.shard_skew),
        in_mbps_peak: seen(|it| &it.in_mbps_peak),
    }
}

/// What nobody measured is absent: CloudWatch has metrics of single shards, for one, only where they are switched on.
fn observed(value: Option<&Value<Measure>>) -> Value<Option<Measure>> {
    match value {
        None | Some(Value::Unknown(Unknown { reason: Reason::NotCollected, .. })) => Value::Known(None),
        Some(value) => value.clone().map(Some),
    }
}

/// Who says what of a load.
pub(super) fn chain(stream: &Stream, metrics: Option<&StreamMetrics>, load: &StreamLoad) -> Vec<Step> {
    let written = [
        (&load.in_mbps, metrics.map(|it| &it.in_mbps_p99), "in_mbps_p99", "MB/s"),
        (&load.in_rps, metrics.map(|it| &it.in_rps_p99), "in_rps_p99", "records/s"),
    ];
    let mut steps = Vec::new();
    for (load, seen, path, unit) in written {
        let Some(Some(load)) = load.known() else { continue };
        steps.push(match metrics.filter(|_| observed(seen) != Value::Known(None)) {
            Some(it) => Step::new(&it.meta.key, path, format!("{load} {unit} were written to it")),
            None => Step::new(&stream.meta.key, "", format!("{load} {unit} at peak, as its owners say")),
        });
    }
    let others = [
        (&load.shared_out_mbps, "shared_out_mbps_p99", "MB/s were read from it by polling"),
        (&load.throttled_share, "throttled_share", "of all writes were refused"),
        (&load.iterator_age_hours, "iterator_age_hours_p99", "hours is how long records waited"),
        (&load.shard_skew, "shard_skew", "times the mean were written to its busiest shard"),
        (&load.in_mbps_peak, "in_mbps_peak", "MB/s were the most in 30 days"),
    ];
    for (load, path, what) in others {
        if let (Some(Some(load)), Some(metrics)) = (load.known(), metrics) {
            steps.push(Step::new(&metrics.meta.key, path, format!("{load} {what}")));
        }
    }
    steps
}
