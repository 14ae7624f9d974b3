//! `archlint plugin`: what the author of a plugin, and whoever is handed one, gets to see.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use std::fs;

mod folder;
mod guest;

use folder::{Folder, findings, undecided};
use guest::{Finding, Guest, definition};

/// A definition with one example, whose outcome nobody has written down yet.
fn with_example() -> String {
    let example = "\n## Examples\n\n### A database\n\n```yaml bad\nResources:\n  Db: { Type: AWS::RDS::DBInstance }\n```\n";
    definition("HOS001") + example
}

fn finds_database(definition: String) -> Vec<u8> {
    let findings = vec![Finding { resource: "example/Db", message: b"`Db` is there", fact: None }];
    Guest { definitions: vec![definition], findings, ..Guest::default() }.build()
}

#[test]
fn inspect_tells_what_a_plugin_is() {
    let folder = Folder::new("plugin-inspect");
    let wasm = Guest { definitions: vec![definition("HOS001")], ..Guest::default() }.build();
    folder.write("guest.wasm", &wasm);
    let run = folder.archlint(&["plugin", "inspect", "guest.wasm"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let lines: Vec<&str> = run.stdout.lines().collect();
    let size = format!("Size      {} bytes", wasm.len());
    for line in [
        "Name      guest",
        "Version   1.0.0",
        "World     archlint:plugin@0.1.0",
        "Encoding  json",
        "Imports   nothing",
        size.as_str(),
        "HOS001 is-hos001 (low)",
        "  kinds   AWS::RDS::DBInstance",
    ] {
        assert!(lines.contains(&line), "{line}: {}", run.stdout);
    }
    let digest = lines.iter().find_map(|it| it.strip_prefix("SHA-256   ")).unwrap();
    assert!(digest.len() == 64 && digest.bytes().all(|it| it.is_ascii_hexdigit()), "{digest}");
}

#[test]
fn inspect_says_why_a_plugin_is_refused() {
    let folder = Folder::new("plugin-inspect-refused");
    folder.write("text.wasm", "no plugin");
    let run = folder.archlint(&["plugin", "inspect", "text.wasm"]);
    assert!(run.code == 2 && run.stderr.contains("archlint::plugin::format"), "{run:?}");
    let run = folder.archlint(&["plugin", "inspect", "nowhere.wasm"]);
    assert!(run.code == 2 && run.stderr.contains("nowhere.wasm"), "{run:?}");
}

#[test]
fn an_example_that_comes_out_otherwise_is_shown_and_can_be_blessed() {
    let folder = Folder::new("plugin-test");
    folder.write("rules/is-hos001.md", with_example()).write("guest.wasm", finds_database(with_example()));
    let test = ["plugin", "test", "."];
    let run = folder.archlint(&test);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("failed  HOS001 is-hos001: 1 of 1 examples"), "{run:?}");
    assert!(run.stdout.contains("HOS001: A database\n  + Db : `Db` is there"), "{run:?}");

    assert_eq!(folder.archlint(&["plugin", "test", ".", "--bless"]).code, 1);
    let blessed = fs::read_to_string(folder.path.join("rules/is-hos001.md")).unwrap();
    assert!(blessed.ends_with("```\n\n```text findings\nDb : `Db` is there\n```\n"), "{blessed}");
    let run = folder.archlint(&test);
    assert_eq!((run.code, run.stdout.as_str()), (0, "ok      HOS001 is-hos001: 1 examples\n"));

    folder.write("rules/is-hos001.md", blessed.replace("`Db` is there", "`Db` is gone"));
    let run = folder.archlint(&test);
    assert!(run.stdout.contains("  - Db : `Db` is gone\n  + Db : `Db` is there\n"), "{run:?}");
}

#[test]
fn what_cannot_be_tested_is_said() {
    let folder = Folder::new("plugin-test-refused");
    let fails = |complaint: &str| {
        let run = folder.archlint(&["plugin", "test"]);
        assert!(run.code == 2 && run.stderr.contains(complaint), "{complaint}: {run:?}");
    };
    fails("no WebAssembly in");
    folder.write("target/wasm32-unknown-unknown/release/guest.wasm", finds_database(with_example()));
    fails("has a rule `HOS001`, but no definition");
    folder.write("is-hos001.md", with_example().replace("severity = \"low\"", "severity = \"high\""));
    fails("has changed since");
    folder.write("is-hos001.md", with_example().replace("severity = \"low\"", "severity = \"odd\""));
    fails("archlint::definition::schema");
    folder.write("other.wasm", "");
    fails("which is the plugin");
}

#[test]
fn a_compiled_plugin_is_kept_and_a_bad_cache_is_told() {
    let folder = Folder::new("plugin-cache");
    folder.write("guest.wasm", finds_database(definition("HOS001")));
    folder.write("example.yaml", "Resources:\n  Db: { Type: AWS::RDS::DBInstance }\n");
    let check = ["example.yaml", "--plugin", "guest.wasm"];
    let report = folder.check(&check);
    assert!(findings(&report).contains(&"HOS001 Db".to_owned()), "{report}");
    assert!(!undecided(&report).contains(&"HOS001 Db".to_owned()), "{report}");
    let cache = folder.path.join(".cache/archlint/plugins");
    let entry = fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    fs::write(entry, "").unwrap();
    let run = folder.archlint(&[&["check"][..], &check].concat());
    assert!(run.stderr.contains("archlint::plugin::cache"), "{run:?}");
    assert_eq!(folder.check(&check), report);
}
