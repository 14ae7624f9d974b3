//! The classifier of S3 keys: what it makes of known populations, and that the order of its input does not matter.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use archlint::key_population::{Classification, Intake, KeyRecord, Operation, Population, Thresholds};
use archlint_schema::{Confidence, KeyClass, KeySampling};
use flate2::read::GzDecoder;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/s3keys");

/// Keys with their times.
type Keys = Vec<(String, i64)>;

fn read(file: &str) -> Keys {
    let mut text = String::new();
    GzDecoder::new(File::open(Path::new(FIXTURES).join(file)).unwrap()).read_to_string(&mut text).unwrap();
    let line =
        |it: &str| it.split_once('\t').map(|(key, time)| (key.to_owned(), time.parse().unwrap())).unwrap();
    text.lines().map(line).collect()
}

fn classify_as(keys: &Keys, sampling: KeySampling, is_timed: bool, intake: Intake) -> Classification {
    let mut population = Population::new(intake);
    for (key, time) in keys {
        population.add(&KeyRecord { time: is_timed.then_some(*time), ..KeyRecord::listed(key.as_bytes()) });
    }
    population.classify(sampling, None, "2026-11-22T00:00:00Z".parse().unwrap(), &Thresholds::default())
}

fn classify(keys: &Keys, is_timed: bool) -> Classification {
    classify_as(
        keys,
        KeySampling::Uniform,
        is_timed,
        Intake { service_owned: Vec::new(), ..Intake::default() },
    )
}

fn class(name: &str) -> KeyClass {
    serde_json::from_value(name.into()).unwrap()
}

#[track_caller]
fn close(what: &str, actual: Option<f64>, expected: &str, by: f64) {
    let expected: Option<f64> = (expected != "-").then(|| expected.parse().unwrap());
    let is_close = actual.zip(expected).is_none_or(|(actual, expected)| (actual - expected).abs() <= by);
    assert!(is_close && actual.is_some() == expected.is_some(), "{what}: {actual:?} is not {expected:?}");
}

#[test]
fn known_populations() {
    let expected = fs::read_to_string(Path::new(FIXTURES).join("expected.tsv")).unwrap();
    let mut files = 0;
    for line in expected.lines().skip(1) {
        let [file, by_time, by_name, token, concentration, top_share, branches, ..] =
            line.split('\t').collect::<Vec<_>>()[..]
        else {
            panic!("{line}")
        };
        let keys = read(file);
        let told = classify(&keys, true);
        assert_eq!(told.class, class(by_time), "{file}");
        assert_eq!(classify(&keys, false).class, class(by_name), "{file} without times");
        assert_eq!(told.token.map_or("-".to_owned(), |it| it.to_string()), token, "{file}");
        close(file, told.concentration, concentration, 0.05);
        close(file, told.top_share, top_share, 0.001);
        close(file, told.effective_branches, branches, 0.1);
        files += 1;
    }
    assert_eq!(
        files,
        fs::read_dir(FIXTURES).unwrap().count() - 2,
        "README.md and expected.tsv are no populations"
    );
}

#[test]
fn what_explains_a_class() {
    let told = classify(&read("p12-one-heavy-tenant.tsv.gz"), true);
    assert_eq!((told.class, told.inner), (KeyClass::Skewed, Some(KeyClass::Sequential)));
    assert_eq!((told.branches[0].name.as_str(), told.branches.len()), ("acme", 20));
    assert_eq!((told.pattern().top_branch.as_deref(), told.confidence), (Some("acme"), Confidence::High));
    assert!(told.spread.unwrap() < 1.1);

    let told = classify(&read("p02-hash-before-date.tsv.gz"), true);
    assert_eq!(told.pattern().behind.as_deref(), Some("date/second"));
    assert_eq!(classify(&read("x21-sha256.tsv.gz"), true).pattern().behind, None);

    let told = classify(&read("x17-back-filled.tsv.gz"), true);
    assert_eq!((told.class, told.by_name), (KeyClass::Natural, Some(KeyClass::Sequential)));
    assert_eq!(classify(&read("x16-bulk-copy.tsv.gz"), true).confidence, Confidence::Medium);

    let told = classify(&read("p03-date-folders-counter.tsv.gz"), true);
    assert_eq!((told.stem.as_str(), told.mono_frac), ("logs/", Some(1.0)));
    let windows = told.heat_map.unwrap().windows;
    assert_eq!((windows.len(), windows[0].shares.len()), (16, 64));
    assert!(windows.iter().all(|it| (it.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9));
}

/// Its keys are the smallest: neither their times nor the shares of branches say anything.
#[test]
fn the_head_of_a_listing() {
    let keys = read("p12-one-heavy-tenant.tsv.gz");
    let told = classify_as(&keys, KeySampling::ListingHead, true, Intake::default());
    assert_eq!((told.class, told.confidence), (KeyClass::Sequential, Confidence::Low));
    assert_eq!((told.concentration, told.top_share), (None, None));
}

#[test]
fn names_that_a_service_chooses() {
    let told = classify_as(&read("x27-cloudtrail.tsv.gz"), KeySampling::Uniform, true, Intake::default());
    assert_eq!((told.class, told.spread), (KeyClass::ServiceOwned, None));
}

/// A sample of a part of the keys, of which more is known than was fed, is as dense as the whole.
#[test]
fn a_counter_that_was_sampled() {
    let numbers = (0..2000).map(|it| (format!("{}.jpg", 1_000_000_007_u64 + it * 4999), 0));
    let mut population = Population::new(Intake::default());
    for (key, _) in numbers.collect::<Keys>() {
        population.add(&KeyRecord::listed(key.as_bytes()));
    }
    let told = |total| {
        let now = "1980-01-01T00:00:00Z".parse().unwrap();
        let thresholds = Thresholds { narrow: 0.0, ..Thresholds::default() };
        population.classify(KeySampling::Uniform, total, now, &thresholds).class
    };
    assert_eq!(told(None), KeyClass::Natural);
    assert_eq!(told(Some(9_000_000)), KeyClass::Sequential);
}

/// What a record owns.
#[derive(Debug, Clone)]
struct Owned {
    key: Vec<u8>,
    time: Option<i64>,
    operation: Operation,
    slow_down: bool,
    occurrence: Option<Vec<u8>>,
}

impl Owned {
    fn record(&self) -> KeyRecord<'_> {
        let Self { operation, slow_down, time, .. } = *self;
        let occurrence = self.occurrence.as_deref();
        KeyRecord { time, operation, slow_down, occurrence, ..KeyRecord::listed(&self.key) }
    }
}

