use archlint_sdk::schema::{
    EventSourceKind, EventSourceMapping, EventSourceMappingFacts, Severity, Verdicts,
};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};

rule!("../../../rules/streaming/stream-consumer-poison-record.md", check);

/// Until a record expires.
const FOREVER: i64 = -1;

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let facts = architecture.table::<EventSourceMappingFacts>()?;
    architecture.check_each(architecture.all::<EventSourceMapping>()?, |it| {
        let (key, facts) = (&it.meta.key, &facts[&it.meta.key]);
        let is_stream = facts.source_kind.is(|it| *it != EventSourceKind::Other);
        if !*it.enabled.clone().and(is_stream).or_undecided("source")? {
            return Ok(Verdict::NotApplicable);
        }
        let source =
            facts.stream.known().and_then(Option::as_ref).or(it.source.known().and_then(Option::as_ref));
        let halts = source.and_then(|it| architecture.intent().stream(it)).is_some_and(|it| it.halt_on_error);
        if halts && !*facts.lag_alarms.is_empty().or_undecided("lag_alarms")? {
            return Ok(Verdict::NotApplicable);
        }
        let retries = it.maximum_retry_attempts.is(|it| *it == FOREVER);
        let is_endless = retries.and(it.maximum_record_age.is(|it| *it == FOREVER));
        let is_lost = it.on_failure_destination.clone().negate();
        let whole_batches =
            it.bisect_batch_on_function_error.clone().or(it.reports_batch_item_failures.clone()).negate();
        let violation = |path: &str, what: &str| {
            Violation::new(it, path, format!("`{}` {what}", it.meta.label)).step(key, path, what)
        };
        let blocks = is_endless.and(is_lost.clone());
        if blocks.is_true() {
            let what = "retries a record that fails until it expires, and all behind it wait";
            return violation("maximum_retry_attempts", what).into();
        }
        if is_lost.is_true() {
            let what = "has no on-failure destination for records that fail for good";
            return violation("on_failure_destination", what).severity(Severity::Medium).into();
        }
        if whole_batches.is_true() {
            let what = "retries whole batches: it neither bisects them nor is told which items failed";
            return violation("bisect_batch_on_function_error", what).severity(Severity::Medium).into();
        }
        is_lost.or_undecided("on_failure_destination")?;
        whole_batches.or_undecided("bisect_batch_on_function_error")?;
        Ok(Verdict::Pass)
    })
}
