//! Who is admitted: the rules of every security group made comparable, and the resources that each group stands in
//! front of. Per resource, never per pair.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    Admission, AdmissionFacts, AdmissionRule, AdmittedPeer, Cidr, Exposure, Key, KeySet, LoadBalancerType,
    Meta, Peer, PrefixList, Protocol, Reason, RulePlace, SecurityGroup, SecurityGroupFacts,
    SecurityGroupRule, SubnetFacts, Unknown, Value, WorkloadFacts,
};

use super::index::Index;
use super::{Because, Step, launch, routes};

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
        let resources = &index.snapshot.resources;
        let mut launched = |meta: &'a Meta, launch: launch::Launch, subnets: KeySet| {
            let (groups, from) = (launch.security_groups, launch.from);
            self.all.push(Guarded { meta, groups, from, filtered: Value::Known(true), subnets });
        };
        for it in &resources.instances {
            // A NAT instance is nobody's workload, and has an interface all the same.
            let own = || it.subnet.clone().map(|it| it.into_iter().map(Value::Known).collect());
            let subnets = workloads.get(&it.meta.key).map(|it| it.subnets.clone());
            let subnets = subnets.unwrap_or_else(|| KeySet::from(&own()));
            launched(&it.meta, launch::of_instance(index, it), subnets);
        }
        for it in &resources.auto_scaling_groups {
            launched(&it.meta, launch::of_group(index, it), KeySet::from(&it.subnets));
        }
        for it in &resources.node_groups {
            launched(&it.meta, launch::of_node_group(index, it), KeySet::from(&it.subnets));
        }
        for it in &resources.ecs_services {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
        for it in &resources.lambda_functions {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
    }

    fn add_network(&mut self, index: &Index<'a>) {
        let resources = &index.snapshot.resources;
        for it in &resources.load_balancers {
            let (groups, subnets) = (KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
            let has_none = groups.is_empty();
            let filtered = match it.load_balancer_type.known() {
                Some(LoadBalancerType::Gateway) => Value::Known(false),
                Some(LoadBalancerType::Network) => has_none.negate(),
                _ => Value::Known(true),
            };
            self.all.push(Guarded { meta: &it.meta, groups, from: None, filtered, subnets });
        }
        for it in &resources.classic_load_balancers {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
        for it in &resources.network_interfaces {
            self.add(&it.meta, KeySet::from(&it.security_groups), one(&it.subnet));
        }
        for it in &resources.instance_connect_endpoints {
            self.add(&it.meta, KeySet::from(&it.security_groups), one(&it.subnet));
        }
        for it in &resources.vpc_endpoints {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
    }

    fn add_data(&mut self, index: &Index<'a>, workloads: &BTreeMap<Key, WorkloadFacts>) {
        let resources = &index.snapshot.resources;
        let mut add = |meta: &'a Meta, groups: KeySet| {
            let subnets = workloads.get(&meta.key).map(|it| it.subnets.clone());
            self.add(meta, groups, subnets.unwrap_or_else(|| KeySet::of(Vec::new())));
        };
        for it in &resources.db_instances {
            add(&it.meta, of_instance(index, it));
        }
        resources.db_clusters.iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources.redshift_clusters.iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources
            .replication_instances
            .iter()
            .for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources
            .cache_replication_groups
            .iter()
            .for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources.cache_clusters.iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources.serverless_caches.iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources.memory_db_clusters.iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources.open_search_domains.iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources.msk_clusters.iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        resources.mq_brokers.iter().for_each(|it| add(&it.meta, KeySet::from(&it.security_groups)));
        for it in &resources.db_proxies {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
        for it in &resources.fsx_file_systems {
            self.add(&it.meta, KeySet::from(&it.security_groups), KeySet::from(&it.subnets));
        }
        for it in &resources.efs_file_systems {
            let (mut groups, mut subnets) = (KeySet::of(Vec::new()), KeySet::of(Vec::new()));
            for target in it.mount_targets.known().into_iter().flatten() {
                groups.add_all(&target.security_groups);
                subnets.add(&target.subnet);
            }
            self.add(&it.meta, groups, subnets);
        }
    }

    /// The groups in front of each resource.
    pub(crate) fn admission(&self, because: &mut Because) -> BTreeMap<Key, AdmissionFacts> {
        let mut derived = BTreeMap::new();
        for it in &self.all {
            let from = it.from.as_ref().unwrap_or(&it.meta.key);
            let step = Step::new(
                from,
                "security_groups",
                format!("names the security groups of `{}`", it.meta.label),
            );
            because.record(&it.meta.key, "security_groups", vec![step]);
            let facts = AdmissionFacts { security_groups: it.groups.clone(), filtered: it.filtered.clone() };
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
        for group in &index.snapshot.resources.security_groups {
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
            derived.insert(key.clone(), SecurityGroupFacts { ingress, egress, attached, exposed });
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

/// A stack that exports a group cannot see who carries it; a listing can.
fn carried_elsewhere(index: &Index<'_>) -> Option<Unknown> {
    let listed = super::workload::is_closed(index.snapshot);
    (!listed).then(|| Unknown::new(Reason::NotCollected, "what other stacks put behind it"))
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
            Some(facts) => facts.exposure.is(|it| *it != Exposure::Private),
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

fn admission(
    index: &Index<'_>,
    group: &SecurityGroup,
    rules: &Value<Vec<SecurityGroupRule>>,
    direction: &str,
) -> Admission {
    let rules = match rules.decided() {
        Ok(rules) => rules,
        Err(why) => return Admission { rules: Vec::new(), open: Some(why) },
    };
    let rule = |(at, rule): (usize, &SecurityGroupRule)| AdmissionRule {
        at: RulePlace { security_group: group.meta.key.clone(), path: format!("{direction}[{at}]") },
        protocol: rule.protocol.clone().map(|it| protocol(&it)),
        ports: ports(rule),
        peer: peer(index, &rule.peer),
    };
    Admission { rules: rules.iter().enumerate().map(rule).collect(), open: None }
}

fn protocol(name: &str) -> Protocol {
    match name.to_ascii_lowercase().as_str() {
        "-1" | "all" => Protocol::All,
        "tcp" | "6" => Protocol::Tcp,
        "udp" | "17" => Protocol::Udp,
        "icmp" | "icmpv6" | "1" | "58" => Protocol::Icmp,
        _ => Protocol::Other,
    }
}

/// The ports of a rule; -1, or none, stands for all of them. Of ICMP they are types and codes.
fn ports(rule: &SecurityGroupRule) -> Value<Option<(u16, u16)>> {
    let has_ports = rule.protocol.is(|it| matches!(protocol(it), Protocol::Tcp | Protocol::Udp));
    if has_ports.is_false() {
        return Value::Known(None);
    }
    match (rule.from_port.decided(), rule.to_port.decided()) {
        (Err(why), _) | (_, Err(why)) => Value::Unknown(why),
        (Ok(None | Some(-1)), _) => Value::Known(None),
        (Ok(Some(from)), Ok(to)) => match (u16::try_from(*from), u16::try_from(to.unwrap_or(*from))) {
            (Ok(from), Ok(to)) => Value::Known(Some((from, to))),
            _ => Value::unknown(Reason::Computed, format!("port {from}")),
        },
    }
}

fn peer(index: &Index<'_>, peer: &Value<Peer>) -> Value<AdmittedPeer> {
    let block = |text: &str| match text.parse::<Cidr>() {
        Ok(it) => Value::Known(AdmittedPeer::Blocks(vec![it])),
        Err(_) => Value::unknown(Reason::Computed, text),
    };
    match peer.decided() {
        Err(why) => Value::Unknown(why),
        Ok(Peer::Ipv4(text) | Peer::Ipv6(text)) => block(text),
        Ok(Peer::SecurityGroup(key)) => Value::Known(AdmittedPeer::SecurityGroup(key.clone())),
        Ok(Peer::PrefixList(key)) => match index.get::<PrefixList>(key) {
            Some(list) => routes::entries(list).map(AdmittedPeer::Blocks),
            None => Value::Unknown(index.snapshot.why_absent(key)),
        },
    }
}
