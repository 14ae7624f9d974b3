//! How requests of load balancers get to their targets: what filters at both ends, and on the way.

use std::collections::BTreeMap;

use archlint_schema::{
    AclInSubnet, Admission, Barrier, Cidr, Direction, Facts, Flow, Key, KeySet, NetworkAcl, Purpose,
    ReachedPort, Reason, Receiver, Subnet, TargetGroupFacts, TargetPath, Unknown, Value,
};

use super::index::Index;
use super::{Because, Step, admitted};

/// A load balancer's way to one of its targets.
pub(crate) struct Way<'a> {
    pub(crate) load_balancer: &'a Key,
    pub(crate) target_group: &'a TargetGroupFacts,
    pub(crate) receiver: &'a Receiver,
    /// The load balancer's subnets.
    from: KeySet,
    /// The target's.
    to: KeySet,
}

/// Requests on their way through a network ACL.
pub(crate) struct Crossing<'a> {
    pub(crate) acl: &'a NetworkAcl,
    /// The subnet in which it holds.
    pub(crate) subnet: Key,
    pub(crate) direction: Direction,
    /// The block of the subnet at the other end.
    pub(crate) peer: Cidr,
}

/// What keeps requests from their way at one end; absent: nothing does.
type Blocked = Result<Option<Barrier>, Unknown>;

/// The ways to the targets of each group.
pub(crate) fn derive(
    index: &Index<'_>,
    facts: &Facts,
    because: &mut Because,
) -> BTreeMap<Key, Vec<TargetPath>> {
    let mut derived = BTreeMap::new();
    for (key, target_group) in &facts.target_groups {
        let ways = ways(facts, target_group);
        let forwards = |it: &Way<'_>| {
            let message = format!("forwards to `{}`", index.label(&it.receiver.resource));
            Step::new(it.load_balancer, "", message)
        };
        because.record(key, "paths", ways.iter().map(forwards).collect::<Vec<_>>());
        let is_exposed = |it: &&Key| facts.subnets.get(*it).is_some_and(|it| it.is_exposed().is_true());
        let path = |it: &Way<'_>| TargetPath {
            load_balancer: it.load_balancer.clone(),
            target: it.receiver.resource.clone(),
            exposed_subnet: it.to.members.iter().find(is_exposed).cloned(),
            ports: Value::of(target_group.ports(it.receiver)),
            from_clients: from_clients(facts, it),
            held_back: Value::of(held_back(index, facts, it)),
            kept_out: Value::of(kept_out(index, facts, it)),
        };
        derived.insert(key.clone(), ways.iter().map(path).collect());
    }
    derived
}

/// Every way from a load balancer to a target of a group.
pub(crate) fn ways<'a>(facts: &'a Facts, target_group: &'a TargetGroupFacts) -> Vec<Way<'a>> {
    let mut ways = Vec::new();
    for load_balancer in &target_group.load_balancers {
        let from = facts.load_balancers.get(load_balancer).map(|it| KeySet::from(&it.subnets));
        let to = |key: &Key| facts.workloads.get(key).map(|it| it.subnets.clone());
        ways.extend(target_group.receivers.iter().map(|receiver| Way {
            load_balancer,
            target_group,
            receiver,
            from: from.clone().unwrap_or_default(),
            to: to(&receiver.resource).unwrap_or_default(),
        }));
    }
    ways
}

/// The network ACLs that requests cross on a way: those of the load balancer's subnets, then those of the
/// target's. Within a subnet there is none.
pub(crate) fn crossings<'a>(
    index: &Index<'a>,
    facts: &Facts,
    way: &Way<'_>,
) -> Result<Vec<Crossing<'a>>, Unknown> {
    let absent = |key: &Key| index.why_absent(key);
    let mut crossings = Vec::new();
    for from in &way.from.members {
        for to in way.to.members.iter().filter(|it| *it != from) {
            for (subnet, direction, peer) in [(from, Direction::Out, to), (to, Direction::In, from)] {
                let facts = facts.subnets.get(subnet).ok_or_else(|| absent(subnet))?;
                let Some(acl) = facts.network_acl.decided()? else { continue };
                let acl = index.get::<NetworkAcl>(acl).ok_or_else(|| absent(acl))?;
                let peer = index.get::<Subnet>(peer).ok_or_else(|| absent(peer))?.ipv4_block();
                if let Some(peer) = *peer.decided()? {
                    crossings.push(Crossing { acl, subnet: subnet.clone(), direction, peer });
                }
            }
        }
    }
    Ok(crossings)
}

