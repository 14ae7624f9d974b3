//! A uniform sample of records that does not depend on their order.

use std::collections::BTreeMap;

use xxhash_rust::xxh64::xxh64;

use super::record::KeyRecord;

/// One of the records of a sample. Two are the same if they have the same key, time and occurrence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sampled {
    hash: u64,
    pub(super) key: Box<[u8]>,
    pub(super) time: Option<i64>,
    occurrence: Option<u64>,
}

/// The records with the smallest hashes: of whatever is fed in whatever order, always the same ones.
///
/// A record that is among the smallest of all was so at any time before, in any part of the input. So what its
/// weight counts is complete, and samples of parts make up the sample of the whole.
///
/// The hash of a record without an occurrence is `xxhash64(to_utf8(key))` of Athena, whose eight bytes order as the
/// number does: `ORDER BY xxhash64(to_utf8(key)) LIMIT 65536` over an inventory takes this very sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sample {
    size: usize,
    /// How often there was such a record.
    records: BTreeMap<Sampled, u64>,
    /// The largest hash that there is still room for.
    limit: u64,
}

impl Sample {
    pub(super) fn new(size: usize) -> Self {
        Self { size, records: BTreeMap::new(), limit: u64::MAX }
    }

    pub(super) fn add(&mut self, record: &KeyRecord<'_>) {
        let occurrence = record.occurrence.map(|it| xxh64(it, 0));
        let hash = xxh64(record.key, occurrence.unwrap_or(0));
        if hash <= self.limit {
            self.put(Sampled { hash, key: record.key.into(), time: record.time, occurrence }, 1);
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        // The smaller of two sizes: beyond it one of them has nothing to say.
        self.size = self.size.min(other.size);
        self.shrink();
        for (record, weight) in other.records {
            if record.hash > self.limit {
                break;
            }
            self.put(record, weight);
        }
    }

    fn put(&mut self, record: Sampled, weight: u64) {
        *self.records.entry(record).or_default() += weight;
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.records.len() > self.size {
            self.records.pop_last();
        }
        if self.records.len() == self.size {
            self.limit = self.records.last_key_value().map_or(0, |(it, _)| it.hash);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// How many records of the input those in the sample are.
    pub(super) fn weight(&self) -> u64 {
        self.records.values().sum()
    }

    /// In the order of their hashes, which has nothing to do with that of keys or times.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Sampled, u64)> {
        self.records.iter().map(|(record, weight)| (record, *weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Trino answers to `to_hex(xxhash64(to_utf8('abc')))`.
    #[test]
    fn hashes_as_athena_does() {
        assert_eq!(xxh64(b"", 0).to_be_bytes(), [0xEF, 0x46, 0xDB, 0x37, 0x51, 0xD8, 0xE9, 0x99]);
        assert_eq!(xxh64(b"abc", 0).to_be_bytes(), [0x44, 0xBC, 0x2C, 0xF5, 0xAD, 0x77, 0x09, 0x99]);
    }

    #[test]
    fn keeps_the_smallest_hashes() {
        let keys: Vec<String> = (0..1000).map(|it| format!("key-{it}")).collect();
        let mut sample = Sample::new(10);
        for key in &keys {
            sample.add(&KeyRecord::listed(key.as_bytes()));
        }
        let mut hashes: Vec<u64> = keys.iter().map(|it| xxh64(it.as_bytes(), 0)).collect();
        hashes.sort_unstable();
        assert_eq!(sample.iter().map(|(it, _)| it.hash).collect::<Vec<_>>(), hashes[..10]);
    }

    #[test]
    fn weighs_what_is_the_same() {
        let mut sample = Sample::new(10);
        let request = |occurrence| KeyRecord { occurrence, ..KeyRecord::listed(b"a") };
        for occurrence in [None, None, Some(&b"1"[..]), Some(b"2"), Some(b"2"), Some(b"2")] {
            sample.add(&request(occurrence));
        }
        let mut weights: Vec<u64> = sample.iter().map(|(_, weight)| weight).collect();
        weights.sort_unstable();
        assert_eq!((weights, sample.weight()), (vec![1, 2, 3], 6));
    }
}
