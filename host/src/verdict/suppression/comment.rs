//! `# archlint: ignore RULE reason="..." until=YYYY-MM-DD`, in YAML and HCL.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use super::{Scope, SuppressionError, Text};
use crate::source::{Lines, SourceFile};

const MARK: &str = "archlint:";

/// What a comment says, by name.
type Fields = Result<BTreeMap<String, String>, SuppressionError>;

/// Every comment in a file that is meant for archlint: its bytes, what it is about, and what it says.
pub(super) fn all(file: &SourceFile, text: &Text) -> Vec<(Range<usize>, Scope, Fields)> {
    // JSON has no comments.
    if file.text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        return Vec::new();
    }
    let lines = Lines::new(&file.text);
    let marks = file.text.match_indices(MARK).filter_map(|(at, _)| comment(file, at));
    marks
        .map(|at| {
            let said = file.text[at.clone()].split_once(MARK).map_or("", |it| it.1);
            let fields = fields(said).map_err(|message| SuppressionError {
                message,
                help: "write `# archlint: ignore RULE reason=\"...\"`, with `until=YYYY-MM-DD` where it shall expire"
                    .to_owned(),
                text: text.clone(),
                at: (at.start, at.len()).into(),
            });
            let scope = Scope::Line { file: file.name.clone(), line: line_meant(&file.text, &lines, at.start) };
            (at, scope, fields)
        })
        .collect()
}

/// The bytes of the comment that begins with a mark at an offset, if one does.
fn comment(file: &SourceFile, mark: usize) -> Option<Range<usize>> {
    let line = file.text[..mark].rfind('\n').map_or(0, |it| it + 1);
    let before = file.text[line..mark].trim_end();
    let is_terraform = Path::new(&file.name).extension().is_some_and(|it| it == "tf" || it == "tofu");
    let code = before.strip_suffix('#').or_else(|| before.strip_suffix("//").filter(|_| is_terraform))?;
    // In the middle of a word, or within quotes, it begins no comment.
    let is_comment = code.is_empty() || code.ends_with([' ', '\t']);
    let end = file.text[mark..].find('\n').map_or(file.text.len(), |it| mark + it);
    let end = mark + file.text[mark..end].trim_end().len();
    (is_comment && code.matches('"').count() % 2 == 0).then_some(line + code.len()..end)
}

/// The line that a comment is about: its own, or the first below it that is no comment.
fn line_meant(text: &str, lines: &Lines, comment: usize) -> usize {
    let start = text[..comment].rfind('\n').map_or(0, |it| it + 1);
    let number = lines.line(start) + 1;
    if !text[start..comment].trim().is_empty() {
        return number;
    }
    let is_comment = |it: &&str| it.trim_start().starts_with('#') || it.trim_start().starts_with("//");
    number + text[start..].lines().take_while(is_comment).count()
}

/// Reads what stands behind the mark.
fn fields(said: &str) -> Result<BTreeMap<String, String>, String> {
    let words = words(said)?;
    let mut words = words.iter().map(String::as_str);
    match words.next() {
        Some("ignore") => {}
        Some(other) => return Err(format!("archlint knows no comment `{other}`")),
        None => return Err("the comment says nothing".to_owned()),
    }
    let mut fields = BTreeMap::new();
    for word in words {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value),
            None if fields.is_empty() => ("rule", word),
            None => return Err(format!("`{word}` is not of the form name=value")),
        };
        if fields.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(format!("the comment has `{name}` twice"));
        }
    }
    Ok(fields)
}

/// Words between blanks; what stands in quotes is of one word, without the quotes.
fn words(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for it in text.chars() {
        match quote {
            Some(closing) if it == closing => quote = None,
            None if it.is_whitespace() => words.extend(word.take()),
            None if matches!(it, '"' | '\'') => {
                quote = Some(it);
                word.get_or_insert_default();
            }
            _ => word.get_or_insert_default().push(it),
        }
    }
    match quote {
        Some(it) => Err(format!("a quotation mark {it} is never closed")),
        None => Ok(words.into_iter().chain(word).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `LINE name=value ...` for each comment, or `LINE error`.
    #[track_caller]
    fn check(name: &str, text: &str, expected: &[&str]) {
        let file = SourceFile { name: name.to_owned(), text: text.to_owned() };
        let source = Text::new(name, text);
        let shown = |(_, scope, fields): (Range<usize>, Scope, Fields)| {
            let Scope::Line { line, .. } = scope else { panic!("a comment is about a line") };
            match fields {
                Ok(it) => it.iter().fold(line.to_string(), |text, it| format!("{text} {}={}", it.0, it.1)),
                Err(error) => format!("{line} {error}"),
            }
        };
        assert_eq!(all(&file, &source).into_iter().map(shown).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_comment_is_about_its_line_or_the_next_that_is_none() {
        let text = "a: 1 # archlint: ignore NET001 reason=\"why not\" until=2027-01-31\n\
                    # archlint:ignore NET002 reason='it''s'\n# really\n  # archlint: ignore NET* owner=me\nb:\n";
        check(
            "a.yaml",
            text,
            &[
                "1 reason=why not rule=NET001 until=2027-01-31",
                "5 reason=its rule=NET002",
                "5 owner=me rule=NET*",
            ],
        );
        check("a.tf", "// archlint: ignore X\nresource {\n", &["2 rule=X"]);
    }

    #[test]
    fn what_is_no_comment_says_nothing() {
        check(
            "a.yaml",
            "a: \"see # archlint: ignore X\"\nb: x#archlint: ignore X\nc: archlint: ignore\n",
            &[],
        );
        check("a.yaml", "// archlint: ignore X\n", &[]);
        check("a.json", "{\"a\": 1 # archlint: ignore X\n}", &[]);
        check("a.yaml", "# archlint is a linter\n", &[]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        check("a.yaml", "# archlint: ingore X\na:\n", &["2 archlint knows no comment `ingore`"]);
        check("a.yaml", "# archlint:\na:\n", &["2 the comment says nothing"]);
        check("a.yaml", "# archlint: ignore X reason=\"open\n", &["2 a quotation mark \" is never closed"]);
        check("a.yaml", "# archlint: ignore X because\n", &["2 `because` is not of the form name=value"]);
        check("a.yaml", "# archlint: ignore X reason=a reason=b\n", &["2 the comment has `reason` twice"]);
        check("a.yaml", "# archlint: ignore\n", &["2"]);
    }
}
