//! The only module that knows the parser.
//!
//! The parser reads YAML and JSON with places, and resolves what it finds: every value that parameters could have,
//! which takes gigabytes for a text of a few of them. What is wanted here is the template as written, so the parser
//! is handed the template one level down, as the value of a key that it does not know. It finds nothing to resolve.

use std::collections::{BTreeMap, HashMap};

use miette::NamedSource;
use serde::de::IgnoredAny;
use serde_json::Value as Json;
use template_model::{ParseError, SemanticModel, SourceSpan, SourceSpanIndex, span_to_option};

use crate::fault;
use crate::source::{Place, Position, SourceError, SourceFile, redaction};

/// The key that the template is handed to the parser under. It has one character, so that places move by one.
const KEY: &str = "t";

/// What a text says.
pub(super) struct Parsed {
    /// Sections, every intrinsic function in its long form.
    pub(super) authored: Json,
    /// By path (`Resources/Web/Properties/Subnets/0`).
    pub(super) spans: SourceSpanIndex,
    /// Keys that stand more than once in one mapping, by path, with the place of each.
    pub(super) repeated: BTreeMap<String, Vec<SourceSpan>>,
}

pub(super) fn parse(file: &SourceFile) -> Result<Parsed, SourceError> {
    let text = file.text.trim_start_matches('\u{feff}');
    let wrapped = Wrapped::of(text).map_err(|error| syntax(file, &error))?;
    // A parser's bug in one input must not cost the others: a panic becomes an error of this file.
    let parsed = fault::caught("parsing", || SemanticModel::from_bytes(wrapped.text.as_bytes()));
    let failed = |message: &str| ParseError { message: message.to_owned(), line: None, column: None };
    let model = match parsed {
        Ok(Ok(it)) => it,
        Ok(Err(error)) => return Err(syntax(file, &wrapped.error(&error))),
        Err(_) => return Err(syntax(file, &failed("the parser failed on it"))),
    };
    let mut repeated: BTreeMap<String, Vec<SourceSpan>> = BTreeMap::new();
    for it in model.diagnostics.iter().filter(|it| it.message.starts_with("Duplicate key")) {
        let path = it.property_path.as_deref().and_then(|it| it.strip_prefix("t/"));
        if let (Some(path), Some(span)) = (path, span_to_option(it.span)) {
            repeated.entry(path.to_owned()).or_default().push(wrapped.span(span));
        }
    }
    let authored = model.authored_template_json()[KEY].clone();
    let within = |(path, span): (String, SourceSpan)| {
        Some((path.strip_prefix("t/")?.to_owned(), span_to_option(span).map(|it| wrapped.span(it))?))
    };
    let spans: HashMap<_, _> = model.span_index.into_iter().filter_map(within).collect();
    Ok(Parsed { authored, spans, repeated })
}

/// A template as the value of a key.
struct Wrapped {
    text: String,
    is_json: bool,
}

impl Wrapped {
    fn of(text: &str) -> Result<Self, ParseError> {
        if !text.trim_start().starts_with('{') {
            return Ok(Self { text: yaml(text), is_json: false });
        }
        // What is no JSON by itself must not become JSON by what is put around it.
        serde_json::from_str::<IgnoredAny>(text).map_err(|error| ParseError {
            message: format!("JSON parse error: {error}"),
            line: u32::try_from(error.line()).ok(),
            column: u32::try_from(error.column()).ok(),
        })?;
        Ok(Self { text: format!("{{\"{KEY}\":\n{text}\n}}"), is_json: true })
    }

    /// Where something stands in the text itself.
    fn span(&self, span: SourceSpan) -> SourceSpan {
        let column = |it: u32| if self.is_json { it } else { it.saturating_sub(1).max(1) };
        SourceSpan {
            start_line: span.start_line.saturating_sub(1).max(1),
            start_column: column(span.start_column),
            end_line: span.end_line.saturating_sub(1).max(1),
            end_column: column(span.end_column),
        }
    }

    fn error(&self, error: &ParseError) -> ParseError {
        let message = error.message.split(" at byte ").next().unwrap_or_default();
        let (line, column) = (error.line.unwrap_or(2), error.column.unwrap_or(1));
        let message = message.replace(&format!("line {line}"), &format!("line {}", line.saturating_sub(1)));
        let place = SourceSpan { start_line: line, start_column: column, end_line: line, end_column: column };
        let place = self.span(place);
        let told = error.line.is_some();
        ParseError {
            message,
            line: told.then_some(place.start_line),
            column: told.then_some(place.start_column),
        }
    }
}

