use archlint_sdk::schema::{Key, TargetGroupFacts, Verdicts};
use archlint_sdk::{
    Architecture, Flaws, LoadBalancerView, Missing, RuleError, Subject, Verdict, Violation, rule,
};
use serde::Deserialize;

rule!("../../../rules/network/targets-single-az.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_target_azs: usize,
    singleton_ok: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { min_target_azs, singleton_ok } = architecture.parameters()?;
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        let is_spread = lb.facts.zones.spans(2);
        // A load balancer in one zone is another rule's business, whatever stands behind it.
        if is_spread.is_false() {
            return Ok(Verdict::NotApplicable);
        }
        let mut groups = architecture.zonal_target_groups(lb)?;
        groups.retain(|(key, _)| !architecture.is_named_in(key, &singleton_ok));
        let gathered = Flaws::among(groups, |(key, group)| {
            let group = group.or_undecided("target_groups")?;
            let spans = group.target_zones.spans(min_target_azs);
            let is_flawed = spans.negate().and(is_spread.clone());
            Ok(is_flawed.or_undecided("target_groups")?.then_some((key, group)))
        })?;
        let unseen = lb.facts.target_groups.open.clone();
        gathered
            .or_doubt(unseen, "target_groups")
            .answer(|gathered| violation(architecture, lb, &gathered).into())
    })
}

fn violation(
    architecture: &Architecture<'_>,
    lb: &LoadBalancerView<'_>,
    gathered: &[(&Key, &TargetGroupFacts)],
) -> Violation {
    let describe = |(key, group): &(&Key, &TargetGroupFacts)| {
        format!("all targets of `{}` are in {}", architecture.label(key), group.target_zones.names())
    };
    let described: Vec<String> = gathered.iter().map(describe).collect();
    let message =
        format!("`{}` has nodes in {}, but {}", lb.label(), lb.facts.zones.names(), described.join(", and "));
    let violation =
        Violation::new(lb, "subnets", message).fact(lb.key(), "zones").fact(lb.key(), "target_groups");
    gathered.iter().fold(violation, |violation, (key, _)| violation.fact(key, "target_zones"))
}
