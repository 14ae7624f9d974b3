//! A plan with its source code beside it, through the real binary: findings in the .tf files, local values, what
//! changes, and inputs in every wrapping in which plans come.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

mod folder;
mod selected;

use std::io::Write;

use folder::{Folder, findings, undecided};
use serde_json::{Value as Json, json};

const MAIN: &str = r#"
locals {
  subnets = [for it in aws_subnet.app : it.id]
}

resource "aws_subnet" "app" {
  count             = 2
  availability_zone = "eu-west-1a"
}

resource "aws_autoscaling_group" "web" {
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = local.subnets
}

module "data" {
  source = "./data"
}
"#;

const DATA: &str = r#"
resource "aws_db_instance" "orders" {
  engine   = "mysql"
  multi_az = false
}
"#;

/// The plan of these: the database is there already.
fn plan() -> Json {
    let subnet = |at: usize| {
        json!({ "address": format!("aws_subnet.app[{at}]"), "change": { "actions": ["create"],
            "after": { "availability_zone": "eu-west-1a" }, "after_unknown": { "id": true } } })
    };
    let group = json!({ "address": "aws_autoscaling_group.web", "change": { "actions": ["create"],
        "after": { "min_size": 2, "max_size": 4 }, "after_unknown": { "vpc_zone_identifier": true } } });
    let database = json!({ "address": "module.data.aws_db_instance.orders", "change": { "actions": ["no-op"],
        "after": { "engine": "mysql", "multi_az": false }, "after_unknown": {} } });
    let block = |kind: &str, name: &str, expressions: Json| json!({ "mode": "managed", "type": kind, "name": name, "expressions": expressions });
    json!({
        "format_version": "1.2",
        "resource_changes": [subnet(0), subnet(1), group, database],
        "configuration": { "root_module": {
            "resources": [
                block("aws_subnet", "app", json!({})),
                block("aws_autoscaling_group", "web", json!({
                    "vpc_zone_identifier": { "references": ["local.subnets"] },
                })),
            ],
            "module_calls": { "data": { "module": {
                "resources": [block("aws_db_instance", "orders", json!({}))],
            } } },
        } },
    })
}

fn folder(name: &str) -> Folder {
    let folder = selected::folder(name);
    folder.write("main.tf", MAIN).write("data/db.tf", DATA).write("plan.json", plan().to_string());
    folder
}

#[test]
fn findings_stand_in_the_source_code() {
    let folder = folder("tf-dir");
    let report = folder.check(&["plan.json", "--tf-dir", "."]);
    assert_eq!(report["errors"], json!([]));
    let place = |rule: &str| {
        let all = report["findings"].as_array().unwrap();
        let location = &all.iter().find(|it| it["rule"] == rule).unwrap()["location"];
        format!("{}:{}:{}", location["file"].as_str().unwrap(), location["line"], location["column"])
    };
    assert_eq!(place("ASG001"), "main.tf:14:3");
    assert_eq!(place("DBS001"), "data/db.tf:4:3");
}

#[test]
fn without_the_source_code_a_local_value_is_unknown_and_the_address_is_the_place() {
    let folder = folder("no-tf-dir");
    let report = folder.check(&["plan.json"]);
    assert_eq!(findings(&report), ["DBS001 module.data.aws_db_instance.orders"]);
    assert_eq!(undecided(&report), ["ASG001 aws_autoscaling_group.web"]);
    let detail = "known after apply: aws_autoscaling_group.web.vpc_zone_identifier = local.subnets";
    assert_eq!(report["undecided"][0]["detail"], detail);
    let text = folder.archlint(&["check", "plan.json"]).stdout;
    assert!(
        text.contains("in plan.json\n    1. module.data.aws_db_instance.orders multi_az: runs"),
        "{text}"
    );
}

