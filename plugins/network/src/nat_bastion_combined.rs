use archlint_sdk::schema::{
    AdminAccess, Key, NatAdmission, SecurityGroup, SecurityGroupFacts, Value, Verdicts,
};
use archlint_sdk::{Answer, Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/nat-bastion-combined.md", check);

#[derive(Deserialize)]
struct Parameters {
    nat_instance_ok_env: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { nat_instance_ok_env: ok } = architecture.parameters()?;
    let groups = architecture.table::<SecurityGroupFacts>()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let Some(facts) = &groups[group.key()].nat else { return Ok(Verdict::NotApplicable) };
        let nat = facts.instances.first();
        let vpc = group.vpc.known().and_then(Option::as_ref);
        if architecture.is_in_environment([nat, vpc], &ok)? {
            return Ok(Verdict::NotApplicable);
        }
        let Some(nat) = nat else { return unseen(facts) };
        let violation = |it: &AdminAccess, whom: String| violation(architecture, group, nat, it, &whom);
        match (&facts.leads_on, facts.administered.decided()) {
            (_, Ok(Some(way_in))) => violation(way_in, "outside the VPC".to_owned()).into(),
            (Some(way_on), _) => {
                violation(way_on, format!("NAT instance `{}`", architecture.label(nat))).into()
            }
            (None, way_in) => way_in.or_undecided("ingress").map(|_| Verdict::Pass),
        }
    })
}

/// Of a group that only a NAT instance out of sight may have: it matters where the group lets anybody administer it.
fn unseen(facts: &NatAdmission) -> Answer {
    let lets_nobody_in = facts.leads_on.is_none() && facts.administered == Value::Known(None);
    match &facts.unseen {
        Some(why) if !lets_nobody_in => Err(why.clone()).or_undecided("nat"),
        _ => Ok(Verdict::NotApplicable),
    }
}

fn violation(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    nat: &Key,
    access: &AdminAccess,
    whom: &str,
) -> Violation {
    let AdminAccess { port, rule } = access;
    let path = if rule.security_group == *group.key() { rule.path.as_str() } else { "" };
    let (label, admits) = (architecture.label(nat), architecture.label(&rule.security_group));
    let admission = format!("admits port {port} from {whom}");
    let message = format!("NAT instance `{label}` is a jump host too: `{admits}` {admission}");
    Violation::new(group, path, message).fact(nat, "nat").fact(nat, "security_groups").step(
        &rule.security_group,
        &rule.path,
        admission,
    )
}
