use std::collections::BTreeSet;

use archlint_sdk::schema::{Confidence, Key, SubnetFacts, Value, Verdicts, VpcFacts, WorkloadFacts};
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
    let subnets = architecture.table::<SubnetFacts>()?;
    let workloads = architecture.views::<WorkloadFacts>()?;
    let is_meant = |it: &dyn Subject| it.meta().tag(SINGLE_AZ_OK) != Value::Known(None);
    let meant: BTreeSet<&Key> = workloads.iter().filter(|it| is_meant(*it)).map(Subject::key).collect();
    architecture.check_each(&architecture.views::<VpcFacts>()?, |vpc| {
        let VpcFacts { zones, workload, workload_zones, .. } = vpc.facts;
        let is_outside_zones = workload_zones.members.is_empty() && !workload_zones.excluded.is_empty();
        // Of a VPC in which nothing runs there is nothing to say.
        if is_outside_zones || is_meant(vpc) || workload.iter().all(|it| meant.contains(it)) {
            return Ok(Verdict::NotApplicable);
        }
        let counted = if parameters.count_empty_subnets { zones } else { workload_zones };
        if *counted.spans(parameters.min_azs).or_undecided("")? {
            return Ok(Verdict::Pass);
        }
        let message = format!("all that runs in `{}` is in {}", vpc.label(), workload_zones.names());
        let violation = Violation::new(vpc, "", message).fact(vpc.key(), "workload_zones");
        // What is out of sight may run in the subnets of other zones.
        let has_room = !zones.spans(parameters.min_azs).is_false();
        let sees_all = vpc.facts.subnets.iter().all(|it| subnets.get(it).is_some_and(|it| it.workload_closed));
        if has_room && !sees_all { violation.confidence(Confidence::Medium).into() } else { violation.into() }
    })
}
