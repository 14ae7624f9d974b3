//! Runs the examples of a rule's definition: the same way natively and through WebAssembly.

use std::path::Path;

use archlint_schema::{PackedDocument, Snapshot, Verdicts};

use crate::definition::{Definition, DefinitionError, Example, ExampleKind};
use crate::facts::{self, EnvironmentSettings};
use crate::source::{self, SourceOptions};
use crate::verdict;

/// Checks one rule against a snapshot; an error is a fault of the rule.
pub type Check<'a> = dyn FnMut(&Definition, &Snapshot) -> Result<Verdicts, String> + 'a;

/// What came of a definition's examples.
pub struct Examined {
    pub definition: Definition,
    /// A description for each example that did not come out as expected.
    pub complaints: Vec<String>,
    /// The definition's text, rewritten to expect what came out where that is of the example's kind.
    pub blessed: String,
}

/// Runs every example of a definition. `origin` names it in errors.
pub fn examine(origin: &str, text: &str, check: &mut Check<'_>) -> Result<Examined, DefinitionError> {
    let definition = Definition::parse_strictly(origin, text)?;
    definition.validate_defaults()?;
    let mut blessed = text.to_owned();
    let mut complaints = Vec::new();
    // From the last to the first, so that places in the text stay right.
    for example in definition.examples.iter().rev() {
        let complain = |what: String| format!("{}: {}\n{what}", definition.code, example.title);
        match outcome(&definition, example, check) {
            // A bad example without a finding is none, whatever is expected.
            Ok((lines, is_of_kind)) if lines == example.expected && (is_of_kind || is_good(example)) => {}
            Ok((lines, is_blessable)) => {
                complaints.push(complain(difference(&example.expected, &lines)));
                if is_blessable {
                    bless(&mut blessed, example, &lines);
                }
            }
            Err(what) => complaints.push(complain(format!("  {what}\n"))),
        }
    }
    complaints.reverse();
    Ok(Examined { definition, complaints, blessed })
}

fn is_good(example: &Example) -> bool {
    example.kind == ExampleKind::Good
}

/// Writes what came out where it is expected.
fn bless(text: &mut String, example: &Example, lines: &[String]) {
    let lines = lines.iter().fold(String::new(), |text, it| text + it + "\n");
    if let Some(span) = &example.expected_span {
        text.replace_range(span.clone(), &lines);
    } else {
        let what = if example.kind == ExampleKind::Bad { "findings" } else { "undecided" };
        text.insert_str(example.end, &format!("\n```text {what}\n{lines}```\n"));
    }
}

/// Runs every example of a definition file, for tests: what is wrong, in words. With `BLESS=1` in the environment
/// the file is rewritten to expect what came out, and the run still fails.
pub fn run(file: &Path, check: &mut Check<'_>) -> Result<(), String> {
    let origin = file.display().to_string();
    let wrong = |error: std::io::Error| format!("{origin}: {error}");
    let text = std::fs::read_to_string(file).map_err(wrong)?;
    let examined = examine(&origin, &text, check).map_err(|it| it.to_string())?;
    if std::env::var_os("BLESS").is_some() && examined.blessed != text {
        std::fs::write(file, examined.blessed).map_err(wrong)?;
    }
    if examined.complaints.is_empty() { Ok(()) } else { Err(examined.complaints.join("\n")) }
}

/// Runs every example of some rules without WebAssembly, for the tests of a crate of plugins: each rule by its
/// definition, which stands in `folder` under its slug, and what it says of a document and its parameters.
pub fn run_natively<F>(
    folder: &Path,
    rules: impl IntoIterator<Item = (&'static str, F)>,
) -> Result<(), String>
where
    F: Fn(PackedDocument, &str) -> Result<Verdicts, String>,
{
    let mut complaints = Vec::new();
    for (text, rule) in rules {
        let slug = Definition::parse("a rule", text).map_err(|it| it.to_string())?.slug;
        let mut check = |definition: &Definition, snapshot: &_| {
            let parameters = definition.parameters(None).map_err(|it| it.to_string())?;
            rule(document(definition, snapshot)?, &parameters)
        };
        complaints.extend(run(&folder.join(format!("{slug}.md")), &mut check).err());
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
}

/// The document that a plugin would get for one rule.
fn document(definition: &Definition, snapshot: &Snapshot) -> Result<PackedDocument, String> {
    let needs = [(definition.code.clone(), definition.needs.clone())].into();
    PackedDocument::new(snapshot, needs).map_err(|it| it.to_string())
}

/// What the rule says of the example's base scenario, and whether that is of the example's kind at all.
fn outcome(
    definition: &Definition,
    example: &Example,
    check: &mut Check<'_>,
) -> Result<(Vec<String>, bool), String> {
    let mut snapshot = snapshot(example)?;
    let because = facts::derive(&mut snapshot, &EnvironmentSettings::default());
    let verdicts = check(definition, &snapshot)?;
    if let Some((resource, name)) = verdict::unfounded(&verdicts, &because) {
        return Err(format!("it cites the fact `{name}` of `{resource}`, which nothing derived"));
    }
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

/// The architecture of an example, in its base scenario.
pub fn snapshot(example: &Example) -> Result<Snapshot, String> {
    if example.is_snapshot {
        return serde_json::from_str(&example.source).map_err(|error| format!("it is no snapshot: {error}"));
    }
    let sources = source::read_text("example.yaml", &example.source, &SourceOptions::default());
    if let Some(error) = sources.errors.first() {
        return Err(error.to_string());
    }
    let architecture = sources.architectures.into_iter().next().ok_or("the example holds no architecture")?;
    Ok(architecture.scenarios.into_iter().next().ok_or("there is a base scenario")?.snapshot)
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
