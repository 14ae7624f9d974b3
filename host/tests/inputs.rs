//! What archlint makes of its inputs, through the real binary: what it refuses and how, what goes together, and
//! that nothing depends on their order.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

mod folder;
mod selected;

use folder::{findings, undecided};

/// A database without a standby: one finding, DBS001, medium severity outside any environment tag.
const FLAWED: &str = "\
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.r6g.large, AllocatedStorage: '20', MultiAZ: false}
";

/// A bad input beside a good one: told with its code and place, exit 2, and the other is still checked.
#[track_caller]
fn refused(name: &str, file: &str, contents: &[u8], expected: &[&str]) {
    let folder = selected::folder(name);
    folder.write(file, contents).write("flawed.yaml", FLAWED);
    let run = folder.archlint(&["check", file, "flawed.yaml"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    for it in expected {
        assert!(run.stderr.contains(it), "`{it}` is not in\n{}", run.stderr);
    }
    assert!(run.stdout.contains("DBS001"), "{}", run.stdout);
    let report = folder.check(&[file, "flawed.yaml"]);
    assert_eq!(findings(&report), ["DBS001 Db"]);
    assert_eq!(report["errors"].as_array().unwrap().len(), 1, "{report}");
}

#[test]
fn what_is_not_there_is_told() {
    let folder = selected::folder("not-there");
    let run = folder.archlint(&["check", "missing.yaml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("archlint::source::read"), "{}", run.stderr);
    assert!(run.stderr.contains("missing.yaml"), "{}", run.stderr);
    let run = folder.archlint(&["check", "."]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no template in `.`"), "{}", run.stderr);
}

#[test]
fn not_utf8_is_told_with_the_offset() {
    refused("not-utf8", "a.yaml", b"Resources:\n  \xff\xfe", &["archlint::source::encoding", "byte 13"]);
}

#[test]
fn broken_yaml_is_told_with_the_place() {
    let text = b"Resources:\n  A: [1, 2\n  B: }\n";
    refused("broken-yaml", "a.yaml", text, &["archlint::source::syntax", "a.yaml:3"]);
}

#[test]
fn broken_json_is_told_with_the_place() {
    refused(
        "broken-json",
        "a.json",
        b"{\"Resources\": {\n  \"A\": }",
        &["archlint::source::syntax", "a.json:2"],
    );
}

#[test]
fn what_is_no_template_is_told() {
    refused("no-template", "a.yaml", b"services:\n  web: {}\n", &["archlint::source::unknown"]);
    refused("no-template-at-all", "a.yaml", b"", &["archlint::source::unknown"]);
}

#[test]
fn deep_nesting_is_told() {
    let text = format!("Resources: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    refused("deep", "a.yaml", text.as_bytes(), &["archlint::source::depth"]);
}

#[test]
fn fifty_megabytes_are_told() {
    let text = format!("Resources:\n{}", "# filler filler filler filler filler\n".repeat(1_500_000));
    assert!(text.len() > 50 << 20);
    refused("fifty-megabytes", "a.yaml", text.as_bytes(), &["archlint::source::size", "52 MB"]);
}

#[test]
fn brackets_in_texts_are_no_nesting() {
    let folder = selected::folder("brackets");
    folder.write("a.yaml", format!("Description: '{}'\n{FLAWED}", "[{".repeat(1000)));
    let report = folder.check(&["a.yaml"]);
    assert_eq!(report["errors"], serde_json::json!([]));
    assert_eq!(findings(&report), ["DBS001 Db"]);
}

/// What is neither a file nor a folder.
#[cfg(unix)]
mod special {
    use std::io::Write;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::{Command, Stdio};
    use std::thread;

    use super::{FLAWED, findings, folder::Folder, selected};

    fn pipe(folder: &Folder, name: &str) {
        let made = Command::new("mkfifo").arg(folder.path.join(name)).status().unwrap();
        assert!(made.success());
    }

    /// It is told what it is, exit 2, and what is beside it is still checked.
    #[track_caller]
    fn refused(folder: &Folder, named: &str, expected: &str) {
        folder.write("flawed.yaml", FLAWED);
        let run = folder.archlint(&["check", named, "flawed.yaml"]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(run.stdout.contains("DBS001"), "{}", run.stdout);
    }

    #[test]
    fn devices_and_sockets_and_links_to_themselves_are_told() {
        let folder = selected::folder("special");
        let _listener = UnixListener::bind(folder.path.join("socket.yaml")).unwrap();
        symlink("loop.yaml", folder.path.join("loop.yaml")).unwrap();
        refused(&folder, "socket.yaml", "`socket.yaml` is a socket");
        refused(&folder, "loop.yaml", "cannot read `loop.yaml`");
        refused(&folder, "/dev/zero", "`/dev/zero` is neither UTF-8 nor UTF-16 text");
        refused(&folder, "/dev/null", "/dev/null");
    }

    #[test]
    fn in_a_folder_they_are_passed_over() {
        let folder = selected::folder("special-in-folder");
        folder.write("all/flawed.yaml", FLAWED);
        pipe(&folder, "all/pipe.yaml");
        let _listener = UnixListener::bind(folder.path.join("all/socket.json")).unwrap();
        symlink("/dev/zero", folder.path.join("all/zero.json")).unwrap();
        let report = folder.check(&["all"]);
        assert_eq!(findings(&report), ["DBS001 Db"]);
        assert_eq!(report["errors"], serde_json::json!([]));
        let notes: Vec<_> = report["inputs"].as_array().unwrap().iter().map(|it| &it["note"]).collect();
        assert!(notes.iter().any(|it| it.as_str().is_some_and(|it| it.starts_with("a pipe"))), "{notes:?}");
        assert!(notes.iter().any(|it| it.as_str().is_some_and(|it| it.starts_with("a socket"))), "{notes:?}");
    }

    #[test]
    fn a_pipe_that_is_named_is_read() {
        let folder = selected::folder("pipe");
        pipe(&folder, "pipe");
        let path = folder.path.join("pipe");
        let writer = thread::spawn(move || std::fs::write(path, FLAWED));
        assert_eq!(findings(&folder.check(&["pipe"])), ["DBS001 Db"]);
        writer.join().unwrap().unwrap();
    }

    #[test]
    fn a_dash_is_the_standard_input() {
        let folder = selected::folder("dash");
        let mut command = folder.command(&["check", "-", "--format", "json"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(FLAWED.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(findings(&report), ["DBS001 Db"]);
        assert_eq!(report["inputs"][0]["file"], "standard input");
    }
}

#[test]
fn a_reference_to_nothing_is_told_at_its_place_and_the_rest_is_checked() {
    let folder = selected::folder("dangling");
    let text = format!("{FLAWED}      DBSubnetGroupName: !Ref Nowhere\n")
        .replace("Properties: {", "Properties:\n      ")
        .replace(", ", "\n      ")
        .replace("}\n", "\n");
    folder.write("a.yaml", text);
    let run = folder.archlint(&["check", "a.yaml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("archlint::source::template"), "{}", run.stderr);
    assert!(run.stderr.contains("a.yaml:9:"), "{}", run.stderr);
    assert!(run.stdout.contains("DBS001"), "{}", run.stdout);
    let report = folder.check(&["a.yaml"]);
    assert_eq!(report["errors"][0]["locations"][0]["line"], 9, "{report}");
}

#[test]
fn inputs_in_another_order_give_the_same_report() {
    let folder = selected::folder("order");
    folder
        .write("a.yaml", FLAWED)
        .write("b.yaml", FLAWED)
        .write("c.yaml", "Resources: [")
        .write("d/e.yaml", FLAWED);
    let run = |paths: &[&str]| folder.archlint(&[&["check", "--format", "json"], paths].concat());
    let forwards = run(&["a.yaml", "b.yaml", "c.yaml", "d"]);
    let backwards = run(&["d", "c.yaml", "b.yaml", "a.yaml", "a.yaml"]);
    assert_eq!(forwards.stdout, backwards.stdout);
    assert_eq!(forwards.code, 2);
    assert_eq!(findings(&serde_json::from_str(&forwards.stdout).unwrap()), ["DBS001 Db"; 3]);
}

const EXPORTING: &str = "\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [0, !GetAZs ''], CidrBlock: 10.0.0.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, AvailabilityZone: !Select [0, !GetAZs ''], CidrBlock: 10.0.1.0/24}}
Outputs:
  A: {Value: !Ref A, Export: {Name: net-a}}
  B: {Value: !Ref B, Export: {Name: net-b}}
";

const IMPORTING: &str = "\
Resources:
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      MinSize: '2'
      MaxSize: '4'
      VPCZoneIdentifier: [!ImportValue net-a, !ImportValue net-b]
";

#[test]
fn an_import_of_what_one_other_stack_exports_joins_the_two() {
    let folder = selected::folder("joined");
    folder.write("net.yaml", EXPORTING).write("web.yaml", IMPORTING);
    let report = folder.check(&["web.yaml", "net.yaml"]);
    assert_eq!(findings(&report), ["ASG001 Web"]);
    assert_eq!(report["summary"]["architectures"], 1);
}

#[test]
fn an_import_that_nobody_or_more_than_one_exports_stays_unknown() {
    let folder = selected::folder("ambiguous");
    folder.write("net.yaml", EXPORTING).write("web.yaml", IMPORTING).write("other.yaml", EXPORTING);
    for paths in [&["web.yaml"][..], &["web.yaml", "net.yaml", "other.yaml"]] {
        let report = folder.check(paths);
        assert!(findings(&report).is_empty(), "{report}");
        assert_eq!(undecided(&report), ["ASG001 Web"]);
        assert_eq!(report["undecided"][0]["reason"], "import");
        assert_eq!(report["summary"]["architectures"], paths.len());
    }
}

#[test]
fn a_nested_stack_is_part_of_its_parent() {
    let folder = selected::folder("nested");
    folder
        .write(
            "root.yaml",
            "\
Resources:
  Net: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./parts/net.yaml}}
  Web:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://bucket.s3.amazonaws.com/parts/web.yaml
      Parameters: {Subnets: !Join [',', [!GetAtt Net.Outputs.A, !GetAtt Net.Outputs.B]]}
",
        )
        .write("parts/net.yaml", EXPORTING)
        .write(
            "parts/web.yaml",
            "\
Parameters: {Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}}
Resources:
  Web: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: '2', MaxSize: '4', VPCZoneIdentifier: !Ref Subnets}}
",
        );
    let report = folder.check(&["."]);
    assert_eq!(findings(&report), ["ASG001 Web"]);
    assert_eq!(report["summary"]["architectures"], 1);
    let evidence = report["findings"][0]["evidence"].as_array().unwrap();
    let files: Vec<_> = evidence.iter().map(|it| it["location"]["file"].as_str().unwrap()).collect();
    assert!(files.iter().any(|it| it.ends_with("web.yaml")), "{files:?}");
    assert!(files.iter().any(|it| it.ends_with("net.yaml")), "{files:?}");
}

#[test]
fn parameters_come_from_files_in_either_form_and_the_last_wins() {
    let folder = selected::folder("parameters");
    let text = FLAWED.replace("false", "!Ref Standby");
    folder
        .write("a.yaml", format!("Parameters: {{Standby: {{Type: String}}}}\n{text}"))
        .write("on.json", "[{\"ParameterKey\": \"Standby\", \"ParameterValue\": \"true\"}]")
        .write("off.json", "{\"Standby\": \"false\"}")
        .write("broken.json", "{\"Standby\":");
    assert_eq!(undecided(&folder.check(&["a.yaml"])), ["DBS001 Db"]);
    assert!(findings(&folder.check(&["a.yaml", "--parameters", "on.json"])).is_empty());
    let both = ["a.yaml", "--parameters", "on.json", "--parameters", "off.json"];
    assert_eq!(findings(&folder.check(&both)), ["DBS001 Db"]);
    let run = folder.archlint(&["check", "a.yaml", "--parameters", "broken.json"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("archlint::source::parameters"), "{}", run.stderr);
}

#[test]
fn a_cloud_assembly_is_one_architecture() {
    let folder = selected::folder("assembly");
    let template = |text: &str| {
        let yaml: serde_json::Value = serde_json::from_str(text).unwrap();
        yaml.to_string()
    };
    folder
        .write("cdk.out/manifest.json", "{\"version\": \"38.0.0\", \"artifacts\": {}}")
        .write("cdk.out/cdk.out", "{\"version\": \"38.0.0\"}")
        .write("cdk.out/tree.json", "{\"version\": \"tree-0.1\", \"tree\": {\"id\": \"App\"}}")
        .write(
            "cdk.out/Net.template.json",
            template(
                r#"{"Resources": {
                    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
                    "A": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"},
                        "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"}}},
                  "Outputs": {"A": {"Value": {"Ref": "A"}, "Export": {"Name": "Net:A"}}}}"#,
            ),
        )
        .write(
            "cdk.out/Web.template.json",
            template(
                r#"{"Resources": {"Web": {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {
                    "MinSize": "1", "MaxSize": "2", "VPCZoneIdentifier": [{"Fn::ImportValue": "Net:A"}]}}}}"#,
            ),
        );
    // A nested stack, as CDK writes it: the URL says nothing, the metadata names the file.
    folder
        .write(
            "cdk.out/Data.template.json",
            template(
                r#"{"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack",
                    "Properties": {"TemplateURL": {"Fn::Sub": "https://s3.${AWS::URLSuffix}/assets/0123.json"}},
                    "Metadata": {"aws:asset:path": "DataNested.nested.template.json"}}}}"#,
            ),
        )
        .write(
            "cdk.out/DataNested.nested.template.json",
            template(
                r#"{"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties":
                    {"Engine": "postgres", "DBInstanceClass": "db.m6g.large"}}}}"#,
            ),
        );
    let report = folder.check(&["cdk.out"]);
    assert_eq!(findings(&report), ["ASG001 Web", "DBS001 Db"]);
    assert_eq!(report["summary"]["architectures"], 1);
    assert_eq!(report["inputs"].as_array().unwrap().len(), 4);
    assert_eq!(report["findings"][1]["resource"]["address"], "Data/Nested/Db");
}
