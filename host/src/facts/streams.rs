//! Data streams: what is written to them, what reads them, and what watches over that.

mod lag;
mod load;
mod mappings;
mod producers;

use std::collections::{BTreeMap, HashMap, HashSet};

use archlint_schema::{
    DeliveryStream, EventSourceMapping, EventSourceMappingFacts, Key, KeySet, LambdaFunction, Meta, Pipe,
    Reason, Resource, Stream, StreamConsumer, StreamFacts, StreamMetrics, Unknown, Value,
};

use super::index::Index;
use super::{Because, Step};
use lag::LagAlarms;
use mappings::Mapping;

/// Everything about streams, by what it is about.
pub(crate) struct Streams<'a> {
    /// Streams and functions by the names by which a template may mean them.
    names: HashMap<&'a str, &'a Key>,
    /// DynamoDB tables, of which the snapshot has the identity only.
    tables: HashSet<&'a Key>,
    metrics: HashMap<&'a Key, &'a StreamMetrics>,
    alarms: LagAlarms<'a>,
    mappings: Vec<Mapping<'a>>,
    by_stream: HashMap<&'a Key, Uses<'a>>,
    /// Why any stream may have more consumers that poll it, more with enhanced fan-out, and more copies.
    hidden: Hidden,
}

/// What reads a stream, and what writes to it.
#[derive(Default)]
struct Uses<'a> {
    mappings: Vec<&'a EventSourceMapping>,
    fan_out: Vec<&'a StreamConsumer>,
    deliveries: Vec<&'a DeliveryStream>,
    pipes: Vec<&'a Pipe>,
    /// What writes to it with one and the same partition key, where that stands, and why others may.
    constant_keys: Vec<(&'a Key, String)>,
    hidden_key: Option<Unknown>,
}

#[derive(Default)]
struct Hidden {
    polling: Option<Unknown>,
    fan_out: Option<Unknown>,
    deliveries: Option<Unknown>,
}

/// What is derived of streams, and of event source mappings.
pub(crate) type Derived = (BTreeMap<Key, StreamFacts>, BTreeMap<Key, EventSourceMappingFacts>);

pub(crate) fn derive(index: &Index<'_>, because: &mut Because) -> Derived {
    let mut streams = Streams::new(index);
    streams.gather(index);
    let mappings = streams.of_mappings(index, because);
    let all = index.all::<Stream>();
    let of_streams = all.iter().map(|it| (it.meta.key.clone(), streams.of(index, it, &mappings, because)));
    (of_streams.collect(), mappings)
}

impl<'a> Streams<'a> {
    fn new(index: &Index<'a>) -> Self {
        let mut names = HashMap::new();
        let streams = index.all::<Stream>().iter().map(|it| &it.meta);
        for meta in streams.chain(index.all::<LambdaFunction>().iter().map(|it| &it.meta)) {
            names.extend(names_of(meta).map(|name| (name, &meta.key)));
        }
        let tables = ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable", "aws_dynamodb_table"];
        let tables = tables.iter().flat_map(|kind| index.untyped(kind));
        let metrics = index.all::<StreamMetrics>().iter().filter_map(|it| Some((it.stream.known()?, it)));
        Self {
            tables: tables.map(|it| &it.meta.key).collect(),
            metrics: metrics.collect(),
            alarms: LagAlarms::new(index, &names),
            names,
            mappings: Vec::new(),
            by_stream: HashMap::new(),
            hidden: Hidden::default(),
        }
    }

    /// Puts everything that reads a stream to the stream that it reads.
    fn gather(&mut self, index: &Index<'a>) {
        for it in index.all::<StreamConsumer>() {
            match self.named(&it.stream) {
                Ok(stream) => self.by_stream.entry(stream).or_default().fan_out.push(it),
                Err(why) => self.hidden.fan_out = Some(why),
            }
        }
        for it in index.all::<DeliveryStream>() {
            match it.source.decided() {
                Ok(None) => {}
                Ok(Some(source)) => {
                    let source = self.resolved(source);
                    self.by_stream.entry(source).or_default().deliveries.push(it);
                }
                Err(why) => {
                    self.hidden.polling = Some(why.clone());
                    self.hidden.deliveries = Some(why);
                }
            }
        }
        for it in index.all::<EventSourceMapping>() {
            let mapping = self.mapping(index, it);
            match (mapping.stream.decided(), it.enabled.decided()) {
                (_, Ok(false)) | (Ok(None), _) => {}
                (Ok(Some(stream)), Ok(true)) => {
                    self.by_stream.entry(stream).or_default().mappings.push(it);
                }
                (Err(why), _) | (_, Err(why)) => self.hidden.polling = Some(why),
            }
            self.mappings.push(mapping);
        }
        self.gather_producers(index);
        self.hidden.note_unlisted(index);
    }

