use archlint_sdk::schema::{Floor, KeyClass, Measure, Severity, Verdicts};
use archlint_sdk::{Architecture, RuleError, rule};
use serde::Deserialize;

use crate::keys::{check_populations, pressure, violation};

rule!("../../../rules/storage/s3-hot-prefix-skew.md", check);

#[derive(Deserialize)]
struct Parameters {
    floor: Floor,
    top_share: f64,
    warn_ratio: f64,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { floor, top_share, warn_ratio } = architecture.parameters()?;
    check_populations(architecture, |bucket, keys| {
        let pattern = &keys.pattern;
        let share = pattern.top_share.filter(|it| pattern.class == KeyClass::Skewed && it.0 >= top_share);
        let Some(Measure(share)) = share.filter(|_| !pattern.inner.is_some_and(KeyClass::can_be_split))
        else {
            return Ok(None);
        };
        let branch = pattern.top_branch.as_deref().map_or(String::new(), |it| format!(", `{it}`"));
        let what = format!("{branch}, which has {} % of them", Measure((share * 100.0).round()));
        let violation = |what: &str| violation(bucket, keys, what);
        Ok(match keys.load.needs(warn_ratio / share, floor).decided() {
            Ok(true) => Some(violation(&format!("{what}; {} there", pressure(keys, 1.0 / share, floor)))),
            Ok(false) => None,
            Err(_) => Some(violation(&what).severity(Severity::Info)),
        })
    })
}
