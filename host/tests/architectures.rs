//! Whole architectures through the real binary: `fixtures/architectures/<name>/template.yaml` has exactly the
//! findings and the undecided subjects of the `expected.txt` beside it, and the plan beside it the same findings.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "clippy takes functions beside the tests of this file for no tests")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use serde_json::Value;

const ARCHITECTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/architectures");
const SNAPSHOT_SCHEMA: &str = include_str!("../../schemas/snapshot.schema.json");
const TEMPLATE: &str = "template.yaml";
const PLAN: &str = "plan.json";

#[test]
fn every_architecture_has_exactly_the_expected_findings() {
    let mut wrong = String::new();
    for folder in architectures() {
        let report = check(&folder, &[TEMPLATE]);
        let actual = lines(&report);
        let path = folder.join("expected.txt");
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if actual != expected {
            let name = folder.file_name().unwrap().display();
            write!(wrong, "\n{name}\nexpected:\n{expected}actual:\n{actual}").unwrap();
            if env::var_os("BLESS").is_some() {
                fs::write(path, actual).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}\n`cargo xtask bless architecture` rewrites what is expected");
}

/// The same architecture in two dialects has the same findings: by rule, role and severity.
#[test]
fn a_plan_has_the_findings_of_its_template() {
    let roles = |report: &Value| {
        let finding = |it: &Value| {
            let role = it["fingerprints"]["role"].as_str();
            let role = role.unwrap_or_else(|| panic!("no role tells the subject of {it}"));
            format!("{} {} {role}", text(&it["severity"]), text(&it["rule"]))
        };
        let mut all: Vec<String> = report["findings"].as_array().unwrap().iter().map(finding).collect();
        all.sort();
        all
    };
    let folders = architectures().into_iter().filter(|it| it.join(PLAN).exists());
    let mut compared = 0;
    for folder in folders {
        let plan = check(&folder, &[PLAN, "--tf-dir", "."]);
        assert_eq!(roles(&plan), roles(&check(&folder, &[TEMPLATE])), "{}", folder.display());
        compared += 1;
    }
    assert!(compared >= 7, "{compared} architectures are there in Terraform form");
}

#[test]
fn the_exit_code_says_whether_an_architecture_passes_the_gate() {
    for folder in architectures() {
        let expected = fs::read_to_string(folder.join("expected.txt")).unwrap();
        let gates = expected.lines().any(|it| it.starts_with("high "));
        let output = archlint(&folder, &["check", TEMPLATE]);
        assert_eq!(output.status.code(), Some(i32::from(gates)), "{}", folder.display());
    }
}

#[test]
fn the_same_architecture_gives_the_same_bytes() {
    for folder in architectures() {
        for arguments in
            [&["check", TEMPLATE][..], &["check", "--format", "json", TEMPLATE], &["snapshot", TEMPLATE]]
        {
            let [first, second] = [(), ()].map(|()| archlint(&folder, arguments).stdout);
            assert!(!first.is_empty(), "{arguments:?} said nothing about {}", folder.display());
            assert_eq!(first, second, "{arguments:?} on {}", folder.display());
        }
    }
}

#[test]
fn the_snapshot_of_an_architecture_fits_its_schema() {
    let mut schema: Value = serde_json::from_str(SNAPSHOT_SCHEMA).unwrap();
    // The schema is that of a plugin's document, of which the snapshot is a part.
    schema["$ref"] = "#/$defs/Snapshot".into();
    for keyword in ["properties", "type"] {
        schema.as_object_mut().unwrap().remove(keyword);
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for folder in architectures() {
        let saved: Value =
            serde_json::from_slice(&archlint(&folder, &["snapshot", TEMPLATE]).stdout).unwrap();
        for architecture in saved["architectures"].as_array().unwrap() {
            for scenario in architecture["scenarios"].as_array().unwrap() {
                let errors: Vec<String> = validator
                    .iter_errors(&scenario["snapshot"])
                    .map(|it| format!("{}: {it}", it.instance_path()))
                    .collect();
                assert!(errors.is_empty(), "{}:\n{}", folder.display(), errors.join("\n"));
            }
        }
    }
}

fn architectures() -> Vec<PathBuf> {
    let entries = fs::read_dir(ARCHITECTURES).unwrap().map(|it| it.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|it| it.is_dir()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    folders
}

fn archlint(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_archlint")).current_dir(folder).args(arguments).output().unwrap()
}

/// The JSON report of an architecture, which must have been read without an error.
fn check(folder: &Path, arguments: &[&str]) -> Value {
    let output = archlint(folder, &[&["check", "--format", "json"], arguments].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|it| panic!("{it}: {stderr}"));
    assert_eq!(report["errors"], Value::Array(Vec::new()), "{}: {stderr}", folder.display());
    report
}

/// One line per finding (`high LBL001 WebAlb subnets[1]`), then one per undecided subject
/// (`undecided NET002 NatA subnet: parameter SubnetId`).
fn lines(report: &Value) -> String {
    let mut lines = String::new();
    for finding in report["findings"].as_array().unwrap() {
        let [severity, rule, path] = ["severity", "rule", "path"].map(|it| text(&finding[it]));
        let line = format!("{severity} {rule} {} {path}", label(&finding["resource"]["address"]));
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    for entry in report["undecided"].as_array().unwrap() {
        let [rule, missing, reason] = ["rule", "missing", "reason"].map(|it| text(&entry[it]));
        let resource = &entry["resource"];
        let resource = resource.get("address").unwrap_or(resource);
        writeln!(lines, "undecided {rule} {} {missing}: {reason}", label(resource)).unwrap();
    }
    lines
}

/// The logical id, without the stack that the address begins with.
fn label(address: &Value) -> &str {
    let address = text(address);
    address.split_once('/').map_or(address, |(_, label)| label)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
