//! S3 buckets, and what reads them: CloudFront distributions, Glue tables.

use archlint_schema::{Bucket, Distribution, GlueTable, Resources, Value};

use super::{named, not_collected, told};
use crate::source::buckets::{self, DistributionWords, of_rules};
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, texts};

/// Adds a bucket or what reads one; whether it is such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::S3::Bucket" => all.buckets.push(bucket(it)),
        "AWS::CloudFront::Distribution" => all.distributions.push(distribution(it)),
        "AWS::Glue::Table" => all.glue_tables.push(glue_table(it)),
        _ => return false,
    }
    true
}

/// What AWS Config records of every bucket: where it did, what it has not recorded is not there.
const RECORDED: [&str; 2] = ["AccessControlList", "BucketVersioningConfiguration"];

/// A sub-resource of a bucket that may not be there takes a call of its own.
fn asked<T>(it: &Properties<'_>, part: &str, value: Value<T>) -> Value<T> {
    let is_recorded = RECORDED.iter().any(|name| it.has(name));
    if is_recorded { value } else { told(it, part, value) }
}

fn bucket(it: &mut Properties<'_>) -> Bucket {
    const ENCRYPTION: &str = "ServerSideEncryptionConfiguration";
    const BLOCK: &str = "PublicAccessBlockConfiguration";
    let rules = rules(it, ENCRYPTION);
    let rule = rules.known().and_then(|it| it.first());
    let default = rule.map(|it| it.field("ApplyServerSideEncryptionByDefault").field("SSEAlgorithm").text());
    let mut blocks = |name: &str, path: &str| {
        let blocks = it.boolean_or(&format!("{BLOCK}.{name}"), path, false);
        asked(it, BLOCK, blocks)
    };
    let restricted = blocks("RestrictPublicBuckets", "restrict_public_buckets");
    let ignored = blocks("IgnorePublicAcls", "ignore_public_acls");
    let key = rule.map(|it| it.field("BucketKeyEnabled").text());
    Bucket {
        meta: it.meta(Some("Name")),
        encryption: default.map_or_else(|| not_collected(ENCRYPTION), |it| required(it, "SSEAlgorithm")),
        bucket_key: key.map_or_else(
            || not_collected(ENCRYPTION),
            |it| it.is(|it| it.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("true"))),
        ),
        website: website(it),
        public_policy: public_policy(it),
        public_acl: public_acl(it),
        restrict_public_buckets: restricted,
        ignore_public_acls: ignored,
        filter_prefixes: filter_prefixes(it),
        request_metrics: match it.list("MetricsConfigurations", "request_metrics") {
            all if it.has("MetricsConfigurations") => all.is(|it| !it.is_empty()),
            _ => not_collected("MetricsConfigurations"),
        },
    }
}

/// The rules of a sub-resource, or within it, as AWS Config has them.
fn rules(it: &mut Properties<'_>, part: &str) -> Value<Vec<Node>> {
    match it.get(part) {
        list @ Node { value: Evaluated::List(_), .. } => list.items(),
        part => part.field("Rules").items(),
    }
}

/// One that only redirects serves nothing.
fn website(it: &mut Properties<'_>) -> Value<bool> {
    const PART: &str = "BucketWebsiteConfiguration";
    let serves = ["IndexDocument", "IndexDocumentSuffix"].map(|name| it.has(&format!("{PART}.{name}")));
    asked(it, PART, Value::Known(serves.contains(&true)))
}

/// What S3 says of the policy, where it was asked; else what stands in it.
fn public_policy(it: &mut Properties<'_>) -> Value<bool> {
    const STATUS: &str = "PolicyStatus.IsPublic";
    if it.has(STATUS) {
        return it.boolean_or(STATUS, "public_policy", false);
    }
    let policy = buckets::lets_everybody_read(&it.get("BucketPolicy.PolicyText"));
    asked(it, "BucketPolicy", policy)
}

fn public_acl(it: &mut Properties<'_>) -> Value<bool> {
    const GRANTS: &str = "AccessControlList.GrantList";
    let text = |node: &Node, name: &str| node.field(name).text();
    let reads = |grant: &Node| {
        let everybody = text(grant, "Grantee").is(|it| it.as_deref() == Some("AllUsers"));
        let reads = |it: &Option<String>| it.as_deref().is_some_and(|it| it == "Read" || it == "FullControl");
        everybody.and(text(grant, "Permission").is(reads))
    };
    match it.list(GRANTS, "public_acl").decided() {
        Ok(grants) => told(it, "AccessControlList", Value::any(grants.iter().map(reads))),
        Err(why) => Value::Unknown(why),
    }
}

fn filter_prefixes(it: &mut Properties<'_>) -> Value<Vec<Value<String>>> {
    let mut prefixes = Vec::new();
    for part in ["BucketLifecycleConfiguration", "BucketReplicationConfiguration"] {
        let rules = rules(it, part);
        match asked(it, part, rules).decided() {
            Ok(rules) => {
                prefixes.extend(of_rules(rules, ["Prefix", "Filter", "And"]));
                // In the words of AWS Config.
                prefixes.extend(of_rules(rules, ["Prefix", "Filter.Predicate", "And"]));
            }
            Err(why) => return Value::Unknown(why),
        }
    }
    prefixes.dedup_by(|a, b| a.path == b.path);
    texts(Value::Known(prefixes), "Prefix")
}

fn distribution(it: &mut Properties<'_>) -> Distribution {
    const CONFIG: &str = "DistributionConfig.";
    let within = if it.has("DistributionConfig") { CONFIG } else { "" };
    let meta = it.meta(None);
    let origins = it.list(&format!("{within}Origins.Items"), "buckets");
    let default = it.get(&format!("{within}DefaultCacheBehavior"));
    let behaviors = it.list(&format!("{within}CacheBehaviors.Items"), "uncached");
    // Every distribution has an origin and a default behavior.
    if default.value == Evaluated::Absent {
        let why = || not_collected("DefaultCacheBehavior");
        return Distribution { meta, buckets: not_collected("Origins"), uncached: why() };
    }
    buckets::distribution(it, meta, &origins, &default, behaviors, &DistributionWords::AWS)
}

fn glue_table(it: &mut Properties<'_>) -> GlueTable {
    let within = if it.has("TableInput") { "TableInput." } else { "" };
    let meta = it.meta(Some(named(it, &["TableInput.Name", "Name"])));
    let location = it.get(&format!("{within}StorageDescriptor.Location"));
    let keys = it.list(&format!("{within}PartitionKeys"), "partition_keys");
    let keys = keys.map(|it| it.iter().map(|it| it.field("Name")).collect());
    let parameters = it.get(&format!("{within}Parameters"));
    buckets::glue_table(it, meta, &location, keys, &parameters)
}
