//! What has to be said about suppressions.

use jiff::civil::Date;
use miette::{Diagnostic, SourceSpan};
use thiserror::Error;

use super::{Directive, Text, WARNING_DAYS};

/// A suppression in a source that cannot be read.
#[derive(Debug, Clone, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(archlint::suppression::wrong), help("{help}"))]
pub struct SuppressionError {
    pub(super) message: String,
    pub(super) help: String,
    #[source_code]
    pub(super) text: Text,
    #[label("here")]
    pub(super) at: SourceSpan,
}

/// A suppression that can be read, and that somebody should look at.
#[derive(Debug, Clone, Error, Diagnostic)]
pub enum Notice {
    #[error("the suppression of {rules} expired on {until}")]
    #[diagnostic(
        code(archlint::suppression::expired),
        help("mend what it suppressed and remove it, or decide again until when it is accepted ({reason})")
    )]
    Expired {
        rules: String,
        until: Date,
        reason: String,
        #[source_code]
        text: Text,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("the suppression of {rules} expires on {until}")]
    #[diagnostic(
        code(archlint::suppression::expires_soon),
        severity(Warning),
        help("from the day after, what it suppresses counts again ({reason})")
    )]
    ExpiresSoon {
        rules: String,
        until: Date,
        reason: String,
        #[source_code]
        text: Text,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("the suppression of {rules} suppresses nothing")]
    #[diagnostic(
        code(archlint::suppression::unused),
        severity(Warning),
        help("remove it; a comment stands on the line of a resource or a property, or right above it")
    )]
    Unused {
        rules: String,
        #[source_code]
        text: Text,
        #[label("here")]
        at: SourceSpan,
    },

    #[error("`{rule}` is locked: it cannot be suppressed here")]
    #[diagnostic(
        code(archlint::suppression::locked),
        severity(Warning),
        help("mend what it finds, or ask whoever keeps archlint.toml for an entry `[[suppress]]` there")
    )]
    Locked {
        rule: String,
        #[source_code]
        text: Text,
        #[label("here")]
        at: SourceSpan,
    },
}

impl Notice {
    /// Whether it counts against a deployment.
    pub fn gates(&self) -> bool {
        matches!(self, Self::Expired { .. })
    }

    /// Whether it says that a suppression suppresses nothing.
    pub fn is_unused(&self) -> bool {
        matches!(self, Self::Unused { .. })
    }

    pub(super) fn expired(it: &Directive) -> Self {
        let (rules, text, at) = shown(it);
        let until = it.until.expect("what expires has a last day");
        Self::Expired { rules, until, reason: it.reason.clone(), text, at }
    }

    pub(super) fn expires_soon(it: &Directive, today: Date) -> Option<Self> {
        let until = it.until.filter(|it| (*it - today).get_days() < WARNING_DAYS)?;
        let (rules, text, at) = shown(it);
        Some(Self::ExpiresSoon { rules, until, reason: it.reason.clone(), text, at })
    }

    pub(super) fn unused(it: &Directive) -> Self {
        let (rules, text, at) = shown(it);
        Self::Unused { rules, text, at }
    }

    pub(super) fn locked(it: &Directive, rule: &str) -> Self {
        let (_, text, at) = shown(it);
        Self::Locked { rule: rule.to_owned(), text, at }
    }
}

fn shown(it: &Directive) -> (String, Text, SourceSpan) {
    let rules: Vec<String> = it.rules.iter().map(|it| format!("`{it}`")).collect();
    (rules.join(", "), it.text.clone(), it.at)
}
