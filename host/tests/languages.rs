//! Plugins without the SDK, in the languages that people bring: built where their tools can be installed, and run
//! beside the built-in rules.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]
#![expect(clippy::print_stderr, reason = "a test says that it skipped something")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

mod folder;

use folder::{Folder, findings, undecided};

const PLUGINS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/plugins");
const WIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/plugin.wit");

/// A folder that stays between runs, so that tools are installed once.
fn tools(language: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages").join(language);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Whether a command that needs the network, or a program that may be missing, went well.
fn can(command: &mut Command) -> bool {
    let done = command.output();
    let why = match &done {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    eprintln!("skipped: {command:?}: {why}");
    false
}

fn must(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Copies the files of a plugin, not what was built or installed beside them.
fn copy(language: &str, to: &Path) {
    for entry in fs::read_dir(Path::new(PLUGINS).join(language)).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && path.extension().is_none_or(|it| it != "wasm") {
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// Its own examples, and a template, through the real binary.
fn run(language: &str, wasm: &Path, template: &str, found: &str, left_open: &str) {
    let folder = Folder::new(&format!("language-{language}"));
    folder.write("t.yaml", template);
    let wasm = wasm.to_str().unwrap();
    let sources = format!("{PLUGINS}/{language}");
    let run = folder.archlint(&["plugin", "test", &sources, "--wasm", wasm]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.ends_with(": 3 examples\n"), "{run:?}");
    let report = folder.check(&["t.yaml", "--plugin", wasm]);
    assert!(findings(&report).contains(&found.to_owned()), "{report:#}");
    assert!(undecided(&report).contains(&left_open.to_owned()), "{report:#}");
}

#[test]
fn a_rule_in_javascript() {
    let tools = tools("javascript");
    copy("javascript", &tools);
    if !can(Command::new("npm").current_dir(&tools).args([
        "install",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
    ])) {
        return;
    }
    let wasm = tools.join("plugin.wasm");
    must(Command::new("node").current_dir(&tools).args(["build.js", WIT]).arg(&wasm));
    let template = "\
Parameters:
  Most: { Type: Number }
Resources:
  Fixed: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { MinSize: \"3\", MaxSize: \"3\" } }
  Open: { Type: AWS::AutoScaling::AutoScalingGroup, Properties: { MinSize: \"3\", MaxSize: !Ref Most } }
";
    run("javascript", &wasm, template, "JSX001 Fixed", "JSX001 Open");
}

#[test]
fn a_rule_in_python() {
    let tools = tools("python");
    let bin = tools.join("venv/bin");
    let requirements = format!("{PLUGINS}/python/requirements.txt");
    if !can(Command::new("python3").args(["-m", "venv"]).arg(tools.join("venv")))
        || !can(Command::new(bin.join("pip")).args(["install", "--quiet", "--requirement", &requirements]))
    {
        return;
    }
    let wasm = tools.join("plugin.wasm");
    let path =
        env::join_paths([bin].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap()))).unwrap();
    must(Command::new(format!("{PLUGINS}/python/build.sh")).arg(WIT).arg(&wasm).env("PATH", path));
    let template = "\
Resources:
  Vpc: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }
  Igw: { Type: AWS::EC2::InternetGateway }
  Attachment: { Type: AWS::EC2::VPCGatewayAttachment, Properties: { VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw } }
  Routes: { Type: AWS::EC2::RouteTable, Properties: { VpcId: !Ref Vpc } }
  Default: { Type: AWS::EC2::Route, Properties: { RouteTableId: !Ref Routes, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw } }
  Public: { Type: AWS::EC2::Subnet, Properties: { VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24 } }
  Association: { Type: AWS::EC2::SubnetRouteTableAssociation, Properties: { SubnetId: !Ref Public, RouteTableId: !Ref Routes } }
  Subnets: { Type: AWS::RDS::DBSubnetGroup, Properties: { DBSubnetGroupDescription: s, SubnetIds: [!Ref Public] } }
  Orders: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres, DBSubnetGroupName: !Ref Subnets } }
  Legacy: { Type: AWS::RDS::DBInstance, Properties: { Engine: postgres, DBSubnetGroupName: !ImportValue subnets } }
";
    run("python", &wasm, template, "PYX001 Orders", "PYX001 Legacy");
}
