use std::collections::BTreeMap;

use archlint_sdk::schema::{
    AdmissionFacts, Barrier, Key, Purpose, SecurityGroup, TargetGroupFacts, TargetPath, Value, Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Subject, Violation, gravest, rule};

rule!("../../../rules/network/lb-to-target-path-blocked.md", check);

/// What a security group at one end of a way has to let through, and what does not.
struct End<'a> {
    path: &'a TargetPath,
    /// `ingress` or `egress`.
    rules: &'static str,
    barrier: &'a Value<Option<Barrier>>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let admission = architecture.table::<AdmissionFacts>()?;
    let mut ends: BTreeMap<&Key, Vec<End<'_>>> = BTreeMap::new();
    for path in architecture.table::<TargetGroupFacts>()?.values().flat_map(|it| &it.paths) {
        let arrival = End { path, rules: "ingress", barrier: &path.kept_out };
        let departure = End { path, rules: "egress", barrier: &path.held_back };
        for (resource, end) in [(&path.target, arrival), (&path.load_balancer, departure)] {
            // Several groups of one resource admit together; the first answers for all.
            if let Some(group) = admission.get(resource).and_then(|it| it.security_groups.members.first()) {
                ends.entry(group).or_default().push(end);
            }
        }
    }
    architecture.check_each(architecture.all::<SecurityGroup>()?, |group| {
        let blocked = Flaws::among(ends.get(group.key()).into_iter().flatten(), |end| {
            let barrier = end.barrier.or_undecided(end.rules)?.as_ref();
            Ok(barrier.map(|it| violation(architecture, group, end, it)))
        })?;
        blocked.answer(gravest)
    })
}

fn violation(
    architecture: &Architecture<'_>,
    group: &SecurityGroup,
    end: &End<'_>,
    barrier: &Barrier,
) -> Violation {
    let End { path: TargetPath { load_balancer, target, .. }, rules, .. } = end;
    let property = if barrier.network_acl.is_some() { "" } else { *rules };
    let port = match barrier.port.purpose {
        Purpose::Traffic => format!("port {}", barrier.port.port),
        Purpose::HealthCheck => format!("health check port {}", barrier.port.port),
    };
    let (at, path, why) = match &barrier.network_acl {
        Some(it) => {
            let [acl, subnet] = [&it.network_acl, &it.subnet].map(|it| architecture.label(it));
            (&it.network_acl, "entries", format!("network ACL `{acl}` of `{subnet}` refuses it"))
        }
        None if *rules == "ingress" => {
            (group.key(), *rules, format!("`{}` does not admit it", group.label()))
        }
        None => (group.key(), *rules, format!("`{}` does not let it out", group.label())),
    };
    let [source, whom] = [load_balancer, target].map(|it| architecture.label(it));
    let message = format!("`{source}` does not get through to `{whom}` on {port}: {why}");
    Violation::new(group, property, message)
        .step(load_balancer, "", format!("forwards to `{whom}` on {port}"))
        .fact(target, "security_groups")
        .facts(barrier.network_acl.iter().map(|it| &it.subnet), "network_acl")
        .step(at, path, why)
}
