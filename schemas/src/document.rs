//! The envelope in which a snapshot crosses to a plugin.

use std::collections::{BTreeMap, BTreeSet, TryReserveError};
use std::convert::Infallible;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{Facts, Intent, Key, Scope, Snapshot, Unknown};

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
    /// What a reader of the source calls resources that are not among those of the snapshot: facts name them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Key, String>,
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
    /// As in [`Document`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Key, String>,
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
    /// The kinds whose resources the rule gets: those that it names, and those that its tables are about.
    pub fn resources(&self) -> BTreeSet<&str> {
        let of_tables = self.facts.iter().flat_map(|it| Facts::kinds(it)).copied();
        self.kinds.iter().map(String::as_str).chain(of_tables).collect()
    }

    /// The kinds that its answers rest on: those, and what its tables are derived from.
    pub fn lineage(&self) -> BTreeSet<&str> {
        let from = self.facts.iter().flat_map(|it| Facts::lineage(it)).copied();
        self.resources().into_iter().chain(from).collect()
    }

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
    lineage: BTreeSet<&'a str>,
    raw: bool,
}

impl<'a> Union<'a> {
    fn of(needs: &'a BTreeMap<String, Needs>) -> Self {
        Self {
            kinds: needs.values().flat_map(Needs::resources).collect(),
            facts: needs.values().flat_map(|it| &it.facts).map(String::as_str).collect(),
            lineage: needs.values().flat_map(Needs::lineage).collect(),
            raw: needs.values().any(|it| it.raw),
        }
    }

    /// What the resources are called that facts may name and that are not among those that cross.
    fn labels(&self, snapshot: &Snapshot) -> BTreeMap<Key, String> {
        let is_left_out = |kind: &str| self.lineage.contains(kind) && !self.kinds.contains(kind);
        let others = snapshot.resources.iter().filter(|(kind, _)| is_left_out(kind));
        others.map(|(_, meta)| (meta.key.clone(), meta.label.clone())).collect()
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
        let (intent, labels) = (snapshot.intent.clone(), union.labels(snapshot));
        let snapshot = Snapshot { scope, resources, externals, facts, intent, raw };
        Self { needs, subjects: None, snapshot, labels }
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
        let facts = snapshot.facts.pack(|table| union.facts.contains(table))?;
        // Only an edge leads to what is outside.
        let is_empty = resources.is_empty() && facts.is_empty();
        let externals = if is_empty { BTreeMap::new() } else { snapshot.externals.clone() };
        let labels = union.labels(snapshot);
        Ok(Self {
            needs,
            subjects: None,
            scope: snapshot.scope.clone(),
            externals,
            intent: snapshot.intent.clone(),
            resources,
            facts,
            raw,
            labels,
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
