use std::collections::{BTreeMap, BTreeSet};

use archlint_sdk::schema::{
    EgressKind, Key, Reason, Route, RouteTable, RouteTableFacts, SubnetFacts, TargetKind, Unknown, Value,
    Verdicts, VpcEndpoint, WorkloadFacts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Subject, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/s3-traffic-through-nat.md", check);

#[derive(Deserialize)]
struct Parameters {
    services: BTreeSet<String>,
}

/// A service of AWS, and who needs no endpoint for it.
struct Service {
    name: String,
    /// Endpoints for it; of one whose service nobody knows, unknown.
    endpoints: BTreeMap<Key, Value<bool>>,
    /// What runs and says by its tag `archlint:no-<service>` that it does not use it.
    strangers: BTreeSet<Key>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { mut services } = architecture.parameters()?;
    if !architecture.has_any("AWS::DynamoDB::Table")? {
        services.remove("dynamodb");
    }
    let services = services.into_iter().map(|it| Service::of(architecture, it));
    let services: Vec<Service> = services.collect::<Result<_, _>>()?;
    let facts = architecture.table::<RouteTableFacts>()?;
    architecture.check_each(architecture.all::<RouteTable>()?, |table| {
        let subnets = facts[&table.meta.key].all_subnets();
        let pairs = subnets.flat_map(|subnet| services.iter().map(move |service| (subnet, service)));
        let found = Flaws::among(pairs, |(subnet, service)| {
            let target = way_out(architecture, table, subnet, service)?;
            Ok(target.map(|it| (subnet, service.name.as_str(), it)))
        })?;
        found.answer(|found| violation(architecture, table, &found).into())
    })
}

impl Service {
    fn of(architecture: &Architecture<'_>, name: String) -> Result<Self, RuleError> {
        let is_for = |it: &VpcEndpoint| it.service.is(|it| it.rsplit('.').next() == Some(name.as_str()));
        let endpoints = architecture.all::<VpcEndpoint>()?.iter();
        let endpoints = endpoints.map(|it| (it.meta.key.clone(), is_for(it))).collect();
        let tag = format!("archlint:no-{name}");
        let workloads = architecture.views::<WorkloadFacts>()?;
        let strangers = workloads.iter().filter(|it| it.meta().tag(&tag) != Value::Known(None));
        let strangers = strangers.map(|it| it.key().clone()).collect();
        Ok(Self { name, endpoints, strangers })
    }
}

/// What carries a subnet's traffic to a service, where no endpoint does.
fn way_out<'a>(
    architecture: &Architecture<'a>,
    table: &RouteTable,
    subnet: &Key,
    service: &Service,
) -> Result<Option<&'a Key>, Stop> {
    if !may_pass_on(table) {
        return Ok(None);
    }
    let facts = architecture.facts::<SubnetFacts>(subnet)?.or_undecided("associations")?;
    let egress = facts.egress.or_undecided("routes")?;
    let is_by_nat = match egress.kind {
        EgressKind::NatGateway | EgressKind::NatInstance | EgressKind::Inspection => true,
        EgressKind::TransitGateway => false,
        _ => return Ok(None),
    };
    let serves = |it: &Key| service.endpoints.get(it).cloned().unwrap_or_default();
    if *facts.endpoints.any(serves).or_undecided("routes")? {
        return Ok(None);
    }
    let is_stranger =
        !facts.workload.is_empty() && facts.workload.iter().all(|it| service.strangers.contains(it));
    if is_stranger || !*facts.has_workload().or_undecided("workload")? {
        return Ok(None);
    }
    match &egress.target {
        Some(target) if is_by_nat => Ok(Some(target)),
        // Interface endpoints of another VPC may be shared over it, by a hosted zone that nobody sees.
        _ => {
            let reason = Unknown::new(Reason::NotCollected, "endpoints of other VPCs");
            Err(Stop::Undecided { reason, missing: "routes".to_owned() })
        }
    }
}

/// Whether a route of the table may lead to what passes traffic on: NAT, a transit gateway, an inspection endpoint.
fn may_pass_on(table: &RouteTable) -> bool {
    let passes_on = |it: &Route| {
        it.target.is(|it| {
            use TargetKind::{Instance, NatGateway, NetworkInterface, TransitGateway, VpcEndpoint};
            matches!(it.kind, NatGateway | Instance | NetworkInterface | TransitGateway | VpcEndpoint)
        })
    };
    !table.routes.is(|all| all.iter().all(|it| passes_on(it).is_false())).is_true()
}

fn violation(architecture: &Architecture<'_>, table: &RouteTable, found: &[(&Key, &str, &Key)]) -> Violation {
    let subnets: BTreeSet<&Key> = found.iter().map(|(subnet, ..)| *subnet).collect();
    let services: BTreeSet<&str> = found.iter().map(|(_, service, _)| *service).collect();
    let message = format!(
        "traffic of {} to {} leaves through `{}`: `{}` leads to no endpoint for it",
        architecture.labels(subnets.iter().copied()),
        services.into_iter().collect::<Vec<_>>().join(" and "),
        architecture.label(found[0].2),
        table.meta.label,
    );
    let violation = Violation::new(table, "routes", message);
    subnets.into_iter().fold(violation, |violation, subnet| violation.fact(subnet, "egress"))
}
