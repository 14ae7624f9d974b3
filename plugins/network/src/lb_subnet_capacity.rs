use archlint_sdk::schema::{Cidr, LoadBalancerType, Reason, Subnet, Unknown, Verdicts};
use archlint_sdk::{
    Architecture, Flaws, LoadBalancerView, Missing, RuleError, Stop, Subject, Violation, rule,
};
use serde::Deserialize;

rule!("../../../rules/network/lb-subnet-capacity.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_prefix: u8,
    min_free: u32,
    #[serde(default)]
    expected_peak_nodes: u32,
}

/// A subnet with too little room, the path that leads to it, and how much there is.
type Tight<'a> = (String, &'a Subnet, String);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        let kind = lb.facts.load_balancer_type.or_undecided("load_balancer_type")?;
        let subnets = lb.facts.subnets.or_undecided("subnets")?;
        let tight = Flaws::among(subnets.iter().enumerate(), |(at, subnet)| {
            let path = format!("subnets[{at}]");
            let subnet = architecture.follow::<Subnet>(subnet, &path)?;
            let shortage = match kind {
                LoadBalancerType::Application | LoadBalancerType::Classic => {
                    shortage(subnet, &path, &parameters)?
                }
                // One address in each zone, however much traffic there is.
                LoadBalancerType::Network | LoadBalancerType::Gateway => free_below(subnet, 1),
            };
            Ok(shortage.map(|it| (path, subnet, it)))
        })?;
        tight.answer(|tight| violation(lb, &tight).into())
    })
}

/// What a load balancer that grows with its traffic lacks in a subnet.
fn shortage(subnet: &Subnet, path: &str, parameters: &Parameters) -> Result<Option<String>, Stop> {
    let needed = parameters.min_free.max(parameters.expected_peak_nodes);
    if let Some(shortage) = free_below(subnet, needed) {
        return Ok(Some(shortage));
    }
    // A subnet without IPv4 has addresses enough.
    let Some(cidr) = subnet.cidr.or_undecided(path)? else { return Ok(None) };
    let block: Cidr =
        cidr.parse().map_err(|_| Unknown::new(Reason::Computed, format!("`{cidr}`"))).or_undecided(path)?;
    let usable = block.usable_addresses();
    let is_tight =
        block.prefix() > parameters.min_prefix || usable < u128::from(parameters.expected_peak_nodes);
    Ok(is_tight.then(|| format!("is a /{} with {usable} usable addresses", block.prefix())))
}

/// Only a live account tells how many addresses are free.
fn free_below(subnet: &Subnet, needed: u32) -> Option<String> {
    let free = subnet.free_addresses.known().copied().flatten()?;
    (free < needed).then(|| format!("has {free} left"))
}

fn violation(lb: &LoadBalancerView<'_>, tight: &[Tight<'_>]) -> Violation {
    let describe = |(_, subnet, shortage): &Tight<'_>| format!("`{}` {shortage}", subnet.meta.label);
    let described: Vec<String> = tight.iter().map(describe).collect();
    let message = format!("`{}` is short of addresses: {}", lb.label(), described.join(", "));
    tight.iter().fold(Violation::new(lb, &tight[0].0, message), |violation, (path, subnet, shortage)| {
        violation.step(lb.key(), path, format!("has a node in `{}`", subnet.meta.label)).step(
            &subnet.meta.key,
            "cidr",
            shortage,
        )
    })
}
