//! Somebody else's plugin, outside the workspace: built as its author would, tested, and run beside the built-in
//! rules.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

mod folder;

use folder::{Folder, findings, undecided};

const STRANGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/plugins/stranger");

static WASM: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stranger");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(STRANGER).args(["build", "--quiet", "--release", "--locked"]);
    cargo.args(["--target", "wasm32-unknown-unknown", "--target-dir"]).arg(&target);
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"] {
        cargo.env_remove(name);
    }
    assert!(cargo.status().unwrap().success());
    fs::read(target.join("wasm32-unknown-unknown/release/stranger.wasm")).unwrap()
});

#[test]
fn every_example_comes_out_as_expected() {
    let folder = Folder::new("stranger-examples");
    folder.write("stranger.wasm", &*WASM);
    let run = folder.archlint(&["plugin", "test", STRANGER, "--wasm", "stranger.wasm"]);
    let expected = "ok      OWN001 dynamodb-without-recovery: 4 examples\nok      OWN002 health-check-on-another-port: 6 examples\n";
    assert_eq!((run.code, run.stdout.as_str()), (0, expected), "{run:?}");
}

const TEMPLATE: &str = "\
Parameters:
  Recovery: { Type: String }
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: false
  Carts:
    Type: AWS::DynamoDB::Table
    Properties: { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: !Ref Recovery } }
  Users:
    Type: AWS::DynamoDB::Table
    Properties: { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }
  Database: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres } }
";

#[test]
fn its_rules_run_beside_the_built_in_ones_and_point_at_the_source() {
    let folder = Folder::new("stranger-check");
    folder.write("stranger.wasm", &*WASM).write("t.yaml", TEMPLATE);
    folder.write("archlint.toml", "select = [\"DBS001\", \"OWN*\"]");
    let report = folder.check(&["t.yaml", "--plugin", "stranger.wasm"]);
    assert_eq!(findings(&report), ["DBS001 Database", "OWN001 Orders"]);
    assert_eq!(undecided(&report), ["OWN001 Carts"]);
    let run = folder.archlint(&["check", "t.yaml", "--plugin", "stranger.wasm"]);
    // The property, not the resource.
    assert!(run.stdout.contains("t.yaml:8:9"), "{}", run.stdout);
}
