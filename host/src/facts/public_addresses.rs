//! Whether something that runs in a subnet has a public address there, or may get one.
//!
//! <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html>

use archlint_schema::{ElasticIp, Instance, Key, Resource, Subnet, SubnetFacts, Unknown, Value};

use super::index::Index;
use super::instances::first_interface;
use super::launch::Launch;
use super::{Because, Step};

/// The Elastic IP address of an instance, or of an interface of its.
pub(crate) fn elastic_ip(
    index: &Index<'_>,
    instance: &Instance,
    because: &mut Because,
) -> Value<Option<Key>> {
    let own = instance.network_interfaces.known().into_iter().flatten().filter_map(Value::known);
    let attached = index.interfaces_of(&instance.meta.key).map(|it| &it.meta.key);
    let ends = std::iter::once(&instance.meta.key).chain(own).chain(attached);
    let address = ends.into_iter().find_map(|it| index.address_of(it));
    let step = address.map(|it| {
        let message = format!("Elastic IP address `{}` is associated with it", it.meta.label);
        Step::new(&it.meta.key, "instance", message)
    });
    because.record(&instance.meta.key, "elastic_ip", step.into_iter().collect::<Vec<_>>());
    match (address, unseen(index, instance)) {
        (None, Some(why)) => Value::Unknown(why),
        (address, _) => Value::Known(address.map(|it| it.meta.key.clone())),
    }
}

/// Why an instance may have an Elastic IP address that cannot be told to be its.
fn unseen(index: &Index<'_>, instance: &Instance) -> Option<Unknown> {
    let partial = || index.is_partial(ElasticIp::KIND).cloned();
    first_interface(index, instance).err().or_else(|| index.hidden_address()).or_else(partial)
}

/// Whether an instance has a public IPv4 address, Elastic or not.
pub(crate) fn instance_ipv4(
    index: &Index<'_>,
    instance: &Instance,
    subnet: &Value<Option<Key>>,
    launch: &Launch,
    because: &mut Because,
) -> Value<bool> {
    let key = &instance.meta.key;
    let (answer, step) = match (has_address(index, instance), first_interface(index, instance)) {
        (Some(step), _) => (Value::Known(true), Some(step)),
        // AWS gives no address of its own to an interface that the instance brings.
        (None, Ok(Some(_)) | Err(_)) => {
            (unseen(index, instance).map_or(Value::Known(false), Value::Unknown), None)
        }
        (None, Ok(None)) => match subnet {
            Value::Known(Some(subnet)) => given_ipv4(index, key, subnet, launch),
            // A default subnet gives one unless someone changed that.
            Value::Known(None) => (launch.associate_public_ip.clone().map(|it| it.unwrap_or(true)), None),
            other => (other.clone().map(|_| false), None),
        },
    };
    because.record(key, "public_ipv4", step.into_iter().collect::<Vec<_>>());
    answer
}

/// The address that an instance surely has: an Elastic IP, or one that AWS reports.
fn has_address(index: &Index<'_>, instance: &Instance) -> Option<Step> {
    let own = instance.network_interfaces.known().into_iter().flatten().filter_map(Value::known);
    let attached = index.interfaces_of(&instance.meta.key).map(|it| &it.meta.key);
    let mut ends = std::iter::once(&instance.meta.key).chain(own).chain(attached);
    if let Some(address) = ends.find_map(|it| index.address_of(it)) {
        let message = format!("Elastic IP address `{}` is associated with it", address.meta.label);
        return Some(Step::new(&address.meta.key, "instance", message));
    }
    let reported = instance.public_address.known()?.as_ref()?;
    Some(Step::new(&instance.meta.key, "public_address", format!("has the public address {reported}")))
}

/// Whether what is launched into a subnet is given a public IPv4 address, and by whose word.
pub(crate) fn given_ipv4(
    index: &Index<'_>,
    key: &Key,
    subnet: &Key,
    launch: &Launch,
) -> (Value<bool>, Option<Step>) {
    let from = launch.from.as_ref().unwrap_or(key);
    if let Some(Some(own)) = launch.associate_public_ip.known() {
        let step = Step::new(from, "associate_public_ip", "gives a public IPv4 address");
        return (Value::Known(*own), own.then_some(step));
    }
    // What the launch leaves open, or nobody knows, is as the subnet has it.
    let default = match index.get::<Subnet>(subnet) {
        Some(it) => it.map_public_ip_on_launch.clone(),
        None => Value::Unknown(index.why_absent(subnet)),
    };
    let message = format!("`{}` gives public IPv4 addresses", index.label(subnet));
    let step = default.is_true().then(|| Step::new(subnet, "map_public_ip_on_launch", message));
    (default, step)
}

/// Whether what is launched into a subnet is given an IPv6 address that the internet can reach.
pub(crate) fn given_ipv6(
    index: &Index<'_>,
    key: &Key,
    subnet: &Key,
    facts: Option<&SubnetFacts>,
    own: &Value<Option<bool>>,
) -> (Value<bool>, Option<Step>) {
    let (Some(facts), Some(it)) = (facts, index.get::<Subnet>(subnet)) else {
        return (Value::Unknown(index.why_absent(subnet)), None);
    };
    let (given, at, path) = match own {
        Value::Known(Some(own)) => (Value::Known(*own), key, "ipv6"),
        Value::Known(None) => (it.assign_ipv6_on_creation.clone(), subnet, "assign_ipv6_on_creation"),
        other => (other.clone().map(|it| it == Some(true)), key, "ipv6"),
    };
    let answer = given.and(it.has_ipv6.clone()).and(facts.public_ipv6.clone());
    let step = answer.is_true().then(|| Step::new(at, path, "gives an IPv6 address"));
    (answer, step)
}
