//! Suppressions, through the real binary: in metadata, in comments and in settings; what they suppress, when they
//! end, and what is told about them.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

mod folder;
mod selected;

use folder::{Folder, Run, entries, findings, undecided};
use serde_json::Value;

/// A database without a standby, DBS001, with room for what a test writes at three places of it.
fn database(above: &str, beside: &str, metadata: &str) -> String {
    format!(
        "Resources:\n{above}  Db:\n    Type: AWS::RDS::DBInstance\n{metadata}    Properties:\n      \
         Engine: postgres\n      DBInstanceClass: db.r6g.large\n      BackupRetentionPeriod: 7\n      MultiAZ: false{beside}\n"
    )
}

fn suppressed(report: &Value) -> Vec<String> {
    entries(report, "suppressed")
}

/// Checks `web.yaml` as of 2026-06-15.
fn check(folder: &Folder, arguments: &[&str]) -> Run {
    folder.archlint(&[&["check", "web.yaml", "--today", "2026-06-15"], arguments].concat())
}

/// A template in which everything is suppressed, with nothing more to say.
#[track_caller]
fn suppresses(name: &str, template: &str, settings: &str) {
    let folder = selected::folder(name);
    folder.write("web.yaml", template).write("archlint.toml", settings);
    let run = check(&folder, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(run.stdout.contains("no findings, 1 suppressed"), "{}", run.stdout);
    let report = folder.check(&["web.yaml"]);
    assert_eq!(suppressed(&report), ["DBS001 Db"]);
    assert_eq!(report["suppressed"][0]["suppression"]["reason"], "a copy of production", "{report}");
}

#[test]
fn a_comment_suppresses_on_its_line_and_on_the_next() {
    let comment = "# archlint: ignore DBS001 reason=\"a copy of production\"";
    suppresses("beside", &database("", &format!(" {comment}"), ""), "");
    suppresses("above", &database(&format!("  {comment}\n"), "", ""), "");
    suppresses("family", &database(&format!("  {}\n", comment.replace("DBS001", "DBS*")), "", ""), "");
    suppresses("slug", &database(&format!("  {}\n", comment.replace("DBS001", "rds-single-az")), "", ""), "");
    suppresses("in-a-row", &database(&format!("  {comment}\n  # It is rebuilt.\n"), "", ""), "");
}

#[test]
fn metadata_suppresses_in_yaml_and_in_json() {
    let entry = "{rule: DBS001, reason: a copy of production, until: 2026-12-31}";
    let list = format!("    Metadata: {{archlint: {{ignore: [{entry}]}}}}\n");
    suppresses("metadata", &database("", "", &list), "");
    let one = format!("    Metadata: {{archlint: {{ignore: {entry}}}}}\n");
    suppresses("metadata-one", &database("", "", &one), "");
    let json = r#"{"Resources": {"Db": {"Type": "AWS::RDS::DBInstance",
        "Metadata": {"archlint": {"ignore": [{"rule": "DBS001", "reason": "a copy of production"}]}},
        "Properties": {"Engine": "postgres", "DBInstanceClass": "db.r6g.large", "BackupRetentionPeriod": 7, "MultiAZ": false}}}}"#;
    suppresses("metadata-json", json, "");
}

#[test]
fn settings_suppress_by_address_and_tag() {
    let tagged = database("", "\n      Tags: [{Key: tier, Value: copy}]", "");
    let entry = |more: &str| {
        format!(
            "[[suppress]]\nrule = \"DBS001\"\nreason = \"a copy of production\"\nowner = \"data\"\n{more}"
        )
    };
    suppresses("everywhere", &tagged, &entry(""));
    suppresses("address", &tagged, &entry("address = \"web/*\"\nuntil = 2026-12-31"));
    suppresses("tag", &tagged, &entry("tag = \"tier\""));
    suppresses("tag-value", &tagged, &entry("address = \"*/Db\"\ntag = \"tier=copy\""));

    let folder = selected::folder("elsewhere");
    folder.write("web.yaml", &tagged);
    for other in ["address = \"Db\"", "address = \"web/D\"", "tag = \"tier=web\"", "tag = \"stage\""] {
        folder.write("archlint.toml", entry(other));
        assert_eq!(findings(&folder.check(&["web.yaml"])), ["DBS001 Db"], "{other}");
    }
}

