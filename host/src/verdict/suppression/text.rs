//! A file as diagnostics show it, shared by all that point into it.

use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::source::Lines;

/// A text with a name, whose lines are counted once: thousands of diagnostics may show a few lines of it each.
#[derive(Debug, Clone)]
pub struct Text(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    name: String,
    text: String,
    lines: Lines,
}

impl Text {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let lines = Lines::new(text);
        Self(Arc::new(Counted { name: name.to_owned(), text: text.to_owned(), lines }))
    }

    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }
}

impl SourceCode for Text {
    /// What miette would read of the whole text, read of the lines around the span.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let Counted { name, text, lines } = &*self.0;
        let Some(rest) = text.len().checked_sub(span.offset()) else { return Err(MietteError::OutOfBounds) };
        let end = span.offset() + span.len().min(rest);
        // One line more, as what comes before the first line that is shown has a say in where that begins.
        let first = lines.line(span.offset()).saturating_sub(before + 1);
        let last = lines.line(end) + after;
        let start = lines.range(text, first).start;
        let around = &text[start..lines.range(text, last + 1).start];
        let within = SourceSpan::from((span.offset() - start, span.len()));
        let read = around.read_span(&within, before, after)?;
        let shown = SourceSpan::from((read.span().offset() + start, read.span().len()));
        let contents = MietteSpanContents::new_named(
            name.clone(),
            read.data(),
            shown,
            read.line() + first,
            read.column(),
            read.line_count(),
        );
        Ok(Box::new(contents))
    }
}

#[cfg(test)]
mod tests {
    use miette::NamedSource;

    use super::*;

    #[test]
    fn it_reads_what_miette_reads() {
        let text = "one\ntwo\n\nfour\nfive is longer\nsix\n";
        let own = Text::new("t.yaml", text);
        let other = NamedSource::new("t.yaml", text);
        for (offset, length) in (0..text.len()).flat_map(|at| [0, 1, 5].map(|length| (at, length))) {
            for context in [0, 1, 2] {
                let span = SourceSpan::from((offset, length));
                let read = |it: &dyn SourceCode| {
                    let contents = it.read_span(&span, context, context).ok()?;
                    let data = String::from_utf8(contents.data().to_vec()).unwrap();
                    let place = (contents.line(), contents.column(), contents.name().map(str::to_owned));
                    Some((data, *contents.span(), place))
                };
                assert_eq!(read(&own), read(&other), "{offset} {length} {context}");
            }
        }
    }
}
