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

/// The parts of a subject that a check found wrong, and why others may be.
#[derive(Debug)]
pub struct Flaws<T> {
    found: Vec<T>,
    doubt: Option<Stop>,
    asked: bool,
}

impl<T> Flaws<T> {
    /// Asks about each part of a subject: `Some` is what is wrong with it. A part that is undecided keeps nothing
    /// from being found in the others.
    pub fn among<P>(
        parts: impl IntoIterator<Item = P>,
        mut ask: impl FnMut(P) -> Result<Option<T>, Stop>,
    ) -> Result<Self, RuleError> {
        let mut flaws = Self { found: Vec::new(), doubt: None, asked: false };
        for part in parts {
            flaws.asked = true;
            match ask(part) {
                Ok(flaw) => flaws.found.extend(flaw),
                Err(Stop::Fault(error)) => return Err(error),
                Err(undecided) => flaws.doubt = flaws.doubt.or(Some(undecided)),
            }
        }
        Ok(flaws)
    }

    /// Leaves open whether there are parts that nobody sees and that would be wrong.
    #[must_use]
    pub fn or_doubt(self, why: Option<Unknown>, path: &str) -> Self {
        let unseen = why.map(|reason| Stop::Undecided { reason, missing: path.to_owned() });
        Self { doubt: self.doubt.or(unseen), ..self }
    }

    /// The answer about the subject: what was found is a violation whatever the undecided parts turn out to be;
    /// a subject without parts is none of the rule's.
    pub fn answer(self, violation: impl FnOnce(Vec<T>) -> Answer) -> Answer {
        match self.doubt {
            _ if !self.found.is_empty() => violation(self.found),
            Some(undecided) => Err(undecided),
            None if self.asked => Ok(Verdict::Pass),
            None => Ok(Verdict::NotApplicable),
        }
    }
}

/// The violation of the highest severity among several of one subject; one that leaves its severity to the definition
/// counts as high.
pub fn gravest(violations: Vec<Violation>) -> Answer {
    let severity = |it: &Violation| std::cmp::Reverse(it.finding.severity.unwrap_or(Severity::High));
    Ok(violations.into_iter().min_by_key(severity).map_or(Verdict::Pass, Verdict::from))
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

    /// Cites the same fact of several resources.
    #[must_use]
    pub fn facts<'k>(self, resources: impl IntoIterator<Item = &'k Key>, name: &str) -> Self {
        resources.into_iter().fold(self, |violation, it| violation.fact(it, name))
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

#[cfg(test)]
mod tests {
    use super::*;
    use archlint_schema::{Meta, Reason, Value, Vpc};

    /// What comes of parts of which some are wrong and some are unknown.
    fn answer(parts: &[Value<bool>]) -> &'static str {
        let vpc = Vpc { meta: Meta::new("vpc", "vpc"), cidr: Value::default(), is_default: Value::default() };
        let ask = |part: &Value<bool>| Ok((*part.or_undecided("part")?).then_some(()));
        let flaws = Flaws::among(parts, ask).expect("no part is a fault");
        match flaws.answer(|found| Violation::new(&vpc, "", format!("{} are wrong", found.len())).into()) {
            Ok(Verdict::Pass) => "pass",
            Ok(Verdict::NotApplicable) => "not applicable",
            Ok(Verdict::Violation(_)) => "violation",
            Err(Stop::Undecided { .. }) => "undecided",
            Err(Stop::Fault(_)) => "fault",
        }
    }

    #[test]
    fn one_part_that_is_wrong_decides() {
        let unknown = || Value::unknown(Reason::Parameter, "P");
        assert_eq!(answer(&[]), "not applicable");
        assert_eq!(answer(&[Value::Known(false)]), "pass");
        assert_eq!(answer(&[Value::Known(false), unknown()]), "undecided");
        assert_eq!(answer(&[unknown(), Value::Known(true)]), "violation");
    }

    #[test]
    fn the_gravest_of_several_violations_is_the_first_of_the_highest_severity() {
        let vpc = Vpc { meta: Meta::new("vpc", "vpc"), cidr: Value::default(), is_default: Value::default() };
        let violation = |path: &str, severity| Violation::new(&vpc, path, "is wrong").severity(severity);
        let several = [("a", Severity::Low), ("b", Severity::Medium), ("c", Severity::Medium)];
        let several = several.map(|(path, severity)| violation(path, severity));
        let Ok(Verdict::Violation(gravest)) = gravest(several.into()) else { panic!("there are three") };
        assert_eq!(gravest.finding.path, "b");
    }

    #[test]
    fn a_fault_of_the_rule_stops_it() {
        let fault = |_: &str| Err::<Option<()>, _>(Stop::Fault(RuleError::NotLoaded));
        assert!(matches!(Flaws::among(["part"], fault), Err(RuleError::NotLoaded)));
    }
}
