//! Findings that were there before: they are counted, and only new ones count against a deployment.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use jiff::civil::Date;
use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Finding, Fingerprints, Judgement};

/// The version of the file's shape. Additions do not change it.
const VERSION: &str = "0.1";

/// The findings that a team started with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    archlint_baseline: String,
    /// Sorted by rule and address.
    findings: Vec<BaselineEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BaselineEntry {
    pub rule: String,
    /// The resource, for people; entries are matched by fingerprint.
    pub address: String,
    /// The architecture that the finding was in.
    pub source: String,
    pub fingerprints: EntryFingerprints,
    #[cfg_attr(test, schemars(with = "String"))]
    pub first_seen: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct EntryFingerprints {
    pub address: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

/// A finding that the baseline has.
#[derive(Debug, Clone)]
pub struct BaselinedFinding {
    pub finding: Finding,
    pub first_seen: Date,
}

/// Why a baseline cannot be used.
#[derive(Debug, Error, Diagnostic)]
pub enum BaselineError {
    #[error("cannot read the baseline `{file}`")]
    #[diagnostic(
        code(archlint::baseline::read),
        help("`archlint baseline PATH...` writes one; --baseline names another file")
    )]
    Read { file: String, source: std::io::Error },

    #[error("the baseline is damaged: {message}")]
    #[diagnostic(
        code(archlint::baseline::damaged),
        help("restore it from version control, or remove it and write it again with `archlint baseline`")
    )]
    Damaged {
        message: String,
        #[source_code]
        text: NamedSource<String>,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("the baseline `{file}` exists already")]
    #[diagnostic(
        code(archlint::baseline::exists),
        help(
            "`archlint baseline --update` removes what is fixed; with `--add` it accepts what is new as well"
        )
    )]
    Exists { file: String },
}

impl Baseline {
    /// The findings of a run, all of them first seen today.
    pub fn of(findings: &[Finding], today: Date) -> Self {
        let mut baseline = Self { archlint_baseline: VERSION.to_owned(), findings: Vec::new() };
        baseline.add(findings, today);
        baseline
    }

    pub fn read(path: &Path) -> Result<Self, BaselineError> {
        let file = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&file, text),
            Err(source) => Err(BaselineError::Read { file, source }),
        }
    }

    fn parse(file: &str, text: String) -> Result<Self, BaselineError> {
        serde_json::from_str(&text).map_err(|error| {
            let before = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
            let at = (before.sum::<usize>() + error.column().saturating_sub(1)).min(text.len());
            BaselineError::Damaged {
                message: error.to_string(),
                at: (at, usize::from(at < text.len())).into(),
                text: NamedSource::new(file, text),
            }
        })
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a baseline has only texts") + "\n"
    }

    pub fn len(&self) -> usize {
        self.findings.len()
    }

    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Accepts findings that it does not have.
    pub fn add(&mut self, findings: &[Finding], today: Date) {
        self.findings.extend(findings.iter().map(|it| BaselineEntry::of(it, today)));
        self.findings.sort();
    }

    pub fn remove(&mut self, fixed: &[BaselineEntry]) {
        let fixed: HashSet<&BaselineEntry> = fixed.iter().collect();
        self.findings.retain(|it| !fixed.contains(it));
    }
}

impl BaselineEntry {
    fn of(finding: &Finding, first_seen: Date) -> Self {
        Self {
            rule: finding.rule.clone(),
            address: finding.resource.key.to_string(),
            source: finding.architecture.clone(),
            fingerprints: EntryFingerprints::of(finding),
            first_seen,
        }
    }
}

impl EntryFingerprints {
    fn of(finding: &Finding) -> Self {
        let Fingerprints { address, role } = &finding.fingerprints;
        Self { address: address.clone(), role: role.clone() }
    }
}

/// One of the fingerprints of an entry.
type Print = fn(&EntryFingerprints) -> Option<&str>;

