//! What the rules about keys have in common: each asks about every population of keys in a bucket.

use archlint_sdk::schema::{
    Bucket, BucketFacts, Floor, KeyClass, Measure, PopulationFacts, Reason, Unknown, Verdicts,
};
use archlint_sdk::{Architecture, Flaws, Missing, RuleError, Stop, Violation, gravest};
use serde::Deserialize;

/// By whose guidance keys are judged.
#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Profile {
    Modern,
    /// That of before July 2018, which still holds of stores with fixed ranges that speak S3.
    Legacy,
}

/// Asks about every population of keys. A sample of too few keys tells nothing; names that a service of AWS chose are
/// not the owner's to change.
pub(crate) fn check_populations(
    architecture: &Architecture<'_>,
    ask: impl Fn(&Bucket, &PopulationFacts) -> Result<Option<Violation>, Stop>,
) -> Result<Verdicts, RuleError> {
    architecture.check_each(architecture.all::<Bucket>()?, |bucket| {
        let facts = architecture.facts::<BucketFacts>(&bucket.meta.key)?.or_undecided("populations")?;
        let among = Flaws::among(&facts.populations, |keys| match keys.pattern.class {
            KeyClass::Insufficient => Err(Stop::Undecided {
                reason: Unknown::new(Reason::NotCollected, format!("enough keys of {}", name(bucket, keys))),
                missing: "populations".to_owned(),
            }),
            KeyClass::ServiceOwned => Ok(None),
            _ => ask(bucket, keys),
        });
        among?.answer(gravest)
    })
}

/// The bucket, or the part of it that the keys are in.
pub(crate) fn name(bucket: &Bucket, keys: &PopulationFacts) -> String {
    let (label, prefix) = (&bucket.meta.label, &keys.prefix);
    if prefix.is_empty() { format!("`{label}`") } else { format!("`{label}/{prefix}`") }
}

/// A violation by the keys, with what tells of them and of the load.
pub(crate) fn violation(bucket: &Bucket, keys: &PopulationFacts, what: &str) -> Violation {
    let message = format!("the keys of {} are {}{what}", name(bucket, keys), keys.pattern);
    let violation = Violation::new(bucket, "", message).confidence(keys.confidence).step(
        &keys.told_by,
        "pattern",
        format!("tells that keys are {}", keys.pattern),
    );
    match &keys.load.told_by {
        Some(it) => violation.step(it, "", format!("tells of {}", keys.load)),
        None => violation,
    }
}

/// What one partition is asked of the load, of which `spread` of them share: so many floors.
pub(crate) fn pressure(keys: &PopulationFacts, spread: f64, floor: Floor) -> String {
    let times = keys.load.need(floor).map_or(0.0, |it| it.0 / spread);
    format!("{} come to {} times the documented floor of one partitioned prefix", keys.load, Measure(times))
}
