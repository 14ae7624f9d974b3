use archlint_sdk::schema::{
    AclRequests, Direction, Flow, LINUX_EPHEMERAL, NetworkAcl, NetworkAclFacts, RequestSender, Severity,
    Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Subject, Verdict, Violation, gravest, rule};
use serde::Deserialize;

rule!("../../../rules/network/nacl-return-path-blocked.md", check);

#[derive(Deserialize)]
struct Parameters {
    ephemeral: (u16, u16),
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { ephemeral } = architecture.parameters()?;
    let facts = architecture.table::<NetworkAclFacts>()?;
    architecture.check_each(architecture.all::<NetworkAcl>()?, |acl| {
        let NetworkAclFacts { subnets, requests, ineffective_denies } = &facts[acl.key()];
        if subnets.is_empty().is_true() {
            return Ok(Verdict::NotApplicable);
        }
        let filter = acl.filter().or_undecided("entries")?;
        let unanswered = requests.or_undecided("entries")?.iter().map(|it| {
            let answered_to = if it.sender == RequestSender::Other { LINUX_EPHEMERAL } else { ephemeral };
            let refused = it.unanswered(&filter, answered_to).or_undecided("entries")?;
            Ok(refused.map(|refused| violation(acl, it, &refused)))
        });
        let without_effect = ineffective_denies.first().and_then(|at| ineffective_deny(acl, *at));
        Flaws::among(unanswered.chain([Ok(without_effect)]), |it| it)?.answer(gravest)
    })
}

fn ineffective_deny(acl: &NetworkAcl, at: usize) -> Option<Violation> {
    let path = format!("entries[{at}]");
    let number = acl.entries.known()?[at].number.known()?;
    let message =
        format!("entry {number} of `{}` denies nothing: one of a lower number allows it all", acl.label());
    let violation = Violation::new(acl, &path, message).severity(Severity::Low);
    Some(violation.step(acl.key(), &path, "is never reached"))
}

fn violation(acl: &NetworkAcl, requests: &AclRequests, refused: &Flow) -> Violation {
    let ports = |(from, to): (u16, u16)| {
        if from == to { format!("port {from}") } else { format!("ports {from}-{to}") }
    };
    let (way, back, towards) = match requests.direction {
        Direction::In => ("in", "out", "from"),
        Direction::Out => ("out", "in", "to"),
    };
    let (asked, peer) = (ports(requests.flow.ports), requests.flow.peer);
    let message = format!(
        "`{}` lets requests to {asked} {way} {towards} {peer}, but not their answers to {} {back}",
        acl.label(),
        ports(refused.ports),
    );
    let path = requests.entry.map_or_else(|| "entries".to_owned(), |at| format!("entries[{at}]"));
    let violation = Violation::new(acl, &path, message);
    let violation = match &requests.sender {
        RequestSender::LoadBalancer(sender) => violation.step(sender, "", format!("sends to {asked}")),
        RequestSender::NatGateway | RequestSender::Other => violation,
    };
    violation.step(acl.key(), &path, format!("lets {asked} {way}"))
}
