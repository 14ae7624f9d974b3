use archlint_sdk::schema::{
    Key, RouteTable, RouteTableFacts, Severity, Subnet, SubnetFacts, Verdicts, Vpc, VpcFacts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/main-route-table-public.md", check);

#[derive(Deserialize)]
struct Parameters {
    flag_even_if_unused: bool,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { flag_even_if_unused } = architecture.parameters()?;
    let facts = architecture.table::<RouteTableFacts>()?;
    architecture.check_each(architecture.all::<RouteTable>()?, |table| {
        let facts = &facts[&table.meta.key];
        if !*facts.main.or_undecided("associations")? {
            return Ok(Verdict::NotApplicable);
        }
        if flag_even_if_unused && is_flagged_unused(architecture, table, facts)? {
            // Where every subnet has a table of its own, it harms only those that are yet to come.
            let severity = if facts.implicit_subnets.is_empty() { Severity::Info } else { Severity::Medium };
            return Ok(violation(architecture, table, &facts.implicit_subnets).severity(severity).into());
        }
        let used = Flaws::among(&facts.implicit_subnets, |subnet| {
            Ok(is_used_in_public(architecture, subnet)?.then(|| subnet.clone()))
        })?;
        // A subnet that should be in sight may be without a table of its own.
        let unseen = architecture.why_partial::<Subnet>().filter(|_| !facts.is_public().is_false());
        used.or_doubt(unseen, "implicit_subnets").answer(|used| violation(architecture, table, &used).into())
    })
}

/// Whether something runs in a subnet that the table makes public.
fn is_used_in_public(architecture: &Architecture<'_>, subnet: &Key) -> Result<bool, Stop> {
    let facts = architecture.facts::<SubnetFacts>(subnet)?.or_undecided("associations")?;
    let is_public = facts.public_ipv4.clone().or(facts.public_ipv6.clone());
    is_public.and(facts.has_workload()).or_undecided("routes").copied()
}

/// Whether the table is public, and not that of a default VPC in which nothing runs.
fn is_flagged_unused(
    architecture: &Architecture<'_>,
    table: &RouteTable,
    facts: &RouteTableFacts,
) -> Result<bool, Stop> {
    if !*facts.is_public().or_undecided("routes")? {
        return Ok(false);
    }
    let vpc = architecture.follow::<Vpc>(&table.vpc, "vpc")?;
    let facts = architecture.facts::<VpcFacts>(&vpc.meta.key)?.or_undecided("vpc")?;
    Ok(!*vpc.is_default.clone().and(facts.workload.is_empty()).or_undecided("vpc")?)
}

fn violation(architecture: &Architecture<'_>, table: &RouteTable, subnets: &[Key]) -> Violation {
    let of = match subnets {
        [] => "no subnet uses it yet".to_owned(),
        subnets => format!("{} without a route table of their own", architecture.labels(subnets)),
    };
    let message = format!("main route table `{}` makes every new subnet public: {of}", table.meta.label);
    let violation = Violation::new(table, "routes", message).fact(&table.meta.key, "main");
    let violation = violation.fact(&table.meta.key, "public_ipv4");
    violation.facts(subnets, "exposure")
}
