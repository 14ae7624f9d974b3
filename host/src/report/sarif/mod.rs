//! SARIF 2.1.0, which GitHub's code scanning and most editors read.

mod document;
mod rules;

use std::collections::BTreeMap;

use archlint_schema::Key;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::failure::{Failure, FailureLocation};
use super::{Location, Page, Report, Repository};
use crate::verdict::{Finding, Suppression, SuppressionOrigin, Undecided};
use document::{
    ArtifactLocation, CodeFlow, DescriptorReference, Driver, Fingerprints, Invocation, LocationObject, Log,
    LogicalLocation, Message, Notification, PhysicalLocation, Region, ResultObject, ResultProperties,
    RuleReference, Run, SuppressionObject, SuppressionProperties, ThreadFlow, ThreadFlowLocation, Tool,
    UriBase,
};
use rules::BestPractices;

/// What paths in a log are relative to. Where that is, the reader knows: a path of the machine on which archlint
/// ran would make every log differ.
const ROOT: &str = "%SRCROOT%";

/// Everything but what RFC 3986 calls unreserved, and the slash between parts of a path.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The report as a SARIF log of one run that ended with that exit code.
pub fn sarif(report: &Report, repository: &Repository, exit_code: u8) -> Page {
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Writer { report, repository }.run(exit_code)],
    };
    let mut text = serde_json::to_string_pretty(&log).expect("a report has only texts and numbers");
    text.push('\n');
    Page::json(&text)
}

struct Writer<'a> {
    report: &'a Report,
    repository: &'a Repository,
}

impl<'a> Writer<'a> {
    fn run(&self, exit_code: u8) -> Run<'a> {
        let report = self.report;
        let practices = BestPractices::of(&report.definitions);
        let root = UriBase { description: Message::new("The root of the repository.") };
        // What is fixed is left out: GitHub would show it as an alert.
        let state = |it| report.has_baseline.then_some(it);
        let findings = report.findings.iter().map(|it| self.result(it, None, state("new")));
        let baselined = report.baselined.iter().map(|it| self.result(&it.finding, None, state("unchanged")));
        let suppressed = report.suppressed.iter();
        let suppressed = suppressed.map(|it| self.result(&it.finding, Some(&it.suppression), state("new")));
        Run {
            tool: Tool {
                driver: Driver {
                    name: "archlint",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: env!("CARGO_PKG_REPOSITORY"),
                    supported_taxonomies: practices.references(),
                    rules: report.definitions.values().map(|it| rules::rule(it, &practices)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: report.errors.is_empty(),
                exit_code,
                tool_execution_notifications: self.notifications(),
            }],
            original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
            column_kind: "unicodeCodePoints",
            taxonomies: practices.taxonomies(),
            results: findings.chain(baselined).chain(suppressed).collect(),
        }
    }

