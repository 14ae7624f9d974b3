use archlint_sdk::schema::{EgressTargetFacts, Resource, Severity, Verdicts, VpcEndpoint, ZoneMember};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, View, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/egress-az-dependency.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_dependent_azs: usize,
    include_firewall_endpoints: bool,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    architecture.check_each(&architecture.views::<EgressTargetFacts>()?, |target| {
        let EgressTargetFacts { home, dependents, elsewhere, workload_zones } = target.facts;
        if target.kind == VpcEndpoint::KIND && !parameters.include_firewall_endpoints {
            return Ok(Verdict::NotApplicable);
        }
        let home = home.or_undecided("subnet")?;
        if elsewhere.members.is_empty() {
            return elsewhere.decided().or_undecided("dependents").map(|_| Verdict::Pass);
        }
        // A VPC that runs in one zone anyway is another rule's business.
        if !*workload_zones.spans(2).or_undecided("workload_zones")? {
            return Ok(Verdict::NotApplicable);
        }
        let violation = violation(architecture, target, home);
        let is_severe = dependents.spans(parameters.min_dependent_azs).is_true();
        if is_severe { violation.into() } else { violation.severity(Severity::Medium).into() }
    })
}

fn violation(
    architecture: &Architecture<'_>,
    target: &View<'_, EgressTargetFacts>,
    home: &ZoneMember,
) -> Violation {
    let far = &target.facts.elsewhere.members;
    let names: Vec<String> =
        far.iter().map(|it| format!("`{}` in {}", architecture.label(&it.via), it.name())).collect();
    let message =
        format!("`{}` in {} is the only way out for {}", target.label(), home.name(), names.join(", "));
    let violation = far.iter().fold(Violation::new(target, "subnet", message), |violation, it| {
        violation.fact(&it.via, "zone").fact(&it.via, "egress")
    });
    violation
        .step(target.key(), "subnet", format!("stands in `{}`", architecture.label(&home.via)))
        .fact(&home.via, "zone")
}
