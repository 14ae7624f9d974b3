//! Why AWS Config told nothing, or not all.

use miette::Diagnostic;
use thiserror::Error;

use super::super::direct::CallError;
use crate::source::account::journal::Failure;

/// Each leaves what it was about not collected through AWS Config; direct calls may still tell it.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
pub(crate) enum ConfigError {
    #[error(transparent)]
    Call(#[from] CallError),

    #[error("AWS Config has no recorder in {place}")]
    NoRecorder { place: String },

    #[error("the recorder of AWS Config is stopped in {place}")]
    Stopped { place: String },

    #[error("the recorder of AWS Config fails in {place}: {reason}")]
    Failing { place: String, reason: String },

    /// The service does not record the type, or this recorder does not.
    #[error("AWS Config does not record {kind}")]
    NotRecorded { kind: String },

    /// Queries answer nothing, and only they know the type: that may mean that there is none, or not.
    #[error("AWS Config answers nothing for {kind}, which it cannot list")]
    Unlisted { kind: String },

    /// Some keys of a batch stay unprocessed, however often they are asked for.
    #[error("AWS Config left {count} of {kind} unprocessed")]
    Unprocessed { kind: String, count: usize },

    /// An item that was there cannot be read.
    #[error("AWS Config told {count} of {kind} in a form that cannot be read: {first}")]
    Unreadable { kind: String, count: usize, first: String },

    #[error("there is no aggregator `{name}` in {region}")]
    #[diagnostic(
        code(archlint::scan::aggregator),
        help(
            "`aws configservice describe-configuration-aggregators --region {region}` lists those of the region; \
             --aggregator NAME is looked for in the first --region"
        )
    )]
    NoAggregator { name: String, region: String },

    #[error("the aggregator's last copy of {place} failed")]
    NotAggregated { place: String },
}

impl ConfigError {
    /// What asking again would do.
    pub(crate) fn failure(&self) -> Failure {
        match self {
            Self::Call(error) => error.failure(),
            Self::Unprocessed { .. } => Failure::Passing,
            _ => Failure::Lasting,
        }
    }
}
