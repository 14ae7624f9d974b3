//! The lines of a file that an excerpt shows, those that are long cut around their labels.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::report::escape::{lines, shown};

/// A line of more characters is cut.
const WIDTH: usize = 160;

/// How much of a long line is shown before a label, of what is labelled, and behind it, in characters.
const AROUND: usize = 24;
const LABELLED: usize = 48;

/// What is labelled over more lines is drawn in its first one only.
const LINES: usize = 40;

/// What stands for a part of a line that is left out.
const LEFT_OUT: char = '…';

/// A line of the file, without what ends it.
pub(super) struct Line<'a> {
    /// Counted from 0.
    pub(super) number: usize,
    /// Where it begins in the file, in bytes.
    pub(super) start: usize,
    pub(super) text: Cow<'a, str>,
}

/// A text of the lines that are shown, which calls them by their numbers in the file, and columns by theirs.
#[derive(Debug)]
pub(super) struct Cut {
    name: String,
    text: String,
    lines: Vec<CutLine>,
    labels: Vec<LabeledSpan>,
}

#[derive(Debug)]
struct CutLine {
    number: usize,
    /// Where it begins in the file.
    start: usize,
    /// Where it begins in the text that is shown.
    shown: usize,
    /// For each character that is shown: where it begins in the file's line, in bytes and in characters, and where
    /// in the text that is shown.
    characters: Vec<(usize, usize, usize)>,
    /// The end of the line in the text that is shown.
    end: usize,
}

impl Cut {
    pub(super) fn new(name: &str, shown: Vec<Line<'_>>, labels: &[LabeledSpan]) -> Self {
        let by_number: BTreeMap<usize, Line<'_>> = shown.into_iter().map(|it| (it.number, it)).collect();
        let spans: Vec<Range<usize>> = labels.iter().map(|it| it.offset()..it.offset() + it.len()).collect();
        let mut cut =
            Self { name: name.to_owned(), text: String::new(), lines: Vec::new(), labels: Vec::new() };
        for line in by_number.into_values() {
            let end = line.start + line.text.len();
            // A label of many lines is held by the one in which it begins.
            let is_its = |it: &&Range<usize>| it.start >= line.start && it.start <= end;
            let own = spans.iter().filter(is_its);
            let own = own.map(|it| it.start - line.start..it.end.min(end) - line.start).collect::<Vec<_>>();
            cut.push(&line, &own);
        }
        cut.labels = labels.iter().zip(spans).map(|(label, span)| cut.label(label, span)).collect();
        cut
    }

    pub(super) fn labels(&self) -> &[LabeledSpan] {
        &self.labels
    }

    /// The first label's place: `file:line:column`.
    pub(super) fn place(&self) -> Option<String> {
        let offset = self.labels.first()?.offset();
        let line = self.lines.get(self.position_of(|line| line.shown <= offset))?;
        Some(format!("{}:{}:{}", self.name, line.number + 1, line.column(offset) + 1))
    }

    fn push(&mut self, line: &Line<'_>, labels: &[Range<usize>]) {
        let begins = self.text.len();
        let mut characters = Vec::new();
        let kept = kept(&line.text, labels);
        let mut kept = kept.iter().peekable();
        let mut is_left_out = false;
        for (column, (at, character)) in line.text.char_indices().enumerate() {
            while kept.next_if(|it| it.end <= column).is_some() {}
            if kept.peek().is_some_and(|it| it.contains(&column)) {
                is_left_out = false;
                characters.push((at, column, self.text.len()));
                if character == '\t' {
                    self.text.push('\t');
                } else {
                    self.text.extend(shown(character));
                }
            } else if !is_left_out {
                is_left_out = true;
                self.text.push(LEFT_OUT);
            }
        }
        let end = self.text.len();
        self.text.push('\n');
        self.lines.push(CutLine { number: line.number, start: line.start, shown: begins, characters, end });
    }

    fn label(&self, label: &LabeledSpan, span: Range<usize>) -> LabeledSpan {
        let first = self.line_of(|line| line.start <= span.start);
        let last = self.line_of(|line| line.start <= span.end.saturating_sub(1).max(span.start));
        let start = first.at(span.start);
        let end = if last.number - first.number < LINES { last.at(span.end) } else { first.end };
        let text = label.label().map(|text| lines(text).into_owned());
        let span = SourceSpan::from((start, end.saturating_sub(start)));
        if label.primary() {
            LabeledSpan::new_primary_with_span(text, span)
        } else {
            LabeledSpan::new_with_span(text, span)
        }
    }

