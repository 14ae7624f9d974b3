//! Who is admitted: the rules of every security group made comparable, and the resources that each group stands in
//! front of. Per resource, never per pair.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    AdmissionFacts, AutoScalingGroup, CacheCluster, CacheReplicationGroup, Cidr, ClassicLoadBalancer,
    DbCluster, DbInstance, DbProxy, EcsService, EfsFileSystem, FactTable, FsxFileSystem, Instance,
    InstanceConnectEndpoint, Key, KeySet, LambdaFunction, LoadBalancer, LoadBalancerType, MemoryDbCluster,
    Meta, MqBroker, MskCluster, NetworkInterface, NodeGroup, OpenSearchDomain, Reason, RedshiftCluster,
    ReplicationInstance, SecurityGroup, SecurityGroupFacts, ServerlessCache, SubnetFacts, Unknown, Value,
    Vpc, VpcEndpoint, WorkloadFacts,
};

use super::index::Index;
use super::security_group_rules::admission;
use super::{Because, Step, launch};

/// A resource that security groups stand in front of.
struct Guarded<'a> {
    meta: &'a Meta,
    groups: KeySet,
    /// The resource that names them, other than itself.
    from: Option<Key>,
    filtered: Value<bool>,
    /// Where it has an interface.
    subnets: KeySet,
}

/// What is known of all security groups and of all that carries one.
pub(crate) struct Guard<'a> {
    all: Vec<Guarded<'a>>,
}

impl<'a> Guard<'a> {
    pub(crate) fn new(index: &Index<'a>, workloads: &BTreeMap<Key, WorkloadFacts>) -> Self {
        let mut guard = Self { all: Vec::new() };
        guard.add_compute(index, workloads);
        guard.add_network(index);
        guard.add_data(index, workloads);
        guard
    }

    fn add(&mut self, meta: &'a Meta, groups: KeySet, subnets: KeySet) {
        self.all.push(Guarded { meta, groups, from: None, filtered: Value::Known(true), subnets });
    }