    /// The resource that a key stands for where it is only a name.
    fn resolved(&self, key: &'a Key) -> &'a Key {
        self.names.get(key.as_str()).copied().unwrap_or(key)
    }

    fn named(&self, edge: &'a Value<Key>) -> Result<&'a Key, Unknown> {
        match edge {
            Value::Known(key) => Ok(self.resolved(key)),
            other => Err(other.decided().err().unwrap_or_else(|| Reason::Parameter.into())),
        }
    }

    fn of(
        &self,
        index: &Index<'_>,
        stream: &Stream,
        mappings: &BTreeMap<Key, EventSourceMappingFacts>,
        because: &mut Because,
    ) -> StreamFacts {
        let key = &stream.meta.key;
        let none = Uses::default();
        let uses = self.by_stream.get(key).unwrap_or(&none);
        let metrics = self.metrics.get(key).copied();
        // Its owners know all that poll it.
        let declared = index.intent().stream(key).and_then(|it| it.polling_consumers);
        let open = self.hidden.polling.clone().filter(|_| declared.is_none());
        let in_sight = KeySet::of(uses.mappings.iter().map(|it| it.meta.key.clone()).collect());
        let functions = uses.mappings.iter().filter_map(|it| self.named(&it.function).ok());
        let facts = StreamFacts {
            polling: KeySet { members: uses.polling(index), open },
            declared_polling: declared.unwrap_or(0),
            fan_out: KeySet {
                members: uses.fan_out.iter().map(|it| it.meta.key.clone()).collect(),
                open: self.hidden.fan_out.clone(),
            },
            mirrors: self.mirrors(uses),
            throttled_mappings: throttled_among(&in_sight, mappings),
            mappings: in_sight,
            constant_keys: uses.constant_keys(),
            lag_alarms: self.alarms.of(key, functions),
            load: load::of(index, stream, metrics),
        };
        because.record(key, "load", load::chain(stream, metrics, &facts.load));
        uses.explain(index, key, &facts, because);
        facts
    }

    /// Firehose streams that have a bucket for what they read.
    fn mirrors(&self, uses: &Uses<'_>) -> KeySet {
        let mut mirrors = KeySet { members: Vec::new(), open: self.hidden.deliveries.clone() };
        for it in &uses.deliveries {
            match it.bucket.decided() {
                Ok(None) => {}
                Ok(Some(_)) => mirrors.members.push(it.meta.key.clone()),
                Err(why) => mirrors.open = mirrors.open.take().or(Some(why)),
            }
        }
        mirrors
    }
}

impl Uses<'_> {
    /// What polls the stream: a mapping that reads a consumer with enhanced fan-out does not.
    fn polling(&self, index: &Index<'_>) -> Vec<Key> {
        let polls = |it: &&&EventSourceMapping| {
            let source = it.source.known().and_then(Option::as_ref);
            let is_consumer =
                |it: &Key| index.get::<StreamConsumer>(it).is_some() || it.as_str().contains("/consumer/");
            !source.is_some_and(is_consumer)
        };
        let mappings = self.mappings.iter().filter(polls).map(|it| &it.meta.key);
        let deliveries = self.deliveries.iter().map(|it| &it.meta.key);
        mappings.chain(deliveries).chain(self.pipes.iter().map(|it| &it.meta.key)).cloned().collect()
    }

    /// Records which resources make each of the facts true.
    fn explain(&self, index: &Index<'_>, key: &Key, facts: &StreamFacts, because: &mut Because) {
        let mut record = |name, path, what: &str, keys: &[Key]| {
            let steps = keys.iter().map(|it| Step::new(it, path, format!("`{}` {what}", index.label(it))));
            because.record(key, name, steps.collect::<Vec<_>>());
        };
        record("polling", "source", "polls it", &facts.polling.members);
        record("fan_out", "stream", "has enhanced fan-out", &facts.fan_out.members);
        record("mirrors", "bucket", "keeps its records in a bucket", &facts.mirrors.members);
        record("lag_alarms", "metrics", "tells that its consumers are behind", &facts.lag_alarms.members);
        let chains = facts.throttled_mappings.members.iter();
        let chains = chains.filter_map(|it| because.chain(it, "reserved_concurrency")).flatten().cloned();
        let chains: Vec<Step> = chains.collect();
        because.record(key, "throttled_mappings", chains);
        let step = |(by, path): &(&Key, String)| Step::new(by, path, "is the same for all records");
        because.record(key, "constant_keys", self.constant_keys.iter().map(step).collect::<Vec<_>>());
    }
}

impl Hidden {
    /// What was not listed may be in another stack; what polls from a program of one's own is listed nowhere.
    fn note_unlisted(&mut self, index: &Index<'_>) {
        self.fan_out = self.fan_out.take().or_else(|| index.unseen(StreamConsumer::KIND));
        self.deliveries = self.deliveries.take().or_else(|| index.unseen(DeliveryStream::KIND));
        let programs = || Unknown::new(Reason::NotCollected, "applications that poll it");
        self.polling.get_or_insert_with(programs);
    }
}

/// Of some mappings those that are throttled.
fn throttled_among(all: &KeySet, facts: &BTreeMap<Key, EventSourceMappingFacts>) -> KeySet {
    let mut throttled = KeySet::of(Vec::new());
    for (key, it) in all.members.iter().filter_map(|key| facts.get_key_value(key)) {
        match it.is_throttled().decided() {
            Ok(true) => throttled.members.push(key.clone()),
            Ok(false) => {}
            Err(why) => throttled.open = throttled.open.take().or(Some(why)),
        }
    }
    throttled
}

/// What a resource is called besides its key: its name where it has one, and its ids.
fn names_of(meta: &Meta) -> impl Iterator<Item = &str> {
    let name = meta.name.known().and_then(Option::as_deref);
    name.into_iter().chain(meta.aliases.iter().map(String::as_str))
}
