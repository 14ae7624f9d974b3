//! Plain text that several formats show of a finding.

use std::fmt::Write;

use super::{Report, Repository};
use crate::definition::Definition;
use crate::verdict::Finding;

/// What a finding's message leaves open: when it holds, what makes it true and where that stands, and what to
/// change.
pub(super) fn explanation(report: &Report, it: &Finding, repository: &Repository) -> String {
    let mut text = String::new();
    if let Some(when) = &it.when {
        writeln!(text, "only when {when}").expect("a String takes everything");
    }
    for (at, step) in it.evidence.iter().enumerate() {
        let location = report.location(it.scenario, &step.resource, &step.path, repository);
        writeln!(text, "{}. {} ({location})", at + 1, step.message).expect("a String takes everything");
    }
    write!(text, "\n{}", fix(it.definition(&report.definitions))).expect("a String takes everything");
    text
}

/// What to change, in one paragraph and on one line.
pub(super) fn fix(definition: &Definition) -> String {
    first_paragraph(&definition.fix)
}

pub(super) fn first_paragraph(text: &str) -> String {
    text.split("\n\n").next().unwrap_or_default().replace('\n', " ")
}

/// A rule's two names.
pub(super) fn rule(definition: &Definition) -> String {
    format!("{} {}", definition.code, definition.slug)
}
