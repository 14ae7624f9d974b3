//! What keeps state, and whether it keeps it in one place.

use std::collections::BTreeMap;

use archlint_schema::{
    CacheCluster, CacheReplicationGroup, DataStoreFacts, DataStoreKind, DirectoryBucket, EfsFileSystem,
    FsxFileSystem, Instance, InstanceFacts, Key, MemoryDbCluster, Meta, MqBroker, OpenSearchDomain, Reason,
    Resource, Value, Volume,
};

use super::index::Index;
use super::{Because, Step};

/// Days that the services keep automatic backups where nobody can set it.
/// <https://docs.aws.amazon.com/efs/latest/ug/automatic-backups.html>
/// <https://docs.aws.amazon.com/opensearch-service/latest/developerguide/managedomains-snapshots.html>
const EFS_DAYS: i64 = 35;
const OPENSEARCH_DAYS: i64 = 14;

const SINGLE_INSTANCE: &str = "SINGLE_INSTANCE";

pub(crate) fn derive(
    index: &Index<'_>,
    instances: &BTreeMap<Key, InstanceFacts>,
    because: &mut Because,
) -> BTreeMap<Key, DataStoreFacts> {
    let mut derived = BTreeMap::new();
    let mut add = |it: DataStore<'_>| {
        let message = match it.facts.singleton.known() {
            Some(true) => it.alone,
            Some(false) => "is in more than one place",
            None => "may be in one place only",
        };
        because.record(&it.meta.key, "singleton", vec![Step::new(&it.meta.key, it.path, message)]);
        derived.insert(it.meta.key.clone(), it.facts);
    };
    caches(index, &mut add);
    services(index, &mut add);
    servers(index, instances, &mut add);
    derived
}

/// Instances with data on volumes of their own. What a service replaces is the service's to keep; servers that carry
/// the same security groups may replicate each other, and do so out of sight.
fn servers<'a>(
    index: &Index<'a>,
    instances: &BTreeMap<Key, InstanceFacts>,
    add: &mut dyn FnMut(DataStore<'a>),
) {
    let keeps_data = |it: &&Instance| {
        let facts = &instances[&it.meta.key];
        facts.data_volumes.is_empty().is_false() && facts.managed_by == Value::Known(None)
    };
    let servers: Vec<&Instance> = index.all::<Instance>().iter().filter(keeps_data).collect();
    let partial = index.any_partial([Instance::KIND, Volume::KIND]).cloned();
    let mut alike: BTreeMap<&Value<Vec<Value<Key>>>, usize> = BTreeMap::new();
    for it in &servers {
        *alike.entry(&it.security_groups).or_default() += 1;
    }
    for it in servers {
        let singleton = match (alike[&it.security_groups], &partial) {
            (1, None) => Value::Known(true),
            (1, Some(why)) => Value::Unknown(why.clone()),
            _ => Value::unknown(Reason::Computed, format!("what {} replicates to", it.meta.label)),
        };
        let facts = facts_of(DataStoreKind::Instance, singleton, Value::Known(None));
        add(DataStore { meta: &it.meta, facts, path: "", alone: "has its data on volumes of its own" });
    }
}

struct DataStore<'a> {
    meta: &'a Meta,
    facts: DataStoreFacts,
    /// The property that tells.
    path: &'static str,
    /// What to say of a singleton.
    alone: &'static str,
}

fn facts_of(kind: DataStoreKind, singleton: Value<bool>, days: Value<Option<i64>>) -> DataStoreFacts {
    DataStoreFacts { kind, singleton, backup_days: days }
}

fn caches<'a>(index: &Index<'a>, add: &mut dyn FnMut(DataStore<'a>)) {
    let alone = "has one node";
    for it in index.all::<CacheReplicationGroup>() {
        let days = it.snapshot_retention_days.clone().map(Some);
        let facts = facts_of(DataStoreKind::Elasticache, it.nodes_per_shard.is(|it| *it < 2), days);
        add(DataStore { meta: &it.meta, facts, path: "nodes_per_shard", alone });
    }
    for it in index.all::<CacheCluster>() {
        // A node of a replication group is judged with it.
        if it.replication_group.is(Option::is_some).is_true() {
            continue;
        }
        let is_memcached = it.engine.is(|it| it.as_deref() == Some("memcached")).is_true();
        let days =
            if is_memcached { Value::Known(None) } else { it.snapshot_retention_days.clone().map(Some) };
        let facts = facts_of(DataStoreKind::Elasticache, it.nodes.is(|it| *it < 2), days);
        add(DataStore { meta: &it.meta, facts, path: "nodes", alone });
    }
    for it in index.all::<MemoryDbCluster>() {
        let days = it.snapshot_retention_days.clone().map(Some);
        let facts = facts_of(DataStoreKind::Memorydb, it.replicas_per_shard.is(|it| *it < 1), days);
        add(DataStore { meta: &it.meta, facts, path: "replicas_per_shard", alone });
    }
}

fn services<'a>(index: &Index<'a>, add: &mut dyn FnMut(DataStore<'a>)) {
    for it in index.all::<EfsFileSystem>() {
        let days = it.automatic_backups.clone().map(|it| Some(if it { EFS_DAYS } else { 0 }));
        let facts = facts_of(DataStoreKind::Efs, it.zone.is(Option::is_some), days);
        add(DataStore { meta: &it.meta, facts, path: "zone", alone: "is kept in one zone" });
    }
    for it in index.all::<FsxFileSystem>() {
        let days = it.backup_retention_days.clone().map(Some);
        let facts = facts_of(DataStoreKind::Fsx, it.multi_az.clone().negate(), days);
        add(DataStore { meta: &it.meta, facts, path: "multi_az", alone: "is kept in one zone" });
    }
    for it in index.all::<OpenSearchDomain>() {
        let days = Value::Known(Some(OPENSEARCH_DAYS));
        let facts = facts_of(DataStoreKind::Opensearch, it.zone_awareness.clone().negate(), days);
        add(DataStore { meta: &it.meta, facts, path: "zone_awareness", alone: "has its nodes in one zone" });
    }
    for it in index.all::<MqBroker>() {
        let singleton = it.deployment_mode.is(|it| it == SINGLE_INSTANCE);
        let facts = facts_of(DataStoreKind::Mq, singleton, Value::Known(None));
        add(DataStore { meta: &it.meta, facts, path: "deployment_mode", alone: "is one broker instance" });
    }
    for it in index.all::<DirectoryBucket>() {
        let facts = facts_of(DataStoreKind::S3Express, it.single_zone.clone(), Value::Known(None));
        add(DataStore { meta: &it.meta, facts, path: "single_zone", alone: "is kept in one zone" });
    }
}
