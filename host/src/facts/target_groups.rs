//! What stands behind target groups (rules.md 2: `target_azs`), which a Classic Load Balancer is its own only one of.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    AutoScalingGroup, Cidr, ClassicLoadBalancer, CrossZone, EcsService, InstanceFacts, Key, KeySet,
    LoadBalancer, Meta, NetworkMode, Reason, Receiver, RegisteredTarget, Resource, Subnet, Target,
    TargetGroup, TargetGroupFacts, TargetType, TaskDefinition, Transport, Unknown, Value, ZoneMember,
    ZoneSet,
};

use super::capacity::Capacity;
use super::index::Index;
use super::{Because, Step, database_ports, instances, zones};

/// Who registers with what, and what forwards to it.
pub(crate) struct TargetGroups<'a> {
    groups: HashMap<&'a Key, Vec<&'a AutoScalingGroup>>,
    services: HashMap<&'a Key, Vec<(&'a EcsService, usize)>>,
    /// Subnets by VPC and by whether their block holds an address.
    blocks: HashMap<&'a Key, Vec<(Cidr, &'a Key)>>,
    load_balancers: HashMap<&'a Key, Vec<Key>>,
}

impl<'a> TargetGroups<'a> {
    /// `reachable` are the target groups of each load balancer.
    pub(crate) fn new(index: &Index<'a>, reachable: &'a BTreeMap<Key, KeySet>) -> Self {
        let mut all = Self {
            groups: HashMap::new(),
            services: HashMap::new(),
            blocks: HashMap::new(),
            load_balancers: HashMap::new(),
        };
        for group in index.all::<AutoScalingGroup>() {
            for key in registers_with(group) {
                all.groups.entry(key).or_default().push(group);
            }
        }
        for service in index.all::<EcsService>() {
            all.add_service(service);
        }
        for subnet in index.all::<Subnet>() {
            let block = subnet.cidr.known().and_then(|it| it.as_ref()?.parse().ok());
            if let (Some(vpc), Some(block)) = (subnet.vpc.known(), block) {
                all.blocks.entry(vpc).or_default().push((block, &subnet.meta.key));
            }
        }
        for (balancer, groups) in reachable {
            for group in &groups.members {
                all.load_balancers.entry(group).or_default().push(balancer.clone());
            }
        }
        all
    }

    fn add_service(&mut self, service: &'a EcsService) {
        for (at, it) in service.load_balancers.known().into_iter().flatten().enumerate() {
            for edge in [&it.target_group, &it.classic_load_balancer] {
                if let Some(Some(key)) = edge.known() {
                    self.services.entry(key).or_default().push((service, at));
                }
            }
        }
    }

    pub(crate) fn derive(
        &self,
        index: &Index<'_>,
        instances: &BTreeMap<Key, InstanceFacts>,
        because: &mut Because,
    ) -> BTreeMap<Key, TargetGroupFacts> {
        let mut derived = BTreeMap::new();
        for it in index.all::<TargetGroup>() {
            let mut behind = self.behind(index, &it.meta.key, &[Port::of_group(it)]);
            behind.add_registered(index, self, it, instances);
            let facts = TargetGroupFacts {
                zoneless: it.target_type.is(|it| matches!(it, TargetType::Lambda | TargetType::Alb)),
                transport: transport(&it.protocol),
                preserves_client_ip: preserves_client_ip(it),
                cross_zone: self.cross_zone(index, it, because),
                ..self.facts(behind, index, &it.meta, because)
            };
            derived.insert(it.meta.key.clone(), facts);
        }
        for it in index.all::<ClassicLoadBalancer>() {
            let mut behind = self.behind(index, &it.meta.key, &Port::of_classic(it));
            behind.add_instances(index, &it.instances, instances);
            explain_cross_zone(&it.meta.key, &it.meta.key, &it.cross_zone, because);
            let facts = TargetGroupFacts {
                load_balancers: vec![it.meta.key.clone()],
                cross_zone: it.cross_zone.clone(),
                ..self.facts(behind, index, &it.meta, because)
            };
            derived.insert(it.meta.key.clone(), facts);
        }
        derived
    }

