//! `archlint keys`: what the keys of S3 buckets are like.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use archlint::key_population::{Intake, Operation, Population, Thresholds, athena_sql};
use archlint::lint::Problem;
use archlint::report::{self, KeysInput, KeysReport, Load, LoadOrigin, PopulationReport};
#[cfg(feature = "aws")]
use archlint::source::Access;
#[cfg(feature = "aws")]
use archlint::source::s3keys::live::{self, Location};
use archlint::source::s3keys::{self, Buckets, KeyInput, Progress, Reading};
use archlint_schema::KeySampling;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use miette::Diagnostic;

#[cfg(feature = "aws")]
use crate::cli::KeysAccess;
use crate::cli::{Cli, KeysArgs, KeysFormat};
use crate::outputs::write;
use crate::{Status, terminal};

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

pub(crate) fn keys(cli: &Cli, args: &KeysArgs) -> Result<Status, Problem> {
    let intake = Intake { sample_size: args.sample_size, ..Intake::default() };
    if let Some(table) = &args.athena_sql {
        write(args.output.as_deref(), report::Page::verbatim(athena_sql(table, &intake)))?;
        return Ok(Status::Clean);
    }
    let (reading, unread) = watched(|progress| read(args, &intake, progress));
    let style = terminal::to_stderr(cli.color);
    let problems =
        reading.problems.iter().map(|it| it as &dyn Diagnostic).chain(unread.as_deref().map(|it| it as _));
    let mut status = Status::Clean;
    for it in problems {
        report::tell(report::diagnostic(it, style));
        status = Status::Failed;
    }
    let report = report(reading, args);
    let text = match args.format {
        KeysFormat::Human if args.output.is_some() => report::keys(&report, terminal::to_file(cli.color)),
        KeysFormat::Human => report::keys(&report, terminal::to_stdout(cli.color)),
        KeysFormat::Json => report::keys_json(&report),
    };
    write(args.output.as_deref(), text)?;
    Ok(status)
}

/// Reads everything that can be; and why nothing of what stands in S3 could.
#[cfg(feature = "aws")]
fn read(args: &KeysArgs, intake: &Intake, progress: &Arc<Progress>) -> (Reading<Buckets>, Option<Problem>) {
    let sink = || Buckets::new(intake.clone());
    let (mut paths, mut locations) = (Vec::new(), Vec::new());
    for source in &args.sources {
        match source.to_str().and_then(Location::parse) {
            Some(it) => locations.push(it),
            None => paths.push(source.clone()),
        }
    }
    let mut reading = s3keys::read(&paths, sink, progress);
    if locations.is_empty() {
        return (reading, None);
    }
    let unread = match live::read(&access(&args.access), &locations, sink, progress) {
        Ok(remote) => {
            reading.merge(remote);
            None
        }
        Err(error) => Some(Box::new(error) as Problem),
    };
    (reading, unread)
}

#[cfg(not(feature = "aws"))]
fn read(args: &KeysArgs, intake: &Intake, progress: &Arc<Progress>) -> (Reading<Buckets>, Option<Problem>) {
    (s3keys::read(&args.sources, || Buckets::new(intake.clone()), progress), None)
}

#[cfg(feature = "aws")]
fn access(args: &KeysAccess) -> Access {
    Access {
        profile: args.profile.clone(),
        assume_role: args.assume_role.iter().cloned().collect(),
        endpoint_url: args.endpoint_url.clone(),
        // Any region knows where a bucket is.
        all_regions: true,
        ..Access::default()
    }
}

/// Does some reading, with a bar on a terminal.
fn watched<R>(read: impl FnOnce(&Arc<Progress>) -> R) -> R {
    let progress = Arc::new(Progress::default());
    let is_done = Arc::new(AtomicBool::new(false));
    let watch = {
        let (progress, is_done) = (Arc::clone(&progress), Arc::clone(&is_done));
        thread::spawn(move || watch(&progress, &is_done))
    };
    let reading = read(&progress);
    is_done.store(true, Ordering::Relaxed);
    watch.join().expect("the thread that draws the bar does not panic");
    reading
}

/// Draws how much is read; without a terminal, nothing.
fn watch(progress: &Progress, is_done: &AtomicBool) {
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {eta}");
    let style = style.expect("the template is valid").progress_chars("=> ");
    let bar = ProgressBar::new(0).with_style(style);
    while !is_done.load(Ordering::Relaxed) {
        let (read, total) = progress.bytes();
        bar.set_length(total);
        bar.set_position(read);
        thread::park_timeout(TICK);
    }
    bar.finish_and_clear();
}

fn report(reading: Reading<Buckets>, args: &KeysArgs) -> KeysReport {
    let now = Timestamp::now();
    let samplings: Vec<(Option<String>, KeySampling)> = reading
        .inputs
        .iter()
        .flat_map(|it| it.buckets.keys())
        .map(|bucket| {
            let sampling = reading.sampling(bucket.as_deref()).unwrap_or(KeySampling::Uniform);
            (bucket.clone(), sampling)
        })
        .collect();
    let sampling = |bucket: &Option<String>| {
        let told = args.sampling.map(KeySampling::from);
        let read = samplings.iter().find(|it| it.0 == *bucket).map(|it| it.1);
        told.or(read).unwrap_or(KeySampling::Uniform)
    };
    let populations = reading.gathered.into_populations().into_iter().map(|(bucket, it)| PopulationReport {
        counts: *it.counts(),
        classification: it.classify(sampling(&bucket), args.total, now, &Thresholds::default()),
        load: load(&it, args),
        slow_downs_at_start: it.slow_downs().at_start(),
        bucket,
    });
    KeysReport { populations: populations.collect(), inputs: reading.inputs.iter().map(input).collect() }
}

/// What was observed; what was not, as the command line declares it.
fn load(population: &Population, args: &KeysArgs) -> Load {
    let observed = Load::observed(population.rates(Operation::Write), population.rates(Operation::Read));
    if observed.origin.is_some() || (args.write_rps.is_none() && args.read_rps.is_none()) {
        return observed;
    }
    Load { writes: args.write_rps, reads: args.read_rps, origin: Some(LoadOrigin::Declared) }
}

fn input(it: &KeyInput) -> KeysInput {
    let skipped = it.skipped.iter().map(|(skip, count)| format!("{count} {skip}"));
    KeysInput {
        name: it.name.clone(),
        format: it.format.to_string(),
        records: it.records,
        skipped: skipped.chain(it.notes.iter().cloned()).collect(),
    }
}
