use archlint_sdk::schema::{InstanceFacts, Severity, SubnetFacts, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Stop, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/nat-instance-no-stable-public-ip.md", check);

#[derive(Deserialize)]
struct Parameters {
    require_eip: bool,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { require_eip } = architecture.parameters()?;
    architecture.check_each(&architecture.nat_instances()?, |nat| {
        let has_elastic = nat.facts.elastic_ip.is(Option::is_some);
        let has_public = &nat.facts.public_ipv4;
        let has_enough = if require_eip { has_elastic } else { has_elastic.or(has_public.clone()) };
        if *has_enough.or_undecided("public_address")? {
            return Ok(Verdict::Pass);
        }
        if leaves_privately(architecture, nat.facts)? {
            return Ok(Verdict::NotApplicable);
        }
        nat.facts.nat.or_undecided("nat")?;
        let severity = if has_public.is_false() { Severity::High } else { Severity::Medium };
        let what = if has_public.is_false() {
            "no public IPv4 address"
        } else {
            "no Elastic IP address: its public address changes when it stops and starts"
        };
        Violation::new(nat, "public_address", format!("NAT instance `{}` has {what}", nat.label()))
            .severity(severity)
            .fact(nat.key(), "nat")
            .fact(nat.key(), "public_ipv4")
            .into()
    })
}

/// NAT towards networks on premises needs no public address.
fn leaves_privately(architecture: &Architecture<'_>, facts: &InstanceFacts) -> Result<bool, Stop> {
    let Some(subnet) = facts.subnet.or_undecided("subnet")? else { return Ok(false) };
    let subnet = architecture.facts::<SubnetFacts>(subnet)?.or_undecided("subnet")?;
    subnet.leaves_privately().or_undecided("subnet").copied()
}
