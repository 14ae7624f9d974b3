//! A report by hand, for the tests of formats.

use std::sync::Arc;

use archlint_schema::{Confidence, Key, Meta, Severity, Snapshot, Value, Vpc};

use super::{Context, Report};
use crate::definition::Definition;
use crate::source::{Origin, Origins, Place, Position, SourceFile};
use crate::verdict::{Finding, Fingerprints, Subject};

const DEFINITION: &str = include_str!("../../../rules/database/rds-single-az.md");

/// One finding of DBS001, about a VPC in the second line of a file.
pub(super) fn report() -> Report {
    let key = Key::from("net/Vpc");
    let mut snapshot = Snapshot::default();
    let meta = Meta::new("net/Vpc", "Vpc");
    snapshot.resources.vpcs.push(Vpc { meta, cidr: Value::default(), is_default: Value::default() });
    let file = SourceFile { name: "a b.yaml".to_owned(), text: "Resources:\n  Vpc: {}\n".to_owned() };
    let origin = Origin { resource: place(), properties: [].into(), ignored: [].into() };
    let origins = Origins {
        files: Arc::new(vec![file]),
        resources: [(key.clone(), origin)].into(),
        ..Origins::default()
    };
    let definition = Definition::parse("test", DEFINITION).expect("the definition is tested elsewhere");
    Report {
        inputs: Vec::new(),
        findings: vec![finding(key)],
        undecided: Vec::new(),
        suppressed: Vec::new(),
        has_baseline: false,
        baselined: Vec::new(),
        fixed: Vec::new(),
        notices: Vec::new(),
        errors: Vec::new(),
        said: Vec::new(),
        not_examined: Vec::new(),
        not_collected: Vec::new(),
        definitions: [(definition.code.clone(), definition)].into(),
        contexts: vec![vec![Context::new("net", &snapshot, &Arc::new(origins))]],
        architectures: 1,
        resources: 1,
        checked: 1,
    }
}

pub(super) fn place() -> Place {
    let position = |column| Position { line: 2, column };
    Place { file: 0, start: position(3), end: position(6) }
}

fn finding(key: Key) -> Finding {
    Finding {
        rule: "DBS001".to_owned(),
        severity: Severity::High,
        confidence: Confidence::High,
        resource: Subject {
            key,
            kind: "AWS::EC2::VPC".to_owned(),
            label: "Vpc".to_owned(),
            id: None,
            name: None,
        },
        path: String::new(),
        message: "`Vpc` is wrong".to_owned(),
        evidence: Vec::new(),
        way: Vec::new(),
        when: None,
        fingerprints: Fingerprints { address: "0".to_owned(), role: None },
        architecture: "net".to_owned(),
        scenario: (0, 0),
    }
}