    /// The groups and services that register with a target group or Classic Load Balancer.
    fn behind(&self, index: &Index<'_>, key: &Key, ports: &[Port]) -> Behind<'a> {
        let mut behind = Behind::new(ports.to_vec());
        for group in self.groups.get(key).into_iter().flatten() {
            behind.add_group(index, group);
        }
        for (service, at) in self.services.get(key).into_iter().flatten() {
            behind.add_service(index, service, *at);
        }
        let partial = index.any_partial([AutoScalingGroup::KIND, EcsService::KIND]);
        if let Some(why) = partial {
            behind.hide(why);
        }
        behind
    }

    /// What a target group and a Classic Load Balancer have in common, and the latter's for the rest.
    fn facts(
        &self,
        behind: Behind<'_>,
        index: &Index<'_>,
        meta: &Meta,
        because: &mut Because,
    ) -> TargetGroupFacts {
        because.record(&meta.key, "target_zones", behind.chain(index, meta));
        let by =
            |it: &Receiver| Step::new(&it.resource, "", format!("`{}` receives", index.label(&it.resource)));
        because.record(&meta.key, "receivers", behind.receivers.iter().map(by).collect::<Vec<_>>());
        TargetGroupFacts {
            capacity: behind.capacity.in_zones(),
            target_zones: behind.zones,
            zoneless: Value::Known(false),
            auto_scaling_groups: behind.groups.iter().map(|it| it.meta.key.clone()).collect(),
            ecs_services: behind.services.iter().map(|it| it.meta.key.clone()).collect(),
            unseen_group: behind.unseen_group,
            instances: behind.instances,
            load_balancers: self.load_balancers.get(&meta.key).cloned().unwrap_or_default(),
            cross_zone: Value::default(),
            receivers: behind.receivers,
            transport: Value::Known(Transport::Tcp),
            preserves_client_ip: Value::Known(false),
            paths: Vec::new(),
        }
    }

    /// Its own setting, else that of the load balancers before it.
    fn cross_zone(&self, index: &Index<'_>, group: &TargetGroup, because: &mut Because) -> Value<bool> {
        let key = &group.meta.key;
        let before = self.load_balancers.get(key).map(Vec::as_slice).unwrap_or_default();
        let (by, cross_zone) = match group.cross_zone.decided() {
            Ok(CrossZone::LoadBalancer) => (before.first().unwrap_or(key), common_setting(index, before)),
            Ok(own) => (key, Value::Known(*own == CrossZone::On)),
            Err(why) => (key, Value::Unknown(why)),
        };
        explain_cross_zone(key, by, &cross_zone, because);
        cross_zone
    }

    /// The subnet that an address lies in; none for one that is registered as outside the VPC.
    fn subnet_of(
        &self,
        group: &TargetGroup,
        address: &Value<String>,
        zone: &Value<Option<String>>,
    ) -> Result<Option<&'a Key>, Unknown> {
        if zone.decided()?.as_deref() == Some("all") {
            return Ok(None);
        }
        let text = address.decided()?;
        let own: Cidr = format!("{text}/{}", if text.contains(':') { 128 } else { 32 })
            .parse()
            .map_err(|_| Unknown::new(Reason::Computed, text))?;
        let vpc = group.vpc.known().and_then(Option::as_ref);
        let blocks = vpc.and_then(|it| self.blocks.get(it)).into_iter().flatten();
        Ok(blocks.filter(|(block, _)| block.contains(&own)).map(|(_, subnet)| *subnet).next())
    }
}

/// The setting that load balancers have in common.
fn common_setting(index: &Index<'_>, balancers: &[Key]) -> Value<bool> {
    let settings: Vec<&Value<bool>> =
        balancers.iter().filter_map(|it| Some(&index.get::<LoadBalancer>(it)?.cross_zone)).collect();
    match settings.as_slice() {
        [] => Value::unknown(Reason::NotCollected, "the load balancer's setting"),
        [first, rest @ ..] if rest.iter().all(|it| it == first) => (*first).clone(),
        _ => Value::unknown(Reason::Computed, "load balancers of different settings"),
    }
}

