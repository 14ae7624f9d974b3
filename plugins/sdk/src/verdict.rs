//! What a rule answers about one subject.

use archlint_schema::{Confidence, Evidence, Finding, Key, Severity, Unknown, Value};

use crate::{RuleError, Subject};

/// The answer about one subject. Undecided is an [`Stop`], so that `?` gives it.
#[derive(Debug)]
pub enum Verdict {
    Pass,
    /// The rule has nothing to say about this subject; it is not counted as checked.
    NotApplicable,
    Violation(Box<Violation>),
}

/// What a check returns for one subject.
pub type Answer = Result<Verdict, Stop>;

/// Why a check stopped before it could answer.
#[derive(Debug)]
pub enum Stop {
    /// A value that the answer hangs on is unknown; `missing` is its path in the snapshot.
    Undecided { reason: Unknown, missing: String },
    /// The check asked for something that its definition does not declare under `needs`.
    Fault(RuleError),
}

impl From<RuleError> for Stop {
    fn from(error: RuleError) -> Self {
        Stop::Fault(error)
    }
}

/// Turns an unknown value into an undecided answer that names the missing path.
pub trait Missing<T> {
    /// The value, or undecided for want of the property at `path`.
    fn or_undecided(self, path: &str) -> Result<T, Stop>;
}

impl<'a, T> Missing<&'a T> for &'a Value<T> {
    fn or_undecided(self, path: &str) -> Result<&'a T, Stop> {
        self.decided().or_undecided(path)
    }
}

impl<T> Missing<T> for Result<T, Unknown> {
    fn or_undecided(self, path: &str) -> Result<T, Stop> {
        self.map_err(|reason| Stop::Undecided { reason, missing: path.to_owned() })
    }
}

/// A departure from the rule, with the way through the architecture that makes it true.
#[derive(Debug)]
pub struct Violation {
    finding: Finding,
}

impl Violation {
    /// `path` is the offending property in the snapshot (`subnets[1]`), or empty for the resource itself.
    /// The message states what is, in lower case, names in backticks, without a final stop.
    pub fn new(
        subject: &(impl Subject + ?Sized),
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            finding: Finding {
                resource: subject.key().clone(),
                path: path.into(),
                message: message.into(),
                severity: None,
                confidence: None,
                evidence: Vec::new(),
                properties: Vec::new(),
            },
        }
    }

    /// Where the severity is not the definition's.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.finding.severity = Some(severity);
        self
    }

    /// Where an input was inferred. Without this the confidence is high.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.finding.confidence = Some(confidence);
        self
    }

    /// Cites a fact by the name of its field; the report shows the chain that makes it true.
    #[must_use]
    pub fn fact(mut self, resource: &Key, name: &str) -> Self {
        let evidence = Evidence::Fact { resource: resource.clone(), name: name.to_owned() };
        self.finding.evidence.push(evidence);
        self
    }

    /// Adds a step of the rule's own: a property of a resource and what it is there for.
    #[must_use]
    pub fn step(mut self, resource: &Key, path: impl Into<String>, message: impl Into<String>) -> Self {
        let evidence =
            Evidence::Step { resource: resource.clone(), path: path.into(), message: message.into() };
        self.finding.evidence.push(evidence);
        self
    }

    pub(crate) fn into_finding(self) -> Finding {
        self.finding
    }
}

impl From<Violation> for Verdict {
    fn from(violation: Violation) -> Self {
        Verdict::Violation(Box::new(violation))
    }
}

impl From<Violation> for Answer {
    fn from(violation: Violation) -> Self {
        Ok(violation.into())
    }
}
