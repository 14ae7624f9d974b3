//! EC2 instances: where they stand, what replaces them, and which of them are NAT instances (rules.md 2:
//! `is_nat_instance`).

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    AutoScalingGroup, EgressKind, Instance, InstanceFacts, InstanceManager, InstanceManagerKind, Key, KeySet,
    NetworkInterface, Reason, Resource, RouteTable, Subnet, SubnetFacts, TargetKind, Unknown, Value, Volume,
    ZoneSet,
};

use super::index::Index;
use super::launch::{self, Launch};
use super::{Because, Step, public_addresses, routes, zones};

/// Instances that a default route leads to, each with that route. Appliances say so with a tag.
pub(crate) fn nat(index: &Index<'_>) -> BTreeMap<Key, Step> {
    let mut found = BTreeMap::new();
    for table in index.all::<RouteTable>() {
        for route in routes::active(index, table).iter().filter(|it| it.is_default(false)) {
            let Some(target) = route.route.target.known() else { continue };
            let Some(key) = target.resource.known() else { continue };
            let instance = match target.kind {
                TargetKind::Instance => Some(key),
                TargetKind::NetworkInterface => index.holder(key),
                _ => None,
            };
            let Some(instance) = instance.and_then(|it| index.get::<Instance>(it)) else { continue };
            if instance.meta.tag("archlint:appliance") == Value::Known(None) {
                found.entry(instance.meta.key.clone()).or_insert_with(|| route.step(index));
            }
        }
    }
    found
}

/// What is derived from all instances and groups together.
pub(crate) struct Fleet<'a> {
    nat: &'a BTreeMap<Key, Step>,
    /// Volumes by the instance that they are attached to.
    volumes: HashMap<&'a Key, Vec<Key>>,
    /// Auto Scaling groups by their instances, and by their names.
    groups: HashMap<&'a Key, &'a Key>,
    named: HashMap<&'a str, &'a Key>,
}

impl<'a> Fleet<'a> {
    pub(crate) fn new(index: &Index<'a>, nat: &'a BTreeMap<Key, Step>) -> Self {
        let mut fleet = Self { nat, volumes: HashMap::new(), groups: HashMap::new(), named: HashMap::new() };
        for volume in index.all::<Volume>() {
            for instance in volume.instances.known().into_iter().flatten().filter_map(Value::known) {
                fleet.volumes.entry(instance).or_default().push(volume.meta.key.clone());
            }
        }
        for group in index.all::<AutoScalingGroup>() {
            fleet.add_group(group);
        }
        fleet
    }

    fn add_group(&mut self, group: &'a AutoScalingGroup) {
        for instance in group.instances.known().into_iter().flatten().filter_map(Value::known) {
            self.groups.insert(instance, &group.meta.key);
        }
        if let Some(Some(name)) = group.meta.name.known() {
            self.named.insert(name, &group.meta.key);
        }
    }

    pub(crate) fn derive(
        &self,
        index: &Index<'_>,
        instance: &Instance,
        because: &mut Because,
    ) -> InstanceFacts {
        let key = &instance.meta.key;
        let route = self.nat.get(key);
        because.record(key, "nat", route.cloned().into_iter().collect::<Vec<_>>());
        let subnet = subnet(index, instance);
        let launch = launch::of_instance(index, instance);
        let elastic_ip = public_addresses::elastic_ip(index, instance, because);
        explain_launch(instance, &launch, because);
        InstanceFacts {
            nat: is_nat(index, instance, route),
            zone: zone(index, instance, &subnet),
            source_dest_check: source_dest_check(index, instance, route, because),
            public_ipv4: public_addresses::instance_ipv4(index, instance, &subnet, &launch, because),
            elastic_ip,
            subnet,
            serves: Vec::new(),
            served_zones: ZoneSet::default(),
            managed_by: self.manager(index, instance, because),
            instance_profile: launch.instance_profile,
            user_data_holds_aws_keys: launch.user_data_holds_aws_keys,
            data_volumes: self.data_volumes(index, instance, because),
        }
    }

