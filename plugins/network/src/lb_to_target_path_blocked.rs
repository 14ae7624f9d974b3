use std::collections::BTreeMap;

use archlint_sdk::schema::{
    Admission, AdmissionFacts, Flow, Key, KeySet, Purpose, ReachedPort, Reason, SecurityGroup, Value,
    Verdicts,
};
use archlint_sdk::{
    Architecture, Flaws, Missing, RuleError, Stop, Subject, TargetPath, Violation, gravest, rule,
};

rule!("../../../rules/network/lb-to-target-path-blocked.md", check);

/// Judges one end of a way, by a security group that stands there.
type Judge = fn(&Architecture<'_>, &SecurityGroup, &TargetPath<'_>) -> Flaw;

type Flaw = Result<Option<Violation>, Stop>;

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let admission = architecture.table::<AdmissionFacts>()?;
    let mut found: BTreeMap<&Key, Vec<Flaw>> = BTreeMap::new();
    for path in architecture.target_paths()? {
        for (end, judge) in [(&path.receiver.resource, arrives as Judge), (path.load_balancer, leaves)] {
            // Several groups of one resource admit together; the first answers for all.
            let Some(group) = admission.get(end).and_then(|it| it.security_groups.members.first()) else {
                continue;
            };
            if let Ok(it) = architecture.get::<SecurityGroup>(group)? {
                found.entry(group).or_default().push(judge(architecture, it, &path));
            }
        }
    }
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        Flaws::among(found.remove(group.key()).unwrap_or_default(), |it| it)?.answer(gravest)
    })
}

/// Whether the target's security groups, and the network ACLs on the way, let requests in.
fn arrives(architecture: &Architecture<'_>, group: &SecurityGroup, path: &TargetPath<'_>) -> Flaw {
    let ingress = architecture.ingress(&path.receiver.resource)?.or_undecided("ingress")?;
    for reached in path.target_group.ports(path.receiver).or_undecided("ingress")? {
        let is_admitted = if *is_from_clients(architecture, path, reached)?.or_undecided("ingress")? {
            ingress.on(reached.protocol, reached.port).anyone().is(Option::is_some)
        } else {
            lets_through(architecture, &ingress, reached, path.load_balancer, &path.from)?
        };
        if !*is_admitted.or_undecided("ingress")? {
            let why = format!("`{}` does not admit it", group.label());
            return Ok(Some(violation(architecture, group, "ingress", path, reached, &why).step(
                group.key(),
                "ingress",
                why,
            )));
        }
        for crossing in architecture.crossings(path)? {
            let flow = Flow::to(reached.protocol, reached.port, crossing.peer);
            if !*crossing.acl.permits(crossing.direction, &flow).or_undecided("network_acl.entries")? {
                let subnet = architecture.label(&crossing.subnet);
                let why = format!("network ACL `{}` of `{subnet}` refuses it", crossing.acl.label());
                return Ok(Some(
                    violation(architecture, group, "", path, reached, &why)
                        .fact(&crossing.subnet, "network_acl")
                        .step(crossing.acl.key(), "entries", why),
                ));
            }
        }
    }
    Ok(None)
}

/// Whether the load balancer's own security groups let requests out to the target.
fn leaves(architecture: &Architecture<'_>, group: &SecurityGroup, path: &TargetPath<'_>) -> Flaw {
    let egress = architecture.egress(path.load_balancer)?.or_undecided("egress")?;
    for reached in path.target_group.ports(path.receiver).or_undecided("egress")? {
        let is_let_out = lets_through(architecture, &egress, reached, &path.receiver.resource, &path.to)?;
        if !*is_let_out.or_undecided("egress")? {
            let why = format!("`{}` does not let it out", group.label());
            return Ok(Some(violation(architecture, group, "egress", path, reached, &why).step(
                group.key(),
                "egress",
                why,
            )));
        }
    }
    Ok(None)
}

/// Whether the target sees clients instead of the load balancer: security groups then have nobody else to admit.
fn is_from_clients(
    architecture: &Architecture<'_>,
    path: &TargetPath<'_>,
    reached: ReachedPort,
) -> Result<Value<bool>, RuleError> {
    let admission = architecture.table::<AdmissionFacts>()?.get(path.load_balancer);
    let is_unfiltered = admission.map(|it| it.filtered.clone().negate()).unwrap_or_default();
    let is_traffic = Value::Known(reached.purpose == Purpose::Traffic);
    Ok(is_traffic.and(is_unfiltered).and(path.target_group.preserves_client_ip.clone()))
}

/// Whether rules are for the other end: for everyone, for one of its groups, or for every address of its subnets.
fn lets_through(
    architecture: &Architecture<'_>,
    rules: &Admission,
    reached: ReachedPort,
    end: &Key,
    subnets: &KeySet,
) -> Result<Value<bool>, RuleError> {
    let admitted = rules.on(reached.protocol, reached.port);
    let by_group = match architecture.facts::<AdmissionFacts>(end)? {
        // What names no security group has its VPC's default one.
        Ok(it) if it.filtered.is_true() && it.security_groups.is_empty().is_true() => {
            Value::unknown(Reason::Computed, "the default security group of its VPC")
        }
        Ok(it) => it.security_groups.any(|it| admitted.group(it).is(Option::is_some)),
        Err(why) => Value::Unknown(why),
    };
    let by_address = match architecture.ipv4_blocks(subnets)?.decided() {
        Ok(blocks) => Value::all(blocks.iter().map(|it| admitted.block(it).is(Option::is_some))),
        Err(why) => Value::Unknown(why),
    };
    Ok(admitted.world().is(Option::is_some).or(by_group).or(by_address))
}

fn violation(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    property: &str,
    path: &TargetPath<'_>,
    reached: ReachedPort,
    why: &str,
) -> Violation {
    let target = &path.receiver.resource;
    let port = match reached.purpose {
        Purpose::Traffic => format!("port {}", reached.port),
        Purpose::HealthCheck => format!("health check port {}", reached.port),
    };
    let [source, whom] = [path.load_balancer, target].map(|it| architecture.label(it));
    Violation::new(group, property, format!("`{source}` does not get through to `{whom}` on {port}: {why}"))
        .step(path.load_balancer, "", format!("forwards to `{whom}` on {port}"))
        .fact(target, "security_groups")
}
