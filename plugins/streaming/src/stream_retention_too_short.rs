use archlint_sdk::schema::{Confidence, Measure, Severity, Stream, StreamFacts, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/streaming/stream-retention-too-short.md", check);

#[derive(Deserialize)]
struct Parameters {
    min_h: i64,
    weekend_h: i64,
}

/// The share of the retention after which the next disturbance loses records.
const IMMINENT: f64 = 0.5;

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { min_h, weekend_h } = architecture.parameters()?;
    let facts = architecture.table::<StreamFacts>()?;
    architecture.check_each(architecture.all::<Stream>()?, |stream| {
        let (key, name) = (&stream.meta.key, &stream.meta.label);
        let StreamFacts { load, mirrors, .. } = &facts[key];
        if !mirrors.members.is_empty() {
            return Ok(Verdict::NotApplicable);
        }
        let hours = *stream.retention_hours.or_undecided("retention_hours")?;
        let violation = |severity, message: String| {
            // A Firehose stream of another stack may keep them longer.
            let confidence = if mirrors.open.is_some() { Confidence::Medium } else { Confidence::High };
            Violation::new(stream, "retention_hours", format!("`{name}` {message}"))
                .severity(severity)
                .confidence(confidence)
        };
        let age = load.iterator_age_hours.or_undecided("load.iterator_age_hours")?;
        if let Some(age) = age.filter(|it| it.0 > IMMINENT * Measure::from(hours).0) {
            let message = format!("keeps records for {hours} hours, and they wait {age} hours to be read");
            return violation(Severity::High, message).fact(key, "load").into();
        }
        let declared = architecture.intent().stream(key);
        let weekend = declared.filter(|it| it.business_hours).map(|_| weekend_h);
        let window = declared.and_then(|it| it.recovery_window_h).map(i64::from).max(weekend);
        match window {
            Some(window) if hours < window => {
                let message =
                    format!("keeps records for {hours} hours, and its consumers may be down for {window}");
                violation(Severity::Medium, message).into()
            }
            None if hours < min_h => {
                violation(Severity::Low, format!("keeps records for {hours} of {min_h} hours")).into()
            }
            _ => Ok(Verdict::Pass),
        }
    })
}
