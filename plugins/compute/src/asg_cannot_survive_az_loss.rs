use archlint_sdk::schema::{AutoScalingGroup, AutoScalingGroupFacts, DeclaredWorkload, Value, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/compute/asg-cannot-survive-az-loss.md", check);

#[derive(Deserialize)]
struct Parameters {
    required_capacity: u32,
    #[serde(rename = "use")]
    size: Size,
}

/// The size of a group that is counted on.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Size {
    Min,
    Desired,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    let facts = architecture.table::<AutoScalingGroupFacts>()?;
    architecture.check_each(architecture.all::<AutoScalingGroup>()?, |group| {
        let zones = &facts[&group.meta.key].zones;
        // A group in one zone is another rule's business.
        if may_fail(architecture, group) || !*zones.spans(2).or_undecided("subnets")? {
            return Ok(Verdict::NotApplicable);
        }
        let declared = architecture.intent().workload_of(&group.meta.key);
        let required = declared.and_then(|it| it.required_capacity).unwrap_or(parameters.required_capacity);
        let (path, size) = parameters.size.of(group);
        let survives = |zones| size.is(|it| survivors(*it, zones) >= u64::from(required));
        let bounds = zones.bounds();
        if survives(Some(bounds.min)).is_true() {
            return Ok(Verdict::Pass);
        }
        // It would, in as many zones as these may turn out to be.
        if *survives(bounds.max).or_undecided(path)? {
            return zones.spans(bounds.min + 1).or_undecided("subnets").map(|_| Verdict::Pass);
        }
        let left =
            if required == 1 { "no instance".to_owned() } else { format!("fewer than {required} instances") };
        let message = format!("`{}` may have {left} left when one of its zones fails", group.meta.label);
        Violation::new(group, path, message)
            .fact(&group.meta.key, "zones")
            .step(&group.meta.key, path, "is all that surely runs")
            .into()
    })
}

/// Whether the group may be without instances: what it does can wait, or is taken over elsewhere.
fn may_fail(architecture: &Architecture<'_>, group: &AutoScalingGroup) -> bool {
    let is_singleton = group.max_size.is(|it| *it <= 1).is_true();
    let is_declared = |it: &DeclaredWorkload| {
        it.interruptible || it.dr_region.as_deref().is_some_and(|it| Some(it) == architecture.region())
    };
    is_singleton || architecture.intent().workload_of(&group.meta.key).is_some_and(is_declared)
}

impl Size {
    fn of(self, group: &AutoScalingGroup) -> (&'static str, Value<i64>) {
        match (self, &group.desired_capacity) {
            // A group that names no desired capacity starts with its minimum.
            (Size::Min, _) | (Size::Desired, Value::Known(None)) => ("min_size", group.min_size.clone()),
            (Size::Desired, desired) => ("desired_capacity", desired.clone().map(Option::unwrap_or_default)),
        }
    }
}

/// The instances left after the zone that held the most of them is gone; they are spread as evenly as can be. The
/// more zones there are, the more are left.
fn survivors(size: i64, zones: Option<usize>) -> u64 {
    let size = u64::try_from(size).unwrap_or(0);
    size - size.div_ceil(zones.map_or(u64::MAX, |it| it as u64))
}
