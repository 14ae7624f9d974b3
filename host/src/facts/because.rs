//! Why a fact is true: the ordered chain of resources and properties that make it so.

use std::collections::BTreeMap;
use std::sync::Arc;

use archlint_schema::Key;
use serde::{Deserialize, Serialize};

/// One link of a chain: a property of a resource, and what it contributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub resource: Key,
    /// The snapshot's path of the property; empty for the resource itself.
    pub path: String,
    pub message: String,
    /// The resource that the property leads to, where that is not a step of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<Key>,
}

impl Step {
    pub fn new(resource: &Key, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { resource: resource.clone(), path: path.into(), message: message.into(), leads_to: None }
    }
}

/// A chain, which several facts may share.
pub(crate) type Chain = Arc<[Step]>;

/// The chains of every fact of a snapshot, by resource and by the name of the fact's field (`exposure`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Because {
    chains: BTreeMap<Key, Vec<(&'static str, Chain)>>,
}

impl Because {
    /// The chain of a fact; `None` where no such fact was derived.
    pub fn chain(&self, resource: &Key, name: &str) -> Option<&[Step]> {
        let (_, chain) = self.chains.get(resource)?.iter().find(|(its, _)| *its == name)?;
        Some(chain)
    }

    /// Each fact is derived in one place, and so recorded once.
    pub(crate) fn record(&mut self, resource: &Key, name: &'static str, chain: impl Into<Chain>) {
        self.chains.entry(resource.clone()).or_default().push((name, chain.into()));
    }

    /// Every chain, by resource and then in the order in which the facts are derived.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &'static str, &[Step])> {
        self.chains
            .iter()
            .flat_map(|(resource, all)| all.iter().map(move |(name, it)| (resource, *name, &**it)))
    }
}
