//! Alarms on how far the consumers of a stream are behind.

use std::collections::HashMap;

use archlint_schema::{Alarm, Key, KeySet, Resource, Unknown, Value};

use super::super::index::Index;

/// The metrics that tell it: of what polls a stream, of what reads it with enhanced fan-out, and of a function that
/// Lambda invokes with it.
/// <https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html>
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html>
const OF_STREAMS_AND_FUNCTIONS: [&str; 3] =
    ["GetRecords.IteratorAgeMilliseconds", "SubscribeToShardEvent.MillisBehindLatest", "IteratorAge"];
/// The Kinesis Client Library and Managed Service for Apache Flink put theirs under the name of the application, and
/// nothing says which stream that reads.
const OF_APPLICATIONS: [&str; 2] = ["MillisBehindLatest", "millisBehindLatest"];

pub(super) struct LagAlarms<'a> {
    by_resource: HashMap<&'a Key, Vec<&'a Key>>,
    of_applications: Vec<&'a Key>,
    /// Why there may be others.
    open: Option<Unknown>,
}

impl<'a> LagAlarms<'a> {
    pub(super) fn new(index: &Index<'a>, names: &HashMap<&'a str, &'a Key>) -> Self {
        let mut alarms = Self { by_resource: HashMap::new(), of_applications: Vec::new(), open: None };
        for alarm in index.all::<Alarm>() {
            alarms.add(alarm, names);
        }
        alarms.open = alarms.open.take().or_else(|| index.unseen(Alarm::KIND));
        alarms
    }

    fn add(&mut self, alarm: &'a Alarm, names: &HashMap<&'a str, &'a Key>) {
        let key = &alarm.meta.key;
        if is_on(alarm, &OF_APPLICATIONS).is_true() {
            self.of_applications.push(key);
            return;
        }
        match (is_on(alarm, &OF_STREAMS_AND_FUNCTIONS).decided(), alarm.resources.decided()) {
            (Ok(false), _) => {}
            (Err(why), _) | (_, Err(why)) => self.open = Some(why),
            (Ok(true), Ok(resources)) => {
                for resource in resources {
                    match resource {
                        Value::Known(it) => {
                            let resource = names.get(it.as_str()).copied().unwrap_or(it);
                            self.by_resource.entry(resource).or_default().push(key);
                        }
                        other => self.open = other.decided().err(),
                    }
                }
            }
        }
    }

    /// The alarms for a stream, and for the functions that are invoked with its records.
    pub(super) fn of<'k>(&self, stream: &'k Key, functions: impl Iterator<Item = &'k Key>) -> KeySet {
        let own =
            std::iter::once(stream).chain(functions).filter_map(|it| self.by_resource.get(it)).flatten();
        let mut all = KeySet { members: Vec::new(), open: self.open.clone() };
        for key in own.chain(&self.of_applications) {
            all.add(&Value::Known((*key).clone()));
        }
        all
    }
}

/// Whether one of an alarm's metrics is among some.
fn is_on(alarm: &Alarm, metrics: &[&str]) -> Value<bool> {
    match alarm.metrics.decided() {
        Ok(all) => Value::any(all.iter().map(|it| it.is(|it| metrics.contains(&it.as_str())))),
        Err(why) => Value::Unknown(why),
    }
}
