//! A number that somebody measured or declared.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// A rate, a share, a size: a plain number in the document. Two are equal if they are the same number.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Measure(pub f64);

impl PartialEq for Measure {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Measure {}

impl PartialOrd for Measure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Measure {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl From<f64> for Measure {
    fn from(it: f64) -> Self {
        Self(it)
    }
}
