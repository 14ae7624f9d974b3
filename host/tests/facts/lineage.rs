//! What each table of facts is derived from, found by taking kinds away, and held against what the table declares:
//! whatever a scan does not ask for, no rule that reads the table may miss.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use archlint::definition::Definition;
use archlint::facts::{self, EnvironmentSettings};
use archlint::source::{self, SourceOptions};
use archlint_schema::{Facts, Key, Reason, Resources, Snapshot, Unknown};
use serde_json::Value as Json;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

type Rows = BTreeMap<String, BTreeMap<String, Json>>;

#[test]
fn every_table_declares_the_kinds_that_it_is_derived_from() {
    let mut observed: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for snapshot in snapshots() {
        let whole = derived(&snapshot);
        let rows_of_whole = rows(&whole);
        for kind in Resources::KINDS {
            let (without, gone) = without(&snapshot, kind);
            let partial = derived(&without);
            // Most kinds change nothing, and rows take ten times as long to make as facts to compare.
            if partial == whole {
                continue;
            }
            let partial = rows(&partial);
            for (table, before) in &rows_of_whole {
                let after = partial.get(table);
                let differs = |(key, row): (&String, &Json)| {
                    !gone.contains(&Key::from(key.as_str())) && after.and_then(|it| it.get(key)) != Some(row)
                };
                if before.iter().any(differs) {
                    observed.entry(table.clone()).or_default().insert(kind);
                }
            }
        }
    }
    assert!(observed["subnets"].contains("AWS::EC2::RouteTable"), "taking a kind away shows nothing");
    let mut forgotten = String::new();
    for (table, kinds) in observed {
        let declared: BTreeSet<&str> =
            Facts::kinds(&table).iter().chain(Facts::lineage(&table)).copied().collect();
        // What is about every resource is derived from every kind.
        let is_of_all = Facts::kinds(&table).is_empty();
        let missing: Vec<&str> = kinds.difference(&declared).copied().filter(|_| !is_of_all).collect();
        if !missing.is_empty() {
            writeln!(forgotten, "{table}: {}", missing.join(", ")).unwrap();
        }
    }
    assert!(
        forgotten.is_empty(),
        "schemas/src/facts/mod.rs does not say what these are derived from:\n{forgotten}"
    );
}

/// A snapshot in which nobody saw any of a kind, and the keys that are gone with it.
fn without<'s>(snapshot: &'s Snapshot, kind: &str) -> (Snapshot, BTreeSet<&'s Key>) {
    let mut partial = snapshot.clone();
    partial.facts = Facts::default();
    partial.resources = partial.resources.only(|it| it != kind);
    partial.scope.open(kind, &Unknown::new(Reason::NotCollected, "denied"));
    let gone = snapshot.resources.iter().filter(|(its, _)| *its == kind).map(|(_, meta)| &meta.key);
    (partial, gone.collect())
}

fn derived(snapshot: &Snapshot) -> Facts {
    let mut derived = snapshot.clone();
    facts::derive(&mut derived, &EnvironmentSettings::default());
    derived.facts
}

/// Facts by table and key.
fn rows(facts: &Facts) -> Rows {
    serde_json::from_value(serde_json::to_value(facts).unwrap()).unwrap()
}

/// The base scenarios of the architectures and of every rule's examples.
fn snapshots() -> Vec<Snapshot> {
    let root = Path::new(ROOT);
    let mut all = Vec::new();
    for folder in folders(&root.join("fixtures/architectures")).iter().filter(|it| it.is_dir()) {
        let template = folder.join("template.yaml");
        let text = fs::read_to_string(&template).unwrap();
        all.extend(base(&text));
    }
    for definition in folders(&root.join("rules")).iter().filter(|it| it.is_dir()).flat_map(|it| folders(it))
    {
        let text = fs::read_to_string(&definition).unwrap();
        let definition = Definition::parse(&definition.display().to_string(), &text).unwrap();
        for example in definition.examples {
            match serde_json::from_str(&example.source) {
                Ok(snapshot) => all.push(snapshot),
                Err(_) => all.extend(base(&example.source)),
            }
        }
    }
    all
}

fn base(template: &str) -> Option<Snapshot> {
    let sources = source::read_text("t.yaml", template, &SourceOptions::default());
    Some(sources.architectures.into_iter().next()?.scenarios.into_iter().next()?.snapshot)
}

fn folders(parent: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(parent).unwrap().map(|it| it.unwrap().path());
    let mut all: Vec<_> =
        entries.filter(|it| it.is_dir() || it.extension().is_some_and(|it| it == "md")).collect();
    all.sort();
    all
}
