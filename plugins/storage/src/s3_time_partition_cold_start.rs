use archlint_sdk::schema::{Floor, KeyClass, Severity, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, rule};
use serde::Deserialize;

use crate::keys::{check_populations, pressure, violation};

rule!("../../../rules/storage/s3-time-partition-cold-start.md", check);

#[derive(Deserialize)]
struct Parameters {
    floor: Floor,
    slowdown_ratio: f64,
    start_share: f64,
    min_writers: u32,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { floor, slowdown_ratio, start_share, min_writers } = architecture.parameters()?;
    check_populations(architecture, |bucket, keys| {
        if keys.pattern.class != KeyClass::TimePartitioned || keys.spread_by_format.is_true() {
            return Ok(None);
        }
        let load = &keys.load;
        let throttles = load.slow_down_share.is(|it| it.0 >= slowdown_ratio);
        let at_start = throttles.and(load.slow_down_at_start.is(|it| it.0 >= start_share)).is_true();
        let writers = architecture.intent().bucket(&bucket.meta.key).and_then(|it| it.writers);
        let needs = load.needs(1.0, floor);
        Ok(match (needs.decided(), writers) {
            (answer, _) if at_start || answer == Ok(&true) => {
                let slow = if at_start { ", and S3 answers with Slow Down when a period begins" } else { "" };
                Some(violation(bucket, keys, &format!("; {}{slow}", pressure(keys, 1.0, floor))))
            }
            (Err(_), Some(writers)) if writers >= min_writers => {
                let what = format!(", and {writers} writers begin each period in one range of them");
                Some(violation(bucket, keys, &what).severity(Severity::Info))
            }
            (Err(why), None) => Err(why).or_undecided("load")?,
            (Ok(_), _) | (Err(_), Some(_)) => None,
        })
    })
}
