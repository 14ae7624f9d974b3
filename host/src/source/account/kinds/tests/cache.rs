//! ElastiCache and MemoryDB.

use serde_json::{Value as Json, json};

use super::{NETWORK, first, not_collected, with};
use crate::source::account::item::tests::item;

#[test]
fn a_cache_replication_group_is_told_by_its_clusters_where_it_stands() {
    let group = json!({
        "ReplicationGroupId": "it", "MultiAZ": "enabled", "AutomaticFailover": "disabled", "SnapshotRetentionLimit": 3,
        "ConfigurationEndpoint": { "Port": 6380 },
        "NodeGroups": [{ "NodeGroupMembers": [{}, {}, {}] }, { "NodeGroupMembers": [{}, {}] }],
    });
    let mut items = with(
        "AWS::ElastiCache::ReplicationGroup",
        group,
        &[NETWORK, &[("AWS::ElastiCache::SubnetGroup", "cache")]].concat(),
    );
    let expected = |subnet_group: Json, groups: Json| {
        json!({
            "multi_az": true, "automatic_failover": false, "nodes_per_shard": 2, "subnet_group": subnet_group, "security_groups": groups,
            "port": 6380, "snapshot_retention_days": 3,
        })
    };
    let unknown = not_collected("CacheClusters");
    assert_eq!(first(&items, |it| &it.cache_replication_groups), expected(unknown.clone(), unknown));
    let node = json!({
        "CacheClusterId": "it-001", "Engine": "redis", "NumCacheNodes": 1, "PreferredAvailabilityZone": "eu-west-1a", "ReplicationGroupId": "it",
        "CacheSubnetGroupName": "cache", "SecurityGroups": [{ "SecurityGroupId": "sg-1" }], "CacheNodes": [{ "Endpoint": { "Port": 6380 } }],
    });
    items.push(item("AWS::ElastiCache::CacheCluster", "it-001", node));
    assert_eq!(first(&items, |it| &it.cache_replication_groups), expected(json!("cache"), json!(["sg-1"])));
    let expected = json!({
        "engine": "redis", "nodes": 1, "cross_az": false, "replication_group": "it", "subnet_group": "cache", "security_groups": ["sg-1"],
        "port": 6380, "snapshot_retention_days": 0,
    });
    assert_eq!(first(&items, |it| &it.cache_clusters), expected);
}

#[test]
fn other_caches() {
    let memcached = json!({ "Engine": "memcached", "NumCacheNodes": 2, "PreferredAvailabilityZone": "Multiple", "ConfigurationEndpoint": { "Port": 11211 }, "SecurityGroups": [] });
    let it = first(&with("AWS::ElastiCache::CacheCluster", memcached, &[]), |it| &it.cache_clusters);
    let expected = json!({
        "engine": "memcached", "nodes": 2, "cross_az": true, "replication_group": null, "subnet_group": null, "security_groups": [],
        "port": 11211, "snapshot_retention_days": 0,
    });
    assert_eq!(it, expected);
    let serverless = json!({ "SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-1"] });
    let it =
        first(&with("AWS::ElastiCache::ServerlessCache", serverless, NETWORK), |it| &it.serverless_caches);
    assert_eq!(it, json!({ "subnets": ["subnet-a"], "security_groups": ["sg-1"] }));
    let expected = json!({ "replicas_per_shard": 1, "subnet_group": "mem", "security_groups": ["sg-1"], "port": 6379, "snapshot_retention_days": 1 });
    let described = json!({
        "Name": "m", "Shards": [{ "NumberOfNodes": 3 }, { "NumberOfNodes": 2 }], "SubnetGroupName": "mem",
        "SecurityGroups": [{ "SecurityGroupId": "sg-1" }], "ClusterEndpoint": { "Port": 6379 }, "SnapshotRetentionLimit": 1,
    });
    let declared = json!({ "ClusterName": "m", "NumReplicasPerShard": 1, "SubnetGroupName": "mem", "SecurityGroupIds": ["sg-1"], "Port": 6379, "SnapshotRetentionLimit": 1 });
    for cluster in [described, declared] {
        let items = with(
            "AWS::MemoryDB::Cluster",
            cluster,
            &[NETWORK, &[("AWS::MemoryDB::SubnetGroup", "mem")]].concat(),
        );
        assert_eq!(first(&items, |it| &it.memory_db_clusters), expected);
    }
}
