use std::collections::BTreeSet;

use archlint_sdk::schema::{
    AutoScalingGroupFacts, Confidence, Key, Value, Verdicts, VpcFacts, WorkloadFacts,
};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/vpc-workload-single-az.md", check);

/// What says that one zone is meant.
const SINGLE_AZ_OK: &str = "archlint:single-az-ok";

#[derive(Deserialize)]
struct Parameters {
    min_azs: usize,
    count_empty_subnets: bool,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    let workloads = architecture.views::<WorkloadFacts>()?;
    let groups = architecture.table::<AutoScalingGroupFacts>()?;
    let is_meant = |it: &dyn Subject| it.meta().tag(SINGLE_AZ_OK) != Value::Known(None);
    let meant: BTreeSet<&Key> = workloads.iter().filter(|it| is_meant(*it)).map(Subject::key).collect();
    // What is placed close together is meant to be in one zone.
    let counts = |it: &Key| match groups.get(it) {
        _ if meant.contains(it) => Value::Known(false),
        Some(group) => group.cluster_placement.clone().negate(),
        None => Value::Known(true),
    };
    architecture.check_each(&architecture.views::<VpcFacts>()?, |vpc| {
        let VpcFacts { zones, workload, workload_zones, workload_closed, .. } = vpc.facts;
        let runs = workload.any(counts);
        // Of a VPC in which nothing runs there is nothing to say.
        if workload_zones.is_outside_zones() || is_meant(vpc) || !*runs.or_undecided("workload")? {
            return Ok(Verdict::NotApplicable);
        }
        let counted = if parameters.count_empty_subnets { zones } else { workload_zones };
        let may_span = zones.spans(parameters.min_azs);
        if *counted.spans(parameters.min_azs).and(may_span.clone()).or_undecided("")? {
            return Ok(Verdict::Pass);
        }
        let message = format!("all that runs in `{}` is in {}", vpc.label(), workload_zones.names());
        let violation = Violation::new(vpc, "", message).fact(vpc.key(), "workload_zones");
        // What is out of sight may run in the subnets of other zones.
        let may_hold_more = !may_span.is_false() && !workload_closed;
        if may_hold_more { violation.confidence(Confidence::Medium).into() } else { violation.into() }
    })
}
