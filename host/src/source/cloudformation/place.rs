//! From the parser's places to what a reader wants to see underlined.

use crate::source::lines::Lines;
use crate::source::{Place, Position};

/// The parser gives the place of a key, or the first character of a list's item, after its tag. A reader
/// wants the key with its value, or the whole item, as far as it goes on that line. A line may hold a whole template, so
/// nothing is looked for from its beginning.
pub(crate) fn widen(narrow: Place, text: &str, lines: &Lines) -> Place {
    let line = lines.range(text, narrow.start.line.saturating_sub(1));
    let start = lines.offset(text, narrow.start).clamp(line.start, line.end);
    let start = tag_before(&text[line.start..start]).map_or(start, |tag| line.start + tag);
    let end = start + end_of_value(&text[start..line.end]);
    let own =
        lines.offset(text, Position { line: narrow.start.line, ..narrow.end }).clamp(line.start, line.end);
    let at = |offset| lines.position(text, offset);
    Place { file: narrow.file, start: at(start), end: at(end.max(own)) }
}

/// Where the tag begins that stands right before the end of a text, if one does: `!Ref ` or `!GetAtt "`.
fn tag_before(before: &str) -> Option<usize> {
    let word = before.trim_end_matches([' ', '"', '\'']);
    let (start, first) = word.char_indices().rev().find(|(_, it)| !it.is_alphanumeric() && *it != ':')?;
    (first == '!' && start + 1 < word.len()).then_some(start)
}

/// The length of the value that a text begins with: up to a comma or a bracket that closes what was open before it, a
/// comment, or the end of the text.
fn end_of_value(text: &str) -> usize {
    let mut open = 0;
    let mut quote = None;
    let mut before = None;
    for (at, it) in text.char_indices() {
        match (quote, it) {
            (Some(closing), it) if closing == it => quote = None,
            (None, '"' | '\'') => quote = Some(it),
            (None, '[' | '{' | '(') => open += 1,
            (None, ']' | '}' | ')') if open > 0 => open -= 1,
            (None, ']' | '}' | ',') if open == 0 => return text[..at].trim_end().len(),
            (None, '#') if before == Some(' ') => return text[..at].trim_end().len(),
            _ => {}
        }
        before = Some(it);
    }
    text.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_a_reader_sees_them_end() {
        let end = |line: &str, start: usize| {
            let value = &line[start..];
            value[..end_of_value(value)].to_owned()
        };
        assert_eq!(end("  A: [1, 2], B: 3", 2), "A: [1, 2]");
        assert_eq!(end("- 'a, b' # c", 2), "'a, b'");
        assert_eq!(end("[x, y]", 4), "y");
        assert_eq!(end("", 0), "");
    }
}
