//! How keys will be formed, where those who write them say so: Firehose prefixes, partitions of Glue tables, what the
//! owners declare.

use archlint_schema::{Confidence, DeliveryStream, GlueTable, Key, KeyClass, KeyPattern, KeySampling, Value};

use crate::facts::index::Index;

/// How keys are formed, in the notation of `key_template`: `events/{date:yyyy/MM/dd}/{uuid}`.
pub(super) struct Template {
    pub(super) told_by: Key,
    /// What all keys begin with.
    pub(super) prefix: String,
    pub(super) text: String,
}

impl Template {
    fn new(told_by: &Key, text: String) -> Self {
        let fixed = &text[..text.find('{').unwrap_or(text.len())];
        let prefix = fixed[..fixed.rfind('/').map_or(0, |it| it + 1)].to_owned();
        Self { told_by: told_by.clone(), prefix, text }
    }
}

/// What is known of how keys of a bucket are formed.
pub(super) fn of(index: &Index<'_>, bucket: &Key) -> Vec<Template> {
    let resources = &index.snapshot.resources;
    let is_it = |it: &Value<Option<Key>>| it.known().and_then(Option::as_ref) == Some(bucket);
    let declared = index.snapshot.intent.bucket(bucket).and_then(|it| it.key_template.as_ref());
    let mut all: Vec<Template> = declared.map(|it| Template::new(bucket, it.clone())).into_iter().collect();
    let streams = resources.delivery_streams.iter().filter(|it| is_it(&it.bucket));
    all.extend(streams.filter_map(of_stream));
    let tables = resources.glue_tables.iter().filter(|it| is_it(&it.bucket));
    all.extend(tables.filter_map(of_table));
    all
}

/// What Firehose puts before the names of its objects. <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>
fn of_stream(stream: &DeliveryStream) -> Option<Template> {
    let prefix = stream.prefix.known()?.as_deref().unwrap_or_default();
    let (mut text, mut rest, mut has_time) = (String::new(), prefix, false);
    while let Some((before, expression)) = rest.split_once("!{") {
        let (expression, after) = expression.split_once('}')?;
        text.push_str(before);
        let placeholder = match expression.split_once(':')? {
            ("timestamp", format) => {
                has_time = true;
                format!("{{date:{format}}}")
            }
            ("firehose", "random-string") => "{random}".to_owned(),
            (_, name) => format!("{{{name}}}"),
        };
        text.push_str(&placeholder);
        rest = after;
    }
    text.push_str(rest);
    if !has_time && !prefix.contains("!{") {
        text.push_str("{date:yyyy/MM/dd/HH}/");
    }
    Some(Template::new(&stream.meta.key, text + "{uuid}"))
}

/// Hive's notation of partitions: `dt=2026-11-22/hour=15/`. A format that puts a hash before them has none of it.
fn of_table(table: &GlueTable) -> Option<Template> {
    let (prefix, keys) = (table.prefix.known()?, table.partition_keys.known()?);
    if keys.is_empty() || table.object_storage_layout.is_true() {
        return None;
    }
    let root = if prefix.is_empty() || prefix.ends_with('/') { prefix.clone() } else { format!("{prefix}/") };
    let partitions: String = keys.iter().map(|it| format!("{it}={{{}}}/", placeholder(it))).collect();
    Some(Template::new(&table.meta.key, root + &partitions + "{uuid}"))
}

/// What stands in a partition, as its name tells.
fn placeholder(name: &str) -> String {
    let format = match name.to_ascii_lowercase().as_str() {
        "dt" | "date" | "day_date" | "ds" | "event_date" | "partition_date" => "yyyy-MM-dd",
        "year" | "y" => "yyyy",
        "month" | "m" => "MM",
        "day" | "d" => "dd",
        "hour" | "hr" | "h" => "HH",
        "minute" => "mm",
        _ => return name.to_owned(),
    };
    format!("date:{format}")
}

/// The class of the keys that a template makes; nothing where it does not tell.
// The one place that waits for the classifier of templates in `source/s3keys/population`.
pub(super) fn pattern(template: &Template) -> Option<KeyPattern> {
    let (first, rest) = template.text.get(template.text.find('{')? + 1..)?.split_once('}')?;
    let (class, token) = match first.split_once(':').unwrap_or((first, "")) {
        ("date", format) => {
            let all = rest.split("{date:").skip(1).fold(format.to_owned(), |all, it| all + it);
            let granularity = granularity(&all);
            let is_spread = ["{uuid}", "{random}", "{hash"].iter().any(|it| rest.contains(it));
            let is_fine = matches!(granularity, "second" | "minute");
            let class = if is_spread && !is_fine { KeyClass::TimePartitioned } else { KeyClass::Sequential };
            (class, format!("date/{granularity}"))
        }
        ("uuid" | "random", _) => (KeyClass::RandomId, first.to_owned()),
        ("hash", _) => (KeyClass::Hashed, first.to_owned()),
        ("ulid" | "uuid7" | "ksuid" | "objectid" | "epoch" | "snowflake" | "counter", _) => {
            (KeyClass::Sequential, first.to_owned())
        }
        _ => return None,
    };
    Some(KeyPattern {
        class,
        inner: None,
        token: Some(token),
        behind: None,
        sampling: KeySampling::Template,
        confidence: Confidence::Medium,
        concentration: None,
        top_share: None,
        top_branch: None,
        effective_branches: None,
    })
}

/// The finest part of a date that a format has.
fn granularity(format: &str) -> &'static str {
    let parts = [("ss", "second"), ("mm", "minute"), ("HH", "hour"), ("dd", "day"), ("MM", "month")];
    parts.into_iter().find(|(it, _)| format.contains(it)).map_or("year", |it| it.1)
}
