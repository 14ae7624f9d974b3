//! From the parser's places to what a reader wants to see underlined.

use crate::source::{Place, Position};

/// The parser gives the place of a key, or the first character of a list's item, after its tag. A reader
/// wants the key with its value, or the whole item, as far as it goes on that line.
pub(crate) fn widen(narrow: Place, line: &str) -> Place {
    let characters: Vec<char> = line.chars().collect();
    let start = (narrow.start.column - 1).min(characters.len());
    let start = tag_before(&characters, start).unwrap_or(start);
    let end = end_of_value(&characters, start).max(narrow.end.column - 1).min(characters.len());
    let at = |column: usize| Position { line: narrow.start.line, column: column + 1 };
    Place { file: narrow.file, start: at(start), end: at(end) }
}

/// Where the tag begins that stands right before a column, if one does: `!Ref ` or `!GetAtt "`.
fn tag_before(line: &[char], column: usize) -> Option<usize> {
    let before = line.get(..column)?;
    let end = before.iter().rposition(|it| !matches!(it, ' ' | '"' | '\''))?;
    let start = before[..=end].iter().rposition(|it| !it.is_alphanumeric() && *it != ':')?;
    (start < end && before[start] == '!').then_some(start)
}

/// One past the last character of the value that begins at a column: up to a comma or a bracket that closes
/// what was open before it, a comment, or the end of the line.
fn end_of_value(line: &[char], start: usize) -> usize {
    let mut open = 0;
    let mut quote = None;
    let mut end = line.len();
    for (at, it) in line.iter().enumerate().skip(start) {
        match (quote, it) {
            (Some(closing), it) if closing == *it => quote = None,
            (None, '"' | '\'') => quote = Some(*it),
            (None, '[' | '{' | '(') => open += 1,
            (None, ']' | '}' | ')') if open > 0 => open -= 1,
            (None, ']' | '}' | ',') if open == 0 => {
                end = at;
                break;
            }
            (None, '#') if at > 0 && line[at - 1] == ' ' => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    start + line[start..end].iter().rposition(|it| !it.is_whitespace()).map_or(0, |it| it + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_a_reader_sees_them_end() {
        let end = |line: &str, start| {
            let characters: Vec<char> = line.chars().collect();
            characters[start..end_of_value(&characters, start)].iter().collect::<String>()
        };
        assert_eq!(end("  A: [1, 2], B: 3", 2), "A: [1, 2]");
        assert_eq!(end("- 'a, b' # c", 2), "'a, b'");
        assert_eq!(end("[x, y]", 4), "y");
        assert_eq!(end("", 0), "");
    }
}
