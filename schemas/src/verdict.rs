//! What a rule answers. Mirrors the records of `plugin.wit`, which are frozen with the first release.

use serde::{Deserialize, Serialize};

use crate::{Key, Unknown};

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Advice; never gates.
    Info,
    /// Cost, hygiene, legacy.
    Low,
    /// Survives, but degraded, slower to recover, or exposed beyond need.
    Medium,
    /// A failure that the design claims to survive takes it down, or it does not work as drawn.
    High,
}

/// How sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A heuristic.
    Low,
    /// One input inferred.
    Medium,
    /// All inputs known.
    High,
}

/// The answer of one rule about one snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// How many resources the rule looked at.
    pub checked: u32,
    pub findings: Vec<Finding>,
    pub undecided: Vec<Undecided>,
}

impl Verdicts {
    /// These and those of another kind of subject.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.checked += other.checked;
        self.findings.extend(other.findings);
        self.undecided.extend(other.undecided);
        self
    }
}

/// A violation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The subject.
    pub resource: Key,
    /// The snapshot's path of the offending property (`subnets[1]`); empty for the resource itself.
    pub path: String,
    pub message: String,
    /// Where it differs from the definition's.
    pub severity: Option<Severity>,
    /// Absent: high.
    pub confidence: Option<Confidence>,
    /// The way through the architecture that makes the violation true, in path order.
    pub evidence: Vec<Evidence>,
    pub properties: Vec<(String, String)>,
}

/// A step of the path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evidence {
    /// A fact of a resource, by the name of its field (`exposure`); the host expands what makes it true.
    Fact { resource: Key, name: String },
    /// A property of a resource, in the rule's own words.
    Step { resource: Key, path: String, message: String },
}

/// A subject about which the rule could not decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecided {
    pub resource: Key,
    pub reason: Unknown,
    /// The snapshot's path of the first value that was missing.
    pub missing: String,
}