fn populated<'a>(records: impl IntoIterator<Item = &'a Owned>) -> Population {
    let mut population = Population::new(Intake { sample_size: 20, ..Intake::default() });
    records.into_iter().for_each(|it| population.add(&it.record()));
    population
}

/// Few keys and times, so that some records are the same.
fn record() -> impl Strategy<Value = Owned> {
    let key = "(AWSLogs/)?[a-c]{0,3}(/|_\\$folder\\$|\\.tmp)?".prop_map(String::into_bytes);
    let time =
        option::of((-2_i64..3, -1500_i64..1500).prop_map(|(second, hour)| (hour * 3600 + second) * 1000));
    let operation = prop_oneof![Just(Operation::Listed), Just(Operation::Write), Just(Operation::Read)];
    let occurrence = option::of("[xy]".prop_map(String::into_bytes));
    (key, time, operation, any::<bool>(), occurrence).prop_map(
        |(key, time, operation, slow_down, occurrence)| Owned { key, time, operation, slow_down, occurrence },
    )
}

fn keys_of_any_kind() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let pieces = [
        "[0-9]{1,60}",
        "[0-9a-f]{1,40}",
        "(19|20)[0-9]{2}[-/_.]?[0-9]{1,2}[-/_.T]?[0-9]{0,12}Z?",
        "[0-7][0-9A-Z]{25}",
        "[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
        "(dt=|a/|img-|part)?[0-9a-zA-Z/=_.-]{0,30}",
    ];
    let text = pieces.map(|it| vec(it.prop_map(String::into_bytes).boxed(), 0..300).boxed());
    prop_oneof![vec(vec(any::<u8>(), 0..40), 0..300), proptest::strategy::Union::new(text)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// However the records are ordered, divided, and put together again.
    #[test]
    fn order_does_not_matter(
        records in vec(record(), 0..400).prop_shuffle(),
        parts in vec(any::<prop::sample::Index>(), 0..8),
        order in any::<u64>(),
    ) {
        let whole = populated(&records);
        let mut cuts: Vec<usize> = parts.iter().map(|it| it.index(records.len() + 1)).chain([0, records.len()]).collect();
        cuts.sort_unstable();
        let mut populations: Vec<Population> =
            cuts.windows(2).map(|it| populated(records[it[0]..it[1]].iter().rev())).collect();
        let mut random = order;
        while populations.len() > 1 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let count = populations.len();
            let at = move |it: u64, below: usize| usize::try_from(it % below as u64).unwrap();
            let one = populations.swap_remove(at(random >> 20, count));
            populations[at(random >> 40, count - 1)].merge(one);
        }
        prop_assert_eq!(format!("{:?}", &populations[0]), format!("{whole:?}"));
    }

    #[test]
    fn no_keys_are_too_strange(keys in keys_of_any_kind(), is_timed: bool, head: bool) {
        let mut population = Population::new(Intake { service_owned: Vec::new(), ..Intake::default() });
        for (key, time) in keys.iter().zip((0..).step_by(1000)) {
            let time = is_timed.then_some(time);
            population.add(&KeyRecord { time, size: Some(1), ..KeyRecord::listed(key) });
        }
        let sampling = if head { KeySampling::ListingHead } else { KeySampling::Uniform };
        let thresholds = Thresholds { n_min_shape: 1, n_min_stats: 100, ..Thresholds::default() };
        let told = population.classify(sampling, None, "2026-11-22T00:00:00Z".parse().unwrap(), &thresholds);
        prop_assert!(told.concentration.is_none_or(|it| (0.0..=1.0).contains(&it)));
        prop_assert!(serde_json::to_string(&told).is_ok());
    }
}
