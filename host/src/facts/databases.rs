//! Databases, caches and replication instances: where they may be, who may reach them, what takes over.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    BackupFacts, CacheCluster, CacheReplicationGroup, DatabaseFacts, DatabaseKind, DbCluster, DbInstance,
    Key, KeySet, MemoryDbCluster, Meta, Reason, RedshiftCluster, ReplicationInstance, Resource,
    ServerlessCache, Subnet, SubnetFacts, Unknown, Value, ZoneMember, ZoneSet,
};

use super::index::Index;
use super::subnet_groups::subnets_of;
use super::{Because, Step, database_ports, recovery, routes, zones};

/// A database of any kind, as far as all kinds are alike.
pub(crate) struct Database<'a> {
    pub(crate) meta: &'a Meta,
    pub(crate) kind: DatabaseKind,
    pub(crate) subnets: Value<Vec<Value<Key>>>,
    /// Where it names its subnets.
    path: &'static str,
    /// Its own setting; absent: AWS decides by the VPC.
    publicly_accessible: Value<Option<bool>>,
    pub(crate) port: Value<Option<u16>>,
    size: Value<Option<u32>>,
    part_of: Value<Option<Key>>,
    backup_days: Value<Option<i64>>,
    promotion_tier: Value<Option<i64>>,
}

/// Every database, and what clusters are made of.
pub(crate) struct Databases<'a> {
    pub(crate) all: Vec<Database<'a>>,
    /// A cluster's instances.
    members: HashMap<&'a Key, Vec<&'a DbInstance>>,
    /// Why a cluster may have more.
    hidden_member: Option<Unknown>,
}

impl<'a> Databases<'a> {
    pub(crate) fn new(index: &Index<'a>) -> Self {
        let mut databases = Self { all: Vec::new(), members: HashMap::new(), hidden_member: None };
        for instance in index.all::<DbInstance>() {
            match instance.cluster.known() {
                Some(Some(cluster)) => databases.members.entry(cluster).or_default().push(instance),
                Some(None) => {}
                None => databases.hidden_member = instance.cluster.decided().err(),
            }
            databases.all.push(of_instance(index, instance));
        }
        databases.all.extend(index.all::<DbCluster>().iter().map(|it| of_cluster(index, it)));
        databases.all.extend(others(index));
        databases
    }

    pub(crate) fn derive(
        &self,
        index: &Index<'_>,
        subnets: &BTreeMap<Key, SubnetFacts>,
        backups: &BTreeMap<Key, BackupFacts>,
        because: &mut Because,
    ) -> BTreeMap<Key, DatabaseFacts> {
        let copies = recovery::Copies::new(index);
        let gateways = routes::InternetGateways::new(index);
        let mut derived = BTreeMap::new();
        for db in &self.all {
            let zones = zones::of_subnets(index, &db.subnets);
            because.record(&db.meta.key, "zones", zones::chain(index, db.meta, db.path, &zones));
            let members = self.members.get(&db.meta.key).map(Vec::as_slice).unwrap_or_default();
            let of_member = |it: &&DbInstance| Step::new(&it.meta.key, "zone", placed(it));
            because.record(&db.meta.key, "member_zones", members.iter().map(of_member).collect::<Vec<_>>());
            because.record(&db.meta.key, "size", vec![explain_size(index, &db.meta.key)]);
            let facts = DatabaseFacts {
                // Security groups are asked when what they admit is derived.
                admits_internet: Value::default(),
                zones,
                kind: db.kind,
                exposed_subnets: exposed_subnets(db, subnets, because),
                subnets: KeySet::from(&db.subnets),
                publicly_accessible: publicly_accessible(index, &gateways, db, because),
                port: db.port.clone(),
                members: self.members(index, db, members, because),
                member_zones: member_zones(index, members),
                writer: writer(members),
                size: db.size.clone(),
                cross_region_replica: copies.is_cross_region_replica(index, db.meta, because),
                recovery_copies: copies.of(index, db.meta, backups, because),
                part_of: db.part_of.clone(),
                backup_days: backup_days(db, because),
                promotion_tier: db.promotion_tier.clone(),
            };
            derived.insert(db.meta.key.clone(), facts);
        }
        derived
    }

