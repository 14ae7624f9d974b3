//! What a finding is recognized by in another run (design: fingerprints).

use std::collections::BTreeMap;

use archlint_schema::{Cidr, Key, Meta, Resource, Snapshot, Subnet, Value};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::Subject;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprints {
    /// Of the rule, the kind, the address in the source, and of what is found there: stable under edits elsewhere.
    pub address: String,
    /// Of the rule, the kind, the resource's role, and of what is found there, as far as that is the same before
    /// deployment and live. Absent where two resources have the same role, or nothing tells it.
    pub role: Option<String>,
}

impl Fingerprints {
    /// `properties` are the subject's, as the snapshot writes them; `part` is the address of the part that the path
    /// leads into, where its author wrote one.
    pub(super) fn new(
        rule: &str,
        resource: &Subject,
        path: &str,
        (part, properties): (Option<&Key>, &Json),
        roles: &Roles,
    ) -> Self {
        let (kind, part) = (&resource.kind, part.map_or("", Key::as_str));
        let by_address = said(path, properties, &canonical);
        let by_role = |role| digest(&["role", rule, kind, role, &said(path, properties, &lasting)]);
        Self {
            address: digest(&["address", rule, kind, resource.key.as_str(), part, &by_address]),
            role: roles.of(&resource.key).map(by_role),
        }
    }
}

/// What stands at a path: the path, in which an item of a list is called by what it says, as its index changes with
/// every item before it; and the value at its end, if that is one text, number or truth.
fn said(path: &str, properties: &Json, shown: &dyn Fn(&Json) -> String) -> String {
    let mut said = String::new();
    let mut value = Some(properties);
    for step in path.split(['.', '[']).filter(|step| !step.is_empty()) {
        if let Some(index) = step.strip_suffix(']') {
            value = value.and_then(|list| list.get(index.parse::<usize>().ok()?));
            said = said + "[" + &value.map(shown).unwrap_or_default() + "]";
        } else {
            value = value.and_then(|fields| fields.get(step));
            said = said + "." + step;
        }
    }
    let scalar = value.filter(|value| !path.is_empty() && !value.is_object() && !value.is_array());
    said + "=" + &scalar.map(shown).unwrap_or_default()
}

/// A path that is the same wherever its items stand in their lists.
pub(super) fn without_indices(path: &str) -> String {
    path.split('[').map(|part| part.split_once(']').map_or(part, |it| it.1)).collect::<Vec<_>>().join("[]")
}

/// A value as text, whatever the order of its fields. Why something is unknown, and what is absent, is left out.
fn canonical(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Json::Object(fields) if fields.contains_key("$unknown") => "unknown".to_owned(),
        Json::Object(fields) => {
            let fields: BTreeMap<&String, &Json> = fields.iter().filter(|field| !field.1.is_null()).collect();
            let field = |(key, value): (&String, &Json)| format!("{key}:{}", canonical(value));
            format!("{{{}}}", fields.into_iter().map(field).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// What of a value is the same before deployment and live: numbers, protocols and blocks of addresses. A resource has
/// another key there, and what is not known yet, or does not lead anywhere yet, is known later.
fn lasting(value: &Json) -> String {
    match value {
        Json::Array(items) => items.iter().map(lasting).collect(),
        Json::Object(fields) => fields.values().map(lasting).collect(),
        Json::Number(number) => format!("{number},"),
        Json::String(text) if text.parse::<Cidr>().is_ok() || is_protocol(text) => format!("{text},"),
        Json::String(_) | Json::Bool(_) | Json::Null => String::new(),
    }
}

fn is_protocol(text: &str) -> bool {
    matches!(text, "tcp" | "udp" | "icmp" | "icmpv6" | "-1")
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
    fn an_item_is_known_by_what_it_says() {
        let ssh = serde_json::json!({ "from": 22, "to": 22 });
        let all = serde_json::json!({ "to": 65_535, "from": 0, "note": null });
        let said = |path: &str, items: &[&Json]| {
            super::said(path, &serde_json::json!({ "ingress": items }), &canonical)
        };
        assert_eq!(said("ingress[0]", &[&ssh]), said("ingress[1]", &[&all, &ssh]));
        assert_ne!(said("ingress[0]", &[&ssh]), said("ingress[0]", &[&all]));
        assert_eq!(said("ingress[0]", &[&all]), ".ingress[{from:0,to:65535}]=");
        assert_eq!(said("ingress[7].from", &[&all]), ".ingress[].from=");
        assert_eq!(said("ingress[0].from", &[&ssh]), ".ingress[{from:22,to:22}].from=22");
        assert_eq!(said("", &[&ssh]), said("", &[&all]));
    }

    #[test]
    fn what_deployment_makes_known_is_no_part_of_a_role() {
        let before = serde_json::json!({ "destination": "0.0.0.0/0", "target": { "$unknown": { "reason": "computed" } } });
        let live = serde_json::json!({ "destination": "0.0.0.0/0", "target": "arn:x", "blackhole": true });
        assert_eq!(lasting(&before), lasting(&live));
        assert_ne!(lasting(&serde_json::json!({ "from": 22 })), lasting(&serde_json::json!({ "from": 23 })));
    }

    #[test]
    fn parts_cannot_run_into_each_other() {
        assert_ne!(digest(&["a", "bc"]), digest(&["ab", "c"]));
        assert_eq!(digest(&["a"]).len(), 32);
    }
}
