use std::collections::BTreeMap;

use archlint_sdk::schema::{AutoScalingGroup, AutoScalingGroupFacts, Value, Verdicts, ZoneSet};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/compute/asg-single-az.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_azs: usize,
    per_az_group_tag: String,
    singleton_ok: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    let facts = architecture.table::<AutoScalingGroupFacts>()?;
    let groups = architecture.all::<AutoScalingGroup>()?;
    // Groups pinned to one zone each are one group in several zones.
    let tag = |it: &AutoScalingGroup| it.meta.tag(&parameters.per_az_group_tag);
    let partial = architecture.why_partial::<AutoScalingGroup>();
    let mut siblings = BTreeMap::<Value<Option<String>>, ZoneSet>::new();
    for group in groups.iter().filter(|it| tag(it) != Value::Known(None)) {
        let own = &facts[&group.meta.key].zones;
        let together = siblings.entry(tag(group)).or_default();
        together.members.extend(own.members.clone());
        together.open = together.open.take().or_else(|| own.open.clone()).or_else(|| partial.clone());
    }
    architecture.check_each(groups, |group| {
        let AutoScalingGroupFacts { zones, cluster_placement, .. } = &facts[&group.meta.key];
        let is_singleton = group.max_size.is(|it| *it == 1).is_true();
        if zones.is_outside_zones() || is_singleton && parameters.singleton_ok.contains(&group.meta.label) {
            return Ok(Verdict::NotApplicable);
        }
        if cluster_placement.is_true() {
            return Ok(Verdict::NotApplicable);
        }
        let together = siblings.get(&tag(group)).map(|it| it.spans(parameters.min_azs));
        let together = together.unwrap_or(Value::Known(false));
        if *zones.spans(parameters.min_azs).or(together).or_undecided("subnets")? {
            return Ok(Verdict::Pass);
        }
        cluster_placement.or_undecided("placement_group")?;
        let message = format!("`{}` runs in {} only", group.meta.label, zones.names());
        Violation::new(group, "subnets", message).fact(&group.meta.key, "zones").into()
    })
}
