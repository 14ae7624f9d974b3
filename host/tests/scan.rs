//! `archlint scan` of live accounts: each has the findings that its architecture has before deployment, and what
//! only a live account can tell.

#![cfg(all(feature = "engine", feature = "aws"))] // without them there is no such command
#![expect(clippy::unwrap_used, reason = "clippy takes functions beside the tests of this file for no tests")]
#![expect(clippy::print_stderr, reason = "a test says that it skipped something")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;
#[expect(dead_code, reason = "shared with tests that use all of it")]
mod moto;

use folder::{Folder, Run};
use moto::{Deployed, Moto};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures");

#[test]
fn two_servers_of_2016_behind_a_classic_load_balancer() {
    check("seed-2016");
}

#[test]
fn a_web_service_in_three_zones() {
    check("three-zone-reference");
}

#[test]
fn a_load_balancer_in_two_zones_and_servers_in_one() {
    check("one-sided-load-balancer");
}

#[test]
fn a_load_balancer_with_one_node_in_a_private_subnet() {
    check("mixed-load-balancer-subnets");
}

#[test]
fn routes_after_some_years() {
    check("route-rot");
}

#[test]
fn an_account_in_two_regions() {
    check("two-regions");
}

#[test]
fn the_same_account_gives_the_same_bytes() {
    let Some(moto) = Moto::start() else { return };
    let deployed = moto.build("two-regions");
    let folder = Folder::new("scan-twice");
    let [first, second] = [(), ()].map(|()| scan(&folder, &moto, &deployed).stdout);
    assert_eq!(first, second);
}

/// Builds an account, scans it, and holds its findings against what is expected, and against the same
/// architectures as templates and plans.
#[track_caller]
fn check(account: &str) {
    let Some(moto) = Moto::start() else { return };
    let deployed = moto.build(account);
    let folder = Folder::new(&format!("scan-{account}"));
    let run = scan(&folder, &moto, &deployed);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|it| panic!("{it}: {}", run.stderr));
    assert_eq!(report["errors"], Value::Array(Vec::new()), "{}", run.stderr);

    let found = findings(&report);
    let rules: Vec<String> = found.iter().map(Finding::rule).collect();
    let expected = sorted(deployed.iter().flat_map(expected).collect());
    assert_eq!(sorted(rules), expected, "{report:#}");
    let gates = expected.iter().any(|it| it.starts_with("high "));
    assert_eq!(run.code, i32::from(gates), "{}", run.stderr);

    assert_nothing_is_hidden(&report, &scan_of(&folder, &moto.bare_url(), &deployed));

    for it in &deployed {
        for sources in sources(&it.architecture) {
            let arguments: Vec<&str> = sources.iter().map(String::as_str).collect();
            assert_same_roles(&found, &findings(&folder.check(&arguments)));
        }
    }
}

/// What is found before deployment is found live, of the resource with the same role. Which rules find something
/// has been held by then, and how severe it is.
#[track_caller]
fn assert_same_roles(live: &[Finding], before: &[Finding]) {
    for it in before {
        assert!(it.role.is_some(), "no role tells the subject of {it:?}");
        let is_same = |other: &&Finding| other.code == it.code && other.role == it.role;
        assert_eq!(live.iter().filter(is_same).count(), 1, "{it:?} among {live:#?}");
    }
}

/// With the calls that moto fails, whatever was found is found, or left undecided because of them.
#[track_caller]
fn assert_nothing_is_hidden(whole: &Value, partial: &Run) {
    let partial: Value = serde_json::from_str(&partial.stdout).unwrap();
    let subjects = |report: &Value, list: &str| -> Vec<(Value, Value)> {
        let all = report[list].as_array().unwrap().iter();
        all.map(|it| (it["rule"].clone(), it["resource"]["address"].clone())).collect()
    };
    let told = [subjects(&partial, "findings"), subjects(&partial, "undecided")].concat();
    for it in subjects(whole, "findings") {
        assert!(told.contains(&it), "{it:?} is hidden: {partial:#}");
    }
    let new: Vec<_> = subjects(&partial, "findings");
    let before = subjects(whole, "findings");
    assert!(new.iter().all(|it| before.contains(it)), "{new:?}");
}

fn scan(folder: &Folder, moto: &Moto, deployed: &[Deployed]) -> Run {
    scan_of(folder, &moto.url(), deployed)
}

fn scan_of(folder: &Folder, url: &str, deployed: &[Deployed]) -> Run {
    let mut arguments = vec!["scan", "--endpoint-url", url, "--collector", "direct", "--format", "json"];
    for it in deployed {
        arguments.extend(["--region", &it.region]);
    }
    let mut command = folder.command(&arguments);
    let output = moto::credentials(&mut command).output().unwrap();
    let run = Run {
        code: output.status.code().expect("no signal ends archlint"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!run.stdout.is_empty(), "{run:?}");
    run
}

/// A finding by what it has in common with itself elsewhere.
#[derive(Debug)]
struct Finding {
    severity: String,
    code: String,
    role: Option<String>,
}

impl Finding {
    /// `high LBL001`
    fn rule(&self) -> String {
        format!("{} {}", self.severity, self.code)
    }
}

fn findings(report: &Value) -> Vec<Finding> {
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let finding = |it: &Value| Finding {
        severity: text(&it["severity"]),
        code: text(&it["rule"]),
        role: it["fingerprints"]["role"].as_str().map(str::to_owned),
    };
    report["findings"].as_array().unwrap().iter().map(finding).collect()
}

/// `high LBL001` for each finding that is expected of an architecture where it is deployed.
fn expected(deployed: &Deployed) -> Vec<String> {
    let of = |kind: &str| Path::new(FIXTURES).join(kind).join(&deployed.architecture).join("expected.txt");
    let path = Some(of("accounts")).filter(|it| it.exists()).unwrap_or_else(|| of("architectures"));
    let text = fs::read_to_string(path).unwrap();
    let findings = text.lines().filter(|it| !it.starts_with('#') && !it.starts_with("undecided "));
    let rule = |line: &str| {
        let mut words = line.split(' ');
        format!("{} {}", words.next().unwrap(), words.next().unwrap())
    };
    findings.map(rule).collect()
}

/// The arguments by which an architecture is checked before its deployment: its template, then its plan.
fn sources(architecture: &str) -> [Vec<String>; 2] {
    let folder: PathBuf = Path::new(FIXTURES).join("architectures").join(architecture);
    let path = |name: &str| folder.join(name).display().to_string();
    [
        vec![path("template.yaml")],
        vec![path("plan.json"), "--tf-dir".to_owned(), folder.display().to_string()],
    ]
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all
}
