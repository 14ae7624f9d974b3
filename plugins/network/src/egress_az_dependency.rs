use std::collections::BTreeMap;

use archlint_sdk::schema::{
    EgressKind, Instance, InstanceFacts, Key, NatAvailability, NatGateway, Severity, Subnet, SubnetFacts, Value,
    Verdicts, VpcEndpoint, ZoneKind, ZoneMember, ZoneSet,
};
use archlint_sdk::{Architecture, Missing, RuleError, Stop, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/egress-az-dependency.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_dependent_azs: usize,
    include_firewall_endpoints: bool,
}

/// The private subnets with workload that leave through each target.
type Dependents<'a> = BTreeMap<&'a Key, Vec<&'a Subnet>>;

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    let dependents = dependents(architecture)?;
    let judge = |target: &dyn Subject, home: Result<Value<Key>, Stop>| -> Result<Verdict, Stop> {
        let Some(subnets) = dependents.get(target.key()) else { return Ok(Verdict::NotApplicable) };
        let home = home?;
        judge(architecture, target, &home, subnets, &parameters)
    };
    let gateways = architecture.check_each(architecture.all::<NatGateway>()?, |nat| {
        // A regional NAT gateway is in every zone that uses it.
        if nat.availability.is(|it| *it == NatAvailability::Regional).is_true() {
            return Ok(Verdict::NotApplicable);
        }
        judge(nat, placed(&nat.subnet))
    })?;
    let facts = architecture.table::<InstanceFacts>()?;
    let instances = architecture.check_each(architecture.all::<Instance>()?, |instance| {
        judge(instance, placed(&facts[&instance.meta.key].subnet))
    })?;
    let endpoints = architecture.check_each(architecture.all::<VpcEndpoint>()?, |endpoint| {
        if !parameters.include_firewall_endpoints {
            return Ok(Verdict::NotApplicable);
        }
        let first = endpoint.subnets.known().and_then(|it| it.first().cloned());
        judge(endpoint, Ok(first.unwrap_or_default()))
    })?;
    Ok(gateways.and(instances).and(endpoints))
}

fn dependents<'a>(architecture: &Architecture<'a>) -> Result<Dependents<'a>, RuleError> {
    let facts = architecture.table::<SubnetFacts>()?;
    let mut dependents = Dependents::new();
    for subnet in architecture.all::<Subnet>()? {
        let facts = &facts[&subnet.meta.key];
        let Some(egress) = facts.egress.known() else { continue };
        let is_zonal = matches!(egress.kind, EgressKind::NatGateway | EgressKind::NatInstance | EgressKind::Inspection);
        // A Local Zone leaves through its parent Region.
        let counts = !facts.workload.is_empty() && subnet.zone_kind.is(|it| *it == ZoneKind::Az).is_true();
        if let (true, true, Some(target)) = (is_zonal, counts, &egress.target) {
            dependents.entry(target).or_default().push(subnet);
        }
    }
    Ok(dependents)
}

fn placed(subnet: &Value<Option<Key>>) -> Result<Value<Key>, Stop> {
    Ok(subnet.or_undecided("subnet")?.clone().map_or_else(Value::default, Value::Known))
}

fn judge(
    architecture: &Architecture<'_>,
    target: &dyn Subject,
    home: &Value<Key>,
    subnets: &[&Subnet],
    parameters: &Parameters,
) -> Result<Verdict, Stop> {
    let home = architecture.follow::<Subnet>(home, "subnet")?;
    let mut far = Vec::new();
    let mut doubt = None;
    for subnet in subnets {
        match member(subnet).same(&member(home)).or_undecided("subnet.zone") {
            Ok(true) => {}
            Ok(false) => far.push(*subnet),
            Err(stop) => doubt = Some(stop),
        }
    }
    match (far.as_slice(), doubt) {
        ([], Some(stop)) => Err(stop),
        ([], None) => Ok(Verdict::Pass),
        // A VPC that runs in one zone anyway is another rule's business.
        _ if workload_zones(architecture, home)?.spans(2).is_false() => Ok(Verdict::NotApplicable),
        (far, _) => Ok(violation(target, home, far, subnets, parameters).into()),
    }
}

fn member(subnet: &Subnet) -> ZoneMember {
    ZoneMember { zone: subnet.zone.clone(), via: subnet.meta.key.clone() }
}

fn workload_zones(architecture: &Architecture<'_>, home: &Subnet) -> Result<ZoneSet, RuleError> {
    let facts = architecture.table::<SubnetFacts>()?;
    let in_vpc = architecture.all::<Subnet>()?.iter().filter(|it| it.vpc == home.vpc);
    let members = in_vpc.filter(|it| !facts[&it.meta.key].workload.is_empty()).map(member).collect();
    Ok(ZoneSet { members, ..ZoneSet::default() })
}

fn violation(
    target: &dyn Subject,
    home: &Subnet,
    far: &[&Subnet],
    subnets: &[&Subnet],
    parameters: &Parameters,
) -> Violation {
    let all = ZoneSet { members: subnets.iter().map(|it| member(it)).collect(), ..ZoneSet::default() };
    let names: Vec<String> =
        far.iter().map(|it| format!("`{}` in {}", it.meta.label, member(it).name())).collect();
    let message = format!(
        "`{}` in {} is the only way out for {}",
        target.label(),
        member(home).name(),
        names.join(", ")
    );
    let violation = Violation::new(target, "subnet", message);
    let violation = if all.spans(parameters.min_dependent_azs).is_true() {
        violation
    } else {
        violation.severity(Severity::Medium)
    };
    let with_subnets = far.iter().fold(violation, |violation, subnet| {
        violation.fact(&subnet.meta.key, "zone").fact(&subnet.meta.key, "egress")
    });
    with_subnets
        .step(target.key(), "subnet", format!("stands in `{}`", home.meta.label))
        .fact(&home.meta.key, "zone")
}
