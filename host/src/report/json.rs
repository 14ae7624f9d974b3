//! The report for machines: schemas/report.schema.json.

mod set_aside;

use archlint_schema::{Confidence, Key, Reason, Severity};
use serde::Serialize;

use super::console;
use super::escape::Page;
use super::failure::Failure;
use super::statistics::{RuleCount, counts};
use super::{NotCollected, Report};
use crate::definition::{BestPractice, Pillar};
use crate::facts::Step;
use crate::source::{Input, Origins, Place};
use crate::verdict::{BaselineEntry, Finding, OnUnknown, Subject, Undecided};

use set_aside::{JsonBaselined, JsonNotice, JsonSuppressed, baselined, notice, suppressed};

/// The version of the report's shape. Additions do not change it.
const VERSION: &str = "0.1";

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Document<'a> {
    version: &'static str,
    tool: Tool,
    inputs: &'a [Input],
    summary: Summary<'a>,
    findings: Vec<JsonFinding<'a>>,
    undecided: Vec<JsonUndecided<'a>>,
    /// Findings that somebody accepts.
    suppressed: Vec<JsonSuppressed<'a>>,
    /// Findings that the baseline has.
    baselined: Vec<JsonBaselined<'a>>,
    /// Entries of the baseline whose finding is gone.
    fixed: &'a [BaselineEntry],
    /// Suppressions that somebody should look at.
    notices: Vec<JsonNotice>,
    errors: Vec<Failure>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary<'a> {
    architectures: usize,
    resources: usize,
    rules: usize,
    findings: usize,
    undecided: usize,
    suppressed: usize,
    baselined: usize,
    fixed: usize,
    errors: usize,
    /// Counts of the rules that have any.
    by_rule: Vec<RuleCount<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_examined: Vec<String>,
    /// What a scan could not see; rules that need it are undecided.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_collected: &'a [NotCollected],
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonFinding<'a> {
    rule: &'a str,
    slug: &'a str,
    title: &'a str,
    severity: Severity,
    confidence: Confidence,
    pillar: Pillar,
    best_practices: &'a [BestPractice],
    message: &'a str,
    resource: JsonResource<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    /// The snapshot's path of the offending property (`subnets[1]`).
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location<'a>>,
    /// What makes it true, in order.
    evidence: Vec<JsonStep<'a>>,
    /// When it holds, in words, if not in the base scenario.
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<&'a str>,
    fingerprints: JsonFingerprints<'a>,
    help: &'a str,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonResource<'a> {
    r#type: &'a str,
    /// The logical id with its stack, the Terraform address, the ARN.
    address: &'a str,
    /// The physical id, where there is one already.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    /// The explicit physical name.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// Of a live resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<&'a str>,
    /// Its page in the AWS Management Console.
    #[serde(skip_serializing_if = "Option::is_none")]
    console: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonFingerprints<'a> {
    address: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonStep<'a> {
    resource: &'a str,
    /// What its author wrote as a resource of its own, where the step leads into such a part of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'a str>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location<'a>>,
}

/// Lines and columns count from 1, columns in characters; the end is one past the last.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Location<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct JsonUndecided<'a> {
    rule: &'a str,
    slug: &'a str,
    resource: JsonResource<'a>,
    reason: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    missing: &'a str,
    /// What would decide it, in a reader's words: `parameter Subnets`.
    wanted: String,
    /// What it means, by the settings.
    on_unknown: OnUnknown,
    #[serde(skip_serializing_if = "Option::is_none")]
    scenario: Option<&'a str>,
}

