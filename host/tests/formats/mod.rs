//! The reports that other programs read: each in its golden file, each valid by its own standard, and each with
//! every finding of the JSON report, whatever things are called.

mod readers;

use std::fs;

use serde_json::{Value, json};

use super::folder::Folder;
use super::{golden, two_stacks};
use readers::{Reader, github, gitlab, junit, markdown, sarif};

const SARIF_SCHEMA: &str = include_str!("../../../schemas/vendor/sarif/sarif-schema-2.1.0.json");
const ARCHITECTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/architectures");
const FORMATS: [&str; 7] = ["human", "json", "sarif", "junit", "github", "gitlab", "markdown"];

/// Two stacks and a broken file, in a repository of their own.
fn repository(name: &str) -> Folder {
    let folder = two_stacks(name);
    folder.write(".git/HEAD", "ref: refs/heads/main\n");
    folder
}

fn report(folder: &Folder, format: &str, paths: &[&str]) -> String {
    folder.archlint(&[&["check", "--format", format], paths].concat()).stdout
}

fn log(folder: &Folder, paths: &[&str]) -> Value {
    serde_json::from_str(&report(folder, "sarif", paths)).unwrap()
}

/// Databases of a Terraform plan whose keys are what no format wants to see in a name.
fn hostile(name: &str) -> Folder {
    let keys = ["a|b", "50%", "x\n::error::y", "`<img src=x>`", "\"]]>&", "*_[z](0)", "ü, c:\\d"];
    let changes = keys.map(|key| {
        json!({
            "address": format!("aws_db_instance.main[{}]", json!(key)),
            "mode": "managed",
            "type": "aws_db_instance",
            "name": "main",
            "index": key,
            "change": {
                "actions": ["create"],
                "after": {"engine": "postgres", "instance_class": "db.m6g.large", "multi_az": false},
                "after_unknown": {"id": true},
            },
        })
    });
    let folder = crate::selected::folder(name);
    folder.write(".git/HEAD", "");
    let plan = json!({"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": changes});
    folder.write("50% of #1, a:b.json", plan.to_string());
    folder
}

const HOSTILE: &[&str] = &["50% of #1, a:b.json"];

const ALL: &[&str] = &["network.yaml", "web.yaml", "broken.yaml"];

#[test]
fn github_annotates_findings_and_errors() {
    golden("check.github.txt", &report(&repository("github"), "github", ALL));
}

#[test]
fn gitlab_shows_findings() {
    golden("check.gitlab.json", &report(&repository("code-quality"), "gitlab", ALL));
}

#[test]
fn a_comment_has_findings_errors_and_what_is_undecided() {
    golden("check.md", &report(&repository("markdown"), "markdown", ALL));
}

#[test]
fn junit_has_a_suite_per_rule() {
    let xml = report(&repository("junit"), "junit", ALL);
    // Rules without a finding come and go; what is shown of one does not depend on them.
    let suites = xml.split_inclusive("</testsuite>\n").filter(|it| !it.contains("\"no findings\""));
    golden("check.junit.xml", &suites.collect::<String>());
}

#[test]
fn sarif_has_rules_results_and_notifications() {
    golden("check.sarif.json", &format!("{:#}\n", told(log(&repository("results"), ALL))));
}

/// A log without the rules and best practices that no result cites, and without positions among them.
fn told(mut log: Value) -> Value {
    let run = &mut log["runs"][0];
    let cited: Vec<Value> =
        run["results"].as_array().unwrap().iter().map(|it| it["ruleId"].clone()).collect();
    run["tool"]["driver"]["rules"].as_array_mut().unwrap().retain(|it| cited.contains(&it["id"]));
    run.as_object_mut().unwrap().remove("taxonomies");
    without_positions(&mut log);
    log
}

fn without_positions(it: &mut Value) {
    match it {
        Value::Object(members) => {
            members.retain(|name, _| name != "index" && name != "ruleIndex");
            members.values_mut().for_each(without_positions);
        }
        Value::Array(items) => items.iter_mut().for_each(without_positions),
        _ => {}
    }
}

