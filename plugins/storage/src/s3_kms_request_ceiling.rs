use std::collections::BTreeMap;

use archlint_sdk::schema::{Bucket, BucketFacts, Load, Measure, Reason, Severity, Value, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/storage/s3-kms-request-ceiling.md", check);

#[derive(Deserialize)]
struct Parameters {
    ratio: f64,
    kms_quota: BTreeMap<String, f64>,
    kms_quota_elsewhere: f64,
    custom_key_store_quota: Option<f64>,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let parameters: Parameters = architecture.parameters()?;
    architecture.check_each(architecture.all::<Bucket>()?, |bucket| {
        let key = &bucket.meta.key;
        let encryption = bucket.encryption.or_undecided("encryption")?;
        // Objects of DSSE-KMS have no bucket key, whatever the bucket says.
        let asks_kms = match encryption.as_str() {
            "aws:kms" => !*bucket.bucket_key.or_undecided("bucket_key")?,
            other => other == "aws:kms:dsse",
        };
        if !asks_kms {
            return Ok(Verdict::Pass);
        }
        let load = &architecture.facts::<BucketFacts>(key)?.or_undecided("load")?.load;
        let (reaches, quota) = parameters.reaches_quota(load, architecture.region());
        let (severity, what) = match reaches.decided() {
            Ok(false) => return Ok(Verdict::Pass),
            Err(_) if load.is_unknown() => (Severity::Low, String::new()),
            answer => {
                answer.or_undecided("load")?;
                (Severity::Medium, format!(": {load}, of {} that the region's keys share", Measure(quota)))
            }
        };
        let message = format!("every request for an object of `{}` is one to KMS{what}", bucket.meta.label);
        let violation = Violation::new(bucket, "bucket_key", message).severity(severity);
        violation.step(key, "encryption", format!("encrypts with {encryption}")).fact(key, "load").into()
    })
}

impl Parameters {
    /// Whether the load is such a share of what KMS answers per second, and how much that is. Of a region that nobody
    /// knows, as far as it is the same in all.
    fn reaches_quota(&self, load: &Load, region: Option<&str>) -> (Value<bool>, f64) {
        let of = |region| self.kms_quota.get(region).copied().unwrap_or(self.kms_quota_elsewhere);
        let reaches = |quota: f64| load.totals(self.ratio * quota);
        if let Some(quota) = self.custom_key_store_quota.or(region.map(of)) {
            return (reaches(quota), quota);
        }
        let largest = self.kms_quota.values().copied().fold(self.kms_quota_elsewhere, f64::max);
        let least = self.kms_quota.values().copied().fold(self.kms_quota_elsewhere, f64::min);
        match (reaches(largest), reaches(least)) {
            (Value::Known(true), _) => (Value::Known(true), largest),
            (Value::Known(false), Value::Known(true)) => {
                (Value::unknown(Reason::NotCollected, "the region"), largest)
            }
            (_, answer) => (answer, least),
        }
    }
}