    fn data_volumes(&self, index: &Index<'_>, instance: &Instance, because: &mut Because) -> KeySet {
        let mut volumes = KeySet::from(&instance.volumes);
        // A live instance names them all; the volume that it boots from is attached to it too.
        if instance.state == Value::Known(None) {
            for volume in self.volumes.get(&instance.meta.key).into_iter().flatten() {
                volumes.add(&Value::Known(volume.clone()));
            }
            volumes.open = volumes.open.or_else(|| index.is_partial(Volume::KIND).cloned());
        }
        let steps = volumes.members.iter().map(|it| Step::new(it, "instances", "is attached to it"));
        because.record(&instance.meta.key, "data_volumes", steps.collect::<Vec<_>>());
        volumes
    }

    /// The group that lists it, or what the tags say that services of AWS put on what they launch.
    fn manager(
        &self,
        index: &Index<'_>,
        instance: &Instance,
        because: &mut Because,
    ) -> Value<Option<InstanceManager>> {
        const TAGS: [(&str, InstanceManagerKind); 5] = [
            ("aws:autoscaling:groupName", InstanceManagerKind::AutoScalingGroup),
            ("aws:eks:cluster-name", InstanceManagerKind::EksCluster),
            ("eks:cluster-name", InstanceManagerKind::EksCluster),
            ("aws:ec2:fleet-id", InstanceManagerKind::Ec2Fleet),
            ("aws:ec2spot:fleet-request-id", InstanceManagerKind::Ec2Fleet),
        ];
        let key = &instance.meta.key;
        let mut record =
            |message: &str| because.record(key, "managed_by", vec![Step::new(key, "tags", message)]);
        if let Some(group) = self.groups.get(key) {
            record("is one of an Auto Scaling group's instances");
            let (kind, resource) = (InstanceManagerKind::AutoScalingGroup, Some((*group).clone()));
            return Value::Known(Some(InstanceManager { kind, resource }));
        }
        for (tag, kind) in TAGS {
            match instance.meta.tag(tag) {
                Value::Known(None) => {}
                Value::Known(Some(name)) => {
                    record(&format!("is tagged `{tag}` = `{name}`"));
                    let resource = self.named.get(name.as_str()).map(|it| (*it).clone());
                    return Value::Known(Some(InstanceManager { kind, resource }));
                }
                other => {
                    record("has tags that are unknown");
                    return other.map(|_| None);
                }
            }
        }
        record("is no service's to replace");
        match index.is_partial(AutoScalingGroup::KIND) {
            // A group puts its name on what it launches: without the tag it is none's, whoever was not asked.
            Some(why) if instance.meta.tags.known().is_none() => Value::Unknown(why.clone()),
            _ => Value::Known(None),
        }
    }
}

/// Whether a default route leads to an instance; unknown where one may be out of sight, and something else says that the
/// instance is there for that: it forwards what is not for itself, or it has the word in its name or its image's.
fn is_nat(index: &Index<'_>, instance: &Instance, route: Option<&Step>) -> Value<bool> {
    let unseen = index.any_partial(["AWS::EC2::Route", RouteTable::KIND]);
    let name = instance.meta.tag("Name").known().cloned().flatten();
    let image = instance.image_name.known().cloned().flatten();
    let names = [Some(instance.meta.label.clone()), name, image];
    let is_named_so = || names.iter().flatten().any(|name| words(name).any(|word| word == "nat"));
    match unseen {
        Some(why) if route.is_none() && (instance.source_dest_check.is_false() || is_named_so()) => {
            Value::Unknown(why.clone())
        }
        _ => Value::Known(route.is_some()),
    }
}

/// The words of a name, in lower case: `NatServer`, `nat-server` and `NAT_2` have one in common.
fn words(name: &str) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let begins = letter.is_ascii_uppercase() && before.is_ascii_lowercase();
        if !letter.is_ascii_alphabetic() || begins {
            words.push(String::new());
        }
        if letter.is_ascii_alphabetic() {
            words.last_mut().expect("there is one from the beginning").push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    words.into_iter().filter(|it| !it.is_empty())
}

/// Why the Auto Scaling group that answers for an instance is not in sight, though it should be.
pub(crate) fn unseen_group(index: &Index<'_>, facts: &InstanceFacts) -> Option<Unknown> {
    let manager = facts.managed_by.known()?.as_ref()?;
    let is_unseen = manager.kind == InstanceManagerKind::AutoScalingGroup && manager.resource.is_none();
    index.is_partial(AutoScalingGroup::KIND).filter(|_| is_unseen).cloned()
}

