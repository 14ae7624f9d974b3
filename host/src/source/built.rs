//! What a source has made of its files so far: resources, and the parts that are folded into them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use archlint_schema::{Key, Raw, Resource, Resources, Scope, Snapshot, Untyped, Value};

use super::properties::Externals;
use super::{Ignored, Origin, Origins, SourceFile, firewall_endpoints};

#[derive(Default)]
pub(crate) struct Built {
    pub(crate) resources: Resources,
    pub(crate) externals: Externals,
    pub(crate) origins: BTreeMap<Key, Origin>,
    pub(crate) raw: BTreeMap<Key, Raw>,
}

/// The resource that a part went into, and the path at which the part stands there.
pub(crate) type Folded = Option<(Key, String)>;

impl Built {
    /// Notes where the part stands that was folded into a resource: what it wrote stands in it. A part
    /// whose whole is not in the snapshot (a route for a table from a parameter) is kept as it is; whether
    /// it is one of those.
    pub(crate) fn note_part(&mut self, folded: &Folded, part: Option<Origin>) -> bool {
        let Some((key, path)) = folded else { return false };
        if let Some(whole) = self.origins.get_mut(key)
            && let Some(part) = part
        {
            for (property, place) in part.properties {
                whole.properties.insert(format!("{path}.{property}"), place);
            }
            whole.properties.insert(path.clone(), part.resource);
            let ignored = part.ignored.into_iter().map(|it| Ignored { path: path.clone(), ..it });
            whole.ignored.extend(ignored);
        }
        true
    }

    /// Keeps a resource of which only the identity is read.
    pub(crate) fn add_untyped(&mut self, kind: &str, meta: archlint_schema::Meta) {
        self.resources.untyped.entry(kind.to_owned()).or_default().push(Untyped { meta });
    }

    pub(crate) fn add_origin(&mut self, key: Key, properties: Option<Origin>) {
        self.origins.extend(properties.map(|it| (key, it)));
    }

    /// What a Network Firewall places stands where the firewall stands.
    fn add_firewall_endpoints(&mut self) {
        for firewall in &self.resources.firewalls {
            let origin = self.origins.get(&firewall.meta.key).cloned();
            for endpoint in firewall_endpoints::of(firewall) {
                self.origins.extend(origin.clone().map(|it| (endpoint.meta.key.clone(), it)));
                self.resources.vpc_endpoints.push(endpoint);
            }
        }
    }

    pub(crate) fn finish(mut self, scope: Scope, files: &Arc<Vec<SourceFile>>) -> (Snapshot, Origins) {
        self.add_firewall_endpoints();
        self.resources.sort();
        let known: BTreeSet<Key> = self.resources.iter().map(|(_, meta)| meta.key.clone()).collect();
        self.externals.retain(|key, _| !known.contains(key));
        let (resources, externals, raw) = (self.resources, self.externals, self.raw);
        let snapshot = Snapshot { scope, resources, externals, raw, ..Snapshot::default() };
        (snapshot, Origins { files: Arc::clone(files), resources: self.origins })
    }
}

/// Changes the resource at the end of an edge, where the snapshot has it.
pub(crate) fn on<T: Resource>(
    all: &mut Resources,
    edge: &Value<Option<Key>>,
    change: impl FnOnce(&mut T) -> String,
) -> Folded {
    let key = edge.known()?.clone()?;
    let whole = T::list_mut(all).iter_mut().find(|it| it.meta().key == key)?;
    Some((key, change(whole)))
}

/// Adds to a list that is known so far; the path of what was added.
pub(crate) fn push<T>(list: &mut Value<Vec<T>>, part: T, path: &str) -> String {
    match list {
        Value::Known(parts) => {
            parts.push(part);
            format!("{path}[{}]", parts.len() - 1)
        }
        // A list that is partly hidden stays hidden.
        Value::OneOf(_) | Value::Unknown(_) => path.to_owned(),
    }
}
