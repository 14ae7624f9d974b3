use archlint_sdk::schema::{
    AutoScalingGroup, AutoScalingGroupFacts, Key, LoadBalancerFacts, Severity, Verdicts, ZoneSet,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/compute/asg-lb-az-mismatch.md", check);

#[derive(Deserialize)]
struct Parameters {
    compare_union: bool,
}

/// What has zones that the other lacks.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Group,
    LoadBalancer,
}

/// The zones that one side has and the other lacks.
struct Mismatch<'a> {
    lb: &'a Key,
    surplus: Side,
    zones: ZoneSet,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { compare_union } = architecture.parameters()?;
    let facts = architecture.table::<AutoScalingGroupFacts>()?;
    architecture.check_each(architecture.all::<AutoScalingGroup>()?, |group| {
        let facts = &facts[&group.meta.key];
        let own = &facts.zones;
        // In Local Zones and on Outposts there is nothing to compare.
        if own.is_outside_zones() {
            return Ok(Verdict::NotApplicable);
        }
        let sides =
            facts.load_balancers.iter().flat_map(|lb| [(lb.clone(), Side::Group), (lb, Side::LoadBalancer)]);
        let mismatches = Flaws::among(sides, |(lb, surplus)| {
            let lb = lb.or_undecided("target_groups")?;
            let facts = architecture.facts::<LoadBalancerFacts>(lb)?.or_undecided("target_groups")?;
            let zones = match surplus {
                Side::Group => own.outside(&facts.zones),
                Side::LoadBalancer if compare_union => facts.zones.outside(&facts.target_zones),
                Side::LoadBalancer => facts.zones.outside(own),
            };
            let zones = zones.or_undecided("subnets")?;
            Ok((!zones.members.is_empty()).then_some(Mismatch { lb, surplus, zones }))
        })?;
        mismatches.answer(|mismatches| violation(architecture, group, &mismatches).into())
    })
}

fn violation(
    architecture: &Architecture<'_>,
    group: &AutoScalingGroup,
    mismatches: &[Mismatch<'_>],
) -> Violation {
    let describe = |it: &Mismatch<'_>| {
        let (lb, zones) = (architecture.label(it.lb), it.zones.names());
        match it.surplus {
            Side::Group => format!("its instances in {zones} get no traffic from `{lb}`"),
            Side::LoadBalancer => format!("`{lb}` has a node in {zones} without a target"),
        }
    };
    let described: Vec<String> = mismatches.iter().map(describe).collect();
    let message =
        format!("`{}` and its load balancer differ in zones: {}", group.meta.label, described.join(", and "));
    let is_idle = mismatches.iter().any(|it| it.surplus == Side::Group);
    let violation = Violation::new(group, "subnets", message)
        .fact(&group.meta.key, "zones")
        .fact(&group.meta.key, "load_balancers");
    // A node without targets in its zone still sends to the others.
    let violation = if is_idle { violation } else { violation.severity(Severity::Medium) };
    violation.facts(mismatches.iter().map(|it| it.lb), "zones")
}
