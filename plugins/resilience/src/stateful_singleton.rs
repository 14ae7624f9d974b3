use archlint_sdk::schema::{
    BackupFacts, Confidence, DataStoreFacts, DataStoreKind, Severity, Value, Verdicts,
};
use archlint_sdk::{Architecture, Missing, RuleError, Subject, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/resilience/stateful-singleton.md", check);

/// What may be lost with daily backups, in minutes.
const DAY_MIN: u32 = 24 * 60;

#[derive(Deserialize)]
struct Parameters {
    rebuildable: Vec<String>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { rebuildable } = architecture.parameters()?;
    architecture.check_each(&architecture.views::<DataStoreFacts>()?, |store| {
        let (key, name) = (store.key(), store.label());
        let workload = architecture.intent().workload_of(key);
        let is_rebuilt = workload.is_some_and(|it| it.recreatable) || store.is_named_in(&rebuildable);
        if is_rebuilt || store.facts.is_memcached() {
            return Ok(Verdict::NotApplicable);
        }
        if !*store.facts.singleton.or_undecided("singleton")? {
            return Ok(Verdict::Pass);
        }
        let backups = architecture.facts::<BackupFacts>(key)?.ok();
        let is_planned = backups.map_or(Value::Known(false), BackupFacts::is_planned);
        let is_kept = store.facts.backup_days.is(|it| it.is_some_and(|it| it > 0)).or(is_planned);
        let is_continuous = backups.is_some_and(|it| it.continuous.is_true());
        let is_urgent = workload.and_then(|it| it.rpo_min).is_some_and(|it| it < DAY_MIN);
        let (severity, backup) = match is_kept.known() {
            Some(false) => (Severity::High, "without a backup"),
            Some(true) if is_urgent && !is_continuous => (Severity::High, "with a backup once a day only"),
            Some(true) => (Severity::Medium, "with a backup to restore from"),
            None => (Severity::Medium, "and whether it is backed up is not known"),
        };
        let message = format!("`{name}` keeps its state in one node or Availability Zone, {backup}");
        // That a server's volumes hold state is inferred.
        let is_inferred = store.facts.kind == DataStoreKind::Instance;
        let confidence = if is_inferred { Confidence::Medium } else { Confidence::High };
        Violation::new(store, "", message)
            .severity(severity)
            .confidence(confidence.min(backups.map_or(Confidence::High, BackupFacts::confidence)))
            .fact(key, "singleton")
            .facts(backups.map(|_| key), "plans")
            .into()
    })
}
