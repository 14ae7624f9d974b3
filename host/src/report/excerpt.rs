//! What is drawn of a finding or an error: a message, and labels in one file, each line of it cut around them.

mod cut;

use std::error::Error;
use std::fmt;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use super::escape::{line, lines};
use crate::source::{Lines, SourceFile};
use cut::{Cut, Line};

/// How many lines are shown around one that has a label.
pub(super) const CONTEXT: usize = 1;

/// A diagnostic as it is drawn: everything in it is fit to be printed.
#[derive(Debug)]
pub(super) struct Excerpt {
    message: String,
    code: Option<String>,
    severity: Option<Severity>,
    cut: Option<Cut>,
    pub(super) help: Option<String>,
    url: Option<String>,
    cause: Option<Box<Cause>>,
    related: Vec<Excerpt>,
}

impl Excerpt {
    pub(super) fn new(message: &str) -> Self {
        Self {
            message: lines(message).into_owned(),
            code: None,
            severity: Some(Severity::Error),
            cut: None,
            help: None,
            url: None,
            cause: None,
            related: Vec::new(),
        }
    }

    /// One that belongs to the diagnostic before it.
    pub(super) fn aside(message: &str) -> Self {
        Self { severity: Some(Severity::Advice), ..Self::new(message) }
    }

    /// Any diagnostic.
    pub(super) fn of(it: &dyn Diagnostic) -> Self {
        let shown = |text: String| lines(&text).into_owned();
        Self {
            code: it.code().map(|code| shown(code.to_string())),
            severity: it.severity(),
            cut: it.source_code().and_then(|text| foreign(text, it)),
            help: it.help().map(|help| shown(help.to_string())),
            url: it.url().map(|url| shown(url.to_string())),
            cause: it.source().map(|cause| Box::new(Cause::of(cause))),
            related: it.related().into_iter().flatten().map(Self::of).collect(),
            ..Self::new(&it.to_string())
        }
    }

    /// What it says, for where it cannot be drawn.
    pub(super) fn words(&self) -> String {
        let help = self.help.as_ref().map(|help| format!("  help: {help}\n")).unwrap_or_default();
        let place =
            self.cut.as_ref().and_then(Cut::place).map(|place| format!(" ({place})")).unwrap_or_default();
        format!("{}{place}\n{help}", self.message)
    }

    /// Adds the places of a file that are labelled.
    pub(super) fn draw(&mut self, file: &SourceFile, places: &Lines, labels: &[LabeledSpan]) {
        let mut shown = Vec::new();
        for label in labels {
            let (start, end) = (label.offset(), label.offset() + label.len());
            let last = places.line(end.saturating_sub(1).max(start)) + CONTEXT;
            for number in places.line(start).saturating_sub(CONTEXT)..=last {
                let bytes = places.range(&file.text, number);
                // The empty line behind the end of the text is none.
                if bytes.start < file.text.len() {
                    shown.push(Line { number, start: bytes.start, text: file.text[bytes].into() });
                }
            }
        }
        self.cut = Some(Cut::new(&line(&file.name), shown, labels));
    }
}

/// The labelled lines of a text that only tells what stands around a place.
fn foreign(text: &dyn SourceCode, it: &dyn Diagnostic) -> Option<Cut> {
    let labels: Vec<LabeledSpan> = it.labels()?.collect();
    let (mut name, mut shown) = (String::new(), Vec::new());
    for label in &labels {
        // A place outside the text is not drawn; the words still stand.
        let contents = text.read_span(label.inner(), CONTEXT, CONTEXT).ok()?;
        contents.name().unwrap_or_default().clone_into(&mut name);
        let mut start = contents.span().offset();
        for (at, bytes) in contents.data().split_inclusive(|byte| *byte == b'\n').enumerate() {
            let text = String::from_utf8_lossy(bytes);
            let text = text.trim_end_matches(['\r', '\n']).to_owned();
            shown.push(Line { number: contents.line() + at, start, text: text.into() });
            start += bytes.len();
        }
    }
    (!shown.is_empty()).then(|| Cut::new(&line(&name), shown, &labels))
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Excerpt {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl Diagnostic for Excerpt {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.code.as_ref().map(|code| Box::new(code) as _)
    }

    fn severity(&self) -> Option<Severity> {
        self.severity
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn url(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.url.as_ref().map(|url| Box::new(url) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.cut.as_ref().map(|cut| cut as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.cut.as_ref().map(|cut| Box::new(cut.labels().iter().cloned()) as _)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let related = || Box::new(self.related.iter().map(|it| it as &dyn Diagnostic)) as _;
        (!self.related.is_empty()).then(related)
    }
}

/// Why, in words.
#[derive(Debug)]
struct Cause {
    message: String,
    cause: Option<Box<Cause>>,
}

impl Cause {
    fn of(it: &dyn Error) -> Self {
        let message = lines(&it.to_string()).into_owned();
        Self { message, cause: it.source().map(|cause| Box::new(Self::of(cause))) }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
