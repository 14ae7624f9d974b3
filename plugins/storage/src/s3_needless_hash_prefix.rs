use archlint_sdk::schema::{Floor, KeyClass, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, rule};
use serde::Deserialize;

use crate::keys::{Profile, check_populations, violation};

rule!("../../../rules/storage/s3-needless-hash-prefix.md", check);

#[derive(Deserialize)]
struct Parameters {
    profile: Profile,
    floor: Floor,
    max_need: f64,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { profile, floor, max_need } = architecture.parameters()?;
    check_populations(architecture, |bucket, keys| {
        let hides = keys.pattern.behind.as_ref().filter(|_| keys.pattern.class == KeyClass::Hashed);
        let Some(path) = hides.filter(|_| profile == Profile::Modern && !keys.spread_by_format.is_true())
        else {
            return Ok(None);
        };
        let is_idle = keys.load.needs(max_need, floor).negate();
        if is_idle.is_false() || keys.selected_by_prefix.is_false() {
            return Ok(None);
        }
        is_idle.or_undecided("load")?;
        keys.selected_by_prefix.or_undecided("selected_by_prefix")?;
        let what = format!(" before `{path}`, by which they are selected; {} need no hash", keys.load);
        Ok(Some(violation(bucket, keys, &what).fact(&bucket.meta.key, "selected_by_prefix")))
    })
}
