use archlint_sdk::schema::{Measure, SHARD_OUT_MBPS, Stream, StreamFacts, StreamMode, Verdicts};
use archlint_sdk::{Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/streaming/shared-read-throughput-contention.md", check);

#[derive(Deserialize)]
struct Parameters {
    max_shared: i64,
}

/// How many consumers with enhanced fan-out a stream may have: on demand as many as the account's mode allows at most.
/// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>
const MAX_FAN_OUT: usize = 20;
const MAX_FAN_OUT_ON_DEMAND: usize = 50;

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { max_shared } = architecture.parameters()?;
    let facts = architecture.table::<StreamFacts>()?;
    architecture.check_each(architecture.all::<Stream>()?, |stream| {
        let (key, name) = (&stream.meta.key, &stream.meta.label);
        let facts = &facts[key];
        let (polling, fan_out) = (facts.polling_count(), facts.fan_out.members.len());
        let violation = |message: String| {
            Violation::new(stream, "", format!("`{name}` {message}"))
                .fact(key, "polling")
                .fact(key, "fan_out")
        };
        if fan_out > MAX_FAN_OUT {
            let is_on_demand = *stream.mode.or_undecided("mode")? == StreamMode::OnDemand;
            let limit = if is_on_demand { MAX_FAN_OUT_ON_DEMAND } else { MAX_FAN_OUT };
            if fan_out > limit {
                return violation(format!("has {fan_out} consumers with enhanced fan-out, of {limit}"))
                    .into();
            }
        }
        if polling > max_shared {
            return violation(format!("is polled by {polling} consumers, which share 2 MB/s of each shard"))
                .into();
        }
        if let (Some(Some(shards)), Some(Some(load))) = (stream.shards.known(), facts.load.in_mbps.known()) {
            let out = Measure(load.0 * Measure::from(polling).0);
            if out.0 > SHARD_OUT_MBPS * Measure::from(*shards).0 {
                let message = format!("is polled for {out} MB/s, and its {shards} shards give 2 MB/s each");
                return violation(message).fact(key, "load").into();
            }
        }
        facts.polls_more_than(max_shared).or_undecided("polling")?;
        Ok(Verdict::Pass)
    })
}
