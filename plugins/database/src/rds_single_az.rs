use archlint_sdk::schema::{DbInstance, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};

rule!("../../../rules/database/rds-single-az.md", check);

/// Engines and editions that RDS offers without Multi-AZ.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_SQLServerMultiAZ.html>
const WITHOUT_MULTI_AZ: &[&str] = &["sqlserver-ex", "sqlserver-web"];

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    architecture.check_each(architecture.all::<DbInstance>()?, |db| {
        // A member of a cluster has its standbys in the cluster; a replica is no copy that anyone fails over to.
        let is_member = db.cluster.or_undecided("cluster")?.is_some();
        let is_replica = db.replica_of.or_undecided("replica_of")?.is_some();
        if is_member || is_replica || *db.outpost.or_undecided("outpost")? {
            return Ok(Verdict::NotApplicable);
        }
        if *db.multi_az.or_undecided("multi_az")? {
            return Ok(Verdict::Pass);
        }
        let engine = db.engine.or_undecided("engine")?.as_deref().unwrap_or_default();
        if engine.starts_with("aurora") || WITHOUT_MULTI_AZ.contains(&engine) {
            return Ok(Verdict::NotApplicable);
        }
        let message = format!("`{}` has no standby in a second Availability Zone", db.meta.label);
        Violation::new(db, "multi_az", message)
            .step(&db.meta.key, "multi_az", "runs in one Availability Zone")
            .into()
    })
}