    fn members(
        &self,
        index: &Index<'_>,
        db: &Database<'_>,
        members: &[&DbInstance],
        because: &mut Because,
    ) -> KeySet {
        let steps = members.iter().map(|it| Step::new(&it.meta.key, "cluster", "is one of its instances"));
        because.record(&db.meta.key, "members", steps.collect::<Vec<_>>());
        let is_cluster = !members.is_empty() || matches!(db.kind, DatabaseKind::Aurora);
        // A cluster in a stack of its own has its instances in another.
        let elsewhere = || index.unseen(DbInstance::KIND).filter(|_| members.is_empty());
        let hidden = index.unseen_within(DbInstance::KIND, &db.meta.key).or_else(elsewhere);
        KeySet {
            members: members.iter().map(|it| it.meta.key.clone()).collect(),
            open: self.hidden_member.clone().or(hidden).filter(|_| is_cluster),
        }
    }
}

fn of_instance<'a>(index: &Index<'a>, it: &'a DbInstance) -> Database<'a> {
    let cluster = it.cluster.known().and_then(Option::as_ref).and_then(|key| index.get::<DbCluster>(key));
    // What a member leaves out is its cluster's.
    let group = match (&it.subnet_group, cluster) {
        (Value::Known(None), Some(cluster)) => cluster.subnet_group.clone(),
        (Value::Known(None), None) if is_of_another(it) => {
            Value::unknown(Reason::Computed, format!("the subnets of {}", it.meta.label))
        }
        (own, _) => own.clone(),
    };
    let engine = match (&it.engine, cluster) {
        (Value::Known(None), Some(cluster)) => &cluster.engine,
        (own, _) => own,
    };
    let port = match (&it.port, cluster) {
        (Value::Known(None), Some(cluster)) => &cluster.port,
        (own, _) => own,
    };
    let size = match (&it.instance_class, cluster) {
        (Value::Known(Some(class)), Some(cluster)) if class == "db.serverless" => serverless_size(cluster),
        (class, _) => class.clone().map(|it| it.as_deref().and_then(size)),
    };
    Database {
        meta: &it.meta,
        kind: kind(engine),
        subnets: subnets_of::<archlint_schema::DbSubnetGroup>(index, &group),
        path: "subnet_group",
        // DocumentDB has no such setting, and Neptune needs to be told.
        publicly_accessible: match (kind(engine), &it.publicly_accessible) {
            (DatabaseKind::Documentdb | DatabaseKind::Neptune, Value::Known(None)) => {
                Value::Known(Some(false))
            }
            (_, own) => own.clone(),
        },
        port: database_ports::rds(port, engine),
        size,
        part_of: match &it.cluster {
            Value::Known(None) => it.replica_of.clone(),
            cluster => cluster.clone(),
        },
        backup_days: it.backup_retention_days.clone(),
        promotion_tier: it.promotion_tier.clone().map(Some),
    }
}

/// Whether another database decides where it stands: a cluster that is out of sight, or what it replicates.
fn is_of_another(it: &DbInstance) -> bool {
    it.cluster != Value::Known(None) || it.replica_of != Value::Known(None)
}

fn of_cluster<'a>(index: &Index<'a>, it: &'a DbCluster) -> Database<'a> {
    Database {
        meta: &it.meta,
        kind: kind(&it.engine),
        subnets: subnets_of::<archlint_schema::DbSubnetGroup>(index, &it.subnet_group),
        path: "subnet_group",
        // The instances of other clusters have the setting, not the cluster.
        publicly_accessible: match it.instance_class.known() {
            Some(None) => Value::Known(Some(false)),
            _ => it.publicly_accessible.clone(),
        },
        port: database_ports::rds(&it.port, &it.engine),
        size: serverless_size(it),
        part_of: it.replica_of.clone(),
        backup_days: it.backup_retention_days.clone(),
        promotion_tier: Value::Known(None),
    }
}

