use archlint_sdk::schema::{
    Association, DeadRoute, Destination, InternetGateway, Route, RouteTable, RouteTableFacts, Severity,
    Subnet, TargetKind, Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/blackhole-route.md", check);

#[derive(Deserialize)]
struct Parameters {
    allow_cidrs: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { allow_cidrs } = architecture.parameters()?;
    let facts = architecture.table::<RouteTableFacts>()?;
    architecture.check_each(architecture.all::<RouteTable>()?, |table| {
        let facts = &facts[&table.meta.key];
        if !is_in_use(table, facts)? {
            // A subnet that should be in sight may send its traffic by it.
            let unseen = architecture.why_partial::<Subnet>().filter(|_| !facts.dead_routes.is_empty());
            return unseen.map_or(Ok(Verdict::NotApplicable), |why| Err(why).or_undecided("associations"));
        }
        let routes = table.routes.or_undecided("routes")?;
        let dead = Flaws::among(routes.iter().enumerate(), |(at, route)| {
            let dead = facts.dead_routes.iter().find(|it| it.at == at);
            let is_allowed = || allow_cidrs.iter().any(|it| *it == destination(architecture, route));
            match dead {
                Some(_) if is_allowed() => Ok(None),
                Some(dead) => Ok(Some((dead, route))),
                None => leads_somewhere(architecture, facts, route, at).map(|()| None),
            }
        })?;
        dead.answer(|dead| violation(architecture, table, facts, &dead).into())
    })
}

/// Whether a subnet or a gateway sends its traffic by the table.
fn is_in_use(table: &RouteTable, facts: &RouteTableFacts) -> Result<bool, Stop> {
    let associations = table.associations.or_undecided("associations")?;
    Ok(!facts.implicit_subnets.is_empty() || associations.iter().any(|it| *it != Association::Main))
}

/// Undecided where the target cannot be seen. A gateway from elsewhere may be attached to another VPC.
fn leads_somewhere(
    architecture: &Architecture<'_>,
    facts: &RouteTableFacts,
    route: &Route,
    at: usize,
) -> Result<(), Stop> {
    let path = format!("routes[{at}].target");
    if let Some(unseen) = facts.unseen_targets.iter().find(|it| it.at == at) {
        return Err(unseen.why.clone()).or_undecided(&path);
    }
    route.blackhole.or_undecided(&path)?;
    let target = route.target.or_undecided(&path)?;
    if target.kind == TargetKind::InternetGateway {
        architecture.follow::<InternetGateway>(&target.resource, &path)?;
    }
    Ok(())
}

fn violation(
    architecture: &Architecture<'_>,
    table: &RouteTable,
    facts: &RouteTableFacts,
    dead: &[(&DeadRoute, &Route)],
) -> Violation {
    let cut_off = &facts.workload_subnets;
    let is_severe = !cut_off.is_empty() && dead.iter().any(|(dead, _)| dead.is_default);
    let described: Vec<String> =
        dead.iter().map(|(dead, route)| describe(architecture, dead, route)).collect();
    let message = format!("`{}` sends {}", table.meta.label, described.join("; "));
    Violation::new(table, format!("routes[{}].target", dead[0].0.at), message)
        .severity(if is_severe { Severity::High } else { Severity::Medium })
        .fact(&table.meta.key, "dead_routes")
        .facts(cut_off, "route_table")
}

fn describe(architecture: &Architecture<'_>, dead: &DeadRoute, route: &Route) -> String {
    let target = route.target.known().and_then(|it| it.resource.known());
    let name = target.map_or_else(|| "something".to_owned(), |it| format!("`{}`", architecture.label(it)));
    format!("{} to {name}, {}", destination(architecture, route), dead.why)
}

/// As the route writes it; a prefix list by its label.
fn destination<'a>(architecture: &Architecture<'a>, route: &'a Route) -> &'a str {
    match route.destination.known() {
        Some(Destination::Ipv4(it) | Destination::Ipv6(it)) => it,
        Some(Destination::PrefixList(it)) => architecture.label(it),
        None => "some addresses",
    }
}
