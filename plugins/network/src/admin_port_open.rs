use archlint_sdk::schema::{
    InstanceConnectEndpoint, Key, LoadBalancerFacts, Protocol, RulePlace, SecurityGroup, SecurityGroupFacts,
    Severity, Verdicts,
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
    let facts = architecture.table::<SecurityGroupFacts>()?;
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let facts = &facts[group.key()];
        let host = host(architecture, facts)?;
        let is_before_others = host.is_none() && !facts.attached.members.is_empty();
        if is_before_others
            || parameters.attached_only && *facts.attached.is_empty().or_undecided("attached")?
        {
            return Ok(Verdict::NotApplicable);
        }
        let open = Flaws::among(&parameters.admin_ports, |port| {
            let rule = facts.ingress.on(Protocol::Tcp, *port).world();
            Ok(rule.or_undecided("ingress")?.map(|rule| (*port, rule)))
        })?;
        let host = host.map(|it| architecture.label(it));
        open.answer(|open| violation(group, host, facts.exposed.is_true(), &open).into())
    })
}

/// Something that carries the group and may take logins. Load balancers do not listen on these ports, and an EC2
/// Instance Connect Endpoint takes nothing in.
fn host<'a>(
    architecture: &Architecture<'a>,
    facts: &'a SecurityGroupFacts,
) -> Result<Option<&'a Key>, RuleError> {
    let load_balancers = architecture.table::<LoadBalancerFacts>()?;
    for key in &facts.attached.members {
        if !load_balancers.contains_key(key) && architecture.get::<InstanceConnectEndpoint>(key)?.is_err() {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

fn violation(
    group: &SecurityGroup,
    host: Option<&str>,
    exposed: bool,
    open: &[(u16, &RulePlace)],
) -> Violation {
    let ports: Vec<String> = open.iter().map(|(port, _)| port.to_string()).collect();
    let (severity, whom) = match host {
        None => (Severity::Low, "everyone".to_owned()),
        Some(host) if exposed => (Severity::High, format!("everyone to `{host}`")),
        Some(host) => (Severity::Medium, format!("everyone to `{host}`")),
    };
    let noun = if open.len() == 1 { "port" } else { "ports" };
    let message = format!("`{}` admits {whom} on {noun} {}", group.label(), ports.join(", "));
    let violation = open
        .iter()
        .fold(Violation::new(group, &open[0].1.path, message).severity(severity), |it, (port, rule)| {
            it.step(group.key(), &rule.path, format!("admits everyone on port {port}"))
        });
    if exposed { violation.fact(group.key(), "exposed") } else { violation }
}