fn others<'a>(index: &Index<'a>) -> Vec<Database<'a>> {
    let mut all = Vec::new();
    let mut add = |meta, kind, subnets, path, public, port: &Value<Option<i64>>| {
        let port = database_ports::known(port);
        all.push(Database {
            meta,
            kind,
            subnets,
            path,
            publicly_accessible: public,
            port,
            size: Value::Known(None),
            part_of: Value::Known(None),
            backup_days: Value::Known(None),
            promotion_tier: Value::Known(None),
        });
    };
    let private = || Value::Known(Some(false));
    let some = |port: &Value<i64>| port.clone().map(Some);
    for it in index.all::<RedshiftCluster>() {
        let subnets = subnets_of::<archlint_schema::RedshiftSubnetGroup>(index, &it.subnet_group);
        let public = it.publicly_accessible.clone().map(Some);
        add(&it.meta, DatabaseKind::Redshift, subnets, "subnet_group", public, &some(&it.port));
    }
    for it in index.all::<ReplicationInstance>() {
        let subnets = subnets_of::<archlint_schema::ReplicationSubnetGroup>(index, &it.subnet_group);
        let public = it.publicly_accessible.clone().map(Some);
        add(&it.meta, DatabaseKind::Dms, subnets, "subnet_group", public, &Value::Known(None));
    }
    for it in index.all::<CacheReplicationGroup>() {
        let subnets = subnets_of::<archlint_schema::CacheSubnetGroup>(index, &it.subnet_group);
        add(&it.meta, DatabaseKind::Elasticache, subnets, "subnet_group", private(), &some(&it.port));
    }
    for it in index.all::<CacheCluster>() {
        let subnets = subnets_of::<archlint_schema::CacheSubnetGroup>(index, &it.subnet_group);
        add(&it.meta, DatabaseKind::Elasticache, subnets, "subnet_group", private(), &some(&it.port));
    }
    for it in index.all::<ServerlessCache>() {
        let port = Value::Known(Some(6379));
        add(&it.meta, DatabaseKind::Elasticache, it.subnets.clone(), "subnets", private(), &port);
    }
    for it in index.all::<MemoryDbCluster>() {
        let subnets = subnets_of::<archlint_schema::MemoryDbSubnetGroup>(index, &it.subnet_group);
        add(&it.meta, DatabaseKind::Memorydb, subnets, "subnet_group", private(), &some(&it.port));
    }
    all
}

fn kind(engine: &Value<Option<String>>) -> DatabaseKind {
    match engine.known().and_then(Option::as_deref) {
        Some(it) if it.starts_with("aurora") => DatabaseKind::Aurora,
        Some("docdb") => DatabaseKind::Documentdb,
        Some("neptune") => DatabaseKind::Neptune,
        _ => DatabaseKind::Rds,
    }
}

/// Twice the normalized units of an instance class: `db.r6g.2xlarge` has 16 of them.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithReservedDBInstances.html>
fn size(class: &str) -> Option<u32> {
    let size = class.rsplit('.').next()?;
    Some(match size {
        "micro" => 1,
        "small" => 2,
        "medium" => 4,
        "large" => 8,
        "xlarge" => 16,
        other => other.strip_suffix("xlarge")?.parse::<u32>().ok()? * 16,
    })
}

/// The ACUs that Aurora Serverless v2 may reach; one is 2 GiB of memory, as is half a normalized unit.
fn serverless_size(cluster: &DbCluster) -> Value<Option<u32>> {
    cluster.serverless_max_half_acus.clone().map(|it| it.and_then(|it| u32::try_from(it / 2).ok()))
}

fn exposed_subnets(db: &Database<'_>, facts: &BTreeMap<Key, SubnetFacts>, because: &mut Because) -> KeySet {
    let mut exposed = KeySet::from(&db.subnets);
    let mut chain = Vec::new();
    let mut doubt = None;
    exposed.members.retain(|key| {
        let Some(facts) = facts.get(key) else {
            doubt = doubt.take().or_else(|| Some(Unknown::new(Reason::NotCollected, key.as_str())));
            return false;
        };
        let is_exposed = facts.is_exposed();
        match is_exposed.and(facts.ingress_blocked().negate()).decided() {
            Ok(true) => chain.extend(because.chain(key, "exposure").unwrap_or_default().to_vec()),
            Ok(false) => return false,
            Err(why) => {
                doubt = doubt.take().or(Some(why));
                return false;
            }
        }
        true
    });
    exposed.open = exposed.open.or(doubt);
    because.record(&db.meta.key, "exposed_subnets", chain);
    exposed
}

