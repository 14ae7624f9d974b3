use archlint_sdk::schema::{Stream, StreamFacts, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/streaming/hot-shard.md", check);

#[derive(Deserialize)]
struct Parameters {
    skew: f64,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { skew } = architecture.parameters()?;
    let facts = architecture.table::<StreamFacts>()?;
    architecture.check_each(architecture.all::<Stream>()?, |stream| {
        let (key, name) = (&stream.meta.key, &stream.meta.label);
        let StreamFacts { load, constant_keys, .. } = &facts[key];
        let declared = architecture.intent().stream(key);
        let top_key = declared.and_then(|it| it.top_key_share);
        let violation = |message: String| Violation::new(stream, "", format!("`{name}` {message}"));
        if let Some(share) = top_key {
            if let Some(rate) = load.beyond_one_shard(share).or_undecided("load")? {
                let message = format!("gets {rate} with one partition key, more than a shard takes");
                return violation(message).fact(key, "load").into();
            }
            // What has to stay in order goes into one shard, and fits there.
            if declared.is_some_and(|it| it.ordered) {
                return Ok(Verdict::Pass);
            }
        }
        let busiest = *load.shard_skew.or_undecided("load.shard_skew")?;
        if let Some(busiest) = busiest.filter(|it| it.0 > skew) {
            let message = format!("writes {busiest} times the mean to its busiest shard");
            return violation(message).fact(key, "load").into();
        }
        // One shard is as hot as the stream, whatever the key.
        let spreads = stream.shards.is(|it| *it != Some(1));
        let is_constant = spreads.and(constant_keys.is_empty().negate());
        if *is_constant.or_undecided("constant_keys")? {
            let by = architecture.labels(&constant_keys.members);
            let message = format!("gets everything that {by} writes with one partition key, so in one shard");
            return violation(message).fact(key, "constant_keys").into();
        }
        let is_told = top_key.is_some() || busiest.is_some();
        Ok(if is_told { Verdict::Pass } else { Verdict::NotApplicable })
    })
}
