//! What each denied call costs: for every architecture of `fixtures/accounts`, one action after another is denied. No
//! finding appears that was not there, and none disappears but those about what is denied and those that it leaves
//! undecided. It takes many scans, so that it runs as `cargo xtask denials` only.

#![cfg(all(feature = "engine", feature = "aws"))] // without them there is no such command
#![expect(clippy::unwrap_used, reason = "clippy takes functions beside the tests of this file for no tests")]
#![expect(clippy::print_stderr, clippy::print_stdout, reason = "the table is what it is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use serde_json::Value;

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;
#[expect(dead_code, reason = "shared with tests that use all of it")]
mod moto;

use folder::Folder;
use moto::proxy::{Answer, Call, Proxy};
use moto::{Deployed, Moto};

const ACCOUNTS: [&str; 6] = [
    "seed-2016",
    "three-zone-reference",
    "one-sided-load-balancer",
    "mixed-load-balancer-subnets",
    "route-rot",
    "two-regions",
];

/// Calls without which nobody knows whose account it is.
const IDENTITY: [&str; 2] = ["GetCallerIdentity", "DescribeRegions"];

/// What a scan says, by rule and resource.
#[derive(Debug, Default, PartialEq)]
struct Told {
    findings: BTreeSet<Subject>,
    undecided: BTreeSet<Subject>,
    resources: BTreeSet<String>,
}

type Subject = (String, String);

/// What one denied action costs over all accounts.
#[derive(Default)]
struct Cost {
    undecided: BTreeSet<String>,
    gone: BTreeSet<String>,
}

/// The accounts and actions to try: all of them, or those that `ARCHLINT_DENIALS` (`seed-2016 DescribeInstances`) has in
/// it, while a fault is looked for.
fn is_wanted(name: &str, among: &[&str]) -> bool {
    let wanted = std::env::var("ARCHLINT_DENIALS").unwrap_or_default();
    let mut words =
        wanted.split_whitespace().filter(|word| among.iter().any(|it| it.contains(word))).peekable();
    words.peek().is_none() || words.any(|word| name.contains(word))
}

#[test]
#[ignore = "hundreds of scans: cargo xtask denials"]
fn what_is_denied_hides_nothing_that_the_rest_proves() {
    let mut costs: BTreeMap<String, Cost> = BTreeMap::new();
    let mut wrong = String::new();
    let mut lost = 0;
    for account in ACCOUNTS.into_iter().filter(|it| is_wanted(it, &ACCOUNTS)) {
        let Some(moto) = Moto::start() else { return };
        let deployed = moto.build(account);
        let folder = Folder::new(&format!("denials-{account}"));
        let seen = Arc::new(Mutex::new(BTreeSet::new()));
        let noted = Arc::clone(&seen);
        let quiet = Proxy::start(&moto.url(), move |call| {
            noted.lock().unwrap().insert(action(call));
            Answer::PassOn
        });
        let whole = scan(&folder, &quiet.url(), &deployed);
        let actions: Vec<String> = seen.lock().unwrap().iter().cloned().collect();
        eprintln!("{account}: {} findings, {} actions", whole.findings.len(), actions.len());
        let names: Vec<&str> = actions.iter().map(String::as_str).collect();
        let is_identity = |it: &String| IDENTITY.iter().any(|known| it.ends_with(known));
        for denied in actions.iter().filter(|it| !is_identity(it) && is_wanted(it, &names)) {
            let refused = denied.clone();
            let proxy = Proxy::start(&moto.url(), move |call| {
                if action(call) == refused { Answer::Error(403, "AccessDenied") } else { Answer::PassOn }
            });
            let partial = scan(&folder, &proxy.url(), &deployed);
            let cost = costs.entry(denied.clone()).or_default();
            for it in partial.findings.difference(&whole.findings) {
                writeln!(wrong, "{account} without {denied}: appears {it:?}").unwrap();
            }
            for it in whole.findings.difference(&partial.findings) {
                lost += 1;
                let is_gone = !partial.resources.contains(&it.1);
                if partial.undecided.contains(it) {
                    cost.undecided.insert(it.0.clone());
                } else if is_gone {
                    cost.gone.insert(it.0.clone());
                } else {
                    writeln!(wrong, "{account} without {denied}: disappears {it:?}").unwrap();
                }
            }
        }
    }
    println!("| denied | leaves undecided | is about it |\n|---|---|---|");
    for (action, cost) in costs.iter().filter(|(_, it)| !it.undecided.is_empty() || !it.gone.is_empty()) {
        println!("| `{action}` | {} | {} |", list(&cost.undecided), list(&cost.gone));
    }
    println!("\n{lost} findings lost in {} actions", costs.len());
    assert!(wrong.is_empty(), "{wrong}");
}

fn list(rules: &BTreeSet<String>) -> String {
    rules.iter().cloned().collect::<Vec<_>>().join(", ")
}

/// `ec2:DescribeVpcs`; of a REST service its method and the beginning of its path.
fn action(call: &Call) -> String {
    let operation = match call.operation.split_once(' ') {
        Some((method, path)) => {
            let path = path.split('?').next().unwrap();
            let query = call.operation.split_once('?').map_or("", |it| it.1);
            let fixed: Vec<&str> = path.split('/').filter(|it| !it.is_empty() && !is_name(it)).collect();
            let query = query.split(['=', '&']).next().unwrap_or_default();
            format!("{method} /{}{}{query}", fixed.join("/"), if query.is_empty() { "" } else { "?" })
        }
        None => call.operation.clone(),
    };
    format!("{}:{operation}", call.service)
}

/// Whether a part of a path names a resource.
fn is_name(part: &str) -> bool {
    part.contains(['%', ':', '_']) || part.chars().any(|it| it.is_ascii_digit()) && !part.starts_with("20")
}

fn scan(folder: &Folder, url: &str, deployed: &[Deployed]) -> Told {
    let saved = folder.path.join("saved.jsonl");
    // A run before this one may have left it.
    let _ = std::fs::remove_file(&saved);
    let mut arguments = vec!["scan", "--endpoint-url", url, "--collector", "direct", "--format", "json"];
    arguments.extend(["--save", "saved.jsonl"]);
    for it in deployed {
        arguments.extend(["--region", &it.region]);
    }
    let mut command = folder.command(&arguments);
    let output = moto::credentials(&mut command).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let subjects = |list: &str| -> BTreeSet<Subject> {
        let all = report[list].as_array().unwrap().iter();
        all.map(|it| (text(&it["rule"]), text(&it["resource"]["address"]))).collect()
    };
    let snapshot = folder.archlint(&["snapshot", "--no-config", "saved.jsonl"]).stdout;
    let snapshot: Value = serde_json::from_str(&snapshot).unwrap();
    let mut resources = BTreeSet::new();
    for architecture in snapshot["architectures"].as_array().unwrap() {
        let kinds = architecture["scenarios"][0]["snapshot"]["resources"].as_object().unwrap();
        resources
            .extend(kinds.values().flat_map(|it| it.as_array().unwrap()).map(|it| text(&it["meta"]["key"])));
    }
    Told { findings: subjects("findings"), undecided: subjects("undecided"), resources }
}

fn text(it: &Value) -> String {
    it.as_str().unwrap_or_default().to_owned()
}
