use archlint_sdk::schema::{
    AutoScalingGroup, AutoScalingGroupFacts, Confidence, DeclaredWorkload, LaunchConfiguration,
    LaunchTemplate, Severity, TargetGroupFacts, Value, Verdicts,
};
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
    let Parameters { required_capacity, size } = architecture.parameters()?;
    let facts = architecture.table::<AutoScalingGroupFacts>()?;
    let partial = architecture.why_partial::<LaunchTemplate>();
    let partial = partial.or_else(|| architecture.why_partial::<LaunchConfiguration>());
    architecture.check_each(architecture.all::<AutoScalingGroup>()?, |group| {
        let facts = &facts[&group.meta.key];
        let AutoScalingGroupFacts { zones, spot, .. } = facts;
        let declared = architecture.intent().workload_of(&group.meta.key);
        let declared_capacity = declared.and_then(|it| it.required_capacity);
        // AWS takes Spot Instances away when it needs them: who runs nothing else and does not say what is required
        // does without.
        let is_interruptible = spot.is_true() && declared_capacity.is_none();
        let is_leader = is_leader(architecture, group, facts)?;
        let may_fail = is_interruptible || is_declared_to_fail(architecture, declared) || is_leader.is_true();
        // A group in one zone is another rule's business.
        if may_fail || !*zones.spans(2).or_undecided("subnets")? {
            return Ok(Verdict::NotApplicable);
        }
        let required = declared_capacity.unwrap_or(required_capacity).into();
        let (path, counted) = size.of(group);
        let bounds = zones.bounds();
        let survives = |size: &Value<i64>| size.is(|it| bounds.survivors(*it).0 >= required);
        if survives(&counted).is_true() {
            return Ok(Verdict::Pass);
        }
        // It would, in as many zones as these may turn out to be.
        if *counted.is(|it| bounds.survivors(*it).1 >= required).or_undecided(path)? {
            return zones.spans(bounds.min + 1).or_undecided("subnets").map(|_| Verdict::Pass);
        }
        is_leader.or_undecided("target_groups")?;
        // A launch template that should be in sight may ask for nothing but Spot Instances.
        if let (Err(_), None, Some(why)) = (spot.decided(), declared_capacity, partial.clone()) {
            return Err(why).or_undecided("launch_template");
        }
        let is_sure = declared_capacity.is_some() || spot.is_false();
        let starts_with_enough = survives(&group.starts_with().1).is_true();
        violation(group, path, required, starts_with_enough)
            .confidence(if is_sure { Confidence::High } else { Confidence::Medium })
            .fact(&group.meta.key, "zones")
            .step(&group.meta.key, path, "is all that surely runs")
            .into()
    })
}

/// Whether the owners say that what it does can wait, or is taken over elsewhere.
fn is_declared_to_fail(architecture: &Architecture<'_>, declared: Option<&DeclaredWorkload>) -> bool {
    declared.is_some_and(|it| {
        it.interruptible || it.dr_region.as_deref().is_some_and(|it| Some(it) == architecture.region())
    })
}

/// Whether it never has more than one instance, which something else may stand in for: nothing does where the group is
/// surely all that a load balancer sends to.
fn is_leader(
    architecture: &Architecture<'_>,
    group: &AutoScalingGroup,
    facts: &AutoScalingGroupFacts,
) -> Result<Value<bool>, RuleError> {
    if !group.max_size.is(|it| *it <= 1).is_true() {
        return Ok(Value::Known(false));
    }
    let target_groups = architecture.table::<TargetGroupFacts>()?;
    let is_alone = |it: &TargetGroupFacts| {
        let in_sight = it.receivers.iter().all(|it| it.resource == group.meta.key);
        let unseen = it.instances.open.clone().map_or(Value::Known(true), Value::Unknown);
        Value::Known(in_sight && !it.load_balancers.is_empty()).and(unseen)
    };
    let registered = facts.target_groups.members.iter().filter_map(|it| target_groups.get(it));
    Ok(Value::any(registered.map(is_alone)).negate())
}

/// A group that starts with enough has too little only after it was scaled in.
fn violation(group: &AutoScalingGroup, path: &str, required: u64, starts_with_enough: bool) -> Violation {
    let name = &group.meta.label;
    let left =
        if required == 1 { "no instance".to_owned() } else { format!("fewer than {required} instances") };
    let sizes = (group.min_size.known(), group.desired_capacity.known().copied().flatten());
    if let ((Some(min), Some(desired)), true) = (sizes, starts_with_enough) {
        let message = format!(
            "`{name}` starts with {desired} instances, but may be scaled in to {min}, of which the failure of a zone \
             may leave {left}"
        );
        return Violation::new(group, path, message).severity(Severity::Low);
    }
    Violation::new(group, path, format!("`{name}` may have {left} left when one of its zones fails"))
}

impl Size {
    fn of(self, group: &AutoScalingGroup) -> (&'static str, Value<i64>) {
        match self {
            Size::Min => ("min_size", group.min_size.clone()),
            Size::Desired => group.starts_with(),
        }
    }
}
