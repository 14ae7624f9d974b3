use std::collections::BTreeSet;

use archlint_sdk::schema::{Confidence, Key, KeySet, Unknown, Value, Verdicts, Vpc, VpcFacts, WorkloadFacts};
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
    let is_meant = |it: &dyn Subject| it.meta().tag(SINGLE_AZ_OK) != Value::Known(None);
    let meant: BTreeSet<&Key> = workloads.iter().filter(|it| is_meant(*it)).map(Subject::key).collect();
    let unplaced = workloads.iter().filter(|it| !meant.contains(it.key())).map(|it| &it.facts.subnets);
    let unplaced: Vec<&KeySet> = unplaced.filter(|it| it.open.is_some()).collect();
    architecture.check_each(&architecture.views::<VpcFacts>()?, |vpc| {
        let VpcFacts { subnets, zones, workload, workload_zones, workload_closed, .. } = vpc.facts;
        // Of a VPC in which nothing runs there is nothing to say.
        if workload_zones.is_outside_zones() || is_meant(vpc) {
            return Ok(Verdict::NotApplicable);
        }
        let is_default =
            architecture.get::<Vpc>(vpc.key())?.map_or_else(|_| Value::default(), |it| it.is_default.clone());
        let unplaced = unplaced.iter().find_map(|it| may_run_in(it, subnets, &is_default));
        let all_placed = || unplaced.clone().map_or(Ok(()), Err).or_undecided("workloads.subnets");
        if workload.iter().all(|it| meant.contains(it)) {
            all_placed()?;
            return Ok(Verdict::NotApplicable);
        }
        let counted = if parameters.count_empty_subnets { zones } else { workload_zones };
        if *counted.spans(parameters.min_azs).or_undecided("")? {
            return Ok(Verdict::Pass);
        }
        let has_room = !zones.spans(parameters.min_azs).is_false();
        if has_room {
            all_placed()?;
        }
        let message = format!("all that runs in `{}` is in {}", vpc.label(), workload_zones.names());
        let violation = Violation::new(vpc, "", message).fact(vpc.key(), "workload_zones");
        // What is out of sight may run in the subnets of other zones.
        let may_hold_more = has_room && !workload_closed;
        if may_hold_more { violation.confidence(Confidence::Medium).into() } else { violation.into() }
    })
}

/// Why something may run in a VPC with those subnets: some of its own are unknown, and nothing runs in two VPCs. What
/// names no subnet runs in the default VPC.
fn may_run_in(own: &KeySet, subnets: &[Key], is_default: &Value<bool>) -> Option<Unknown> {
    let why = own.open.clone()?;
    let is_elsewhere = why.is_of_default_vpc() && is_default.is_false();
    (!is_elsewhere && own.members.iter().all(|it| subnets.contains(it))).then_some(why)
}
