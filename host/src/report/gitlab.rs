//! GitLab's Code Quality report: a JSON array, one entry per finding.

use archlint_schema::Severity;
use serde::Serialize;

use super::{Page, Report, Repository};
use crate::verdict::{Finding, digest};

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// What GitLab shows beside a merge request. The format has no place for what is undecided or failed; the exit
/// code tells of the latter.
pub fn gitlab(report: &Report, repository: &Repository) -> Page {
    let entries: Vec<Entry<'_>> = report.findings.iter().map(|it| entry(report, it, repository)).collect();
    let mut text = serde_json::to_string_pretty(&entries).expect("a report has only texts and numbers");
    text.push('\n');
    Page::json(&text)
}

fn entry<'a>(report: &Report, it: &'a Finding, repository: &Repository) -> Entry<'a> {
    let location = report.location(it.scenario, &it.resource.key, &it.path, repository);
    let when = it.when.as_ref().map(|it| format!(" (only when {it})")).unwrap_or_default();
    Entry {
        description: format!("{}{when}", it.message),
        check_name: &it.rule,
        // GitLab drops entries whose fingerprint it has seen, and stacks of two files may have the same name.
        fingerprint: digest(&["gitlab", &location.file, &it.fingerprints.address]),
        severity: match it.severity {
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        location: Location { lines: Lines { begin: location.line() }, path: location.file },
    }
}