impl Judgement {
    /// Sets aside what the baseline has: matched by address, then by role, and each entry by one finding, so that
    /// one more of the same role is new. What is left over is fixed where `is_examined` holds for the entry.
    pub fn compare(
        &mut self,
        baseline: &Baseline,
        is_examined: impl Fn(&BaselineEntry) -> bool,
    ) -> Vec<BaselineEntry> {
        let entries = &baseline.findings;
        let mut left: Vec<Option<&BaselineEntry>> = entries.iter().map(Some).collect();
        let mut first_seen: Vec<Option<Date>> = vec![None; self.findings.len()];
        let prints: [Print; 2] = [|it| Some(&it.address), |it| it.role.as_deref()];
        for print in prints {
            // The last one first, so that the first is taken first.
            let mut by_print: HashMap<&str, Vec<usize>> = HashMap::new();
            for (at, entry) in entries.iter().enumerate().rev().filter(|it| left[it.0].is_some()) {
                if let Some(print) = print(&entry.fingerprints) {
                    by_print.entry(print).or_default().push(at);
                }
            }
            for (finding, first_seen) in self.findings.iter().zip(&mut first_seen) {
                let own = EntryFingerprints::of(finding);
                if first_seen.is_none()
                    && let Some(at) = print(&own).and_then(|it| by_print.get_mut(it)?.pop())
                {
                    *first_seen = left[at].take().map(|it| it.first_seen);
                }
            }
        }
        for (finding, first_seen) in std::mem::take(&mut self.findings).into_iter().zip(first_seen) {
            match first_seen {
                Some(first_seen) => self.baselined.push(BaselinedFinding { finding, first_seen }),
                None => self.findings.push(finding),
            }
        }
        left.into_iter().flatten().filter(|it| is_examined(it)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlint_schema::{Confidence, Key, Severity};

    use crate::verdict::Subject;

    const DAY: Date = jiff::civil::date(2026, 1, 31);

    fn finding(address: &str, role: Option<&str>) -> Finding {
        Finding {
            rule: "NET001".to_owned(),
            severity: Severity::High,
            confidence: Confidence::High,
            resource: Subject {
                key: Key::from(address),
                kind: String::new(),
                label: address.to_owned(),
                id: None,
                name: None,
            },
            path: String::new(),
            message: String::new(),
            evidence: Vec::new(),
            way: Vec::new(),
            when: None,
            fingerprints: Fingerprints { address: address.to_owned(), role: role.map(str::to_owned) },
            architecture: "web.yaml".to_owned(),
            scenario: (0, 0),
        }
    }

    /// The addresses of new findings, of old ones, and of entries that are fixed.
    fn compared(before: &[&Finding], now: &[&Finding]) -> [String; 3] {
        let cloned = |all: &[&Finding]| all.iter().copied().cloned().collect::<Vec<_>>();
        let mut judgement = Judgement { findings: cloned(now), ..Judgement::default() };
        let fixed = judgement.compare(&Baseline::of(&cloned(before), DAY), |_| true);
        let names = |all: Vec<&str>| all.join(" ");
        [
            names(judgement.findings.iter().map(|it| it.resource.key.as_str()).collect()),
            names(judgement.baselined.iter().map(|it| it.finding.resource.key.as_str()).collect()),
            names(fixed.iter().map(|it| it.address.as_str()).collect()),
        ]
    }

    #[test]
    fn what_moved_is_known_by_its_role() {
        let [a, b] = [finding("a", Some("web")), finding("b", Some("web"))];
        assert_eq!(compared(&[&a], &[&a]), ["", "a", ""]);
        assert_eq!(compared(&[&a], &[&b]), ["", "b", ""]);
        assert_eq!(compared(&[&a], &[&finding("b", None)]), ["b", "", "a"]);
    }

    #[test]
    fn one_more_of_the_same_role_is_new() {
        let [a, b] = [finding("a", Some("web")), finding("b", Some("web"))];
        assert_eq!(compared(&[&a], &[&b, &a]), ["b", "a", ""]);
        assert_eq!(compared(&[&a, &b], &[&b]), ["", "b", "a"]);
    }

    #[test]
    fn a_baseline_is_the_same_text_whatever_the_order_and_is_read_back() {
        let [a, b] = [finding("a", None), finding("b", Some("web"))];
        let baseline = Baseline::of(&[b.clone(), a.clone()], DAY);
        assert_eq!(baseline.to_json(), Baseline::of(&[a, b], DAY).to_json());
        assert_eq!(Baseline::parse("b.json", baseline.to_json()).unwrap(), baseline);
        let error = Baseline::parse("b.json", "{\n  \"findings\": }".to_owned()).unwrap_err();
        let BaselineError::Damaged { at, .. } = error else { panic!("{error}") };
        assert_eq!(at.offset(), 16);
    }
}
