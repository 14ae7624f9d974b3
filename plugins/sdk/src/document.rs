//! The document as a plugin holds it. A list is decoded when a rule first reads it, so that a plugin contains
//! code only for the kinds and facts that its rules name.

use std::any::{Any, TypeId};
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    FactTable, Intent, Key, Listing, Needs, PackedDocument, Raw, Reason, Resource, Unknown, Untyped,
};
use elsa::FrozenMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::RuleError;

/// The snapshot that a plugin was given.
#[derive(Default)]
pub struct Document {
    packed: PackedDocument,
    /// What has been decoded, by its type: `Resources<T>`, or a table of facts.
    decoded: FrozenMap<TypeId, Box<dyn Any>>,
    identities: FrozenMap<String, Vec<Untyped>>,
    labels: OnceCell<HashMap<Key, String>>,
}

/// The resources of one kind, and where each stands among them.
struct Resources<T> {
    all: Vec<T>,
    positions: HashMap<Key, usize>,
}

/// The part of any resource that tells its label.
#[derive(Deserialize)]
struct Labelled {
    meta: Label,
}

#[derive(Deserialize)]
struct Label {
    key: Key,
    label: String,
}

impl From<PackedDocument> for Document {
    fn from(packed: PackedDocument) -> Self {
        Self { packed, ..Self::default() }
    }
}

impl Document {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, RuleError> {
        Ok(Self::from(decode::<PackedDocument>(bytes)?))
    }

    pub(crate) fn needs(&self, rule: &str) -> Option<&Needs> {
        self.packed.needs.get(rule)
    }

    /// Whether the rule is asked about a resource.
    pub(crate) fn asks_about(&self, key: &Key) -> bool {
        self.packed.subjects.as_ref().is_none_or(|subjects| subjects.include(key))
    }

    pub(crate) fn all<T: Resource>(&self) -> Result<Listing<'_, T>, RuleError> {
        Ok(Listing::new(&self.resources::<T>()?.all, self.unseen(T::KIND)))
    }

    /// Why there may be resources of a kind that are not in sight.
    pub(crate) fn unseen(&self, kind: &str) -> Option<Unknown> {
        self.packed.scope.unseen(kind)
    }

    /// Why the list of a kind lacks even what the source itself may have made or was asked for.
    pub(crate) fn why_partial(&self, kind: &str) -> Option<Unknown> {
        self.packed.scope.is_partial(kind).cloned()
    }

    pub(crate) fn get<T: Resource>(&self, key: &Key) -> Result<Option<&T>, RuleError> {
        let resources = self.resources::<T>()?;
        Ok(resources.positions.get(key).map(|at| &resources.all[*at]))
    }

    pub(crate) fn table<F: FactTable>(&self) -> Result<&BTreeMap<Key, F>, RuleError> {
        self.decoded(|| list(self.packed.facts.get(F::NAME)))
    }

    /// Who the resources of a kind are, typed or not.
    pub(crate) fn identities(&self, kind: &str) -> Result<&[Untyped], RuleError> {
        if let Some(it) = self.identities.get(kind) {
            return Ok(it);
        }
        Ok(self.identities.insert(kind.to_owned(), list(self.packed.resources.get(kind))?))
    }

    pub(crate) fn raw(&self, key: &Key) -> Result<Option<Raw>, RuleError> {
        self.packed.raw.get(key).map(|it| decode(it)).transpose()
    }

    pub(crate) fn intent(&self) -> &Intent {
        &self.packed.intent
    }

    pub(crate) fn region(&self) -> Option<&str> {
        self.packed.scope.region.as_deref()
    }

    /// Why no resource has a key.
    pub(crate) fn why_absent(&self, key: &Key) -> Unknown {
        let known = self.packed.externals.get(key).cloned();
        known.unwrap_or_else(|| Unknown::new(Reason::NotCollected, key.as_str()))
    }

    /// What a reader of the source calls a resource.
    pub(crate) fn label(&self, key: &Key) -> Option<&str> {
        if let Some(label) = self.packed.labels.get(key) {
            return Some(label);
        }
        let labels = self.labels.get_or_init(|| {
            let lists = self.packed.resources.values();
            let all = lists.flat_map(|it| decode::<Vec<Labelled>>(it).expect("every resource has a label"));
            all.map(|it| (it.meta.key, it.meta.label)).collect()
        });
        labels.get(key).map(String::as_str)
    }

    fn resources<T: Resource>(&self) -> Result<&Resources<T>, RuleError> {
        self.decoded(|| {
            let all: Vec<T> = list(self.packed.resources.get(T::KIND))?;
            let positions = all.iter().enumerate().map(|(at, it)| (it.meta().key.clone(), at)).collect();
            Ok(Resources { all, positions })
        })
    }

    fn decoded<T: 'static>(&self, decode: impl FnOnce() -> Result<T, RuleError>) -> Result<&T, RuleError> {
        let id = TypeId::of::<T>();
        let decoded = match self.decoded.get(&id) {
            Some(it) => it,
            None => self.decoded.insert(id, Box::new(decode()?)),
        };
        Ok(decoded.downcast_ref().expect("what is kept under a type is of that type"))
    }
}

/// A list or table that is not there has nothing in it.
fn list<T: DeserializeOwned + Default>(packed: Option<&serde_bytes::ByteBuf>) -> Result<T, RuleError> {
    packed.map_or_else(|| Ok(T::default()), |it| decode(it))
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, RuleError> {
    archlint_schema::decode(bytes).map_err(|error| RuleError::Document(error.to_string()))
}
