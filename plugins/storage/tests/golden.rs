//! The buckets of `fixtures/buckets` have exactly the findings and the undecided subjects that are expected, by
//! today's guidance and by that of before 2018. `BLESS=1` rewrites what is expected.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use std::path::{Path, PathBuf};
use std::{env, fs};

use archlint::definition::Definition;
use archlint::facts::{self, EnvironmentSettings};
use archlint::source::{self, SourceOptions};
use archlint_sdk::schema::{PackedDocument, Snapshot};
use serde_json::{Value as Json, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/buckets")
}

fn snapshot() -> Snapshot {
    let sources = source::read(&[folder().join("snapshot.json")], &SourceOptions::default());
    assert!(sources.errors.is_empty(), "{:?}", sources.errors);
    let architecture = sources.architectures.into_iter().next().unwrap();
    let mut snapshot = architecture.scenarios.into_iter().next().unwrap().snapshot;
    facts::derive(&mut snapshot, &EnvironmentSettings::default());
    snapshot
}

/// One line per finding, then one per undecided subject, rule by rule. Parameters that a rule does not have are left
/// out.
fn lines(snapshot: &Snapshot, parameters: &Json) -> String {
    let mut lines = Vec::new();
    for rule in archlint_storage::RULES {
        let definition = Definition::parse("a rule", rule.definition).unwrap();
        let (code, severity) = (&definition.code, definition.severity);
        let known = definition.parameters.as_ref().map_or(&Json::Null, |it| &it["properties"]);
        let given = parameters.as_object().unwrap().iter().filter(|it| known.get(it.0).is_some());
        let given: Json =
            given.map(|(name, it)| (name.clone(), it.clone())).collect::<serde_json::Map<_, _>>().into();
        let needs = [(code.clone(), definition.needs.clone())].into();
        let document = PackedDocument::new(snapshot, needs).unwrap();
        let verdicts = rule.run(&document.into(), &definition.parameters(Some(&given)).unwrap()).unwrap();
        for it in verdicts.findings {
            let severity = json!(it.severity.unwrap_or(severity)).as_str().unwrap().to_owned();
            let confidence = json!(it.confidence).as_str().unwrap_or("high").to_owned();
            lines.push(format!("{code} {} {severity}, confidence {confidence}: {}", it.resource, it.message));
        }
        let undecided = verdicts.undecided.iter();
        lines.extend(undecided.map(|it| format!("{code} {} undecided: {}", it.resource, it.reason)));
    }
    lines.sort();
    lines.iter().fold(String::new(), |text, it| text + it + "\n")
}

fn check(expected: &str, parameters: &Json) {
    let file = folder().join(expected);
    let found = lines(&snapshot(), parameters);
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if found != expected && env::var_os("BLESS").is_some() {
        fs::write(&file, &found).unwrap();
    }
    assert_eq!(found, expected, "{}", file.display());
}

#[test]
fn by_todays_guidance() {
    check("expected.txt", &json!({}));
}

#[test]
fn by_the_guidance_of_before_2018() {
    check("expected.legacy.txt", &json!({ "profile": "legacy" }));
}

#[test]
fn a_load_that_nobody_knows_may_be_taken_for_one_that_is_too_high() {
    let parameters = json!({ "profile": "legacy", "legacy_assume_busy": true });
    let busy = lines(&snapshot(), &parameters);
    assert!(busy.contains("STO001 b9 medium"), "{busy}");
}
