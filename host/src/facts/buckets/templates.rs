//! How keys will be formed, where those who write them say so: what the owners declare, Firehose prefixes, partitions
//! of Glue tables.

use archlint_schema::{DeliveryStream, GlueTable, Key, KeyPattern, Value};

use crate::facts::index::Index;
use crate::key_population::KeyTemplate;

/// How the keys of one writer are formed.
pub(super) struct Template {
    pub(super) told_by: Key,
    /// What all keys begin with.
    pub(super) prefix: String,
    pub(super) pattern: KeyPattern,
}

/// What is known of how keys of a bucket are formed.
pub(super) fn of(index: &Index<'_>, bucket: &Key) -> Vec<Template> {
    let is_it = |it: &Value<Option<Key>>| it.known().and_then(Option::as_ref) == Some(bucket);
    let declared = index.intent().bucket(bucket).and_then(|it| it.key_template.as_ref());
    let declared = declared.and_then(|it| of_owners(bucket, it));
    let streams = index.all::<DeliveryStream>().iter().filter(|it| is_it(&it.bucket)).filter_map(of_stream);
    let tables = index.all::<GlueTable>().iter().filter(|it| is_it(&it.bucket)).filter_map(of_table);
    declared.into_iter().chain(streams).chain(tables).collect()
}

fn of_owners(bucket: &Key, text: &str) -> Option<Template> {
    let pattern = KeyTemplate::declared(text).ok()?.pattern()?;
    Some(Template { told_by: bucket.clone(), prefix: fixed(text, "{"), pattern })
}

fn of_stream(stream: &DeliveryStream) -> Option<Template> {
    let prefix = stream.prefix.known()?.as_deref().unwrap_or_default();
    let pattern = KeyTemplate::firehose(prefix).ok()?.pattern()?;
    Some(Template { told_by: stream.meta.key.clone(), prefix: fixed(prefix, "!{"), pattern })
}

/// A format that puts a hash before the partitions has none of Hive's folders.
fn of_table(table: &GlueTable) -> Option<Template> {
    let (prefix, keys) = (table.prefix.known()?, table.partition_keys.known()?);
    if table.object_storage_layout.is_true() {
        return None;
    }
    let pattern = KeyTemplate::partitions(keys.iter().map(String::as_str)).pattern()?;
    let root = if prefix.is_empty() || prefix.ends_with('/') { prefix.clone() } else { format!("{prefix}/") };
    Some(Template { told_by: table.meta.key.clone(), prefix: root, pattern })
}

/// The folders before the first part that varies.
fn fixed(text: &str, opening: &str) -> String {
    let fixed = &text[..text.find(opening).unwrap_or(text.len())];
    fixed[..fixed.rfind('/').map_or(0, |it| it + 1)].to_owned()
}