/// Every line of a document one column to the right, below the key. What begins and ends documents stays where it is,
/// and what begins the first is left out.
fn yaml(text: &str) -> String {
    let mut wrapped = format!("{KEY}:\n");
    wrapped.reserve(text.len() + text.len() / 16);
    let mut has_begun = false;
    for line in text.split_inclusive('\n') {
        let marks = ["---", "..."].into_iter().any(|mark| {
            line.strip_prefix(mark)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        });
        match line {
            _ if !has_begun && line.starts_with('%') => wrapped.push('\n'),
            _ if !has_begun && line.starts_with("---") && marks => {
                wrapped.push_str("    ");
                wrapped.push_str(&line[3..]);
                has_begun = true;
            }
            _ if marks => wrapped.push_str(line),
            _ => {
                let is_empty = line.trim().is_empty() || line.starts_with('#');
                has_begun |= !is_empty;
                wrapped.push(' ');
                wrapped.push_str(line);
            }
        }
    }
    wrapped
}

pub(super) fn exact(span: SourceSpan, file: usize) -> Place {
    let start = position(span.start_line, span.start_column);
    Place { file, start, end: position(span.end_line, span.end_column) }
}

fn position(line: u32, column: u32) -> Position {
    Position { line: line.max(1) as usize, column: column.max(1) as usize }
}

fn syntax(file: &SourceFile, error: &ParseError) -> SourceError {
    let at = error.line.map(|line| {
        let offset = file.offset(position(line, error.column.unwrap_or(1)));
        (offset, usize::from(offset < file.text.len())).into()
    });
    let text = NamedSource::new(&file.name, redaction::hidden_by_names(&file.text));
    // `'...' is not a valid value for !!int`: what is no such value may be a secret.
    let message = match error.message.rsplit_once("' is not ") {
        Some((_, what)) => format!("a value is not {what}"),
        None => error.message.clone(),
    };
    SourceError::Syntax { file: file.name.clone(), message, text, at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Parsed {
        parse(&SourceFile { name: "t.yaml".into(), text: text.into() }).unwrap()
    }

    #[test]
    fn places_are_those_of_the_text_itself() {
        let place = |text: &str, path: &str| {
            let span = parsed(text).spans[path];
            (span.start_line, span.start_column)
        };
        assert_eq!(place("Resources:\n  A: {Type: X}\n", "Resources/A"), (2, 3));
        assert_eq!(place("--- # first\nResources:\n  A: {Type: X}\n", "Resources/A"), (3, 3));
        assert_eq!(place("{\"Resources\": {\"A\": {\"Type\": \"X\"}}}", "Resources/A"), (1, 16));
    }

    #[test]
    fn texts_of_several_lines_stay_as_they_are() {
        let text = "Resources:\n  A:\n    Script: |\n      one\n\n        two\n    Folded: \"a\n      b\"\n";
        let a = &parsed(text).authored["Resources"]["A"];
        assert_eq!(a["Script"], "one\n\n  two\n");
        assert_eq!(a["Folded"], "a b");
    }

    #[test]
    fn a_text_of_many_open_parameters_is_not_enumerated() {
        let names: Vec<String> = (0..40).map(|at| format!("P{at}")).collect();
        let declared: String = names
            .iter()
            .map(|it| format!("  {it}: {{Type: String, AllowedValues: [a, b]}}\n"))
            .collect::<Vec<_>>()
            .concat();
        let used = names.iter().map(|it| format!("${{{it}}}")).collect::<Vec<_>>().concat();
        let text = format!(
            "Parameters:\n{declared}Resources:\n  A: {{Type: X, Properties: {{P: !Sub '{used}'}}}}\n"
        );
        assert_eq!(parsed(&text).authored["Resources"]["A"]["Properties"]["P"]["Fn::Sub"], used);
    }

    #[test]
    fn what_is_no_document_by_itself_is_none() {
        for text in ["{\"Resources\": {}}, \"Resources\": {\"A\": 1}", "Resources: [", "a: 1\n---\nb: 2\n"] {
            assert!(parse(&SourceFile { name: "t".into(), text: text.into() }).is_err(), "{text}");
        }
    }

    #[test]
    fn keys_that_stand_twice_are_told_with_their_places() {
        for text in [
            "Resources:\n  A: {Type: X}\n  A: {Type: Y}\n",
            "{\"Resources\": {\n\"A\": {\"Type\": \"X\"},\n\"A\": {\"Type\": \"Y\"}}}",
        ] {
            let lines: Vec<u32> =
                parsed(text).repeated["Resources/A"].iter().map(|it| it.start_line).collect();
            assert_eq!(lines, [2, 3], "{text}");
        }
    }
}
