//! One architecture in one scenario: its resources, what its source could not see, and what follows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Facts, Intent, Key, Listing, Meta, Raw, Reason, Resource, Resources, Scope, Unknown, Value};

/// The version of the snapshot's shape. Additions do not change it.
pub const SNAPSHOT_VERSION: &str = "0.1";

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Snapshot {
    pub scope: Scope,
    pub resources: Resources,
    /// Why a key that an edge names is not among the resources: a parameter, an import, another account.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub externals: BTreeMap<Key, Unknown>,
    pub facts: Facts,
    /// What the owners say of the architecture.
    #[serde(skip_serializing_if = "Intent::is_empty")]
    pub intent: Intent,
    /// What the source wrote of each resource; a plugin gets it of the kinds that it reads, if it asks.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub raw: BTreeMap<Key, Raw>,
}

impl Snapshot {
    /// Every resource of a kind in sight, and why there may be others.
    pub fn all<T: Resource>(&self) -> Listing<'_, T> {
        Listing::new(T::list(&self.resources), self.scope.unseen(T::KIND))
    }

    pub fn get<T: Resource>(&self, key: &Key) -> Option<&T> {
        self.resources.get(key)
    }

    /// The resource at the end of an edge, or why it cannot be seen.
    pub fn follow<T: Resource>(&self, edge: &Value<Key>) -> Result<&T, Unknown> {
        let key = edge.decided()?;
        self.get(key).ok_or_else(|| self.why_absent(key))
    }

    /// Why no resource has a key.
    pub fn why_absent(&self, key: &Key) -> Unknown {
        self.externals.get(key).cloned().unwrap_or_else(|| Unknown::new(Reason::NotCollected, key.as_str()))
    }

    /// The identity of any resource, whatever its kind.
    pub fn meta(&self, key: &Key) -> Option<(&str, &Meta)> {
        self.resources.iter().find(|(_, meta)| meta.key == *key)
    }
}