fn explain_cross_zone(group: &Key, by: &Key, cross_zone: &Value<bool>, because: &mut Because) {
    let message = match cross_zone.known() {
        Some(true) => "sends to targets in every zone",
        Some(false) => "sends to targets in the zone of the node only",
        None => "may send to targets in other zones",
    };
    because.record(group, "cross_zone", vec![Step::new(by, "cross_zone", message)]);
}

/// The target groups and Classic Load Balancers that a group registers its instances with.
pub(crate) fn registers_with(group: &AutoScalingGroup) -> impl Iterator<Item = &Key> {
    let all = [&group.target_groups, &group.classic_load_balancers];
    all.into_iter().flat_map(|it| it.known().into_iter().flatten().filter_map(Value::known))
}

fn transport(protocol: &Value<Option<String>>) -> Value<Transport> {
    match protocol.decided() {
        Err(why) => Value::Unknown(why),
        Ok(None) => Value::unknown(Reason::NotCollected, "protocol"),
        Ok(Some(protocol)) => match protocol.to_ascii_uppercase().as_str() {
            "HTTP" | "HTTPS" | "TCP" | "TLS" => Value::Known(Transport::Tcp),
            "UDP" | "QUIC" => Value::Known(Transport::Udp),
            "TCP_UDP" | "TCP_QUIC" => Value::Known(Transport::TcpUdp),
            "GENEVE" => Value::Known(Transport::Geneve),
            _ => Value::unknown(Reason::Computed, protocol),
        },
    }
}

/// Of a Network Load Balancer the protocol and the target type decide unless its attribute does; others never do.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html>
fn preserves_client_ip(group: &TargetGroup) -> Value<bool> {
    let by_default = |protocol: &str, is_instance: bool| match protocol {
        "HTTP" | "HTTPS" => false,
        "TCP" | "TLS" => is_instance,
        _ => true,
    };
    match (group.preserve_client_ip.decided(), group.protocol.decided(), group.target_type.decided()) {
        (Ok(Some(own)), ..) => Value::Known(*own),
        (Err(why), ..) | (_, Err(why), _) | (_, _, Err(why)) => Value::Unknown(why),
        (Ok(None), Ok(None), _) => Value::unknown(Reason::NotCollected, "protocol"),
        (Ok(None), Ok(Some(protocol)), Ok(target_type)) => {
            Value::Known(by_default(&protocol.to_ascii_uppercase(), *target_type == TargetType::Instance))
        }
    }
}

/// Where targets receive traffic and health checks.
#[derive(Clone)]
struct Port {
    traffic: Value<Option<u16>>,
    /// Absent: the port that traffic goes to.
    health_check: Value<Option<u16>>,
}

impl Port {
    fn of_group(group: &TargetGroup) -> Self {
        let health_check = match group.health_check_port.decided() {
            Ok(Some(it)) if it != "traffic-port" => match it.parse() {
                Ok(port) => Value::Known(Some(port)),
                Err(_) => Value::unknown(Reason::Computed, it),
            },
            Ok(_) => Value::Known(None),
            Err(why) => Value::Unknown(why),
        };
        Self { traffic: database_ports::known(&group.port), health_check }
    }

    /// One per listener; health checks go to the first unless they are told where.
    fn of_classic(balancer: &ClassicLoadBalancer) -> Vec<Self> {
        let listeners = balancer.listeners.known().map(Vec::as_slice).unwrap_or_default();
        let port = |it: &Value<i64>| database_ports::known(&it.clone().map(Some));
        let first = listeners.first().map_or(Value::Known(None), |it| port(&it.instance_port));
        let health_check = match database_ports::known(&balancer.health_check_port) {
            Value::Known(None) => first,
            own => own,
        };
        let of_listener = |it: &archlint_schema::ClassicListener| Self {
            traffic: port(&it.instance_port),
            health_check: health_check.clone(),
        };
        listeners.iter().map(of_listener).collect()
    }