    fn add_compute(&mut self, index: &Index<'a>, workloads: &BTreeMap<Key, WorkloadFacts>) {
        let mut launched = |meta: &'a Meta, launch: launch::Launch, subnets: KeySet| {
            let (groups, from) = (launch.security_groups, launch.from);
            self.all.push(Guarded { meta, groups, from, filtered: Value::Known(true), subnets });
        };
        for it in index.all::<Instance>() {
            // A NAT instance is nobody's workload, and has an interface all the same.
            let own = || it.subnet.clone().map(|it| it.into_iter().map(Value::Known).collect());
            let subnets = workloads.get(&it.meta.key).map(|it| it.subnets.clone());
            let subnets = subnets.unwrap_or_else(|| KeySet::from(&own()));
            launched(&it.meta, launch::of_instance(index, it), subnets);
        }
        for it in index.all::<AutoScalingGroup>() {
            launched(&it.meta, launch::of_group(index, it), KeySet::from(&it.subnets));
        }
        for it in index.all::<NodeGroup>() {
            launched(&it.meta, launch::of_node_group(index, it), KeySet::from(&it.subnets));
        }
        for it in index.all::<EcsService>() {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
        for it in index.all::<LambdaFunction>() {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
    }

    fn add_network(&mut self, index: &Index<'a>) {
        for it in index.all::<LoadBalancer>() {
            let (groups, subnets) = (KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
            let has_none = groups.is_empty();
            let filtered = match it.load_balancer_type.known() {
                Some(LoadBalancerType::Gateway) => Value::Known(false),
                Some(LoadBalancerType::Network) => has_none.negate(),
                _ => Value::Known(true),
            };
            self.all.push(Guarded { meta: &it.meta, groups, from: None, filtered, subnets });
        }
        for it in index.all::<ClassicLoadBalancer>() {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
        for it in index.all::<NetworkInterface>() {
            self.add(&it.meta, KeySet::from(&it.security_groups), one(&it.subnet));
        }
        for it in index.all::<InstanceConnectEndpoint>() {
            self.add(&it.meta, KeySet::from(&it.security_groups), one(&it.subnet));
        }
        for it in index.all::<VpcEndpoint>() {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
    }

    fn add_data(&mut self, index: &Index<'a>, workloads: &BTreeMap<Key, WorkloadFacts>) {
        let mut add = |meta: &'a Meta, groups: KeySet| {
            let subnets = workloads.get(&meta.key).map(|it| it.subnets.clone());
            self.add(meta, groups, subnets.unwrap_or_else(|| KeySet::of(Vec::new())));
        };
        for it in index.all::<DbInstance>() {
            add(&it.meta, of_instance(index, it));
        }
        index.all::<DbCluster>().iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index.all::<RedshiftCluster>().iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index
            .all::<ReplicationInstance>()
            .iter()
            .for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index
            .all::<CacheReplicationGroup>()
            .iter()
            .for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index.all::<CacheCluster>().iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index.all::<ServerlessCache>().iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index.all::<MemoryDbCluster>().iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index
            .all::<OpenSearchDomain>()
            .iter()
            .for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index.all::<MskCluster>().iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        index.all::<MqBroker>().iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        for it in index.all::<DbProxy>() {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
        for it in index.all::<FsxFileSystem>() {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
        for it in index.all::<EfsFileSystem>() {
            let (mut groups, mut subnets) = (KeySet::of(Vec::new()), KeySet::of(Vec::new()));
            for target in it.mount_targets.known().into_iter().flatten() {
                groups.add_all(&target.security_groups);
                subnets.add(&target.subnet);
            }
            self.add(&it.meta, groups, subnets);
        }
    }

    /// The groups in front of each resource. `balancers` says what may be sent to from out of sight.
    pub(crate) fn admission(
        &self,
        balancers: &BTreeMap<Key, Unknown>,
        because: &mut Because,
    ) -> BTreeMap<Key, AdmissionFacts> {
        let mut derived = BTreeMap::new();
        for it in &self.all {
            let from = it.from.as_ref().unwrap_or(&it.meta.key);
            let step = Step::new(
                from,
                "security_groups",
                format!("names the security groups of `{}`", it.meta.label),
            );
            because.record(&it.meta.key, "security_groups", vec![step]);
            let facts = AdmissionFacts {
                security_groups: it.groups.clone(),
                filtered: it.filtered.clone(),
                unseen_load_balancers: balancers.get(&it.meta.key).cloned(),
            };
            derived.insert(it.meta.key.clone(), facts);
        }
        derived
    }

    /// What each group admits, and in front of what it stands.
    pub(crate) fn derive(
        &self,
        index: &Index<'_>,
        subnets: &BTreeMap<Key, SubnetFacts>,
        workloads: &BTreeMap<Key, WorkloadFacts>,
        because: &mut Because,
    ) -> BTreeMap<Key, SecurityGroupFacts> {
        let mut carriers: HashMap<&Key, Vec<&Guarded<'_>>> = HashMap::new();
        for it in &self.all {
            for group in &it.groups.members {
                carriers.entry(group).or_default().push(it);
            }
        }
        let open = carried_elsewhere(index);
        let mut derived = BTreeMap::new();
        for group in index.all::<SecurityGroup>() {
            let key = &group.meta.key;
            let carriers = carriers.remove(key).unwrap_or_default();
            let steps = carriers
                .iter()
                .map(|it| Step::new(&it.meta.key, "security_groups", format!("`{}` has it", it.meta.label)));
            because.record(key, "attached", steps.collect::<Vec<_>>());
            let exposed = exposed(&carriers, subnets, workloads, key, because);
            let attached = KeySet {
                members: carriers.iter().map(|it| it.meta.key.clone()).collect(),
                open: open.clone(),
            };
            let ingress = admission(index, group, &group.ingress, "ingress");
            let egress = admission(index, group, &group.egress, "egress");
            let facts = SecurityGroupFacts {
                host: host(index, &attached),
                vpc_block: vpc_block(index, group),
                databases: Vec::new(),
                nat: None,
                ingress,
                egress,
                attached,
                exposed,
            };
            derived.insert(key.clone(), facts);
        }
        derived
    }
}

/// The groups of a cluster's member are the cluster's.
fn of_instance(index: &Index<'_>, it: &archlint_schema::DbInstance) -> KeySet {
    let cluster = it.cluster.known().and_then(Option::as_ref);
    let cluster = cluster.and_then(|key| index.get::<archlint_schema::DbCluster>(key));
    KeySet::from(cluster.map_or(&it.security_groups, |it| &it.security_groups))
}

fn one(subnet: &Value<Key>) -> KeySet {
    let mut set = KeySet::of(Vec::new());
    set.add(subnet);
    set
}

/// A stack that exports a group cannot see who carries it; a listing of all that may carry one can.
fn carried_elsewhere(index: &Index<'_>) -> Option<Unknown> {
    AdmissionFacts::KINDS.iter().find_map(|kind| index.unseen(kind))
}

/// The first that may take logins.
fn host(index: &Index<'_>, attached: &KeySet) -> Option<Key> {
    let takes_none = |it: &Key| {
        index.get::<LoadBalancer>(it).is_some()
            || index.get::<ClassicLoadBalancer>(it).is_some()
            || index.get::<InstanceConnectEndpoint>(it).is_some()
    };
    attached.members.iter().find(|it| !takes_none(it)).cloned()
}

fn vpc_block(index: &Index<'_>, group: &SecurityGroup) -> Value<Option<Cidr>> {
    match group.vpc.decided() {
        Ok(Some(key)) => match index.get::<Vpc>(key) {
            Some(vpc) => vpc.ipv4_block(),
            None => Value::Unknown(index.why_absent(key)),
        },
        Ok(None) => Value::Known(None),
        Err(why) => Value::Unknown(why),
    }
}

/// Whether a carrier stands in an exposed subnet, or may have a public address.
fn exposed(
    carriers: &[&Guarded<'_>],
    subnets: &BTreeMap<Key, SubnetFacts>,
    workloads: &BTreeMap<Key, WorkloadFacts>,
    group: &Key,
    because: &mut Because,
) -> Value<bool> {
    let mut answer = Value::Known(false);
    let mut chain = Vec::new();
    for it in carriers {
        let of_subnet = |subnet: &Key| match subnets.get(subnet) {
            Some(facts) => facts.is_exposed(),
            None => Value::unknown(Reason::NotCollected, subnet.as_str()),
        };
        let by_subnet = it.subnets.any(of_subnet);
        let placements = workloads.get(&it.meta.key).map(|it| it.placements.as_slice()).unwrap_or_default();
        let by_address = Value::any(placements.iter().map(|it| it.public_address.clone()));
        let own = by_subnet.clone().or(by_address);
        if own.is_true() && chain.is_empty() {
            chain.push(Step::new(&it.meta.key, "", format!("`{}` has it", it.meta.label)));
            let is_exposed = |subnet: &&Key| of_subnet(subnet).is_true();
            if let Some(subnet) = it.subnets.members.iter().find(is_exposed) {
                chain.extend(because.chain(subnet, "exposure").unwrap_or_default().to_vec());
            }
        }
        answer = answer.or(own);
    }
    because.record(group, "exposed", chain);
    answer
}
