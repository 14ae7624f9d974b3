//! How busy buckets and streams are, as CloudWatch has recorded.
//!
//! Of a bucket it records nothing unless somebody pays for request metrics; of those, `5xxErrors` stands for 503 Slow
//! Down, which has no metric of its own.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html>
//! <https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html>

mod statistics;

use std::collections::BTreeMap;

use archlint_schema::{Bucket, BucketMetrics, Resource, Stream, StreamMetrics};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::super::direct::{MetricQuery, Points, Span};
use super::super::question::Account;
use super::super::{ScanOptions, Watch};
use super::{Observation, Observed, Where, item};
use crate::key_population::SlowDowns;
use crate::source::account::item::{Item, field};
use statistics::{percentile, rates, sum};

pub(super) const ACTION: &str = "cloudwatch:GetMetricData";
const DAYS: u32 = 14;
/// For the peak of a stream: of more than 15 days CloudWatch has no minutes any more.
const DAYS_OF_PEAK: u32 = 30;
const DAY: u32 = 24 * 3600;
const MINUTE: u32 = 60;
const FIVE_MINUTES: u32 = 300;
/// More values than these, 30 MB or so, are not fetched: five minutes are taken together then.
const MOST_POINTS: usize = 2_000_000;
/// USD for a metric that is asked for, in the regions where it is cheapest: 0.01 for 1,000.
/// <https://aws.amazon.com/cloudwatch/pricing/>
const PRICE: f64 = 0.000_01;

const MEGABYTE: f64 = 1e6;
const HOUR_IN_MILLISECONDS: f64 = 3_600_000.0;

const OF_BUCKETS: [(&str, &str); 7] = [
    ("PutRequests", "Sum"),
    ("PostRequests", "Sum"),
    ("DeleteRequests", "Sum"),
    ("GetRequests", "Sum"),
    ("HeadRequests", "Sum"),
    ("5xxErrors", "Sum"),
    ("AllRequests", "Sum"),
];
const OF_STREAMS: [(&str, &str); 5] = [
    ("IncomingBytes", "Sum"),
    ("IncomingRecords", "Sum"),
    ("WriteProvisionedThroughputExceeded", "Sum"),
    ("GetRecords.Bytes", "Sum"),
    ("GetRecords.IteratorAgeMilliseconds", "Maximum"),
];

/// What is asked of CloudWatch in a region.
pub(in super::super) struct Metrics {
    targets: Vec<Target>,
}

#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// The requests that a metrics configuration of a bucket counts.
    Requests {
        bucket: String,
        filter: String,
        prefix: String,
    },
    Stream(String),
}

/// One for each region that has something to ask for.
pub(super) fn observations(
    found: &BTreeMap<Where, Vec<&Item>>,
    options: &ScanOptions,
) -> Vec<(Where, Observation)> {
    let is_asked = |kind: &str| options.kinds.contains(kind);
    let mut all = Vec::new();
    for (place, items) in found {
        let of = |item: &&Item| match item.kind.as_str() {
            Bucket::KIND if is_asked(BucketMetrics::KIND) => requests(item),
            Stream::KIND if is_asked(StreamMetrics::KIND) => {
                vec![Target::Stream(item.name.as_ref().unwrap_or(&item.id).clone())]
            }
            _ => Vec::new(),
        };
        let targets: Vec<Target> = items.iter().flat_map(of).collect();
        if !targets.is_empty() {
            all.push((place.clone(), Observation::Metrics(Metrics { targets })));
        }
    }
    all
}

/// The configurations that count all requests, or all below a prefix. Those that select by tags or access points
/// count some of the requests for some of the keys.
fn requests(bucket: &Item) -> Vec<Target> {
    let configurations = bucket.property("MetricsConfigurations").and_then(Json::as_array);
    let target = |it: &Json| {
        let prefix = match field(it, "Filter").and_then(Json::as_object) {
            None => "",
            Some(filter) if filter.is_empty() => "",
            Some(filter) if filter.len() == 1 => filter.get("Prefix")?.as_str()?,
            Some(_) => return None,
        };
        let filter = field(it, "Id")?.as_str()?.to_owned();
        Some(Target::Requests { bucket: bucket.id.clone(), filter, prefix: prefix.to_owned() })
    };
    configurations.into_iter().flatten().filter_map(target).collect()
}

impl Metrics {
    /// Tells what it costs, and how fine it is.
    pub(super) fn tell(&self, region: &str, watch: &dyn Watch) {
        let metrics = self.queries().len() + self.peak_queries().len();
        #[expect(clippy::cast_precision_loss, reason = "numbers of metrics are small")]
        let dollars = metrics as f64 * PRICE;
        let period = if self.period() == MINUTE {
            String::new()
        } else {
            "; of five minutes each, because they are many: what is busier for a minute does not show"
                .to_owned()
        };
        let days = if self.peak_queries().is_empty() {
            DAYS.to_string()
        } else {
            format!("{DAYS} to {DAYS_OF_PEAK}")
        };
        watch.note(&format!("{region}: {metrics} metrics of {days} days, {dollars:.4} USD{period}"));
    }

    fn period(&self) -> u32 {
        let minutes = (DAYS * 24 * 60) as usize;
        if self.queries().len() * minutes > MOST_POINTS { FIVE_MINUTES } else { MINUTE }
    }

    fn queries(&self) -> Vec<MetricQuery> {
        self.targets.iter().flat_map(Target::queries).collect()
    }

    /// What a stream takes in, once for each stream.
    fn peak_queries(&self) -> Vec<MetricQuery> {
        let streams = self.targets.iter().filter(|it| matches!(it, Target::Stream(_)));
        streams.filter_map(|it| it.queries().into_iter().next()).collect()
    }

