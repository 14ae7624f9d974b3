//! What must have been seen for a check to count as one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What makes the exit code 1 where it was not seen: a kind, every kind, or more than a share of what rules were asked
/// about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum NotSeen {
    /// Its type in CloudFormation.
    Kind(String),
    /// Any kind that a rule needs.
    Any,
    /// In percent: so many of the answers may be undecided for want of what was not collected.
    Share(f64),
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is neither a type like `AWS::RDS::DBInstance`, nor `*`, nor a share like `5%`")]
pub struct NoCoverage(String);

impl FromStr for NotSeen {
    type Err = NoCoverage;

    fn from_str(text: &str) -> Result<Self, NoCoverage> {
        let share = |it: &str| it.parse().ok().filter(|it| (0.0..=100.0).contains(it));
        match text.strip_suffix('%') {
            Some(number) => share(number).map(Self::Share).ok_or_else(|| NoCoverage(text.to_owned())),
            None if text == "*" => Ok(Self::Any),
            None if text.split("::").count() >= 2 => Ok(Self::Kind(text.to_owned())),
            None => Err(NoCoverage(text.to_owned())),
        }
    }
}

impl TryFrom<String> for NotSeen {
    type Error = NoCoverage;

    fn try_from(text: String) -> Result<Self, NoCoverage> {
        text.parse()
    }
}

impl From<NotSeen> for String {
    fn from(it: NotSeen) -> Self {
        it.to_string()
    }
}

impl fmt::Display for NotSeen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => f.write_str(kind),
            Self::Any => f.write_str("*"),
            Self::Share(percent) => write!(f, "{percent}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_any_kind_or_a_share() {
        let read = |text: &str| text.parse::<NotSeen>().map(|it| it.to_string());
        for text in ["AWS::RDS::DBInstance", "*", "5%", "0%", "12.5%"] {
            assert_eq!(read(text), Ok(text.to_owned()));
        }
        for text in ["", "databases", "5", "101%", "-1%", "%", "x%"] {
            assert_eq!(read(text), Err(NoCoverage(text.to_owned())));
        }
    }
}
