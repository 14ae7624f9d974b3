//! What runs in which subnets (rules.md 2: `workload`), and whether it has a public address there: no NAT instances,
//! bastions, appliances.

use std::collections::BTreeMap;

use archlint_schema::{
    AutoScalingGroup, DatabaseFacts, DatabaseKind, EcsService, FactTable, Instance, InstanceFacts, Key,
    KeySet, LambdaFunction, Meta, MqBroker, MskCluster, NodeGroup, OpenSearchDomain, Placement, SubnetFacts,
    Unknown, Value, WorkloadFacts, WorkloadKind,
};

use super::databases::Databases;
use super::index::Index;
use super::launch::{self, Launch};
use super::public_addresses::{given_ipv4, given_ipv6};
use super::{Because, Step, instances, zones};

/// Something that runs, and the subnets that it runs in.
pub(crate) struct Placed<'a> {
    pub(crate) meta: &'a Meta,
    pub(crate) kind: WorkloadKind,
    pub(crate) subnets: KeySet,
    /// Whether it is none of what the rules about workload are about: so a tag says, or another resource answers for it.
    pub(crate) exempt: Value<bool>,
    addressing: Addressing,
}

impl<'a> Placed<'a> {
    fn new(meta: &'a Meta, kind: WorkloadKind, subnets: KeySet, addressing: Addressing) -> Self {
        Self { meta, kind, subnets, exempt: is_infrastructure(meta), addressing }
    }
}

/// How something comes to a public address.
enum Addressing {
    /// An instance: one may be associated with it; else as it is launched.
    Instance(Value<bool>, Box<Launch>),
    /// As the launch or the subnet has it.
    Launched(Box<Launch>),
    /// By a setting of its own, which stands at the path.
    Setting(Value<bool>, &'static str),
    /// As the facts about the database say.
    Database,
    Never,
}

pub(crate) fn placed<'a>(
    index: &Index<'a>,
    instances: &BTreeMap<Key, InstanceFacts>,
    databases: &Databases<'a>,
) -> Vec<Placed<'a>> {
    let mut all = Vec::new();
    add_compute(index, instances, &mut all);
    add_services(index, &mut all);
    for db in &databases.all {
        let (subnets, addressing) = (KeySet::from(&db.subnets), Addressing::Database);
        all.push(Placed::new(db.meta, kind_of(db.kind), subnets, addressing));
    }
    all.retain(|it| !it.exempt.is_true() && !is_bastion(it));
    all
}

fn add_compute<'a>(
    index: &Index<'a>,
    of_instances: &BTreeMap<Key, InstanceFacts>,
    all: &mut Vec<Placed<'a>>,
) {
    for it in index.all::<Instance>() {
        let facts = &of_instances[&it.meta.key];
        if facts.nat.is_true() {
            continue;
        }
        let mut subnets = KeySet::of(Vec::new());
        match facts.subnet.decided() {
            Ok(Some(subnet)) => subnets.members.push(subnet.clone()),
            Ok(None) => subnets = or_default(subnets),
            Err(why) => subnets.open = Some(why),
        }
        let launch = Box::new(launch::of_instance(index, it));
        let addressing = Addressing::Instance(facts.public_ipv4.clone(), launch);
        let mut placed = Placed::new(&it.meta, WorkloadKind::Ec2, subnets, addressing);
        // A group out of sight answers for what it launched.
        let answered_for = instances::unseen_group(index, facts).map_or(Value::Known(false), Value::Unknown);
        placed.exempt = placed.exempt.or(facts.nat.clone()).or(answered_for);
        all.push(placed);
    }
    for it in index.all::<AutoScalingGroup>() {
        let addressing = Addressing::Launched(Box::new(launch::of_group(index, it)));
        let subnets = or_default(KeySet::from(&it.subnets));
        all.push(Placed::new(&it.meta, WorkloadKind::Asg, subnets, addressing));
    }
    for it in index.all::<NodeGroup>() {
        let addressing = Addressing::Launched(Box::new(launch::of_node_group(index, it)));
        let subnets = KeySet::from(&it.subnets);
        all.push(Placed::new(&it.meta, WorkloadKind::Eks, subnets, addressing));
    }
}

