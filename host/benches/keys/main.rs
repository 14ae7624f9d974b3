//! What reading and classifying keys costs: `cargo xtask bench keys`.
//!
//! Each case runs in a process of its own, so that processor time and the largest resident memory are that case's.

#![expect(clippy::print_stdout, reason = "it measures and tells")]

mod inputs;
#[path = "../process/mod.rs"]
mod process;

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use archlint::key_population::{Intake, KeyRecord, Operation, Population, Thresholds};
use archlint::source::s3keys::{self, Buckets, Gather, Progress, Reading, Sink};
use archlint_schema::KeySampling;
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const KEYS: u64 = 10_000_000;
/// Sketches that are merged, as those of the files of a very large inventory are.
const SKETCHES: u64 = 1_000;

/// The variables that tell a child process what to measure, and where the inputs are.
const CASE: &str = "ARCHLINT_BENCH_CASE";
const FOLDER: &str = "ARCHLINT_BENCH_FOLDER";

/// What is done in the folder of the inputs.
type Work = fn(&Path);

const CASES: [(&str, Work); 8] = [
    ("a plain list: read and classified", |it| classify(&it.join("list.txt"))),
    ("a plain list: read only", |it| read(&it.join("list.txt"))),
    ("CSV.gz: read and classified", |it| classify(&it.join("csv"))),
    ("CSV.gz: read only", |it| read(&it.join("csv"))),
    ("CSV.gz: decompressed only", |it| decompress(&it.join("csv/data"))),
    ("Parquet: read and classified", |it| classify(&it.join("parquet"))),
    ("Parquet: read only", |it| read(&it.join("parquet"))),
    ("1,000 sketches merged", |_| merge()),
];

fn main() -> io::Result<()> {
    if let (Ok(case), Some(folder)) = (env::var(CASE), env::var_os(FOLDER)) {
        let case: usize = case.parse().expect("a parent gives a number");
        CASES[case].1(Path::new(&folder));
        return Ok(());
    }
    let folder = env::temp_dir().join(format!("archlint-bench-keys-{}", std::process::id()));
    fs::create_dir(&folder)?;
    let measured = inputs::write(&folder, KEYS).and_then(|()| measure(&folder));
    fs::remove_dir_all(&folder)?;
    measured
}

fn measure(folder: &Path) -> io::Result<()> {
    let this = env::current_exe()?;
    for (number, (name, _)) in CASES.iter().enumerate() {
        println!("\n{name}");
        let mut child = Command::new(&this);
        let status = child.env(CASE, number.to_string()).env(FOLDER, folder).status()?;
        assert!(status.success(), "{name}: {status}");
    }
    Ok(())
}

fn classify(input: &Path) {
    let started = Instant::now();
    let reading = read_with(input, || Buckets::new(Intake::default()));
    let read = started.elapsed();
    let started = Instant::now();
    let populations = reading.gathered.into_populations();
    for (_, it) in &populations {
        let found = it.classify(KeySampling::Uniform, None, Timestamp::now(), &Thresholds::default());
        println!("  {:?}, {} keys", found.pattern().class, it.counts().kept);
    }
    println!("  classified in {:.0?}", started.elapsed());
    tell(KEYS, read);
}

/// Everything that `archlint keys` does but for the sketch.
fn read(input: &Path) {
    let started = Instant::now();
    let reading = read_with(input, || Nowhere);
    drop(reading);
    tell(KEYS, started.elapsed());
}

fn read_with<G: Gather>(input: &Path, sink: impl Fn() -> G + Sync) -> Reading<G> {
    let reading = s3keys::read(&[input.to_owned()], sink, &Progress::default());
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let records: u64 = reading.inputs.iter().map(|it| it.records).sum();
    assert_eq!(records, KEYS, "every key is read");
    reading
}

/// What no reader can do without.
fn decompress(folder: &Path) {
    let started = Instant::now();
    let files: Vec<PathBuf> = inputs::files(folder).expect("the folder has been written");
    let mut buffer = vec![0; 1 << 18];
    for file in files {
        let mut input = MultiGzDecoder::new(File::open(file).expect("the file has been written"));
        while input.read(&mut buffer).expect("the file is whole") > 0 {}
    }
    tell(KEYS, started.elapsed());
}

fn merge() {
    let intake = Intake::default();
    let sketch = |number: u64| {
        let mut sketch = Population::new(intake.clone());
        let first = number * intake.sample_size as u64;
        let mut key = String::new();
        for at in first..first + intake.sample_size as u64 {
            inputs::key(at, &mut key);
            sketch.add(&KeyRecord::listed(key.as_bytes()));
        }
        sketch
    };
    let mut merging = Duration::ZERO;
    let mut all = sketch(0);
    for other in (1..SKETCHES).map(sketch) {
        let started = Instant::now();
        all.merge(other);
        merging += started.elapsed();
    }
    println!("  {merging:.1?}, {:.1?} each; peak memory {} MB", merging / 1_000, process::peak());
    assert!(all.rates(Operation::Write).is_none(), "objects tell no rates");
}

/// A sink that wants nothing.
struct Nowhere;

impl Sink for Nowhere {
    fn add(&mut self, _: Option<&str>, _: &KeyRecord<'_>) {}
}

impl Gather for Nowhere {
    fn merge(&mut self, _: Self) {}
}

fn tell(keys: u64, wall: Duration) {
    let cpu = processor_time();
    #[expect(clippy::cast_precision_loss, reason = "keys are fewer than a double is exact for")]
    let rate = keys as f64 / cpu.as_secs_f64() / 1e6;
    println!("  {wall:.2?} wall, {cpu:.2?} of a core: {rate:.1} million keys/s on each core");
    println!("  peak memory {} MB", process::peak());
}

/// Of all threads, those that have ended included.
fn processor_time() -> Duration {
    /// What the kernel counts in, on every Linux: `USER_HZ`.
    const TICK: Duration = Duration::from_millis(10);
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the process may hold anything, a parenthesis included.
    let fields = stat.rsplit_once(')').map_or("", |it| it.1);
    let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|it| it.parse::<u32>().ok());
    TICK * ticks.sum::<u32>()
}