#[test]
fn what_is_found_in_a_part_names_the_part() {
    let folder = Folder::new("parts");
    let group = json!({ "address": "aws_security_group.web", "change": { "actions": ["create"],
        "after": { "name": "web" }, "after_unknown": { "id": true } } });
    let rule = json!({ "address": "aws_security_group_rule.ssh", "change": { "actions": ["create"],
        "after": { "type": "ingress", "protocol": "tcp", "from_port": 22, "to_port": 22,
            "cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"] },
        "after_unknown": { "security_group_id": true } } });
    let references = json!({ "security_group_id": { "references": ["aws_security_group.web.id"] } });
    let root = json!({ "resources": [
        { "mode": "managed", "type": "aws_security_group", "name": "web", "expressions": {} },
        { "mode": "managed", "type": "aws_security_group_rule", "name": "ssh", "expressions": references },
    ] });
    let plan = json!({ "format_version": "1.2", "resource_changes": [group, rule],
        "configuration": { "root_module": root } });
    folder.write("archlint.toml", "select = [\"SGN002\"]\n").write("plan.json", plan.to_string());
    let report = folder.check(&["plan.json"]);
    assert_eq!(findings(&report), ["SGN002 aws_security_group.web"]);
    let message = report["findings"][0]["message"].as_str().unwrap();
    assert!(message.ends_with(", by `aws_security_group_rule.ssh`"), "{message}");
    assert_eq!(report["findings"][0]["evidence"][0]["part"], "aws_security_group_rule.ssh");
    let text = folder.archlint(&["check", "plan.json"]).stdout;
    assert!(text.contains("aws_security_group.web ingress[1] (aws_security_group_rule.ssh): "), "{text}");
    // A saved snapshot knows it too.
    folder.write("saved.json", folder.archlint(&["snapshot", "plan.json"]).stdout);
    assert_eq!(folder.check(&["saved.json"])["findings"][0]["message"], message);
}

#[test]
fn what_a_plan_leaves_as_it_is_can_be_left_out() {
    let folder = folder("changed-only");
    let report = folder.check(&["plan.json", "--tf-dir", ".", "--changed-only"]);
    assert_eq!(findings(&report), ["ASG001 aws_autoscaling_group.web"]);
    // A change of what the evidence leads through counts.
    let mut plan = plan();
    plan["resource_changes"][2]["change"]["actions"] = json!(["no-op"]);
    folder.write("plan.json", plan.to_string());
    let report = folder.check(&["plan.json", "--tf-dir", ".", "--changed-only"]);
    assert_eq!(findings(&report), ["ASG001 aws_autoscaling_group.web"]);
    for at in 0..2 {
        plan["resource_changes"][at]["change"]["actions"] = json!(["no-op"]);
    }
    folder.write("plan.json", plan.to_string());
    assert_eq!(findings(&folder.check(&["plan.json", "--tf-dir", ".", "--changed-only"])).len(), 0);
}

