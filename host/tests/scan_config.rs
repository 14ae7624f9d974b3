//! `archlint scan` through AWS Config, over the wire: it agrees with direct calls.

#![cfg(all(feature = "engine", feature = "aws"))] // without them there is no such command
#![expect(clippy::unwrap_used, reason = "clippy takes functions beside the tests of this file for no tests")]
#![expect(clippy::print_stderr, reason = "a test says that it skipped something")]

use std::collections::BTreeSet;
use std::fs;

use archlint_config_server::{Items, Options, Server};
use serde_json::{Value, json};

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;
#[expect(dead_code, reason = "shared with tests that use all of it")]
mod moto;

use folder::Folder;
use moto::Moto;

/// What AWS Config would deliver of an account, made of what a scan by direct calls saved of it.
fn delivered(saved: &str) -> String {
    let lines = saved.lines().map(|it| serde_json::from_str::<Value>(it).unwrap());
    let parts = lines.flat_map(|it| it["parts"].as_array().cloned().unwrap_or_default());
    let items = parts.flat_map(|it| it["items"].as_array().cloned().unwrap());
    let recorded = items.map(|mut it| {
        it["configurationItemStatus"] = json!("OK");
        it["configurationItemVersion"] = json!("1.3");
        it["awsAccountId"] = it["accountId"].take();
        it["ARN"] = it["arn"].take();
        it
    });
    let items: Vec<Value> = recorded.filter(|it| it["awsRegion"].is_string()).collect();
    json!({ "fileVersion": "1.0", "configSnapshotId": "s-1", "configurationItems": items }).to_string()
}

/// Rule and address of each finding, and the rules that are undecided about something that was not collected.
fn answers(stdout: &str) -> (BTreeSet<(String, String)>, BTreeSet<String>) {
    let report: Value = serde_json::from_str(stdout).unwrap();
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    let all = |name: &str| report[name].as_array().unwrap().clone();
    let findings =
        all("findings").iter().map(|it| (text(&it["rule"]), text(&it["resource"]["address"]))).collect();
    let undecided = all("undecided");
    let open = undecided.iter().filter(|it| it["reason"] == "not-collected").map(|it| text(&it["rule"]));
    (findings, open.collect())
}

#[test]
fn aws_config_and_direct_calls_agree() {
    let Some(moto) = Moto::start() else { return };
    let region = moto.build("mixed-load-balancer-subnets").remove(0).region;
    let folder = Folder::new("scan-config");
    let scan = |more: &[&str], config_url: &str| {
        let arguments = ["scan", "--no-config", "--format", "json", "--region", &region];
        let mut command = folder.command(&[&arguments[..], more].concat());
        moto::credentials(&mut command);
        command.env("AWS_ENDPOINT_URL", moto.url()).env("AWS_ENDPOINT_URL_CONFIG_SERVICE", config_url);
        let output = command.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        (String::from_utf8(output.stdout).unwrap(), stderr)
    };
    let (direct, told) = scan(&["--collector", "direct", "--save", "direct.jsonl"], &moto.url());
    let (found, open) = answers(&direct);
    assert!(found.iter().any(|it| it.0 == "LBL001"), "{told}");
    assert_eq!(open, BTreeSet::new());

    let snapshot = delivered(&fs::read_to_string(folder.path.join("direct.jsonl")).unwrap());
    let server = Server::start(Items::from_snapshot(&snapshot).unwrap(), Options::default()).unwrap();
    let (auto, told) = scan(&[], &server.url());
    assert_eq!(answers(&auto), (found.clone(), open), "{told}");
    assert!(server.count("SelectResourceConfig") > 10, "{:?}", server.calls());

    // AWS Config alone does not record everything: what it finds is true, and what it cannot tell it says.
    let told_by = |stdout: &str| {
        let (some, open) = answers(stdout);
        assert!(some.is_subset(&found), "{some:?} are not all of {found:?}");
        let missing: Vec<_> = found.difference(&some).filter(|it| !open.contains(&it.0)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(some.iter().any(|it| it.0 == "LBL001"), "{some:?}, {open:?}");
    };
    told_by(&scan(&["--collector", "config"], &server.url()).0);
    folder.write("delivered.json", &snapshot);
    told_by(&scan(&["--config-snapshot", "delivered.json"], &server.url()).0);
}
