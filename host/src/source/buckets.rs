//! How other resources name S3 buckets, and what is read alike in every dialect: policies, distributions, locations.

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::{Distribution, GlueTable, Key, Meta, Reason, Resources, Unknown, Value};
use serde_json::Value as Json;
use wildmatch::WildMatch;

use super::node::{Evaluated, Node};
use super::properties::{Properties, texts, whole_number};

/// The bucket that an origin's domain name is of, if it is one of S3's.
fn of_domain(it: &mut Properties<'_>, node: &Node) -> Value<Option<Key>> {
    match &node.value {
        Evaluated::Text(text) | Evaluated::Pattern(text) => match bucket_of_domain(text) {
            Some(name) => it.edge_of(&named(name, node)),
            None => Value::Known(None),
        },
        _ => it.edge_of(node),
    }
}

/// `photos` of `photos.s3.eu-west-1.amazonaws.com`, `photos.s3-website.eu-west-1.amazonaws.com` and the like.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
fn bucket_of_domain(domain: &str) -> Option<&str> {
    let at = domain.rfind(".s3.").max(domain.rfind(".s3-"))?;
    domain[at..].contains(".amazonaws.com").then(|| &domain[..at])
}

/// The bucket and the prefix of an URI of S3, which Hadoop calls `s3a` or `s3n` too.
pub(super) fn of_location(it: &mut Properties<'_>, node: &Node) -> (Value<Option<Key>>, Value<String>) {
    let text = match &node.value {
        Evaluated::Text(text) | Evaluated::Pattern(text) => text,
        Evaluated::Absent => return (Value::Known(None), Value::Known(String::new())),
        // Terraform tells of which bucket, and not what follows.
        Evaluated::Edge(key) => {
            return (Value::Known(Some(key.clone())), Value::unknown(Reason::Computed, "location"));
        }
        _ => {
            let why = node.text().decided().err().unwrap_or_else(|| Reason::Computed.into());
            return (Value::Unknown(why.clone()), Value::Unknown(why));
        }
    };
    let path = ["s3://", "s3a://", "s3n://"].into_iter().find_map(|it| text.strip_prefix(it));
    let Some(path) = path else { return (Value::Known(None), Value::Known(String::new())) };
    // The key of a resource has slashes of its own.
    let after = if path.starts_with("${") { path.find('}').map_or(0, |it| it + 1) } else { 0 };
    let end = path[after..].find('/').map_or(path.len(), |it| it + after);
    let prefix = path[end..].trim_start_matches('/');
    let bucket = it.edge_of(&named(&path[..end], node));
    let is_known = !prefix.contains("${");
    (
        bucket,
        if is_known { Value::Known(prefix.to_owned()) } else { Value::unknown(Reason::Computed, prefix) },
    )
}

/// A bucket by what stands for it: its name, or the placeholder of a resource, whose key has its stack in it.
fn named(text: &str, node: &Node) -> Node {
    let key = text.strip_prefix("${").and_then(|it| it.strip_suffix('}'));
    let value = match key {
        Some(key) if key.contains('/') && !key.contains("${") => Evaluated::Edge(Key::from(key)),
        _ if text.contains("${") => Evaluated::Pattern(text.to_owned()),
        _ => Evaluated::Text(text.to_owned()),
    };
    Node { value, path: node.path.clone() }
}

/// Whether a bucket policy lets everybody read objects, without a condition. Some sources have it as text.
pub(super) fn lets_everybody_read(policy: &Node) -> Value<bool> {
    if let Evaluated::Text(text) = &policy.value {
        return match serde_json::from_str(text) {
            Ok(json) => lets_everybody_read(&of_json(&json)),
            Err(_) => Value::unknown(Reason::Computed, "a policy that is no JSON"),
        };
    }
    match policy.field("Statement").items().decided() {
        Ok(statements) => Value::any(statements.iter().map(is_public_read)),
        Err(why) => Value::Unknown(why),
    }
}