#[test]
fn source_code_that_cannot_be_read_is_told_and_the_rest_stands() {
    let folder = folder("tf-broken");
    folder.write("data/db.tf", "resource \"aws_db_instance\" {\n  engine = \n}\n");
    let run = folder.archlint(&["check", "plan.json", "--tf-dir", "."]);
    assert_eq!(run.code, 2);
    for it in ["archlint::source::hcl", "data/db.tf:2"] {
        assert!(run.stderr.contains(it), "`{it}` is not in\n{}", run.stderr);
    }
    assert!(run.stdout.contains("main.tf:14:3"), "{}", run.stdout);
    let run = folder.archlint(&["check", "plan.json", "--tf-dir", "nowhere"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("nowhere"), "{}", run.stderr);
    std::fs::create_dir(folder.path.join("empty")).unwrap();
    let run = folder.archlint(&["check", "plan.json", "--tf-dir", "empty"]);
    assert!(run.stderr.contains("archlint::source::no_terraform"), "{}", run.stderr);
}

#[test]
fn a_plan_is_read_in_every_wrapping() {
    let folder = folder("wrappings");
    let text = plan().to_string();
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    folder
        .write("bom.json", format!("\u{feff}{text}"))
        .write("utf16.json", utf16)
        .write(
            "wrapped.json",
            format!("[command]/usr/bin/terraform show -json plan\n{text}\n::set-output x\n"),
        )
        .write("packed.json.gz", packer.finish().unwrap());
    for file in ["plan.json", "bom.json", "utf16.json", "wrapped.json", "packed.json.gz"] {
        let report = folder.check(&[file]);
        assert_eq!(findings(&report), ["DBS001 module.data.aws_db_instance.orders"], "{file}");
        assert_eq!(report["errors"], json!([]), "{file}");
    }
    assert_eq!(folder.check(&["."])["summary"]["architectures"], 5);
}

#[test]
fn what_cannot_be_read_is_refused_and_what_is_empty_explained() {
    let folder = selected::folder("tf-refused");
    let cases = [
        (json!({ "format_version": "2.0", "resource_changes": [] }).to_string(), "format_version 2.0"),
        (json!({ "version": 3, "terraform_version": "0.11.14" }).to_string(), "state version 3"),
        ("{\"format_version\": \"1.2\", \"resource_changes\": [".to_owned(), "archlint::source::terraform"),
    ];
    for (text, expected) in cases {
        let run = folder.write("plan.json", &text).archlint(&["check", "plan.json"]);
        assert_eq!(run.code, 2, "{text}");
        assert!(run.stderr.contains(expected), "`{expected}` is not in\n{}", run.stderr);
    }
    let change = |kind: &str, action: &str| json!({ "address": format!("{kind}.x"), "change": { "actions": [action], "after": {} } });
    let cases = [
        (json!([]), "no resources"),
        (json!([change("aws_vpc", "delete")]), "no resources are left: 1 are deleted or forgotten"),
        (
            json!([change("google_sql_database", "create")]),
            "no AWS resources; resources of other providers: 1 of google",
        ),
    ];
    for (changes, note) in cases {
        let plan = json!({ "format_version": "1.2", "resource_changes": changes });
        let run = folder.write("plan.json", plan.to_string()).archlint(&["check", "plan.json"]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains(&format!("plan.json: {note}\n")), "{}", run.stdout);
        assert_eq!(folder.check(&["plan.json"])["inputs"][0]["note"], note);
    }
}

#[cfg(unix)]
#[test]
fn source_code_is_read_within_the_repository_only() {
    let folder = folder("tf-outside");
    folder.write("repository/.git/HEAD", "").write("repository/env/plan.json", plan().to_string());
    folder.write("repository/env/main.tf", MAIN.replace("./data", "../data"));
    folder.write("repository/data/db.tf", DATA).write("secret.tf", "password = \"hunter2\"\nx = }");
    std::os::unix::fs::symlink("../../secret.tf", folder.path.join("repository/env/link.tf")).unwrap();
    std::os::unix::fs::symlink("../data/db.tf", folder.path.join("repository/env/same.tf")).unwrap();
    let run = folder.archlint(&["check", "repository/env/plan.json", "--tf-dir", "repository/env"]);
    assert!(run.stdout.contains("data/db.tf"), "{}", run.stdout);
    assert!(run.stderr.contains("`repository/env/link.tf` leads out of"), "{}", run.stderr);
    assert!(!run.stderr.contains("hunter2"), "{}", run.stderr);
    folder.write("repository/env/main.tf", MAIN.replace("./data", "../../outside"));
    folder.write("outside/db.tf", DATA);
    let run = folder.archlint(&["check", "repository/env/plan.json", "--tf-dir", "repository/env"]);
    assert!(run.stderr.contains("outside` leads out of"), "{}", run.stderr);
}

#[test]
fn modules_that_call_themselves_are_told_once() {
    let folder = folder("tf-circle");
    let call = |name: &str, source: &str| format!("module \"{name}\" {{\n  source = \"{source}\"\n}}\n");
    folder.write("data/db.tf", format!("{DATA}{}{}", call("a", "../other"), call("b", "../other")));
    folder.write("other/main.tf", format!("{}{}", call("back", "../data"), call("self", "./")));
    let report = folder.check(&["plan.json", "--tf-dir", "."]);
    let errors: Vec<_> = report["errors"].as_array().unwrap().iter().map(|it| &it["message"]).collect();
    let told = |name: &str| format!("module `{name}` calls the module that it is called from");
    assert_eq!(errors, [&told("back"), &told("self")]);
    assert_eq!(findings(&report).len(), 2);
}
