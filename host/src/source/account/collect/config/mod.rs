//! Items through AWS Config: its recorder, its queries, its batches.
//!
//! AWS Config is asked by SQL. Where that answers nothing, its list and its batches decide: queries are known to
//! answer nothing for types that they claim to know. What neither of them can tell is an error, never an empty list.

mod aggregator;
mod client;
mod error;
mod kinds;
mod read;
mod recorder;
#[cfg(test)]
mod tests;

pub(crate) use aggregator::{Aggregator, Source};
pub(crate) use client::Config;
pub(crate) use error::ConfigError;
pub(crate) use kinds::lacks;
pub(crate) use recorder::Recording;

use super::super::item::Item;

/// What is called to read an account's own recordings.
pub(crate) const ACTIONS: [&str; 5] = [
    "config:BatchGetResourceConfig",
    "config:DescribeConfigurationRecorderStatus",
    "config:DescribeConfigurationRecorders",
    "config:ListDiscoveredResources",
    "config:SelectResourceConfig",
];

/// What is called to read an aggregator.
pub(crate) const AGGREGATOR_ACTIONS: [&str; 4] = [
    "config:BatchGetAggregateResourceConfig",
    "config:DescribeConfigurationAggregatorSourcesStatus",
    "config:ListAggregateDiscoveredResources",
    "config:SelectAggregateResourceConfig",
];

/// Takes each item as it comes.
pub(crate) type Sink<'s> = dyn FnMut(Item) + Send + 's;

impl Config {
    /// What is recorded in a region; an error where nothing is.
    pub(crate) async fn recorded(&self, region: &str) -> Result<Recording, ConfigError> {
        recorder::recorded(self, region).await
    }

    /// Gives the sink every resource of a kind that a region's recorder knows; their tags are absent where only
    /// batches tell the kind. After an error, what the sink got
    /// stands, but is not all.
    pub(crate) async fn collect(
        &self,
        region: &str,
        kind: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), ConfigError> {
        let account = read::Account { config: self, region };
        read::collect(&account, kind, self.patience(), sink).await
    }

    /// An aggregator by its name, in the region where it is.
    pub(crate) fn aggregator<'c>(&'c self, region: &'c str, name: &'c str) -> Aggregator<'c> {
        Aggregator { config: self, region, name }
    }
}
