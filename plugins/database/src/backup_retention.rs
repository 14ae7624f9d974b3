use archlint_sdk::schema::{BackupFacts, DatabaseFacts, Severity, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/database/backup-retention.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_days: i64,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { min_days } = architecture.parameters()?;
    architecture.check_each(&architecture.views::<DatabaseFacts>()?, |db| {
        let is_part = db.facts.part_of.or_undecided("part_of")?.is_some();
        let Some(days) = *db.facts.backup_days.or_undecided("backup_retention_days")? else {
            return Ok(Verdict::NotApplicable);
        };
        if is_part || days >= min_days {
            return Ok(if is_part { Verdict::NotApplicable } else { Verdict::Pass });
        }
        let backups = architecture.facts::<BackupFacts>(db.key())?.or_undecided("plans")?;
        let is_kept = backups.retention_days.is(|it| it.is_none_or(|it| it >= min_days));
        if *is_kept.or(backups.continuous.clone()).or_undecided("plans")? {
            return Ok(Verdict::Pass);
        }
        let what = match days {
            0 => "takes no automated backups".to_owned(),
            days => format!("keeps its automated backups for {days} of {min_days} days"),
        };
        Violation::new(db, "backup_retention_days", format!("`{}` {what}", db.label()))
            .severity(if days == 0 { Severity::High } else { Severity::Medium })
            .confidence(backups.confidence())
            .fact(db.key(), "backup_days")
            .fact(db.key(), "plans")
            .into()
    })
}
