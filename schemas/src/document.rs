//! The envelope in which a snapshot crosses to a plugin.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Snapshot;

/// A snapshot reduced to what the enabled rules of one plugin need, and which rule may read what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Document {
    /// What each rule declared, by code. Reading anything else is an error, never an empty list.
    pub needs: BTreeMap<String, Needs>,
    pub snapshot: Snapshot,
}

/// What a rule reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Needs {
    /// CloudFormation type names.
    pub kinds: BTreeSet<String>,
    /// Tables of facts: `subnets`, `load_balancers` ...
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub facts: BTreeSet<String>,
    /// Whether it reads the properties as the source wrote them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub raw: bool,
}
