//! Findings that somebody decided to live with, and why.

use jiff::civil::Date;

use super::Finding;
use crate::source::Place;

/// A decision to live with a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
    pub owner: Option<String>,
    pub origin: SuppressionOrigin,
}

/// Where a suppression is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SuppressionOrigin {
    /// Beside the resource, in the files that the finding's origins know.
    InSource(Option<Place>),
    Settings,
}

/// A finding, and the decision to live with it.
#[derive(Debug, Clone)]
pub struct SuppressedFinding {
    pub finding: Finding,
    pub suppression: Suppression,
}