    pub(super) async fn ask(&self, account: &Account, region: &str) -> Observed {
        let now = Timestamp::now();
        let (recent, month) = (span(now, DAYS, self.period()), span(now, DAYS_OF_PEAK, FIVE_MINUTES));
        let recorded = match account.direct.metric_data(region, &self.queries(), recent).await {
            Ok(points) => points,
            Err(error) => return self.without(&error),
        };
        // What fails now costs the peaks, which are then unknown, and nothing that is known already.
        let peaks = account.direct.metric_data(region, &self.peak_queries(), month).await.unwrap_or_default();
        let (mut recorded, mut peaks) = (recorded.as_slice(), peaks.into_iter());
        let mut items = Vec::new();
        for target in &self.targets {
            let (own, others) = recorded.split_at(target.metrics().len());
            recorded = others;
            let told = match target {
                Target::Requests { bucket, prefix, .. } => of_bucket(bucket, prefix, own, recent.period),
                Target::Stream(name) => {
                    of_stream(name, own, recent.period, &peaks.next().unwrap_or_default())
                }
            };
            items.extend(told.map(|it| item(target.kind(), target.id(), account, region, it)));
        }
        Observed { items, ..Observed::default() }
    }

    fn without(&self, why: &impl ToString) -> Observed {
        let mut observed = Observed::default();
        for kind in [BucketMetrics::KIND, StreamMetrics::KIND] {
            if self.targets.iter().any(|it| it.kind() == kind) {
                observed.not_collected.extend(Observed::without(kind, "GetMetricData", why).not_collected);
            }
        }
        observed
    }
}

impl Target {
    fn kind(&self) -> &'static str {
        match self {
            Self::Requests { .. } => BucketMetrics::KIND,
            Self::Stream(_) => StreamMetrics::KIND,
        }
    }

    fn id(&self) -> String {
        match self {
            Self::Requests { bucket, filter, .. } => format!("{bucket}/{filter}"),
            Self::Stream(name) => name.clone(),
        }
    }

    fn metrics(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Requests { .. } => &OF_BUCKETS,
            Self::Stream(_) => &OF_STREAMS,
        }
    }

    fn queries(&self) -> Vec<MetricQuery> {
        let (namespace, dimensions) = match self {
            Self::Requests { bucket, filter, .. } => {
                ("AWS/S3", vec![("BucketName", bucket.clone()), ("FilterId", filter.clone())])
            }
            Self::Stream(name) => ("AWS/Kinesis", vec![("StreamName", name.clone())]),
        };
        let query = |(metric, statistic): &(&'static str, &'static str)| MetricQuery {
            namespace,
            metric,
            dimensions: dimensions.clone(),
            statistic,
        };
        self.metrics().iter().map(query).collect()
    }
}

/// The days before now, up to the last five minutes that are over.
fn span(now: Timestamp, days: u32, period: u32) -> Span {
    let now = u32::try_from(now.as_second()).unwrap_or(u32::MAX);
    let end = now - now % FIVE_MINUTES;
    Span { start: end.saturating_sub(days * DAY), end, period }
}

/// What the values of a metrics configuration say, as the configuration of an item; nothing where there are none. What
/// only lacks some of them lacks the fields that they would tell.
fn of_bucket(bucket: &str, prefix: &str, points: &[Points], period: u32) -> Option<Json> {
    let [put, post, delete, get, head, errors, all] = points else { return None };
    if points.iter().all(BTreeMap::is_empty) {
        return None;
    }
    let (writes, reads) = (rates(&[put, post, delete], period), rates(&[get, head], period));
    let mut slow_downs = SlowDowns::default();
    for (second, count) in errors {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count is a whole number"
        )]
        slow_downs.add(second * 1000, *count as u64);
    }
    Some(json!({
        "bucket": bucket,
        "prefix": prefix,
        "writes_p99": percentile(&writes, 99),
        "writes_p50": percentile(&writes, 50),
        "reads_p99": percentile(&reads, 99),
        "reads_p50": percentile(&reads, 50),
        "slow_down_share": share(sum(errors), sum(all)),
        "slow_down_at_start": slow_downs.at_start(),
    }))
}

/// The same of a stream; `month` is what it took in, by five minutes.
fn of_stream(name: &str, points: &[Points], period: u32, month: &Points) -> Option<Json> {
    let [bytes, records, refused, read, age] = points else { return None };
    if points.iter().all(BTreeMap::is_empty) {
        return None;
    }
    let p99 = |points: &Points, unit: f64| percentile(&rates(&[points], period), 99).map(|it| it / unit);
    // Without the month the most of these days is not the most of the month.
    let peaks = rates(&[month], FIVE_MINUTES).into_iter().chain(rates(&[bytes], period));
    let peak = peaks.max_by(f64::total_cmp).filter(|_| !month.is_empty());
    // What was refused is not among the records that came in.
    let tried = sum(refused).zip(sum(records)).map(|(refused, taken)| refused + taken);
    let ages: Vec<f64> = age.values().map(|it| it / HOUR_IN_MILLISECONDS).collect();
    Some(json!({
        "stream": name,
        "in_mbps_p99": p99(bytes, MEGABYTE),
        "in_rps_p99": p99(records, 1.0),
        "shared_out_mbps_p99": p99(read, MEGABYTE),
        "throttled_share": share(sum(refused), tried),
        "iterator_age_hours_p99": percentile(&ages, 99),
        "in_mbps_peak": peak.map(|it| it / MEGABYTE),
    }))
}

/// A part of a whole; none of nothing.
fn share(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    let whole = whole.filter(|it| *it > 0.0)?;
    Some((part? / whole).min(1.0))
}

#[cfg(test)]
mod tests;
