//! `archlint keys` through the real binary: what it tells of known populations, and how it refuses.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

#[expect(dead_code, reason = "nothing is checked here")]
mod folder;

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use folder::Folder;
use jiff::Timestamp;
use serde_json::Value;

/// Keys that begin with the second of their upload, as an inventory lists them.
fn inventory() -> String {
    let line = |it: u32| {
        let (minute, second) = (it / 60 % 60, it % 60);
        format!(
            "\"photos\",\"2026-11-22-15-{minute:02}-{second:02}%2Fcust{it:07}%2Fphoto.jpg\",\"2026-11-22T15:{minute:02}:{second:02}.000Z\"\n"
        )
    };
    (0..1200).map(line).collect()
}

fn population(folder: &Folder, arguments: &[&str]) -> Value {
    let run = folder.archlint(&[&["keys", "--format", "json"], arguments].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    report["populations"][0].clone()
}

#[test]
fn sequential_keys_under_load_are_told_with_what_to_change() {
    let folder = Folder::new("keys-sequential");
    folder.write("photos.csv", inventory());
    let run = folder.archlint(&["keys", "photos.csv", "--write-rps", "4800"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for part in [
        "s3://photos  1,200 keys",
        "sequential (date/second)",
        "3,500 writes/s or 5,500 reads/s: the documented floor of one partitioned prefix",
        "4,800 writes/s (declared): 137 % of that",
        "to change   put a short hash",
    ] {
        assert!(run.stdout.contains(part), "`{part}` is not in\n{}", run.stdout);
    }
    // The diagonal of a range that moves.
    let drawn: Vec<&str> = run.stdout.lines().skip_while(|it| !it.contains("from (UTC)")).skip(1).collect();
    assert_eq!(drawn.len(), 16, "{}", run.stdout);
    let first = |it: &str| it.chars().skip(20).position(|it| it != ' ').unwrap();
    assert!(drawn.windows(2).all(|it| first(it[0]) < first(it[1])), "{}", run.stdout);
}

#[test]
fn a_load_that_one_prefix_carries_needs_no_change() {
    let folder = Folder::new("keys-harmless");
    folder.write("photos.csv", inventory());
    let run = folder.archlint(&["keys", "photos.csv", "--write-rps", "40"]);
    assert!(run.stdout.contains("nothing at this load"), "{}", run.stdout);
    let unknown = folder.archlint(&["keys", "photos.csv"]);
    assert!(unknown.stdout.contains("load        unknown"), "{}", unknown.stdout);
}

#[test]
fn json_has_class_and_evidence() {
    let folder = Folder::new("keys-json");
    folder.write("photos.csv", inventory());
    let it = population(&folder, &["photos.csv", "--read-rps", "100"]);
    assert_eq!(it["bucket"], "photos");
    assert_eq!(it["classification"]["class"], "sequential");
    assert_eq!(it["classification"]["confidence"], "high");
    assert!(it["classification"]["concentration"].as_f64().unwrap() < 0.15, "{it}");
    assert_eq!(it["load"]["reads"], 100.0);
    assert_eq!(it["load"]["origin"], "declared");
    // Of the first of a listing nothing is said of time.
    let head = population(&folder, &["photos.csv", "--sampling", "listing-head"]);
    assert_eq!(head["classification"]["confidence"], "low");
    assert_eq!(head["classification"]["concentration"], Value::Null);
}

/// A population of the fixtures as an export with a header has it.
fn export(path: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    let row = |it: &str| {
        let (key, time) = it.split_once('\t').unwrap();
        format!("{key},{}\n", Timestamp::from_millisecond(time.parse().unwrap()).unwrap())
    };
    text.lines().map(row).fold("key,last_modified_date\n".to_owned(), |text, it| text + &it)
}

#[test]
fn known_populations_come_out_through_the_command_as_through_the_library() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/s3keys");
    let folder = Folder::new("keys-known");
    let table = fs::read_to_string(fixtures.join("expected.tsv")).unwrap();
    for row in table.lines().skip(1) {
        let columns: Vec<&str> = row.split('\t').collect();
        folder.write("export.csv", export(&fixtures.join(columns[0])));
        let it = population(&folder, &["export.csv"]);
        // Names that a service of AWS chose, which the table takes for the owner's.
        let class = if columns[0].contains("cloudtrail") { "service-owned" } else { columns[1] };
        assert_eq!(it["classification"]["class"], class, "{row}");
    }
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_counts() {
    let folder = Folder::new("keys-bad");
    folder.write("photos.csv", inventory()).write("empty.txt", "").write("data.orc", b"ORC\x11\x00\x00");
    let run = folder.archlint(&["keys", "photos.csv", "empty.txt", "data.orc", "missing"]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    for code in ["archlint::keys::empty", "archlint::keys::orc", "archlint::keys::read"] {
        assert!(run.stderr.contains(code), "`{code}` is not in\n{}", run.stderr);
    }
    assert!(run.stdout.contains("sequential (date/second)"), "{}", run.stdout);
}

#[test]
fn athena_takes_the_same_sample() {
    let run = Folder::new("keys-athena").archlint(&[
        "keys",
        "--athena-sql",
        "inventory.photos",
        "--sample-size",
        "5000",
    ]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("FROM inventory.photos\n"), "{}", run.stdout);
    assert!(run.stdout.contains("ORDER BY xxhash64(to_utf8(key))\nLIMIT 5000;"), "{}", run.stdout);
}
