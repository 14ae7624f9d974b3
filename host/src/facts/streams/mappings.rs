//! What event source mappings read, and what their functions are allowed.

use std::collections::BTreeMap;

use archlint_schema::{
    EventSourceKind, EventSourceMapping, EventSourceMappingFacts, Key, LambdaFunction, Reason, Stream,
    StreamConsumer, StreamMode, Value,
};

use super::super::index::Index;
use super::super::{Because, Step};
use super::Streams;

/// An event source mapping, and what it reads.
pub(super) struct Mapping<'a> {
    resource: &'a EventSourceMapping,
    kind: Value<EventSourceKind>,
    /// The data stream; absent: something else.
    pub(super) stream: Value<Option<&'a Key>>,
}

impl<'a> Streams<'a> {
    pub(super) fn mapping(&self, index: &Index<'a>, resource: &'a EventSourceMapping) -> Mapping<'a> {
        let of = |kind, stream| Mapping { resource, kind: Value::Known(kind), stream: Value::Known(stream) };
        let doubt = |why| Mapping { resource, kind: Value::Unknown(why), stream: Value::default() };
        // A queue has no position to begin at.
        let may_be_stream = resource.starting_position != Value::Known(None);
        let source = match &resource.source {
            Value::Known(Some(source)) => self.resolved(source),
            Value::Known(None) => return of(EventSourceKind::Other, None),
            _ if !may_be_stream => return of(EventSourceKind::Other, None),
            other => return doubt(other.decided().err().unwrap_or_else(|| Reason::Parameter.into())),
        };
        if index.get::<Stream>(source).is_some() {
            return of(EventSourceKind::Kinesis, Some(source));
        }
        if let Some(consumer) = index.get::<StreamConsumer>(source) {
            let stream = match self.named(&consumer.stream) {
                Ok(stream) => Value::Known(Some(stream)),
                Err(why) => Value::Unknown(why),
            };
            return Mapping { resource, kind: Value::Known(EventSourceKind::Kinesis), stream };
        }
        match service(source.as_str()) {
            _ if self.tables.contains(source) => of(EventSourceKind::DynamodbStream, None),
            Some("kinesis") => of(EventSourceKind::Kinesis, Some(source)),
            Some("dynamodb") => of(EventSourceKind::DynamodbStream, None),
            Some(_) => of(EventSourceKind::Other, None),
            None if index.creates(source) || !may_be_stream => of(EventSourceKind::Other, None),
            None => doubt(index.why_absent(source)),
        }
    }

    pub(super) fn of_mappings(
        &self,
        index: &Index<'_>,
        because: &mut Because,
    ) -> BTreeMap<Key, EventSourceMappingFacts> {
        let mut derived = BTreeMap::new();
        for mapping in &self.mappings {
            let (it, key) = (mapping.resource, &mapping.resource.meta.key);
            let function = self.named(&it.function);
            let (reserved_concurrency, steps) = match &function {
                Ok(function) => reserved_concurrency(index, function),
                Err(why) => (Value::Unknown(why.clone()), Vec::new()),
            };
            because.record(key, "reserved_concurrency", steps);
            let stream = mapping.stream.clone().map(Option::<&Key>::cloned);
            // Of a table's stream the function's own metric tells how old records are.
            let watched = mapping.stream.known().copied().flatten().unwrap_or(key);
            let lag_alarms = self.alarms.of(watched, function.iter().copied());
            let steps = lag_alarms.members.iter().map(|it| {
                Step::new(it, "metrics", format!("`{}` tells that its consumers are behind", index.label(it)))
            });
            because.record(key, "lag_alarms", steps.collect::<Vec<_>>());
            let batches_at_once = batches_at_once(index, mapping);
            let source_kind = mapping.kind.clone();
            let facts = EventSourceMappingFacts {
                source_kind,
                stream,
                batches_at_once,
                reserved_concurrency,
                lag_alarms,
            };
            derived.insert(key.clone(), facts);
        }
        derived
    }
}

/// The service of an ARN, of which account and region may be placeholders.
fn service(arn: &str) -> Option<&'static str> {
    const SERVICES: [&str; 2] = ["kinesis", "dynamodb"];
    let arn = arn.strip_prefix("arn:")?;
    Some(SERVICES.into_iter().find(|it| arn.contains(&format!(":{it}:"))).unwrap_or_default())
}

/// Lambda takes from each shard as many batches at once as the parallelization factor says.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
fn batches_at_once(index: &Index<'_>, mapping: &Mapping<'_>) -> Value<Option<i64>> {
    let stream = match mapping.stream.decided() {
        Ok(Some(stream)) => *stream,
        Ok(None) => return Value::Known(None),
        Err(why) => return Value::Unknown(why),
    };
    let Some(it) = index.get::<Stream>(stream) else {
        return Value::Unknown(index.why_absent(stream));
    };
    let shards = match (it.shards.decided(), it.mode.known()) {
        (Ok(Some(shards)), _) => *shards,
        (Ok(None), Some(StreamMode::OnDemand)) => {
            return Value::unknown(Reason::Computed, format!("the shards of {}, on demand", it.meta.label));
        }
        (Ok(None), _) => return Value::default(),
        (Err(why), _) => return Value::Unknown(why),
    };
    mapping.resource.parallelization_factor.clone().map(|it| Some(shards.saturating_mul(it)))
}

/// What is reserved for a function, by its ARN with or without a version or alias.
fn reserved_concurrency(index: &Index<'_>, function: &Key) -> (Value<Option<i64>>, Vec<Step>) {
    let unqualified = || {
        let arn = function.as_str().strip_prefix("arn:").map(|_| function.as_str())?;
        let is_qualified = arn.split(':').count() == 8;
        let (arn, _) = arn.rsplit_once(':').filter(|_| is_qualified)?;
        index.get::<LambdaFunction>(&Key::from(arn))
    };
    let Some(it) = index.get::<LambdaFunction>(function).or_else(unqualified) else {
        return (Value::Unknown(index.why_absent(function)), Vec::new());
    };
    let steps = match it.reserved_concurrency.known() {
        Some(Some(limit)) => {
            let message = format!("`{}` runs at most {limit} times at once", it.meta.label);
            vec![Step::new(&it.meta.key, "reserved_concurrency", message)]
        }
        _ => Vec::new(),
    };
    (it.reserved_concurrency.clone(), steps)
}
