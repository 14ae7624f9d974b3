use archlint_sdk::schema::{LoadBalancerType, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/lb-single-az.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_azs: MinAzs,
}

#[derive(Deserialize)]
struct MinAzs {
    alb: usize,
    nlb: usize,
    gwlb: usize,
    clb: usize,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { min_azs } = architecture.parameters()?;
    architecture.check_each(&architecture.load_balancers()?, |lb| {
        let kind = lb.facts.load_balancer_type.or_undecided("load_balancer_type")?;
        let (min, consequence) = match kind {
            // An Application Load Balancer needs two zones to exist at all.
            LoadBalancerType::Application => (min_azs.alb, " and will not deploy"),
            LoadBalancerType::Network => (min_azs.nlb, ""),
            LoadBalancerType::Gateway => (min_azs.gwlb, ""),
            LoadBalancerType::Classic => (min_azs.clb, ""),
        };
        let zones = &lb.facts.zones;
        if zones.is_outside_zones() {
            return Ok(Verdict::NotApplicable);
        }
        if *zones.spans(min).or_undecided("subnets")? {
            return Ok(Verdict::Pass);
        }
        let message = format!("`{}` has nodes in {} only{consequence}", lb.label(), zones.names());
        Violation::new(lb, "subnets", message).fact(lb.key(), "zones").into()
    })
}
