use archlint_sdk::schema::{Dependency, DependencyKind, Verdicts, VpcFacts};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Violation, rule};

rule!("../../../rules/resilience/tier-az-misalignment.md", check);

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    architecture.check_each(&architecture.views::<VpcFacts>()?, |vpc| {
        let misaligned = Flaws::among(&vpc.facts.dependencies, |it| {
            let is_misaligned = *it.is_apart().or(it.is_narrow()).or_undecided("dependencies")?;
            Ok(is_misaligned.then_some(it))
        })?;
        misaligned.answer(|found| {
            let told: Vec<String> = found.iter().map(|it| told(architecture, it)).collect();
            let violation = Violation::new(vpc, "", told.join("; "));
            found.iter().fold(violation, |violation, it| explained(violation, it)).into()
        })
    })
}

fn told(architecture: &Architecture<'_>, it: &Dependency) -> String {
    let (user, on) = (architecture.label(&it.user), architecture.label(&it.on));
    let (user, on) = match it.kind {
        DependencyKind::LoadBalancerOnTier => (format!("`{user}`"), format!("tier `{on}`")),
        DependencyKind::TierOnDataStore | DependencyKind::TierOnEndpoint => {
            (format!("tier `{user}`"), format!("`{on}`"))
        }
    };
    let (user_zones, zones) = (it.user_zones.names(), it.zones.names());
    if it.is_apart().is_true() {
        format!("{user} in {user_zones} and {on} in {zones} have no Availability Zone in common")
    } else {
        format!("{user} in {user_zones} depends on {on}, which is in one Availability Zone")
    }
}

fn explained(violation: Violation, it: &Dependency) -> Violation {
    let way = match it.kind {
        DependencyKind::LoadBalancerOnTier => "target_groups",
        DependencyKind::TierOnDataStore => "data_stores",
        DependencyKind::TierOnEndpoint => "members",
    };
    violation.fact(&it.user, "zones").fact(&it.user, way).fact(&it.on, "zones")
}
