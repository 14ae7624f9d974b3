//! What a source has made of its files so far: resources, and the parts that are folded into them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use archlint_schema::{Key, Raw, Resource, Resources, Scope, Snapshot, Unknown, Untyped, Value};

use super::properties::Externals;
use super::{Ignored, Origin, Origins, SourceFile, buckets, firewall_endpoints};

#[derive(Default)]
pub(crate) struct Built {
    /// What was looked at, and what of it is not in sight.
    pub(crate) scope: Scope,
    pub(crate) resources: Resources,
    pub(crate) externals: Externals,
    pub(crate) origins: BTreeMap<Key, Origin>,
    /// The addresses of parts, by their whole and their path in it.
    pub(crate) parts: BTreeMap<Key, BTreeMap<String, Key>>,
    pub(crate) raw: BTreeMap<Key, Raw>,
}

/// What is called the same in several modules or stacks is called by its key. What was observed of a resource has its
/// name rightly.
fn tell_namesakes_apart(resources: &mut Resources) {
    let mut bearers: HashMap<String, usize> = HashMap::new();
    for (_, meta) in resources.iter().filter(|(kind, _)| !Resources::is_observed(kind)) {
        *bearers.entry(meta.label.clone()).or_default() += 1;
    }
    for (_, meta) in
        resources.iter_mut().filter(|(_, meta)| bearers.get(&meta.label).is_some_and(|it| *it > 1))
    {
        // What is live has an id beside its name, which is shorter than its ARN.
        meta.label = match meta.aliases.first() {
            Some(id) if *id != meta.label => format!("{} ({id})", meta.label),
            _ => meta.key.to_string(),
        };
    }
}

/// The resource that a part went into, and the paths at which the part stands there.
pub(crate) type Folded = Option<(Key, Vec<String>)>;

/// What a part is a part of.
pub(crate) enum Whole {
    One(Value<Option<Key>>),
    /// One of these, and why nobody knows which.
    OneOf(Candidates, Unknown),
}

/// Resources one of which is meant, shared by all that mean one of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Candidates(Rc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    keys: BTreeSet<Key>,
    /// What is hidden in all of them already: thousands of parts may be of the same wholes.
    hidden: RefCell<HashSet<(&'static str, String)>>,
}

impl Candidates {
    pub(crate) fn of(keys: impl Iterator<Item = Key>) -> Self {
        Self(Rc::new(Shared { keys: keys.collect(), ..Shared::default() }))
    }

    pub(crate) fn keys(&self) -> &BTreeSet<Key> {
        &self.0.keys
    }

    /// Whether what resources of a kind hold at a path was not hidden before.
    fn hide(&self, kind: &'static str, path: &str) -> bool {
        self.0.hidden.borrow_mut().insert((kind, path.to_owned()))
    }
}

impl Built {
    /// Notes where the part stands that was folded into a resource: what it wrote stands in it. A part
    /// whose whole is not in the snapshot (a route for a table from a parameter) is kept as it is; whether
    /// it is one of those.
    pub(crate) fn note_part(&mut self, folded: &Folded, part: Option<Origin>) -> bool {
        let Some((key, paths)) = folded else { return false };
        if let Some(whole) = self.origins.get_mut(key)
            && let Some(part) = part
        {
            for path in paths {
                for (property, place) in &part.properties {
                    whole.properties.insert(format!("{path}.{property}"), *place);
                }
                whole.properties.insert(path.clone(), part.resource);
                let ignored = part.ignored.iter().map(|it| Ignored { path: path.clone(), ..it.clone() });
                whole.ignored.extend(ignored);
            }
        }
        true
    }

