//! Where keys go, and what is counted on the way.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::Fault;
use crate::key_population::KeyRecord;

/// S3 takes no longer ones.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>
const LONGEST_KEY: usize = 1024;
/// Of each bucket a sample is kept: an input with a bucket on each line must not fill the memory.
const MOST_BUCKETS: usize = 1000;
/// Enough to see what a line is, without all that a request carries.
const EXCERPT: usize = 120;

/// What keys are fed to.
pub trait Sink: Send {
    /// `bucket` is absent where the input does not name it.
    fn add(&mut self, bucket: Option<&str>, record: &KeyRecord<'_>);
}

/// A sink of which several, fed with parts, become one.
pub trait Gather: Sink {
    fn merge(&mut self, other: Self);
}

/// How far reading has come; to be looked at from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    read: AtomicU64,
}

impl Progress {
    /// Bytes of the inputs as they are stored, those that were read first.
    pub fn bytes(&self) -> (u64, u64) {
        let total = self.total.load(Ordering::Relaxed);
        (self.read.load(Ordering::Relaxed).min(total), total)
    }

    pub(super) fn expect(&self, bytes: u64) {
        self.total.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(super) fn advance(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// What is rightly left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// Begins with `#`.
    Comment,
    /// The latest "version" of a deleted object.
    DeleteMarker,
    /// A request for a bucket, or what S3 does by itself.
    NotForAnObject,
    /// A change of tags or other metadata in a journal of S3 Metadata.
    NotAWrite,
    /// A cell of a column of addresses.
    EmptyCell,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Comment => "comments",
            Self::DeleteMarker => "delete markers",
            Self::NotForAnObject => "not for an object",
            Self::NotAWrite => "no writes",
            Self::EmptyCell => "empty cells",
        })
    }
}

/// Why something gives no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    Skipped(Skip),
    Faulty(Fault),
}

impl From<Skip> for Left {
    fn from(skip: Skip) -> Self {
        Self::Skipped(skip)
    }
}

impl From<Fault> for Left {
    fn from(fault: Fault) -> Self {
        Self::Faulty(fault)
    }
}

/// What was counted in one input, or a part of it.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Lines, rows or items, whatever became of them.
    pub(super) lines: u64,
    pub(super) records: u64,
    pub(super) skipped: BTreeMap<Skip, u64>,
    pub(super) faults: BTreeMap<Fault, Faulty>,
    unnamed: u64,
    buckets: BTreeMap<String, u64>,
    current: Option<(String, u64)>,
}

/// Lines with the same fault.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Faulty {
    pub(super) count: u64,
    /// The number of the first one, counted from 1.
    pub(super) line: u64,
    pub(super) excerpt: String,
}

impl Tally {
    /// Adds what was counted in the part that follows.
    pub(super) fn append(&mut self, mut next: Self) {
        next.settle();
        self.settle();
        for (fault, faulty) in next.faults {
            let faulty = Faulty { line: self.lines + faulty.line, ..faulty };
            self.faults.entry(fault).and_modify(|it| it.count += faulty.count).or_insert(faulty);
        }
        for (skip, count) in next.skipped {
            *self.skipped.entry(skip).or_default() += count;
        }
        for (bucket, count) in next.buckets {
            *self.buckets.entry(bucket).or_default() += count;
        }
        self.lines += next.lines;
        self.records += next.records;
        self.unnamed += next.unnamed;
    }

    /// How many records each bucket has; those of no named one first.
    pub(super) fn buckets(&mut self) -> BTreeMap<Option<String>, u64> {
        self.settle();
        let unnamed = (self.unnamed > 0).then_some((None, self.unnamed));
        unnamed.into_iter().chain(self.buckets.iter().map(|(name, it)| (Some(name.clone()), *it))).collect()
    }

    /// Counts a record of a bucket; false if there are too many buckets.
    fn count(&mut self, bucket: Option<&str>) -> bool {
        let Some(bucket) = bucket else {
            self.unnamed += 1;
            return true;
        };
        match &mut self.current {
            Some((current, count)) if current == bucket => *count += 1,
            _ => {
                self.settle();
                if self.buckets.len() >= MOST_BUCKETS && !self.buckets.contains_key(bucket) {
                    return false;
                }
                self.current = Some((bucket.to_owned(), 1));
            }
        }
        true
    }

    fn settle(&mut self) {
        if let Some((bucket, count)) = self.current.take() {
            *self.buckets.entry(bucket).or_default() += count;
        }
    }
}

/// Takes what a reader finds: to the sink what is good, to the tally what is to be told.
pub(super) struct Out<'s> {
    sink: &'s mut dyn Sink,
    pub(super) tally: Tally,
}

impl<'s> Out<'s> {
    pub(super) fn new(sink: &'s mut dyn Sink) -> Self {
        Self { sink, tally: Tally::default() }
    }

    pub(super) fn add(&mut self, bucket: Option<&str>, record: &KeyRecord<'_>) -> Result<(), Left> {
        match record.key.len() {
            0 => return Err(Fault::NoKey.into()),
            1..=LONGEST_KEY => {}
            _ => return Err(Fault::TooLong.into()),
        }
        if std::str::from_utf8(record.key).is_err() {
            return Err(Fault::NotUtf8.into());
        }
        if !self.tally.count(bucket) {
            return Err(Fault::TooManyBuckets.into());
        }
        self.tally.records += 1;
        self.sink.add(bucket, record);
        Ok(())
    }

    /// Counts what gave no record, with the line that it stands in.
    pub(super) fn leave(&mut self, left: Left, line: &[u8]) {
        match left {
            Left::Skipped(skip) => *self.tally.skipped.entry(skip).or_default() += 1,
            Left::Faulty(fault) => self.fault(fault, line),
        }
    }

    /// Counts what is wrong with the present line.
    pub(super) fn fault(&mut self, fault: Fault, line: &[u8]) {
        let first = || Faulty { count: 0, line: self.tally.lines, excerpt: excerpt(line) };
        self.tally.faults.entry(fault).or_insert_with(first).count += 1;
    }
}

fn excerpt(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(EXCERPT)]);
    let text = text.replace(|it: char| it.is_control(), " ");
    if line.len() > EXCERPT { format!("{}...", text.trim_end_matches('\u{fffd}')) } else { text }
}