/// What names no subnet starts in one of the default VPC's.
fn or_default(mut subnets: KeySet) -> KeySet {
    if subnets.is_empty().is_true() {
        subnets.open = Some(Unknown::of_default_vpc());
    }
    subnets
}

/// Whatever names its subnets itself; outside a VPC it names none, and is not here.
fn add_services<'a>(index: &Index<'a>, all: &mut Vec<Placed<'a>>) {
    let mut add = |meta, kind, subnets: &Value<Vec<Value<Key>>>, addressing| {
        let subnets = KeySet::from(subnets);
        if !subnets.is_empty().is_true() {
            all.push(Placed::new(meta, kind, subnets, addressing));
        }
    };
    for it in index.all::<EcsService>() {
        let addressing = Addressing::Setting(it.assign_public_ip.clone(), "assign_public_ip");
        add(&it.meta, WorkloadKind::Ecs, &it.subnets, addressing);
    }
    for it in index.all::<LambdaFunction>() {
        add(&it.meta, WorkloadKind::Lambda, &it.subnets, Addressing::Never);
    }
    for it in index.all::<OpenSearchDomain>() {
        add(&it.meta, WorkloadKind::Opensearch, &it.subnets, Addressing::Never);
    }
    for it in index.all::<MskCluster>() {
        let addressing = Addressing::Setting(it.public_access.clone(), "public_access");
        add(&it.meta, WorkloadKind::Msk, &it.subnets, addressing);
    }
    for it in index.all::<MqBroker>() {
        let addressing = Addressing::Setting(it.publicly_accessible.clone(), "publicly_accessible");
        add(&it.meta, WorkloadKind::Mq, &it.subnets, addressing);
    }
}

fn kind_of(database: DatabaseKind) -> WorkloadKind {
    match database {
        DatabaseKind::Rds | DatabaseKind::Aurora | DatabaseKind::Documentdb | DatabaseKind::Neptune => {
            WorkloadKind::Rds
        }
        DatabaseKind::Redshift => WorkloadKind::Redshift,
        DatabaseKind::Elasticache => WorkloadKind::Elasticache,
        DatabaseKind::Memorydb => WorkloadKind::Memorydb,
        DatabaseKind::Dms => WorkloadKind::Dms,
    }
}

/// A tag that nobody read neither exempts nor convicts.
fn is_infrastructure(meta: &Meta) -> Value<bool> {
    Value::any(["archlint:bastion", "archlint:appliance"].map(|tag| meta.tag(tag).is(Option::is_some)))
}

/// Bastions go by that name, or say so with their `Name`, where no tag says what they are for.
fn is_bastion(placed: &Placed<'_>) -> bool {
    const NAMES: [&str; 4] = ["bastion", "jumpbox", "jumphost", "jumpserver"];
    let name = placed.meta.tag("Name").known().cloned().flatten().unwrap_or_default();
    let is_one = |name: &str| {
        let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect();
        NAMES.iter().any(|it| letters.to_ascii_lowercase().contains(it))
    };
    // The CDK names by the path of constructs, and its first part is the stack: what stands with a bastion is none.
    let own_name = name.split_once('/').map_or(name.as_str(), |(_, within_stack)| within_stack);
    matches!(placed.kind, WorkloadKind::Ec2 | WorkloadKind::Asg)
        && (is_one(&placed.meta.label) || is_one(own_name))
}

