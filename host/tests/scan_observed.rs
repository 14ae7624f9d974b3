//! `archlint scan` of what no call lists: what the keys of buckets are like, and how busy streams are.

#![cfg(all(feature = "engine", feature = "aws"))] // without them there is no such command
#![expect(clippy::unwrap_used, reason = "clippy takes functions beside the tests of this file for no tests")]
#![expect(clippy::print_stderr, reason = "a test says that it skipped something")]

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;
#[expect(dead_code, reason = "shared with tests that use all of it")]
mod moto;

use folder::Folder;
use moto::Moto;
use moto::proxy::{Answer, Call, Proxy};

const KINDS: &str =
    "Archlint::S3::KeyPopulation,Archlint::S3::BucketMetrics,Archlint::Kinesis::StreamMetrics";

/// The lines of a scan that was saved, the one that tells how it was asked for left out.
fn scanned(folder: &Folder, url: &str, file: &str, more: &[&str]) -> (Vec<Value>, String) {
    let scan = ["scan", "--no-config", "--region", "eu-west-1", "--collector", "direct", "--kinds", KINDS];
    let to = ["--endpoint-url", url, "--format", "json", "--save", file];
    let mut command = folder.command(&[&scan, &to[..], more].concat());
    let output = moto::credentials(&mut command).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let saved = fs::read_to_string(folder.path.join(file)).unwrap_or_else(|it| panic!("{it}: {stderr}"));
    (saved.lines().skip(1).map(|it| serde_json::from_str(it).unwrap()).collect(), stderr)
}

/// What was observed, by the source and the id.
fn observed(lines: &[Value]) -> BTreeMap<String, Value> {
    let parts = lines.iter().filter_map(|it| it["parts"].as_array()).flatten();
    let items = parts.filter_map(|it| it["items"].as_array()).flatten();
    let ours = items.filter(|it| it["resourceType"].as_str().is_some_and(|it| it.starts_with("Archlint::")));
    ours.map(|it| (it["resourceId"].as_str().unwrap().to_owned(), it["configuration"].clone())).collect()
}

/// S3 lets nobody list the keys of one bucket.
fn refuse(call: &Call) -> Answer {
    let is_refused = call.operation.contains("/hashed") && call.operation.contains("list-type=2");
    if is_refused { Answer::Error(403, "AccessDenied") } else { Answer::PassOn }
}

#[test]
fn keys_and_metrics_are_observed() {
    let Some(moto) = Moto::start() else { return };
    moto.run(&["observed.py"]);
    let folder = Folder::new("scan-observed");
    let (lines, stderr) = scanned(&folder, &moto.url(), "scan.jsonl", &[]);
    assert!(stderr.contains("sampled: the keys of 3 buckets"), "{stderr}");
    let all = observed(&lines);
    assert_eq!(all.keys().collect::<Vec<_>>(), ["clicks", "hashed", "sequential"], "{stderr}");
    for bucket in ["hashed", "sequential"] {
        assert_eq!(all[bucket]["pattern"]["class"], bucket, "{:#}", all[bucket]);
        assert!(all[bucket]["sample"].as_u64().unwrap() >= 1000, "{:#}", all[bucket]);
    }
    let clicks = &all["clicks"];
    let told = (&clicks["in_mbps_p99"], &clicks["in_rps_p99"], &clicks["throttled_share"]);
    assert_eq!(told, (&json!(1.0), &json!(100.0), &Value::Null));

    let (lines, _) = scanned(&folder, &moto.url(), "none.jsonl", &["--keys-per-bucket", "0"]);
    assert_eq!(observed(&lines).into_keys().collect::<Vec<_>>(), ["clicks"]);

    // What was lost of a scan is asked again, and nothing else.
    let saved = fs::read_to_string(folder.path.join("scan.jsonl")).unwrap();
    let kept: String = saved.split_inclusive('\n').filter(|it| !it.contains("keys:hashed")).collect();
    folder.write("scan.jsonl", kept.replace("{\"end\":true}\n", ""));
    let (lines, stderr) = scanned(&folder, &moto.url(), "scan.jsonl", &["--resume"]);
    assert!(stderr.contains("sampled: the keys of 1 bucket:"), "{stderr}");
    assert_eq!(observed(&lines), all);
}

#[test]
fn a_bucket_that_may_not_be_listed_is_a_gap_and_the_rest_goes_on() {
    let Some(moto) = Moto::start() else { return };
    moto.run(&["observed.py"]);
    let proxy = Proxy::start(&moto.url(), refuse);
    let folder = Folder::new("scan-observed-denied");
    let (lines, stderr) = scanned(&folder, &proxy.url(), "scan.jsonl", &[]);
    assert_eq!(observed(&lines).into_keys().collect::<Vec<_>>(), ["clicks", "sequential"], "{stderr}");
    let text = serde_json::to_string(&lines).unwrap();
    assert!(text.contains("\"Archlint::S3::KeyPopulation.hashed\""), "{text}");
    assert!(text.contains("S3 refuses s3:ListBucket for `hashed`: m"), "{text}");
}
