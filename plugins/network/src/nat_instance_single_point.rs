use archlint_sdk::schema::{Instance, InstanceFacts, Severity, Subnet, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, View, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/nat-instance-single-point.md", check);

#[derive(Deserialize)]
struct Parameters {
    nat_instance_ok_env: Vec<String>,
    ami_eol_patterns: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    architecture.check_each(&architecture.nat_instances()?, |nat| {
        nat.facts.nat.or_undecided("nat")?;
        let subnet = nat.facts.subnet.known().and_then(Option::as_ref);
        let subnet = subnet.map(|it| architecture.get::<Subnet>(it)).transpose()?;
        // The VPC of a subnet that should be in sight may say what the NAT instance is for.
        let is_hidden =
            subnet.as_ref().is_some_and(Result::is_err) && !parameters.nat_instance_ok_env.is_empty();
        if let Some(why) = architecture.why_partial::<Subnet>().filter(|_| is_hidden) {
            return Err(why).or_undecided("subnet");
        }
        let subnet = subnet.and_then(Result::ok);
        let vpc = subnet.and_then(|it| it.vpc.known());
        if architecture.is_in_environment([Some(nat.key()), vpc], &parameters.nat_instance_ok_env)? {
            return Ok(Verdict::NotApplicable);
        }
        let instance = architecture.get::<Instance>(nat.key())?.or_undecided("")?;
        let image = instance.image_name.known().and_then(Option::as_deref).unwrap_or_default();
        let is_outdated = parameters.ami_eol_patterns.iter().any(|it| fits(it, image));
        violation(architecture, nat, is_outdated).into()
    })
}

/// One for several zones that nothing replaces takes them all down; one for each zone that something replaces is
/// nearly a NAT gateway.
fn violation(architecture: &Architecture<'_>, nat: &View<'_, InstanceFacts>, is_outdated: bool) -> Violation {
    let InstanceFacts { managed_by, serves, served_zones, .. } = nat.facts;
    let is_managed = managed_by.is(Option::is_some);
    let severity = match (is_managed.known(), served_zones.spans(2).known()) {
        (Some(false), Some(true)) => Severity::High,
        (Some(true), Some(false)) if !is_outdated => Severity::Low,
        (Some(true), Some(false)) => Severity::Medium,
        _ if is_outdated => Severity::High,
        _ => Severity::Medium,
    };
    let whom = match serves.as_slice() {
        [] => "its VPC".to_owned(),
        subnets => format!("{} in {}", architecture.labels(subnets), served_zones.names()),
    };
    let replaced = if is_managed.is_false() { ", and nothing replaces it" } else { "" };
    let outdated = if is_outdated { "; its image is past its end of life" } else { "" };
    let label = nat.label();
    let message = format!("NAT instance `{label}` is the only way out for {whom}{replaced}{outdated}");
    let violation = Violation::new(nat, "", message).severity(severity).fact(nat.key(), "serves");
    if is_outdated { violation.step(nat.key(), "image_name", "gets no more updates") } else { violation }
}

/// Whether a name fits a pattern, which may end in `*`.
fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}
