//! Puts together what came of the parts, and tells what is wrong.

use std::collections::BTreeMap;
use std::io;

use archlint_schema::KeySampling;
use miette::NamedSource;

use super::error::KeysError;
use super::input::{KeyInput, Reading};
use super::listing::Extent;
use super::plan::{Plan, Planned};
use super::sink::Tally;

/// What came of a part of a file, or of all of it.
#[derive(Default)]
pub(super) struct Done {
    pub(super) tally: Tally,
    pub(super) extent: Option<Extent>,
    pub(super) failure: Option<Failure>,
}

pub(super) enum Failure {
    Io(io::Error),
    Syntax(String),
    Parquet(String),
}

impl Done {
    pub(super) fn append(&mut self, next: Self) {
        self.tally.append(next.tally);
        self.extent = self.extent.or(next.extent);
        self.failure = self.failure.take().or(next.failure);
    }
}

pub(super) fn conclude<G>(plan: Plan, done: Vec<Done>, gathered: G) -> Reading<G> {
    let Plan { files, mut problems, notes } = plan;
    let mut inputs: Vec<KeyInput> = Vec::new();
    for (file, done) in files.iter().zip(done) {
        problems.extend(problems_of(file, &done));
        let input = input_of(file, done);
        let is_same = |it: &&mut KeyInput| {
            (&it.name, it.format, it.sampling, &it.notes)
                == (&input.name, input.format, input.sampling, &input.notes)
        };
        match inputs.iter_mut().rev().find(is_same) {
            Some(it) => add(it, input),
            None => inputs.push(input),
        }
    }
    for input in &mut inputs {
        input.notes.extend(notes.get(&input.name).cloned());
        // A damaged file said so already.
        if input.records == 0 && problems.iter().all(|it| it.file() != input.name) {
            problems.push(KeysError::NoKeys { input: input.name.clone() });
        }
    }
    Reading { gathered, inputs, problems }
}

fn add(input: &mut KeyInput, other: KeyInput) {
    input.files += other.files;
    input.records += other.records;
    sum(&mut input.buckets, other.buckets);
    sum(&mut input.skipped, other.skipped);
}

fn sum<K: Ord>(counts: &mut BTreeMap<K, u64>, others: BTreeMap<K, u64>) {
    for (key, count) in others {
        *counts.entry(key).or_default() += count;
    }
}

fn input_of(file: &Planned, mut done: Done) -> KeyInput {
    let detected = &file.detected;
    let mut notes: Vec<String> = detected.note.iter().cloned().collect();
    let extent = done.extent.unwrap_or_default();
    let mut sampling = detected.format.sampling();
    if extent.is_cut() {
        sampling = KeySampling::ListingHead;
        notes.push("the listing was cut: these are the first keys in their order".to_owned());
    }
    if extent.is_one_level {
        sampling = KeySampling::ListingHead;
        notes.push("the listing was made with a delimiter: keys of one level only".to_owned());
    }
    KeyInput {
        name: file.input.clone(),
        files: 1,
        format: detected.format,
        sampling,
        records: done.tally.records,
        buckets: done.tally.buckets(),
        skipped: std::mem::take(&mut done.tally.skipped),
        notes,
    }
}

fn problems_of(file: &Planned, done: &Done) -> Vec<KeysError> {
    let name = || file.name.clone();
    let records = done.tally.records;
    let mut problems: Vec<KeysError> = Vec::new();
    problems.extend(done.failure.as_ref().map(|it| match it {
        Failure::Io(source) => {
            let source = io::Error::new(source.kind(), source.to_string());
            KeysError::Damaged { file: name(), records, source }
        }
        Failure::Syntax(message) => KeysError::Syntax { file: name(), message: message.clone(), records },
        Failure::Parquet(message) => KeysError::Parquet { file: name(), message: message.clone() },
    }));
    if let Some(extent) = &done.extent
        && done.failure.is_none()
        && !extent.is_known
    {
        let reason = if extent.is_error { "it is an error of S3" } else { "it is no reply of list-objects" };
        problems.push(KeysError::Unknown { file: name(), reason });
    }
    problems.extend(done.tally.faults.iter().map(|(fault, it)| KeysError::Lines {
        file: name(),
        count: it.count,
        fault: *fault,
        at: (0, it.excerpt.len()).into(),
        text: NamedSource::new(name(), it.excerpt.clone()),
        unit: file.detected.format.unit(),
        line: it.line,
    }));
    problems
}
