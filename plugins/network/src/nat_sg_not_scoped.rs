use std::collections::BTreeSet;

use archlint_sdk::schema::{
    ADMIN_PORTS, Admission, AdmissionRule, Cidr, InstanceFacts, Key, KeySet, Reason, RulePlace,
    SecurityGroup, SecurityGroupFacts, Severity, Unknown, Value, Verdicts, Vpc, VpcFacts,
};
use archlint_sdk::{
    Answer, Architecture, Flaws, Missing, RuleError, Stop, Subject, Verdict, Violation, rule,
};

rule!("../../../rules/network/nat-sg-not-scoped.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let instances = architecture.table::<InstanceFacts>()?;
    let groups = architecture.table::<SecurityGroupFacts>()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let facts = &groups[group.key()];
        let is_nat = |it: &&Key| instances.get(*it).is_some_and(|it| it.nat.is_true());
        let nats: Vec<&Key> = facts.attached.members.iter().filter(is_nat).collect();
        let served: BTreeSet<&Key> = nats.iter().flat_map(|it| &instances[*it].serves).collect();
        if nats.is_empty() { Ok(Verdict::NotApplicable) } else { judge(architecture, group, &nats, &served) }
    })
}

/// Asks about a group of one or several NAT instances, and the subnets that leave through any of them.
fn judge(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    nats: &[&Key],
    served: &BTreeSet<&Key>,
) -> Answer {
    let its = group.label();
    let (noun, through) = if nats.len() == 1 { ("instance", "it") } else { ("instances", "them") };
    let all = architecture.labels(nats.iter().copied());
    let violation = |path: &str, message: String| {
        let of_nat = |it: Violation, nat: &&Key| it.fact(nat, "nat").fact(nat, "security_groups");
        let violation = nats.iter().fold(Violation::new(group, path, message), of_nat);
        served.iter().fold(violation, |it, subnet| it.fact(subnet, "egress"))
    };
    let ingress = &architecture.table::<SecurityGroupFacts>()?[group.key()].ingress;
    if let Some((rule, severity)) = beyond(architecture, group, ingress, served)? {
        let message =
            format!("`{its}` admits more to NAT {noun} {all} than the subnets that leave through {through}");
        return violation(&rule.path, message)
            .severity(severity)
            .step(group.key(), &rule.path, "reaches beyond them")
            .into();
    }
    let deaf = Flaws::among(nats, |nat| {
        let all = architecture.ingress(nat)?.or_undecided("ingress")?;
        Ok(all.at_all().anyone().or_undecided("ingress")?.is_none().then_some(*nat))
    })?;
    deaf.answer(|deaf| {
        let deaf = architecture.labels(deaf);
        let message =
            format!("`{its}` admits nobody to NAT instance {deaf}, not even what leaves through it");
        violation("ingress", message).severity(Severity::Low).into()
    })
}

/// The rule that admits addresses outside the subnets that leave through the NAT instances, to other ports than those
/// of administration; it weighs less where they are all of the VPC.
fn beyond(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    ingress: &Admission,
    served: &BTreeSet<&Key>,
) -> Result<Option<(RulePlace, Severity)>, Stop> {
    let rules = ingress.rules.iter().filter(|it| !is_for_administration(it)).cloned().collect();
    let ingress = Admission { rules, open: ingress.open.clone() };
    let admitted = ingress.at_all();
    // No subnet has every address there is.
    if let Some(Some(rule)) = admitted.world().known() {
        return Ok(Some(((*rule).clone(), Severity::Medium)));
    }
    if admitted.beyond(&[]).or_undecided("ingress")?.is_none() {
        return Ok(None);
    }
    let served = blocks(architecture, group, served)?;
    let Some(rule) = admitted.beyond(&served).or_undecided("ingress")?.cloned() else { return Ok(None) };
    let vpc = group.vpc.known().and_then(Option::as_ref);
    let vpc = vpc.map(|it| architecture.get::<Vpc>(it)).transpose()?.and_then(Result::ok);
    let own = vpc.and_then(|it| it.ipv4_block().known().copied().flatten());
    let within = [served, own.into_iter().collect()].concat();
    let is_within = matches!(admitted.beyond(&within), Value::Known(None));
    Ok(Some((rule, if is_within { Severity::Low } else { Severity::Medium })))
}

fn is_for_administration(rule: &AdmissionRule) -> bool {
    rule.ports.is(|it| it.is_some_and(|(from, to)| from == to && ADMIN_PORTS.contains(&from))).is_true()
}

/// The addresses of the subnets that leave through the NAT instances, where no other can.
fn blocks(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    served: &BTreeSet<&Key>,
) -> Result<Vec<Cidr>, Stop> {
    let vpc = group.vpc.or_undecided("vpc")?.as_ref();
    if !vpc.and_then(|it| architecture.facts::<VpcFacts>(it).ok()?.ok()).is_some_and(|it| it.closed) {
        let reason = Unknown::new(Reason::NotCollected, "other subnets of the VPC");
        return Err(Stop::Undecided { reason, missing: "vpc.subnets".to_owned() });
    }
    let served = served.iter().map(|it| (*it).clone()).collect();
    let blocks = architecture.ipv4_blocks(&KeySet::of(served))?;
    Ok(blocks.or_undecided("vpc.subnets")?.clone())
}
