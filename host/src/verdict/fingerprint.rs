//! What a finding is recognized by in another run (design: fingerprints).

use std::collections::BTreeMap;

use archlint_schema::{Key, Meta, Resource, Snapshot, Subnet, Value};
use sha2::{Digest, Sha256};

use super::Subject;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprints {
    /// Of the rule, the kind, the address in the source and the property: stable under edits elsewhere.
    pub address: String,
    /// Of the rule, the kind and the resource's role: the same before deployment and live. Absent where two
    /// resources have the same role, or nothing tells it.
    pub role: Option<String>,
}

impl Fingerprints {
    pub(super) fn new(rule: &str, resource: &Subject, path: &str, roles: &Roles) -> Self {
        Self {
            address: digest(&["address", rule, &resource.kind, resource.key.as_str(), path]),
            role: roles.of(&resource.key).map(|role| digest(&["role", rule, &resource.kind, role])),
        }
    }
}

/// A digest of some texts, in hexadecimal.
pub(crate) fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize()[..16].iter().fold(String::new(), |text, it| text + &format!("{it:02x}"))
}

/// The role of each resource that has one of its own.
pub(super) struct Roles(BTreeMap<Key, String>);

impl Roles {
    pub(super) fn new(snapshot: &Snapshot) -> Self {
        let mut roles: BTreeMap<Key, (String, String)> = BTreeMap::new();
        for (kind, meta) in snapshot.resources.iter() {
            if let Some(role) = identity(meta) {
                roles.insert(meta.key.clone(), (kind.to_owned(), role));
            }
        }
        // A subnet without a name is told by its VPC and its CIDR.
        for subnet in snapshot.all::<Subnet>() {
            let vpc = subnet.vpc.known().and_then(|it| roles.get(it)).map(|it| it.1.clone());
            if let (Some(vpc), Some(Some(cidr)), false) =
                (vpc, subnet.cidr.known(), roles.contains_key(&subnet.meta.key))
            {
                let role = format!("{vpc}/{cidr}");
                roles.insert(subnet.meta.key.clone(), (Subnet::KIND.to_owned(), role));
            }
        }
        let mut bearers: BTreeMap<&(String, String), usize> = BTreeMap::new();
        for role in roles.values() {
            *bearers.entry(role).or_default() += 1;
        }
        let alone = roles.iter().filter(|(_, role)| bearers[role] == 1);
        Self(alone.map(|(key, (_, role))| (key.clone(), role.clone())).collect())
    }

    fn of(&self, key: &Key) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

/// By fixed precedence: the tag `archlint:id`, the explicit physical name, the `Name` tag.
fn identity(meta: &Meta) -> Option<String> {
    let known = |it: &Value<Option<String>>| it.known().cloned().flatten();
    let tag = |name: &str| known(&meta.tag(name));
    let by = |what: &str, it: String| format!("{what}:{it}");
    tag("archlint:id")
        .map(|it| by("id", it))
        .or_else(|| known(&meta.name).map(|it| by("name", it)))
        .or_else(|| tag("Name").map(|it| by("tag", it)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlint_schema::Vpc;

    fn vpc(key: &str, name: &str) -> Vpc {
        let mut meta = Meta::new(key, key);
        meta.tags = Value::Known([("Name".to_owned(), Value::Known(name.to_owned()))].into());
        Vpc { meta, cidr: Value::default(), is_default: Value::default() }
    }

    #[test]
    fn an_ambiguous_role_is_absent() {
        let mut snapshot = Snapshot::default();
        snapshot.resources.vpcs = vec![vpc("a", "main"), vpc("b", "main"), vpc("c", "other")];
        let roles = Roles::new(&snapshot);
        assert_eq!(roles.of(&Key::from("a")), None);
        assert_eq!(roles.of(&Key::from("c")), Some("tag:other"));
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(digest(&["a", "bc"]), digest(&["ab", "c"]));
        assert_eq!(digest(&["a"]).len(), 32);
    }
}
