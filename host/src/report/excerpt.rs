//! What miette draws of a finding: a message, labels in one file, and further files below.

use std::fmt;

use miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use crate::source::SourceFile;

#[derive(Debug)]
pub(super) struct Excerpt {
    pub(super) message: String,
    pub(super) text: Option<Text>,
    pub(super) labels: Vec<LabeledSpan>,
    pub(super) help: Option<String>,
    pub(super) related: Vec<Excerpt>,
}

impl Excerpt {
    pub(super) fn new(message: String) -> Self {
        Self { message, text: None, labels: Vec::new(), help: None, related: Vec::new() }
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

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let related =
            || Box::new(self.related.iter().map(|it| it as &dyn Diagnostic)) as Box<dyn Iterator<Item = _>>;
        (!self.related.is_empty()).then(related)
    }
}

/// A file's text, read as miette documents it. Its own implementation for strings counts the lines of a span
/// from the beginning of the file, so that labels far apart are drawn with everything between them.
#[derive(Debug)]
pub(super) struct Text {
    name: String,
    text: String,
}

impl Text {
    pub(super) fn new(file: &SourceFile) -> Self {
        Self { name: file.name.clone(), text: file.text.clone() }
    }
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