    /// The last line for which something holds.
    fn line_of(&self, holds: impl Fn(&CutLine) -> bool) -> &CutLine {
        &self.lines[self.position_of(holds)]
    }

    fn position_of(&self, holds: impl Fn(&CutLine) -> bool) -> usize {
        self.lines.partition_point(holds).saturating_sub(1)
    }
}

impl CutLine {
    /// Where a byte of the file is in the text that is shown, or what is shown next.
    fn at(&self, offset: usize) -> usize {
        let at = offset.saturating_sub(self.start);
        let next = self.characters.partition_point(|it| it.0 < at);
        // Behind what is kept is what was left out, which is not labelled.
        match (self.characters.get(next), next.checked_sub(1).and_then(|it| self.characters.get(it))) {
            (Some(it), _) if it.0 == at => it.2,
            (_, Some(before)) if at > before.0 => self.behind(before),
            (Some(it), _) => it.2,
            (None, _) => self.end,
        }
    }

    /// Where a character that is shown ends: where the next begins, or what is left out.
    fn behind(&self, character: &(usize, usize, usize)) -> usize {
        let next = self.characters.partition_point(|it| it.0 <= character.0);
        match self.characters.get(next) {
            Some(it) if it.1 == character.1 + 1 => it.2,
            Some(it) => it.2 - LEFT_OUT.len_utf8(),
            None => self.end,
        }
    }

    /// The column in the file, counted from 0 in characters.
    fn column(&self, offset: usize) -> usize {
        let next = self.characters.partition_point(|it| it.2 < offset);
        let behind = || self.characters.last().map_or(0, |it| it.1 + 1);
        self.characters.get(next).map_or_else(behind, |it| it.1)
    }
}

/// The columns of a line that are shown, by what is labelled in it, in order.
fn kept(text: &str, labels: &[Range<usize>]) -> Vec<Range<usize>> {
    let whole = 0..usize::MAX;
    if text.len() <= WIDTH || text.chars().count() <= WIDTH {
        return vec![whole];
    }
    let column = |at: usize| text.char_indices().take_while(|it| it.0 < at).count();
    let mut around: Vec<Range<usize>> = labels
        .iter()
        .map(|label| {
            let (start, end) = (column(label.start), column(label.end));
            start.saturating_sub(AROUND)..end.min(start + LABELLED) + AROUND
        })
        .collect();
    if around.is_empty() {
        around.push(0..WIDTH);
    }
    around.sort_by_key(|it| it.start);
    let mut kept: Vec<Range<usize>> = Vec::new();
    for it in around {
        match kept.last_mut() {
            Some(last) if last.end >= it.start => last.end = last.end.max(it.end),
            _ => kept.push(it),
        }
    }
    kept
}

impl SourceCode for Cut {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let own = self.position_of(|line| line.shown <= start);
        let own_end = self.position_of(|line| line.shown <= end.saturating_sub(1).max(start));
        let is_next = |at: usize| self.lines[at + 1].number == self.lines[at].number + 1;
        // Two labels are drawn together only where every line between them is at hand.
        if self.lines.is_empty() || !(own..own_end).all(is_next) {
            return Err(MietteError::OutOfBounds);
        }
        let first =
            (own.saturating_sub(before)..own).rev().take_while(|at| is_next(*at)).last().unwrap_or(own);
        let limit = (own_end + after).min(self.lines.len() - 1);
        let last = (own_end..limit).take_while(|at| is_next(*at)).last().map_or(own_end, |at| at + 1);
        let bytes = match (before, after) {
            (0, 0) => start..end,
            _ => self.lines[first].shown..self.lines[last].end + 1,
        };
        let column = if before == 0 { self.lines[own].column(start) } else { 0 };
        let data = self.text[bytes.clone()].as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            data,
            (bytes.start, bytes.len()).into(),
            self.lines[first].number,
            column,
            last - first + 1,
        )))
    }
}
