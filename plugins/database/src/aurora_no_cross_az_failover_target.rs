use archlint_sdk::schema::{
    Confidence, DatabaseFacts, DatabaseKind, DbCluster, Key, Severity, Value, Verdicts,
};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/database/aurora-no-cross-az-failover-target.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_reader_ratio: f64,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { min_reader_ratio } = architecture.parameters()?;
    let databases = architecture.table::<DatabaseFacts>()?;
    architecture.check_each(architecture.all::<DbCluster>()?, |cluster| {
        let (key, name) = (&cluster.meta.key, &cluster.meta.label);
        let facts = &databases[key];
        let members = facts.members.members.as_slice();
        // Aurora Serverless v1 starts elsewhere when its zone fails; a secondary cluster of a global database may be
        // headless, storage only until it is needed.
        let is_serverless = cluster.engine_mode.or_undecided("engine_mode")?.as_deref() == Some("serverless");
        let is_global = cluster.global_cluster.or_undecided("global_cluster")?.is_some();
        if facts.kind != DatabaseKind::Aurora || is_serverless || is_global && members.is_empty() {
            return Ok(Verdict::NotApplicable);
        }
        let unseen = || facts.members.open.clone().map_or(Ok(()), Err);
        let violation = |message: String| Violation::new(cluster, "", message).fact(key, "members");
        if members.len() < 2 || !*facts.is_spread().or_undecided("member_zones")? {
            // One that is out of sight may stand elsewhere.
            unseen().or_undecided("members")?;
            let message = match members {
                [] => format!("`{name}` has no instance"),
                [_] => format!("`{name}` has one instance, and none to fail over to"),
                _ => format!("all instances of `{name}` stand in {}", facts.member_zones.names()),
            };
            return violation(message).fact(key, "member_zones").into();
        }
        let is_backed = |writer: &Key| {
            let others = members.iter().filter(|it| *it != writer).map(|it| &databases[it]);
            Value::any(others.map(|it| it.can_replace(&databases[writer], min_reader_ratio)))
        };
        // A template does not say which instance writes; after a failover it is another one anyway.
        let writer = facts.writer.known().and_then(Option::as_ref);
        let all_are_backed = || Value::all(members.iter().map(is_backed));
        if *writer.map_or_else(all_are_backed, is_backed).or_undecided("members")? {
            return Ok(Verdict::Pass);
        }
        unseen().or_undecided("members")?;
        let what = "can take over its load: the others are too small, or promoted last";
        let confidence = if writer.is_some() { Confidence::High } else { Confidence::Medium };
        let violation = violation(format!("no instance of `{name}` {what}")).confidence(confidence);
        members.iter().fold(violation.severity(Severity::Medium), |it, member| it.fact(member, "size")).into()
    })
}
