//! Plugins that mean harm, through the real binary: what the user sees of each, and that the other plugins'
//! findings are still reported.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;
mod guest;

use std::fs::File;

use folder::{Folder, Run, findings};
use guest::{Finding, Guest, definition};

/// A database without a standby: one finding, DBS001.
const FLAWED: &str = "\
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.r6g.large, AllocatedStorage: '20', BackupRetentionPeriod: 7, MultiAZ: false}
";

const LOOP: &str = "(loop $forever (br $forever))";
const ALLOCATE: &str =
    "(loop $more (br_if $more (i32.ne (memory.grow (i32.const 256)) (i32.const -1)))) unreachable";

fn folder(name: &str, plugin: &[u8]) -> Folder {
    let folder = Folder::new(&format!("hostile-{name}"));
    folder.write("flawed.yaml", FLAWED).write("guest.wasm", plugin);
    folder
}

fn check(folder: &Folder) -> Run {
    folder.archlint(&["check", "flawed.yaml", "--plugin", "guest.wasm"])
}

/// Each text is told, the run fails, and DBS001 is reported all the same.
#[track_caller]
fn caught(name: &str, plugin: &[u8], told: &[&str]) -> Run {
    let run = check(&folder(name, plugin));
    for it in told {
        assert!(run.stderr.contains(it), "`{it}` is not in\n{}", run.stderr);
    }
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stdout.contains("DBS001"), "{}", run.stdout);
    run
}

#[track_caller]
fn finding(resource: &'static str, message: &'static [u8], fact: Option<&'static str>) -> Guest {
    Guest { findings: vec![Finding { resource, message, fact }], ..Guest::default() }
}

#[test]
fn a_guest_that_behaves_is_heard() {
    let folder = folder("behaves", &finding("flawed/Db", b"the guest was here", None).build());
    let report = folder.check(&["flawed.yaml", "--plugin", "guest.wasm"]);
    assert_eq!(findings(&report), ["DBS001 Db", "HOS001 Db"], "{report}");
}

#[test]
fn loops_run_out_of_fuel() {
    let fuel = "archlint::plugin::fuel";
    caught("loop-describe", &Guest { describe: LOOP, ..Guest::default() }.build(), &[fuel, "`describe`"]);
    caught("loop-load", &Guest { load: LOOP, ..Guest::default() }.build(), &[fuel, "`load`"]);
    caught("loop-check", &Guest { check: LOOP, ..Guest::default() }.build(), &[fuel, "`check HOS001`"]);
}

#[test]
fn memory_is_limited() {
    let limit = ["archlint::plugin::limit", "limit of memory"];
    caught("allocate-describe", &Guest { describe: ALLOCATE, ..Guest::default() }.build(), &limit);
    caught("allocate-load", &Guest { load: ALLOCATE, ..Guest::default() }.build(), &limit);
    caught("allocate-check", &Guest { check: ALLOCATE, ..Guest::default() }.build(), &limit);
    caught("large-at-start", &Guest { pages: 16_384, ..Guest::default() }.build(), &limit);
}

#[test]
fn recursion_is_limited() {
    let guest = Guest { check: "(call $recurse)", ..Guest::default() };
    caught("recursion", &guest.build(), &["archlint::plugin::limit", "limit of stack"]);
}

#[test]
fn a_trap_costs_one_rule_and_no_other() {
    let at_second =
        "(if (i32.eq (i32.load8_u offset=5 (local.get $rule)) (i32.const 50)) (then unreachable))";
    let definitions = ["HOS001", "HOS002", "HOS003"].map(definition).to_vec();
    let guest = Guest { definitions, check: at_second, ..finding("flawed/Db", b"the guest was here", None) };
    let folder = folder("trap", &guest.build());
    let report = folder.check(&["flawed.yaml", "--plugin", "guest.wasm"]);
    assert_eq!(findings(&report), ["DBS001 Db", "HOS001 Db", "HOS003 Db"], "{report}");
    caught("trap-told", &guest.build(), &["archlint::plugin::trap", "`check HOS002`"]);
}

#[test]
fn ten_million_findings_are_cut_off() {
    // So many records lie within its memory; the host stops reading them.
    let guest = Guest { claims: Some(10_000_000), pages: 7_000, ..Guest::default() };
    caught("findings", &guest.build(), &["archlint::plugin::limit", "limit of output"]);
}

