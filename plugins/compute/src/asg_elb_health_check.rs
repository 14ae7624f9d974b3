use archlint_sdk::schema::{AutoScalingGroup, AutoScalingGroupFacts, Severity, Verdicts};
use archlint_sdk::{Answer, Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/compute/asg-elb-health-check.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_grace_s: i64,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { min_grace_s } = architecture.parameters()?;
    let facts = architecture.table::<AutoScalingGroupFacts>()?;
    architecture.check_each(architecture.all::<AutoScalingGroup>()?, |group| {
        // What a load balancer does not send to, as a standby, it need not check.
        if *facts[&group.meta.key].load_balancers.is_empty().or_undecided("target_groups")? {
            return Ok(Verdict::NotApplicable);
        }
        let checks = |wanted: &str| group.health_check_types.is(|all| all.iter().any(|it| it == wanted));
        if *checks("ELB").or_undecided("health_check_types")? {
            return grace(group, min_grace_s);
        }
        if *checks("VPC_LATTICE").or_undecided("health_check_types")? {
            return Ok(Verdict::NotApplicable);
        }
        let message =
            format!("`{}` keeps instances that its load balancer finds unhealthy", group.meta.label);
        Violation::new(group, "health_check_types", message)
            .fact(&group.meta.key, "load_balancers")
            .step(&group.meta.key, "health_check_types", "does not ask the load balancer")
            .into()
    })
}

/// A group that asks the load balancer before an instance has started replaces it for ever.
fn grace(group: &AutoScalingGroup, min_grace_s: i64) -> Answer {
    let grace = group.health_check_grace_period_s.or_undecided("health_check_grace_period_s")?.unwrap_or(0);
    if grace >= min_grace_s {
        return Ok(Verdict::Pass);
    }
    let message =
        format!("`{}` gives an instance {grace} s to start, and it takes {min_grace_s} s", group.meta.label);
    Violation::new(group, "health_check_grace_period_s", message).severity(Severity::Low).into()
}
