//! Each kind in the dialects in which it comes: the whole struct, and what is left where AWS did not tell.

mod backup;
mod buckets;
mod cache;
mod compute;
mod containers;
mod database;
mod observed;
mod storage;
mod streaming;

use archlint_schema::Resources;
use serde_json::{Value as Json, json};

use super::super::index::Index;
use super::super::item::Item;
use super::super::item::tests::item;
use super::{build, fold};
use crate::source::built::Built;

fn all(items: &[Item]) -> Built {
    let index = Index::new(items);
    let mut built = Built::default();
    (0..items.len()).for_each(|at| build(&index, at, &mut built));
    (0..items.len()).for_each(|at| fold(&index, at, &mut built));
    built
}

/// The first resource of a kind as the snapshot's document has it, without who it is.
#[track_caller]
fn first<T: serde::Serialize>(items: &[Item], list: impl Fn(&Resources) -> &Vec<T>) -> Json {
    let mut json = serde_json::to_value(&list(&all(items).resources)[0]).unwrap();
    json.as_object_mut().unwrap().remove("meta");
    json
}

/// A kind's items, of which the first is looked at; the others are what it names.
fn with(kind: &str, configuration: Json, others: &[(&str, &str)]) -> Vec<Item> {
    let named = others.iter().map(|(kind, id)| item(kind, id, json!({})));
    [item(kind, "it", configuration)].into_iter().chain(named).collect()
}

fn told(mut items: Vec<Item>, supplementary: Json) -> Vec<Item> {
    items[0].supplementary = supplementary;
    items
}

fn not_collected(what: &str) -> Json {
    json!({ "$unknown": { "reason": "not-collected", "detail": what } })
}

const NETWORK: &[(&str, &str)] = &[
    ("AWS::EC2::Subnet", "subnet-a"),
    ("AWS::EC2::Subnet", "subnet-b"),
    ("AWS::EC2::SecurityGroup", "sg-1"),
    ("AWS::EC2::NetworkInterface", "eni-1"),
    ("AWS::EC2::Volume", "vol-data"),
    ("AWS::EC2::Volume", "vol-root"),
];
