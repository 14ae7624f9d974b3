use std::collections::BTreeMap;

use archlint_sdk::schema::{
    AdmissionFacts, AutoScalingGroup, EcsService, Instance, Key, ReachedPort, RulePlace, SecurityGroup,
    SecurityGroupFacts, Severity, TargetGroupFacts, TargetPath, Unknown, Value, Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Subject, Violation, gravest, rule};
use serde::Deserialize;

rule!("../../../rules/network/backend-open-to-world-behind-lb.md", check);

/// What there is to say of most load balancers.
const ALONE: &str = "is all that has to reach it";

#[derive(Deserialize)]
struct Parameters {
    allow: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { allow } = architecture.parameters()?;
    let admission = architecture.table::<AdmissionFacts>()?;
    let mut paths: BTreeMap<&Key, Vec<&TargetPath>> = BTreeMap::new();
    let target_groups = architecture.table::<TargetGroupFacts>()?.values();
    for path in target_groups.filter(|it| !it.is_of_appliances()).flat_map(|it| &it.paths) {
        let target = admission.get(&path.target).filter(|_| !architecture.is_named_in(&path.target, &allow));
        for group in target.into_iter().flat_map(|it| &it.security_groups.members) {
            paths.entry(group).or_default().push(path);
        }
    }
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let paths = paths.get(group.key()).into_iter().flatten();
        let flaws = Flaws::among(paths, |path| flaw(architecture, group, path))?;
        flaws.or_doubt(unseen_path(architecture, group)?, "load_balancers").answer(gravest)
    })
}

/// Why something that has the group may be a target of which nobody knows, where that would be a flaw.
fn unseen_path(architecture: &Architecture<'_>, group: &SecurityGroup) -> Result<Option<Unknown>, Stop> {
    let facts = architecture.facts::<SecurityGroupFacts>(group.key())?.or_undecided("ingress")?;
    if facts.admits_a_network() == Value::Known(None) {
        return Ok(None);
    }
    let admission = architecture.table::<AdmissionFacts>()?;
    let mut carriers = facts.attached.members.iter().filter_map(|it| admission.get(it));
    if let Some(why) = carriers.find_map(|it| it.unseen_load_balancers.clone()) {
        return Ok(Some(why));
    }
    // What only load balancers have is for their clients.
    let is_for_clients = facts.host.is_none() && !facts.attached.members.is_empty();
    if !is_for_clients && let Some(why) = unknown_groups(architecture)? {
        return Ok(Some(why));
    }
    let targets = architecture.why_partial::<Instance>();
    let targets = targets.or_else(|| architecture.why_partial::<AutoScalingGroup>());
    let targets = targets.or_else(|| architecture.why_partial::<EcsService>());
    Ok(targets.filter(|_| architecture.table::<TargetGroupFacts>().is_ok_and(|all| !all.is_empty())))
}

/// Why a target has security groups that nobody knows: those of a launch template that is out of sight.
fn unknown_groups(architecture: &Architecture<'_>) -> Result<Option<Unknown>, Stop> {
    let admission = architecture.table::<AdmissionFacts>()?;
    let mut paths = architecture.table::<TargetGroupFacts>()?.values().flat_map(|it| &it.paths);
    Ok(paths.find_map(|it| admission.get(&it.target)?.security_groups.open.clone()))
}

/// What the group admits to a target besides its load balancer.
fn flaw(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    path: &TargetPath,
) -> Result<Option<Violation>, Stop> {
    let facts = architecture.facts::<SecurityGroupFacts>(group.key())?.or_undecided("ingress")?;
    let before = architecture.facts::<AdmissionFacts>(&path.load_balancer)?.or_undecided("ingress")?;
    for it in path.ports.or_undecided("ingress")? {
        let admitted = facts.ingress.on(it.protocol, it.port);
        if let Some(rule) = *admitted.world().or_undecided("ingress")? {
            // Targets that see the addresses of clients have to admit these.
            if *path.from_clients.or_undecided("ingress")? {
                let lb_is = "passes on the addresses of clients";
                let violation = violation(architecture, group, path, rule, *it, ["everyone", lb_is]);
                return Ok(Some(violation.severity(Severity::Info)));
            }
            let violation = violation(architecture, group, path, rule, *it, ["everyone", ALONE]);
            return Ok(Some(match &path.exposed_subnet {
                Some(subnet) => violation.severity(Severity::High).fact(subnet, "exposure"),
                None => violation.severity(Severity::Medium),
            }));
        }
        if before.filtered.is_true()
            && let Some(rule) = facts.admits_vpc(it.protocol, it.port).or_undecided("ingress")?
        {
            let violation = violation(architecture, group, path, rule, *it, ["its whole VPC", ALONE]);
            return Ok(Some(violation.severity(Severity::Low)));
        }
    }
    Ok(None)
}

fn violation(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    path: &TargetPath,
    rule: &RulePlace,
    reached: ReachedPort,
    [whom, lb_is]: [&str; 2],
) -> Violation {
    let port = reached.port;
    let [load_balancer, target] = [&path.load_balancer, &path.target].map(|it| architecture.label(it));
    let message =
        format!("`{}` admits {whom} to `{target}` on port {port}: `{load_balancer}` {lb_is}", group.label());
    Violation::new(group, &rule.path, message)
        .step(&path.load_balancer, "", format!("forwards to `{target}` on port {port}"))
        .fact(&path.target, "security_groups")
        .step(group.key(), &rule.path, format!("admits {whom} on port {port}"))
}
