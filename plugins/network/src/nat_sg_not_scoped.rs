use archlint_sdk::schema::{
    ADMIN_PORTS, Admission, AdmissionRule, Cidr, InstanceFacts, Key, KeySet, Reason, RulePlace,
    SecurityGroup, SecurityGroupFacts, Severity, Unknown, Verdicts, VpcFacts,
};
use archlint_sdk::{Answer, Architecture, Missing, RuleError, Stop, Subject, Verdict, Violation, rule};

rule!("../../../rules/network/nat-sg-not-scoped.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let instances = architecture.table::<InstanceFacts>()?;
    let groups = architecture.table::<SecurityGroupFacts>()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let facts = &groups[group.key()];
        let is_nat = |it: &&Key| instances.get(*it).is_some_and(|it| it.nat.is_true());
        let Some(nat) = facts.attached.members.iter().find(is_nat) else { return Ok(Verdict::NotApplicable) };
        judge(architecture, group, &facts.ingress, nat, &instances[nat].serves)
    })
}

fn judge(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    ingress: &Admission,
    nat: &Key,
    served: &[Key],
) -> Answer {
    let [its, nats] = [group.label(), architecture.label(nat)];
    let violation = |path: &str, message: String| {
        let violation = Violation::new(group, path, message).fact(nat, "nat").fact(nat, "security_groups");
        served.iter().fold(violation, |it, subnet| it.fact(subnet, "egress"))
    };
    if let Some(rule) = beyond(architecture, group, ingress, served)? {
        let message =
            format!("`{its}` admits more to NAT instance `{nats}` than the subnets that leave through it");
        return violation(&rule.path, message).step(group.key(), &rule.path, "reaches beyond them").into();
    }
    let all = architecture.ingress(nat)?.or_undecided("ingress")?;
    if all.at_all().anyone().or_undecided("ingress")?.is_none() {
        let message =
            format!("`{its}` admits nobody to NAT instance `{nats}`, not even what leaves through it");
        return violation("ingress", message).severity(Severity::Low).into();
    }
    Ok(Verdict::Pass)
}

/// The rule that admits addresses outside the subnets that leave through the NAT instance, to other ports than those
/// of administration.
fn beyond(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    ingress: &Admission,
    served: &[Key],
) -> Result<Option<RulePlace>, Stop> {
    let rules = ingress.rules.iter().filter(|it| !is_for_administration(it)).cloned().collect();
    let ingress = Admission { rules, open: ingress.open.clone() };
    let admitted = ingress.at_all();
    // No subnet has every address there is.
    if let Some(Some(rule)) = admitted.world().known() {
        return Ok(Some((*rule).clone()));
    }
    if admitted.beyond(&[]).or_undecided("ingress")?.is_none() {
        return Ok(None);
    }
    let served = blocks(architecture, group, served)?;
    Ok(admitted.beyond(&served).or_undecided("ingress")?.cloned())
}

fn is_for_administration(rule: &AdmissionRule) -> bool {
    rule.ports.is(|it| it.is_some_and(|(from, to)| from == to && ADMIN_PORTS.contains(&from))).is_true()
}

/// The addresses of the subnets that leave through the NAT instance, where no other can.
fn blocks(architecture: &Architecture<'_>, group: &SecurityGroup, served: &[Key]) -> Result<Vec<Cidr>, Stop> {
    let vpc = group.vpc.or_undecided("vpc")?.as_ref();
    if !vpc.and_then(|it| architecture.facts::<VpcFacts>(it).ok()?.ok()).is_some_and(|it| it.closed) {
        let reason = Unknown::new(Reason::NotCollected, "other subnets of the VPC");
        return Err(Stop::Undecided { reason, missing: "vpc.subnets".to_owned() });
    }
    let blocks = architecture.ipv4_blocks(&KeySet::of(served.to_vec()))?;
    Ok(blocks.or_undecided("vpc.subnets")?.clone())
}
