//! The requests that network ACLs have to let through with their answers.

use std::collections::{BTreeMap, HashSet};

use archlint_schema::{
    AclRequests, Direction, EgressKind, Facts, Flow, Key, LINUX_EPHEMERAL, NatGateway, NetworkAcl,
    RequestSender, SubnetFacts, Unknown, Value,
};

use super::index::Index;
use super::target_paths::{crossings, ways};
use super::{Because, Step};

/// Adds to what is derived about each network ACL.
pub(crate) fn add(index: &Index<'_>, facts: &mut Facts, because: &mut Because) {
    let mut forwarded = forwarded(index, facts);
    for acl in index.all::<NetworkAcl>() {
        let key = &acl.meta.key;
        let of_load_balancers = forwarded.remove(key).unwrap_or_default();
        let allowed = allowed(index, facts, acl);
        let requests = allowed.map(|it| [of_load_balancers, it].concat());
        let denies = [Direction::In, Direction::Out].into_iter().flat_map(|it| acl.ineffective_denies(it));
        let denies: Vec<usize> = denies.collect();
        explain(acl, requests.as_deref().unwrap_or_default(), &denies, because);
        if let Some(facts) = facts.network_acls.get_mut(key) {
            facts.requests = Value::of(requests);
            facts.ineffective_denies = denies;
        }
    }
}

fn explain(acl: &NetworkAcl, requests: &[AclRequests], denies: &[usize], because: &mut Because) {
    let key = &acl.meta.key;
    let requests = requests.iter().map(|it| match (&it.sender, it.entry) {
        (RequestSender::LoadBalancer(sender), _) => Step::new(sender, "", "sends requests through it"),
        (_, Some(at)) => Step::new(key, format!("entries[{at}]"), "lets requests through"),
        (_, None) => Step::new(key, "entries", "lets requests through"),
    });
    because.record(key, "requests", requests.collect::<Vec<_>>());
    let denies = denies.iter().map(|at| Step::new(key, format!("entries[{at}]"), "is never reached"));
    because.record(key, "ineffective_denies", denies.collect::<Vec<_>>());
}

/// The requests of load balancers to their targets, by the network ACLs that they cross, each once.
fn forwarded(index: &Index<'_>, facts: &Facts) -> BTreeMap<Key, Vec<AclRequests>> {
    let mut requests: BTreeMap<Key, Vec<AclRequests>> = BTreeMap::new();
    let mut seen = HashSet::new();
    for target_group in facts.target_groups.values() {
        for way in ways(facts, target_group) {
            // Whether a way is open at all that cannot be told is not for its answers to say.
            let (Ok(crossings), Ok(ports)) =
                (crossings(index, facts, &way), target_group.ports(way.receiver))
            else {
                continue;
            };
            for crossing in crossings {
                for port in &ports {
                    let request = AclRequests {
                        direction: crossing.direction,
                        flow: Flow::to(port.protocol, port.port, crossing.peer),
                        sender: RequestSender::LoadBalancer(way.load_balancer.clone()),
                        entry: None,
                    };
                    let key = &crossing.acl.meta.key;
                    if seen.insert((key, request.clone())) {
                        requests.entry(key.clone()).or_default().push(request);
                    }
                }
            }
        }
    }
    requests
}

/// The requests that its entries are for: ports of services, from or to where traffic can come from or go.
fn allowed(index: &Index<'_>, facts: &Facts, acl: &NetworkAcl) -> Result<Vec<AclRequests>, Unknown> {
    let subnets = facts.network_acls.get(&acl.meta.key).map(|it| it.subnets.members.as_slice());
    let subnets = subnets.unwrap_or_default();
    let has_any = |property: &dyn Fn(&SubnetFacts) -> Value<bool>| {
        subnets.iter().filter_map(|it| facts.subnets.get(it)).any(|it| property(it).is_true())
    };
    let is_entered = has_any(&SubnetFacts::is_exposed);
    let is_left = has_any(&|it| it.egress.is(|it| it.kind != EgressKind::None));
    let is_here = |it: &NatGateway| it.subnet.is(|it| it.as_ref().is_some_and(|it| subnets.contains(it)));
    let has_nat = index.all::<NatGateway>().iter().any(|it| is_here(it).is_true());
    let requests = acl.allowed_tcp()?.into_iter().filter_map(|(at, direction, flow)| {
        let is_service = flow.ports.0 == flow.ports.1 || flow.ports.1 < LINUX_EPHEMERAL.0;
        let reaches = if direction == Direction::In { is_entered } else { is_left };
        let sender = match direction {
            Direction::Out if has_nat => RequestSender::NatGateway,
            _ => RequestSender::Other,
        };
        let is_possible = is_service && (flow.peer.prefix() > 0 || reaches);
        is_possible.then_some(AclRequests { direction, flow, sender, entry: Some(at) })
    });
    Ok(requests.collect())
}
