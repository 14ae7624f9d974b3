//! Whom the security groups of NAT instances admit: the subnets that leave through them, others, and whoever
//! administers machines.

use std::collections::BTreeSet;

use archlint_schema::{
    ADMIN_PORTS, AdminAccess, Admission, AdmissionRule, AdmittedPeer, BeyondServed, Cidr, Facts, Instance,
    Key, KeySet, NatAdmission, Protocol, Reason, RouteTable, RouteTarget, SecurityGroup, SecurityGroupFacts,
    TargetKind, Unknown, Value, Vpc,
};

use super::index::Index;
use super::{Because, Step, admitted, routes};

/// The ports by which one goes on from a jump host.
const LOGIN_PORTS: [u16; 2] = [22, 3389];

/// Adds to what is derived about each security group.
pub(crate) fn add(index: &Index<'_>, facts: &mut Facts, because: &mut Because) {
    let hidden = hidden(index, facts);
    for group in index.all::<SecurityGroup>() {
        let key = &group.meta.key;
        let Some(own) = facts.security_groups.get(key) else { continue };
        let derived = of_group(index, facts, group, own, hidden.as_ref());
        if let Some(nat) = &derived {
            explain(key, nat, because);
        }
        facts.security_groups.entry(key.clone()).and_modify(|it| it.nat = derived);
    }
}

fn explain(group: &Key, nat: &NatAdmission, because: &mut Because) {
    let step = |it: &archlint_schema::RulePlace, message: String| {
        Step::new(&it.security_group, it.path.clone(), message)
    };
    let beyond = nat.beyond_served.known().into_iter().flatten();
    let beyond = beyond.map(|it| step(&it.rule, "reaches beyond what leaves through it".to_owned()));
    let administered = nat.administered.known().into_iter().flatten().chain(&nat.leads_on);
    let administered = administered.map(|it| step(&it.rule, format!("admits port {}", it.port)));
    because.record(group, "nat", beyond.chain(administered).collect::<Vec<_>>());
}

fn of_group(
    index: &Index<'_>,
    facts: &Facts,
    group: &SecurityGroup,
    own: &SecurityGroupFacts,
    hidden: Option<&Unknown>,
) -> Option<NatAdmission> {
    let is_nat = |it: &&Key| facts.instances.get(*it).is_some_and(|it| it.nat.is_true());
    let instances: Vec<Key> = own.attached.members.iter().filter(is_nat).cloned().collect();
    let first = instances.first().and_then(|it| index.get::<Instance>(it));
    let mut attached = own.attached.members.iter().filter_map(|it| facts.instances.get(it));
    let unseen = attached.find_map(|it| it.nat.decided().err()).or_else(|| hidden.cloned());
    if instances.is_empty() && unseen.is_none() {
        return None;
    }
    let serves: BTreeSet<&Key> = instances.iter().flat_map(|it| &facts.instances[it].serves).collect();
    let serves: Vec<Key> = serves.into_iter().cloned().collect();
    let served_blocks = served_blocks(index, facts, group, &serves);
    Some(NatAdmission {
        unreachable: unreachable(index, facts, &instances),
        beyond_served: Value::of(beyond_served(own, &served_blocks)),
        administered: Value::of(administered(index, facts, group, &own.ingress)),
        leads_on: leads_on(facts, &group.meta.key, first),
        served_blocks: Value::of(served_blocks),
        instances,
        unseen,
        serves,
    })
}

/// Why a NAT instance may have any group: it is not in sight, or its groups are not.
fn hidden(index: &Index<'_>, facts: &Facts) -> Option<Unknown> {
    let is_for_instances =
        |it: &RouteTarget| matches!(it.kind, TargetKind::Instance | TargetKind::NetworkInterface);
    let mut routes = index.all::<RouteTable>().into_iter().flat_map(|table| routes::active(index, table));
    let leads_there = routes.find_map(|it| {
        let target =
            it.route.target.known().filter(|target| it.is_default(false) && is_for_instances(target));
        routes::why_unseen(index, target?)
    });
    let mut nat = facts.instances.iter().filter(|(_, it)| !it.nat.is_false());
    leads_there.or_else(|| nat.find_map(|(key, _)| facts.admission.get(key)?.security_groups.open.clone()))
}

/// The instances that none of their groups admits anybody to.
fn unreachable(index: &Index<'_>, facts: &Facts, instances: &[Key]) -> KeySet {
    let mut unreachable = KeySet::of(Vec::new());
    for instance in instances {
        let ingress = admitted::before(index, facts, instance, |it| &it.ingress);
        match ingress.and_then(|it| it.at_all().anyone().decided().map(Option::is_some)) {
            Ok(true) => {}
            Ok(false) => unreachable.members.push(instance.clone()),
            Err(why) => unreachable.open = unreachable.open.or(Some(why)),
        }
    }
    unreachable
}

