//! What one input may cost. What a budget cuts is an error that names the place; the rest is checked.
//!
//! Every figure is counted, none is taken from a clock: the same input gives the same output on every machine.

use serde::{Deserialize, Serialize};

/// The most that reading one input may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// Scenarios per template, the base included.
    pub scenarios: usize,
    /// Resources that loops, nested stacks and modules expand one input to, in one scenario.
    pub resources: usize,
    /// Expressions that are evaluated of one input, over all its scenarios: what stands for time.
    pub evaluations: usize,
    /// Megabytes of text: an input once it is unzipped, or what evaluating its expressions builds.
    pub megabytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { scenarios: 32, resources: 20_000, evaluations: 5_000_000, megabytes: 1024 }
    }
}
