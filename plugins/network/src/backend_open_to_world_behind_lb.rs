use std::collections::BTreeMap;

use archlint_sdk::schema::{
    AdmissionFacts, Admitted, Exposure, Key, ReachedPort, RulePlace, SecurityGroup, SecurityGroupFacts,
    Severity, SubnetFacts, Transport, Verdicts, Vpc, WorkloadFacts,
};
use archlint_sdk::{
    Architecture, Flaws, Missing, RuleError, Stop, Subject, TargetPath, Violation, gravest, rule,
};
use serde::Deserialize;

rule!("../../../rules/network/backend-open-to-world-behind-lb.md", check);

/// What there is to say of most load balancers.
const ALONE: &str = "is all that has to reach it";

/// The longest prefix that a VPC can have.
const SMALLEST_VPC: u8 = 28;

#[derive(Deserialize)]
struct Parameters {
    allow: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { allow } = architecture.parameters()?;
    let admission = architecture.table::<AdmissionFacts>()?;
    let all = architecture.target_paths()?;
    let mut paths: BTreeMap<&Key, Vec<&TargetPath<'_>>> = BTreeMap::new();
    for path in &all {
        let is_appliance = path.target_group.transport.is(|it| *it == Transport::Geneve).is_true();
        let is_allowed = allow.iter().any(|it| it == architecture.label(&path.receiver.resource));
        let target = admission.get(&path.receiver.resource).filter(|_| !is_appliance && !is_allowed);
        for group in target.into_iter().flat_map(|it| &it.security_groups.members) {
            paths.entry(group).or_default().push(path);
        }
    }
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let paths = paths.get(group.key()).into_iter().flatten();
        Flaws::among(paths, |path| flaw(architecture, group, path))?.answer(gravest)
    })
}

/// What the group admits to a target besides its load balancer.
fn flaw(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    path: &TargetPath<'_>,
) -> Result<Option<Violation>, Stop> {
    let facts = architecture.facts::<SecurityGroupFacts>(group.key())?.or_undecided("ingress")?;
    let filtered =
        architecture.facts::<AdmissionFacts>(path.load_balancer)?.or_undecided("ingress")?.filtered.clone();
    for reached in path.target_group.ports(path.receiver).or_undecided("ingress")? {
        let admitted = facts.ingress.on(reached.protocol, reached.port);
        if let Some(rule) = *admitted.world().or_undecided("ingress")? {
            // Targets that see the addresses of clients have to admit these.
            let sees_clients = filtered.clone().negate().and(path.target_group.preserves_client_ip.clone());
            let exposed = exposed_subnet(architecture, &path.receiver.resource)?;
            let (severity, lb_is) = match exposed {
                _ if *sees_clients.or_undecided("ingress")? => {
                    (Severity::Info, "passes on the addresses of clients")
                }
                Some(_) => (Severity::High, ALONE),
                None => (Severity::Medium, ALONE),
            };
            let violation = violation(architecture, group, path, rule, reached, ["everyone", lb_is]);
            let violation = violation.severity(severity);
            return Ok(Some(exposed.into_iter().fold(violation, |it, subnet| it.fact(subnet, "exposure"))));
        }
        if filtered.is_true()
            && let Some(rule) = whole_vpc(architecture, group, &admitted)?
        {
            let violation = violation(architecture, group, path, rule, reached, ["its whole VPC", ALONE]);
            return Ok(Some(violation.severity(Severity::Low)));
        }
    }
    Ok(None)
}

/// A subnet of a target that the internet can reach.
fn exposed_subnet<'a>(architecture: &Architecture<'a>, target: &Key) -> Result<Option<&'a Key>, RuleError> {
    let subnets = architecture.table::<SubnetFacts>()?;
    let is_exposed = |it: &&Key| {
        subnets.get(*it).is_some_and(|it| it.exposure.is(|it| *it != Exposure::Private).is_true())
    };
    let workload = architecture.table::<WorkloadFacts>()?.get(target);
    Ok(workload.and_then(|it| it.subnets.members.iter().find(is_exposed)))
}

/// The rule by which every address of the group's VPC is admitted.
fn whole_vpc<'a>(
    architecture: &Architecture<'a>,
    group: &SecurityGroup,
    admitted: &Admitted<'a>,
) -> Result<Option<&'a RulePlace>, Stop> {
    if admitted.wider_than(SMALLEST_VPC + 1).or_undecided("ingress")?.is_none() {
        return Ok(None);
    }
    let Some(vpc) = group.vpc.or_undecided("vpc")? else { return Ok(None) };
    let vpc = architecture.get::<Vpc>(vpc)?.or_undecided("vpc")?;
    let Some(block) = *vpc.ipv4_block().or_undecided("vpc.cidr")? else { return Ok(None) };
    Ok(*admitted.block(&block).or_undecided("ingress")?)
}

fn violation(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    path: &TargetPath<'_>,
    rule: &RulePlace,
    reached: ReachedPort,
    [whom, lb_is]: [&str; 2],
) -> Violation {
    let [load_balancer, target] =
        [path.load_balancer, &path.receiver.resource].map(|it| architecture.label(it));
    let message = format!(
        "`{}` admits {whom} to `{target}` on port {}: `{load_balancer}` {lb_is}",
        group.label(),
        reached.port
    );
    Violation::new(group, &rule.path, message)
        .step(path.load_balancer, "", format!("forwards to `{target}` on port {}", reached.port))
        .fact(&path.receiver.resource, "security_groups")
        .step(group.key(), &rule.path, format!("admits {whom} on port {}", reached.port))
}
