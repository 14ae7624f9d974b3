use archlint_sdk::schema::{DatabaseFacts, RecoveryCopies, RecoveryCopyKind, Severity, Value, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/database/no-cross-region-recovery-copy.md", check);

#[derive(Deserialize)]
struct Parameters {
    rpo_snapshot_floor_min: u32,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { rpo_snapshot_floor_min } = architecture.parameters()?;
    architecture.check_each(&architecture.views::<DatabaseFacts>()?, |db| {
        let workload = architecture.intent().workload_of(db.key()).filter(|it| !it.recreatable);
        let Some((workload, region)) = workload.and_then(|it| Some((it, it.dr_region.as_ref()?))) else {
            return Ok(Verdict::NotApplicable);
        };
        // DMS keeps nothing, and what is part of another is recovered with it.
        let keeps_data = db.facts.backup_days.or_undecided("backup_retention_days")?.is_some();
        if !keeps_data || db.facts.part_of.or_undecided("part_of")?.is_some() {
            return Ok(Verdict::NotApplicable);
        }
        let RecoveryCopies { copies, open } = &db.facts.recovery_copies;
        let (snapshots, replicas): (Vec<_>, Vec<_>) =
            copies.iter().partition(|it| it.kind == RecoveryCopyKind::BackupCopy);
        let is_urgent = workload.rpo_min.is_some_and(|it| it < rpo_snapshot_floor_min);
        let kept_there = Value::any(snapshots.iter().map(|it| it.region.is(|it| it == region)));
        let seen = Value::Known(!replicas.is_empty()).or(kept_there.and(Value::Known(!is_urgent)));
        let unseen = open.clone().map_or(Value::Known(false), Value::Unknown);
        if *seen.or(unseen).or_undecided("recovery_copies")? {
            return Ok(Verdict::Pass);
        }
        let name = db.label();
        let message = match workload.rpo_min {
            Some(minutes) if is_urgent && !snapshots.is_empty() => {
                format!("only snapshots of `{name}` reach another region, and at most {minutes} minutes may be lost")
            }
            _ => format!("`{name}` is to be recovered in {region}, and no copy of it is there"),
        };
        let severity = if is_urgent { Severity::High } else { Severity::Medium };
        Violation::new(db, "", message).severity(severity).fact(db.key(), "recovery_copies").into()
    })
}
