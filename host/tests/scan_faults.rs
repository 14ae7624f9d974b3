//! `archlint scan` in bad times, and what it leaves behind: what it calls, what it saves, what it does not see.

#![cfg(all(feature = "engine", feature = "aws"))] // without them there is no such command
#![expect(clippy::unwrap_used, reason = "clippy takes functions beside the tests of this file for no tests")]
#![expect(clippy::print_stderr, reason = "a test says that it skipped something")]

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;
#[expect(dead_code, reason = "shared with tests that use all of it")]
mod moto;

use folder::{Folder, Run};
use moto::Moto;
use moto::proxy::{Answer, Call, Proxy};

/// An account with two load balancers, three route tables and a few servers.
const ACCOUNT: &str = "mixed-load-balancer-subnets";

struct Account {
    moto: Moto,
    region: String,
}

fn account() -> Option<Account> {
    let moto = Moto::start()?;
    let region = moto.build(ACCOUNT).remove(0).region;
    Some(Account { moto, region })
}

/// A scan of the account by direct calls, with more arguments.
fn command(folder: &Folder, url: &str, region: &str, more: &[&str]) -> Command {
    let scan = ["scan", "--endpoint-url", url, "--region", region, "--collector", "direct", "--no-config"];
    let mut command = folder.command(&[&scan, more].concat());
    moto::credentials(&mut command);
    command
}

