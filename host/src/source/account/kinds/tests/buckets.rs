//! S3 buckets, and what reads them.

use serde_json::{Value as Json, json};

use super::{first, not_collected, told, with};

const BUCKET: &str = "AWS::S3::Bucket";

fn bucket(supplementary: Json) -> Json {
    first(&told(with(BUCKET, json!({ "Name": "it" }), &[]), supplementary), |it| &it.buckets)
}

#[test]
fn buckets_of_config() {
    let rule = json!({ "applyServerSideEncryptionByDefault": { "sseAlgorithm": "aws:kms" }, "bucketKeyEnabled": true });
    let policy = r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}"#;
    let it = bucket(json!({
        "AccessControlList": { "grantList": [{ "grantee": "AllUsers", "permission": "Read" }] },
        "BucketPolicy": { "policyText": policy },
        "ServerSideEncryptionConfiguration": { "rules": [rule] },
        "BucketWebsiteConfiguration": { "indexDocumentSuffix": "index.html" },
        "PublicAccessBlockConfiguration": { "restrictPublicBuckets": true, "ignorePublicAcls": false },
        "BucketLifecycleConfiguration": { "rules": [{ "prefix": "tmp/" }, { "filter": { "predicate": { "prefix": "a/" } } }] },
    }));
    assert_eq!(
        it,
        json!({
            "encryption": "aws:kms", "bucket_key": true, "website": true, "public_policy": true, "public_acl": true,
            "restrict_public_buckets": true, "ignore_public_acls": false, "filter_prefixes": ["tmp/", "a/"],
            "request_metrics": not_collected("MetricsConfigurations"),
        })
    );
    let it =
        bucket(json!({ "AccessControlList": { "grantList": [] }, "BucketPolicy": { "policyText": null } }));
    assert_eq!(
        (&it["website"], &it["public_policy"], &it["public_acl"]),
        (&json!(false), &json!(false), &json!(false))
    );
}

#[test]
fn a_sub_resource_that_nobody_asked_for_is_unknown() {
    let it = bucket(json!({}));
    for (field, part) in [
        ("encryption", "ServerSideEncryptionConfiguration"),
        ("bucket_key", "ServerSideEncryptionConfiguration"),
        ("website", "BucketWebsiteConfiguration"),
        ("public_policy", "BucketPolicy"),
        ("public_acl", "AccessControlList"),
        ("restrict_public_buckets", "PublicAccessBlockConfiguration"),
        ("filter_prefixes", "BucketLifecycleConfiguration"),
    ] {
        assert_eq!(it[field], not_collected(part), "{field}");
    }
}

#[test]
fn buckets_as_s3_answers() {
    let it = bucket(json!({
        "ServerSideEncryptionConfiguration": [{ "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" }, "BucketKeyEnabled": "false" }],
        "BucketWebsiteConfiguration": {},
        "PolicyStatus": { "IsPublic": "TRUE" },
        "PublicAccessBlockConfiguration": { "RestrictPublicBuckets": "TRUE" },
        "BucketLifecycleConfiguration": [{ "Filter": { "And": { "Prefix": "logs/" } } }],
        "BucketReplicationConfiguration": [],
        "MetricsConfigurations": [{ "Id": "all" }],
    }));
    assert_eq!(
        it,
        json!({
            "encryption": "AES256", "bucket_key": false, "website": false, "public_policy": true,
            "public_acl": not_collected("AccessControlList"), "restrict_public_buckets": true,
            "ignore_public_acls": false, "filter_prefixes": ["logs/"], "request_metrics": true,
        })
    );
}

#[test]
fn distributions_and_tables() {
    let parts = json!({
        "Origins": { "Items": [{ "Id": "o", "DomainName": "photos.s3.eu-west-1.amazonaws.com" }] },
        "DefaultCacheBehavior": { "TargetOriginId": "o", "DefaultTTL": 0 },
        "CacheBehaviors": { "Quantity": 0 },
    });
    for configuration in [parts.clone(), json!({ "distributionConfig": parts })] {
        let items = with("AWS::CloudFront::Distribution", configuration, &[(BUCKET, "photos")]);
        let it = first(&items, |it| &it.distributions);
        assert_eq!(it, json!({ "buckets": ["photos"], "uncached": ["photos"] }));
    }
    let table = json!({
        "Name": "events", "DatabaseName": "lake", "PartitionKeys": [{ "Name": "dt" }],
        "StorageDescriptor": { "Location": "s3://lake/events" },
        "Parameters": { "table_type": "ICEBERG", "write.object-storage.enabled": "true" },
    });
    let it = first(&with("AWS::Glue::Table", table, &[(BUCKET, "lake")]), |it| &it.glue_tables);
    let expected = json!({ "bucket": "lake", "prefix": "events", "partition_keys": ["dt"], "object_storage_layout": true });
    assert_eq!(it, expected);
}
