//! A plugin can do no harm: each limit, and that the other rules' findings are still there.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use archlint::definition::Definition;
use archlint::engine::{EnabledRule, EngineError, Plugins, RuleOutcome};
use archlint_schema::{Meta, Needs, Reason, Snapshot, Unknown, Value, Vpc};

/// `fixtures/plugins/misbehaving`, compiled once.
static MISBEHAVING: LazyLock<Vec<u8>> = LazyLock::new(misbehaving);

/// Compiles it as the author of a plugin would.
fn misbehaving() -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugins");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root).args(["build", "--quiet", "--release", "--locked", "--ignore-rust-version"]);
    cargo
        .args(["--package", "misbehaving", "--target", "wasm32-unknown-unknown", "--target-dir"])
        .arg(&target);
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
        cargo.env_remove(name);
    }
    assert!(cargo.status().unwrap().success());
    std::fs::read(target.join("wasm32-unknown-unknown/release/misbehaving.wasm")).unwrap()
}

fn plugins() -> Plugins {
    let mut plugins = Plugins::builtin().unwrap();
    plugins.add("misbehaving", &MISBEHAVING).unwrap();
    plugins
}

fn rules(plugins: &Plugins) -> Vec<EnabledRule> {
    let own = plugins.definitions().filter(|(_, name, _)| *name == "misbehaving");
    own.map(|(plugin, name, text)| {
        let it = Definition::parse_strictly(name, text).unwrap();
        EnabledRule { parameters: it.parameters(None).unwrap(), code: it.code, plugin, needs: it.needs }
    })
    .collect()
}

fn snapshot() -> Snapshot {
    let mut snapshot = Snapshot::default();
    let (cidr, is_default) = (Value::default(), Value::default());
    snapshot.resources.vpcs.push(Vpc { meta: Meta::new("stack/Vpc", "Vpc"), cidr, is_default });
    snapshot
}

fn check(plugins: &Plugins, snapshot: &Snapshot, rules: &[EnabledRule]) -> Vec<RuleOutcome> {
    plugins.check(&[snapshot], rules).pop().unwrap()
}

fn of<'a>(outcomes: &'a [RuleOutcome], code: &str) -> &'a RuleOutcome {
    outcomes.iter().find(|it| it.code == code).unwrap()
}

#[test]
fn every_limit_holds_and_the_other_rules_go_on() {
    let plugins = plugins();
    let outcomes = check(&plugins, &snapshot(), &rules(&plugins));
    let error = |code: &str| of(&outcomes, code).result.as_ref().unwrap_err();
    assert!(matches!(error("BAD002"), EngineError::Fuel { .. }), "{}", error("BAD002"));
    assert!(matches!(error("BAD003"), EngineError::Limit { what: "memory", .. }), "{}", error("BAD003"));
    assert!(matches!(error("BAD004"), EngineError::Limit { what: "stack", .. }), "{}", error("BAD004"));
    assert!(error("BAD005").to_string().contains("this rule panics"), "{}", error("BAD005"));
    assert!(error("BAD006").to_string().contains("AWS::EC2::Subnet"), "{}", error("BAD006"));
    assert!(error("BAD007").to_string().contains("nobody/knows"), "{}", error("BAD007"));
    for behaved in ["BAD001", "BAD009"] {
        assert_eq!(of(&outcomes, behaved).result.as_ref().unwrap().findings.len(), 1, "{behaved}");
    }
    let escapes = &of(&outcomes, "BAD008").result.as_ref().unwrap().findings[0].message;
    assert!(!escapes.chars().any(char::is_control), "{escapes:?}");
    assert_eq!(of(&outcomes, "BAD008").said, ["debug: in \u{fffd}[31mred"]);
    assert!(of(&outcomes, "BAD005").said[0].contains("this rule panics"));
}

#[test]
fn results_do_not_depend_on_the_order_of_rules() {
    let plugins = plugins();
    let mut rules = rules(&plugins);
    let words =
        |outcomes: Vec<RuleOutcome>| -> Vec<String> { outcomes.iter().map(|it| format!("{it:?}")).collect() };
    let forwards = words(check(&plugins, &snapshot(), &rules));
    rules.reverse();
    assert_eq!(forwards, words(check(&plugins, &snapshot(), &rules)));
}

#[test]
fn a_kind_that_was_not_collected_silences_no_rule() {
    let plugins = plugins();
    let rules = rules(&plugins);
    let findings = |snapshot: &Snapshot| -> Vec<_> {
        let outcomes = check(&plugins, snapshot, &rules);
        outcomes.into_iter().map(|it| it.result.map(|verdicts| verdicts.findings)).collect()
    };
    let whole = snapshot();
    let mut partial = snapshot();
    partial.scope.open("AWS::EC2::VPC", &Unknown::new(Reason::NotCollected, "AccessDenied"));
    let words = |it: &Snapshot| format!("{:?}", findings(it));
    assert!(words(&whole).contains("Finding"));
    assert_eq!(words(&partial), words(&whole));
}

#[test]
fn a_rule_is_not_asked_where_there_is_nothing_that_it_reads() {
    let plugins = plugins();
    let mut rules = rules(&plugins);
    for outcome in check(&plugins, &Snapshot::default(), &rules) {
        let verdicts = outcome.result.unwrap();
        assert_eq!(
            (verdicts.checked, verdicts.findings.len(), outcome.said.len()),
            (0, 0, 0),
            "{}",
            outcome.code
        );
    }
    // A rule that names nothing may have something to say all the same.
    rules.retain(|it| it.code == "BAD005");
    rules[0].needs = Needs::default();
    let outcomes = check(&plugins, &Snapshot::default(), &rules);
    assert!(outcomes[0].result.is_err(), "{outcomes:?}");
}

#[track_caller]
fn refused(bytes: &[u8]) -> EngineError {
    Plugins::builtin().unwrap().add("stranger", bytes).unwrap_err()
}

#[test]
fn what_is_no_plugin_is_refused() {
    assert!(matches!(refused(b"#!/bin/sh\n"), EngineError::NotWasm { .. }));
    assert!(matches!(refused(b""), EngineError::NotWasm { .. }));
    let whole = &MISBEHAVING;
    assert!(matches!(refused(&whole[..whole.len() / 2]), EngineError::NotWasm { .. }));
    // An empty core module, and an empty component: WebAssembly, but of no world of ours.
    assert!(matches!(refused(b"\0asm\x01\0\0\0"), EngineError::NotWasm { .. } | EngineError::World { .. }));
    assert!(matches!(refused(b"\0asm\x0d\0\x01\0"), EngineError::World { .. }));
}

#[test]
fn a_foreign_import_is_refused_by_name() {
    let component =
        wat::parse_str(r#"(component (import "wasi:clocks/wall-clock@0.2.6" (instance)))"#).unwrap();
    let error = refused(&component);
    assert!(
        matches!(&error, EngineError::Import { import, .. } if import == "wasi:clocks/wall-clock@0.2.6"),
        "{error}"
    );
}
