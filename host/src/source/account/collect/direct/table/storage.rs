//! Storage, search, brokers, and what backs them up.

use super::Given::{Each, Field, Region};
use super::lines::{call, get, many, next_token, one, post, small_next_token, step};
use super::services::{BACKUP, DLM, DYNAMODB, EFS, FSX, GLUE, MQ, MSK, OPENSEARCH, S3, S3_EXPRESS};
use super::{Call, FollowUp, Pages, Step};

const OF_S3: Pages = Pages {
    tokens: &[("continuation-token", "ContinuationToken")],
    size: Some(("max-buckets", 1000)),
    alone: false,
};
const OF_S3_EXPRESS: Pages = Pages {
    tokens: &[("continuation-token", "ContinuationToken")],
    size: Some(("max-directory-buckets", 1000)),
    alone: false,
};
const OF_EFS: Pages =
    Pages { tokens: &[("Marker", "NextMarker")], size: Some(("MaxItems", 100)), alone: false };
const OF_TABLES: Pages = Pages {
    tokens: &[("ExclusiveStartTableName", "LastEvaluatedTableName")],
    size: Some(("Limit", 100)),
    alone: false,
};

const BACKUP_PLANS: Step =
    get("ListBackupPlans", "/backup/plans/", "BackupPlansList").pages(small_next_token(1000));

pub(super) const CALLS: &[Call] = &[
    // Asked for the buckets of one region, S3 tells which that is.
    call(
        "AWS::S3::Bucket",
        &S3,
        get("ListBuckets", "/", "Buckets")
            .as_action("ListAllMyBuckets")
            .with(&[("bucket-region", Region)])
            .pages(OF_S3),
    )
    .id("Name")
    .name("Name")
    .global_arn("")
    .region("BucketRegion")
    .with(OF_BUCKET),
    call(
        "AWS::S3Express::DirectoryBucket",
        &S3_EXPRESS,
        get("ListDirectoryBuckets", "/", "Buckets")
            .as_action("ListAllMyDirectoryBuckets")
            .pages(OF_S3_EXPRESS),
    )
    .id("Name")
    .name("Name")
    .arn("bucket/")
    .without_tags()
    .ending("--x-s3"),
    call(
        "AWS::EFS::FileSystem",
        &EFS,
        get("DescribeFileSystems", "/2015-02-01/file-systems", "FileSystems").pages(OF_EFS),
    )
    .id("FileSystemId")
    .name("Name")
    .arn_at("FileSystemArn")
    .with(OF_EFS_FILE_SYSTEM),
    call("AWS::FSx::FileSystem", &FSX, step("DescribeFileSystems", "FileSystems").pages(next_token(1000)))
        .id("FileSystemId")
        .arn_at("ResourceARN"),
    call(
        "AWS::OpenSearchService::Domain",
        &OPENSEARCH,
        post("DescribeDomains", "/2021-01-01/opensearch/domain-info", "DomainStatusList")
            .with(&[("DomainNames", Each("DomainName"))])
            .batch(5),
    )
    .through(&[get("ListDomainNames", "/2021-01-01/domain", "DomainNames")])
    .id("DomainName")
    .name("DomainName")
    .arn_at("ARN")
    .with(OF_DOMAIN),
    call(
        "AWS::AmazonMQ::Broker",
        &MQ,
        get("DescribeBroker", "/v1/brokers/{broker-id}", "").with(&[("broker-id", Field("BrokerId"))]),
    )
    .through(&[get("ListBrokers", "/v1/brokers", "brokerSummaries").pages(small_next_token(100))])
    .id("BrokerId")
    .name("BrokerName")
    .arn_at("BrokerArn"),
    call(
        "AWS::MSK::Cluster",
        &MSK,
        get("ListClustersV2", "/api/v2/clusters", "clusterInfoList").pages(small_next_token(100)),
    )
    .id("ClusterArn")
    .name("ClusterName")
    .arn_at("ClusterArn"),
    call(
        "AWS::Glue::Table",
        &GLUE,
        step("GetTables", "TableList").with(&[("DatabaseName", Field("Name"))]).pages(next_token(100)),
    )
    .through(&[step("GetDatabases", "DatabaseList").pages(next_token(100))])
    .id("DatabaseName Name")
    .name("Name")
    .without_tags(),
    // Only whether there are any matters.
    call(
        "AWS::DynamoDB::Table",
        &DYNAMODB,
        step("ListTables", "TableNames").pages(OF_TABLES).called("TableName"),
    )
    .id("TableName")
    .name("TableName")
    .arn("table/")
    .without_tags(),
    call(
        "AWS::Backup::BackupPlan",
        &BACKUP,
        get("GetBackupPlan", "/backup/plans/{backupPlanId}/", "")
            .with(&[("backupPlanId", Field("BackupPlanId"))]),
    )
    .through(&[BACKUP_PLANS])
    .id("BackupPlanId")
    .name("BackupPlan.BackupPlanName")
    .arn_at("BackupPlanArn")
    .with(OF_BACKUP_PLAN),
    call(
        "AWS::Backup::BackupSelection",
        &BACKUP,
        get("GetBackupSelection", "/backup/plans/{backupPlanId}/selections/{selectionId}", "")
            .with(&[("backupPlanId", Field("BackupPlanId")), ("selectionId", Field("SelectionId"))]),
    )
    .through(&[BACKUP_PLANS, BACKUP_SELECTIONS])
    .id("SelectionId")
    .name("BackupSelection.SelectionName"),
    call(
        "AWS::DLM::LifecyclePolicy",
        &DLM,
        get("GetLifecyclePolicy", "/policies/{policyId}", "Policy").with(&[("policyId", Field("PolicyId"))]),
    )
    .through(&[get("GetLifecyclePolicies", "/policies", "Policies")])
    .id("PolicyId")
    .arn_at("PolicyArn"),
];

