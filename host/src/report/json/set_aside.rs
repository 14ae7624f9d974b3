//! What is told beside the findings that count: those that somebody accepts, those that were there before, and
//! suppressions that somebody should look at.

use serde::Serialize;

use super::{JsonFinding, Location, finding, location};
use crate::report::Report;
use crate::report::failure::Failure;
use crate::verdict::{BaselinedFinding, Notice, SuppressedFinding, SuppressionOrigin};

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct JsonSuppressed<'a> {
    #[serde(flatten)]
    finding: JsonFinding<'a>,
    suppression: JsonSuppression<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonSuppression<'a> {
    reason: &'a str,
    /// The last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    origin: JsonSuppressionOrigin,
    /// Where it stands, if that is in a source.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum JsonSuppressionOrigin {
    InSource,
    Settings,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct JsonBaselined<'a> {
    #[serde(flatten)]
    finding: JsonFinding<'a>,
    first_seen: String,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct JsonNotice {
    /// Whether it makes the exit code 1.
    gates: bool,
    #[serde(flatten)]
    told: Failure,
}

pub(super) fn suppressed<'a>(report: &'a Report, it: &'a SuppressedFinding) -> JsonSuppressed<'a> {
    let origins = &report.context(it.finding.scenario).origins;
    let suppression = &it.suppression;
    let (origin, place) = match suppression.origin {
        SuppressionOrigin::InSource(place) => (JsonSuppressionOrigin::InSource, place),
        SuppressionOrigin::Settings => (JsonSuppressionOrigin::Settings, None),
    };
    JsonSuppressed {
        finding: finding(report, &it.finding),
        suppression: JsonSuppression {
            reason: &suppression.reason,
            until: suppression.until.map(|it| it.to_string()),
            owner: suppression.owner.as_deref(),
            origin,
            location: place.map(|place| location(origins, place)),
        },
    }
}

pub(super) fn baselined<'a>(report: &'a Report, it: &'a BaselinedFinding) -> JsonBaselined<'a> {
    JsonBaselined { finding: finding(report, &it.finding), first_seen: it.first_seen.to_string() }
}

pub(super) fn notice(it: &Notice) -> JsonNotice {
    JsonNotice { gates: it.gates(), told: Failure::of(it) }
}