/// What runs in each subnet, by its key; open where something may run there that a tag may exempt.
pub(crate) fn by_subnet(placed: &[Placed<'_>]) -> BTreeMap<Key, KeySet> {
    let mut workload: BTreeMap<Key, KeySet> = BTreeMap::new();
    for it in placed {
        for subnet in &it.subnets.members {
            let running = workload.entry(subnet.clone()).or_insert_with(|| KeySet::of(Vec::new()));
            match it.exempt.decided() {
                Ok(_) => running.members.push(it.meta.key.clone()),
                Err(why) => running.open = running.open.take().or(Some(why)),
            }
        }
    }
    for running in workload.values_mut() {
        running.members.sort();
        running.members.dedup();
    }
    workload
}

pub(crate) fn derive(
    index: &Index<'_>,
    placed: Vec<Placed<'_>>,
    subnets: &BTreeMap<Key, SubnetFacts>,
    databases: &BTreeMap<Key, DatabaseFacts>,
    because: &mut Because,
) -> BTreeMap<Key, WorkloadFacts> {
    let mut derived = BTreeMap::new();
    let mut launched: BTreeMap<&Key, &Key> = BTreeMap::new();
    for group in index.all::<AutoScalingGroup>() {
        let instances = group.instances.known().into_iter().flatten().filter_map(Value::known);
        launched.extend(instances.map(|it| (it, &group.meta.key)));
    }
    for it in placed {
        let mut chain = Vec::new();
        let placement = |subnet: &Key| {
            let (public_address, steps) = address(index, &it, subnet, subnets.get(subnet), databases);
            chain.extend(steps);
            Placement { subnet: subnet.clone(), public_address }
        };
        let placements = it.subnets.members.iter().map(placement).collect();
        because.record(&it.meta.key, "public_address", chain);
        let zones = zones::of_keys(index, &it.subnets);
        let members = databases.get(&it.meta.key).map(|it| it.members.members.as_slice());
        let group = launched.get(&it.meta.key).copied();
        let represented_by = members.unwrap_or_default().iter().chain(group).cloned().collect();
        let (kind, exempt, subnets) = (it.kind, it.exempt, it.subnets);
        let facts = WorkloadFacts { kind, zones, placements, exempt, represented_by, subnets };
        derived.insert(it.meta.key.clone(), facts);
    }
    derived
}

/// Whether something has or may get a public address in a subnet, and by whose word.
fn address(
    index: &Index<'_>,
    placed: &Placed<'_>,
    subnet: &Key,
    facts: Option<&SubnetFacts>,
    databases: &BTreeMap<Key, DatabaseFacts>,
) -> (Value<bool>, Vec<Step>) {
    let key = &placed.meta.key;
    let setting = |answer: &Value<bool>, path: &str| {
        let step = Step::new(key, path, "has a public address");
        (answer.clone(), answer.is_true().then_some(step).into_iter().collect())
    };
    match &placed.addressing {
        Addressing::Never => (Value::Known(false), Vec::new()),
        Addressing::Setting(answer, path) => setting(answer, path),
        Addressing::Database => match databases.get(key) {
            Some(facts) => setting(&facts.publicly_accessible, "publicly_accessible"),
            None => (Value::default(), Vec::new()),
        },
        Addressing::Instance(ipv4, launch) => {
            let step = ipv4.is_true().then(|| Step::new(key, "subnet", "has a public IPv4 address"));
            let (ipv6, of_ipv6) = given_ipv6(index, key, subnet, facts, &launch.ipv6);
            (ipv4.clone().or(ipv6), step.into_iter().chain(of_ipv6).collect())
        }
        Addressing::Launched(launch) => {
            let (ipv4, of_ipv4) = given_ipv4(index, key, subnet, launch);
            let (ipv6, of_ipv6) = given_ipv6(index, key, subnet, facts, &launch.ipv6);
            (ipv4.or(ipv6), of_ipv4.into_iter().chain(of_ipv6).collect())
        }
    }
}

/// Why there may be more of what runs than is in sight: another stack may put something into any subnet of a template.
pub(crate) fn unseen(index: &Index<'_>) -> Option<Unknown> {
    WorkloadFacts::KINDS.iter().find_map(|kind| index.unseen(kind))
}

/// Why a list of what runs lacks what was asked for, or what the template itself makes.
pub(crate) fn is_partial(index: &Index<'_>) -> Option<Unknown> {
    index.any_partial(WorkloadFacts::KINDS.iter().copied()).cloned()
}
