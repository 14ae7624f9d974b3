//! From what rules answered to findings: severity, evidence, subsumption, fingerprints, stable order. Knows
//! nothing of WebAssembly.

mod baseline;
mod coverage;
mod environment;
mod evidence;
mod fingerprint;
mod policy;
mod subsumption;
mod suppression;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use archlint_schema::{Confidence, Key, Meta, Severity, Snapshot, Unknown, Verdicts};
use serde_json::Value as Json;

use crate::definition::Definition;
use crate::facts::{Because, Step};
use crate::source::Origins;
pub use baseline::{Baseline, BaselineEntry, BaselineError, BaselinedFinding};
pub use coverage::{NoCoverage, NotSeen};
pub(crate) use evidence::unfounded;
pub use fingerprint::Fingerprints;
use fingerprint::Roles;
pub(crate) use fingerprint::digest;
pub use policy::{Gate, OnUnknown, Policy};
pub use suppression::{
    Directive, Notice, Scope, SuppressedFinding, Suppression, SuppressionError, SuppressionOrigin,
    Suppressions, Text,
};

/// The definitions of all rules, by code.
pub type Definitions = BTreeMap<String, Definition>;

/// The answers of all rules about one scenario of one architecture.
pub struct Answers<'a> {
    pub architecture: &'a str,
    /// When the scenario holds; absent for the base.
    pub when: Option<&'a str>,
    /// Position of the architecture and of the scenario, to find the way back to the source.
    pub scenario: (usize, usize),
    pub snapshot: &'a Snapshot,
    pub origins: &'a Origins,
    pub because: &'a Because,
    pub verdicts: Vec<(String, Verdicts)>,
}

/// A departure from a rule.
#[derive(Debug, Clone)]
pub struct Finding {
    pub rule: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub resource: Subject,
    /// The snapshot's path of the offending property; empty for the resource itself.
    pub path: String,
    pub message: String,
    /// What makes it true, in order.
    pub evidence: Vec<Step>,
    /// The resources that the evidence leads through, in order.
    pub way: Vec<Key>,
    /// When it holds, if it does not in the base scenario.
    pub when: Option<String>,
    pub fingerprints: Fingerprints,
    pub architecture: String,
    /// Position of the architecture and of the scenario it was first seen in.
    pub scenario: (usize, usize),
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    pub key: Key,
    pub kind: String,
    pub label: String,
    /// The physical id, where there is one already.
    pub id: Option<String>,
    /// The explicit physical name, where it is known.
    pub name: Option<String>,
}

/// A subject about which a rule could not decide.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Undecided {
    pub rule: String,
    pub resource: Subject,
    pub reason: Unknown,
    pub missing: String,
    pub when: Option<String>,
    /// Position of the architecture and of the scenario it was first seen in.
    pub scenario: (usize, usize),
    /// What it means, by the settings.
    pub on_unknown: OnUnknown,
}

#[derive(Debug, Default)]
pub struct Judgement {
    pub findings: Vec<Finding>,
    pub undecided: Vec<Undecided>,
    /// Findings that somebody accepts.
    pub suppressed: Vec<SuppressedFinding>,
    /// Findings that the baseline has.
    pub baselined: Vec<BaselinedFinding>,
}

impl Finding {
    /// Whether it counts against a deployment: severe and sure enough, in a scenario that counts.
    pub fn gates(&self, gate: &Gate) -> bool {
        self.severity >= gate.fail_on
            && self.confidence >= gate.min_confidence
            && (self.when.is_none() || gate.all_scenarios)
    }

    pub fn definition<'a>(&self, definitions: &'a Definitions) -> &'a Definition {
        definitions.get(&self.rule).expect("only rules with a definition are run")
    }
}

impl Undecided {
    /// Whether it counts against a deployment.
    pub fn gates(&self, gate: &Gate) -> bool {
        self.on_unknown == OnUnknown::Fail && (self.when.is_none() || gate.all_scenarios)
    }
}

