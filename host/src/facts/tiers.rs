//! The layers of an architecture: compute by the security group that it carries, the load balancers before it and the
//! data stores that admit it.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    AdmittedPeer, EfsFileSystem, Facts, Key, KeySet, Protocol, TierDataStore, TierFacts, Value, WorkloadKind,
    Zone, ZoneMember, ZoneSet,
};

use super::index::Index;
use super::{Because, Step, zones};

const NFS: u16 = 2049;

/// A data store as a tier sees it.
struct Store<'a> {
    key: &'a Key,
    port: u16,
    zones: ZoneSet,
}

pub(crate) fn derive(index: &Index<'_>, facts: &Facts, because: &mut Because) -> BTreeMap<Key, TierFacts> {
    let mut tiers = members(facts);
    add_load_balancers(facts, &mut tiers);
    let mut chains: HashMap<Key, Vec<Step>> = HashMap::new();
    for files in index.all::<EfsFileSystem>() {
        let zones = zones_of(index, files);
        because.record(&files.meta.key, "zones", zones::chain(index, &files.meta, "mount_targets", &zones));
    }
    for store in stores(index, facts) {
        add_store(index, facts, &store, &mut tiers, &mut chains);
    }
    for (group, tier) in &tiers {
        let of_member = |it: &Key| Step::new(it, "", format!("`{}` has the security group", index.label(it)));
        because.record(group, "members", tier.members.iter().map(of_member).collect::<Vec<_>>());
        because.record(group, "data_stores", chains.remove(group).unwrap_or_default());
        let meta = index.meta(group).expect("a tier's group is in the snapshot");
        because.record(group, "zones", zones::chain(index, meta, "", &tier.zones));
    }
    tiers
}

/// The compute that carries each group.
fn members(facts: &Facts) -> BTreeMap<Key, TierFacts> {
    let mut tiers: BTreeMap<Key, TierFacts> = BTreeMap::new();
    for (key, workload) in &facts.workloads {
        let (true, Some(admission)) = (is_compute(workload.kind), facts.admission.get(key)) else { continue };
        for group in &admission.security_groups.members {
            if !facts.security_groups.contains_key(group) {
                continue;
            }
            let tier = tiers.entry(group.clone()).or_insert_with(|| TierFacts {
                members: Vec::new(),
                zones: ZoneSet::default(),
                load_balancers: Vec::new(),
                data_stores: Vec::new(),
            });
            tier.members.push(key.clone());
            tier.zones.extend(&workload.zones);
        }
    }
    tiers
}

fn is_compute(kind: WorkloadKind) -> bool {
    matches!(
        kind,
        WorkloadKind::Ec2 | WorkloadKind::Asg | WorkloadKind::Ecs | WorkloadKind::Eks | WorkloadKind::Lambda
    )
}

fn add_load_balancers(facts: &Facts, tiers: &mut BTreeMap<Key, TierFacts>) {
    for own in facts.target_groups.values() {
        let groups = own.receivers.iter().filter_map(|it| facts.admission.get(&it.resource));
        for group in groups.flat_map(|it| &it.security_groups.members) {
            let Some(tier) = tiers.get_mut(group) else { continue };
            for balancer in &own.load_balancers {
                if !tier.load_balancers.contains(balancer) {
                    tier.load_balancers.push(balancer.clone());
                }
            }
        }
    }
}

fn stores<'a>(index: &Index<'a>, facts: &'a Facts) -> Vec<Store<'a>> {
    let databases = facts.databases.iter().filter_map(|(key, own)| {
        let port = own.port.known().copied().flatten()?;
        Some(Store { key, port, zones: own.zones.clone() })
    });
    let files = index.all::<EfsFileSystem>().iter();
    let files = files.map(|it| Store { key: &it.meta.key, port: NFS, zones: zones_of(index, it) });
    databases.chain(files).collect()
}

/// A One Zone file system is in its zone; another one is reached in the zones of its mount targets.
fn zones_of(index: &Index<'_>, files: &EfsFileSystem) -> ZoneSet {
    if let Value::Known(Some(zone)) = &files.zone {
        return one(files, zone);
    }
    let mut subnets = KeySet::of(Vec::new());
    match files.mount_targets.decided() {
        Ok(targets) => targets.iter().for_each(|it| subnets.add(&it.subnet)),
        Err(why) => subnets.open = Some(why),
    }
    zones::of_keys(index, &subnets)
}

fn one(files: &EfsFileSystem, zone: &Zone) -> ZoneSet {
    let member = ZoneMember { zone: Value::Known(zone.clone()), via: files.meta.key.clone() };
    ZoneSet { members: vec![member], ..ZoneSet::default() }
}

/// The tiers whose group a store admits on its port.
fn add_store(
    index: &Index<'_>,
    facts: &Facts,
    store: &Store<'_>,
    tiers: &mut BTreeMap<Key, TierFacts>,
    chains: &mut HashMap<Key, Vec<Step>>,
) {
    let Some(admission) = facts.admission.get(store.key) else { return };
    for group in &admission.security_groups.members {
        let Some(own) = facts.security_groups.get(group) else { continue };
        for (at, peer) in own.ingress.on(Protocol::Tcp, store.port).rules() {
            let AdmittedPeer::SecurityGroup(client) = peer else { continue };
            let Some(tier) = tiers.get_mut(client) else { continue };
            if tier.data_stores.iter().any(|it| it.resource == *store.key) {
                continue;
            }
            tier.data_stores.push(TierDataStore { resource: store.key.clone(), zones: store.zones.clone() });
            let message = format!("`{}` admits it on port {}", index.label(store.key), store.port);
            chains.entry(client.clone()).or_default().push(Step::new(
                &at.security_group,
                at.path.clone(),
                message,
            ));
        }
    }
}