    /// With another port for traffic, as a target may have been registered with one.
    fn at(&self, own: Value<Option<u16>>) -> Self {
        let traffic = if own == Value::Known(None) { self.traffic.clone() } else { own };
        Self { traffic, health_check: self.health_check.clone() }
    }

    fn receiver(&self, resource: &Key) -> Receiver {
        let health_check_port = match &self.health_check {
            Value::Known(None) => self.traffic.clone(),
            own => own.clone(),
        };
        Receiver { resource: resource.clone(), traffic_port: self.traffic.clone(), health_check_port }
    }
}

/// What is gathered about one target group.
struct Behind<'a> {
    ports: Vec<Port>,
    zones: ZoneSet,
    groups: Vec<&'a AutoScalingGroup>,
    services: Vec<&'a EcsService>,
    unseen_group: Option<Unknown>,
    instances: KeySet,
    receivers: Vec<Receiver>,
    capacity: Capacity,
}

impl<'a> Behind<'a> {
    fn new(ports: Vec<Port>) -> Self {
        Self {
            ports,
            zones: ZoneSet::default(),
            groups: Vec::new(),
            services: Vec::new(),
            unseen_group: None,
            instances: KeySet::of(Vec::new()),
            receivers: Vec::new(),
            capacity: Capacity::default(),
        }
    }

    fn add_group(&mut self, index: &Index<'_>, group: &'a AutoScalingGroup) {
        let zones = zones::of_group(index, group);
        let (_, desired) = group.starts_with();
        self.capacity.add(&desired, &zones);
        self.zones.extend(&zones);
        self.receivers.extend(self.ports.iter().map(|it| it.receiver(&group.meta.key)));
        self.groups.push(group);
    }

    fn add_service(&mut self, index: &Index<'_>, service: &'a EcsService, at: usize) {
        let zones = if service.subnets.known().is_some_and(Vec::is_empty) {
            let why = format!("the instances of `{}`", service.meta.label);
            ZoneSet { open: Some(Unknown::new(Reason::NotCollected, why)), ..ZoneSet::default() }
        } else {
            zones::of_owner(index, &service.meta, &service.subnets)
        };
        self.capacity.add(&service.desired_count.clone().map(|it| it.unwrap_or(1)), &zones);
        self.zones.extend(&zones);
        let own = task_port(index, service, at);
        let key = &service.meta.key;
        // A task is registered with the port of its container, whatever the target group's is.
        self.receivers.extend(self.ports.first().map(|it| match &own {
            Value::Known(None) => {
                let chosen = Port { traffic: Value::Known(None), health_check: it.health_check.clone() };
                chosen.receiver(key)
            }
            own => it.at(own.clone()).receiver(key),
        }));
        self.services.push(service);
    }

    fn add_registered(
        &mut self,
        index: &Index<'_>,
        all: &TargetGroups<'_>,
        group: &TargetGroup,
        instances: &BTreeMap<Key, InstanceFacts>,
    ) {
        match group.targets.decided() {
            Ok(targets) => targets.iter().for_each(|it| self.add_target(index, all, group, it, instances)),
            Err(why) => self.hide(&why),
        }
    }

    fn add_target(
        &mut self,
        index: &Index<'_>,
        all: &TargetGroups<'_>,
        group: &TargetGroup,
        target: &RegisteredTarget,
        instances: &BTreeMap<Key, InstanceFacts>,
    ) {
        match &target.target {
            Target::Instance(edge) => {
                let port = self.ports[0].at(database_ports::known(&target.port));
                self.add_instance(index, edge, &[port], instances);
            }
            Target::Ip { address, zone } => match all.subnet_of(group, address, zone) {
                Ok(Some(subnet)) => {
                    let mut own = ZoneSet::default();
                    zones::add(index, subnet, &mut own);
                    self.capacity.add(&Value::Known(1), &own);
                    self.zones.extend(&own);
                }
                Ok(None) => {}
                Err(why) => {
                    self.capacity.hide(&why);
                    self.zones.leave_open(&why);
                }
            },
            Target::Lambda(_) | Target::Alb(_) => {}
        }
    }

