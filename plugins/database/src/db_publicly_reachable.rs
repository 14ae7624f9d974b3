use archlint_sdk::schema::{
    Admission, Cidr, DatabaseFacts, DatabaseKind, Protocol, RulePlace, Severity, Value, Verdicts,
};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/database/db-publicly-reachable.md", check);

/// Blocks that no address of the internet is in: RFC 1918, RFC 6598 and RFC 4193.
const PRIVATE: [&str; 5] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];

#[derive(Deserialize)]
struct Parameters {
    db_kinds: Vec<DatabaseKind>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { db_kinds } = architecture.parameters()?;
    architecture.check_each(&architecture.views::<DatabaseFacts>()?, |db| {
        // The instances of a cluster answer for it.
        if !db_kinds.contains(&db.facts.kind) || !db.facts.members.members.is_empty() {
            return Ok(Verdict::NotApplicable);
        }
        if *db.facts.exposed_subnets.is_empty().or_undecided("subnet_group")? {
            return Ok(Verdict::Pass);
        }
        let violation = |what: &str| {
            let message = format!("`{}` {what}", db.label());
            Violation::new(db, "publicly_accessible", message)
                .fact(db.key(), "publicly_accessible")
                .fact(db.key(), "exposed_subnets")
        };
        if !*db.facts.publicly_accessible.or_undecided("publicly_accessible")? {
            let what = "has no public address, but is in a subnet that is routed to an internet gateway";
            return violation(what).severity(Severity::Low).into();
        }
        let ingress = architecture.ingress(db.key())?.ok();
        let Some(admitting) = ingress.and_then(|it| admits_internet(&it, db.facts)) else {
            let what = "has a public address in a subnet that is routed to an internet gateway";
            return violation(what).severity(Severity::Medium).into();
        };
        violation("can be reached from the internet")
            .step(&admitting.security_group, admitting.path, "admits addresses of the internet")
            .into()
    })
}

/// The rule that surely admits someone outside of private networks.
fn admits_internet(ingress: &Admission, facts: &DatabaseFacts) -> Option<RulePlace> {
    let private = PRIVATE.map(|it| it.parse::<Cidr>().expect("it is a CIDR block"));
    let admitted = match facts.port.known()? {
        Some(port) => ingress.on(Protocol::Tcp, *port),
        None => ingress.at_all(),
    };
    let Value::Known(rule) = admitted.beyond(&private) else { return None };
    rule.cloned()
}