/// Judges every scenario. The base scenario of an architecture comes before its others.
pub fn judge(answers: &[Answers<'_>], definitions: &Definitions, policy: &Policy) -> Judgement {
    let mut judgement = Judgement::default();
    for scenario in answers {
        let roles = Roles::new(scenario.snapshot);
        let subjects = Subjects::new(scenario);
        let mut findings: Vec<Finding> = Vec::new();
        for (rule, verdicts) in &scenario.verdicts {
            let definition = definitions.get(rule).expect("only rules with a definition are run");
            let found = |it| finding(scenario, definition, it, (&subjects, &roles), policy);
            findings.extend(verdicts.findings.iter().map(found));
            judgement.undecided.extend(verdicts.undecided.iter().map(|it| Undecided {
                rule: rule.clone(),
                resource: subjects.get(&it.resource),
                reason: it.reason.clone(),
                missing: it.missing.clone(),
                when: scenario.when.map(str::to_owned),
                scenario: scenario.scenario,
                on_unknown: policy.on_unknown(definition),
            }));
        }
        judgement.findings.extend(subsumption::without_subsumed(findings, definitions));
    }
    judgement.merge();
    judgement
}

fn finding(
    scenario: &Answers<'_>,
    definition: &Definition,
    it: &archlint_schema::Finding,
    (subjects, roles): (&Subjects<'_>, &Roles),
    policy: &Policy,
) -> Finding {
    let resource = subjects.get(&it.resource);
    let severity = policy.severity(definition, it.severity);
    Finding {
        rule: definition.code.clone(),
        severity: environment::scoped(severity, definition, scenario.snapshot, &it.resource),
        confidence: it.confidence.unwrap_or(Confidence::High),
        fingerprints: Fingerprints::new(
            &definition.code,
            &resource,
            &it.path,
            (scenario.origins.part(&it.resource, &it.path), subjects.properties(&it.resource)),
            roles,
        ),
        way: evidence::way(it, scenario.because),
        evidence: evidence::expand(it, scenario.because),
        resource,
        path: it.path.clone(),
        message: it.message.clone(),
        when: scenario.when.map(str::to_owned),
        architecture: scenario.architecture.to_owned(),
        scenario: scenario.scenario,
    }
}

/// The resources of a snapshot by key: there may be as many answers as there are resources.
struct Subjects<'a> {
    resources: HashMap<&'a Key, (&'a str, &'a Meta)>,
    /// Of those in which a property is found.
    properties: BTreeMap<Key, Json>,
}

impl<'a> Subjects<'a> {
    fn new(scenario: &Answers<'a>) -> Self {
        let findings = scenario.verdicts.iter().flat_map(|it| &it.1.findings);
        let found: HashSet<&Key> = findings.filter(|it| !it.path.is_empty()).map(|it| &it.resource).collect();
        let resources = &scenario.snapshot.resources;
        Self {
            resources: resources.iter().map(|(kind, meta)| (&meta.key, (kind, meta))).collect(),
            properties: resources.to_json(|key| found.contains(key)),
        }
    }

    fn properties(&self, key: &Key) -> &Json {
        self.properties.get(key).unwrap_or(&Json::Null)
    }

    fn get(&self, key: &Key) -> Subject {
        let (kind, meta) = match self.resources.get(key) {
            Some((kind, meta)) => (*kind, Some(*meta)),
            // A rule that could not see a kind is undecided about the kind itself.
            None => (key.as_str(), None),
        };
        Subject {
            key: key.clone(),
            kind: kind.to_owned(),
            label: meta.map_or_else(|| key.to_string(), |it| it.label.clone()),
            id: meta.and_then(|it| it.aliases.first().cloned()),
            name: meta.and_then(|it| it.name.known().cloned().flatten()),
        }
    }
}

impl Judgement {
    /// Keeps what touches a resource that changes: the subject, or one that the evidence leads through. `changed`
    /// are those resources by architecture; an architecture that does not tell keeps everything.
    pub fn keep_changed(&mut self, changed: &[Option<&BTreeSet<Key>>]) {
        let is_changed = |scenario: (usize, usize), key: &Key| {
            changed[scenario.0].is_none_or(|changed| changed.contains(key))
        };
        let touches = |it: &Finding| {
            let steps = it.evidence.iter().map(|it| &it.resource);
            steps.chain([&it.resource.key]).any(|key| is_changed(it.scenario, key))
        };
        self.findings.retain(&touches);
        self.suppressed.retain(|it| touches(&it.finding));
        self.baselined.retain(|it| touches(&it.finding));
        self.undecided.retain(|it| is_changed(it.scenario, &it.resource.key));
    }

    /// What two scenarios say alike is told once, as of the base scenario if that is one of them; a finding or an
    /// undecided entry that says something else is one of its own. Stable order.
    fn merge(&mut self) {
        let mut seen = HashSet::new();
        self.findings
            .retain(|it| seen.insert((it.scenario.0, it.fingerprints.address.clone(), it.message.clone())));
        let mut seen = HashSet::new();
        self.undecided.retain(|it| {
            let what = (it.reason.to_string(), fingerprint::without_indices(&it.missing));
            seen.insert((it.scenario.0, it.rule.clone(), it.resource.key.clone(), what))
        });
        self.findings.sort_by(|a, b| {
            b.severity
                .cmp(&a.severity)
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| (&a.resource, &a.path, &a.message).cmp(&(&b.resource, &b.path, &b.message)))
        });
        self.undecided.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlint_schema::{Evidence, Meta, Reason, Vpc};

    const DEFINITION: &str = include_str!("../../../rules/database/rds-single-az.md");

    fn definitions(rules: &[(&str, &[&str])]) -> Definitions {
        let definition = |(code, subsumed_by): &(&str, &[&str])| {
            let mut it = Definition::parse("test", DEFINITION).unwrap();
            (*code).clone_into(&mut it.code);
            it.subsumed_by = subsumed_by.iter().map(|it| (*it).to_owned()).collect();
            (it.code.clone(), it)
        };
        rules.iter().map(definition).collect()
    }

    fn snapshot() -> Snapshot {
        let mut snapshot = Snapshot::default();
        let vpc = |key: &str| Vpc {
            meta: Meta::new(key, key),
            cidr: archlint_schema::Value::default(),
            is_default: archlint_schema::Value::default(),
        };
        snapshot.resources.vpcs = ["a", "b"].map(vpc).into();
        snapshot
    }

    fn found(resource: &str, evidence: &[&str]) -> archlint_schema::Finding {
        let step = |it: &&str| Evidence::Step {
            resource: Key::from(*it),
            path: String::new(),
            message: "is there".to_owned(),
        };
        archlint_schema::Finding {
            resource: Key::from(resource),
            path: "cidr".to_owned(),
            message: "is wrong".to_owned(),
            severity: None,
            confidence: None,
            evidence: evidence.iter().map(step).collect(),
            properties: Vec::new(),
        }
    }

    fn of(findings: Vec<archlint_schema::Finding>) -> Verdicts {
        Verdicts { findings, ..Verdicts::default() }
    }

    type Answer<'a> = (&'a str, Verdicts);

    /// `RULE resource [when]` for every finding of some scenarios.
    fn judged(scenarios: Vec<(Option<&str>, Vec<Answer<'_>>)>, definitions: &Definitions) -> Vec<String> {
        let (snapshot, origins, because) = (snapshot(), Origins::default(), Because::default());
        let answers: Vec<Answers<'_>> = scenarios
            .into_iter()
            .map(|(when, verdicts)| Answers {
                architecture: "test",
                when,
                scenario: (0, 0),
                snapshot: &snapshot,
                origins: &origins,
                because: &because,
                verdicts: verdicts.into_iter().map(|(rule, it)| (rule.to_owned(), it)).collect(),
            })
            .collect();
        let shown = |it: Finding| {
            let when = it.when.map(|it| format!(" when {it}")).unwrap_or_default();
            format!("{} {}{when}", it.rule, it.resource.key)
        };
        judge(&answers, definitions, &Policy::default()).findings.into_iter().map(shown).collect()
    }

    #[test]
    fn a_finding_is_subsumed_by_one_about_the_same_resource_or_its_evidence() {
        let definitions = definitions(&[("AAA001", &[]), ("AAA002", &["AAA001"])]);
        let judged = |own: archlint_schema::Finding| {
            let verdicts = vec![("AAA001", of(vec![found("a", &[])])), ("AAA002", of(vec![own]))];
            judged(vec![(None, verdicts)], &definitions)
        };
        assert_eq!(judged(found("a", &[])), ["AAA001 a"]);
        assert_eq!(judged(found("b", &["a"])), ["AAA001 a"]);
        assert_eq!(judged(found("b", &["b"])), ["AAA001 a", "AAA002 b"]);
    }

    #[test]
    fn a_finding_is_subsumed_within_its_scenario_only() {
        let definitions = definitions(&[("AAA001", &[]), ("AAA002", &["AAA001"])]);
        let scenarios = vec![
            (None, vec![("AAA001", of(vec![found("a", &[])])), ("AAA002", of(vec![found("a", &[])]))]),
            (Some("Prod is true"), vec![("AAA002", of(vec![found("a", &[])]))]),
        ];
        assert_eq!(judged(scenarios, &definitions), ["AAA001 a", "AAA002 a when Prod is true"]);
    }

    #[test]
    fn what_holds_in_the_base_is_told_once_and_without_a_scenario() {
        let definitions = definitions(&[("AAA001", &[])]);
        let both = || vec![("AAA001", of(vec![found("a", &[])]))];
        let more = vec![("AAA001", of(vec![found("a", &[]), found("b", &[])]))];
        let scenarios = vec![(None, both()), (Some("Big is true"), more)];
        assert_eq!(judged(scenarios, &definitions), ["AAA001 a", "AAA001 b when Big is true"]);
    }

    #[test]
    fn one_undecided_entry_per_rule_and_subject() {
        let definitions = definitions(&[("AAA001", &[])]);
        let (snapshot, origins, because) = (snapshot(), Origins::default(), Because::default());
        let undecided = archlint_schema::Undecided {
            resource: Key::from("a"),
            reason: Reason::Parameter.into(),
            missing: "cidr".to_owned(),
        };
        let answers = [None, Some("Prod is true")].map(|when| Answers {
            architecture: "test",
            when,
            scenario: (0, 0),
            snapshot: &snapshot,
            origins: &origins,
            because: &because,
            verdicts: vec![(
                "AAA001".to_owned(),
                Verdicts { undecided: vec![undecided.clone()], ..Verdicts::default() },
            )],
        });
        let judgement = judge(&answers, &definitions, &Policy::default());
        assert_eq!(judgement.undecided.len(), 1);
        assert_eq!(judgement.undecided[0].when, None);
    }
}
