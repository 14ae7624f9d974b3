//! `archlint scan` of the buckets of `fixtures/buckets` with real objects in them, and `archlint keys` of what stands
//! in one. `BLESS=1` rewrites what is expected.

#![cfg(all(feature = "engine", feature = "aws"))] // without them there is no such command
#![expect(clippy::unwrap_used, reason = "clippy takes functions beside the tests of this file for no tests")]
#![expect(clippy::print_stderr, reason = "a test says that it skipped something")]

use std::path::Path;
use std::{env, fs};

use serde_json::Value;

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;
#[expect(dead_code, reason = "shared with tests that use all of it")]
mod moto;

use folder::{Folder, Run};
use moto::Moto;
use moto::proxy::{Answer, Call, Proxy};

const EXPECTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/accounts/buckets");

/// What the storage rules need, and directory buckets, which they do not ask for.
const KINDS: &str = "AWS::S3::Bucket,AWS::S3Express::DirectoryBucket,AWS::CloudFront::Distribution,AWS::Glue::Table,\
                     AWS::KinesisFirehose::DeliveryStream,Archlint::S3::KeyPopulation,Archlint::S3::BucketMetrics";

const INTENT: &str = "[[buckets]]\naddress = \"b08\"\nreaders = \"in-region\"\n";
const LEGACY: &str = "[rules.STO001]\nparameters = { profile = \"legacy\" }\n\n\
                      [rules.STO006]\nparameters = { profile = \"legacy\" }\n";

const DIRECTORY_BUCKETS: &str = "<ListAllMyDirectoryBucketsResult><Buckets><Bucket><Name>b12--apne2-az1--x-s3</Name>\
                                 <BucketRegion>ap-northeast-2</BucketRegion></Bucket></Buckets>\
                                 </ListAllMyDirectoryBucketsResult>";
/// Buckets of which nobody knows how busy they are.
const UNMETERED: [&str; 3] = ["b09", "b10", "logs"];

/// Answers what moto takes for other calls.
fn stand_in(call: &Call) -> Answer {
    if call.service == "s3express" {
        return Answer::Reply(DIRECTORY_BUCKETS.to_owned());
    }
    match call.operation.strip_prefix("GET /").and_then(|it| it.split_once('?')) {
        Some((bucket, "metrics")) => {
            let is_metered = !UNMETERED.contains(&bucket);
            let all = "<MetricsConfiguration><Id>EntireBucket</Id></MetricsConfiguration>";
            let all = if is_metered { all } else { "" };
            Answer::Reply(format!("<ListMetricsConfigurationsResult>{all}</ListMetricsConfigurationsResult>"))
        }
        Some(("b07", "policyStatus")) => {
            Answer::Reply("<PolicyStatus><IsPublic>TRUE</IsPublic></PolicyStatus>".to_owned())
        }
        Some((_, "policyStatus")) => Answer::Error(404, "NoSuchBucketPolicy"),
        _ => Answer::PassOn,
    }
}

fn run(folder: &Folder, arguments: &[&str]) -> Run {
    let output = moto::credentials(&mut folder.command(arguments)).output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap_or_else(|it| panic!("{it}: {}", run.stderr))
}

/// One line per finding and undecided bucket of a report.
fn lines(report: &Value) -> String {
    let text = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
    let of = |it: &Value| format!("{} {}", text(it, "rule"), text(&it["resource"], "name"));
    let finding = |it: &Value| {
        let (severity, confidence) = (text(it, "severity"), text(it, "confidence"));
        format!("{} {severity}, confidence {confidence}: {}\n", of(it), text(it, "message"))
    };
    let undecided =
        |it: &Value| format!("{} undecided: {} {}\n", of(it), text(it, "reason"), text(it, "detail"));
    let findings = report["findings"].as_array().unwrap().iter().map(finding);
    let mut lines: Vec<String> =
        findings.chain(report["undecided"].as_array().unwrap().iter().map(undecided)).collect();
    lines.sort();
    lines.concat()
}

/// What is expected; where it is to be rewritten, what was found.
fn expected(file: &str, found: &str) -> String {
    let file = Path::new(EXPECTED).join(file);
    if env::var_os("BLESS").is_some() {
        fs::write(&file, found).unwrap();
    }
    fs::read_to_string(&file).unwrap_or_default()
}

fn storage_rules(folder: &Folder, url: &str) {
    folder.write("archlint.toml", INTENT);
    let scan = ["scan", "--endpoint-url", url, "--region", "ap-northeast-2", "--collector", "direct"];
    let more = ["--kinds", KINDS, "--select", "STO*", "--format", "json", "--save", "scan.jsonl"];
    let modern = json(&run(folder, &[&scan[..], &more].concat()));
    assert_eq!(modern["inputs"][0]["read"]["AWS::S3Express::DirectoryBucket"], 1, "{:#}", modern["inputs"]);
    folder.write("archlint.toml", INTENT.to_owned() + "\n" + LEGACY);
    let legacy = json(&run(folder, &["check", "--select", "STO*", "--format", "json", "scan.jsonl"]));
    let (modern, legacy) = (lines(&modern), lines(&legacy));
    assert_eq!(modern, expected("expected.txt", &modern));
    assert_eq!(legacy, expected("expected.legacy.txt", &legacy));
}

fn keys(folder: &Folder, url: &str, sources: &[&str]) -> (Run, Value) {
    let run = run(folder, &[&["keys", "--endpoint-url", url, "--format", "json"], sources].concat());
    let report = json(&run);
    (run, report)
}

/// What was read, and what it is like.
fn told(report: &Value) -> (&Value, &Value, &Value) {
    let (input, population) = (&report["inputs"][0], &report["populations"][0]);
    (&input["format"], &input["records"], &population["classification"]["class"])
}

fn keys_in_s3(folder: &Folder, url: &str) {
    let report = "s3://logs/inventory/photos/all/2026-11-22T01-00Z/manifest.json";
    for (source, format) in [("s3://logs/keys/list.txt", "list of keys"), (report, "S3 Inventory")] {
        let (run, report) = keys(folder, url, &[source]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(report["inputs"][0]["name"], source);
        assert_eq!(told(&report), (&format.into(), &1000.into(), &"sequential".into()));
    }
    let local: String =
        (0..300).fold(String::new(), |keys, it| keys + &format!("{:010}.json\n", 1_000_000 + it));
    folder.write("local.txt", local);
    let (run, report) = keys(folder, url, &["s3://nobody/x", "local.txt"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains("cannot read `s3://nobody/x`: there is no `nobody`"), "{}", run.stderr);
    assert_eq!(told(&report), (&"list of keys".into(), &300.into(), &"sequential".into()));
    let (run, report) = keys(folder, url, &["s3://nobody/x"]);
    assert_eq!((run.code, &report["populations"]), (2, &Value::Array(Vec::new())), "{}", run.stderr);
}

#[test]
fn twelve_buckets() {
    let Some(moto) = Moto::start() else { return };
    moto.run(&["buckets.py"]);
    let proxy = Proxy::start(&moto.url(), stand_in);
    let folder = Folder::new("scan-buckets");
    keys_in_s3(&folder, &proxy.url());
    storage_rules(&folder, &proxy.url());
}