fn scan(folder: &Folder, url: &str, region: &str, more: &[&str]) -> Run {
    let output = command(folder, url, region, more).output().unwrap();
    Run {
        code: output.status.code().expect("no signal ends archlint"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An error where it is wanted.
fn failing(is_failing: bool, code: &'static str) -> Answer {
    if is_failing { Answer::Error(400, code) } else { Answer::PassOn }
}

fn actions(policy: &str) -> BTreeSet<String> {
    let policy: Value = serde_json::from_str(policy).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    actions.iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_policy_is_what_is_called_and_nothing_writes() {
    let Some(Account { moto, region }) = account() else { return };
    let folder = Folder::new("scan-policy");
    let called = |more: &[&str]| -> BTreeSet<String> {
        let stderr =
            scan(&folder, &moto.url(), &region, &[&["-v", "--format", "json"], more].concat()).stderr;
        let second = stderr.lines().filter_map(|it| it.split_whitespace().nth(1));
        // Notes have words there.
        second.filter(|it| it.contains(':')).map(str::to_owned).collect()
    };
    let printed = |more: &[&str]| {
        actions(&scan(&folder, &moto.url(), &region, &[&["--print-policy"], more].concat()).stdout)
    };
    // There is something of each of these kinds, so that everything is asked that may be asked.
    let kinds = [
        "--kinds",
        "AWS::EC2::VPC,AWS::EC2::Subnet,AWS::EC2::RouteTable,AWS::EC2::NatGateway,AWS::ElasticLoadBalancingV2::LoadBalancer,\
         AWS::ElasticLoadBalancingV2::TargetGroup,AWS::ElasticLoadBalancingV2::Listener",
    ];
    assert_eq!(called(&kinds), printed(&kinds));
    let all = printed(&[]);
    let beyond: Vec<String> = called(&[]).difference(&all).cloned().collect();
    assert_eq!(beyond, [""; 0]);
    let reads = |it: &String| {
        let operation = it.split_once(':').unwrap().1;
        ["Describe", "List", "Get", "BatchGet"].iter().any(|verb| operation.starts_with(verb))
    };
    let writes: Vec<&String> = all.iter().filter(|it| !reads(it)).collect();
    assert_eq!(writes, Vec::<&String>::new());
    let told = scan(&folder, &moto.url(), &region, &["--dry-run"]).stdout;
    let told: BTreeSet<String> =
        told.lines().map(|it| it.split_whitespace().next().unwrap().to_owned()).collect();
    assert_eq!(told, all);
}

#[test]
fn a_scan_that_was_killed_goes_on_where_it_was() {
    let Some(Account { moto, region }) = account() else { return };
    let folder = Folder::new("scan-killed");
    let json = ["--format", "json"];
    let whole = scan(&folder, &moto.url(), &region, &[&json[..], &["--save", "whole.jsonl"]].concat());
    let slow = Proxy::start(&moto.url(), |_| {
        thread::sleep(Duration::from_millis(100));
        Answer::PassOn
    });
    let save = [&json[..], &["--save", "part.jsonl"]].concat();
    let mut child = command(&folder, &slow.url(), &region, &save)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while slow.calls() < 20 {
        assert!(start.elapsed() < Duration::from_mins(1), "only {} calls", slow.calls());
        thread::sleep(Duration::from_millis(10));
    }
    // SIGKILL: nothing is cleaned up.
    child.kill().unwrap();
    child.wait().unwrap();
    let part = fs::read_to_string(folder.path.join("part.jsonl")).unwrap();
    assert!(part.lines().count() > 1, "{part}");
    assert!(
        folder
            .archlint(&["check", "--no-config", "part.jsonl"])
            .stderr
            .contains("archlint::source::interrupted")
    );
    // As if it had been killed in the middle of a line.
    fs::write(folder.path.join("part.jsonl"), format!("{part}{{\"question\": {{\"acc")).unwrap();

    let resumed = scan(&folder, &moto.url(), &region, &[&save[..], &["--resume"]].concat());
    assert_eq!(resumed.stdout, whole.stdout, "{}", resumed.stderr);
    let read = folder.archlint(&["check", "--no-config", "--format", "json", "part.jsonl"]);
    let findings = |text: &str| serde_json::from_str::<Value>(text).unwrap()["findings"].clone();
    assert_eq!(findings(&read.stdout), findings(&whole.stdout));
    assert!(scan(&folder, &moto.url(), &region, &save).stderr.contains("archlint::scan::exists"));
    let other = [&save[..], &["--resume", "--select", "NET001"]].concat();
    assert!(scan(&folder, &moto.url(), &region, &other).stderr.contains("archlint::scan::other"));
}

#[test]
fn what_passes_changes_nothing() {
    let Some(Account { moto, region }) = account() else { return };
    let folder = Folder::new("scan-passing");
    let quiet = scan(&folder, &moto.url(), &region, &["--format", "json"]);
    assert!(quiet.stdout.contains("\"LBL001\""), "{quiet:?}");
    // Three of ten calls.
    let busy = Proxy::start(&moto.url(), |it| failing(it.number * 7 % 10 < 3, "Throttling"));
    let throttled = scan(&folder, &busy.url(), &region, &["--format", "json"]);
    assert_eq!(throttled.stdout, quiet.stdout, "{}", throttled.stderr);

    // The first key expires after a while; who asks again gets the second.
    folder.write("keys.sh", "test -e asked && n=2 || n=1\n: > asked\n\
        echo \"{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"AKIAEXAMPLE$n\\\", \\\"SecretAccessKey\\\": \\\"s\\\"}\"\n");
    folder.write("config", "[default]\ncredential_process = sh keys.sh\n");
    let expiring = Proxy::start(&moto.url(), |it| {
        failing(it.access_key == "AKIAEXAMPLE1" && it.number > 12, "ExpiredToken")
    });
    let mut command = command(&folder, &expiring.url(), &region, &["--format", "json"]);
    command
        .env_remove("AWS_ACCESS_KEY_ID")
        .env_remove("AWS_SECRET_ACCESS_KEY")
        .env("AWS_CONFIG_FILE", "config");
    let renewed = command.output().unwrap();
    assert_eq!(String::from_utf8(renewed.stdout).unwrap(), quiet.stdout);
}

/// What a scan says that it could not see, through a proxy.
fn not_collected(
    name: &str,
    account: &Account,
    regions: &[&str],
    answer: impl Fn(&Call) -> Answer + Send + Sync + 'static,
) -> (Value, BTreeSet<String>) {
    let folder = Folder::new(name);
    let proxy = Proxy::start(&account.moto.url(), answer);
    let others: Vec<&str> = regions.iter().flat_map(|it| ["--region", *it]).collect();
    let run = scan(&folder, &proxy.url(), &account.region, &[&["--format", "json"], &others[..]].concat());
    assert_ne!(run.code, 2, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let missing = report["summary"]["not_collected"].as_array().cloned().unwrap_or_default();
    let missing = missing.iter().map(|it| it["kind"].as_str().unwrap().to_owned()).collect();
    (report, missing)
}

#[test]
fn what_cannot_be_seen_is_told_and_the_rest_is_found() {
    let Some(account) = account() else { return };
    let rules_of = |report: &Value, list: &str| -> BTreeSet<String> {
        let all = report[list].as_array().unwrap().iter();
        all.map(|it| it["rule"].as_str().unwrap().to_owned()).collect()
    };
    let rules = |report: &Value| rules_of(report, "findings");
    let (quiet, missing) = not_collected("scan-all-seen", &account, &[], |_| Answer::PassOn);
    assert_eq!(missing, BTreeSet::new());
    assert!(rules(&quiet).contains("LBL001"), "{quiet:#}");

    let (report, missing) = not_collected("scan-denied", &account, &[], |it| {
        failing(it.service == "elasticloadbalancing", "AccessDenied")
    });
    assert!(missing.contains("AWS::ElasticLoadBalancingV2::LoadBalancer"), "{missing:?}");
    assert!(!missing.contains("AWS::EC2::VPC"), "{missing:?}");
    assert!(!rules(&report).contains("LBL001"), "{report:#}");
    // What has a subject that is in sight is found all the same, or left open.
    let about_others = |rule: &String| !rule.starts_with("LBL");
    let without: BTreeSet<String> = rules(&quiet).into_iter().filter(about_others).collect();
    let told: BTreeSet<String> = &rules(&report) | &rules_of(&report, "undecided");
    assert!(!without.is_empty() && told.is_superset(&without), "{without:?} {report:#}");

    // Down, not closed: asked again and again, until it is given up.
    let (report, missing) = not_collected("scan-down", &account, &[], |it| match it.service.as_str() {
        "lambda" => Answer::Error(503, "ServiceUnavailable"),
        _ => Answer::PassOn,
    });
    let of_lambda = ["AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function"].map(str::to_owned);
    assert_eq!(missing, BTreeSet::from(of_lambda));
    assert!(rules(&report).contains("LBL001"), "{report:#}");

    // A region that answers nothing is a failure, and the others are judged.
    let folder = Folder::new("scan-region-denied");
    let proxy =
        Proxy::start(&account.moto.url(), |it| failing(it.region == "eu-west-3", "UnauthorizedOperation"));
    let arguments = ["--format", "json", "--region", "eu-west-3"];
    let run = scan(&folder, &proxy.url(), &account.region, &arguments);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("archlint::scan::silent"), "{}", run.stderr);
    assert!(run.stderr.contains("eu-west-3"), "{}", run.stderr);
    assert_eq!(rules(&report), rules(&quiet));
}

#[test]
fn nothing_at_all_is_a_failure() {
    let Some(Account { moto, region }) = account() else { return };
    let folder = Folder::new("scan-nothing");
    let closed = Proxy::start(&moto.url(), |it| failing(it.service != "sts", "AccessDenied"));
    let run = scan(&folder, &closed.url(), &region, &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("archlint::scan::nothing"), "{}", run.stderr);
}

/// `fixtures/accounts/planted.py` plants it.
const SECRET: &str = "hunter2_planted";

#[test]
fn secrets_are_in_no_output() {
    let Some(moto) = Moto::start() else { return };
    moto.run(&["planted.py"]);
    let folder = Folder::new("scan-secrets");
    let formats = ["human", "json", "sarif", "junit", "github", "gitlab", "markdown"];
    let formats: Vec<String> = formats.iter().map(|it| format!("--format={it}={it}.out")).collect();
    let mut more: Vec<&str> = formats.iter().map(String::as_str).collect();
    // Whatever may be asked, not only what a rule reads.
    let kinds = "--kinds=AWS::EC2::Instance,AWS::EC2::LaunchTemplate,AWS::AutoScaling::LaunchConfiguration,\
                 AWS::RDS::DBInstance,AWS::ECS::Service,AWS::ECS::TaskDefinition,AWS::EC2::VPNConnection";
    more.extend([kinds, "--save", "saved.out", "-v"]);
    let run = scan(&folder, &moto.url(), "eu-west-1", &more);
    assert_ne!(run.code, 2, "{}", run.stderr);
    let snapshot = folder.archlint(&["snapshot", "--no-config", "saved.out"]).stdout;
    let saved = fs::read_to_string(folder.path.join("saved.out")).unwrap();
    for kind in ["LaunchTemplate", "LaunchConfiguration", "DBInstance", "TaskDefinition", "VPNConnection"] {
        assert!(saved.contains(&format!("::{kind}\"")), "no {kind} in {saved}");
    }
    let mut outputs = vec![run.stdout, run.stderr, snapshot];
    for it in fs::read_dir(&folder.path).unwrap() {
        let path = it.unwrap().path();
        if path.is_file() {
            outputs.push(fs::read_to_string(path).unwrap());
        }
    }
    assert_eq!(outputs.len(), 3 + formats.len() + 1);
    let script = format!("#!/bin/sh\nexport TOKEN={SECRET}\n");
    let encoded = base64::engine::Engine::encode(&base64::engine::general_purpose::STANDARD, script);
    for it in outputs {
        assert!(!it.contains(SECRET) && !it.contains(&encoded), "{it}");
    }
}
