use archlint_sdk::schema::{Bucket, Floor, Measure, PopulationFacts, Reason, Severity, Unknown, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Stop, Violation, rule};
use serde::Deserialize;

use crate::keys::{Profile, check_populations, name, pressure, violation};

rule!("../../../rules/storage/s3-sequential-keys.md", check);

#[derive(Deserialize)]
struct Parameters {
    profile: Profile,
    floor: Floor,
    warn_ratio: f64,
    slowdown_ratio: f64,
    burst_factor: f64,
    ramp_min: u32,
    partition_cap: f64,
    legacy_assume_busy: bool,
    legacy_mixed_rps: f64,
    legacy_get_rps: f64,
    legacy_prepare_mixed_rps: f64,
    legacy_prepare_get_rps: f64,
}

/// Below this share of the floor, Slow Down has another cause than the names of keys.
const THROTTLED_FROM: f64 = 0.1;

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    check_populations(architecture, |bucket, keys| match parameters.profile {
        Profile::Modern => modern(&parameters, bucket, keys),
        Profile::Legacy => legacy(&parameters, bucket, keys),
    })
}

fn modern(by: &Parameters, bucket: &Bucket, keys: &PopulationFacts) -> Result<Option<Violation>, Stop> {
    if !keys.pattern.is_sequential() {
        return Ok(None);
    }
    let (load, floor) = (&keys.load, by.floor);
    let rise = load.rises(by.burst_factor, by.ramp_min, floor).map_or(0.0, |it| it.0);
    let is_idle = load.needs(by.warn_ratio, floor).is_false() && rise < by.warn_ratio;
    let Some(spread) = keys.pattern.spread(by.partition_cap) else {
        // Harmless even if one branch had all of it.
        let branches = Unknown::new(Reason::Computed, format!("the branches of {}", name(bucket, keys)));
        return if is_idle { Ok(None) } else { Err(branches).or_undecided("populations") };
    };
    let needs = |ratio: f64| load.needs(ratio * spread, floor);
    let throttles =
        load.slow_down_share.is(|it| it.0 >= by.slowdown_ratio).and(needs(THROTTLED_FROM)).is_true();
    let jumps = rise / spread >= by.warn_ratio;
    let (severity, what) = match needs(by.warn_ratio).decided() {
        _ if throttles => {
            (Severity::High, format!("{}, and S3 answers with Slow Down", pressure(keys, spread, floor)))
        }
        _ if needs(1.0).is_true() => (Severity::High, pressure(keys, spread, floor)),
        _ if jumps => (Severity::Medium, jump(rise / spread)),
        Ok(true) => (Severity::Medium, pressure(keys, spread, floor)),
        Ok(false) => return Ok(None),
        Err(_) => (Severity::Info, harmless(floor)),
    };
    Ok(Some(violation(bucket, keys, &format!("; {what}")).severity(severity)))
}

fn jump(times: f64) -> String {
    let floors =
        format!("the load jumps to {} times the documented floor of one partitioned prefix", Measure(times));
    floors + ": splitting takes about 30 to 60 minutes, and a moving range never stays split"
}

fn harmless(floor: Floor) -> String {
    let (writes, reads) = (Measure(floor.writes), Measure(floor.reads));
    format!("harmless below about {writes} writes or {reads} reads per second per partitioned prefix")
}

fn legacy(by: &Parameters, bucket: &Bucket, keys: &PopulationFacts) -> Result<Option<Violation>, Stop> {
    if !keys.pattern.is_sequential_by_name() {
        return Ok(None);
    }
    let is_busy = match keys.load.exceeds(by.legacy_mixed_rps, by.legacy_get_rps).decided() {
        Err(_) if by.legacy_assume_busy => true,
        answer => answer.copied().or_undecided("load")?,
    };
    let must_prepare = keys.load.exceeds(by.legacy_prepare_mixed_rps, by.legacy_prepare_get_rps).is_true();
    let severity = if must_prepare { Severity::High } else { Severity::Medium };
    let what = format!(", at {} (legacy profile)", keys.load);
    Ok(is_busy.then(|| violation(bucket, keys, &what).severity(severity)))
}
