use archlint_sdk::schema::{
    Instance, InstanceFacts, Key, Resource, Severity, TargetGroup, TargetGroupFacts, Value, Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Subject, Verdict, View, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/compute/lb-backed-by-unmanaged-instances.md", check);

#[derive(Deserialize)]
struct Parameters {
    singleton_ok: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { singleton_ok } = architecture.parameters()?;
    architecture.check_each(&architecture.views::<TargetGroupFacts>()?, |group| {
        // Behind a Gateway Load Balancer stand appliances.
        if group.facts.is_of_appliances() {
            return Ok(Verdict::NotApplicable);
        }
        let path = if group.kind == TargetGroup::KIND { "targets" } else { "instances" };
        let unmanaged = Flaws::among(group.facts.instances.iter(), |key| {
            let key = key.or_undecided(path)?;
            let instance = architecture.get::<Instance>(key)?.or_undecided(path)?;
            let manager = &architecture.facts::<InstanceFacts>(key)?.or_undecided(path)?.managed_by;
            let is_appliance = instance.meta.tag("archlint:appliance") != Value::Known(None);
            Ok((!is_appliance && manager.or_undecided(path)?.is_none()).then_some(key))
        })?;
        unmanaged.answer(|unmanaged| {
            let are_declared = unmanaged.iter().all(|it| architecture.is_named_in(it, &singleton_ok));
            let violation = violation(architecture, group, path, &unmanaged);
            if are_declared { violation.severity(Severity::Low).into() } else { violation.into() }
        })
    })
}

fn violation(
    architecture: &Architecture<'_>,
    group: &View<'_, TargetGroupFacts>,
    path: &str,
    unmanaged: &[&Key],
) -> Violation {
    let names = architecture.labels(unmanaged.iter().copied());
    let message = format!("nothing replaces targets of `{}` that fail: {names}", group.label());
    let violation = Violation::new(group, path, message).step(group.key(), path, "registers them one by one");
    violation.facts(unmanaged.iter().copied(), "managed_by")
}
