use archlint_sdk::schema::{DatabaseFacts, DatabaseKind, Severity, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/database/db-publicly-reachable.md", check);

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
        let Some(Some(admitting)) = db.facts.admits_internet.known() else {
            let what = "has a public address in a subnet that is routed to an internet gateway";
            return violation(what).severity(Severity::Medium).into();
        };
        violation("can be reached from the internet")
            .step(&admitting.security_group, &admitting.path, "admits addresses of the internet")
            .into()
    })
}
