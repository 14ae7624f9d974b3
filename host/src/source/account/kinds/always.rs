//! What AWS tells of every resource of a kind: where it is left out, nobody told it.

use archlint_schema::{Key, Value};

use super::not_collected;
use crate::source::properties::{Properties, required};

pub(super) fn always<T: Clone>(value: Value<Option<T>>, what: &str) -> Value<Option<T>> {
    required(value, what).map(Some)
}

/// Edges by the first way that is there: a list of ids, or of things that have the id in a field.
pub(super) fn always_edges(
    it: &mut Properties<'_>,
    ways: &[(&str, &str)],
    path: &str,
) -> Value<Vec<Value<Key>>> {
    match ways.iter().find(|(property, _)| it.has(property)) {
        Some((property, field)) => it.edges_within(property, field, path),
        None => not_collected(ways[0].0),
    }
}
