//! What no call lists: what the keys of buckets are like, and how busy buckets and streams are. It is asked for once
//! buckets and streams are known.

mod keys;
mod metrics;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use archlint_schema::{Bucket, BucketMetrics, KeyPopulation, Resource, Resources, Stream, StreamMetrics};
use serde_json::Value as Json;

use super::question::{Account, Question};
use super::record::Record;
use super::{Collector, ScanOptions, Watch};
use crate::source::account::item::Item;
use crate::source::account::journal::{Failure, NotCollected, Part};

/// Something to ask of a region beside what its calls list.
pub(super) enum Observation {
    Keys(keys::Keys),
    Metrics(metrics::Metrics),
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Observed {
    pub(super) items: Vec<Item>,
    pub(super) not_collected: Vec<NotCollected>,
}

impl Observation {
    /// Tells it from all others of its region.
    pub(super) fn source(&self) -> String {
        match self {
            Self::Keys(keys) => format!("keys:{}", keys.bucket),
            Self::Metrics(_) => "metrics".to_owned(),
        }
    }

    pub(super) async fn ask(&self, account: &Account, region: &str) -> Observed {
        match self {
            Self::Keys(keys) => keys.ask(account, region).await,
            Self::Metrics(metrics) => metrics.ask(account, region).await,
        }
    }
}

impl Observed {
    /// Something that is not known of a kind that was observed otherwise: it has a name of its own.
    fn without(kind: &str, what: &str, why: &impl ToString) -> Self {
        let gap =
            NotCollected { kind: format!("{kind}.{what}"), why: why.to_string(), failure: Failure::Lasting };
        Self { not_collected: vec![gap], ..Self::default() }
    }
}

/// The kinds that calls list: what is observed is not among them, but what it is observed of.
pub(super) fn listed(kinds: &BTreeSet<String>) -> BTreeSet<String> {
    let of = |kind: &str| match kind {
        KeyPopulation::KIND | BucketMetrics::KIND => Bucket::KIND.to_owned(),
        StreamMetrics::KIND => Stream::KIND.to_owned(),
        other => other.to_owned(),
    };
    kinds.iter().map(|it| of(it)).filter(|it| !Resources::is_observed(it)).collect()
}

/// The IAM actions that observing takes, with the kinds that each is for.
pub(super) fn actions(options: &ScanOptions) -> BTreeMap<String, BTreeSet<String>> {
    let mut actions = BTreeMap::<String, BTreeSet<String>>::new();
    for kind in options.kinds.iter().filter(|_| is_possible(options)) {
        let action = match kind.as_str() {
            KeyPopulation::KIND if options.keys_per_bucket != Some(0) => keys::ACTION,
            BucketMetrics::KIND | StreamMetrics::KIND => metrics::ACTION,
            _ => continue,
        };
        actions.entry(action.to_owned()).or_default().insert(kind.clone());
    }
    actions
}

/// Whoever wants to ask AWS Config only, or the accounts of an aggregator, asks nobody else.
fn is_possible(options: &ScanOptions) -> bool {
    options.aggregator.is_none() && options.collector != Collector::Config
}

/// What is left to ask, now that the record has the buckets and streams.
pub(super) fn questions(
    accounts: &[Rc<Account>],
    options: &ScanOptions,
    record: &Record,
    watch: &dyn Watch,
) -> Vec<Question> {
    if !is_possible(options) {
        return Vec::new();
    }
    let found = found(record.parts());
    let mut questions = keys::observations(&found, options);
    questions.extend(metrics::observations(&found, options));
    let question = |((account, region), what): (Where, Observation)| {
        let account = accounts.iter().find(|it| it.id == account)?;
        Some(Question::of_observation(account, region, what))
    };
    let questions = questions.into_iter().filter_map(question);
    let left: Vec<Question> = questions.filter(|it| !record.has(&it.place())).collect();
    let (keys, others): (Vec<Question>, Vec<Question>) =
        left.into_iter().partition(|it| matches!(it.observation(), Some(Observation::Keys(_))));
    let keys = if keys::is_affordable(keys.len(), options, watch) { keys } else { Vec::new() };
    for it in &others {
        if let Some(Observation::Metrics(metrics)) = it.observation() {
            metrics.tell(&it.region, watch);
        }
    }
    keys.into_iter().chain(others).collect()
}

/// An account and a region.
type Where = (String, String);

/// The buckets and streams of each region, each once.
fn found(parts: &[Part]) -> BTreeMap<Where, Vec<&Item>> {
    let mut found = BTreeMap::<Where, BTreeMap<(&str, &str), &Item>>::new();
    for part in parts {
        let is_wanted =
            |it: &&Item| [Bucket::KIND, Stream::KIND].contains(&it.kind.as_str()) && !it.is_gone();
        for item in part.items.iter().filter(is_wanted) {
            let account = item.account.as_ref().unwrap_or(&part.place.account);
            let region = item.region.as_ref().unwrap_or(&part.place.region);
            let here = found.entry((account.clone(), region.clone())).or_default();
            let name = item.name.as_deref().unwrap_or(&item.id);
            here.entry((&item.kind, name)).or_insert(item);
        }
    }
    found.into_iter().map(|(place, items)| (place, items.into_values().collect())).collect()
}

/// What was observed of a resource, as an item like all others.
fn item(kind: &str, id: String, account: &Account, region: &str, configuration: Json) -> Item {
    Item {
        kind: kind.to_owned(),
        id,
        name: None,
        arn: None,
        account: Some(account.id.clone()),
        region: Some(region.to_owned()),
        tags: Some(BTreeMap::new()),
        configuration,
        supplementary: Json::Object(serde_json::Map::new()),
    }
}

#[cfg(test)]
mod tests;
