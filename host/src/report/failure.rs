//! What could not be read or run, for readers other than people at a terminal.

use miette::{Diagnostic, SourceCode, SourceSpan};
use serde::Serialize;

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Failure {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
    pub(super) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) help: Option<String>,
    /// Where it shows, the first place first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) locations: Vec<FailureLocation>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FailureLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file: Option<String>,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Failure {
    pub(super) fn of(it: &dyn Diagnostic) -> Self {
        let labels = it.labels().into_iter().flatten();
        let locations = labels.filter_map(|label| FailureLocation::of(it.source_code()?, label.inner()));
        Self {
            code: it.code().map(|it| it.to_string()),
            message: it.to_string(),
            help: it.help().map(|it| it.to_string()),
            locations: locations.collect(),
        }
    }

    /// What is wrong, and what to do about it.
    pub(super) fn text(&self) -> String {
        [Some(&self.message), self.help.as_ref()]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join("\n\n")
    }
}

impl FailureLocation {
    fn of(text: &dyn SourceCode, at: &SourceSpan) -> Option<Self> {
        let contents = text.read_span(at, 0, 0).ok()?;
        Some(Self {
            file: contents.name().map(str::to_owned),
            line: contents.line() + 1,
            column: contents.column() + 1,
        })
    }
}
