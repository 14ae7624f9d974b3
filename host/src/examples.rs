//! Runs the examples of a rule's definition: the same way natively and through WebAssembly.

use std::path::Path;

use archlint_schema::{PackedDocument, Snapshot, Verdicts};

use crate::definition::{Definition, Example, ExampleKind};
use crate::facts;
use crate::source::{self, SourceOptions};

/// Checks one rule against a snapshot; an error is a fault of the rule.
pub type Check<'a> = dyn FnMut(&Definition, &Snapshot) -> Result<Verdicts, String> + 'a;

/// Runs every example of a definition file. An example that does not come out as expected is described; with
/// `BLESS=1` in the environment the file is rewritten to expect what came out, and the run still fails.
pub fn run(file: &Path, check: &mut Check<'_>) -> Result<(), String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let definition =
        Definition::parse_strictly(&file.display().to_string(), &text).map_err(|it| it.to_string())?;
    definition.validate_defaults().map_err(|it| it.to_string())?;
    let mut blessed = text.clone();
    let mut complaints = Vec::new();
    // From the last to the first, so that places in the text stay right.
    for example in definition.examples.iter().rev() {
        let complain = |what: String| format!("{}: {}\n{what}", definition.code, example.title);
        match outcome(&definition, example, check) {
            Ok((lines, _)) if lines == example.expected => {}
            Ok((lines, is_blessable)) => {
                complaints.push(complain(difference(&example.expected, &lines)));
                if let (true, Some(span)) = (is_blessable, example.expected_span.clone()) {
                    let lines = lines.iter().fold(String::new(), |text, it| text + it + "\n");
                    blessed.replace_range(span, &lines);
                }
            }
            Err(what) => complaints.push(complain(what)),
        }
    }
    if std::env::var_os("BLESS").is_some() && blessed != text {
        std::fs::write(file, blessed).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    complaints.reverse();
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
}

/// The document that a plugin would get for one rule.
pub fn document(definition: &Definition, snapshot: &Snapshot) -> Result<PackedDocument, String> {
    let needs = [(definition.code.clone(), definition.needs.clone())].into();
    PackedDocument::new(snapshot, needs).map_err(|it| it.to_string())
}

/// What the rule says of the example's base scenario, and whether that is of the example's kind at all.
fn outcome(
    definition: &Definition,
    example: &Example,
    check: &mut Check<'_>,
) -> Result<(Vec<String>, bool), String> {
    let sources = source::read_text("example.yaml", &example.source, &SourceOptions::default());
    if let Some(error) = sources.errors.first() {
        return Err(error.to_string());
    }
    let architecture = sources.architectures.into_iter().next().ok_or("the example holds no architecture")?;
    let mut snapshot = architecture.scenarios.into_iter().next().ok_or("there is a base scenario")?.snapshot;
    facts::derive(&mut snapshot);
    let verdicts = check(definition, &snapshot)?;
    let findings = verdicts.findings.iter().map(|it| {
        let severity = it.severity.filter(|it| *it != definition.severity);
        let severity = severity.map(|it| format!("{}: ", serde_json::json!(it).as_str().unwrap_or_default()));
        format!(
            "{}{} {}: {}",
            severity.unwrap_or_default(),
            label(&snapshot, &it.resource),
            it.path,
            it.message
        )
    });
    let undecided = verdicts
        .undecided
        .iter()
        .map(|it| format!("{} {}: {}", label(&snapshot, &it.resource), it.missing, it.reason));
    Ok(match example.kind {
        ExampleKind::Bad => {
            let lines: Vec<String> = findings.collect();
            (lines.clone(), !lines.is_empty())
        }
        ExampleKind::Good => (findings.chain(undecided).collect(), false),
        ExampleKind::Undecided if !verdicts.findings.is_empty() => (findings.collect(), false),
        ExampleKind::Undecided => {
            let lines: Vec<String> = undecided.collect();
            (lines.clone(), !lines.is_empty())
        }
    })
}

fn label(snapshot: &Snapshot, key: &archlint_schema::Key) -> String {
    snapshot.meta(key).map_or_else(|| key.to_string(), |(_, meta)| meta.label.clone())
}

fn difference(expected: &[String], found: &[String]) -> String {
    let missing = expected.iter().filter(|it| !found.contains(it)).map(|it| format!("  - {it}\n"));
    let surplus = found.iter().filter(|it| !expected.contains(it)).map(|it| format!("  + {it}\n"));
    let lines: String = missing.chain(surplus).collect();
    if lines.is_empty() { "  the order differs, or nothing is expected\n".to_owned() } else { lines }
}
