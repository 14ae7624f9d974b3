//! What miette draws of a finding: a message, and labels in one file.

use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents,
};

use crate::source::SourceFile;

#[derive(Debug)]
pub(super) struct Excerpt {
    message: String,
    /// Whether it belongs to the diagnostic before it.
    is_aside: bool,
    text: Option<Text>,
    labels: Vec<LabeledSpan>,
    pub(super) help: Option<String>,
}

impl Excerpt {
    pub(super) fn new(message: String) -> Self {
        Self { message, is_aside: false, text: None, labels: Vec::new(), help: None }
    }

    pub(super) fn aside(message: String) -> Self {
        Self { is_aside: true, ..Self::new(message) }
    }

    pub(super) fn draw(&mut self, file: &SourceFile, labels: Vec<LabeledSpan>) {
        self.text = Some(Text { name: file.name.clone(), text: file.text.clone() });
        self.labels = labels;
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Excerpt {}

impl Diagnostic for Excerpt {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.text.as_ref().map(|it| it as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = || Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>;
        (!self.labels.is_empty()).then(labels)
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|it| Box::new(it) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(if self.is_aside { Severity::Advice } else { Severity::Error })
    }
}

/// A file's text, read as miette documents it. Its own implementation for strings counts the lines of a span
/// from the beginning of the file, so that labels far apart are drawn with everything between them.
#[derive(Debug)]
struct Text {
    name: String,
    text: String,
}

impl SourceCode for Text {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.text.read_span(span, before, after)?;
        let lines = read.data().split(|it| *it == b'\n').count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            read.data(),
            *read.span(),
            read.line(),
            read.column(),
            lines,
        )))
    }
}