#[test]
fn a_suppression_in_terraform_files_is_the_same() {
    let folder = selected::folder("terraform");
    let plan = r#"{"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {"root_module": {}},
        "resource_changes": [{"address": "aws_db_instance.db", "mode": "managed", "type": "aws_db_instance",
            "name": "db", "provider_name": "registry.terraform.io/hashicorp/aws",
            "change": {"actions": ["create"], "after_unknown": {"id": true}, "before": null,
                "after": {"engine": "postgres", "instance_class": "db.r6g.large", "multi_az": false}}}],
        "configuration": {"root_module": {"resources": [{"address": "aws_db_instance.db", "mode": "managed",
            "type": "aws_db_instance", "name": "db", "expressions": {"multi_az": {"constant_value": false}}}]}}}"#;
    folder.write("plan.json", plan);
    let checked = |main: &str| {
        folder.write("infra/main.tf", main);
        folder.check(&["plan.json", "--tf-dir", "infra"])
    };
    let block = |above: &str, beside: &str| {
        format!(
            "{above}resource \"aws_db_instance\" \"db\" {{\n  engine = \"postgres\"\n  multi_az = false{beside}\n}}\n"
        )
    };
    assert_eq!(findings(&checked(&block("", ""))), ["DBS001 aws_db_instance.db"]);
    for hcl in [
        block("# archlint: ignore DBS001 reason=\"a copy\"\n", ""),
        block("// archlint: ignore DBS001 reason=\"a copy\"\n", ""),
        block("", " # archlint: ignore DBS001 reason=\"a copy\""),
    ] {
        let report = checked(&hcl);
        assert_eq!(suppressed(&report), ["DBS001 aws_db_instance.db"], "{hcl}");
        let location = &report["suppressed"][0]["suppression"]["location"];
        assert_eq!(location["file"], "infra/main.tf");
        assert_eq!(report["notices"].as_array().unwrap().len(), 0);
    }
}

/// A suppression in a source that cannot be read: exit 2 with its place, and the finding stands.
#[track_caller]
fn unreadable(name: &str, template: &str, expected: &[&str]) {
    let folder = selected::folder(name);
    folder.write("web.yaml", template);
    let run = check(&folder, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stdout.contains("DBS001"), "{}", run.stdout);
    for it in expected {
        assert!(run.stderr.contains(it), "`{it}` is not in\n{}", run.stderr);
    }
}

#[test]
fn a_suppression_without_a_reason_is_an_error_and_suppresses_nothing() {
    let expected = ["archlint::suppression::wrong", "`DBS001` gives no reason", "web.yaml:"];
    unreadable("no-reason", &database("  # archlint: ignore DBS001\n", "", ""), &expected);
    unreadable("blank-reason", &database("  # archlint: ignore DBS001 reason=\" \"\n", "", ""), &expected);
    let metadata = "    Metadata: {archlint: {ignore: [{rule: DBS001}]}}\n";
    unreadable("no-reason-metadata", &database("", "", metadata), &expected);
}

