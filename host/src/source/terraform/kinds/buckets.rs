//! S3 buckets with their sub-resources, and what reads them: CloudFront distributions, Glue tables.

use archlint_schema::{Bucket, Distribution, GlueTable, Resources, Value};

use crate::source::buckets::{self, DistributionWords, of_rules};
use crate::source::built::Folded;
use crate::source::properties::{Properties, texts};

/// Adds a bucket or what reads one; whether it is such a type.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_s3_bucket" => all.buckets.push(bucket(it)),
        "aws_cloudfront_distribution" => all.distributions.push(distribution(it)),
        "aws_glue_catalog_table" => all.glue_tables.push(glue_table(it)),
        _ => return false,
    }
    true
}

/// How a bucket encrypts, in the block that it once had for it.
const OWN_RULE: &str = "server_side_encryption_configuration.0.rule.0";

fn bucket(it: &mut Properties<'_>) -> Bucket {
    let policy = it.get("policy");
    Bucket {
        meta: it.meta(Some("bucket")),
        // Since January 2023 every object is encrypted.
        encryption: encryption(it, OWN_RULE),
        bucket_key: it.boolean_or(&format!("{OWN_RULE}.bucket_key_enabled"), "bucket_key", false),
        website: is_website(it, "website.0"),
        public_policy: buckets::lets_everybody_read(&policy),
        public_acl: public_acl(it),
        restrict_public_buckets: Value::Known(false),
        ignore_public_acls: Value::Known(false),
        filter_prefixes: joined(
            prefixes(it, "lifecycle_rule"),
            prefixes(it, "replication_configuration.0.rules"),
        ),
        request_metrics: Value::Known(false),
    }
}

fn encryption(it: &mut Properties<'_>, rule: &str) -> Value<String> {
    let algorithm = format!("{rule}.apply_server_side_encryption_by_default.0.sse_algorithm");
    it.text_or(&algorithm, "encryption", "AES256")
}

/// One that only redirects serves nothing. An empty name stands for the resource itself.
fn is_website(it: &mut Properties<'_>, block: &str) -> Value<bool> {
    let within = |name: &str| if block.is_empty() { name.to_owned() } else { format!("{block}.{name}") };
    let serves = block.is_empty() || it.has(block);
    Value::Known(serves && !it.has(&within("redirect_all_requests_to")))
}

fn public_acl(it: &mut Properties<'_>) -> Value<bool> {
    it.text("acl", "public_acl").is(|it| it.as_deref().is_some_and(|it| it.starts_with("public-read")))
}

fn prefixes(it: &mut Properties<'_>, rules: &str) -> Value<Vec<Value<String>>> {
    let rules = it.list(rules, "filter_prefixes");
    match rules.decided() {
        Ok(rules) => texts(Value::Known(of_rules(rules, ["prefix", "filter.0", "and.0"])), "prefix"),
        Err(why) => Value::Unknown(why),
    }
}

fn joined<T: Clone>(all: Value<Vec<T>>, more: Value<Vec<T>>) -> Value<Vec<T>> {
    match (all, more) {
        (Value::Known(all), Value::Known(more)) => Value::Known([all, more].concat()),
        (Value::Known(_), other) | (other, _) => other,
    }
}

/// Folds a sub-resource into its bucket; providers before version 4 had most of them as blocks of the bucket.
pub(super) fn fold(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    let bucket = it.whole("bucket");
    match kind {
        "aws_s3_bucket_server_side_encryption_configuration" => {
            let encryption = encryption(it, "rule.0");
            let key = it.boolean_or("rule.0.bucket_key_enabled", "bucket_key", false);
            bucket.change(
                all,
                |it: &mut Bucket| &mut it.encryption,
                "encryption",
                |it| {
                    (it.encryption, it.bucket_key) = (encryption, key);
                    vec!["encryption".to_owned(), "bucket_key".to_owned()]
                },
            )
        }
        "aws_s3_bucket_website_configuration" => {
            let website = is_website(it, "");
            bucket.set(all, |it: &mut Bucket| &mut it.website, website, "website")
        }
        "aws_s3_bucket_policy" => {
            let is_public = buckets::lets_everybody_read(&it.get("policy"));
            bucket.set(all, |it: &mut Bucket| &mut it.public_policy, is_public, "public_policy")
        }
        "aws_s3_bucket_acl" => {
            let is_public = public_acl(it);
            bucket.set(all, |it: &mut Bucket| &mut it.public_acl, is_public, "public_acl")
        }
        "aws_s3_bucket_public_access_block" => {
            let mut any = |names: [&str; 2]| Value::any(names.map(|name| it.boolean_or(name, "", false)));
            let restricted = any(["restrict_public_buckets", "block_public_policy"]);
            let ignored = any(["ignore_public_acls", "block_public_acls"]);
            bucket.change(
                all,
                |it: &mut Bucket| &mut it.restrict_public_buckets,
                "restrict_public_buckets",
                |it| {
                    (it.restrict_public_buckets, it.ignore_public_acls) = (restricted, ignored);
                    vec!["restrict_public_buckets".to_owned(), "ignore_public_acls".to_owned()]
                },
            )
        }
        "aws_s3_bucket_metric" => {
            let told = Value::Known(true);
            bucket.set(all, |it: &mut Bucket| &mut it.request_metrics, told, "request_metrics")
        }
        "aws_s3_bucket_lifecycle_configuration" | "aws_s3_bucket_replication_configuration" => {
            let more = prefixes(it, "rule");
            bucket.change(
                all,
                |it: &mut Bucket| &mut it.filter_prefixes,
                "filter_prefixes",
                |it| {
                    it.filter_prefixes = joined(std::mem::take(&mut it.filter_prefixes), more);
                    vec!["filter_prefixes".to_owned()]
                },
            )
        }
        _ => None,
    }
}

const WORDS: DistributionWords = DistributionWords {
    origin: "origin_id",
    domain: "domain_name",
    target: "target_origin_id",
    policy: "cache_policy_id",
    ttl: ["default_ttl", "max_ttl"],
};

fn distribution(it: &mut Properties<'_>) -> Distribution {
    let meta = it.meta(None);
    let origins = it.list("origin", "buckets");
    let default = it.get("default_cache_behavior.0");
    let behaviors = it.list("ordered_cache_behavior", "uncached");
    buckets::distribution(it, meta, &origins, &default, behaviors, &WORDS)
}

fn glue_table(it: &mut Properties<'_>) -> GlueTable {
    let meta = it.meta(Some("name"));
    let location = it.get("storage_descriptor.0.location");
    it.mark("prefix", &location);
    let keys = it.list("partition_keys", "partition_keys");
    let keys = keys.map(|it| it.iter().map(|it| it.field("name")).collect());
    let parameters = it.get("parameters");
    buckets::glue_table(it, meta, &location, keys, &parameters)
}