#[test]
fn a_resource_or_fact_that_is_not_there_is_refused() {
    let answer = "archlint::plugin::answer";
    let guest = finding("flawed/Nowhere", b"invented", None);
    caught("resource", &guest.build(), &[answer, "Nowhere"]);
    let guest = finding("flawed/Db", b"unfounded", Some("exposure"));
    caught("fact", &guest.build(), &[answer, "exposure"]);
}

#[test]
fn texts_cannot_reach_the_terminal_as_anything_but_text() {
    let run = check(&folder("escapes", &finding("flawed/Db", b"\x1b[2J\x07\rclean", None).build()));
    assert!(run.stdout.contains("clean"), "{}", run.stdout);
    assert!(!run.stdout.chars().any(|it| it.is_control() && it != '\n'), "{:?}", run.stdout);
    caught(
        "not-utf8",
        &finding("flawed/Db", b"\xff\xfe", None).build(),
        &["archlint::plugin::trap", "utf-8"],
    );
}

#[test]
fn definitions_are_held_to_their_schema() {
    let of = |text: String| Guest { definitions: vec![text], ..Guest::default() }.build();
    caught("definition", &of(definition("HOS001").replace("\"low\"", "\"grave\"")), &["grave"]);
    caught("definition-text", &of("\x1b[2Jno front matter".to_owned()), &["archlint::definition"]);
    let huge = definition("HOS001") + &" ".repeat(50 << 20);
    caught("definition-size", &of(huge), &["archlint::plugin::limit", "limit of output", "`describe`"]);
    caught("duplicate", &of(definition("DBS001")), &["archlint::definition::duplicate", "DBS001"]);
}

#[test]
fn a_plugin_may_have_many_rules_but_not_none() {
    caught("no-rules", &Guest { definitions: Vec::new(), ..Guest::default() }.build(), &["no rules"]);
    let definitions = (0..1_000).map(|it| definition(&format!("HOS{it:03}"))).collect();
    let folder = folder("many-rules", &Guest { definitions, ..Guest::default() }.build());
    let run = folder.archlint(&["rules", "--plugin", "guest.wasm"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.stdout.matches("HOS").count(), 1_000);
    assert_eq!(findings(&folder.check(&["flawed.yaml", "--plugin", "guest.wasm"])), ["DBS001 Db"]);
}

#[test]
fn imports_are_refused_by_name() {
    let of = |imports| Guest { imports, ..Guest::default() }.build();
    let wasi = r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))"#;
    let told = ["archlint::plugin::import", "wasi_snapshot_preview1::fd_write", "imports no WASI"];
    caught("wasi", &of(wasi), &told);
    caught("import", &of(r#"(import "env" "open" (func))"#), &["archlint::plugin::import", "env"]);
}

#[test]
fn another_version_of_the_world_is_told() {
    let guest = Guest { version: "0.2.0", ..Guest::default() };
    caught("version", &guest.build(), &["archlint::plugin::world", "0.1.0"]);
}

#[test]
fn a_file_of_200_megabytes_is_refused_unread() {
    let folder = folder("large", b"\0asm\x01\0\0\0");
    File::options().write(true).open(folder.path.join("guest.wasm")).unwrap().set_len(200 << 20).unwrap();
    let run = check(&folder);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("archlint::plugin::size"), "{}", run.stderr);
    assert!(run.stdout.contains("DBS001"), "{}", run.stdout);
}

#[test]
fn what_changes_from_call_to_call_does_not_change_from_run_to_run() {
    let first_only = "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (if (i32.gt_u (global.get $calls) (i32.const 1)) (then unreachable))";
    let definitions = ["HOS001", "HOS002"].map(definition).to_vec();
    let guest = Guest { definitions, check: first_only, ..finding("flawed/Db", b"the guest was here", None) };
    let folder = folder("second-call", &guest.build());
    let (one, other) = (check(&folder), check(&folder));
    assert_eq!((one.code, &one.stdout), (2, &other.stdout));
    assert!(one.stderr.contains("`check HOS002`") && one.stdout.contains("HOS001"), "{}", one.stderr);
}
