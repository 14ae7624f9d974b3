//! What is not in a template may exist: with a resource taken away and a macro in its place, which may bring it back or
//! bring any other, nothing is found that was not found before.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "clippy takes functions beside the tests of this file for no tests")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::Value;

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;

use folder::Folder;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// What stands in for a resource: the first entry of the section.
const MACRO: &str =
    "  Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://snippets/more.yaml}}\n";

/// A rule and the logical id that it finds something about.
type Found = BTreeSet<(String, String)>;

#[test]
fn a_macro_in_place_of_a_resource_adds_no_finding() {
    let templates = templates();
    let halves = templates.split_at(templates.len() / 2);
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(|| compare(halves.0));
        let second = compare(halves.1);
        (first.join().unwrap(), second)
    });
    let (compared, wrong) = (first.0 + second.0, first.1 + &second.1);
    assert!(compared > 200, "{compared} resources were taken away");
    assert!(wrong.is_empty(), "{wrong}");
}

/// How many resources were taken away from some templates, and what is found only then.
fn compare(templates: &[(String, String)]) -> (usize, String) {
    let mut compared = 0;
    let mut wrong = String::new();
    for (name, template) in templates {
        let folder = Folder::new(&format!("absence-{name}"));
        let ids = ids(template);
        folder.write("whole.yaml", template);
        for (at, id) in ids.iter().enumerate() {
            folder.write(&format!("without-{at}.yaml"), without(template, id));
        }
        let report = folder.check(&["."]);
        let whole = found(&report, "whole");
        for (at, id) in ids.iter().enumerate() {
            for it in found(&report, &format!("without-{at}")).difference(&whole) {
                writeln!(wrong, "{name} without {id}: {it:?}").unwrap();
            }
            compared += 1;
        }
    }
    (compared, wrong)
}

/// The templates of the architectures, and those among the examples of rules.
fn templates() -> Vec<(String, String)> {
    let root = Path::new(ROOT);
    let mut all: Vec<(String, String)> = entries(&root.join("fixtures/architectures"))
        .into_iter()
        .filter(|it| it.is_dir())
        .map(|folder| (stem(&folder), fs::read_to_string(folder.join("template.yaml")).unwrap()))
        .collect();
    for definition in entries(&root.join("rules")).iter().filter(|it| it.is_dir()).flat_map(|it| entries(it))
    {
        let text = fs::read_to_string(&definition).unwrap();
        let blocks =
            text.split("```yaml").skip(1).filter_map(|it| it.split_once('\n')?.1.split("```").next());
        let templates = blocks.filter(|it| it.contains("\nResources:") || it.starts_with("Resources:"));
        all.extend(
            templates.enumerate().map(|(at, it)| (format!("{}-{at}", stem(&definition)), it.to_owned())),
        );
    }
    all
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    all.sort();
    all
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

/// The logical ids of a template that is written in blocks.
fn ids(template: &str) -> Vec<String> {
    let resources = template.split_once("Resources:\n").map_or("", |it| it.1);
    let lines = resources.lines().take_while(|it| it.is_empty() || it.starts_with([' ', '#']));
    let is_id = |it: &&str| it.starts_with("  ") && !it.starts_with("   ") && it.contains(':');
    let id = |it: &str| it.trim().split(':').next().unwrap().to_owned();
    lines.filter(is_id).map(id).filter(|it| it.chars().all(char::is_alphanumeric)).collect()
}

/// The template with a macro among its resources instead of one of them.
fn without(template: &str, id: &str) -> String {
    let mut text = String::new();
    let mut is_in_it = false;
    for line in template.split_inclusive('\n') {
        if !line.starts_with("   ") && !line.trim().is_empty() {
            is_in_it = line.starts_with(&format!("  {id}:"));
        }
        if !is_in_it {
            text.push_str(line);
        }
        if line.starts_with("Resources:") {
            text.push_str(MACRO);
        }
    }
    text
}

/// What was found in the file with a stem.
fn found(report: &Value, stack: &str) -> Found {
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let all = report["findings"].as_array().unwrap().iter();
    let of_it = all.filter_map(|it| {
        let address = text(&it["resource"]["address"]);
        Some((text(&it["rule"]), address.strip_prefix(&format!("{stack}/"))?.to_owned()))
    });
    of_it.collect()
}
