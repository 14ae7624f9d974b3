//! Baselines, through the real binary: what was there before does not count, what is new does, what is fixed is told.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

mod folder;
mod selected;

use std::fs;
use std::process::Command;

use folder::{Folder, Run, findings, undecided};
use serde_json::Value;

/// A database, with or without a standby.
fn database(id: &str, has_standby: bool) -> String {
    format!(
        "  {id}:\n    Type: AWS::RDS::DBInstance\n    Properties: {{Engine: postgres, \
         DBInstanceClass: db.r6g.large, BackupRetentionPeriod: 7, MultiAZ: {has_standby}}}\n"
    )
}

fn template(databases: &[(&str, bool)]) -> String {
    databases.iter().fold("Resources:\n".to_owned(), |text, (id, it)| text + &database(id, *it))
}

/// Two databases without a standby, and the baseline that has them.
fn with_baseline(name: &str) -> Folder {
    let folder = selected::folder(name);
    folder.write("web.yaml", template(&[("A", false), ("B", false)]));
    let run = folder.archlint(&["baseline", "web.yaml", "--today", "2026-01-31"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    folder
}

fn check(folder: &Folder, arguments: &[&str]) -> Run {
    folder.archlint(&[&["check", "web.yaml", "--baseline", "archlint-baseline.json"], arguments].concat())
}

fn written(folder: &Folder) -> Value {
    serde_json::from_slice(&fs::read(folder.path.join("archlint-baseline.json")).unwrap()).unwrap()
}

/// `address day` of each entry.
fn entries(folder: &Folder) -> Vec<String> {
    let entry =
        |it: &Value| format!("{} {}", it["address"].as_str().unwrap(), it["first_seen"].as_str().unwrap());
    written(folder)["findings"].as_array().unwrap().iter().map(entry).collect()
}

#[test]
fn a_baseline_is_sorted_and_always_the_same() {
    let folder = with_baseline("written");
    assert_eq!(entries(&folder), ["web/A 2026-01-31", "web/B 2026-01-31"]);
    let first = &written(&folder)["findings"][0];
    assert_eq!(first["rule"], "DBS001");
    assert_eq!(first["source"], "web.yaml");
    assert_eq!(first["fingerprints"]["address"].as_str().unwrap().len(), 32);
    let text = fs::read(folder.path.join("archlint-baseline.json")).unwrap();
    folder.write("web.yaml", template(&[("B", false), ("A", false)]));
    fs::remove_file(folder.path.join("archlint-baseline.json")).unwrap();
    folder.archlint(&["baseline", "web.yaml", "--today", "2026-01-31"]);
    assert_eq!(fs::read(folder.path.join("archlint-baseline.json")).unwrap(), text);
}

#[test]
fn what_is_old_is_counted_what_is_new_counts_and_what_is_fixed_is_told() {
    let folder = with_baseline("compared");
    let old = check(&folder, &[]);
    assert_eq!(old.code, 0);
    assert!(old.stdout.starts_with("no findings, 2 in the baseline, 0 undecided"), "{}", old.stdout);

    folder.write("web.yaml", template(&[("A", false), ("B", true), ("C", false)]));
    let new = check(&folder, &[]);
    assert_eq!(new.code, 1);
    assert!(new.stdout.contains("fixed  DBS001  web/B (in the baseline since 2026-01-31)"), "{}", new.stdout);
    assert!(new.stdout.contains("1 finding (1 high), 1 in the baseline, 1 fixed"), "{}", new.stdout);
    let report = folder.check(&["web.yaml", "--baseline", "archlint-baseline.json"]);
    assert_eq!(findings(&report), ["DBS001 C"]);
    assert_eq!(report["baselined"][0]["resource"]["address"], "web/A");
    assert_eq!(report["baselined"][0]["first_seen"], "2026-01-31");
    assert_eq!(report["fixed"][0]["address"], "web/B");
    assert_eq!(undecided(&report), [""; 0]);
}

#[test]
fn what_another_run_is_about_is_not_fixed() {
    let folder = with_baseline("examined");
    folder.write("other.yaml", template(&[("C", true)]));
    let check = |arguments: &[&str]| {
        let all = [&["check", "--baseline", "archlint-baseline.json"], arguments].concat();
        folder.archlint(&all).stdout.matches("fixed  ").count()
    };
    assert_eq!(check(&["other.yaml"]), 0);
    assert_eq!(check(&["web.yaml", "--ignore", "DBS001"]), 0);
    folder.write("web.yaml", template(&[("A", true)]));
    assert_eq!(check(&["web.yaml"]), 2);
    assert_eq!(check(&["."]), 2);
    folder.write("web.yaml", "Resources: [");
    assert_eq!(check(&["."]), 0);
}

#[test]
fn a_resource_that_is_renamed_is_known_by_its_role() {
    let folder = selected::folder("renamed");
    let named = |id: &str| database(id, false).replace("{Engine", "{DBInstanceIdentifier: orders, Engine");
    folder.write("web.yaml", format!("Resources:\n{}", named("A")));
    folder.archlint(&["baseline", "web.yaml"]);
    folder.write("web.yaml", format!("Resources:\n{}", named("Renamed")));
    let run = check(&folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.stdout.contains("1 in the baseline"), "{}", run.stdout);
    assert!(!run.stdout.contains("fixed"), "{}", run.stdout);
}

#[test]
fn an_update_removes_what_is_fixed_and_accepts_nothing_unless_told() {
    let folder = with_baseline("updated");
    let update = |arguments: &[&str]| {
        folder.archlint(&[&["baseline", "web.yaml", "--update", "--today", "2026-02-28"], arguments].concat())
    };
    folder.write("web.yaml", template(&[("A", false), ("B", true), ("C", false)]));
    let run = update(&[]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (0, "1 removed, 1 new, not accepted; `--add` accepts them; 1 are left\n")
    );
    assert_eq!(entries(&folder), ["web/A 2026-01-31"]);
    assert_eq!(check(&folder, &[]).code, 1);
    assert_eq!(update(&["--add"]).stderr, "0 removed, 1 added; 2 are left\n");
    assert_eq!(entries(&folder), ["web/A 2026-01-31", "web/C 2026-02-28"]);
    assert_eq!(check(&folder, &[]).code, 0);
}

#[test]
fn a_baseline_is_not_overwritten_and_not_made_of_half_the_truth() {
    let folder = with_baseline("kept");
    let again = folder.archlint(&["baseline", "web.yaml"]);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("archlint::baseline::exists"), "{}", again.stderr);
    assert_eq!(folder.archlint(&["baseline", "web.yaml", "--add"]).code, 2);
    let before = written(&folder);
    folder.write("web.yaml", "Resources: [");
    let broken = folder.archlint(&["baseline", "web.yaml", "--update"]);
    assert_eq!(broken.code, 2);
    assert!(broken.stderr.contains("archlint::source::syntax"), "{}", broken.stderr);
    assert_eq!(written(&folder), before);
}

#[test]
fn a_baseline_that_cannot_be_read_is_told() {
    let folder = with_baseline("unreadable");
    let stderr = |arguments: &[&str]| {
        let run = folder.archlint(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        run.stderr
    };
    let absent = stderr(&["check", "web.yaml", "--baseline", "other.json"]);
    assert!(absent.contains("archlint::baseline::read") && absent.contains("other.json"), "{absent}");
    assert!(stderr(&["baseline", "web.yaml", "--update", "--baseline", "other.json"]).contains("other.json"));
    folder.write("archlint-baseline.json", "{\n  \"findings\": 3\n}");
    let damaged = stderr(&["check", "web.yaml", "--baseline", "archlint-baseline.json"]);
    assert!(damaged.contains("archlint::baseline::damaged"), "{damaged}");
    assert!(damaged.contains("archlint-baseline.json:2:"), "{damaged}");
}

#[test]
fn settings_name_the_baseline() {
    let folder = with_baseline("named");
    fs::rename(folder.path.join("archlint-baseline.json"), folder.path.join("known.json")).unwrap();
    folder.write("archlint.toml", "baseline = \"known.json\"");
    assert_eq!(folder.archlint(&["check", "web.yaml"]).code, 0);
    assert_eq!(folder.archlint(&["check", "web.yaml", "--no-config"]).code, 1);
    folder.write("web.yaml", template(&[("A", false)]));
    assert_eq!(
        folder.archlint(&["baseline", "web.yaml", "--update"]).stderr,
        "1 removed, none new; 1 are left\n"
    );
}

#[test]
fn what_is_suppressed_is_not_in_a_baseline() {
    let folder = selected::folder("suppressed");
    let accepted = "  # archlint: ignore DBS001 reason=\"a copy\"\n";
    folder
        .write("web.yaml", format!("Resources:\n{accepted}{}{}", database("A", false), database("B", false)));
    folder.archlint(&["baseline", "web.yaml", "--today", "2026-01-31"]);
    assert_eq!(entries(&folder), ["web/B 2026-01-31"]);
}

/// A team starts with what it has, adds a flaw and mends another, accepts the new one for a while, and forgets.
#[test]
fn the_story_of_a_team() {
    let folder = Folder::new("story");
    assert!(Command::new("git").args(["init", "-q"]).current_dir(&folder.path).status().unwrap().success());
    folder.write("web.yaml", template(&[("Orders", false), ("Users", false)]));
    assert_eq!(folder.archlint(&["check", "."]).code, 1);

    assert_eq!(folder.archlint(&["init"]).code, 0);
    let settings = fs::read_to_string(folder.path.join("archlint.toml")).unwrap();
    // The story holds whatever other rules there are.
    let settings = settings.replace("# baseline =", "baseline =");
    folder.write("archlint.toml", format!("select = [\"DBS001\"]\n{settings}"));
    assert_eq!(folder.archlint(&["baseline", "."]).code, 0);
    let check = |today: &str| {
        let report = folder.archlint(&["check", ".", "--today", today, "--format", "json"]);
        (report.code, findings(&serde_json::from_str(&report.stdout).unwrap()))
    };
    assert_eq!(check("2026-01-31"), (0, vec![]));

    let changed = |reports: &str| {
        format!("{}{reports}{}", template(&[("Orders", false), ("Users", true)]), database("Reports", false))
    };
    folder.write("web.yaml", changed(""));
    assert_eq!(check("2026-01-31"), (1, vec!["DBS001 Reports".to_owned()]));

    let accepted = "  # archlint: ignore DBS001 reason=\"rebuilt within the day\" until=2026-03-31\n";
    folder.write("web.yaml", changed(accepted));
    assert_eq!(check("2026-01-31"), (0, vec![]));
    assert_eq!(check("2026-04-01"), (1, vec!["DBS001 Reports".to_owned()]));
}
