use archlint_sdk::schema::{Connectivity, Key, NatAvailability, NatGateway, SubnetFacts, Value, Verdicts};
use archlint_sdk::{Answer, Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};

rule!("../../../rules/network/nat-not-in-public-subnet.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let gateways = architecture.check_each(architecture.all::<NatGateway>()?, |nat| {
        let is_private = *nat.connectivity.or_undecided("connectivity")? == Connectivity::Private;
        // A regional NAT gateway stands in no subnet.
        if is_private || *nat.availability.or_undecided("availability")? == NatAvailability::Regional {
            return Ok(Verdict::NotApplicable);
        }
        stands_in_public(architecture, nat, "NAT gateway", &nat.subnet)
    })?;
    let instances = architecture.check_each(&architecture.nat_instances()?, |instance| {
        stands_in_public(architecture, instance, "NAT instance", &instance.facts.subnet)
    })?;
    Ok(gateways.and(instances))
}

/// NAT needs the internet over IPv4: directly, or through a firewall that routes back.
fn stands_in_public(
    architecture: &Architecture<'_>,
    nat: &impl Subject,
    kind: &str,
    subnet: &Value<Option<Key>>,
) -> Answer {
    let Some(subnet) = subnet.or_undecided("subnet")? else { return Ok(Verdict::NotApplicable) };
    let facts = architecture.facts::<SubnetFacts>(subnet)?.or_undecided("subnet")?;
    if *facts.public_ipv4.clone().or(facts.via_inspection.clone()).or_undecided("subnet")? {
        return Ok(Verdict::Pass);
    }
    let message = format!(
        "{kind} `{}` stands in subnet `{}`, which has no default route to an internet gateway",
        nat.label(),
        architecture.label(subnet)
    );
    Violation::new(nat, "subnet", message)
        .step(nat.key(), "subnet", format!("stands in `{}`", architecture.label(subnet)))
        .fact(subnet, "exposure")
        .into()
}
