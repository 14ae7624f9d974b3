//! The items of an account by everything that names them.

use std::borrow::Cow;
use std::collections::HashMap;

use archlint_schema::{Firewall, Key, Resource, VpcEndpoint};

use super::firewall;
use super::item::{Item, is_one_everywhere};
use super::targets;
use crate::source::cloudformation::canonical;

/// Items, each with the key that it has in the snapshot, found by kind and alias.
pub(crate) struct Index<'i> {
    items: &'i [Item],
    keys: Vec<Key>,
    by_alias: HashMap<&'i str, HashMap<Cow<'i, str>, Vec<usize>>>,
    /// The endpoints that Network Firewalls placed, by id.
    firewall_endpoints: HashMap<&'i str, Key>,
}

impl<'i> Index<'i> {
    pub(crate) fn new(items: &'i [Item]) -> Self {
        let mut bearers: HashMap<&str, usize> = HashMap::new();
        for it in items {
            *bearers.entry(identity(it)).or_default() += 1;
        }
        let key = |it: &Item| match identity(it) {
            // Two resources of different types may have one name.
            id if bearers[id] > 1 => Key::from(format!("{}:{id}", it.kind)),
            id => Key::from(id),
        };
        let keys: Vec<Key> = items.iter().map(key).collect();
        let firewalls = items.iter().zip(&keys).filter(|it| it.0.kind == Firewall::KIND);
        let firewall_endpoints = firewalls.flat_map(|(it, key)| firewall::endpoints(it, key)).collect();
        let mut by_alias: HashMap<&str, HashMap<Cow<'_, str>, Vec<usize>>> = HashMap::new();
        for (at, item) in items.iter().enumerate() {
            let of_kind = by_alias.entry(canonical(&item.kind)).or_default();
            for alias in aliases(item) {
                let bearers = of_kind.entry(alias).or_default();
                if bearers.last() != Some(&at) {
                    bearers.push(at);
                }
            }
        }
        Self { items, keys, by_alias, firewall_endpoints }
    }

    pub(crate) fn item(&self, at: usize) -> &'i Item {
        &self.items[at]
    }

    pub(crate) fn key(&self, at: usize) -> &Key {
        &self.keys[at]
    }

    /// The resource of one of some kinds that an item means by a name: an ARN or an id is one wherever it is, any
    /// other name only in its account and region.
    pub(crate) fn find(&self, from: usize, kinds: &[&str], name: &str) -> Option<usize> {
        let from = self.item(from);
        kinds.iter().find_map(|kind| {
            let bearers = self.by_alias.get(kind)?.get(name)?;
            let near = bearers.iter().find(|at| is_near(from, self.item(**at)));
            let only = || bearers.first().filter(|_| bearers.len() == 1 && is_one_everywhere(name));
            near.or_else(only).copied()
        })
    }

    /// The key of what an item names in the field at a path, where the account has it.
    pub(crate) fn edge(&self, from: usize, path: &str, name: &str) -> Option<&Key> {
        let kinds = targets::kinds(path)?;
        let placed = self.firewall_endpoints.get(name).filter(|_| kinds.contains(&VpcEndpoint::KIND));
        let key = placed.or_else(|| self.find(from, kinds, name).map(|at| self.key(at)))?;
        // `VpcId` of a VPC is its own name; a rule of a security group may well mean that group.
        let is_within = path.contains('/');
        Some(key).filter(|it| is_within || *it != self.key(from))
    }

    /// Whether an item is an endpoint that a Network Firewall placed.
    pub(crate) fn is_placed(&self, at: usize) -> bool {
        let item = self.item(at);
        item.kind == VpcEndpoint::KIND && self.firewall_endpoints.contains_key(item.id.as_str())
    }
}

/// The ARN where there is one: ids of different services may be alike.
fn identity(item: &Item) -> &str {
    item.arn.as_deref().unwrap_or(&item.id)
}

/// What an item is called: its ARN, id and name, and the fields of its configuration that are named after its
/// type (`DBInstanceIdentifier` of a `DBInstance`).
fn aliases(item: &Item) -> Vec<Cow<'_, str>> {
    const OTHERS: [&str; 4] = ["allocationId", "publicIp", "cacheSubnetGroupName", "backupPlanId"];
    const ENDINGS: [&str; 4] = ["arn", "id", "identifier", "name"];
    let own = item.kind.rsplit("::").next().unwrap_or_default().to_ascii_lowercase();
    let mut aliases = vec![Cow::from(item.id.as_str())];
    aliases.extend(item.arn.iter().chain(&item.name).map(|it| Cow::from(it.as_str())));
    for (name, it) in item.configuration.as_object().into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        let ending = name.strip_prefix(&own).unwrap_or(&name);
        let is_alias = ENDINGS.contains(&ending) || OTHERS.iter().any(|it| it.eq_ignore_ascii_case(&name));
        if let Some(text) = it.as_str().filter(|it| is_alias && !it.is_empty()) {
            aliases.push(Cow::from(text));
        }
    }
    if let (Some(family), Some(revision)) = (item.text("family"), item.property("revision")) {
        aliases.push(Cow::from(format!("{family}:{revision}")));
    }
    aliases
}

/// Whether names mean the same to two items. Where one of them does not say where it is, it is with the other.
fn is_near(a: &Item, b: &Item) -> bool {
    let agree = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
    let is_global = |it: &Item| it.region.as_deref() == Some("global");
    agree(&a.account, &b.account) && (is_global(a) || is_global(b) || agree(&a.region, &b.region))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::item::tests::item;
    use super::*;

    #[test]
    fn a_name_means_what_is_in_the_same_region() {
        let mut items = vec![
            item("AWS::EC2::Subnet", "subnet-0a1b2c3d", json!({})),
            item("AWS::RDS::DBSubnetGroup", "data", json!({ "dBSubnetGroupName": "data" })),
            item("AWS::RDS::DBInstance", "db-1", json!({})),
        ];
        items[0].region = Some("eu-west-1".into());
        items[1].region = Some("us-east-1".into());
        items[2].region = Some("us-east-1".into());
        let find = |items: &[Item], kind: &str, name: &str| Index::new(items).find(2, &[kind], name);
        assert_eq!(find(&items, "AWS::RDS::DBSubnetGroup", "data"), Some(1));
        assert_eq!(find(&items, "AWS::EC2::Subnet", "subnet-0a1b2c3d"), Some(0));
        assert_eq!(find(&items, "AWS::RDS::DBSubnetGroup", "subnet-0a1b2c3d"), None);
        items[1].region = Some("eu-west-1".into());
        assert_eq!(find(&items, "AWS::RDS::DBSubnetGroup", "data"), None);
    }

    #[test]
    fn two_resources_of_one_name_have_two_keys() {
        let items = [
            item("AWS::ElastiCache::ReplicationGroup", "a", json!({})),
            item("AWS::S3::Bucket", "a", json!({})),
        ];
        let index = Index::new(&items);
        assert_eq!(index.key(0).as_str(), "AWS::ElastiCache::ReplicationGroup:a");
        assert_eq!(index.key(1).as_str(), "AWS::S3::Bucket:a");
    }
}
