//! What was read, and how it speaks for the bucket.

use std::collections::BTreeMap;
use std::fmt;

use archlint_schema::KeySampling;

use super::error::KeysError;
use super::sink::{Gather, Skip};

/// What came of reading some inputs.
#[derive(Debug)]
pub struct Reading<G> {
    /// All that was good.
    pub gathered: G,
    /// In the order of the paths.
    pub inputs: Vec<KeyInput>,
    /// What was not, by file.
    pub problems: Vec<KeysError>,
}

/// Files of one kind among what was named together: one path, or one report of Inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInput {
    pub name: String,
    pub files: u64,
    pub format: Format,
    pub sampling: KeySampling,
    pub records: u64,
    /// Records of each bucket; None where the input does not name it.
    pub buckets: BTreeMap<Option<String>, u64>,
    pub skipped: BTreeMap<Skip, u64>,
    /// What was assumed, each in words.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    List,
    Table,
    Listing,
    Inventory,
    /// The journal of S3 Metadata.
    Journal,
    AccessLog,
    /// Files of `CloudTrail`.
    Trail,
}

impl Format {
    pub(super) fn sampling(self) -> KeySampling {
        match self {
            Self::List | Self::Table | Self::Listing | Self::Inventory => KeySampling::Uniform,
            Self::Journal | Self::AccessLog | Self::Trail => KeySampling::Requests,
        }
    }

    /// What it consists of.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::List | Self::AccessLog => "line",
            Self::Table | Self::Inventory | Self::Journal => "row",
            Self::Listing => "object",
            Self::Trail => "event",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::List => "list of keys",
            Self::Table => "table",
            Self::Listing => "listing",
            Self::Inventory => "S3 Inventory",
            Self::Journal => "journal of S3 Metadata",
            Self::AccessLog => "access log",
            Self::Trail => "events of CloudTrail",
        })
    }
}

impl<G: Gather> Reading<G> {
    /// Adds what came of other inputs.
    pub fn merge(&mut self, other: Self) {
        self.gathered.merge(other.gathered);
        self.inputs.extend(other.inputs);
        self.problems.extend(other.problems);
    }
}

impl<G> Reading<G> {
    /// How most records of a bucket were chosen; None if there are none.
    pub fn sampling(&self, bucket: Option<&str>) -> Option<KeySampling> {
        let mut records = BTreeMap::<KeySampling, u64>::new();
        for input in &self.inputs {
            let counted = input.buckets.iter().filter(|(name, _)| name.as_deref() == bucket);
            *records.entry(input.sampling).or_default() += counted.map(|(_, it)| it).sum::<u64>();
        }
        records.into_iter().filter(|(_, count)| *count > 0).max_by_key(|(_, count)| *count).map(|(it, _)| it)
    }
}
