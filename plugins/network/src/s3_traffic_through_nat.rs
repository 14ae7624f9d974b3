use std::collections::BTreeSet;

use archlint_sdk::schema::{GatewayService, Key, RouteTable, RouteTableFacts, ServiceTraffic, Verdicts};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/s3-traffic-through-nat.md", check);

#[derive(Deserialize)]
struct Parameters {
    services: BTreeSet<GatewayService>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { mut services } = architecture.parameters()?;
    // Where none is in sight, nothing tells that traffic goes to one.
    if !architecture.has_any("AWS::DynamoDB::Table")?.is_true() {
        services.remove(&GatewayService::Dynamodb);
    }
    let facts = architecture.table::<RouteTableFacts>()?;
    architecture.check_each(architecture.all::<RouteTable>()?, |table| {
        let facts = &facts[&table.meta.key];
        let found =
            Flaws::among(facts.service_traffic.iter().filter(|it| services.contains(&it.service)), |it| {
                let is_passed_on = it.through.or_undecided("routes")?.is_some();
                if !is_passed_on || !*it.used.or_undecided("workload")? {
                    return Ok(None);
                }
                let nat = it.nat().or_undecided("routes")?;
                Ok(nat.map(|nat| (it, nat)))
            })?;
        found
            .or_doubt(facts.unseen_traffic.clone(), "subnets")
            .answer(|found| violation(architecture, table, &found).into())
    })
}

fn violation(
    architecture: &Architecture<'_>,
    table: &RouteTable,
    found: &[(&ServiceTraffic, &Key)],
) -> Violation {
    let subnets: BTreeSet<&Key> = found.iter().map(|(it, _)| &it.subnet).collect();
    let services: BTreeSet<&str> = found.iter().map(|(it, _)| it.service.name()).collect();
    let message = format!(
        "traffic of {} to {} leaves through `{}`: `{}` leads to no endpoint for it",
        architecture.labels(subnets.iter().copied()),
        services.into_iter().collect::<Vec<_>>().join(" and "),
        architecture.label(found[0].1),
        table.meta.label,
    );
    Violation::new(table, "routes", message).facts(subnets, "egress")
}
