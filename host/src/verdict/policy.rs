//! What a run is told about judging: how much findings weigh, and what counts against a deployment.

use std::collections::BTreeMap;

use archlint_schema::{Confidence, Severity};
use serde::{Deserialize, Serialize};

use super::coverage::NotSeen;
use crate::definition::Definition;

/// What an undecided answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum OnUnknown {
    /// It is only counted.
    Ignore,
    /// It is told.
    Info,
    /// It is told, and counts against a deployment.
    Fail,
}

#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Severities that hold instead of those that rules give, by code.
    pub severities: BTreeMap<String, Severity>,
    pub on_unknown: Option<OnUnknown>,
    /// By code.
    pub on_unknown_of: BTreeMap<String, OnUnknown>,
}

impl Policy {
    /// The severity of a rule's finding before its environment is looked at. `told` is what the rule said of this
    /// one.
    pub(super) fn severity(&self, rule: &Definition, told: Option<Severity>) -> Severity {
        let set = self.severities.get(&rule.code).copied();
        set.or(told).unwrap_or(rule.severity)
    }

    pub(super) fn on_unknown(&self, rule: &Definition) -> OnUnknown {
        let set = self.on_unknown_of.get(&rule.code).copied().or(self.on_unknown);
        set.unwrap_or_else(|| match self.severity(rule, None) {
            Severity::High => OnUnknown::Info,
            Severity::Info | Severity::Low | Severity::Medium => OnUnknown::Ignore,
        })
    }
}

/// What counts against a deployment.
#[derive(Debug, Clone)]
pub struct Gate {
    pub fail_on: Severity,
    pub min_confidence: Confidence,
    /// Whether also what does not hold in the base scenario counts.
    pub all_scenarios: bool,
    /// What counts where it was not seen.
    pub not_seen: Vec<NotSeen>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            fail_on: Severity::High,
            min_confidence: Confidence::Medium,
            all_scenarios: false,
            not_seen: Vec::new(),
        }
    }
}
