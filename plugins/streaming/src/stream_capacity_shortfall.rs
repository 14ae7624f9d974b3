use archlint_sdk::schema::{Measure, Severity, Stream, StreamFacts, StreamMode, Verdicts};
use archlint_sdk::{Answer, Architecture, Missing, RuleError, Verdict, Violation, rule};
use serde::Deserialize;

rule!("../../../rules/streaming/stream-capacity-shortfall.md", check);

/// Regions in which a stream on demand grows further than elsewhere, by default, and how far in either, in MB/s.
/// <https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html>
const LARGE_REGIONS: [&str; 3] = ["us-east-1", "us-west-2", "eu-west-1"];
const CEILINGS_MBPS: [f64; 2] = [10_240.0, 200.0];
/// How far a stream on demand grows at once: to twice what was written in the last 30 days.
const GROWTH: f64 = 2.0;

#[derive(Deserialize)]
struct Parameters {
    headroom: f64,
    throttle_ratio: f64,
}

fn check(architecture: &Architecture<'_>) -> Result<Verdicts, RuleError> {
    let Parameters { headroom, throttle_ratio } = architecture.parameters()?;
    let facts = architecture.table::<StreamFacts>()?;
    architecture.check_each(architecture.all::<Stream>()?, |stream| {
        let (key, name) = (&stream.meta.key, &stream.meta.label);
        let load = &facts[key].load;
        let is_autoscaled = architecture.intent().stream(key).is_some_and(|it| it.autoscaled);
        if is_autoscaled || load.is_absent() {
            return Ok(Verdict::NotApplicable);
        }
        let violation = |message: String| {
            Violation::new(stream, "shards", format!("`{name}` {message}")).fact(key, "load")
        };
        let throttled = load.throttled_share.or_undecided("load.throttled_share")?;
        if let Some(Measure(share)) = throttled.filter(|it| it.0 > throttle_ratio) {
            return violation(format!("refuses {}% of what is written to it", Measure(share * 100.0))).into();
        }
        let Some(bottleneck) = load.bottleneck().or_undecided("load")?.clone() else {
            return Ok(Verdict::Pass);
        };
        if *stream.mode.or_undecided("mode")? == StreamMode::OnDemand {
            return on_demand(architecture, stream, &facts[key]);
        }
        let Some(shards) = *stream.shards.or_undecided("shards")? else { return Ok(Verdict::Pass) };
        let needed = bottleneck.needed(headroom);
        if Measure::from(shards) >= needed {
            return Ok(Verdict::Pass);
        }
        violation(format!("has {shards} shards, and {} take {needed}", bottleneck.load)).into()
    })
}

/// What its owners expect may come faster than it grows, or be more than it grows to.
fn on_demand(architecture: &Architecture<'_>, stream: &Stream, facts: &StreamFacts) -> Answer {
    let (key, name) = (&stream.meta.key, &stream.meta.label);
    let expected = architecture.intent().stream(key).and_then(|it| it.peak_in_mbps);
    let Some(expected) = expected.or(*facts.load.in_mbps.or_undecided("load.in_mbps")?) else {
        return Ok(Verdict::Pass);
    };
    let is_large = architecture.region().is_some_and(|it| LARGE_REGIONS.contains(&it));
    let ceiling = CEILINGS_MBPS[usize::from(!is_large)];
    let peak = *facts.load.in_mbps_peak.or_undecided("load.in_mbps_peak")?;
    let message = if expected.0 > ceiling {
        format!("`{name}` grows to {} MB/s, and {expected} are expected", Measure(ceiling))
    } else if let Some(peak) = peak.filter(|it| expected.0 > GROWTH * it.0) {
        format!("`{name}` grows to twice the {peak} MB/s of the last 30 days, and {expected} are expected")
    } else {
        return Ok(Verdict::Pass);
    };
    Violation::new(stream, "mode", message).severity(Severity::Medium).fact(key, "load").into()
}