fn is_public_read(statement: &Node) -> Value<bool> {
    let is_any = |node: Node, fits: fn(&str) -> bool| match node.items().decided() {
        Ok(all) => Value::any(all.iter().map(|it| it.text().is(|it| it.as_deref().is_some_and(fits)))),
        Err(why) => Value::Unknown(why),
    };
    let principal = statement.field("Principal");
    let principals = match &principal.value {
        Evaluated::Map(_) | Evaluated::Object(_) => principal.field("AWS"),
        _ => principal,
    };
    let reads = |it: &str| WildMatch::new(&it.to_ascii_lowercase()).matches("s3:getobject");
    let is_allowed = statement.field("Effect").text().is(|it| it.as_deref() == Some("Allow"));
    let has_condition = statement.field("Condition").value != Evaluated::Absent;
    Value::Known(!has_condition)
        .and(is_allowed)
        .and(is_any(principals, |it| it == "*"))
        .and(is_any(statement.field("Action"), reads))
}

fn of_json(json: &Json) -> Node {
    let value = match json {
        Json::Null => Evaluated::Absent,
        Json::String(text) => Evaluated::Text(text.clone()),
        Json::Array(items) => Evaluated::List(items.iter().map(of_json).collect()),
        Json::Object(fields) => {
            Evaluated::Map(fields.iter().map(|(name, it)| (name.clone(), of_json(it))).collect())
        }
        scalar => Evaluated::Text(scalar.to_string()),
    };
    Node { value, path: String::new() }
}

/// The prefixes that rules of a lifecycle or a replication select objects by; an empty one selects everything. A rule
/// has its prefix itself, in a filter, or in several conditions within that.
pub(super) fn of_rules(rules: &[Node], [prefix, filter, and]: [&str; 3]) -> Vec<Node> {
    let at = |node: &Node, path: &str| path.split('.').fold(node.clone(), |it, name| it.field(name));
    let is_one = |it: &Node| it.value != Evaluated::Absent && it.value != Evaluated::Text(String::new());
    let of = |rule: &Node| {
        let filter = at(rule, filter);
        [at(rule, prefix), at(&filter, prefix), at(&at(&filter, and), prefix)]
    };
    rules.iter().flat_map(of).filter(is_one).collect()
}

