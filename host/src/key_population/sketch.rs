//! What one pass over any number of records leaves behind.

use serde::Serialize;

use super::intake::{Intake, Standing};
use super::record::{KeyRecord, Operation};
use super::requests::{Rates, Requests};
use super::sample::Sample;
use super::slow_downs::SlowDowns;

/// The keys of a bucket, or the requests for them: exact counts, and a sample.
///
/// It does not depend on the order of the records, nor on how they are divided among populations that are merged.
/// With the default sample it takes up to 75 MB for keys of 1,024 bytes, and 30 MB for the times of requests.
/// Merging two full samples takes milliseconds: one population for each thread is better than one for each file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    intake: Intake,
    pub(super) counts: Counts,
    pub(super) sample: Sample,
    requests: Requests,
    slow_downs: SlowDowns,
}

/// How many records there are of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Those that the population consists of. All counts below are of these.
    pub kept: u64,
    pub writes: u64,
    pub reads: u64,
    /// Answered with 503 Slow Down.
    pub slow_downs: u64,
    /// Milliseconds since 1970.
    pub first: Option<i64>,
    pub last: Option<i64>,
    /// Left out: what stands for a folder.
    pub folder_markers: u64,
    /// Left out: what an unfinished write is called.
    pub temporary: u64,
    /// Left out: what a service of AWS has named.
    pub service_owned: u64,
}

impl Population {
    pub fn new(intake: Intake) -> Self {
        let sample = Sample::new(intake.sample_size);
        let (requests, slow_downs) = (Requests::default(), SlowDowns::default());
        Self { intake, counts: Counts::default(), sample, requests, slow_downs }
    }

    pub fn add(&mut self, record: &KeyRecord<'_>) {
        let left_out = match self.intake.standing(record) {
            Standing::Kept => return self.keep(record),
            Standing::FolderMarker => &mut self.counts.folder_markers,
            Standing::Temporary => &mut self.counts.temporary,
            Standing::ServiceOwned => &mut self.counts.service_owned,
        };
        *left_out += 1;
    }

    fn keep(&mut self, record: &KeyRecord<'_>) {
        self.counts.add(record);
        self.requests.add(record);
        if let (true, Some(time)) = (record.slow_down, record.time) {
            self.slow_downs.add(time, 1);
        }
        self.sample.add(record);
    }

    /// Adds what another has seen of the same bucket, with the same intake.
    pub fn merge(&mut self, other: Self) {
        self.intake.sample_size = self.intake.sample_size.min(other.intake.sample_size);
        self.counts.merge(&other.counts);
        self.sample.merge(other.sample);
        self.requests.merge(other.requests);
        self.slow_downs.merge(&other.slow_downs);
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Writes or reads per second. None if no request has a time.
    pub fn rates(&self, operation: Operation) -> Option<Rates> {
        self.requests.rates(operation)
    }

    /// When S3 answered 503 Slow Down, where the input tells of requests and their times.
    pub fn slow_downs(&self) -> &SlowDowns {
        &self.slow_downs
    }
}

impl Counts {
    fn add(&mut self, record: &KeyRecord<'_>) {
        self.kept += 1;
        match record.operation {
            Operation::Listed => {}
            Operation::Write => self.writes += 1,
            Operation::Read => self.reads += 1,
        }
        self.slow_downs += u64::from(record.slow_down);
        self.widen(record.time, record.time);
    }

    fn merge(&mut self, other: &Self) {
        self.kept += other.kept;
        self.writes += other.writes;
        self.reads += other.reads;
        self.slow_downs += other.slow_downs;
        self.folder_markers += other.folder_markers;
        self.temporary += other.temporary;
        self.service_owned += other.service_owned;
        self.widen(other.first, other.last);
    }

    fn widen(&mut self, first: Option<i64>, last: Option<i64>) {
        self.first = self.first.into_iter().chain(first).min();
        self.last = self.last.max(last);
    }
}
