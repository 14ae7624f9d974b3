use archlint_sdk::schema::{
    ClassicLoadBalancer, InstanceConnectEndpoint, LoadBalancer, Protocol, RulePlace, SecurityGroup,
    SecurityGroupFacts, Severity, Unknown, Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/admin-port-open.md", check);

#[derive(Deserialize)]
struct Parameters {
    admin_ports: Vec<u16>,
    attached_only: bool,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let facts = &architecture.table::<SecurityGroupFacts>()?[group.key()];
        let is_before_others = facts.host.is_none() && !facts.attached.members.is_empty();
        let is_unused = parameters.attached_only && *facts.attached.is_empty().or_undecided("attached")?;
        if is_before_others || is_unused {
            return Ok(Verdict::NotApplicable);
        }
        let open = Flaws::among(&parameters.admin_ports, |port| {
            let rule = facts.ingress.on(Protocol::Tcp, *port).world();
            Ok(rule.or_undecided("ingress")?.map(|rule| (*port, rule)))
        })?;
        let host = facts.host.as_ref().map(|it| architecture.label(it));
        open.answer(|open| {
            if let (None, Some(why)) = (host, unseen_without_logins(architecture)) {
                return Err(why).or_undecided("attached");
            }
            violation(group, host, facts.exposed.is_true(), &open).into()
        })
    })
}

/// Why something that takes no logins may carry a group, out of sight.
fn unseen_without_logins(architecture: &Architecture<'_>) -> Option<Unknown> {
    let balancers = architecture.why_partial::<LoadBalancer>();
    let balancers = balancers.or_else(|| architecture.why_partial::<ClassicLoadBalancer>());
    balancers.or_else(|| architecture.why_partial::<InstanceConnectEndpoint>())
}

fn violation(
    group: &SecurityGroup,
    host: Option<&str>,
    exposed: bool,
    open: &[(u16, &RulePlace)],
) -> Violation {
    let ports: Vec<String> = open.iter().map(|(port, _)| port.to_string()).collect();
    let severity = match host {
        None => Severity::Low,
        Some(_) if exposed => Severity::High,
        Some(_) => Severity::Medium,
    };
    let whom = host.map_or_else(|| "everyone".to_owned(), |it| format!("everyone to `{it}`"));
    let noun = if open.len() == 1 { "port" } else { "ports" };
    let message = format!("`{}` admits {whom} on {noun} {}", group.label(), ports.join(", "));
    let violation = open
        .iter()
        .fold(Violation::new(group, &open[0].1.path, message).severity(severity), |it, (port, rule)| {
            it.step(group.key(), &rule.path, format!("admits everyone on port {port}"))
        });
    violation.facts(exposed.then_some(group.key()), "exposed")
}
