//! Settings, through the real binary: what is refused and how, which of two voices is heard, and which rules run.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

mod folder;
mod selected;

use std::fs;

use folder::{Folder, Run, findings, undecided};

/// A database without a standby, which is DBS001, and a group in one zone, which is ASG001; both of high severity.
const FLAWED: &str = "\
Resources:
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: vpc-1, AvailabilityZone: eu-west-1a, CidrBlock: 10.0.0.0/24}}
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.r6g.large, BackupRetentionPeriod: 7, MultiAZ: false, Tags: [{Key: tier, Value: Blue}]}
  Web:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: '2', MaxSize: '4', VPCZoneIdentifier: [!Ref A]}
";

fn flawed(name: &str, settings: &str) -> Folder {
    let folder = selected::folder(name);
    folder.write("web.yaml", FLAWED);
    if !settings.is_empty() {
        folder.write("archlint.toml", settings);
    }
    folder
}

/// Settings that are refused before anything is read: exit 2, with code, place and help.
#[track_caller]
fn refused(name: &str, settings: &str, expected: &[&str]) {
    let folder = flawed(name, settings);
    for arguments in [&["check", "web.yaml"][..], &["config"]] {
        let Run { code, stdout, stderr } = folder.archlint(arguments);
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        for it in expected {
            assert!(stderr.contains(it), "`{it}` is not in\n{stderr}");
        }
    }
}

#[test]
fn what_is_no_toml_is_shown() {
    refused("no-toml", "fail_on = \"low\"\nignore = [", &["archlint::settings::toml", "archlint.toml:2:"]);
}

#[test]
fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
    let wrong = "archlint::settings::wrong";
    refused("key", "\nfail_no = \"low\"", &[wrong, "toml:2:1", "did you mean `fail_on`?"]);
    refused(
        "rule-key",
        "[rules.NET006]\nseverty = \"low\"",
        &[wrong, "toml:2:1", "did you mean `severity`?"],
    );
    refused("suppress-key", "[[suppress]]\nrule = \"NET006\"\nwhy = \"x\"", &[wrong, "unknown key `why`"]);
}

#[test]
fn a_wrong_value_is_shown_with_what_it_could_be() {
    refused("value", "fail_on = \"hihg\"", &["toml:1:11", "did you mean `high`?"]);
    refused("values", "on_unknown = \"explode\"", &["toml:1:14", "one of ignore, info, fail"]);
    refused("type", "plugins = 3", &["toml:1:11", "not of type \"array\""]);
    refused("environment", "[env_map]\nblue = \"production\"", &["toml:2:8", "one of prod, nonprod"]);
    refused("kind", "account.assume_whole = [\"flow_log\"]", &["toml:1:25"]);
    refused("workload", "[[workloads]]\nname = \"shop\"", &["neither `address` nor `tag`"]);
    let bucket = |it: &str| format!("[[buckets]]\naddress = \"*\"\n{it}");
    refused("bucket", "[[buckets]]\nwriters = 3", &["neither `address` nor `tag`"]);
    refused("bucket-key", &bucket("peak_write = 1"), &["toml:3:1", "did you mean `peak_write_rps`?"]);
    refused("bucket-resources", &bucket("resources = []"), &["toml:3:1", "unknown key `resources`"]);
    refused("readers", &bucket("readers = \"world\""), &["toml:3:11", "one of in-region, internet"]);
    refused("stream", "[[streams]]\ntag = \"t\"\ntop_key_share = 3", &["toml:3:17"]);
}

#[test]
fn a_rule_that_nothing_is_called_is_shown_with_the_one_that_was_meant() {
    let unknown = "archlint::settings::unknown_rule";
    refused("select", "select = [\"LBL001\", \"NET06\"]", &[unknown, "toml:1:21", "did you mean `NET006`?"]);
    refused("family", "ignore = [\"NTE*\"]", &[unknown, "did you mean `NET*`?"]);
    refused(
        "table",
        "[rules.rds-singel-az]\nseverity = \"low\"",
        &[unknown, "did you mean `rds-single-az`?"],
    );
    refused("locked", "locked = [\"SECURITY\"]", &[unknown, "`archlint rules` lists them"]);
    let entry = "[[suppress]]\nrule = \"DBS01\"\nreason = \"x\"";
    refused("suppressed", entry, &[unknown, "toml:2:8", "did you mean `DBS001`?"]);
}

