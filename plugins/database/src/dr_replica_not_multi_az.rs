use archlint_sdk::schema::{DatabaseFacts, DbInstance, Value, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/database/dr-replica-not-multi-az.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_ratio: f64,
    pilot_light_rto_h: u32,
    dr_tag: String,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { min_ratio, pilot_light_rto_h, dr_tag } = architecture.parameters()?;
    let databases = architecture.table::<DatabaseFacts>()?;
    architecture.check_each(architecture.all::<DbInstance>()?, |replica| {
        let (key, name) = (&replica.meta.key, &replica.meta.label);
        // A cluster's instances are copies of nothing by themselves.
        let Some(source) = replica.replica_of.or_undecided("replica_of")? else {
            return Ok(Verdict::NotApplicable);
        };
        let is_tagged = replica.meta.tag(&dr_tag).is(Option::is_some);
        if !*is_tagged.or(databases[key].cross_region_replica.clone()).or_undecided("source_region")? {
            return Ok(Verdict::NotApplicable);
        }
        let objective = architecture.intent().workload_of(key).and_then(|it| it.rto_min);
        if objective.is_some_and(|it| it >= pilot_light_rto_h * 60) {
            return Ok(Verdict::NotApplicable);
        }
        let violation = |path: &str, what: &str| {
            Violation::new(replica, path, format!("`{name}` {what}"))
                .fact(key, "cross_region_replica")
                .step(key, path, what)
                .into()
        };
        if !*replica.multi_az.or_undecided("multi_az")? {
            return violation(
                "multi_az",
                "has no standby in a second Availability Zone for when it is promoted",
            );
        }
        if replica.backup_retention_days == Value::Known(Some(0)) {
            return violation(
                "backup_retention_days",
                "keeps no automated backups, which a replica of its own would need",
            );
        }
        // The source is in sight where both regions are.
        let Some(source) = databases.get(source) else { return Ok(Verdict::Pass) };
        if *databases[key].is_as_large_as(source, min_ratio).or_undecided("instance_class")? {
            return Ok(Verdict::Pass);
        }
        violation("instance_class", "is too small for the load of its source")
    })
}
