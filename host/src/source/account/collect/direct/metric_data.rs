//! What CloudWatch has recorded of metrics.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::error::CallError;
use super::pager::Pager;
use super::protocol::{Argument, Arguments};
use super::table::{CLOUDWATCH, Pages, Step};
use super::{Direct, lacks};
use crate::source::account::item::field;

/// What one request may ask for, and what one reply may hold.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
const MOST_QUERIES: usize = 500;
const MOST_POINTS: u32 = 100_800;

const METRIC_DATA: Step = Step {
    pages: Pages { tokens: &[("NextToken", "NextToken")], size: None, alone: false },
    at: "MetricDataResults",
    ..Step::plain("GetMetricData")
};

/// One statistic of one metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MetricQuery {
    pub(crate) namespace: &'static str,
    pub(crate) metric: &'static str,
    pub(crate) dimensions: Vec<(&'static str, String)>,
    pub(crate) statistic: &'static str,
}

/// From when to when, and how many seconds each value is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) period: u32,
}

impl Span {
    /// How many metrics one request asks for: as many as fit into one reply, so that none is worked at for long.
    fn queries(self) -> usize {
        let points = (self.end.saturating_sub(self.start) / self.period.max(1)).max(1);
        usize::try_from(MOST_POINTS / points).map_or(MOST_QUERIES, |queries| queries.clamp(1, MOST_QUERIES))
    }
}

/// Values by the second that their periods begin at; of a period in which nothing was recorded there is none.
pub(crate) type Points = BTreeMap<i64, f64>;

impl Direct {
    /// The values of each metric, in the order of the queries.
    pub(crate) async fn metric_data(
        &self,
        region: &str,
        queries: &[MetricQuery],
        span: Span,
    ) -> Result<Vec<Points>, CallError> {
        let mut all = Vec::new();
        for queries in queries.chunks(span.queries()) {
            let arguments = arguments(queries, span);
            let results =
                Pager::new(&self.client, &CLOUDWATCH, region, &METRIC_DATA, arguments).all().await?;
            let mut points = vec![Points::new(); queries.len()];
            for result in &results {
                let (at, found) = read(result, queries.len())
                    .ok_or_else(|| lacks(&METRIC_DATA, &CLOUDWATCH, "Id, Timestamps or Values that fit"))?;
                points[at].extend(found);
            }
            all.append(&mut points);
        }
        Ok(all)
    }
}

fn arguments(queries: &[MetricQuery], span: Span) -> Arguments {
    let query = |(at, it): (usize, &MetricQuery)| {
        let dimension = |(name, value): &(&str, String)| json!({ "Name": name, "Value": value });
        let dimensions: Vec<Json> = it.dimensions.iter().map(dimension).collect();
        json!({
            "Id": format!("m{at}"),
            "MetricStat": {
                "Metric": { "Namespace": it.namespace, "MetricName": it.metric, "Dimensions": dimensions },
                "Period": span.period,
                "Stat": it.statistic,
            },
        })
    };
    let queries: Vec<Json> = queries.iter().enumerate().map(query).collect();
    vec![
        ("MetricDataQueries", Argument::Document(Json::from(queries).to_string())),
        ("StartTime", Argument::Number(span.start)),
        ("EndTime", Argument::Number(span.end)),
    ]
}

/// Which query a result is of, and its values. What CloudWatch failed at has none.
fn read(result: &Json, queries: usize) -> Option<(usize, Points)> {
    let at: usize = field(result, "Id")?.as_str()?.strip_prefix('m')?.parse().ok()?;
    let is_failed = |it: &Json| matches!(it.as_str(), Some("InternalError" | "Forbidden"));
    if field(result, "StatusCode").is_some_and(is_failed) {
        return (at < queries).then(|| (at, Points::new()));
    }
    let list = |name: &str| field(result, name).map_or(Some(&[][..]), |it| it.as_array().map(Vec::as_slice));
    let (times, values) = (list("Timestamps")?, list("Values")?);
    let points = times.iter().zip(values).map(|(time, value)| Some((seconds(time)?, value.as_f64()?)));
    let points: Points = points.collect::<Option<_>>()?;
    (at < queries && times.len() == values.len()).then_some((at, points))
}

/// A number of seconds since 1970, as AWS writes times in JSON; others write them as texts.
fn seconds(time: &Json) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "periods begin at whole seconds")]
    let number = time.as_f64().map(|it| it as i64);
    number.or_else(|| Some(time.as_str()?.parse::<jiff::Timestamp>().ok()?.as_second()))
}