/// What the dialects call the fields of a distribution's origins and cache behaviors.
pub(super) struct DistributionWords {
    pub(super) origin: &'static str,
    pub(super) domain: &'static str,
    pub(super) target: &'static str,
    pub(super) policy: &'static str,
    pub(super) ttl: [&'static str; 2],
}

impl DistributionWords {
    /// CloudFront's own, which are CloudFormation's too.
    pub(super) const AWS: Self = Self {
        origin: "Id",
        domain: "DomainName",
        target: "TargetOriginId",
        policy: "CachePolicyId",
        ttl: ["DefaultTTL", "MaxTTL"],
    };
}

/// The managed cache policy `CachingDisabled`.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

pub(super) fn distribution(
    it: &mut Properties<'_>,
    meta: Meta,
    origins: &Value<Vec<Node>>,
    default_behavior: &Node,
    more_behaviors: Value<Vec<Node>>,
    words: &DistributionWords,
) -> Distribution {
    let behaviors = more_behaviors.map(|it| [vec![default_behavior.clone()], it].concat());
    let (origins, behaviors) = match (origins.decided(), behaviors.decided()) {
        (Ok(origins), Ok(behaviors)) => (origins, behaviors),
        (Err(why), _) | (_, Err(why)) => {
            return Distribution {
                meta,
                buckets: Value::Unknown(why.clone()),
                uncached: Value::Unknown(why),
            };
        }
    };
    let (mut buckets, mut uncached) = (Vec::new(), Value::Known(BTreeSet::new()));
    for origin in origins {
        let bucket = match of_domain(it, &origin.field(words.domain)) {
            Value::Known(None) => continue,
            Value::Known(Some(key)) => Value::Known(key),
            other => Value::Unknown(other.decided().err().unwrap_or_else(|| Reason::Parameter.into())),
        };
        let id = origin.field(words.origin).text();
        let lead = behaviors.iter().filter(|it| it.field(words.target).text() == id);
        let kept: Vec<Value<bool>> = lead.map(|it| keeps(it, words)).collect();
        let is_lost = Value::Known(!kept.is_empty()).and(Value::any(kept).negate());
        match (is_lost.decided(), &bucket, &mut uncached) {
            (Ok(true), Value::Known(key), Value::Known(all)) => {
                all.insert(key.clone());
            }
            (Err(why), ..) => uncached = Value::Unknown(why),
            _ => {}
        }
        if !buckets.contains(&bucket) {
            buckets.push(bucket);
        }
    }
    Distribution { meta, buckets: Value::Known(buckets), uncached }
}

/// Whether a cache behavior keeps objects. A cache policy of one's own is taken to: to keep nothing there is a managed
/// one.
fn keeps(behavior: &Node, words: &DistributionWords) -> Value<bool> {
    let policy = behavior.field(words.policy);
    match &policy.value {
        Evaluated::Absent => {
            let is_zero = |name: &&str| whole_number(&behavior.field(name)).is(|it| *it == Some(0));
            Value::any(words.ttl.iter().map(is_zero)).negate()
        }
        Evaluated::Text(id) => Value::Known(id != CACHING_DISABLED),
        _ => Value::Known(true),
    }
}

/// Of a Glue table: its location, the names of its partition keys, and its parameters.
pub(super) fn glue_table(
    it: &mut Properties<'_>,
    meta: Meta,
    location: &Node,
    partition_keys: Value<Vec<Node>>,
    parameters: &Node,
) -> GlueTable {
    let (bucket, prefix) = of_location(it, location);
    let names = texts(partition_keys, "partition_keys");
    let partition_keys = match names.decided() {
        Ok(all) => match all.iter().map(|it| it.decided().cloned()).collect() {
            Ok(all) => Value::Known(all),
            Err(why) => Value::Unknown(why),
        },
        Err(why) => Value::Unknown(why),
    };
    GlueTable {
        meta,
        bucket,
        prefix,
        partition_keys,
        object_storage_layout: object_storage_layout(parameters),
    }
}

/// Iceberg keeps its properties in a file of its own, which the catalog only names.
fn object_storage_layout(parameters: &Node) -> Value<bool> {
    let text = |name: &str| parameters.field(name).text();
    match text("write.object-storage.enabled") {
        Value::Known(None) => {
            let is_iceberg = text("table_type")
                .is(|it| it.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("iceberg")));
            let hidden = || Value::unknown(Reason::NotCollected, "the metadata of an Iceberg table");
            if is_iceberg.is_false() { Value::Known(false) } else { hidden() }
        }
        written => written.is(|it| it.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("true"))),
    }
}

/// Joins what names a bucket by its own name with the bucket.
pub(super) fn join_by_name(resources: &mut Resources, externals: &mut BTreeMap<Key, Unknown>) {
    let mut by_name: BTreeMap<String, Key> = BTreeMap::new();
    for it in &resources.buckets {
        let name = it.meta.name.known().cloned().flatten();
        for name in name.into_iter().chain(it.meta.aliases.iter().cloned()) {
            by_name.insert(name, it.meta.key.clone());
        }
    }
    let mut joined = BTreeSet::new();
    let mut join = |key: &mut Key| {
        let name = key.as_str().strip_prefix("arn:aws:s3:::").unwrap_or(key.as_str());
        if let Some(bucket) = by_name.get(name).filter(|it| **it != *key) {
            joined.insert(std::mem::replace(key, bucket.clone()));
        }
    };
    for it in &mut resources.distributions {
        if let Value::Known(buckets) = &mut it.buckets {
            buckets.iter_mut().filter_map(known_mut).for_each(&mut join);
        }
        if let Value::Known(uncached) = &mut it.uncached {
            let mut keys: Vec<Key> = std::mem::take(uncached).into_iter().collect();
            keys.iter_mut().for_each(&mut join);
            uncached.extend(keys);
        }
    }
    let tables = resources.glue_tables.iter_mut().map(|it| &mut it.bucket);
    let streams = resources.delivery_streams.iter_mut().map(|it| &mut it.bucket);
    tables.chain(streams).filter_map(known_mut).filter_map(Option::as_mut).for_each(&mut join);
    externals.retain(|key, _| !joined.contains(key));
}

fn known_mut<T>(value: &mut Value<T>) -> Option<&mut T> {
    match value {
        Value::Known(it) => Some(it),
        Value::OneOf(_) | Value::Unknown(_) => None,
    }
}
