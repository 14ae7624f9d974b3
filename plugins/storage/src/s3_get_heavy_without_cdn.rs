use archlint_sdk::schema::{Bucket, BucketFacts, Severity, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/storage/s3-get-heavy-without-cdn.md", check);

#[derive(Deserialize)]
struct Parameters {
    read_share: f64,
    min_rps: f64,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { read_share, min_rps } = architecture.parameters()?;
    architecture.check_each(architecture.all::<Bucket>()?, |bucket| {
        let key = &bucket.meta.key;
        let facts = architecture.facts::<BucketFacts>(key)?.or_undecided("load")?;
        let declared = architecture.intent().bucket(key);
        let is_website = bucket.website.is_true();
        // Nothing to cache, cached already, or nothing known of what is asked of it.
        let is_settled = declared.is_some_and(|it| it.application_cache || it.cacheable == Some(false));
        if is_settled || (facts.load.is_unknown() && !is_website) {
            return Ok(Verdict::NotApplicable);
        }
        let is_direct = facts.read_from_outside.clone().and(facts.cached.clone().negate());
        let is_heavy = facts.load.is_read_heavy(read_share, min_rps);
        if is_direct.is_false() || is_heavy.is_false() {
            return Ok(Verdict::Pass);
        }
        facts.read_from_outside.or_undecided("read_from_outside")?;
        facts.cached.or_undecided("distributions")?;
        let (severity, what) = match is_heavy.decided() {
            Err(_) if is_website => (Severity::Info, "as a website".to_owned()),
            answer => {
                answer.or_undecided("load").map(|_| (Severity::Medium, format!("at {}", facts.load)))?
            }
        };
        let message = format!(
            "`{}` is read from outside {what}, and no CloudFront distribution caches it",
            bucket.meta.label
        );
        let violation = Violation::new(bucket, "", message).severity(severity).fact(key, "load");
        violation.fact(key, "read_from_outside").fact(key, "cached").into()
    })
}