    /// Notes the address that the author knows a part by.
    pub(crate) fn name_part(&mut self, folded: &Folded, address: &Key) {
        let Some((key, paths)) = folded else { return };
        let named = paths.iter().map(|it| (it.clone(), address.clone()));
        self.parts.entry(key.clone()).or_default().extend(named);
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

    /// An entry of a network ACL that nobody sees may decide before those that are in sight.
    fn leave_filters_open(&mut self) {
        for acl in &mut self.resources.network_acls {
            if let Some(why) = self.scope.unseen_within("AWS::EC2::NetworkAclEntry", &acl.meta.key, None) {
                acl.entries = Value::Unknown(why);
            }
        }
    }

    pub(crate) fn finish(mut self, files: &Arc<Vec<SourceFile>>) -> (Snapshot, Origins) {
        tell_namesakes_apart(&mut self.resources);
        self.add_firewall_endpoints();
        buckets::join_by_name(&mut self.resources, &mut self.externals);
        self.leave_filters_open();
        self.resources.sort();
        let known: BTreeSet<Key> = self.resources.iter().map(|(_, meta)| meta.key.clone()).collect();
        self.externals.retain(|key, _| !known.contains(key));
        let (scope, resources, externals, raw) = (self.scope, self.resources, self.externals, self.raw);
        let snapshot = Snapshot { scope, resources, externals, raw, ..Snapshot::default() };
        (
            snapshot,
            Origins {
                files: Arc::clone(files),
                resources: self.origins,
                parts: self.parts,
                ..Origins::default()
            },
        )
    }
}

impl Whole {
    /// The key of the whole, where there is one only.
    pub(crate) fn key(&self) -> Option<&Key> {
        match self {
            Self::One(edge) => edge.known()?.as_ref(),
            Self::OneOf(..) => None,
        }
    }

    /// Changes the whole, where the snapshot has it. `held` is what it holds of such parts: where any of several
    /// may be the whole, nobody knows what each of them holds at that path.
    pub(crate) fn change<T: Resource, V>(
        &self,
        all: &mut Resources,
        held: impl Fn(&mut T) -> &mut Value<V>,
        path: &str,
        change: impl FnOnce(&mut T) -> Vec<String>,
    ) -> Folded {
        match self {
            Self::One(edge) => change_at(all, edge, change),
            Self::OneOf(_, why) => {
                self.hide(all, held, path, why);
                None
            }
        }
    }

    /// Adds a part to the list in which the whole holds its like.
    pub(crate) fn add<T: Resource, P>(
        &self,
        all: &mut Resources,
        held: impl Fn(&mut T) -> &mut Value<Vec<P>>,
        part: P,
        path: &str,
    ) -> Folded {
        self.change(all, &held, path, |it| vec![push(held(it), part, path)])
    }

    /// Sets what the whole holds of such parts: there is one only.
    pub(crate) fn set<T: Resource, V>(
        &self,
        all: &mut Resources,
        held: impl Fn(&mut T) -> &mut Value<V>,
        value: Value<V>,
        path: &str,
    ) -> Folded {
        self.change(all, &held, path, |it| {
            *held(it) = value;
            vec![path.to_owned()]
        })
    }

    /// What is held of such parts, in whatever may be the whole, is not known.
    pub(crate) fn hide<T: Resource, V>(
        &self,
        all: &mut Resources,
        held: impl Fn(&mut T) -> &mut Value<V>,
        path: &str,
        why: &Unknown,
    ) {
        match self {
            Self::One(_) => {
                if let Some(it) = self.key().and_then(|it| get_mut(all, it)) {
                    *held(it) = Value::Unknown(why.clone());
                }
            }
            Self::OneOf(candidates, _) if candidates.hide(T::KIND, path) => {
                for it in T::list_mut(all) {
                    let is_hidden = matches!(held(it), Value::Unknown(_));
                    if !is_hidden && candidates.keys().contains(&it.meta().key) {
                        *held(it) = Value::Unknown(why.clone());
                    }
                }
            }
            Self::OneOf(..) => {}
        }
    }
}

/// Changes the resource at the end of an edge, where the snapshot has it.
pub(crate) fn on<T: Resource>(
    all: &mut Resources,
    edge: &Value<Option<Key>>,
    change: impl FnOnce(&mut T) -> String,
) -> Folded {
    change_at(all, edge, |it| vec![change(it)])
}

fn change_at<T: Resource>(
    all: &mut Resources,
    edge: &Value<Option<Key>>,
    change: impl FnOnce(&mut T) -> Vec<String>,
) -> Folded {
    let key = edge.known()?.clone()?;
    let whole = get_mut(all, &key)?;
    Some((key, change(whole)))
}

/// The resource with a key, at once where its list is sorted.
fn get_mut<'r, T: Resource>(all: &'r mut Resources, key: &Key) -> Option<&'r mut T> {
    let all = T::list_mut(all);
    let sorted = all.binary_search_by(|it| it.meta().key.cmp(key)).ok();
    let at = sorted.or_else(|| all.iter().position(|it| it.meta().key == *key))?;
    all.get_mut(at)
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
