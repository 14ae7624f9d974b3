//! The keys of a bucket: samples of them; where there is none, what says how its writers form them.

use archlint_schema::{
    Bucket, Confidence, GlueTable, Key, KeyPattern, KeyPopulation, PopulationFacts, Resource, Value,
};

use super::loads::Loads;
use super::templates::{self, Template};
use crate::facts::Step;
use crate::facts::index::Index;

pub(super) struct Populations<'i, 'a> {
    index: &'i Index<'a>,
}

/// Keys, and what tells of them.
struct Keys {
    told_by: Key,
    prefix: String,
    pattern: KeyPattern,
}

impl<'i, 'a> Populations<'i, 'a> {
    pub(super) fn new(index: &'i Index<'a>) -> Self {
        Self { index }
    }

    pub(super) fn of(&self, bucket: &Bucket, loads: &Loads<'_>) -> Vec<PopulationFacts> {
        let told = self.told(bucket);
        let prefixes: Vec<&str> = told.iter().map(|it| it.prefix.as_str()).collect();
        let population = |it: &Keys| PopulationFacts {
            told_by: it.told_by.clone(),
            confidence: confidence(&it.pattern, loads.is_exact(&bucket.meta.key, &it.prefix)),
            load: loads.of(&bucket.meta.key, &it.prefix, &prefixes),
            selected_by_prefix: self.selected_by_prefix(bucket, &it.prefix),
            spread_by_format: self.is_spread_by_format(&bucket.meta.key, &it.prefix),
            prefix: it.prefix.clone(),
            pattern: it.pattern.clone(),
        };
        told.iter().map(population).collect()
    }

    /// Samples, and what says how keys are formed that no sample is of.
    fn told(&self, bucket: &Bucket) -> Vec<Keys> {
        let key = &bucket.meta.key;
        let samples = self.index.all::<KeyPopulation>().iter();
        let samples = samples.filter(|it| it.bucket.known() == Some(key));
        let sample = |it: &KeyPopulation| Keys {
            told_by: it.meta.key.clone(),
            prefix: it.prefix.clone(),
            pattern: it.pattern.clone(),
        };
        let mut told: Vec<Keys> = samples.map(sample).collect();
        for Template { told_by, prefix, pattern } in templates::of(self.index, key) {
            if !told.iter().any(|it| overlap(&it.prefix, &prefix)) {
                told.push(Keys { told_by, prefix, pattern });
            }
        }
        told
    }

    /// Whether something queries a population, or selects objects of it, by what follows its prefix.
    fn selected_by_prefix(&self, bucket: &Bucket, prefix: &str) -> Value<bool> {
        let queried = Value::any(
            self.tables(&bucket.meta.key, prefix)
                .map(|(table, within)| within.and(table.object_storage_layout.clone().negate())),
        );
        let filtered = match bucket.filter_prefixes.decided() {
            Ok(all) => {
                Value::any(all.iter().map(|it| it.is(|it| it.len() > prefix.len() && it.starts_with(prefix))))
            }
            Err(why) => Value::Unknown(why),
        };
        let unseen = self.index.unseen(GlueTable::KIND).map_or(Value::Known(false), Value::Unknown);
        queried.or(filtered).or(unseen)
    }

    fn is_spread_by_format(&self, bucket: &Key, prefix: &str) -> Value<bool> {
        Value::any(
            self.tables(bucket, prefix)
                .map(|(table, within)| within.and(table.object_storage_layout.clone())),
        )
    }

    /// Every table, and whether it has keys that begin with a prefix.
    fn tables(&self, bucket: &Key, prefix: &str) -> impl Iterator<Item = (&'a GlueTable, Value<bool>)> {
        self.index.all::<GlueTable>().iter().map(move |it| {
            let is_there = it.bucket.is(|it| it.as_ref() == Some(bucket));
            (it, is_there.and(it.prefix.is(|it| overlap(it, prefix))))
        })
    }
}

/// Whether a key may begin with both.
fn overlap(a: &str, b: &str) -> bool {
    a.starts_with(b) || b.starts_with(a)
}

/// Where only the names of keys tell their class, or the load is that of more keys than these, medium is the most.
fn confidence(pattern: &KeyPattern, is_exact: bool) -> Confidence {
    let is_sure = pattern.concentration.is_some() && is_exact;
    if is_sure { pattern.confidence } else { pattern.confidence.min(Confidence::Medium) }
}

/// What tells of the keys.
pub(super) fn chain(populations: &[PopulationFacts]) -> Vec<Step> {
    let step = |it: &PopulationFacts| Step::new(&it.told_by, "pattern", it.pattern.to_string());
    populations.iter().map(step).collect()
}

/// What queries a bucket, and what selects objects in it.
pub(super) fn selection_chain(index: &Index<'_>, bucket: &Bucket) -> Vec<Step> {
    let key = &bucket.meta.key;
    let tables = index.all::<GlueTable>().iter();
    let tables = tables.filter(|it| it.bucket.known().and_then(Option::as_ref) == Some(key));
    let mut chain: Vec<Step> =
        tables.map(|it| Step::new(&it.meta.key, "prefix", "is queried by its partitions")).collect();
    for (at, prefix) in bucket.filter_prefixes.known().into_iter().flatten().enumerate() {
        if let Some(prefix) = prefix.known() {
            let message = format!("a rule selects objects by `{prefix}`");
            chain.push(Step::new(key, format!("filter_prefixes[{at}]"), message));
        }
    }
    chain
}