#[test]
fn settings_of_a_rule_are_of_one_rule_and_stand_once() {
    refused("of-family", "[rules.\"NET*\"]\nseverity = \"low\"", &["settings are of one rule"]);
    let twice = "[rules.DBS001]\nseverity = \"low\"\n[rules.rds-single-az]\nseverity = \"info\"";
    refused("twice", twice, &["`DBS001` has settings twice"]);
}

#[test]
fn parameters_are_held_against_the_schema_of_their_rule() {
    let parameters = |it: &str| format!("[rules.NET006.parameters]\n{it}");
    let minimum = parameters("min_dependent_azs = 0");
    refused("minimum", &minimum, &["the parameters of `NET006` are wrong", "toml:2:21"]);
    let misspelt = parameters("min_dependant_azs = 1");
    refused("parameter", &misspelt, &["toml:2:21", "did you mean `min_dependent_azs`?"]);
    refused("none", "[rules.DBS001.parameters]\nx = 1", &["the parameters of `DBS001` are wrong"]);
}

#[test]
fn a_settings_file_that_is_not_there_is_told() {
    let run = flawed("absent", "").archlint(&["check", "web.yaml", "--config", "other.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("archlint::settings::read"), "{}", run.stderr);
    assert!(run.stderr.contains("other.toml"), "{}", run.stderr);
}

#[test]
fn the_nearest_settings_are_found_up_to_the_root_of_the_repository() {
    let folder = Folder::new("found");
    folder.write("archlint.toml", "ignore = [\"DBS001\"]").write("sub/repository/deep/web.yaml", FLAWED);
    let check = |arguments: &[&str]| findings(&folder.check(&[&["sub/repository/deep"], arguments].concat()));
    assert_eq!(check(&[]), ["ASG001 Web"]);
    assert_eq!(check(&["--no-config"]), ["ASG001 Web", "DBS001 Db"]);

    let deep = Folder { path: folder.path.join("sub/repository/deep") };
    assert_eq!(findings(&deep.check(&["web.yaml"])), ["ASG001 Web"]);
    folder.write("sub/archlint.toml", "ignore = [\"ASG*\"]");
    assert_eq!(findings(&deep.check(&["web.yaml"])), ["DBS001 Db"]);
    assert_eq!(findings(&deep.check(&["web.yaml", "--config", "../../../archlint.toml"])), ["ASG001 Web"]);
    fs::create_dir(folder.path.join("sub/repository/.git")).unwrap();
    assert_eq!(findings(&deep.check(&["web.yaml"])), ["ASG001 Web", "DBS001 Db"]);
}

#[test]
fn rules_are_selected_by_code_slug_family_and_pillar() {
    let folder = flawed("selected", "");
    let check = |arguments: &[&str]| {
        let report = folder.check(&[&["web.yaml"], arguments].concat());
        (findings(&report).join(", "), report["summary"]["rules"].as_u64().unwrap())
    };
    let found = |it: &str| it.to_owned();
    assert_eq!(check(&["--select", "DBS001,asg-single-az"]), (found("ASG001 Web, DBS001 Db"), 2));
    let rules = folder.archlint(&["rules"]).stdout;
    let family = rules.lines().filter(|it| it.contains("DBS")).count() as u64;
    assert!(family > 1, "{rules}");
    assert_eq!(check(&["--select", "DBS*"]), (found("DBS001 Db"), family));
    assert_eq!(check(&["--ignore", "DBS001", "--ignore", "NET*"]), (found("ASG001 Web"), 4));
    assert_eq!(check(&["--pillar", "reliability", "--select", "dbs001"]), (found("DBS001 Db"), 1));
}

#[test]
fn a_filter_that_matches_nothing_is_an_error() {
    let folder = flawed("nothing", "");
    let stderr = |arguments: &[&str]| {
        let run = folder.archlint(&[&["check", "web.yaml"], arguments].concat());
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
        run.stderr
    };
    let unknown = stderr(&["--select", "DBS01"]);
    assert!(unknown.contains("no rule is called `DBS01` (--select)"), "{unknown}");
    assert!(unknown.contains("did you mean `DBS001`?"), "{unknown}");
    assert!(stderr(&["--ignore", "XYZ*"]).contains("no rule is called `XYZ*` (--ignore)"));
    assert!(stderr(&["--select", "DBS001", "--ignore", "DBS*"]).contains("archlint::settings::no_rules"));
    assert!(stderr(&["--select", "DBS001", "--pillar", "cost"]).contains("archlint::settings::no_rules"));
    assert!(stderr(&["--pillar", "beauty"]).contains("sustainability"));
}

#[test]
fn the_command_line_beats_the_file_and_the_file_the_default() {
    let folder = flawed("layers", "select = [\"DBS001\"]\nignore = [\"NET*\"]\nmin_confidence = \"high\"");
    let check = |arguments: &[&str]| findings(&folder.check(&[&["web.yaml"], arguments].concat()));
    assert_eq!(check(&[]), ["DBS001 Db"]);
    assert_eq!(check(&["--select", "ASG001"]), ["ASG001 Web"]);
    assert_eq!(check(&["--select", "NET*"]), [""; 0]);

    folder.write("archlint.toml", "fail_on = \"medium\"\n[rules.DBS001]\nseverity = \"medium\"");
    let code = |arguments: &[&str]| {
        folder.archlint(&[&["check", "web.yaml", "--select", "DBS001"], arguments].concat()).code
    };
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--fail-on", "high"]), 0);
    assert_eq!(code(&["--no-config"]), 1);
}

#[test]
fn a_rule_weighs_what_the_settings_say_and_takes_the_parameters_they_give() {
    let folder = flawed("weighs", "[rules.rds-single-az]\nseverity = \"low\"");
    let report = folder.check(&["web.yaml"]);
    assert_eq!(report["findings"][1]["rule"], "DBS001");
    assert_eq!(report["findings"][1]["severity"], "low");
}

#[test]
fn a_workload_is_declared_for_the_resources_that_its_pattern_means() {
    let check = |name: &str, workload: &str| {
        let whole = r#"["AWS::Backup::BackupPlan", "AWS::Backup::BackupSelection", "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance", "AWS::RDS::GlobalCluster"]"#;
        let folder = flawed(name, &format!("account.assume_whole = {whole}\n{workload}"));
        findings(&folder.check(&["web.yaml", "--region", "eu-west-1", "--select", "DBS005"]))
    };
    let recovered = "[[workloads]]\nname = \"orders\"\ndr_region = \"eu-central-1\"\n";
    assert_eq!(check("undeclared", ""), [""; 0]);
    assert_eq!(check("by-address", &format!("{recovered}address = \"web/D*\"")), ["DBS005 Db"]);
    assert_eq!(check("by-tag", &format!("{recovered}tag = \"tier=Blue\"")), ["DBS005 Db"]);
    assert_eq!(check("another", &format!("{recovered}tag = \"tier=Green\"")), [""; 0]);
    assert_eq!(check("recreated", &format!("{recovered}tag = \"tier\"\nrecreatable = true")), [""; 0]);
}

#[test]
fn the_environment_is_told_by_the_tags_and_values_of_the_settings() {
    let severity = |name: &str, settings: &str| {
        let report = flawed(name, settings).check(&["web.yaml", "--select", "DBS001"]);
        report["findings"][0]["severity"].as_str().unwrap().to_owned()
    };
    assert_eq!(severity("usual", ""), "high");
    assert_eq!(severity("default", "default_env = \"nonprod\""), "low");
    assert_eq!(severity("tag", "env_tag_keys = [\"tier\"]\nenv_map = { BLUE = \"nonprod\" }"), "low");
    let kept = "default_env = \"nonprod\"\nenv_tag_keys = [\"tier\"]\nenv_map = { blue = \"prod\" }";
    assert_eq!(severity("kept", kept), "high");
}

#[test]
fn the_plugins_of_the_settings_stand_beside_the_file() {
    let folder = selected::folder("plugins-of-settings");
    folder.write("web.yaml", FLAWED).write("sub/archlint.toml", "plugins = [\"ours.wasm\"]");
    let run = folder.archlint(&["check", "web.yaml", "--config", "sub/archlint.toml"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("sub/ours.wasm"), "{}", run.stderr);
    assert!(run.stdout.contains("DBS001"), "{}", run.stdout);
    assert!(folder.archlint(&["rules", "--config", "sub/archlint.toml"]).stderr.contains("sub/ours.wasm"));
}

#[test]
fn what_is_assumed_to_be_whole_is_in_the_snapshot() {
    let folder = flawed("whole", "account.assume_whole = [\"AWS::EC2::FlowLog\"]");
    let snapshot = |arguments: &[&str]| {
        let run = folder.archlint(&[&["snapshot", "web.yaml"], arguments].concat());
        serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap()
    };
    let lists =
        |it: &serde_json::Value| it["architectures"][0]["scenarios"][0]["snapshot"]["scope"]["lists"].clone();
    assert_eq!(lists(&snapshot(&[])), serde_json::json!({ "AWS::EC2::FlowLog": "whole" }));
    assert_eq!(lists(&snapshot(&["--no-config"])), serde_json::Value::Null);
}

/// A database of which nobody knows whether it has a standby.
const OPEN: &str = "\
Parameters: {Standby: {Type: String}}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.m6g.large, MultiAZ: !Ref Standby}
";

#[test]
fn what_stays_undecided_is_counted_told_or_counts() {
    let folder = selected::folder("undecided");
    folder.write("web.yaml", OPEN);
    let check = |settings: &str, arguments: &[&str]| {
        folder.write("archlint.toml", format!("select = [\"DBS001\"]\n{settings}"));
        let run = folder.archlint(&[&["check", "web.yaml"], arguments].concat());
        (run.stdout.contains("undecided  DBS001"), run.stdout.contains("1 undecided"), run.code)
    };
    assert_eq!(check("", &[]), (true, true, 0));
    assert_eq!(check("on_unknown = \"ignore\"", &[]), (false, true, 0));
    assert_eq!(check("[rules.DBS001]\nseverity = \"low\"", &[]), (false, true, 0));
    assert_eq!(check("on_unknown = \"ignore\"\n[rules.DBS001]\non_unknown = \"info\"", &[]), (true, true, 0));
    assert_eq!(check("on_unknown = \"fail\"", &[]), (true, true, 1));
    assert_eq!(check("[rules.DBS001]\non_unknown = \"ignore\"", &["--fail-on-undecided"]), (true, true, 1));
    assert_eq!(undecided(&folder.check(&["web.yaml"])), ["DBS001 Db"]);
}

#[test]
fn what_holds_in_another_scenario_counts_when_that_is_asked_for() {
    let folder = selected::folder("all-scenarios");
    folder.write(
        "web.yaml",
        "Parameters: {Standby: {Type: String, Default: 'yes', AllowedValues: ['yes', 'no']}}\n\
         Conditions: {HasStandby: !Equals [!Ref Standby, 'yes']}\n\
         Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties: {Engine: postgres, \
         DBInstanceClass: db.m6g.large, MultiAZ: !If [HasStandby, true, false]}\n",
    );
    assert_eq!(folder.archlint(&["check", "web.yaml"]).code, 0);
    assert_eq!(folder.archlint(&["check", "web.yaml", "--all-scenarios"]).code, 1);
}

#[test]
fn statistics_count_by_rule() {
    let folder = flawed("statistics", "");
    let run = folder.archlint(&["check", "web.yaml", "--statistics"]);
    assert_eq!(run.code, 1);
    let expected = "\
findings  suppressed  baseline  undecided  rule
       1           0         0          0  ASG001 asg-single-az
       1           0         0          0  DBS001 rds-single-az
2 findings (2 high), 0 undecided; 3 resources in 1 architecture, 7 rules
";
    assert_eq!(run.stdout, expected);
    let by_rule = &folder.check(&["web.yaml"])["summary"]["by_rule"];
    assert_eq!(by_rule[1]["rule"], "DBS001");
    assert_eq!(by_rule[1]["findings"], 1);
}

const EVERYTHING: &str = r#"select = ["NET*", "rds-single-az"]
ignore = ["NET002"]
fail_on = "medium"
min_confidence = "low"
on_unknown = "ignore"
default_env = "nonprod"
env_tag_keys = ["tier"]
account.assume_whole = ["AWS::EC2::FlowLog"]
locked = ["DBS001"]
baseline = "known.json"

[env_map]
"Blue/green" = "prod"

[rules.NET006]
severity = "low"
on_unknown = "fail"
parameters = { min_dependent_azs = 1 }

[[suppress]]
rule = "DBS001"
address = "staging/*"
tag = "tier=web"
reason = "rebuilt within the day"
until = 2027-01-31
owner = "data"

[[workloads]]
name = "shop"
address = "shop/*"
rto_min = 60
rpo_min = 15
tier = "one"
dr_region = "eu-central-1"

[[buckets]]
address = "photos/*"
peak_write_rps = 4800
usual_read_rps = 12.5
key_template = "{date:yyyy-MM-dd}/{uuid}"
readers = "internet"
cacheable = false

[[streams]]
tag = "team=orders"
peak_in_mbps = 12
top_key_share = 0.25
ordered = true
"#;

#[test]
fn config_prints_what_is_in_effect_and_who_said_so() {
    let folder = flawed("config", EVERYTHING);
    let run = folder.archlint(&["config", "--fail-on", "low", "--ignore", "NET006"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for it in [
        " rules run\n",
        "  \"rds-single-az\",  # archlint.toml:1\n",
        "  \"NET006\",  # --ignore\n",
        "fail_on = \"low\"  # --fail-on\n",
        "min_confidence = \"low\"  # archlint.toml:4\n",
        "plugins = []  # default\n",
        "\"blue/green\" = \"prod\"  # archlint.toml:13\n",
        "dev = \"nonprod\"  # default\n",
        "[rules.NET006]  # archlint.toml:15\n",
        "until = \"2027-01-31\"\n",
        "rpo_min = 15\n",
        "[[buckets]]  # archlint.toml:36\n",
        "usual_read_rps = 12.5\n",
        "readers = \"internet\"\n",
        "[[streams]]  # archlint.toml:44\n",
        "top_key_share = 0.25\n",
    ] {
        assert!(run.stdout.contains(it), "`{it}` is not in\n{}", run.stdout);
    }
}

#[test]
fn what_config_prints_is_a_settings_file_that_says_the_same() {
    let folder = flawed("again", EVERYTHING);
    let values = |text: &str| {
        let code = text.lines().map(|it| it.split("  # ").next().unwrap());
        code.filter(|it| !it.starts_with('#')).collect::<Vec<_>>().join("\n")
    };
    let first = folder.archlint(&["config"]).stdout;
    folder.write("again.toml", &first);
    let again = folder.archlint(&["config", "--config", "again.toml"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    assert_eq!(values(&again.stdout), values(&first));
}

#[test]
fn init_writes_settings_for_what_is_there_and_overwrites_nothing() {
    let folder = Folder::new("init");
    folder
        .write("stacks/web.yaml", FLAWED)
        .write("cdk.json", "{\"app\": \"npx ts-node app.ts\"}")
        .write("cdk.out/Web.template.json", "{\"Resources\": {}}")
        .write("infra/main.tf", "");
    let run = folder.archlint(&["init"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let written = fs::read_to_string(folder.path.join("archlint.toml")).unwrap();
    for it in ["CloudFormation, `stacks/web.yaml`. ", "a CDK app", "--tf-dir infra"] {
        assert!(written.contains(it), "`{it}` is not in\n{written}");
    }
    assert!(!written.contains("Web.template.json"), "{written}");
    assert_eq!(findings(&folder.check(&["."])), ["ASG001 Web", "DBS001 Db"]);

    let again = folder.archlint(&["init"]);
    assert_eq!(again.code, 2);
    assert!(again.stderr.contains("exists already"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(folder.path.join("archlint.toml")).unwrap(), written);
}

/// Each setting that `init` explains in a comment, without the comment.
#[test]
fn what_init_explains_can_be_uncommented() {
    let folder = Folder::new("uncommented");
    folder.archlint(&["init"]);
    let written = fs::read_to_string(folder.path.join("archlint.toml")).unwrap();
    let settings = written.lines().filter_map(|it| it.strip_prefix("# "));
    let is_toml =
        |it: &&str| it.starts_with('[') || it.split_once(" = ").is_some_and(|it| !it.0.contains(' '));
    let uncommented: Vec<&str> = settings.filter(is_toml).collect();
    assert!(uncommented.len() > 15, "{uncommented:?}");
    folder.write("archlint.toml", uncommented.join("\n"));
    let run = folder.archlint(&["config"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("baseline = \"./") || run.stdout.contains("archlint-baseline.json"),
        "{}",
        run.stdout
    );
}
