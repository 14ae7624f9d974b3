use archlint_sdk::schema::{Key, Verdicts, ZoneCapacity, ZoneMember};
use archlint_sdk::{
    Architecture, Flaws, LoadBalancerView, Missing, RuleError, Subject, Verdict, Violation, rule,
};
use serde::Deserialize;

rule!("../../../rules/network/cross-zone-off-imbalance.md", check);

#[derive(Deserialize)]
struct Parameters {
    max_ratio: f64,
    az_affinity_ok: Vec<String>,
}

/// How many targets stand in the zone of a node.
type Share<'a> = (f64, &'a ZoneMember);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { max_ratio, az_affinity_ok } = architecture.parameters()?;
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        if lb.is_named_in(&az_affinity_ok) {
            return Ok(Verdict::NotApplicable);
        }
        let uneven = Flaws::among(architecture.zonal_target_groups(lb)?, |(key, group)| {
            let group = group.or_undecided("target_groups")?;
            if *group.cross_zone.or_undecided("cross_zone")? {
                return Ok(None);
            }
            let capacity = group.capacity.or_undecided("target_groups")?;
            let shares = ZoneCapacity::per_node(capacity, &lb.facts.zones).or_undecided("subnets")?;
            let (Some(least), Some(most)) = (shares.first(), shares.last()) else { return Ok(None) };
            // A zone without targets is another rule's business.
            let is_uneven = least.0 > 0.0 && most.0 > max_ratio * least.0;
            Ok(is_uneven.then_some((key, *most, *least)))
        })?;
        let unseen = lb.facts.target_groups.open.clone();
        uneven.or_doubt(unseen, "target_groups").answer(|uneven| violation(architecture, lb, &uneven).into())
    })
}

fn violation(
    architecture: &Architecture<'_>,
    lb: &LoadBalancerView<'_>,
    uneven: &[(&Key, Share<'_>, Share<'_>)],
) -> Violation {
    let describe = |(key, most, least): &(&Key, Share<'_>, Share<'_>)| {
        let (most, least) =
            (format!("{} in {}", most.0, most.1.name()), format!("{} in {}", least.0, least.1.name()));
        format!("`{}` has {most} and {least}", architecture.label(key))
    };
    let described: Vec<String> = uneven.iter().map(describe).collect();
    let message = format!(
        "every zone of `{}` gets the same share of traffic, whatever its number of targets: {}",
        lb.label(),
        described.join(", ")
    );
    let violation =
        Violation::new(lb, "cross_zone", message).fact(lb.key(), "zones").fact(lb.key(), "target_groups");
    uneven
        .iter()
        .fold(violation, |violation, (key, ..)| violation.fact(key, "cross_zone").fact(key, "target_zones"))
}
