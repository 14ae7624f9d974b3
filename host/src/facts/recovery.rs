//! What of a database is in another region: replicas, secondaries of a global database, backups.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    BackupFacts, BackupPlan, DbCluster, DbInstance, Key, Meta, Reason, RecoveryCopies, RecoveryCopy,
    RecoveryCopyKind, Resource, Unknown, Value,
};

use super::index::Index;
use super::{Because, Step};

/// A database that may be a copy, or be copied.
struct Replica<'a> {
    meta: &'a Meta,
    source: &'a Value<Option<Key>>,
    source_region: &'a Value<Option<String>>,
    backup_region: &'a Value<Option<String>>,
    global: Option<&'a Key>,
}

/// Databases by what they are copies of.
pub(crate) struct Copies<'a> {
    all: HashMap<&'a Key, Replica<'a>>,
    replicas: HashMap<&'a Key, Vec<&'a Key>>,
    global: HashMap<&'a Key, Vec<&'a Key>>,
}

impl<'a> Copies<'a> {
    pub(crate) fn new(index: &Index<'a>) -> Self {
        let mut copies = Self { all: HashMap::new(), replicas: HashMap::new(), global: HashMap::new() };
        for it in index.all::<DbInstance>() {
            let (source, source_region) = (&it.replica_of, &it.source_region);
            let backup_region = &it.backup_replication_region;
            copies.add(Replica { meta: &it.meta, source, source_region, backup_region, global: None });
        }
        for it in index.all::<DbCluster>() {
            let (source, source_region) = (&it.replica_of, &it.source_region);
            let backup_region = &it.backup_replication_region;
            let global = it.global_cluster.known().and_then(Option::as_ref);
            copies.add(Replica { meta: &it.meta, source, source_region, backup_region, global });
        }
        copies
    }

    fn add(&mut self, replica: Replica<'a>) {
        let key = &replica.meta.key;
        if let Some(Some(source)) = replica.source.known() {
            self.replicas.entry(source).or_default().push(key);
        }
        if let Some(global) = replica.global {
            self.global.entry(global).or_default().push(key);
        }
        self.all.insert(key, replica);
    }

    /// Whether a database is a read replica of one in another region.
    pub(crate) fn is_cross_region_replica(
        &self,
        index: &Index<'_>,
        meta: &Meta,
        because: &mut Because,
    ) -> Value<bool> {
        let Some(replica) = self.all.get(&meta.key) else { return Value::Known(false) };
        let answer = match replica.source.decided() {
            Err(why) => Value::Unknown(why),
            Ok(None) => Value::Known(false),
            Ok(Some(source)) => match (replica.source_region.decided(), self.all.get(source)) {
                (Err(why), _) => Value::Unknown(why),
                // A source in the same region is named by its identifier, another one by its ARN.
                (Ok(Some(theirs)), _) => {
                    let ours = region(index, meta);
                    Value::Known(ours.is_none_or(|it| it != theirs))
                }
                (Ok(None), Some(source)) => {
                    Value::Known(differ(region(index, meta), region(index, source.meta)))
                }
                (Ok(None), None) => Value::Known(false),
            },
        };
        let step = Step::new(&meta.key, "replica_of", "replicates a database in another region");
        let chain = if answer.is_true() { vec![step] } else { Vec::new() };
        because.record(&meta.key, "cross_region_replica", chain);
        answer
    }

    /// The copies of a database's data in other regions, as far as they are in sight.
    pub(crate) fn of(
        &self,
        index: &Index<'_>,
        meta: &Meta,
        backups: &BTreeMap<Key, BackupFacts>,
        because: &mut Because,
    ) -> RecoveryCopies {
        let key = &meta.key;
        let mut copies = Vec::new();
        let replicas = self.replicas.get(key).into_iter().flatten();
        copies.extend(
            replicas.filter_map(|it| {
                elsewhere(index, meta, index.meta(it)?, RecoveryCopyKind::CrossRegionReplica)
            }),
        );
        let own = self.all.get(key);
        if let Some(global) = own.and_then(|it| it.global) {
            let others = self.global.get(global).into_iter().flatten().filter(|it| **it != key);
            copies.extend(others.filter_map(|it| {
                elsewhere(index, meta, index.meta(it)?, RecoveryCopyKind::GlobalDatabaseSecondary)
            }));
        }
        if let Some(region) = own.and_then(|it| it.backup_region.known().cloned().flatten()) {
            let kind = RecoveryCopyKind::AutomatedBackupReplication;
            copies.push(RecoveryCopy { kind, region: Value::Known(region), via: key.clone() });
        }
        copies.extend(backups.get(key).into_iter().flat_map(|it| backup_copies(index, it)));
        let steps = copies.iter().map(|it| Step::new(&it.via, "", "keeps a copy in another region"));
        because.record(key, "recovery_copies", steps.collect::<Vec<_>>());
        let own_backups = own.and_then(|it| it.backup_region.decided().err());
        RecoveryCopies { copies, open: open(index, key).or(own_backups) }
    }
}

/// A replica stands in another stack unless the source listed everything. Of a live account only the regions that
/// were scanned are listed.
fn open(index: &Index<'_>, database: &Key) -> Option<Unknown> {
    if database.as_str().starts_with("arn:") && index.region().is_some() {
        return Some(Unknown::new(Reason::NotCollected, "databases of other regions"));
    }
    [DbInstance::KIND, DbCluster::KIND, BackupPlan::KIND].into_iter().find_map(|kind| index.unseen(kind))
}

fn elsewhere(index: &Index<'_>, here: &Meta, there: &Meta, kind: RecoveryCopyKind) -> Option<RecoveryCopy> {
    let theirs = region(index, there);
    differ(region(index, here), theirs).then(|| RecoveryCopy {
        kind,
        region: theirs.map_or_else(Value::default, |it| Value::Known(it.to_owned())),
        via: there.key.clone(),
    })
}

fn backup_copies(index: &Index<'_>, backups: &BackupFacts) -> Vec<RecoveryCopy> {
    let plans = backups.plans.members.iter().filter_map(|it| index.get::<BackupPlan>(it));
    let of_plan = |plan: &BackupPlan| -> Vec<RecoveryCopy> {
        let rules = plan.rules.known().into_iter().flatten();
        let copies = rules.flat_map(|it| it.copies.known().into_iter().flatten());
        let copy = |region: Value<String>| RecoveryCopy {
            kind: RecoveryCopyKind::BackupCopy,
            region,
            via: plan.meta.key.clone(),
        };
        let elsewhere = copies.filter_map(|it| match it.region.decided() {
            Ok(None) => None,
            Ok(Some(region)) => Some(Value::Known(region.clone())),
            Err(why) => Some(Value::Unknown(why)),
        });
        elsewhere.map(copy).collect()
    };
    plans.flat_map(of_plan).collect()
}

fn differ(a: Option<&str>, b: Option<&str>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a != b)
}

/// The region of a resource: of its ARN, else of all that the source looked at.
fn region<'s>(index: &'s Index<'_>, meta: &'s Meta) -> Option<&'s str> {
    let mut names = meta.aliases.iter().map(String::as_str).chain([meta.key.as_str()]);
    let of_arn = |it: &'s str| it.strip_prefix("arn:")?.split(':').nth(2).filter(|it| !it.is_empty());
    names.find_map(of_arn).or(index.region())
}