#[test]
fn every_finding_is_in_every_format() {
    let check = |folder: &Folder, paths: &[&str], least: usize| {
        let expected = readers::json(&report(folder, "json", paths));
        assert!(expected.len() >= least, "{expected:?}");
        let read: [(&str, Reader); 5] = [
            ("sarif", sarif),
            ("junit", junit),
            ("github", github),
            ("gitlab", gitlab),
            ("markdown", markdown),
        ];
        for (format, read) in read {
            assert_eq!(read(&report(folder, format, paths)), expected, "{format} of {paths:?}");
        }
    };
    check(&repository("everywhere"), ALL, 1);
    check(&hostile("hostile"), HOSTILE, 7);
    for entry in fs::read_dir(ARCHITECTURES).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            check(&Folder { path }, &["template.yaml"], 0);
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_in_every_format() {
    let folder = hostile("bytes");
    for format in FORMATS {
        let [first, second] = [(), ()].map(|()| report(&folder, format, HOSTILE));
        assert!(!first.is_empty(), "{format}");
        assert_eq!(first, second, "{format}");
    }
}

#[track_caller]
fn assert_valid(schema: &Value, document: &Value) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(document).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn a_sarif_log_is_valid_and_its_positions_are_right() {
    let schema: Value = serde_json::from_str(SARIF_SCHEMA).unwrap();
    let two_stacks = log(&repository("sarif"), ALL);
    let plan = log(&hostile("sarif-plan"), HOSTILE);
    for log in [two_stacks, plan] {
        assert_valid(&schema, &log);
        let run = &log["runs"][0];
        let rules = &run["tool"]["driver"]["rules"];
        let results = run["results"].as_array().unwrap();
        assert!(!results.is_empty());
        for it in results {
            let index = usize::try_from(it["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], it["ruleId"]);
            let place = &it["locations"][0]["physicalLocation"];
            assert!(place["region"]["startLine"].as_u64().unwrap() > 0, "{it}");
        }
        for rule in rules.as_array().unwrap() {
            // What GitHub cuts off.
            for text in [&rule["shortDescription"]["text"], &rule["fullDescription"]["text"]] {
                assert!((1..=1024).contains(&text.as_str().unwrap().chars().count()), "{rule}");
            }
            for it in rule["relationships"].as_array().unwrap() {
                let target = &it["target"];
                let index = |it: &Value| usize::try_from(it["index"].as_u64().unwrap()).unwrap();
                let taxonomy = &run["taxonomies"][index(&target["toolComponent"])];
                assert_eq!(taxonomy["taxa"][index(target)]["id"], target["id"]);
            }
        }
    }
}

#[test]
fn a_sarif_log_tells_how_the_run_ended() {
    let folder = repository("ended");
    let invocation = |paths: &[&str]| log(&folder, paths)["runs"][0]["invocations"][0].clone();
    let levels = |it: &Value| -> Vec<String> {
        let all = it["toolExecutionNotifications"].as_array().unwrap();
        all.iter().map(|it| it["level"].as_str().unwrap().to_owned()).collect()
    };
    let found = invocation(&["network.yaml", "web.yaml"]);
    assert_eq!((&found["executionSuccessful"], &found["exitCode"]), (&json!(true), &json!(1)));
    assert_eq!(levels(&found), ["note", "note"], "DBS001 is undecided about `Db`, NET006 about `Nat`");
    let failed = invocation(ALL);
    assert_eq!((&failed["executionSuccessful"], &failed["exitCode"]), (&json!(false), &json!(2)));
    assert_eq!(levels(&failed), ["error", "note", "note"]);
}

#[test]
fn a_gitlab_report_has_the_documented_shape() {
    let schema = json!({
        "type": "array",
        "items": {
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": {"type": "string", "minLength": 1},
                "check_name": {"type": "string", "minLength": 1},
                "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        // GitLab wants a path from the root of the repository.
                        "path": {"type": "string", "pattern": "^[^./]"},
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": {"begin": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
            },
        },
    });
    let report: Value = serde_json::from_str(&report(&hostile("gitlab"), "gitlab", HOSTILE)).unwrap();
    assert_valid(&schema, &report);
    let entries = report.as_array().unwrap();
    let mut fingerprints: Vec<&str> = entries.iter().map(|it| it["fingerprint"].as_str().unwrap()).collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), entries.len());
}

#[test]
fn files_go_by_their_path_from_the_root_of_the_repository() {
    let folder = crate::selected::folder("root/stacks");
    folder.write("../.git/HEAD", "").write("network.yaml", super::NETWORK).write("web.yaml", super::WEB);
    let absolute = folder.path.join("network.yaml").display().to_string();
    let log = log(&folder, &["./web.yaml", &absolute]);
    let result = &log["runs"][0]["results"][0];
    let uri = |it: &Value| it["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().to_owned();
    assert_eq!(uri(&result["locations"][0]), "stacks/web.yaml");
    assert_eq!(uri(&result["relatedLocations"][2]), "stacks/network.yaml");
}

#[test]
fn a_finding_without_a_place_stands_at_the_top_of_its_input() {
    let log = log(&hostile("no-place"), HOSTILE);
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "50%25%20of%20%231%2C%20a%3Ab.json");
    assert_eq!(place["region"], json!({"startLine": 1}));
}

#[test]
fn a_comment_stays_within_what_github_takes() {
    let database = |at: usize| {
        format!(
            "  Db{at}:\n    Type: AWS::RDS::DBInstance\n    Properties: {{Engine: postgres, MultiAZ: false, \
             DBInstanceClass: db.m6g.large}}\n"
        )
    };
    let folder = crate::selected::folder("comment");
    folder.write("many.yaml", "Resources:\n".to_owned() + &(0..600).map(database).collect::<String>());
    folder.write(
        "none.yaml",
        "Resources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}}",
    );
    let many = report(&folder, "markdown", &["many.yaml"]);
    assert!((30_000..65_536).contains(&many.len()), "{}", many.len());
    assert_eq!(many.matches("Left out: ").count(), 2);
    assert_eq!(many.matches("<details>").count(), many.matches("</details>").count());
    assert_eq!(report(&folder, "markdown", &["none.yaml"]).lines().count(), 2);
}

#[test]
fn several_reports_come_out_of_one_run() {
    let folder = repository("several");
    let check = |formats: &[&str]| {
        let formats: Vec<&str> = formats.iter().flat_map(|it| ["--format", *it]).collect();
        folder.archlint(&[&["check", "network.yaml", "web.yaml"], &formats[..]].concat())
    };
    let run = check(&["human", "sarif=out.sarif", "junit=results.xml", "markdown=comment.md"]);
    assert_eq!(run.code, 1);
    let paths = ["network.yaml", "web.yaml"];
    assert_eq!(run.stdout, report(&folder, "human", &paths));
    for (file, format) in [("out.sarif", "sarif"), ("results.xml", "junit"), ("comment.md", "markdown")] {
        let written = fs::read_to_string(folder.path.join(file)).unwrap();
        assert_eq!(written, report(&folder, format, &paths), "{format}");
    }
    assert_eq!(check(&["json=report.json"]).stdout, "");
    for (formats, expected) in [
        (&["human", "json"][..], "standard output"),
        (&["json=a", "sarif=a"], "`a`"),
        (&["xml"], "one of human, json, sarif, junit, github, gitlab, markdown"),
        (&["json="], "after `=` comes a file"),
    ] {
        let run = check(formats);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{formats:?}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}
