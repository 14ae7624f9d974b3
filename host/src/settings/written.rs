//! What `archlint.toml` may say, as `schemas/settings.schema.json` has it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use archlint_schema::{Confidence, DeclaredBucket, DeclaredStream, DeclaredWorkload, Severity};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::source::{Budget, ResourcePattern, Said};
use crate::verdict::{NotSeen, OnUnknown};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnvironmentName {
    Prod,
    Nonprod,
}

impl EnvironmentName {
    /// As an `env_scope` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prod => "prod",
            Self::Nonprod => "nonprod",
        }
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Written {
    pub(super) select: Vec<String>,
    pub(super) ignore: Vec<String>,
    pub(super) fail_on: Option<Severity>,
    pub(super) min_confidence: Option<Confidence>,
    pub(super) on_unknown: Option<OnUnknown>,
    pub(super) fail_on_not_seen: Vec<NotSeen>,
    pub(super) default_env: Option<EnvironmentName>,
    pub(super) env_tag_keys: Option<Vec<String>>,
    pub(super) env_map: BTreeMap<String, EnvironmentName>,
    pub(super) account: Option<AccountSettings>,
    pub(super) budget: Option<Budget>,
    pub(super) plugins: Vec<PathBuf>,
    pub(super) baseline: Option<PathBuf>,
    pub(super) locked: Vec<String>,
    pub(super) rules: BTreeMap<String, RuleSettings>,
    pub(super) suppress: Vec<SuppressEntry>,
    pub(super) workloads: Vec<Entry<DeclaredWorkload>>,
    pub(super) buckets: Vec<Entry<DeclaredBucket>>,
    pub(super) streams: Vec<Entry<DeclaredStream>>,
}

/// What the owners know of the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountSettings {
    /// CloudFormation types of which the inputs hold every resource there is: a policy forbids them everywhere, say.
    pub assume_whole: Vec<String>,
}

/// Settings of one rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RuleSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_unknown: Option<OnUnknown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameters: Option<Json>,
}

/// Findings that are accepted, and why.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppressEntry {
    pub rule: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    pub reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What the owners say of some resources, which no AWS API returns.
///
/// That nothing else stands in an entry is held by the schema: serde cannot refuse unknown fields of what is flattened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry<T> {
    /// The addresses of the resources, as a pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// A tag that the resources have: `Key`, or `Key=Value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    #[serde(flatten)]
    pub declared: T,
}

impl<T: Clone> Entry<T> {
    /// What is said, and of which resources.
    pub(super) fn said(&self) -> Said<T> {
        let pattern = ResourcePattern::new(self.address.as_deref(), self.tag.as_deref());
        Said { pattern, declared: self.declared.clone() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use archlint_schema::{Measure, Readers};

    use super::super::Document;
    use super::*;

    #[test]
    fn what_is_declared_of_buckets_and_streams_is_read() {
        let text = "[[buckets]]\naddress = \"photos\"\npeak_write_rps = 4800\nusual_read_rps = 12.5\nramp_min = 10\n\
            readers = \"internet\"\n[[streams]]\ntag = \"team=orders\"\ntop_key_share = 0.25\nordered = true\n";
        let (_, written) = Document::parse(Path::new("archlint.toml"), text.to_owned()).unwrap();
        let bucket = &written.buckets[0];
        assert_eq!(bucket.address.as_deref(), Some("photos"));
        let expected = DeclaredBucket {
            peak_write_rps: Some(Measure(4800.0)),
            usual_read_rps: Some(Measure(12.5)),
            ramp_min: Some(10),
            readers: Some(Readers::Internet),
            ..DeclaredBucket::default()
        };
        assert_eq!(bucket.declared, expected);
        let stream = &written.streams[0].declared;
        assert_eq!((stream.top_key_share, stream.ordered), (Some(Measure(0.25)), true));
    }

    #[test]
    fn the_schema_refuses_what_flattened_entries_would_pass_over() {
        let text = "[[buckets]]\naddress = \"*\"\nresources = [\"photos\"]\n";
        assert!(Document::parse(Path::new("archlint.toml"), text.to_owned()).is_err());
    }
}