const BACKUP_SELECTIONS: Step =
    get("ListBackupSelections", "/backup/plans/{backupPlanId}/selections/", "BackupSelectionsList")
        .with(&[("backupPlanId", Field("BackupPlanId"))])
        .pages(small_next_token(1000));

/// A sub-resource of a bucket, where the error that there is none means one that says nothing.
const fn of_bucket(operation: &'static str, path: &'static str, at: &'static str) -> Step {
    get(operation, path, at).with(&[("Bucket", Field("Name"))])
}

/// Told by the names that AWS Config has for them.
const OF_BUCKET: &[FollowUp] = &[
    many("Tags", of_bucket("GetBucketTagging", "/{Bucket}?tagging", "TagSet"))
        .otherwise("NoSuchTagSet", "[]"),
    many(
        "ServerSideEncryptionConfiguration",
        of_bucket("GetBucketEncryption", "/{Bucket}?encryption", "Rule")
            .as_action("GetEncryptionConfiguration"),
    ),
    one("BucketWebsiteConfiguration", of_bucket("GetBucketWebsite", "/{Bucket}?website", ""))
        .otherwise("NoSuchWebsiteConfiguration", "{}"),
    one("PolicyStatus", of_bucket("GetBucketPolicyStatus", "/{Bucket}?policyStatus", ""))
        .otherwise("NoSuchBucketPolicy", r#"{"IsPublic": false}"#),
    one(
        "PublicAccessBlockConfiguration",
        of_bucket("GetPublicAccessBlock", "/{Bucket}?publicAccessBlock", "")
            .as_action("GetBucketPublicAccessBlock"),
    )
    .otherwise("NoSuchPublicAccessBlockConfiguration", "{}"),
    many(
        "BucketLifecycleConfiguration",
        of_bucket("GetBucketLifecycleConfiguration", "/{Bucket}?lifecycle", "Rule")
            .as_action("GetLifecycleConfiguration"),
    )
    .otherwise("NoSuchLifecycleConfiguration", "[]"),
    many(
        "BucketReplicationConfiguration",
        of_bucket("GetBucketReplication", "/{Bucket}?replication", "Rule")
            .as_action("GetReplicationConfiguration"),
    )
    .otherwise("ReplicationConfigurationNotFoundError", "[]"),
    many(
        "MetricsConfigurations",
        of_bucket("ListBucketMetricsConfigurations", "/{Bucket}?metrics", "MetricsConfiguration")
            .as_action("GetMetricsConfiguration"),
    ),
];

const OF_EFS_FILE_SYSTEM: &[FollowUp] = &[
    many(
        "MountTargets",
        get("DescribeMountTargets", "/2015-02-01/mount-targets", "MountTargets")
            .with(&[("FileSystemId", Field("FileSystemId"))])
            .pages(OF_EFS),
    )
    .then(OF_MOUNT_TARGET),
    one(
        "BackupPolicy",
        get("DescribeBackupPolicy", "/2015-02-01/file-systems/{FileSystemId}/backup-policy", "BackupPolicy")
            .with(&[("FileSystemId", Field("FileSystemId"))]),
    )
    .otherwise("PolicyNotFound", r#"{"Status": "DISABLED"}"#),
];

const OF_MOUNT_TARGET: &[FollowUp] = &[many(
    "SecurityGroups",
    get(
        "DescribeMountTargetSecurityGroups",
        "/2015-02-01/mount-targets/{MountTargetId}/security-groups",
        "SecurityGroups",
    )
    .with(&[("MountTargetId", Field("MountTargetId"))]),
)];

const OF_DOMAIN: &[FollowUp] =
    &[many("Tags", get("ListTags", "/2021-01-01/tags/", "TagList").with(&[("arn", Field("ARN"))]))];

const OF_BACKUP_PLAN: &[FollowUp] = &[one(
    "Tags",
    get("ListTags", "/tags/{resourceArn}/", "Tags").with(&[("resourceArn", Field("BackupPlanArn"))]),
)];
