//! The envelope in which a snapshot crosses to a plugin.

use std::collections::{BTreeMap, BTreeSet, TryReserveError};
use std::convert::Infallible;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{Intent, Key, Scope, Snapshot, Unknown};

/// A snapshot reduced to what the enabled rules of one plugin need, and which rule may read what: what crosses
/// in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Document {
    /// What each rule declared, by code. Reading anything else is an error, never an empty list.
    pub needs: BTreeMap<String, Needs>,
    /// Which resources rules are asked about; absent: all. Whatever else there is stays to be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Subjects>,
    pub snapshot: Snapshot,
}

/// Resources by their keys in order, both ends included. A rule that fails is asked again about fewer, until what it fails
/// on is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Subjects {
    pub from: Key,
    pub to: Key,
}

impl Subjects {
    pub fn include(&self, key: &Key) -> bool {
        (&self.from..=&self.to).contains(&key)
    }
}

/// The same document in CBOR, where each list of resources and each table of facts is a byte string of
/// its own. A reader decodes the lists that it reads, so that it holds no code for kinds that it does not know
/// and pays nothing for those that it does not look at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PackedDocument {
    pub needs: BTreeMap<String, Needs>,
    /// As in [`Document`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Subjects>,
    pub scope: Scope,
    pub externals: BTreeMap<Key, Unknown>,
    pub intent: Intent,
    /// By kind, a list of resources.
    pub resources: BTreeMap<String, ByteBuf>,
    /// By table, a map from key to facts.
    pub facts: BTreeMap<String, ByteBuf>,
    /// By key, what the source wrote.
    pub raw: BTreeMap<Key, ByteBuf>,
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

impl Needs {
    /// Whether a snapshot has no resource and no fact of those that are named, so that a rule finds nothing to
    /// answer about.
    pub fn are_absent_from(&self, snapshot: &Snapshot) -> bool {
        let names_any = !self.kinds.is_empty() || !self.facts.is_empty();
        names_any
            && !self.kinds.iter().any(|it| snapshot.resources.has(it))
            && !self.facts.iter().any(|it| snapshot.facts.has(it))
    }
}

/// What any of several rules reads.
struct Union<'a> {
    kinds: BTreeSet<&'a str>,
    facts: BTreeSet<&'a str>,
    raw: bool,
}

impl<'a> Union<'a> {
    fn of(needs: &'a BTreeMap<String, Needs>) -> Self {
        Self {
            kinds: needs.values().flat_map(|it| &it.kinds).map(String::as_str).collect(),
            facts: needs.values().flat_map(|it| &it.facts).map(String::as_str).collect(),
            raw: needs.values().any(|it| it.raw),
        }
    }
}

impl Document {
    /// What some rules, by code, need of a snapshot.
    pub fn new(snapshot: &Snapshot, needs: BTreeMap<String, Needs>) -> Self {
        let union = Union::of(&needs);
        let resources = snapshot.resources.only(|kind| union.kinds.contains(kind));
        let raw = if union.raw {
            let own = resources.iter().map(|(_, meta)| &meta.key);
            own.filter_map(|key| Some((key.clone(), snapshot.raw.get(key)?.clone()))).collect()
        } else {
            BTreeMap::new()
        };
        let (scope, externals) = (snapshot.scope.clone(), snapshot.externals.clone());
        let facts = snapshot.facts.only(|table| union.facts.contains(table));
        let intent = snapshot.intent.clone();
        Self { needs, subjects: None, snapshot: Snapshot { scope, resources, externals, facts, intent, raw } }
    }
}

impl PackedDocument {
    /// What some rules, by code, need of a snapshot.
    pub fn new(snapshot: &Snapshot, needs: BTreeMap<String, Needs>) -> Result<Self, EncodeError> {
        let union = Union::of(&needs);
        let mut raw = BTreeMap::new();
        if union.raw {
            for (_, meta) in snapshot.resources.iter().filter(|(kind, _)| union.kinds.contains(kind)) {
                if let Some(it) = snapshot.raw.get(&meta.key) {
                    raw.insert(meta.key.clone(), pack(it)?);
                }
            }
        }
        let resources = snapshot.resources.pack(|kind| union.kinds.contains(kind))?;
        // Only an edge of a resource leads to what is outside.
        let externals = if resources.is_empty() { BTreeMap::new() } else { snapshot.externals.clone() };
        let facts = snapshot.facts.pack(|table| union.facts.contains(table))?;
        Ok(Self {
            needs,
            subjects: None,
            scope: snapshot.scope.clone(),
            externals,
            intent: snapshot.intent.clone(),
            resources,
            facts,
            raw,
        })
    }
}

/// Why something could not be encoded: memory, or a type that CBOR has no form for.
pub type EncodeError = cbor4ii::serde::EncodeError<TryReserveError>;

/// Why bytes are not what they should be.
pub type DecodeError = cbor4ii::serde::DecodeError<Infallible>;

/// One list, table or value of a [`PackedDocument`].
pub(crate) fn pack(it: &impl Serialize) -> Result<ByteBuf, EncodeError> {
    encode(it).map(ByteBuf::from)
}

/// A [`PackedDocument`], or a part of it, as it crosses.
pub fn encode(it: &impl Serialize) -> Result<Vec<u8>, EncodeError> {
    cbor4ii::serde::to_vec(Vec::new(), it)
}

/// What [`encode`] wrote.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    cbor4ii::serde::from_slice(bytes)
}
