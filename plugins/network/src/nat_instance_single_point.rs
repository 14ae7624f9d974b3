use archlint_sdk::schema::{EnvironmentFacts, Instance, InstanceFacts, Key, Severity, Subnet, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Stop, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/nat-instance-single-point.md", check);

#[derive(Deserialize)]
struct Parameters {
    nat_instance_ok_env: Vec<String>,
    ami_eol_patterns: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    let facts = architecture.table::<InstanceFacts>()?;
    let is_nat = |it: &&Instance| facts.get(&it.meta.key).is_some_and(|it| it.nat.is_true());
    architecture.check_each(architecture.all::<Instance>()?.iter().filter(is_nat), |nat| {
        let facts = &facts[&nat.meta.key];
        if is_spared(architecture, nat, facts, &parameters.nat_instance_ok_env)? {
            return Ok(Verdict::NotApplicable);
        }
        let image = nat.image_name.known().and_then(Option::as_deref).unwrap_or_default();
        let is_outdated = parameters.ami_eol_patterns.iter().any(|it| fits(it, image));
        violation(architecture, nat, facts, is_outdated).into()
    })
}

/// Whether the instance, or its VPC, is of an environment that may rely on one.
fn is_spared(
    architecture: &Architecture<'_>,
    nat: &Instance,
    facts: &InstanceFacts,
    environments: &[String],
) -> Result<bool, Stop> {
    let spared = |key: &Key| -> Result<bool, Stop> {
        // A VPC from outside names none.
        let Ok(environment) = architecture.facts::<EnvironmentFacts>(key)? else { return Ok(false) };
        let name = environment.name.or_undecided("tags")?.as_deref().unwrap_or_default();
        Ok(environments.iter().any(|it| it.eq_ignore_ascii_case(name)))
    };
    let subnet = match facts.subnet.known() {
        Some(Some(subnet)) => architecture.get::<Subnet>(subnet)?.ok(),
        _ => None,
    };
    Ok(spared(&nat.meta.key)? || subnet.and_then(|it| it.vpc.known()).map_or(Ok(false), spared)?)
}

/// One for several zones that nothing replaces takes them all down; one for each zone that something replaces is
/// nearly a NAT gateway.
fn violation(
    architecture: &Architecture<'_>,
    nat: &Instance,
    facts: &InstanceFacts,
    is_outdated: bool,
) -> Violation {
    let is_managed = facts.managed_by.is(Option::is_some);
    let severity = match (is_managed.known(), facts.served_zones.spans(2).known()) {
        (Some(false), Some(true)) => Severity::High,
        (Some(true), Some(false)) if !is_outdated => Severity::Low,
        (Some(true), Some(false)) => Severity::Medium,
        _ if is_outdated => Severity::High,
        _ => Severity::Medium,
    };
    let whom = match facts.serves.as_slice() {
        [] => "its VPC".to_owned(),
        subnets => format!("{} in {}", architecture.labels(subnets), facts.served_zones.names()),
    };
    let replaced = if is_managed.is_false() { ", and nothing replaces it" } else { "" };
    let outdated = if is_outdated { "; its image is past its end of life" } else { "" };
    let label = &nat.meta.label;
    let message = format!("NAT instance `{label}` is the only way out for {whom}{replaced}{outdated}");
    let violation = Violation::new(nat, "", message).severity(severity).fact(&nat.meta.key, "serves");
    if is_outdated { violation.step(&nat.meta.key, "image_name", "gets no more updates") } else { violation }
}

/// Whether a name fits a pattern, which may end in `*`.
fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}
