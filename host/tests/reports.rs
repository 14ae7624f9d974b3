//! What people and machines read: golden reports for the terminal, and JSON that fits its schema.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

mod folder;
mod formats;
mod selected;

use std::path::Path;
use std::{env, fs};

use folder::{Folder, findings, undecided};
use serde_json::Value;

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/report.schema.json");

/// An internet-facing load balancer in a stack of its own: its subnets, and the routes that make one of them
/// private, stand in the other file.
const NETWORK: &str = "\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached:
    Type: AWS::EC2::VPCGatewayAttachment
    Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}
  PublicA:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}
  PrivateB:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}
  Public: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PublicDefault:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Public
      DestinationCidrBlock: 0.0.0.0/0
      GatewayId: !Ref Igw
  PublicAOfPublic:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref PublicA, RouteTableId: !Ref Public}
  Nat:
    Type: AWS::EC2::NatGateway
    Properties: {SubnetId: !Ref PublicA, AllocationId: eipalloc-0123456789abcdef0}
  Private: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  PrivateDefault:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Private
      DestinationCidrBlock: 0.0.0.0/0
      NatGatewayId: !Ref Nat
  PrivateBOfPrivate:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref PrivateB, RouteTableId: !Ref Private}
Outputs:
  A: {Value: !Ref PublicA, Export: {Name: net-a}}
  B: {Value: !Ref PrivateB, Export: {Name: net-b}}
";

const WEB: &str = "\
Parameters:
  Standby: {Type: String}
Resources:
  Web:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      Scheme: internet-facing
      Subnets:
        - !ImportValue net-a
        - !ImportValue net-b
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      DBInstanceClass: db.m6g.large
      MultiAZ: !Ref Standby
";

fn two_stacks(name: &str) -> Folder {
    let folder = selected::folder(name);
    folder.write("network.yaml", NETWORK).write("web.yaml", WEB).write("broken.yaml", "Resources: [");
    folder
}

#[track_caller]
fn golden(file: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if actual != expected && env::var_os("BLESS").is_some() {
        fs::write(&path, actual).unwrap();
    }
    assert_eq!(actual, expected, "`cargo xtask bless reports` rewrites {}", path.display());
}

#[test]
fn the_terminal_shows_the_path_across_files() {
    let folder = two_stacks("golden");
    let run = folder.archlint(&["check", "network.yaml", "web.yaml", "broken.yaml"]);
    golden("check.txt", &run.stdout);
    golden("check.stderr.txt", &run.stderr);
    for line in run.stdout.lines().chain(run.stderr.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn colour_is_there_when_it_is_wanted_and_not_otherwise() {
    let folder = two_stacks("colour");
    let run = folder.archlint(&["check", "network.yaml", "web.yaml", "--color", "always"]);
    golden("check.color.txt", &run.stdout);
    let without = folder.archlint(&["check", "network.yaml", "web.yaml", "--color", "never"]).stdout;
    assert!(!without.contains('\u{1b}'));
    let mut stripped = String::new();
    let mut rest = run.stdout.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        stripped.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    assert_eq!(stripped + rest, without);
}

#[test]
fn lines_are_as_wide_as_columns_says() {
    let folder = two_stacks("width");
    let widest = |columns: &str| {
        let mut command = folder.command(&["check", "network.yaml", "web.yaml"]);
        let output = command.env("COLUMNS", columns).output().unwrap();
        // Excerpts are as wide as their source; the help is wrapped.
        let text = String::from_utf8(output.stdout).unwrap();
        let help = text.lines().filter(|it| it.starts_with("  help: ") || it.starts_with("        "));
        help.map(|it| it.chars().count()).max().unwrap()
    };
    assert!((50..=60).contains(&widest("60")));
    assert!((110..=120).contains(&widest("120")));
    assert_eq!(widest("wide"), widest("80"));
    assert_eq!(widest("1"), widest("40"));
}

#[test]
fn the_json_report_fits_its_schema() {
    let schema: Value = serde_json::from_slice(&fs::read(SCHEMA).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = two_stacks("schema").check(&["network.yaml", "web.yaml", "broken.yaml"]);
    let errors: Vec<String> =
        validator.iter_errors(&report).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert!(findings(&report).contains(&"LBL001 Web".to_owned()), "{report}");
    assert_eq!(undecided(&report), ["DBS001 Db", "NET006 Nat"]);
    assert_eq!(report["errors"].as_array().unwrap().len(), 1);
}

#[test]
fn a_saved_snapshot_gives_the_same_report_as_its_templates() {
    let folder = two_stacks("saved");
    let saved = folder.archlint(&["snapshot", "network.yaml", "web.yaml", "--output", "snapshot.json"]);
    assert_eq!(saved.code, 0, "{}", saved.stderr);
    assert_eq!(folder.check(&["snapshot.json"]), folder.check(&["network.yaml", "web.yaml"]));
    let human = |paths: &[&str]| folder.archlint(&[&["check"], paths].concat()).stdout;
    assert_eq!(human(&["snapshot.json"]), human(&["network.yaml", "web.yaml"]));
}

#[test]
fn the_exit_code_follows_fail_on_and_the_report_goes_where_it_is_told() {
    let folder = two_stacks("exit");
    let code = |arguments: &[&str]| {
        folder.archlint(&[&["check", "network.yaml", "web.yaml"], arguments].concat()).code
    };
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--format", "json=report.json"]), 1);
    let written: Value = serde_json::from_slice(&fs::read(folder.path.join("report.json")).unwrap()).unwrap();
    assert_eq!(written, folder.check(&["network.yaml", "web.yaml"]));
    assert_eq!(code(&["--format", "human=no/such/folder/report.txt"]), 2);
    folder.write(
        "clean.yaml",
        "Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}}",
    );
    assert_eq!(folder.archlint(&["check", "clean.yaml"]).code, 0);
    assert_eq!(folder.archlint(&["check", "clean.yaml", "--fail-on", "nothing"]).code, 2);
}

/// A database that has no standby unless the environment says so, and an environment that weighs it less.
#[test]
fn outside_production_a_finding_weighs_less_and_in_one_scenario_it_says_when() {
    let folder = selected::folder("environment");
    let database = |tags: &str| {
        format!(
            "Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties: \
             {{Engine: postgres, DBInstanceClass: db.m6g.large, MultiAZ: false, Tags: [{tags}]}}\n"
        )
    };
    folder.write("prod.yaml", database("")).write("dev.yaml", database("{Key: Environment, Value: dev}"));
    let severity = |file: &str| folder.check(&[file])["findings"][0]["severity"].as_str().unwrap().to_owned();
    assert_eq!([severity("prod.yaml"), severity("dev.yaml")], ["high", "low"]);

    let switched = "\
Parameters: {Standby: {Type: String, Default: 'yes', AllowedValues: ['yes', 'no']}}
Conditions: {HasStandby: !Equals [!Ref Standby, 'yes']}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.m6g.large, MultiAZ: !If [HasStandby, true, false]}
";
    folder.write("switched.yaml", switched);
    let report = folder.check(&["switched.yaml"]);
    assert_eq!(report["findings"][0]["scenario"], "`HasStandby` is false (Standby = no)");
    assert_eq!(folder.archlint(&["check", "switched.yaml"]).code, 0);
}
