//! The body of a definition: its sections, and the examples that its tests run.

use std::ops::Range;

use super::DefinitionError;

/// An architecture, and what the rule must say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    pub title: String,
    pub kind: ExampleKind,
    pub source: String,
    /// Whether the source is a bare snapshot: what only a live account or its owners can say.
    pub is_snapshot: bool,
    /// A line for each finding, or each undecided subject.
    pub expected: Vec<String>,
    /// Where those lines stand in the definition, for blessing.
    pub expected_span: Option<Range<usize>>,
    /// Where they belong if they do not stand there: after the architecture.
    pub end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExampleKind {
    Bad,
    Good,
    Undecided,
}

impl ExampleKind {
    fn of(word: &str) -> Option<Self> {
        match word {
            "bad" => Some(Self::Bad),
            "good" => Some(Self::Good),
            "undecided" => Some(Self::Undecided),
            // Prose may have fences of its own.
            _ => None,
        }
    }
}

/// A fenced block.
struct Fence<'a> {
    /// Offset of the opening line.
    at: usize,
    info: &'a str,
    content: Range<usize>,
    /// Offset after the closing line.
    end: usize,
}

/// The text of a section, without its heading.
pub(super) fn section(text: &str, body: usize, title: &str) -> Option<String> {
    let heading = format!("\n## {title}\n");
    let start = text[body..].find(&heading)? + body + heading.len();
    let end = text[start..].find("\n## ").map_or(text.len(), |it| start + it);
    Some(text[start..end].trim().to_owned())
}

pub(super) fn parse(origin: &str, text: &str, body: usize) -> Result<Vec<Example>, DefinitionError> {
    let mut examples: Vec<Example> = Vec::new();
    for fence in fences(origin, text, body)? {
        let content = &text[fence.content.clone()];
        let (kind, is_snapshot) = match fence.info.rsplit_once(' ') {
            Some((of @ ("yaml" | "json" | "json snapshot"), kind)) => {
                let Some(kind) = ExampleKind::of(kind) else { continue };
                (kind, of == "json snapshot")
            }
            Some(("text", "findings" | "undecided")) => {
                let wrong = |message| DefinitionError::example(origin, text, fence.at, message);
                let example = examples.last_mut().ok_or_else(|| wrong("it follows no architecture"))?;
                if example.kind == ExampleKind::Good || example.expected_span.is_some() {
                    return Err(wrong("it belongs to no bad or undecided architecture"));
                }
                example.expected = content.lines().map(str::to_owned).collect();
                example.expected_span = Some(fence.content);
                continue;
            }
            // Prose may have fences of its own.
            _ => continue,
        };
        let title = text[body..fence.at].rfind("\n### ").map(|it| body + it + "\n### ".len());
        let title = title.and_then(|at| text[at..].lines().next()).unwrap_or_default().to_owned();
        examples.push(Example {
            title,
            kind,
            source: content.to_owned(),
            is_snapshot,
            expected: Vec::new(),
            expected_span: None,
            end: fence.end,
        });
    }
    Ok(examples)
}

fn fences<'a>(origin: &str, text: &'a str, body: usize) -> Result<Vec<Fence<'a>>, DefinitionError> {
    let mut fences = Vec::new();
    let mut open: Option<(usize, &str, usize)> = None;
    let mut at = body;
    for line in text[body..].split_inclusive('\n') {
        match (open, line.trim_end().strip_prefix("```")) {
            (None, Some(info)) => open = Some((at, info, at + line.len())),
            (Some((opened, info, start)), Some("")) => {
                fences.push(Fence { at: opened, info, content: start..at, end: at + line.len() });
                open = None;
            }
            _ => {}
        }
        at += line.len();
    }
    match open {
        Some((at, ..)) => Err(DefinitionError::example(origin, text, at, "the fence is never closed")),
        None => Ok(fences),
    }
}
