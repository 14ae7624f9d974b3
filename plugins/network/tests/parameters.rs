//! What the parameters of rules change: each case is an example of a definition, checked with other parameters.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use archlint::definition::Definition;
use archlint::facts::{self, EnvironmentSettings};
use archlint_sdk::schema::{PackedDocument, Severity, Verdicts};
use serde_json::{Value as Json, json};

fn verdicts(code: &str, example: &str, parameters: &Json) -> (Definition, Verdicts) {
    let rule = archlint_network::RULES.iter().find(|it| it.code() == code).unwrap();
    let definition = Definition::parse(code, rule.definition).unwrap();
    let example = definition.examples.iter().find(|it| it.title == example).unwrap();
    let mut snapshot = archlint::examples::snapshot(example).unwrap();
    facts::derive(&mut snapshot, &EnvironmentSettings::default());
    let document =
        PackedDocument::new(&snapshot, [(code.to_owned(), definition.needs.clone())].into()).unwrap();
    let verdicts = rule.run(&document.into(), &definition.parameters(Some(parameters)).unwrap()).unwrap();
    (definition, verdicts)
}

/// The severities of the findings, and that nothing is undecided.
#[track_caller]
fn check(code: &str, example: &str, parameters: &Json, expected: &[Severity]) {
    let (definition, verdicts) = verdicts(code, example, parameters);
    let found: Vec<Severity> =
        verdicts.findings.iter().map(|it| it.severity.unwrap_or(definition.severity)).collect();
    assert_eq!(found, expected, "{:#?}", verdicts.findings);
    assert!(verdicts.undecided.is_empty(), "{:#?}", verdicts.undecided);
}

#[test]
fn workload_in_public_subnet() {
    check("NET001", "Web servers with public addresses", &json!({ "allow": ["Servers"] }), &[]);
    check("NET001", "Tasks with public addresses", &json!({ "kinds": ["ec2"] }), &[]);
    let partial = "A route to some addresses of the internet is exposure too";
    check("NET001", partial, &json!({ "count_partial_igw": false }), &[]);
}

#[test]
fn nat_instances() {
    let any_address = json!({ "require_eip": false });
    check("NET004", "An address that EC2 assigns", &any_address, &[]);
    check("NET004", "No public address at all", &any_address, &[Severity::High]);
    let in_dev = "In an environment that may rely on one";
    check("NET005", in_dev, &json!({ "nat_instance_ok_env": ["sandbox"] }), &[Severity::High]);
    let old_image = "Its image is past its end of life";
    check("NET005", old_image, &json!({ "ami_eol_patterns": ["amzn2-*"] }), &[Severity::Medium]);
}

#[test]
fn routes() {
    let unattached = "The internet gateway is attached to no VPC";
    check("NET007", unattached, &json!({ "allow_cidrs": ["0.0.0.0/0"] }), &[]);
    check("NET007", unattached, &json!({ "allow_cidrs": ["10.0.0.0/8"] }), &[Severity::Medium]);
    let unused = json!({ "flag_even_if_unused": true });
    check("NET008", "Every subnet has a route table of its own", &unused, &[Severity::Info]);
    check("NET008", "A default VPC in which nothing runs", &unused, &[]);
    check("NET009", "A tag says that it is public", &json!({ "public_tag": {} }), &[Severity::High]);
    let to_nat = "A private route table that leads to NAT only";
    // There is no table to ask for.
    check("NET011", to_nat, &json!({ "services": ["dynamodb"] }), &[]);
}

#[test]
fn zones() {
    check("NET010", "Web servers and database in two zones", &json!({ "min_azs": 3 }), &[Severity::High]);
    check("NET010", "The second zone is empty", &json!({ "count_empty_subnets": true }), &[]);
}
