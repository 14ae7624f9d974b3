//! S3 buckets, and what reads them: CloudFront distributions, Glue tables.

use archlint_schema::{Bucket, Distribution, GlueTable, Resources, Value};

use crate::source::buckets::{self, DistributionWords, of_rules};
use crate::source::built::{Folded, on};
use crate::source::node::Evaluated;
use crate::source::properties::{Properties, texts};

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

/// Folds a bucket policy into its bucket.
pub(super) fn fold_policy(it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    let is_public = buckets::lets_everybody_read(&it.get("PolicyDocument"));
    on(all, &it.edge("Bucket", ""), |bucket: &mut Bucket| {
        bucket.public_policy = is_public;
        "public_policy".to_owned()
    })
}

fn bucket(it: &mut Properties<'_>) -> Bucket {
    const RULE: &str = "BucketEncryption.ServerSideEncryptionConfiguration.0";
    const BLOCK: &str = "PublicAccessBlockConfiguration";
    let algorithm = format!("{RULE}.ServerSideEncryptionByDefault.SSEAlgorithm");
    let mut blocks = |names: [&str; 2], path: &str| {
        Value::any(names.map(|name| it.boolean_or(&format!("{BLOCK}.{name}"), path, false)))
    };
    let restricted = blocks(["RestrictPublicBuckets", "BlockPublicPolicy"], "restrict_public_buckets");
    let ignored = blocks(["IgnorePublicAcls", "BlockPublicAcls"], "ignore_public_acls");
    Bucket {
        meta: it.meta(Some("BucketName")),
        // Since January 2023 every object is encrypted.
        encryption: it.text_or(&algorithm, "encryption", "AES256"),
        bucket_key: it.boolean_or(&format!("{RULE}.BucketKeyEnabled"), "bucket_key", false),
        website: website(it),
        public_policy: Value::Known(false),
        public_acl: it
            .text("AccessControl", "public_acl")
            .is(|it| it.as_deref().is_some_and(|it| it.starts_with("PublicRead"))),
        restrict_public_buckets: restricted,
        ignore_public_acls: ignored,
        filter_prefixes: filter_prefixes(it),
        request_metrics: it.list("MetricsConfigurations", "request_metrics").is(|it| !it.is_empty()),
    }
}

/// One that only redirects serves nothing.
fn website(it: &mut Properties<'_>) -> Value<bool> {
    let node = it.get("WebsiteConfiguration");
    it.mark("website", &node);
    match node.value {
        Evaluated::Absent => Value::Known(false),
        Evaluated::Unknown(why) => Value::Unknown(why),
        _ => Value::Known(!it.has("WebsiteConfiguration.RedirectAllRequestsTo")),
    }
}

fn filter_prefixes(it: &mut Properties<'_>) -> Value<Vec<Value<String>>> {
    let lists = ["LifecycleConfiguration.Rules", "ReplicationConfiguration.Rules"];
    let mut prefixes = Vec::new();
    for rules in lists.map(|name| it.list(name, "filter_prefixes")) {
        match rules.decided() {
            Ok(rules) => prefixes.extend(of_rules(rules, ["Prefix", "Filter", "And"])),
            Err(why) => return Value::Unknown(why),
        }
    }
    texts(Value::Known(prefixes), "Prefix")
}

fn distribution(it: &mut Properties<'_>) -> Distribution {
    const CONFIG: &str = "DistributionConfig";
    let meta = it.meta(None);
    let origins = it.list(&format!("{CONFIG}.Origins"), "buckets");
    let default = it.get(&format!("{CONFIG}.DefaultCacheBehavior"));
    let behaviors = it.list(&format!("{CONFIG}.CacheBehaviors"), "uncached");
    buckets::distribution(it, meta, &origins, &default, behaviors, &DistributionWords::AWS)
}

fn glue_table(it: &mut Properties<'_>) -> GlueTable {
    const TABLE: &str = "TableInput";
    let meta = it.meta(Some("TableInput.Name"));
    let location = it.get(&format!("{TABLE}.StorageDescriptor.Location"));
    it.mark("prefix", &location);
    let keys = it.list(&format!("{TABLE}.PartitionKeys"), "partition_keys");
    let keys = keys.map(|it| it.iter().map(|it| it.field("Name")).collect());
    let parameters = it.get(&format!("{TABLE}.Parameters"));
    buckets::glue_table(it, meta, &location, keys, &parameters)
}