#[test]
fn what_a_suppression_gets_wrong_is_shown_with_what_was_meant() {
    let comment = |it: &str| database(&format!("  # archlint: {it}\n"), "", "");
    unreadable("wrong-rule", &comment("ignore DBS01 reason=x"), &["web.yaml:2:3", "did you mean `DBS001`?"]);
    unreadable("wrong-date", &comment("ignore DBS001 reason=x until=2026-02-30"), &["`until`", "is no date"]);
    unreadable("wrong-name", &comment("ignore DBS001 reasn=x"), &["did you mean `reason`?"]);
    unreadable("wrong-word", &comment("ingore DBS001 reason=x"), &["no comment `ingore`"]);
    unreadable("no-rule", &comment("ignore reason=x"), &["names no rule"]);
    let metadata = |it: &str| database("", "", &format!("    Metadata: {{archlint: {it}}}\n"));
    unreadable("metadata-text", &metadata("{ignore: DBS001}"), &["names no rule"]);
    unreadable("metadata-key", &metadata("{ignore: [{rule: DBS001, why: x}]}"), &["has no `why`"]);
    unreadable("metadata-misspelt", &metadata("{ingore: [{rule: DBS001, reason: x}]}"), &["`ingore`"]);
}

#[test]
fn an_expired_suppression_suppresses_nothing_and_counts() {
    let until = |date: &str| format!("  # archlint: ignore DBS001 reason=\"a copy\" until={date}\n");
    let folder = selected::folder("expired");
    let run = |date: &str| {
        folder.write("web.yaml", database(&until(date), "", ""));
        check(&folder, &["--fail-on", "high"])
    };
    let expired = run("2026-06-14");
    assert_eq!(expired.code, 1);
    assert!(expired.stderr.contains("archlint::suppression::expired"), "{}", expired.stderr);
    assert!(expired.stderr.contains("web.yaml:2:3"), "{}", expired.stderr);
    assert!(expired.stdout.contains("1 finding (1 high)"), "{}", expired.stdout);

    for soon in ["2026-06-15", "2026-06-28"] {
        let last = run(soon);
        assert_eq!(last.code, 0);
        assert!(last.stderr.contains("archlint::suppression::expires_soon"), "{}", last.stderr);
        assert!(last.stdout.contains("1 suppressed"), "{}", last.stdout);
    }
    let later = run("2026-06-29");
    assert_eq!((later.code, later.stderr.as_str()), (0, ""));
}

