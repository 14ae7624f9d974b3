use archlint_sdk::schema::{
    IpAddressType, Key, LoadBalancer, LoadBalancerType, Scheme, SubnetFacts, Value, Verdicts,
};
use archlint_sdk::{
    Architecture, Flaws, LoadBalancerView, Missing, RuleError, Stop, Subject, Verdict, Violation, rule,
};
use serde::Deserialize;

rule!("../../../rules/network/internet-facing-lb-in-private-subnet.md", check);

#[derive(Deserialize)]
struct Parameters {
    allow_subnets: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { allow_subnets } = architecture.parameters()?;
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        // A Gateway Load Balancer has no such choice.
        let kind = lb.facts.load_balancer_type.or_undecided("load_balancer_type")?;
        let is_internal = *lb.facts.scheme.or_undecided("scheme")? == Scheme::Internal;
        if *kind == LoadBalancerType::Gateway || is_internal {
            return Ok(Verdict::NotApplicable);
        }
        let subnets = lb.facts.subnets.or_undecided("subnets")?;
        let bad = Flaws::among(subnets.iter().enumerate(), |(at, subnet)| {
            let key = subnet.or_undecided(&format!("subnets[{at}]"))?;
            let is_reachable = reachable(architecture, lb, key, &format!("subnets[{at}]"))?;
            Ok((!is_reachable && !architecture.is_named_in(key, &allow_subnets)).then_some((at, key)))
        })?;
        bad.answer(|bad| Ok(violation(architecture, lb, &bad, subnets.len())?.into()))
    })
}

/// Whether a node in a subnet can answer the internet.
fn reachable(
    architecture: &Architecture<'_>,
    lb: &LoadBalancerView<'_>,
    subnet: &Key,
    path: &str,
) -> Result<bool, Stop> {
    let facts = architecture.facts::<SubnetFacts>(subnet)?.or_undecided(path)?;
    // Nodes without a public IPv4 address need IPv6 only.
    let address_type = architecture.get::<LoadBalancer>(lb.key())?.map(|it| &it.ip_address_type);
    let ipv6_only =
        address_type.is_ok_and(|it| it.known() == Some(&IpAddressType::DualstackWithoutPublicIpv4));
    let public = if ipv6_only { facts.public_ipv6.clone() } else { facts.is_public() };
    public.and(facts.ingress_blocked().negate()).or_undecided(path).copied()
}

fn violation(
    architecture: &Architecture<'_>,
    lb: &LoadBalancerView<'_>,
    bad: &[(usize, &Key)],
    all: usize,
) -> Result<Violation, RuleError> {
    let mut described = Vec::new();
    for (_, subnet) in bad {
        let table = architecture.facts::<SubnetFacts>(subnet)?.ok().map(|it| &it.route_table);
        described.push(match table {
            Some(Value::Known(Some(table))) => {
                format!("`{}` (route table `{}`)", architecture.label(subnet), architecture.label(table))
            }
            _ => format!("`{}` (main route table)", architecture.label(subnet)),
        });
    }
    let share = if bad.len() == all { "all of its subnets are" } else { "some of its subnets are" };
    let message = format!(
        "internet-facing `{}` cannot be reached in every zone: {share} private: {}",
        lb.label(),
        described.join(", ")
    );
    let (first, _) = bad[0];
    let violation = Violation::new(lb, format!("subnets[{first}]"), message).fact(lb.key(), "scheme");
    Ok(bad.iter().fold(violation, |violation, (at, subnet)| {
        violation
            .step(
                lb.key(),
                format!("subnets[{at}]"),
                format!("has a node in `{}`", architecture.label(subnet)),
            )
            .fact(subnet, "exposure")
    }))
}