/// The rule that admits addresses outside the subnets that leave through the NAT instances, to other ports than those
/// of administration.
fn beyond_served(
    group: &SecurityGroupFacts,
    served: &Result<Vec<Cidr>, Unknown>,
) -> Result<Option<BeyondServed>, Unknown> {
    let rules = group.ingress.rules.iter().filter(|it| !is_for_administration(it)).cloned().collect();
    let ingress = Admission { rules, open: group.ingress.open.clone() };
    let admitted = ingress.at_all();
    // No subnet has every address there is.
    if let Some(Some(rule)) = admitted.world().known() {
        return Ok(Some(BeyondServed { rule: (*rule).clone(), within_vpc: false }));
    }
    if admitted.beyond(&[]).decided()?.is_none() {
        return Ok(None);
    }
    let served = served.as_ref().map_err(Clone::clone)?;
    let Some(rule) = admitted.beyond(served).decided()?.cloned() else { return Ok(None) };
    let vpc = group.vpc_block.known().copied().flatten();
    let within = [served.as_slice(), vpc.as_slice()].concat();
    let within_vpc = matches!(admitted.beyond(&within), Value::Known(None));
    Ok(Some(BeyondServed { rule, within_vpc }))
}

fn is_for_administration(rule: &AdmissionRule) -> bool {
    rule.ports.is(|it| it.is_some_and(|(from, to)| from == to && ADMIN_PORTS.contains(&from))).is_true()
}

/// The addresses of the subnets that leave through the NAT instances, where no other can.
fn served_blocks(
    index: &Index<'_>,
    facts: &Facts,
    group: &SecurityGroup,
    serves: &[Key],
) -> Result<Vec<Cidr>, Unknown> {
    let vpc = group.vpc.decided()?.as_ref().and_then(|it| facts.vpcs.get(it));
    if !vpc.is_some_and(|it| it.closed) {
        return Err(Unknown::new(Reason::NotCollected, "other subnets of the VPC"));
    }
    admitted::ipv4_blocks(index, &KeySet::of(serves.to_vec()))
}

/// The rule that admits somebody outside the VPC to a port of administration.
fn administered(
    index: &Index<'_>,
    facts: &Facts,
    group: &SecurityGroup,
    ingress: &Admission,
) -> Result<Option<AdminAccess>, Unknown> {
    for port in ADMIN_PORTS {
        let admitted = ingress.on(Protocol::Tcp, port);
        // Whoever admits everyone admits somebody outside, wherever the VPC is.
        let outside = match admitted.world().known() {
            Some(Some(rule)) => Some(*rule),
            _ if admitted.beyond(&[]).decided()?.is_none() => None,
            _ => *admitted.beyond(&addresses(index, facts, group)?).decided()?,
        };
        if let Some(rule) = outside {
            return Ok(Some(AdminAccess { port, rule: rule.clone() }));
        }
    }
    Ok(None)
}

/// The addresses of the group's VPC: its own block, and those of subnets, which may be in secondary blocks.
fn addresses(index: &Index<'_>, facts: &Facts, group: &SecurityGroup) -> Result<Vec<Cidr>, Unknown> {
    let Some(key) = group.vpc.decided()? else { return Ok(Vec::new()) };
    let absent = || index.why_absent(key);
    let subnets = KeySet::of(facts.vpcs.get(key).ok_or_else(absent)?.subnets.clone());
    let mut blocks = admitted::ipv4_blocks(index, &subnets)?;
    let vpc = index.get::<Vpc>(key).ok_or_else(absent)?;
    blocks.extend(*vpc.ipv4_block().decided()?);
    Ok(blocks)
}

/// The rule of another group that admits a NAT instance, by its group or its address, to SSH or RDP.
fn leads_on(facts: &Facts, group: &Key, nat: Option<&Instance>) -> Option<AdminAccess> {
    let address = nat.and_then(|it| it.private_address.known()?.as_ref());
    let address: Option<Cidr> = address.and_then(|it| format!("{it}/32").parse().ok());
    let is_nat = |peer: &AdmittedPeer| match peer {
        AdmittedPeer::SecurityGroup(it) => it == group,
        AdmittedPeer::Blocks(blocks) => address.is_some_and(|it| blocks.contains(&it)),
    };
    for (_, other) in facts.security_groups.iter().filter(|(key, _)| *key != group) {
        for port in LOGIN_PORTS {
            let admitted = other.ingress.on(Protocol::Tcp, port);
            if let Some((rule, _)) = admitted.rules().find(|(_, peer)| is_nat(peer)) {
                return Some(AdminAccess { port, rule: rule.clone() });
            }
        }
    }
    None
}
