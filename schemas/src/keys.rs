//! What a population of S3 keys is like: where in the order of keys the load of one moment falls.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Confidence, Measure};

/// Where the keys of one moment fall among all keys. rules.md 6.3 defines the classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyClass {
    /// In one range, which moves.
    Sequential,
    /// In one range for a whole period (a day, an hour), within which they are spread.
    TimePartitioned,
    /// In one moving range in each of many branches.
    BranchedSequential,
    /// Most in one branch.
    Skewed,
    /// Everywhere: a hash comes first.
    Hashed,
    /// Everywhere: a random id comes first.
    RandomId,
    /// Everywhere: a counter or a time comes first, its last digit first.
    Reversed,
    /// Names, words, and mixtures.
    Natural,
    /// A service of AWS chooses the names.
    ServiceOwned,
    /// Too few keys to tell.
    Insufficient,
}

/// How the keys were had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeySampling {
    /// Each object is as likely as another.
    Uniform,
    /// Each request is as likely as another.
    Requests,
    /// The first of a listing: the smallest keys.
    ListingHead,
    /// None were seen: whoever writes them says how.
    Template,
}

/// A population of keys by its class, and what explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct KeyPattern {
    pub class: KeyClass,
    /// The class within the branches, where there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inner: Option<KeyClass>,
    /// What the keys begin with: `date/second`, `counter`, `hex:4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What follows a hash that comes first, where that is a path of its own: `date/second`, `tenant`. What only has a
    /// hash for its name has none: a store that is addressed by content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<String>,
    pub sampling: KeySampling,
    pub confidence: Confidence,
    /// The share of the key space that a window of time touches, 0 to 1; absent where times are not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concentration: Option<Measure>,
    /// The share of the heaviest branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_share: Option<Measure>,
    /// The heaviest branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_branch: Option<String>,
    /// To how many equal branches the branches amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_branches: Option<Measure>,
}

/// As a sentence says it of keys: `sequential`.
impl fmt::Display for KeyClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sequential => "sequential",
            Self::TimePartitioned => "partitioned by time",
            Self::BranchedSequential => "sequential in each of many branches",
            Self::Skewed => "mostly in one branch",
            Self::Hashed => "spread by a hash",
            Self::RandomId => "spread by a random id",
            Self::Reversed => "spread by a reversed number",
            Self::Natural => "spread by names",
            Self::ServiceOwned => "chosen by a service of AWS",
            Self::Insufficient => "too few to tell",
        })
    }
}

/// The class, and what the keys begin with: `sequential (date/second)`.
impl fmt::Display for KeyPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.class.fmt(f)?;
        match &self.token {
            Some(token) => write!(f, " ({token})"),
            None => Ok(()),
        }
    }
}

impl KeyClass {
    /// Whether the keys of one moment are spread however far the range is divided.
    pub fn can_be_split(self) -> bool {
        matches!(self, Self::Hashed | Self::RandomId | Self::Reversed)
    }
}

impl KeyPattern {
    /// Over how many partitions the load of one moment is spread, at most `cap`; nothing where nobody knows into how
    /// many branches the keys divide, or where the names are not the owner's choice or tell nothing.
    pub fn spread(&self, cap: f64) -> Option<f64> {
        match self.class {
            KeyClass::Sequential | KeyClass::TimePartitioned => Some(1.0),
            KeyClass::BranchedSequential => self.effective_branches.map(|it| it.0),
            KeyClass::Skewed => self.top_share.map(|it| 1.0 / it.0),
            KeyClass::ServiceOwned | KeyClass::Insufficient => None,
            KeyClass::Hashed | KeyClass::RandomId | KeyClass::Reversed | KeyClass::Natural => Some(cap),
        }
    }

    /// Whether the keys of one moment fall into one moving range, or into one in each branch.
    pub fn is_sequential(&self) -> bool {
        matches!(self.class, KeyClass::Sequential | KeyClass::BranchedSequential)
    }

    /// The same by what S3 once was: no branch was many enough to help, and a period lasted.
    pub fn is_sequential_by_name(&self) -> bool {
        let within = if self.class == KeyClass::Skewed { self.inner } else { Some(self.class) };
        matches!(
            within,
            Some(KeyClass::Sequential | KeyClass::TimePartitioned | KeyClass::BranchedSequential)
        )
    }
}
