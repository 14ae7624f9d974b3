//! Databases and caches.

use super::Given::{Field, Flag};
use super::lines::{MARKER, call, many, next_token, step};
use super::services::{DMS, ELASTICACHE, MEMORYDB, RDS, REDSHIFT};
use super::{Call, FollowUp, Given};

pub(super) const CALLS: &[Call] = &[
    // Members of Aurora, DocumentDB and Neptune clusters are among them.
    call("AWS::RDS::DBInstance", &RDS, step("DescribeDBInstances", "DBInstances").pages(MARKER))
        .id("DbiResourceId")
        .name("DBInstanceIdentifier")
        .arn_at("DBInstanceArn")
        .tags("TagList"),
    call("AWS::RDS::DBCluster", &RDS, step("DescribeDBClusters", "DBClusters").pages(MARKER))
        .id("DbClusterResourceId")
        .name("DBClusterIdentifier")
        .arn_at("DBClusterArn")
        .tags("TagList"),
    call("AWS::RDS::DBSubnetGroup", &RDS, step("DescribeDBSubnetGroups", "DBSubnetGroups").pages(MARKER))
        .id("DBSubnetGroupName")
        .name("DBSubnetGroupName")
        .arn_at("DBSubnetGroupArn")
        .with(&[tags(&[("ResourceName", Field("DBSubnetGroupArn"))])]),
    call("AWS::RDS::GlobalCluster", &RDS, step("DescribeGlobalClusters", "GlobalClusters").pages(MARKER))
        .id("GlobalClusterIdentifier")
        .name("GlobalClusterIdentifier")
        .arn_at("GlobalClusterArn")
        .tags("TagList"),
    call("AWS::RDS::DBProxy", &RDS, step("DescribeDBProxies", "DBProxies").pages(MARKER))
        .id("DBProxyName")
        .name("DBProxyName")
        .arn_at("DBProxyArn")
        .with(&[tags(&[("ResourceName", Field("DBProxyArn"))])]),
    call("AWS::Redshift::Cluster", &REDSHIFT, step("DescribeClusters", "Clusters").pages(MARKER))
        .id("ClusterIdentifier")
        .name("ClusterIdentifier")
        .arn("cluster:"),
    call(
        "AWS::Redshift::ClusterSubnetGroup",
        &REDSHIFT,
        step("DescribeClusterSubnetGroups", "ClusterSubnetGroups").pages(MARKER),
    )
    .id("ClusterSubnetGroupName")
    .name("ClusterSubnetGroupName")
    .arn("subnetgroup:"),
    call(
        "AWS::DMS::ReplicationInstance",
        &DMS,
        step("DescribeReplicationInstances", "ReplicationInstances").pages(MARKER),
    )
    .id("ReplicationInstanceArn")
    .name("ReplicationInstanceIdentifier")
    .arn_at("ReplicationInstanceArn")
    .with(&[tags(&[("ResourceArn", Field("ReplicationInstanceArn"))])]),
    call(
        "AWS::DMS::ReplicationSubnetGroup",
        &DMS,
        step("DescribeReplicationSubnetGroups", "ReplicationSubnetGroups").pages(MARKER),
    )
    .id("ReplicationSubnetGroupIdentifier")
    .name("ReplicationSubnetGroupIdentifier")
    .arn("subgrp:")
    .without_tags(),
    call(
        "AWS::DMS::ReplicationTask",
        &DMS,
        step("DescribeReplicationTasks", "ReplicationTasks")
            .with(&[("WithoutSettings", Flag(true))])
            .pages(MARKER),
    )
    .id("ReplicationTaskArn")
    .name("ReplicationTaskIdentifier")
    .arn_at("ReplicationTaskArn")
    .with(&[tags(&[("ResourceArn", Field("ReplicationTaskArn"))])]),
    call("AWS::DMS::Endpoint", &DMS, step("DescribeEndpoints", "Endpoints").pages(MARKER))
        .id("EndpointArn")
        .name("EndpointIdentifier")
        .arn_at("EndpointArn")
        .with(&[tags(&[("ResourceArn", Field("EndpointArn"))])]),
    call(
        "AWS::ElastiCache::ReplicationGroup",
        &ELASTICACHE,
        step("DescribeReplicationGroups", "ReplicationGroups").pages(MARKER),
    )
    .id("ReplicationGroupId")
    .name("ReplicationGroupId")
    .arn_at("ARN")
    .with(&[tags(&[("ResourceName", Field("ARN"))])]),
    call(
        "AWS::ElastiCache::CacheCluster",
        &ELASTICACHE,
        step("DescribeCacheClusters", "CacheClusters")
            .with(&[("ShowCacheNodeInfo", Flag(true))])
            .pages(MARKER),
    )
    .id("CacheClusterId")
    .name("CacheClusterId")
    .arn_at("ARN")
    .with(&[tags(&[("ResourceName", Field("ARN"))])]),
    call(
        "AWS::ElastiCache::ServerlessCache",
        &ELASTICACHE,
        step("DescribeServerlessCaches", "ServerlessCaches").pages(next_token(50)),
    )
    .id("ServerlessCacheName")
    .name("ServerlessCacheName")
    .arn_at("ARN")
    .with(&[tags(&[("ResourceName", Field("ARN"))])]),
    call(
        "AWS::ElastiCache::SubnetGroup",
        &ELASTICACHE,
        step("DescribeCacheSubnetGroups", "CacheSubnetGroups").pages(MARKER),
    )
    .id("CacheSubnetGroupName")
    .name("CacheSubnetGroupName")
    .arn_at("ARN")
    .with(&[tags(&[("ResourceName", Field("ARN"))])]),
    call(
        "AWS::MemoryDB::Cluster",
        &MEMORYDB,
        step("DescribeClusters", "Clusters").with(&[("ShowShardDetails", Flag(true))]).pages(next_token(100)),
    )
    .id("Name")
    .name("Name")
    .arn_at("ARN")
    .with(&[many("Tags", step("ListTags", "TagList").with(&[("ResourceArn", Field("ARN"))]))]),
    call(
        "AWS::MemoryDB::SubnetGroup",
        &MEMORYDB,
        step("DescribeSubnetGroups", "SubnetGroups").pages(next_token(100)),
    )
    .id("Name")
    .name("Name")
    .arn_at("ARN")
    .with(&[many("Tags", step("ListTags", "TagList").with(&[("ResourceArn", Field("ARN"))]))]),
];

/// RDS, ElastiCache and DMS have an operation of the same name and reply.
const fn tags(arn: &'static [(&'static str, Given)]) -> FollowUp {
    many("Tags", step("ListTagsForResource", "TagList").with(arn))
}