    fn add_instances(
        &mut self,
        index: &Index<'_>,
        edges: &Value<Vec<Value<Key>>>,
        instances: &BTreeMap<Key, InstanceFacts>,
    ) {
        let ports = self.ports.clone();
        match edges.decided() {
            Ok(edges) => edges.iter().for_each(|it| self.add_instance(index, it, &ports, instances)),
            Err(why) => self.hide(&why),
        }
    }

    fn add_instance(
        &mut self,
        index: &Index<'_>,
        edge: &Value<Key>,
        ports: &[Port],
        instances: &BTreeMap<Key, InstanceFacts>,
    ) {
        let key = match edge.decided() {
            Ok(key) => key,
            Err(why) => return self.hide(&why),
        };
        let zone = instances.get(key).map(|it| it.zone.clone());
        let zone = zone.unwrap_or_else(|| Value::Unknown(index.why_absent(key)));
        let own = ZoneSet { members: vec![ZoneMember { zone, via: key.clone() }], ..ZoneSet::default() };
        self.capacity.add(&Value::Known(1), &own);
        self.zones.extend(&own);
        self.unseen_group =
            self.unseen_group.take().or_else(|| instances::unseen_group(index, instances.get(key)?));
        self.instances.members.push(key.clone());
        self.receivers.extend(ports.iter().map(|it| it.receiver(key)));
    }

    /// There may be further targets.
    fn hide(&mut self, why: &Unknown) {
        self.zones.leave_open(why);
        self.instances.open = Some(why.clone());
        self.capacity.hide(why);
    }

    fn chain(&self, index: &Index<'_>, meta: &Meta) -> Vec<Step> {
        let registers = |it: &Meta, path: &str| {
            Step::new(&it.key, path, format!("registers its targets with `{}`", meta.label))
        };
        let by_group = self.groups.iter().map(|it| registers(&it.meta, "target_groups"));
        let by_service = self.services.iter().map(|it| registers(&it.meta, "load_balancers"));
        let zones = zones::chain(index, meta, "targets", &self.zones).into_iter().skip(1);
        by_group.chain(by_service).chain(zones).collect()
    }
}

/// The port on which a service's tasks are reached; absent where ECS chooses one of the instance's.
fn task_port(index: &Index<'_>, service: &EcsService, at: usize) -> Value<Option<u16>> {
    let registered = &service.load_balancers.known().expect("a registration stands in a known list")[at];
    let container_port = match registered.container_port.decided() {
        Ok(it) => *it,
        Err(why) => return Value::Unknown(why),
    };
    let definition = match service.task_definition.decided() {
        Ok(Some(key)) => index.get::<TaskDefinition>(key).ok_or_else(|| index.why_absent(key)),
        Ok(None) => Err(Unknown::new(Reason::NotCollected, "task_definition")),
        Err(why) => Err(why),
    };
    // A service that names subnets has interfaces of its own, whatever the definition says.
    if !service.subnets.known().is_some_and(Vec::is_empty) {
        return database_ports::known(&Value::Known(container_port));
    }
    let definition = match definition {
        Ok(it) => it,
        Err(why) => return Value::Unknown(why),
    };
    match definition.network_mode.decided() {
        Ok(NetworkMode::Bridge) => host_port(definition, container_port),
        Ok(_) => database_ports::known(&Value::Known(container_port)),
        Err(why) => Value::Unknown(why),
    }
}

fn host_port(definition: &TaskDefinition, container_port: Option<i64>) -> Value<Option<u16>> {
    let mappings = match definition.port_mappings.decided() {
        Ok(it) => it,
        Err(why) => return Value::Unknown(why),
    };
    let fits =
        |it: &&archlint_schema::PortMapping| it.container_port.is(|it| *it == container_port).is_true();
    match mappings.iter().find(fits).map(|it| it.host_port.decided()) {
        Some(Ok(None | Some(0))) => Value::Known(None),
        Some(Ok(port)) => database_ports::known(&Value::Known(*port)),
        Some(Err(why)) => Value::Unknown(why),
        None => Value::unknown(Reason::NotCollected, "port_mappings"),
    }
}