    fn result(
        &self,
        it: &'a Finding,
        suppression: Option<&'a Suppression>,
        baseline_state: Option<&'static str>,
    ) -> ResultObject<'a> {
        let when = it.when.as_ref().map(|it| format!("\nOnly when {it}.")).unwrap_or_default();
        let steps = self.steps(it);
        let flow = |it: &LocationObject<'a>| ThreadFlowLocation { location: it.clone() };
        let flow = CodeFlow { thread_flows: [ThreadFlow { locations: steps.iter().map(flow).collect() }] };
        ResultObject {
            rule_id: &it.rule,
            rule_index: self.rule_index(&it.rule),
            level: rules::level(it.severity),
            baseline_state,
            message: Message::new(format!("{}{when}", it.message)),
            locations: [self.place(it.scenario, &it.resource.key, &it.path)],
            partial_fingerprints: Fingerprints {
                address: &it.fingerprints.address,
                role: it.fingerprints.role.as_deref(),
            },
            code_flows: if steps.is_empty() { Vec::new() } else { vec![flow] },
            related_locations: steps,
            suppressions: suppression.into_iter().map(|by| self.suppression(it, by)).collect(),
            properties: ResultProperties {
                severity: it.severity,
                confidence: it.confidence,
                scenario: it.when.as_deref(),
            },
        }
    }

    /// The way to the finding, numbered; nothing where it would only repeat the finding's own place.
    fn steps(&self, it: &'a Finding) -> Vec<LocationObject<'a>> {
        if let [only] = it.evidence.as_slice()
            && (&only.resource, &only.path) == (&it.resource.key, &it.path)
        {
            return Vec::new();
        }
        let step = |(at, step): (usize, &'a crate::facts::Step)| LocationObject {
            id: Some(at + 1),
            message: Some(Message::new(&step.message)),
            ..self.place(it.scenario, &step.resource, &step.path)
        };
        it.evidence.iter().enumerate().map(step).collect()
    }

    fn place(&self, scenario: (usize, usize), resource: &'a Key, path: &str) -> LocationObject<'a> {
        let location = self.report.location(scenario, resource, path, self.repository);
        let name = self.report.context(scenario).names.get(resource).map(String::as_str);
        let logical = LogicalLocation {
            name: name.unwrap_or(resource.as_str()),
            fully_qualified_name: resource.as_str(),
            kind: "resource",
        };
        LocationObject {
            id: None,
            physical_location: physical(&location),
            logical_locations: vec![logical],
            message: None,
        }
    }

    fn suppression(&self, finding: &Finding, it: &'a Suppression) -> SuppressionObject<'a> {
        let (kind, place) = match it.origin {
            SuppressionOrigin::InSource(place) => ("inSource", place),
            SuppressionOrigin::Settings => ("external", None),
        };
        let origins = &self.report.context(finding.scenario).origins;
        let location =
            |place| Location { file: self.repository.path(&origins.file(&place).name), place: Some(place) };
        SuppressionObject {
            kind,
            status: "accepted",
            justification: &it.reason,
            location: place.map(location).map(|it| bare(physical(&it))),
            properties: SuppressionProperties {
                until: it.until.map(|it| it.to_string()),
                owner: it.owner.as_deref(),
            },
        }
    }

    /// What failed, then what stayed open. The standard has results of the kind `open` for the latter, but GitHub
    /// shows every result as an alert, whatever its kind.
    fn notifications(&self) -> Vec<Notification<'a>> {
        let report = self.report;
        let failures = report.errors.iter().map(|it| self.failure("error", &Failure::of(it.as_ref())));
        let notices = report
            .notices
            .iter()
            .map(|it| self.failure(if it.gates() { "error" } else { "warning" }, &Failure::of(it)));
        let undecided = report.undecided.iter().map(|it| self.undecided(it));
        let notes = report.inputs.iter().filter_map(|it| Some(format!("{}: {}", it.file, it.note.as_ref()?)));
        let not_examined = report.not_examined.iter().map(|it| format!("not examined: {it}"));
        let not_collected = report.not_collected.iter().map(ToString::to_string);
        let others = notes.chain(not_examined).chain(not_collected).map(|it| notification("note", it));
        failures.chain(notices).chain(undecided).chain(others).collect()
    }

    fn failure(&self, level: &'static str, it: &Failure) -> Notification<'a> {
        let location = |at: &FailureLocation| {
            let (line, column) = (at.line, at.column);
            let region = Region { start_column: Some(column), ..Region::line(line) };
            let artifact_location = artifact(&self.repository.path(at.file.as_ref()?));
            Some(bare(PhysicalLocation { artifact_location, region }))
        };
        Notification {
            locations: it.locations.iter().filter_map(location).collect(),
            descriptor: it.code.clone().map(|id| DescriptorReference { id }),
            ..notification(level, it.text())
        }
    }

    fn undecided(&self, it: &'a Undecided) -> Notification<'a> {
        let message =
            format!("undecided about `{}`, for want of `{}`: {}", it.resource.label, it.missing, it.reason);
        Notification {
            associated_rule: Some(RuleReference { id: &it.rule, index: self.rule_index(&it.rule) }),
            locations: vec![self.place(it.scenario, &it.resource.key, &it.missing)],
            ..notification("note", message)
        }
    }

    fn rule_index(&self, code: &str) -> Option<usize> {
        self.report.definitions.keys().position(|it| it == code)
    }
}

fn notification<'a>(level: &'static str, text: String) -> Notification<'a> {
    Notification {
        level,
        message: Message::new(text),
        descriptor: None,
        associated_rule: None,
        locations: Vec::new(),
    }
}

fn bare<'a>(physical_location: PhysicalLocation) -> LocationObject<'a> {
    LocationObject { id: None, physical_location, logical_locations: Vec::new(), message: None }
}

fn physical(it: &Location) -> PhysicalLocation {
    let region = match it.place {
        None => Region::line(1),
        Some(place) => Region {
            start_line: place.start.line,
            start_column: Some(place.start.column),
            end_line: Some(place.end.line),
            end_column: Some(place.end.column),
        },
    };
    PhysicalLocation { artifact_location: artifact(&it.file), region }
}

fn artifact(file: &str) -> ArtifactLocation {
    let uri = utf8_percent_encode(file, RESERVED);
    if std::path::Path::new(file).is_absolute() {
        return ArtifactLocation { uri: format!("file://{uri}"), uri_base_id: None };
    }
    ArtifactLocation { uri: uri.to_string(), uri_base_id: Some(ROOT) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::report::sample;
    use crate::verdict::SuppressedFinding;

    fn run(report: &Report) -> Value {
        let mut log: Value =
            serde_json::from_str(sarif(report, &Repository::around(Path::new("/repo")), 0).as_str()).unwrap();
        log["runs"][0].take()
    }

    #[track_caller]
    fn check(origin: SuppressionOrigin, expected: &Value) {
        let mut report = sample::report();
        let suppression = Suppression {
            reason: "planned".to_owned(),
            until: Some(jiff::civil::date(2026, 12, 31)),
            owner: Some("network".to_owned()),
            origin,
        };
        let finding = report.findings.remove(0);
        report.suppressed.push(SuppressedFinding { finding, suppression });
        let results = &run(&report)["results"];
        assert_eq!(results.as_array().unwrap().len(), 1);
        assert_eq!(&results[0]["suppressions"][0], expected);
    }

    #[test]
    fn a_suppressed_finding_says_who_decided_and_why() {
        let expected = serde_json::json!({
            "kind": "external",
            "status": "accepted",
            "justification": "planned",
            "properties": {"until": "2026-12-31", "owner": "network"},
        });
        check(SuppressionOrigin::Settings, &expected);
        let mut expected = expected;
        expected["kind"] = "inSource".into();
        check(SuppressionOrigin::InSource(None), &expected);
        expected["location"] = serde_json::json!({"physicalLocation": {
            "artifactLocation": {"uri": "a%20b.yaml", "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 6},
        }});
        check(SuppressionOrigin::InSource(Some(sample::place())), &expected);
    }

    #[test]
    fn what_nobody_suppressed_says_so() {
        assert_eq!(run(&sample::report())["results"][0]["suppressions"], serde_json::json!([]));
    }

    #[test]
    fn where_a_baseline_is_in_use_every_result_says_whether_it_is_in_it() {
        let mut report = sample::report();
        assert!(run(&report)["results"][0]["baselineState"].is_null());
        report.has_baseline = true;
        let finding = report.findings[0].clone();
        let first_seen = jiff::civil::date(2026, 1, 2);
        report.baselined.push(crate::verdict::BaselinedFinding { finding, first_seen });
        let results = &run(&report)["results"];
        assert_eq!(results[0]["baselineState"], "new");
        assert_eq!(results[1]["baselineState"], "unchanged");
    }

    #[test]
    fn a_path_is_a_uri() {
        let uri = |it: &str| artifact(it).uri;
        assert_eq!(uri("a b/50%#1?.yaml"), "a%20b/50%25%231%3F.yaml");
        assert_eq!(uri("c:d/é.yaml"), "c%3Ad/%C3%A9.yaml");
        #[cfg(unix)]
        assert_eq!(uri("/elsewhere/a.yaml"), "file:///elsewhere/a.yaml");
        assert_eq!(artifact("a.yaml").uri_base_id, Some(ROOT));
    }

    #[test]
    fn brackets_make_no_link() {
        assert_eq!(Message::new("subnets[0](x)").text, "subnets[0] (x)");
    }
}
