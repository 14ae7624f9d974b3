//! Where the lines of a text are.

use std::ops::Range;

use super::Position;

/// How many characters lie between two marks.
const STRIDE: usize = 256;

/// The lines of a text, counted once, so that no place is looked for from the beginning of the text, or of a line
/// that holds all of it. Every method takes the text that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Where each line begins: in bytes, and in characters.
    starts: Vec<(usize, usize)>,
    /// Where every [`STRIDE`]th character of the text begins, in bytes.
    marks: Vec<usize>,
    /// The length of the text in characters.
    length: usize,
}

impl Lines {
    pub fn new(text: &str) -> Self {
        let mut lines = Self { starts: vec![(0, 0)], marks: vec![0], length: 0 };
        for (offset, character) in text.char_indices() {
            if lines.length.is_multiple_of(STRIDE) && lines.length > 0 {
                lines.marks.push(offset);
            }
            lines.length += 1;
            if character == '\n' {
                lines.starts.push((offset + 1, lines.length));
            }
        }
        lines
    }

    /// The byte offset of a position; the end of its line, or of the text, for one that lies past it.
    pub fn offset(&self, text: &str, position: Position) -> usize {
        let line = position.line.saturating_sub(1);
        let Some((_, first)) = self.starts.get(line) else { return text.len() };
        let wanted = first.saturating_add(position.column.saturating_sub(1));
        if wanted >= self.starts.get(line + 1).map_or(self.length, |next| next.1) {
            return self.range(text, line).end;
        }
        let mark = self.marks[wanted / STRIDE];
        text[mark..].char_indices().nth(wanted % STRIDE).map_or(text.len(), |(at, _)| mark + at)
    }

    /// The position of a byte offset that is the boundary of a character.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.line(offset);
        let mark = self.marks.partition_point(|mark| *mark <= offset) - 1;
        let before = mark * STRIDE + text[self.marks[mark]..offset].chars().count();
        Position { line: line + 1, column: before - self.starts[line].1 + 1 }
    }

    /// The line that a byte is in, counted from 0.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| start.0 <= offset) - 1
    }

    /// The bytes of a line, counted from 0, without what ends it.
    pub fn range(&self, text: &str, line: usize) -> Range<usize> {
        let bytes = |line: usize| self.starts.get(line).map_or(text.len(), |start| start.0);
        let (start, end) = (bytes(line), bytes(line + 1));
        start..start + text[start..end].trim_end_matches(['\r', '\n']).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_in_a_line_that_holds_the_whole_text() {
        let text = format!("{}\nü{}\r\nlast", "é".repeat(STRIDE * 2), "x".repeat(STRIDE));
        let lines = Lines::new(&text);
        for (number, (offset, character)) in text.char_indices().enumerate() {
            let position = lines.position(&text, offset);
            if !matches!(character, '\r' | '\n') {
                assert_eq!(lines.offset(&text, position), offset, "character {number}");
            }
        }
        let position = |line, column| Position { line, column };
        assert_eq!(lines.position(&text, STRIDE * 4), position(1, STRIDE * 2 + 1));
        assert_eq!(lines.offset(&text, position(1, 9_999)), STRIDE * 4);
        assert_eq!(lines.offset(&text, position(3, 9_999)), text.len());
        assert_eq!(lines.offset(&text, position(9, 1)), text.len());
        assert_eq!(Lines::new("").offset("", position(1, 1)), 0);
    }
}
