use std::collections::BTreeMap;

use archlint_sdk::schema::{
    Egress, EgressKind, Instance, InstanceFacts, Key, NatAvailability, NatGateway, Severity, Subnet,
    SubnetFacts, Value, Verdicts, VpcEndpoint, ZoneKind, ZoneMember, ZoneSet,
};
use archlint_sdk::{Answer, Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/network/egress-az-dependency.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_dependent_azs: usize,
    include_firewall_endpoints: bool,
}

/// The subnets that something runs in.
struct Workload<'a> {
    /// The private ones, by the zonal target through which they leave.
    dependents: BTreeMap<&'a Key, Vec<&'a Subnet>>,
    /// The zones of all, by VPC.
    zones: BTreeMap<&'a Value<Key>, ZoneSet>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    let workload = Workload::of(architecture)?;
    let judge = |target: &dyn Subject, home: &Value<Key>| -> Answer {
        let Some(subnets) = workload.dependents.get(target.key()) else { return Ok(Verdict::NotApplicable) };
        judge(target, architecture.follow(home, "subnet")?, subnets, &workload, &parameters)
    };
    let gateways = architecture.check_each(architecture.all::<NatGateway>()?, |nat| {
        // A regional NAT gateway is in every zone that uses it.
        if nat.availability.is(|it| *it == NatAvailability::Regional).is_true() {
            return Ok(Verdict::NotApplicable);
        }
        judge(nat, &placed(&nat.subnet))
    })?;
    let facts = architecture.table::<InstanceFacts>()?;
    let instances = architecture.check_each(architecture.all::<Instance>()?, |instance| {
        judge(instance, &placed(&facts[&instance.meta.key].subnet))
    })?;
    let endpoints = architecture.check_each(architecture.all::<VpcEndpoint>()?, |endpoint| {
        if !parameters.include_firewall_endpoints {
            return Ok(Verdict::NotApplicable);
        }
        let first = endpoint.subnets.known().and_then(|it| it.first().cloned());
        judge(endpoint, &first.unwrap_or_default())
    })?;
    Ok(gateways.and(instances).and(endpoints))
}

impl<'a> Workload<'a> {
    fn of(architecture: &Architecture<'a>) -> Result<Self, RuleError> {
        let facts = architecture.table::<SubnetFacts>()?;
        let mut workload = Self { dependents: BTreeMap::new(), zones: BTreeMap::new() };
        for subnet in architecture.all::<Subnet>()? {
            let facts = &facts[&subnet.meta.key];
            if facts.workload.is_empty() {
                continue;
            }
            workload.zones.entry(&subnet.vpc).or_default().members.push(member(subnet));
            // A Local Zone leaves through its parent Region.
            if !subnet.zone_kind.is(|it| *it == ZoneKind::Az).is_true() {
                continue;
            }
            if let Some(Egress { kind, target: Some(target) }) = facts.egress.known()
                && matches!(kind, EgressKind::NatGateway | EgressKind::NatInstance | EgressKind::Inspection)
            {
                workload.dependents.entry(target).or_default().push(subnet);
            }
        }
        Ok(workload)
    }
}

/// Where a target stands; unknown for one that stands in no subnet.
fn placed(subnet: &Value<Option<Key>>) -> Value<Key> {
    match subnet {
        Value::Known(Some(it)) => Value::Known(it.clone()),
        Value::Unknown(why) => Value::Unknown(why.clone()),
        Value::Known(None) | Value::OneOf(_) => Value::default(),
    }
}

fn judge(
    target: &dyn Subject,
    home: &Subnet,
    subnets: &[&Subnet],
    workload: &Workload<'_>,
    parameters: &Parameters,
) -> Answer {
    let mut far = Vec::new();
    let mut doubt = None;
    for subnet in subnets {
        match member(subnet).same(&member(home)).or_undecided("subnet.zone") {
            Ok(true) => {}
            Ok(false) => far.push(*subnet),
            Err(stop) => doubt = Some(stop),
        }
    }
    // A VPC that runs in one zone anyway is another rule's business.
    let runs_in_one_zone = || workload.zones.get(&home.vpc).is_none_or(|it| it.spans(2).is_false());
    match (far.as_slice(), doubt) {
        ([], Some(stop)) => Err(stop),
        ([], None) => Ok(Verdict::Pass),
        _ if runs_in_one_zone() => Ok(Verdict::NotApplicable),
        (far, _) => violation(target, home, far, subnets, parameters).into(),
    }
}

fn member(subnet: &Subnet) -> ZoneMember {
    ZoneMember { zone: subnet.zone.clone(), via: subnet.meta.key.clone() }
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
