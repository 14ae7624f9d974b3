use std::collections::BTreeMap;

use archlint_sdk::schema::{
    Direction, EgressKind, Exposure, Flow, Key, KeySet, NatGateway, NetworkAcl, NetworkAclFacts, Severity,
    SubnetFacts, Verdicts,
};
use archlint_sdk::{
    Architecture, Flaws, Missing, RuleError, Stop, Subject, Verdict, Violation, gravest, rule,
};
use serde::Deserialize;

rule!("../../../rules/network/nacl-return-path-blocked.md", check);

/// The ports from which Linux sends its requests, and to which it has answers sent.
const LINUX_EPHEMERAL: (u16, u16) = (32_768, 60_999);

#[derive(Deserialize)]
struct Parameters {
    ephemeral: (u16, u16),
}

/// Requests that a network ACL has to let through, and the ports to which they are answered.
struct Requests<'a> {
    direction: Direction,
    flow: Flow,
    answers: (u16, u16),
    /// The property that shows them.
    path: String,
    /// Whose they are, where one is known to send them.
    load_balancer: Option<&'a Key>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { ephemeral } = architecture.parameters()?;
    let facts = architecture.table::<NetworkAclFacts>()?;
    let mut forwarded = forwarded(architecture, ephemeral)?;
    architecture.check_each(architecture.all::<NetworkAcl>()?, |acl| {
        let subnets = &facts[acl.key()].subnets;
        if *acl.is_default.or_undecided("is_default")? || subnets.is_empty().is_true() {
            return Ok(Verdict::NotApplicable);
        }
        let forwarded = forwarded.remove(acl.key()).unwrap_or_default();
        let allowed = allowed(architecture, acl, subnets, ephemeral)?;
        let unanswered = forwarded.into_iter().chain(allowed).map(|it| unanswered(acl, &it));
        Flaws::among(unanswered.chain([Ok(ineffective_deny(acl))]), |it| it)?.answer(gravest)
    })
}

/// The requests of load balancers to their targets, by the network ACLs that they cross.
fn forwarded<'a>(
    architecture: &Architecture<'a>,
    ephemeral: (u16, u16),
) -> Result<BTreeMap<&'a Key, Vec<Requests<'a>>>, RuleError> {
    let mut requests = BTreeMap::<&Key, Vec<_>>::new();
    for path in architecture.target_paths()? {
        let crossings = match architecture.crossings(&path) {
            Ok(it) => it,
            // Whether such a way is open at all is the business of SGN007.
            Err(Stop::Undecided { .. }) => continue,
            Err(Stop::Fault(error)) => return Err(error),
        };
        let Ok(ports) = path.target_group.ports(path.receiver) else { continue };
        for crossing in crossings {
            requests.entry(crossing.acl.key()).or_default().extend(ports.iter().map(|it| Requests {
                direction: crossing.direction,
                flow: Flow::to(it.protocol, it.port, crossing.peer),
                answers: ephemeral,
                path: "entries".to_owned(),
                load_balancer: Some(path.load_balancer),
            }));
        }
    }
    Ok(requests)
}

/// The requests that its entries are for: ports of services, from or to where traffic can come from or go.
fn allowed(
    architecture: &Architecture<'_>,
    acl: &NetworkAcl,
    subnets: &KeySet,
    ephemeral: (u16, u16),
) -> Result<Vec<Requests<'static>>, Stop> {
    let table = architecture.table::<SubnetFacts>()?;
    let facts: Vec<&SubnetFacts> = subnets.members.iter().filter_map(|it| table.get(it)).collect();
    let is_entered = facts.iter().any(|it| it.exposure.is(|it| *it != Exposure::Private).is_true());
    let is_left = facts.iter().any(|it| it.egress.is(|it| it.kind != EgressKind::None).is_true());
    let mut nats = architecture.all::<NatGateway>()?.iter();
    let has_nat = nats
        .any(|it| it.subnet.is(|it| it.as_ref().is_some_and(|it| subnets.members.contains(it))).is_true());
    let requests =
        acl.allowed_tcp().or_undecided("entries")?.into_iter().filter_map(|(at, direction, flow)| {
            let is_service = flow.ports.0 == flow.ports.1 || flow.ports.1 < LINUX_EPHEMERAL.0;
            let reaches = if direction == Direction::In { is_entered } else { is_left };
            let answers = if direction == Direction::Out && has_nat { ephemeral } else { LINUX_EPHEMERAL };
            let is_possible = is_service && (flow.peer.prefix() > 0 || reaches);
            is_possible.then(|| Requests {
                direction,
                flow,
                answers,
                path: format!("entries[{at}]"),
                load_balancer: None,
            })
        });
    Ok(requests.collect())
}

/// Requests that the network ACL lets through, and not all of their answers.
fn unanswered(acl: &NetworkAcl, requests: &Requests<'_>) -> Result<Option<Violation>, Stop> {
    let answers = Flow { ports: requests.answers, ..requests.flow };
    for refused in acl.refused(requests.direction.reverse(), &answers).or_undecided("entries")? {
        let asked = Flow { peer: refused.peer, ..requests.flow };
        if *acl.permits(requests.direction, &asked).or_undecided("entries")? {
            return Ok(Some(violation(acl, requests, &refused)));
        }
    }
    Ok(None)
}

/// A deny that comes after what allows the same.
fn ineffective_deny(acl: &NetworkAcl) -> Option<Violation> {
    let at = [Direction::In, Direction::Out].into_iter().flat_map(|it| acl.ineffective_denies(it)).next()?;
    let path = format!("entries[{at}]");
    let number = acl.entries.known()?[at].number.known()?;
    let message =
        format!("entry {number} of `{}` denies nothing: one of a lower number allows it all", acl.label());
    let violation = Violation::new(acl, &path, message).severity(Severity::Low);
    Some(violation.step(acl.key(), &path, "is never reached"))
}

fn violation(acl: &NetworkAcl, requests: &Requests<'_>, refused: &Flow) -> Violation {
    let ports = |(from, to): (u16, u16)| {
        if from == to { format!("port {from}") } else { format!("ports {from}-{to}") }
    };
    let (way, back, towards) = match requests.direction {
        Direction::In => ("in", "out", "from"),
        Direction::Out => ("out", "in", "to"),
    };
    let message = format!(
        "`{}` lets requests to {} {way} {towards} {}, but not their answers to {} {back}",
        acl.label(),
        ports(requests.flow.ports),
        requests.flow.peer,
        ports(refused.ports),
    );
    let violation = Violation::new(acl, &requests.path, message);
    let sends =
        |it: Violation, sender| it.step(sender, "", format!("sends to {}", ports(requests.flow.ports)));
    let violation = requests.load_balancer.into_iter().fold(violation, sends);
    violation.step(acl.key(), &requests.path, format!("lets {} {way}", ports(requests.flow.ports)))
}
