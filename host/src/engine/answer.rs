//! From what a plugin answered to verdicts that the host can trust: every resource exists, every cited fact
//! exists, no text can reach the terminal as anything but text.

use std::collections::HashSet;

use archlint_schema::{Confidence, Evidence, Finding, Key, Reason, Severity, Undecided, Unknown, Verdicts};

use super::EngineError;
use super::limits;
use super::plugin::wit;

pub(crate) fn accept(
    rule: &str,
    answer: wit::Verdicts,
    keys: &HashSet<Key>,
) -> Result<Verdicts, EngineError> {
    let refuse = |what: String| EngineError::Answer { rule: rule.to_owned(), what };
    if answer.findings.len() + answer.undecided.len() > limits::VERDICTS {
        return Err(refuse(format!("more than {} findings", limits::VERDICTS)));
    }
    let known = |resource: String| {
        let key = Key::from(resource);
        if keys.contains(&key) {
            Ok(key)
        } else {
            Err(refuse(format!("an unknown resource `{}`", text(key.as_str()))))
        }
    };
    let finding = |it: wit::Finding| {
        let evidence = it.evidence.into_iter().map(|it| match it {
            wit::Evidence::Fact(it) => {
                Ok(Evidence::Fact { resource: known(it.resource)?, name: text(&it.name) })
            }
            wit::Evidence::Step(it) => Ok(Evidence::Step {
                resource: known(it.resource)?,
                path: text(&it.path),
                message: text(&it.message),
            }),
        });
        Ok(Finding {
            evidence: evidence.collect::<Result<_, EngineError>>()?,
            resource: known(it.resource)?,
            path: text(&it.path),
            message: text(&it.message),
            severity: it.severity.map(severity),
            confidence: it.confidence.map(confidence),
            properties: it.properties.into_iter().map(|(name, value)| (text(&name), text(&value))).collect(),
        })
    };
    let undecided = |it: wit::Undecided| {
        let reason =
            reason(&it.reason).ok_or_else(|| refuse(format!("an unknown reason `{}`", text(&it.reason))))?;
        Ok(Undecided {
            resource: known(it.resource)?,
            reason: Unknown { reason, detail: it.detail.as_deref().map(text) },
            missing: text(&it.missing),
        })
    };
    Ok(Verdicts {
        checked: answer.checked,
        findings: answer.findings.into_iter().map(finding).collect::<Result<_, EngineError>>()?,
        undecided: answer.undecided.into_iter().map(undecided).collect::<Result<_, EngineError>>()?,
    })
}

/// A text without control characters: a plugin must not move the cursor or colour the report.
pub(super) fn text(it: &str) -> String {
    it.chars().map(|it| if it.is_control() { char::REPLACEMENT_CHARACTER } else { it }).collect()
}

fn reason(word: &str) -> Option<Reason> {
    let all = [
        Reason::Computed,
        Reason::Parameter,
        Reason::Import,
        Reason::NotCollected,
        Reason::Redacted,
        Reason::Unevaluated,
    ];
    all.into_iter().find(|it| it.to_string() == word)
}

fn severity(it: wit::Severity) -> Severity {
    match it {
        wit::Severity::Info => Severity::Info,
        wit::Severity::Low => Severity::Low,
        wit::Severity::Medium => Severity::Medium,
        wit::Severity::High => Severity::High,
    }
}

fn confidence(it: wit::Confidence) -> Confidence {
    match it {
        wit::Confidence::Low => Confidence::Low,
        wit::Confidence::Medium => Confidence::Medium,
        wit::Confidence::High => Confidence::High,
    }
}