/// What the subnets leave through: once it is known of each, each NAT instance knows whom it serves.
pub(crate) fn add_served(
    index: &Index<'_>,
    instances: &mut BTreeMap<Key, InstanceFacts>,
    subnets: &BTreeMap<Key, SubnetFacts>,
    because: &mut Because,
) {
    for (subnet, facts) in subnets {
        let Some(egress) = facts.egress.known().filter(|it| it.kind == EgressKind::NatInstance) else {
            continue;
        };
        if let Some(instance) = egress.target.as_ref().and_then(|it| instances.get_mut(it)) {
            instance.serves.push(subnet.clone());
            zones::add(index, subnet, &mut instance.served_zones);
        }
    }
    for (key, facts) in instances.iter().filter(|(_, it)| it.nat.is_true()) {
        let served = |it: &Key| Step::new(it, "", format!("`{}` leaves through it", index.label(it)));
        let chain: Vec<Step> = facts.serves.iter().map(served).collect();
        because.record(key, "serves", chain.clone());
        because.record(key, "served_zones", chain);
    }
}

fn zone(index: &Index<'_>, instance: &Instance, subnet: &Value<Option<Key>>) -> Value<archlint_schema::Zone> {
    match (&instance.zone, subnet) {
        (Value::Known(Some(zone)), _) => Value::Known(zone.clone()),
        (_, Value::Known(Some(key))) => match index.get::<Subnet>(key) {
            Some(subnet) => subnet.zone.clone(),
            None => Value::Unknown(index.why_absent(key)),
        },
        (_, Value::Unknown(why)) => Value::Unknown(why.clone()),
        _ => Value::unknown(Reason::Computed, format!("the zone of {}", instance.meta.label)),
    }
}

/// An instance that brings its own interface stands where that stands.
fn subnet(index: &Index<'_>, instance: &Instance) -> Value<Option<Key>> {
    match (&instance.subnet, first_interface(index, instance)) {
        (Value::Known(None), Ok(Some(interface))) => interface.subnet.clone().map(Some),
        (Value::Known(None), Err(why)) => Value::Unknown(why),
        (subnet, _) => subnet.clone(),
    }
}

/// The interface that an instance brings, or why it cannot be seen; absent where AWS makes it one.
pub(crate) fn first_interface<'a>(
    index: &Index<'a>,
    instance: &Instance,
) -> Result<Option<&'a NetworkInterface>, Unknown> {
    let Some(first) = instance.network_interfaces.decided()?.first() else { return Ok(None) };
    let key = first.decided()?;
    index.get::<NetworkInterface>(key).map(Some).ok_or_else(|| index.why_absent(key))
}

/// Of the interface that the default route leads to, else of the one that it brings, else of its own. What an instance
/// says against the check holds for the interface that it brings.
fn source_dest_check(
    index: &Index<'_>,
    instance: &Instance,
    route: Option<&Step>,
    because: &mut Because,
) -> Value<bool> {
    let targeted = route.and_then(|it| it.leads_to.as_ref()).and_then(|it| index.get::<NetworkInterface>(it));
    let interface = targeted.map_or_else(|| first_interface(index, instance), |it| Ok(Some(it)));
    let own = instance.source_dest_check.clone();
    let (owner, check) = match interface {
        Ok(Some(it)) if !own.is_false() => (&it.meta.key, it.source_dest_check.clone().and(own)),
        Err(why) if !own.is_false() => (&instance.meta.key, Value::Unknown(why)),
        _ => (&instance.meta.key, own),
    };
    let message = match check.known() {
        Some(true) => "checks source and destination",
        Some(false) => "does not check source and destination",
        None => "may check source and destination",
    };
    let step = Step::new(owner, "source_dest_check", message);
    because.record(&instance.meta.key, "source_dest_check", vec![step]);
    check
}

fn explain_launch(instance: &Instance, launch: &Launch, because: &mut Because) {
    let key = &instance.meta.key;
    let from = launch.from.as_ref().unwrap_or(key);
    let profile = match launch.instance_profile.known() {
        Some(Some(_)) => "has an instance profile",
        Some(None) => "has no instance profile",
        None => "has an instance profile that is unknown",
    };
    because.record(key, "instance_profile", vec![Step::new(from, "instance_profile", profile)]);
    let keys = if launch.user_data_holds_aws_keys.is_true() {
        vec![Step::new(from, "user_data_holds_aws_keys", "its user data holds an AWS access key")]
    } else {
        Vec::new()
    };
    because.record(key, "user_data_holds_aws_keys", keys);
}
