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
        let load = &facts[key].load;
        let declared = architecture.intent().stream(key);
        let top_key = declared.and_then(|it| it.top_key_share);
        let busiest = *load.shard_skew.or_undecided("load.shard_skew")?;
        let violation =
            |message: String| Violation::new(stream, "", format!("`{name}` {message}")).fact(key, "load");
        if let Some(share) = top_key {
            if let Some(rate) = load.beyond_one_shard(share).or_undecided("load")? {
                return violation(format!("gets {rate} with one partition key, more than a shard takes"))
                    .into();
            }
            // What has to stay in order goes into one shard, and fits there.
            if declared.is_some_and(|it| it.ordered) {
                return Ok(Verdict::Pass);
            }
        }
        match busiest {
            Some(busiest) if busiest.0 > skew => {
                violation(format!("writes {busiest} times the mean to its busiest shard")).into()
            }
            Some(_) => Ok(Verdict::Pass),
            None if top_key.is_some() => Ok(Verdict::Pass),
            None => Ok(Verdict::NotApplicable),
        }
    })
}