#[test]
fn an_expired_suppression_counts_even_where_its_finding_does_not() {
    let folder = selected::folder("expired-low");
    folder.write("web.yaml", database("", "", "")).write(
        "archlint.toml",
        "[rules.DBS001]\nseverity = \"low\"\n[[suppress]]\nrule = \"DBS001\"\nreason = \"x\"\nuntil = 2026-01-31\n",
    );
    let run = check(&folder, &[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("archlint.toml:3:1"), "{}", run.stderr);
    assert_eq!(check(&folder, &["--ignore", "DBS001"]).code, 0);
}

#[test]
fn a_suppression_that_suppresses_nothing_is_told() {
    let folder = selected::folder("unused");
    folder.write("web.yaml", database("  # archlint: ignore ASG001 reason=\"no group\"\n", "", ""));
    let run = check(&folder, &[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("archlint::suppression::unused"), "{}", run.stderr);
    assert!(run.stderr.contains("web.yaml:2:3"), "{}", run.stderr);
    // A rule that does not run says nothing about what it would have found.
    let without = check(&folder, &["--ignore", "ASG001"]);
    assert!(!without.stderr.contains("unused"), "{}", without.stderr);
}

#[test]
fn an_unused_entry_of_the_settings_is_told_where_a_whole_folder_is_checked() {
    let folder = selected::folder("unused-settings");
    folder
        .write("web.yaml", database("", "", ""))
        .write("archlint.toml", "[[suppress]]\nrule = \"DBS001\"\naddress = \"other/*\"\nreason = \"x\"\n");
    assert!(!check(&folder, &[]).stderr.contains("unused"));
    let whole = folder.archlint(&["check", "."]);
    assert!(whole.stderr.contains("archlint::suppression::unused"), "{}", whole.stderr);
    // Beside something that cannot be read, nobody knows.
    folder.write("broken.yaml", "Resources: [");
    assert!(!folder.archlint(&["check", "."]).stderr.contains("unused"));
}

#[test]
fn a_locked_rule_is_suppressed_by_settings_only() {
    let folder = selected::folder("locked");
    folder
        .write("web.yaml", database("  # archlint: ignore DBS001 reason=\"we dare\"\n", "", ""))
        .write("archlint.toml", "locked = [\"DBS*\"]\n");
    let run = check(&folder, &[]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("archlint::suppression::locked"), "{}", run.stderr);
    assert!(run.stdout.contains("1 finding"), "{}", run.stdout);
    folder.write("web.yaml", database("", "", "")).write(
        "archlint.toml",
        "locked = [\"DBS*\"]\n[[suppress]]\nrule = \"DBS001\"\nreason = \"the board dares\"\n",
    );
    assert_eq!(check(&folder, &[]).code, 0);
}

#[test]
fn metadata_suppresses_every_finding_about_its_resource() {
    let template = |metadata: &str| {
        format!(
            "Resources:\n  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}\n  \
             A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}}}\n  \
             Web:\n    Type: AWS::ElasticLoadBalancingV2::LoadBalancer\n{metadata}    Properties:\n      \
             Scheme: internet-facing\n      Subnets: [!Ref A]\n"
        )
    };
    let folder = selected::folder("all-findings");
    folder.write("web.yaml", template(""));
    let all = findings(&folder.check(&["web.yaml", "--select", "LBL*"]));
    assert!(all.contains(&"LBL001 Web".to_owned()), "{all:?}");
    folder.write("web.yaml", template("    Metadata: {archlint: {ignore: [{rule: LBL*, reason: x}]}}\n"));
    let report = folder.check(&["web.yaml", "--select", "LBL*"]);
    assert_eq!((findings(&report), suppressed(&report)), (vec![], all));
}

/// A route becomes a part of its table: what is written on it is about that part.
#[test]
fn metadata_of_a_part_is_about_that_part() {
    let folder = selected::folder("parts");
    folder.write(
        "web.yaml",
        "Resources:\n  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}\n  \
         Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}\n  \
         Peer:\n    Type: AWS::EC2::Route\n    Metadata: {archlint: {ignore: [{rule: NET*, reason: x}]}}\n    \
         Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.1.0.0/16, VpcPeeringConnectionId: pcx-1}\n",
    );
    let saved: Value = serde_json::from_str(&folder.archlint(&["snapshot", "web.yaml"]).stdout).unwrap();
    let origins = &saved["architectures"][0]["scenarios"][0]["origins"]["resources"];
    assert_eq!(origins["web/Table"]["ignored"][0]["path"], "routes[0]", "{origins}");
}

#[test]
fn json_tells_the_suppression_and_its_place() {
    let folder = selected::folder("json");
    let comment = "  # archlint: ignore DBS001 reason=\"a copy\" until=2999-01-31 owner=data\n";
    folder.write("web.yaml", database(comment, "", ""));
    let report = folder.check(&["web.yaml"]);
    let suppression = &report["suppressed"][0]["suppression"];
    assert_eq!(suppression["origin"], "in_source");
    assert_eq!(suppression["until"], "2999-01-31");
    assert_eq!(suppression["owner"], "data");
    assert_eq!(suppression["location"]["line"], 2);
    assert_eq!(report["summary"]["suppressed"], 1);
    assert_eq!(report["summary"]["findings"], 0);
    assert_eq!(undecided(&report), [""; 0]);
}

#[test]
fn a_saved_snapshot_is_suppressed_like_its_template() {
    let folder = selected::folder("saved-suppressed");
    let metadata = "    Metadata: {archlint: {ignore: [{rule: DBS001, reason: a copy}]}}\n";
    for template in
        [database("", "", metadata), database("  # archlint: ignore DBS001 reason=\"a copy\"\n", "", "")]
    {
        folder.write("web.yaml", template);
        assert_eq!(folder.archlint(&["snapshot", "web.yaml", "--output", "saved.json"]).code, 0);
        assert_eq!(folder.check(&["saved.json"]), folder.check(&["web.yaml"]));
        assert_eq!(suppressed(&folder.check(&["saved.json"])), ["DBS001 Db"]);
    }
}
