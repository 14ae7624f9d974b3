//! What is derived about S3 buckets: what is asked of them, how their keys are formed, and who reads them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Confidence, Key, KeyPattern, KeySet, Measure, Unknown, Value};

/// What is asked of a bucket, how the keys in it are formed, and what stands before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BucketFacts {
    /// Requests to all of it.
    pub load: Load,
    /// Its keys by samples of them; where there is none, by what says how its writers form them.
    pub populations: Vec<PopulationFacts>,
    /// CloudFront distributions that have it for an origin.
    pub distributions: KeySet,
    /// Whether one of these keeps something of what it reads.
    pub cached: Value<bool>,
    /// Whether it is read from other regions or the internet: as a website, by everybody, or as declared.
    pub read_from_outside: Value<bool>,
}

/// The keys of a bucket, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct PopulationFacts {
    /// What tells of them: a sample, a Firehose stream, a Glue table, or the bucket, of which it is declared.
    pub told_by: Key,
    /// What all of them begin with; empty for the whole bucket.
    pub prefix: String,
    pub pattern: KeyPattern,
    /// That of the class, and at most medium where the names alone tell it, or where its load is inferred.
    pub confidence: Confidence,
    /// Requests to it.
    pub load: Load,
    /// Whether something queries it, or selects objects, by what follows its prefix: a Glue table without a layout of
    /// its own, a lifecycle or replication rule.
    pub selected_by_prefix: Value<bool>,
    /// Whether a table format puts a hash between the table's root and its partitions.
    pub spread_by_format: Value<bool>,
}

/// Requests per second, observed or else declared; never inferred from the number of keys.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Load {
    /// What observed it, or the bucket of which it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<Key>,
    /// Why it is an upper limit only: it is that of more keys than are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Unknown>,
    /// PUT, COPY, POST and DELETE: the 99th percentile, else the declared peak.
    pub writes: Value<Measure>,
    /// GET and HEAD that reach the bucket, likewise.
    pub reads: Value<Measure>,
    /// To what the writes can rise, and from what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_rise: Option<Rise>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_rise: Option<Rise>,
    /// The share of requests that S3 answered with 503 Slow Down.
    pub slow_down_share: Value<Measure>,
    /// Of those, the share at the start of a period.
    pub slow_down_at_start: Value<Measure>,
}

/// How a load rises: from its median to its peak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Rise {
    pub from: Measure,
    pub to: Measure,
    /// In how many minutes, where that is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
}

/// Requests per second that S3 serves at least for each partitioned prefix.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    pub writes: f64,
    pub reads: f64,
}

impl Floor {
    pub const DOCUMENTED: Self = Self { writes: 3500.0, reads: 5500.0 };
}

impl Load {
    /// How many floors it needs, as far as it is known: rules.md 6.4 calls it `need`.
    pub fn need(&self, floor: Floor) -> Option<Measure> {
        let parts = [(&self.writes, floor.writes), (&self.reads, floor.reads)];
        parts.into_iter().filter_map(|(rate, floor)| Some(Measure(rate.known()?.0 / floor))).max()
    }

    /// Whether it needs as many floors as these.
    pub fn needs(&self, floors: f64, floor: Floor) -> Value<bool> {
        let writes = self.writes.is(|it| it.0 >= floors * floor.writes);
        self.at_least(writes.or(self.reads.is(|it| it.0 >= floors * floor.reads)))
    }

    /// Whether all requests together are as many per second as these.
    pub fn totals(&self, requests: f64) -> Value<bool> {
        let total = match (self.writes.decided(), self.reads.decided()) {
            (Ok(writes), Ok(reads)) => Value::Known(writes.0 + reads.0 >= requests),
            (Ok(one), Err(why)) | (Err(why), Ok(one)) if one.0 < requests => Value::Unknown(why),
            (Err(why), Err(_)) => Value::Unknown(why),
            _ => Value::Known(true),
        };
        self.at_least(total)
    }

    /// What holds of an upper limit need not hold of the load itself.
    fn at_least(&self, holds: Value<bool>) -> Value<bool> {
        match &self.at_most {
            Some(why) if !holds.is_false() => Value::Unknown(why.clone()),
            _ => holds,
        }
    }

    /// How many floors it needs once it has risen, where it can rise `factor` times within some minutes.
    pub fn rises(&self, factor: f64, minutes: u32, floor: Floor) -> Option<Measure> {
        let rises = [(&self.write_rise, floor.writes), (&self.read_rise, floor.reads)];
        let needed = rises.into_iter().filter_map(|(rise, floor)| {
            let rise = rise.as_ref().filter(|it| it.minutes.is_none_or(|it| it <= minutes))?;
            (rise.to.0 >= factor * rise.from.0).then(|| Measure(rise.to.0 / floor))
        });
        needed.max().filter(|_| self.at_most.is_none())
    }

    /// Whether reads are such a share of the requests, and as many per second as these.
    pub fn is_read_heavy(&self, share: f64, reads: f64) -> Value<bool> {
        let is_heavy = match (self.reads.decided(), self.writes.decided()) {
            (Ok(rate), _) if rate.0 < reads => Value::Known(false),
            (Ok(rate), Ok(writes)) => Value::Known(rate.0 >= share * (rate.0 + writes.0)),
            (Err(why), _) | (_, Err(why)) => Value::Unknown(why),
        };
        self.at_least(is_heavy)
    }

