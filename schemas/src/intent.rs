//! What no API returns: what the owners of an architecture say of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Key;

/// Declared by the owners; a rule that reads it has nothing to say where nothing is declared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Intent {
    pub workloads: Vec<DeclaredWorkload>,
}

/// A workload in the sense of the Well-Architected Framework: resources that together serve one purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DeclaredWorkload {
    pub name: String,
    /// The resources that belong to it.
    pub resources: BTreeSet<Key>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The region in which it is to be recovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dr_region: Option<String>,
    /// The recovery time objective, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rto_min: Option<u32>,
    /// The recovery point objective, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rpo_min: Option<u32>,
    /// Instances or tasks needed at peak.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required_capacity: Option<u32>,
    /// Whether its work may stop and be resumed: workers of a queue.
    pub interruptible: bool,
    /// Whether its data can be made anew from elsewhere.
    pub recreatable: bool,
}

impl Intent {
    /// The workload that a resource belongs to.
    pub fn workload_of(&self, resource: &Key) -> Option<&DeclaredWorkload> {
        self.workloads.iter().find(|it| it.resources.contains(resource))
    }

    /// Whether nothing is declared.
    pub fn is_empty(&self) -> bool {
        self.workloads.is_empty()
    }
}
