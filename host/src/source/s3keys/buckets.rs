//! The populations of several buckets, as one pass over their inputs fills them.

use super::sink::{Gather, Sink};
use crate::key_population::{Intake, KeyRecord, Population};

/// A population for each bucket that the inputs name, and one for what names none.
#[derive(Debug)]
pub struct Buckets {
    intake: Intake,
    populations: Vec<(Option<String>, Population)>,
    /// Where the last record went: most inputs are about one bucket.
    last: usize,
}

impl Buckets {
    pub fn new(intake: Intake) -> Self {
        Self { intake, populations: Vec::new(), last: 0 }
    }

    /// By the name of the bucket.
    pub fn into_populations(mut self) -> Vec<(Option<String>, Population)> {
        self.populations.sort_by(|a, b| a.0.cmp(&b.0));
        self.populations
    }

    fn of(&mut self, bucket: Option<&str>) -> &mut Population {
        let is_it = |it: &(Option<String>, Population)| it.0.as_deref() == bucket;
        if !self.populations.get(self.last).is_some_and(is_it) {
            self.last = self.populations.iter().position(is_it).unwrap_or_else(|| {
                self.populations.push((bucket.map(str::to_owned), Population::new(self.intake.clone())));
                self.populations.len() - 1
            });
        }
        &mut self.populations[self.last].1
    }
}

impl Sink for Buckets {
    fn add(&mut self, bucket: Option<&str>, record: &KeyRecord<'_>) {
        self.of(bucket).add(record);
    }
}

impl Gather for Buckets {
    fn merge(&mut self, other: Self) {
        for (bucket, population) in other.populations {
            self.of(bucket.as_deref()).merge(population);
        }
    }
}