    /// Whether it is more than the guidance of before July 2018 wanted spread: so many requests of a mixed load, or so
    /// many GET. With few writes among them the reads are no part of a mix.
    pub fn exceeds(&self, mixed: f64, gets: f64) -> Value<bool> {
        let mix = match (self.writes.decided(), self.reads.decided()) {
            (Ok(writes), Ok(reads)) => {
                let (writes, all) = (writes.0, writes.0 + reads.0);
                Value::Known(if writes >= 0.1 * all { all > mixed } else { writes > mixed })
            }
            (Ok(writes), Err(_)) if writes.0 > mixed => Value::Known(true),
            (_, Err(why)) | (Err(why), _) => Value::Unknown(why),
        };
        self.at_least(mix.or(self.reads.is(|it| it.0 > gets)))
    }

    /// Whether nobody measured or declared any of it.
    pub fn is_unknown(&self) -> bool {
        self.told_by.is_none()
    }
}

/// As far as it is known: `4,800 writes and 12 reads per second`.
impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |rate: &Value<Measure>, what: &str| {
            rate.known().filter(|it| it.0 > 0.0).map(|it| format!("{it} {what}"))
        };
        let parts = [part(&self.writes, "writes"), part(&self.reads, "reads")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let most = if self.at_most.is_some() { "at most " } else { "" };
        match parts.as_slice() {
            [] => f.write_str("no requests"),
            parts => write!(f, "{most}{} per second", parts.join(" and ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyClass, KeySampling, Reason};

    const FLOOR: Floor = Floor { writes: 3500.0, reads: 5500.0 };

    fn load(writes: Value<Measure>, reads: Value<Measure>) -> Load {
        Load { told_by: Some("metrics".into()), writes, reads, ..Load::default() }
    }

    fn rate(it: f64) -> Value<Measure> {
        Value::Known(Measure(it))
    }

    #[test]
    fn what_is_known_of_a_load_decides_where_it_can() {
        let unknown = || Value::unknown(Reason::NotCollected, "reads");
        assert!(load(rate(4800.0), unknown()).needs(1.0, FLOOR).is_true());
        assert!(load(rate(40.0), unknown()).needs(1.0, FLOOR).decided().is_err());
        assert!(load(rate(40.0), rate(5500.0)).needs(1.0, FLOOR).is_true());
        assert!(load(rate(40.0), rate(0.0)).needs(1.0, FLOOR).is_false());
        assert_eq!(load(rate(7000.0), unknown()).need(FLOOR), Some(Measure(2.0)));
        assert!(load(rate(300.0), unknown()).totals(200.0).is_true());
        assert!(load(rate(100.0), unknown()).totals(200.0).decided().is_err());
    }

    #[test]
    fn the_load_of_more_keys_than_are_meant_is_harmless_or_unknown() {
        let why = Unknown::new(Reason::NotCollected, "requests below `a/`");
        let of = |writes| Load { at_most: Some(why.clone()), ..load(rate(writes), rate(0.0)) };
        assert!(of(40.0).needs(1.0, FLOOR).is_false());
        assert_eq!(of(4800.0).needs(1.0, FLOOR).decided(), Err(why.clone()));
    }

    #[test]
    fn a_mix_of_requests_weighs_more_than_reads_alone() {
        let exceeds = |writes, reads| load(rate(writes), rate(reads)).exceeds(100.0, 300.0);
        assert!(
            exceeds(75.0, 75.0).is_true() && exceeds(101.0, 0.0).is_true() && exceeds(0.0, 301.0).is_true()
        );
        assert!(exceeds(1.0, 150.0).is_false() && exceeds(40.0, 0.0).is_false());
    }

    #[test]
    fn a_load_is_written_as_people_do() {
        assert_eq!(load(rate(4800.0), rate(12.5)).to_string(), "4,800 writes and 12.5 reads per second");
        assert_eq!(load(rate(0.0), Value::default()).to_string(), "no requests");
    }

    #[test]
    fn a_rise_is_one_within_the_minutes() {
        let rising = |from, minutes| {
            let rise = Rise { from: Measure(from), to: Measure(3500.0), minutes };
            Load { write_rise: Some(rise), ..Load::default() }.rises(4.0, 15, FLOOR)
        };
        assert_eq!(rising(100.0, Some(10)), Some(Measure(3500.0 / 3500.0)));
        assert!(rising(0.0, None).is_some());
        assert_eq!((rising(100.0, Some(60)), rising(1000.0, Some(10))), (None, None));
    }

    #[test]
    fn a_class_says_over_how_many_partitions_a_moment_is_spread() {
        let pattern = |class, top_share: Option<f64>, branches: Option<f64>| KeyPattern {
            class,
            inner: None,
            token: None,
            behind: None,
            sampling: KeySampling::Uniform,
            confidence: Confidence::High,
            concentration: None,
            top_share: top_share.map(Measure),
            top_branch: None,
            effective_branches: branches.map(Measure),
        };
        let spread = |it: KeyPattern| it.spread(16.0).unwrap();
        assert!((spread(pattern(KeyClass::BranchedSequential, None, Some(195.0))) - 195.0).abs() < 0.1);
        assert!((spread(pattern(KeyClass::Skewed, Some(0.5), None)) - 2.0).abs() < 0.1);
        assert!((spread(pattern(KeyClass::Hashed, None, None)) - 16.0).abs() < 0.1);
        let skewed =
            KeyPattern { inner: Some(KeyClass::Sequential), ..pattern(KeyClass::Skewed, None, None) };
        assert!(skewed.is_sequential_by_name() && !skewed.is_sequential());
    }
}
