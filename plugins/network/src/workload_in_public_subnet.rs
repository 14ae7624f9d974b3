use archlint_sdk::schema::{
    Exposure, Key, Placement, Severity, SubnetFacts, Verdicts, WorkloadFacts, WorkloadKind,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Subject, Verdict, View, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/workload-in-public-subnet.md", check);

#[derive(Deserialize)]
struct Parameters {
    allow: Vec<String>,
    count_partial_igw: bool,
    kinds: Vec<WorkloadKind>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { allow, count_partial_igw, kinds } = architecture.parameters()?;
    architecture.check_each(&architecture.views::<WorkloadFacts>()?, |workload| {
        let WorkloadFacts { kind, subnets, placements, represented_by, .. } = workload.facts;
        if !represented_by.is_empty() || !kinds.contains(kind) || workload.is_named_in(&allow) {
            return Ok(Verdict::NotApplicable);
        }
        let exempt = workload.facts.exempt.clone();
        // A subnet that nobody sees may be exposed.
        let places = placements.iter().map(Ok).chain(subnets.open.clone().map(Err));
        let exposed = Flaws::among(places, |place| {
            let place: &Placement = place.or_undecided(kind.placed_by())?;
            let Some(severity) = judge(architecture, place, kind.placed_by(), count_partial_igw)? else {
                return Ok(None);
            };
            Ok((!*exempt.or_undecided("tags")?).then_some((severity, &place.subnet)))
        })?;
        exposed.answer(|exposed| violation(architecture, workload, &exposed).into())
    })
}

/// How bad it is that something runs in a place, if it is.
fn judge(
    architecture: &Architecture<'_>,
    place: &Placement,
    path: &str,
    count_partial: bool,
) -> Result<Option<Severity>, Stop> {
    let facts = architecture.facts::<SubnetFacts>(&place.subnet)?.or_undecided(path)?;
    let exposed =
        facts.exposure.is(|it| *it == Exposure::Public || count_partial && *it == Exposure::Partial);
    if !*exposed.and(facts.ingress_blocked().negate()).or_undecided(path)? {
        return Ok(None);
    }
    // Without a public address it is one setting away from the internet.
    let has_address = *place.public_address.or_undecided(path)?;
    Ok(Some(if has_address { Severity::High } else { Severity::Medium }))
}

fn violation(
    architecture: &Architecture<'_>,
    workload: &View<'_, WorkloadFacts>,
    exposed: &[(Severity, &Key)],
) -> Violation {
    let severity = exposed.iter().map(|(its, _)| *its).max().unwrap_or(Severity::High);
    let worst = exposed.iter().filter(|(its, _)| *its == severity).map(|(_, subnet)| *subnet);
    let (label, subnets) = (workload.label(), architecture.labels(worst.clone()));
    let message = if severity == Severity::High {
        format!("`{label}` has or may get a public address in {subnets}, exposed to the internet")
    } else {
        format!("`{label}` has no public address, but runs in {subnets}, exposed to the internet")
    };
    let violation = Violation::new(workload, workload.facts.kind.placed_by(), message).severity(severity);
    let violation = violation.fact(workload.key(), "public_address");
    violation.facts(worst, "exposure")
}