/// Where a database says nothing, an internet gateway of its VPC makes it public.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>
fn publicly_accessible(
    index: &Index<'_>,
    gateways: &routes::InternetGateways<'_>,
    db: &Database<'_>,
    because: &mut Because,
) -> Value<bool> {
    let key = &db.meta.key;
    let (answer, step) = match &db.publicly_accessible {
        Value::Known(None) => {
            let answer = has_internet_gateway(index, gateways, db);
            (answer, Step::new(key, "", "leaves to its VPC whether it has a public address"))
        }
        own => {
            let answer = own.is(|it| *it == Some(true));
            let message =
                if answer.is_true() { "is publicly accessible" } else { "is not publicly accessible" };
            (answer, Step::new(key, "publicly_accessible", message))
        }
    };
    because.record(key, "publicly_accessible", vec![step]);
    answer
}

fn has_internet_gateway(
    index: &Index<'_>,
    gateways: &routes::InternetGateways<'_>,
    db: &Database<'_>,
) -> Value<bool> {
    let first = db.subnets.known().and_then(|it| it.first());
    let subnet = match first.map(Value::decided) {
        Some(Ok(it)) => index.get::<Subnet>(it).ok_or_else(|| index.why_absent(it)),
        Some(Err(why)) => Err(why),
        None => Err(Unknown::new(Reason::Computed, format!("the VPC of {}", db.meta.label))),
    };
    match subnet.and_then(|it| it.vpc.decided()) {
        Err(why) => Value::Unknown(why),
        Ok(vpc) => gateways.serve(index, vpc),
    }
}

/// The zones of a cluster's instances. Until AWS places them, each is in some zone of its own.
fn member_zones(index: &Index<'_>, members: &[&DbInstance]) -> ZoneSet {
    let zone = |it: &&DbInstance| ZoneMember {
        zone: match it.zone.decided() {
            Ok(Some(zone)) => Value::Known(zone.clone()),
            Ok(None) => {
                Value::unknown(Reason::Computed, format!("the zone of {}", index.label(&it.meta.key)))
            }
            Err(why) => Value::Unknown(why),
        },
        via: it.meta.key.clone(),
    };
    ZoneSet { members: members.iter().map(zone).collect(), ..ZoneSet::default() }
}

fn backup_days(db: &Database<'_>, because: &mut Because) -> Value<Option<i64>> {
    let message = match db.backup_days.known() {
        Some(Some(0)) => "takes no automated backups".to_owned(),
        Some(Some(days)) => format!("keeps automated backups for {days} days"),
        Some(None) => "says nothing about backups".to_owned(),
        None => "may take automated backups".to_owned(),
    };
    let step = Step::new(&db.meta.key, "backup_retention_days", message);
    because.record(&db.meta.key, "backup_days", vec![step]);
    db.backup_days.clone()
}

fn explain_size(index: &Index<'_>, db: &Key) -> Step {
    let class = index.get::<DbInstance>(db).and_then(|it| it.instance_class.known().cloned().flatten());
    let message =
        class.map_or_else(|| "is of no class that tells".to_owned(), |it| format!("is of class `{it}`"));
    Step::new(db, "instance_class", message)
}

fn placed(member: &DbInstance) -> String {
    match member.zone.decided() {
        Ok(Some(zone)) => format!("is in {zone}"),
        Ok(None) => "is in a zone that AWS chooses".to_owned(),
        Err(why) => format!("is in a zone that is unknown ({why})"),
    }
}

fn writer(members: &[&DbInstance]) -> Value<Option<Key>> {
    let writer = members.iter().find(|it| it.is_writer.is(|it| *it == Some(true)).is_true());
    Value::Known(writer.map(|it| it.meta.key.clone()))
}
