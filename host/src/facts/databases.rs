//! Databases: the zones in which RDS may place them.

use std::collections::BTreeMap;

use archlint_schema::{
    DatabaseFacts, DatabaseKind, DbSubnetGroup, Key, KeySet, Meta, Reason, RecoveryCopies, Unknown, Value,
    ZoneSet,
};

use super::index::Index;
use super::{Because, zones};

pub(crate) fn derive(index: &Index<'_>, because: &mut Because) -> BTreeMap<Key, DatabaseFacts> {
    let resources = &index.snapshot.resources;
    let instances = resources.db_instances.iter().map(|it| (&it.meta, &it.subnet_group));
    let clusters = resources.db_clusters.iter().map(|it| (&it.meta, &it.subnet_group));
    let mut derived = BTreeMap::new();
    for (meta, group) in instances.chain(clusters) {
        let zones = of_group(index, group, meta);
        because.record(&meta.key, "zones", zones::chain(index, meta, "subnet_group", &zones));
        derived.insert(
            meta.key.clone(),
            DatabaseFacts {
                zones,
                kind: DatabaseKind::Rds,
                subnets: KeySet::default(),
                exposed_subnets: KeySet::default(),
                publicly_accessible: Value::default(),
                port: Value::default(),
                members: KeySet::default(),
                member_zones: ZoneSet::default(),
                writer: Value::default(),
                size: Value::default(),
                cross_region_replica: Value::default(),
                recovery_copies: RecoveryCopies {
                    copies: Vec::new(),
                    open: Some(Reason::NotCollected.into()),
                },
            },
        );
    }
    derived
}

fn of_group(index: &Index<'_>, group: &Value<Option<Key>>, meta: &Meta) -> ZoneSet {
    let open = |why: Unknown| ZoneSet { open: Some(why), ..ZoneSet::default() };
    match group.decided() {
        Ok(Some(key)) => match index.get::<DbSubnetGroup>(key) {
            Some(group) => zones::of_subnets(index, &group.subnets),
            None => open(index.snapshot.why_absent(key)),
        },
        // The default subnet group of the default VPC, or the cluster's own.
        Ok(None) => open(Unknown::new(Reason::Computed, format!("the subnets of {}", meta.label))),
        Err(why) => open(why),
    }
}
