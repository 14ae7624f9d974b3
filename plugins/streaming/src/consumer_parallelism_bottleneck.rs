use archlint_sdk::schema::{
    DeclaredStream, EventSourceMappingFacts, Measure, Severity, Stream, StreamFacts, Value, Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Verdict, Violation, gravest, rule};
use serde::Deserialize;

rule!("../../../rules/streaming/consumer-parallelism-bottleneck.md", check);

#[derive(Deserialize)]
struct Parameters {
    alarm_required: bool,
}

struct Subject<'a> {
    stream: &'a Stream,
    facts: &'a StreamFacts,
    declared: Option<&'a DeclaredStream>,
    mappings: Vec<&'a EventSourceMappingFacts>,
}

type Part = fn(&Subject<'_>) -> Result<Option<Violation>, Stop>;

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { alarm_required } = architecture.parameters()?;
    let facts = architecture.table::<StreamFacts>()?;
    let mappings = architecture.table::<EventSourceMappingFacts>()?;
    let parts: [Part; 4] = [throttled, slow, unread, unwatched];
    let parts = if alarm_required { &parts[..] } else { &parts[..3] };
    architecture.check_each(architecture.all::<Stream>()?, |stream| {
        let facts = &facts[&stream.meta.key];
        let declared = architecture.intent().stream(&stream.meta.key);
        if declared.is_some_and(|it| it.archive) {
            return Ok(Verdict::NotApplicable);
        }
        let mappings = facts.mappings.members.iter().map(|it| &mappings[it]).collect();
        let subject = Subject { stream, facts, declared, mappings };
        Flaws::among(parts, |part| part(&subject))?.answer(gravest)
    })
}

impl Subject<'_> {
    fn violation(&self, path: &str, message: &str) -> Violation {
        Violation::new(self.stream, path, format!("`{}` {message}", self.stream.meta.label))
    }
}

/// Batches wait for a function that may not run as often at once.
fn throttled(it: &Subject<'_>) -> Result<Option<Violation>, Stop> {
    let throttled = it.mappings.iter().find(|it| it.is_throttled().is_true());
    let counts = throttled.map(|it| (&it.batches_at_once, &it.reserved_concurrency));
    if let Some((Value::Known(Some(batches)), Value::Known(Some(executions)))) = counts {
        let message =
            format!("gives {batches} batches at once to a function that runs {executions} times at once");
        let violation = it.violation("", &message).fact(&it.stream.meta.key, "throttled_mappings");
        return Ok(Some(violation));
    }
    it.facts.throttled_mappings.is_empty().or_undecided("mappings")?;
    Ok(None)
}

/// Records take longer than they come, however many shards are processed at once.
fn slow(it: &Subject<'_>) -> Result<Option<Violation>, Stop> {
    let Some(record_ms) = it.declared.and_then(|it| it.record_ms) else { return Ok(None) };
    let Some(rate) = *it.facts.load.in_rps.or_undecided("load.in_rps")? else { return Ok(None) };
    let of_mappings = it.mappings.iter().map(|it| &it.batches_at_once);
    let mut at_once = if it.mappings.is_empty() { vec![&it.stream.shards] } else { of_mappings.collect() };
    at_once.sort();
    let Some(at_once) = *at_once[0].or_undecided("shards")? else { return Ok(None) };
    let most = Measure(Measure::from(at_once).0 * 1000.0 / record_ms.0);
    let message = format!("gets {rate} records/s, and its consumers process {most} at {record_ms} ms each");
    Ok((rate >= most).then(|| it.violation("", &message).fact(&it.stream.meta.key, "load")))
}

/// What is written expires unread.
fn unread(it: &Subject<'_>) -> Result<Option<Violation>, Stop> {
    let is_written = it.facts.load.in_rps.is(|it| it.is_some_and(|it| it.0 > 0.0));
    let is_unread = is_written.and(it.facts.is_read().negate());
    let violation = || it.violation("", "is written, and nothing reads it").fact(&it.stream.meta.key, "load");
    Ok(is_unread.or_undecided("polling")?.then(violation))
}

/// Nobody is told that consumers are behind.
fn unwatched(it: &Subject<'_>) -> Result<Option<Violation>, Stop> {
    let is_unwatched = *it.facts.lag_alarms.is_empty().or_undecided("lag_alarms")?;
    let violation = || it.violation("", "has no alarm on how far its consumers are behind");
    Ok(is_unwatched.then(|| violation().severity(Severity::Low)))
}
