use archlint_sdk::schema::{Key, Verdicts, ZoneSet};
use archlint_sdk::{Architecture, Flaws, LoadBalancerView, Missing, RuleError, Subject, Violation, rule};

rule!("../../../rules/network/target-az-not-enabled.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        let stranded = Flaws::among(architecture.zonal_target_groups(lb)?, |(key, group)| {
            let group = group.or_undecided("target_groups")?;
            let zones = group.target_zones.outside(&lb.facts.zones).or_undecided("subnets")?;
            if zones.members.is_empty() {
                return Ok(None);
            }
            // The group answers for its instances (ASG002), and it is out of sight.
            group.unseen_group.clone().map_or(Ok(()), Err).or_undecided("auto_scaling_groups")?;
            Ok(Some((key, zones)))
        })?;
        let unseen = lb.facts.target_groups.open.clone();
        stranded
            .or_doubt(unseen, "target_groups")
            .answer(|stranded| violation(architecture, lb, &stranded).into())
    })
}

fn violation(
    architecture: &Architecture<'_>,
    lb: &LoadBalancerView<'_>,
    stranded: &[(&Key, ZoneSet)],
) -> Violation {
    let mut zones = ZoneSet::default();
    for (_, it) in stranded {
        zones.extend(it);
    }
    let names: Vec<String> =
        stranded.iter().map(|(key, _)| format!("`{}`", architecture.label(key))).collect();
    let message = format!(
        "targets of {} in {} receive no traffic: `{}` has no node there",
        names.join(", "),
        zones.names(),
        lb.label()
    );
    let violation =
        Violation::new(lb, "subnets", message).fact(lb.key(), "zones").fact(lb.key(), "target_groups");
    stranded.iter().fold(violation, |violation, (key, _)| violation.fact(key, "target_zones"))
}
