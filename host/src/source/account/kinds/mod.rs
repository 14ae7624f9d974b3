//! From an item to the snapshot's resource: one function per kind, for both dialects of a configuration (what the
//! service's describe call answers, and the properties of the CloudFormation type).

mod always;
mod backup;
mod buckets;
mod cache;
mod compute;
mod containers;
mod database;
mod filtering;
mod load_balancing;
mod network;
mod observed;
mod routes;
mod storage;
mod streaming;
#[cfg(test)]
mod tests;
mod transit;

use archlint_schema::{Key, Reason, Resources, Unknown, Value};

use super::declared::Declared;
use super::index::Index;
use crate::source::built::Built;
use crate::source::cloudformation::canonical;
use crate::source::properties::Properties;

/// Adds the item at a position.
pub(crate) fn build(index: &Index<'_>, at: usize, built: &mut Built) {
    let declared = Declared::new(index, at);
    let mut properties = Properties::new(&declared, &mut built.externals);
    let kind = canonical(&index.item(at).kind);
    if !add(kind, &mut properties, &mut built.resources) {
        let meta = properties.meta(None);
        built.add_untyped(kind, meta);
    }
}

/// Tells other resources what the item at a position alone tells of them. All of them must have been added.
pub(crate) fn fold(index: &Index<'_>, at: usize, built: &mut Built) {
    let declared = Declared::new(index, at);
    let it = &mut Properties::new(&declared, &mut built.externals);
    let kind = canonical(&index.item(at).kind);
    let all = &mut built.resources;
    database::fold(kind, it, all);
    cache::fold(kind, it, all);
    storage::fold(kind, it, all);
}

/// Adds a resource of a kind that the snapshot has a struct for; whether it is one.
fn add(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    network::build(kind, it, all)
        || filtering::build(kind, it, all)
        || transit::build(kind, it, all)
        || compute::build(kind, it, all)
        || containers::build(kind, it, all)
        || load_balancing::build(kind, it, all)
        || database::build(kind, it, all)
        || cache::build(kind, it, all)
        || storage::build(kind, it, all)
        || buckets::build(kind, it, all)
        || backup::build(kind, it, all)
        || streaming::build(kind, it, all)
        || observed::build(kind, it, all)
}

/// The first of several names that the item has a value by, the last if none: the dialects differ in more than
/// case. A name may lead into a block: `Placement.AvailabilityZone`.
fn named<'n>(it: &Properties<'_>, names: &[&'n str]) -> &'n str {
    let found = names.iter().find(|name| it.has(name)).or(names.last());
    found.copied().unwrap_or_default()
}

/// The edge that the first of several names holds.
fn first_edge(it: &mut Properties<'_>, names: &[&str], path: &str) -> Value<Option<Key>> {
    let name = named(it, names);
    it.edge(name, path)
}

/// What only a call of its own tells: the default is AWS's only where somebody asked.
fn told<T>(it: &Properties<'_>, property: &str, value: Value<T>) -> Value<T> {
    if it.has(property) { value } else { not_collected(property) }
}

fn not_collected<T>(what: &str) -> Value<T> {
    Value::Unknown(Unknown::new(Reason::NotCollected, what))
}

/// One of the attributes that a call of its own lists as `Key` and `Value`; unknown where nobody made the call.
fn attribute(it: &mut Properties<'_>, property: &str, key: &str, path: &str) -> Value<Option<String>> {
    if !it.has(property) {
        return not_collected(property);
    }
    let items = match it.get(property).items() {
        Value::Known(items) => items,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return not_collected(property),
    };
    let found = items.iter().find(|item| item.field("Key").text() == Value::Known(Some(key.to_owned())));
    found.map_or(Value::Known(None), |item| {
        it.mark(path, item);
        item.field("Value").text()
    })
}
