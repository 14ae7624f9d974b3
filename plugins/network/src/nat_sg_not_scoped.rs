use archlint_sdk::schema::{NatAdmission, SecurityGroup, SecurityGroupFacts, Severity, Value, Verdicts};
use archlint_sdk::{Answer, Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};

rule!("../../../rules/network/nat-sg-not-scoped.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let groups = architecture.table::<SecurityGroupFacts>()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let Some(nat) = &groups[group.key()].nat else { return Ok(Verdict::NotApplicable) };
        if nat.instances.is_empty() {
            return unseen(&groups[group.key()], nat);
        }
        let missing = nat.served_blocks.decided().map_or("vpc.subnets", |_| "ingress");
        if let Some(beyond) = nat.beyond_served.or_undecided(missing)? {
            let (noun, through) =
                if nat.instances.len() == 1 { ("instance", "it") } else { ("instances", "them") };
            let all = architecture.labels(&nat.instances);
            let what = format!("more to NAT {noun} {all} than the subnets that leave through {through}");
            return violation(group, nat, &beyond.rule.path, &what)
                // It weighs less where all that is admitted is in the VPC.
                .severity(if beyond.within_vpc { Severity::Low } else { Severity::Medium })
                .step(group.key(), &beyond.rule.path, "reaches beyond them")
                .into();
        }
        if *nat.unreachable.is_empty().or_undecided("ingress")? {
            return Ok(Verdict::Pass);
        }
        let deaf = architecture.labels(&nat.unreachable.members);
        let what = format!("nobody to NAT instance {deaf}, not even what leaves through it");
        violation(group, nat, "ingress", &what).severity(Severity::Low).into()
    })
}

/// Of a group that only a NAT instance out of sight may have: it matters where the group admits blocks of addresses.
fn unseen(group: &SecurityGroupFacts, nat: &NatAdmission) -> Answer {
    match &nat.unseen {
        Some(why) if group.ingress.at_all().beyond(&[]) != Value::Known(None) => {
            Err(why.clone()).or_undecided("nat")
        }
        _ => Ok(Verdict::NotApplicable),
    }
}

fn violation(group: &SecurityGroup, nat: &NatAdmission, path: &str, what: &str) -> Violation {
    let violation = Violation::new(group, path, format!("`{}` admits {what}", group.label()));
    let violation = nat
        .instances
        .iter()
        .fold(violation, |violation, it| violation.fact(it, "nat").fact(it, "security_groups"));
    violation.facts(&nat.serves, "egress")
}
