use archlint_sdk::schema::{Key, Severity, TargetGroupFacts, Verdicts, ZoneSet};
use archlint_sdk::{Architecture, Flaws, LoadBalancerView, Missing, RuleError, Subject, Violation, rule};

rule!("../../../rules/network/enabled-az-without-targets.md", check);

/// A target group without targets in the zone of a node.
struct Gap<'a> {
    key: &'a Key,
    group: &'a TargetGroupFacts,
    /// The zones of such nodes.
    zones: ZoneSet,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        let gaps = Flaws::among(architecture.zonal_target_groups(lb)?, |(key, group)| {
            let group = group.or_undecided("target_groups")?;
            // Targets that are all in one zone are the finding of LBL004.
            if lb.facts.zones.spans(2).is_true() && group.target_zones.spans(2).is_false() {
                return Ok(None);
            }
            let zones = lb.facts.zones.outside(&group.target_zones).or_undecided("subnets")?;
            if zones.members.is_empty() {
                return Ok(None);
            }
            // The group answers for its instances (ASG002), and it is out of sight.
            group.unseen_group.clone().map_or(Ok(()), Err).or_undecided("auto_scaling_groups")?;
            Ok(Some(Gap { key, group, zones }))
        })?;
        let unseen = lb.facts.target_groups.open.clone();
        gaps.or_doubt(unseen, "target_groups").answer(|gaps| violation(architecture, lb, &gaps).into())
    })
}

fn violation(architecture: &Architecture<'_>, lb: &LoadBalancerView<'_>, gaps: &[Gap<'_>]) -> Violation {
    let describe =
        |gap: &Gap<'_>| format!("`{}` has none in {}", architecture.label(gap.key), gap.zones.names());
    let described: Vec<String> = gaps.iter().map(describe).collect();
    let message =
        format!("`{}` has nodes without targets in their zone: {}", lb.label(), described.join(", "));
    let violation =
        Violation::new(lb, "subnets", message).fact(lb.key(), "zones").fact(lb.key(), "target_groups");
    // A node that may send to other zones has somewhere to send to.
    let is_cut_off = gaps.iter().any(|gap| gap.group.cross_zone.is_false());
    let violation = if is_cut_off { violation } else { violation.severity(Severity::Low) };
    gaps.iter()
        .fold(violation, |violation, gap| violation.fact(gap.key, "target_zones").fact(gap.key, "cross_zone"))
}