/// Whether the target sees clients instead of the load balancer.
fn from_clients(facts: &Facts, way: &Way<'_>) -> Value<bool> {
    let admission = facts.admission.get(way.load_balancer);
    let is_unfiltered = admission.map(|it| it.filtered.clone().negate()).unwrap_or_default();
    is_unfiltered.and(way.target_group.preserves_client_ip.clone())
}

/// Whether the load balancer's own security groups let requests out to the target.
fn held_back(index: &Index<'_>, facts: &Facts, way: &Way<'_>) -> Blocked {
    let egress = admitted::before(index, facts, way.load_balancer, |it| &it.egress)?;
    for port in way.target_group.ports(way.receiver)? {
        let is_let_out = lets_through(index, facts, &egress, port, (&way.receiver.resource, &way.to));
        if !*is_let_out.decided()? {
            return Ok(Some(Barrier { port, network_acl: None }));
        }
    }
    Ok(None)
}

/// Whether the target's security groups, and the network ACLs on the way, let requests in.
fn kept_out(index: &Index<'_>, facts: &Facts, way: &Way<'_>) -> Blocked {
    let ingress = admitted::before(index, facts, &way.receiver.resource, |it| &it.ingress)?;
    for port in way.target_group.ports(way.receiver)? {
        let is_traffic = Value::Known(port.purpose == Purpose::Traffic);
        let is_admitted = if *is_traffic.and(from_clients(facts, way)).decided()? {
            admitted::is_some(&ingress.on(port.protocol, port.port).anyone())
        } else {
            lets_through(index, facts, &ingress, port, (way.load_balancer, &way.from))
        };
        if !*is_admitted.decided()? {
            return Ok(Some(Barrier { port, network_acl: None }));
        }
        if let Some(acl) = refusing_acl(index, facts, way, port)? {
            return Ok(Some(Barrier { port, network_acl: Some(acl) }));
        }
    }
    Ok(None)
}

/// The first network ACL on the way that does not let requests to a port through.
fn refusing_acl(
    index: &Index<'_>,
    facts: &Facts,
    way: &Way<'_>,
    port: ReachedPort,
) -> Result<Option<AclInSubnet>, Unknown> {
    for crossing in crossings(index, facts, way)? {
        let flow = Flow::to(port.protocol, port.port, crossing.peer);
        if !*crossing.acl.permits(crossing.direction, &flow).decided()? {
            let network_acl = crossing.acl.meta.key.clone();
            return Ok(Some(AclInSubnet { network_acl, subnet: crossing.subnet }));
        }
    }
    Ok(None)
}

/// Whether rules are for the other end: for everyone, for one of its groups, or for every address of its subnets.
fn lets_through(
    index: &Index<'_>,
    facts: &Facts,
    rules: &Admission,
    port: ReachedPort,
    (end, subnets): (&Key, &KeySet),
) -> Value<bool> {
    let admitted = rules.on(port.protocol, port.port);
    let by_group = match facts.admission.get(end) {
        // What names no security group has its VPC's default one.
        Some(it) if it.filtered.is_true() && it.security_groups.is_empty().is_true() => {
            Value::unknown(Reason::Computed, "the default security group of its VPC")
        }
        Some(it) => it.security_groups.any(|it| admitted::is_some(&admitted.group(it))),
        None => Value::Unknown(index.why_absent(end)),
    };
    let by_address = match admitted::ipv4_blocks(index, subnets) {
        Ok(blocks) => Value::all(blocks.iter().map(|it| admitted::is_some(&admitted.block(it)))),
        Err(why) => Value::Unknown(why),
    };
    admitted::is_some(&admitted.world()).or(by_group).or(by_address)
}
