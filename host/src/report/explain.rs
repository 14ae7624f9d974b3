//! What a rule is, for `archlint explain` and `archlint rules`.

use std::fmt::Write;

use crate::definition::{Definition, ExampleKind};
use crate::verdict::Definitions;

/// A rule's definition as text: why, how to fix it, what it can be told, before and after.
pub fn explain(it: &Definition) -> String {
    let mut text = format!("{} {}\n{}\n\n", it.code, it.slug, it.title);
    let practices: Vec<String> =
        it.best_practices.iter().map(|it| format!("{} ({})", it.id, it.edition)).collect();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            writeln!(text, "{name:<16}{value}").expect("a String takes everything");
        }
    };
    line("Severity", word(&it.severity));
    line("Environments", it.env_scope.join(", "));
    line("Elsewhere", it.severity_outside_scope.as_ref().map(word).unwrap_or_default());
    line("Pillar", word(&it.pillar));
    line("Best practices", practices.join(", "));
    line("Subsumed by", it.subsumed_by.join(", "));
    let parameters = it.parameters.as_ref().and_then(|it| it["properties"].as_object());
    for (name, schema) in parameters.into_iter().flatten() {
        line(
            "Parameter",
            format!("{name} = {}  {}", schema["default"], schema["description"].as_str().unwrap_or("")),
        );
    }
    write!(text, "\nWhy\n\n{}\n\nHow to fix\n\n{}\n", it.why, it.fix).expect("a String takes everything");
    for (kind, heading) in [(ExampleKind::Bad, "Bad"), (ExampleKind::Good, "Good")] {
        if let Some(example) = it.examples.iter().find(|it| it.kind == kind) {
            let source: String =
                example.source.lines().fold(String::new(), |text, it| text + "    " + it + "\n");
            write!(text, "\n{heading}: {}\n\n{source}", example.title).expect("a String takes everything");
            for expected in &example.expected {
                writeln!(text, "  => {expected}").expect("a String takes everything");
            }
        }
    }
    text.push('\n');
    for reference in &it.references {
        writeln!(text, "{reference}").expect("a String takes everything");
    }
    text
}

/// One line per rule.
pub fn rules(definitions: &Definitions) -> String {
    let line = |it: &Definition| {
        format!(
            "{}  {:<7}  {:<12}  {:<40}  {}\n",
            it.code,
            word(&it.severity),
            word(&it.pillar),
            it.slug,
            it.title
        )
    };
    definitions.values().map(line).collect()
}

/// The word that a serialized enum is.
pub(super) fn word(it: &impl serde::Serialize) -> String {
    match serde_json::to_value(it) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