/// The report as one JSON document. It holds nothing that differs between two runs over the same input.
pub fn json(report: &Report) -> Page {
    let document = Document {
        version: VERSION,
        tool: Tool { name: "archlint", version: env!("CARGO_PKG_VERSION") },
        inputs: &report.inputs,
        summary: Summary {
            architectures: report.architectures,
            resources: report.resources,
            rules: report.definitions.len(),
            findings: report.findings.len(),
            undecided: report.undecided.len(),
            suppressed: report.suppressed.len(),
            baselined: report.baselined.len(),
            fixed: report.fixed.len(),
            errors: report.errors.len(),
            by_rule: counts(report),
            not_examined: report.not_examined.clone(),
            not_collected: &report.not_collected,
        },
        findings: report.findings.iter().map(|it| finding(report, it)).collect(),
        undecided: report.undecided.iter().map(|it| undecided(report, it)).collect(),
        suppressed: report.suppressed.iter().map(|it| suppressed(report, it)).collect(),
        baselined: report.baselined.iter().map(|it| baselined(report, it)).collect(),
        fixed: &report.fixed,
        notices: report.notices.iter().map(notice).collect(),
        errors: report.errors.iter().map(|it| Failure::of(it.as_ref())).collect(),
    };
    let mut text = serde_json::to_string_pretty(&document).expect("a report has only texts and numbers");
    text.push('\n');
    Page::json(&text)
}

fn finding<'a>(report: &'a Report, it: &'a Finding) -> JsonFinding<'a> {
    let definition = it.definition(&report.definitions);
    let origins = &report.context(it.scenario).origins;
    JsonFinding {
        rule: &it.rule,
        slug: &definition.slug,
        title: &definition.title,
        severity: it.severity,
        confidence: it.confidence,
        pillar: definition.pillar,
        best_practices: &definition.best_practices,
        message: &it.message,
        resource: resource(&it.resource),
        path: &it.path,
        location: origins.locate(&it.resource.key, &it.path).map(|place| location(origins, place)),
        evidence: it.evidence.iter().map(|it| step(origins, it)).collect(),
        scenario: it.when.as_deref(),
        fingerprints: JsonFingerprints {
            address: &it.fingerprints.address,
            role: it.fingerprints.role.as_deref(),
        },
        help: &definition.fix,
    }
}

fn resource(it: &Subject) -> JsonResource<'_> {
    let arn = console::arn(it);
    JsonResource {
        arn,
        console: arn.map(console::link),
        r#type: &it.kind,
        address: it.key.as_str(),
        id: it.id.as_deref(),
        name: it.name.as_deref(),
    }
}

fn step<'a>(origins: &'a Origins, it: &'a Step) -> JsonStep<'a> {
    JsonStep {
        resource: it.resource.as_str(),
        part: origins.part(&it.resource, &it.path).map(Key::as_str),
        message: &it.message,
        location: origins.locate(&it.resource, &it.path).map(|place| location(origins, place)),
    }
}

fn location(origins: &Origins, place: Place) -> Location<'_> {
    Location {
        file: &origins.file(&place).name,
        line: place.start.line,
        column: place.start.column,
        end_line: place.end.line,
        end_column: place.end.column,
    }
}

fn undecided<'a>(report: &'a Report, it: &'a Undecided) -> JsonUndecided<'a> {
    JsonUndecided {
        rule: &it.rule,
        slug: report.definitions.get(&it.rule).map_or("", |it| &it.slug),
        resource: resource(&it.resource),
        reason: it.reason.reason,
        detail: it.reason.detail.as_deref(),
        missing: &it.missing,
        wanted: super::wanted(&it.reason),
        on_unknown: it.on_unknown,
        scenario: it.when.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/report.schema.json");

    #[test]
    fn the_schema_is_fresh() {
        let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
        let mut schema = settings.into_generator().into_root_schema_for::<Document<'_>>();
        schema.insert("title".to_owned(), "What `archlint check --format json` prints".into());
        // Compared as values: the order of keys depends on features that other crates enable.
        let written = std::fs::read_to_string(SCHEMA).ok();
        let written = written.and_then(|it| serde_json::from_str::<serde_json::Value>(&it).ok());
        let stale = written.as_ref() != Some(schema.as_value());
        if stale && std::env::var_os("BLESS").is_some() {
            std::fs::write(SCHEMA, serde_json::to_string_pretty(&schema).unwrap() + "\n").unwrap();
            panic!("rewrote {SCHEMA}");
        }
        assert!(!stale, "{SCHEMA} is not what the types say; `cargo xtask bless` rewrites it");
    }
}
