//! Reads files with several threads, and big ones in parts.

use std::fs::File;
use std::io::{self, BufRead as _, Read};
use std::ops::Range;
use std::path::PathBuf;
use std::thread;

use super::conclude::{Done, Failure, conclude};
use super::detect::Recipe;
use super::input::Reading;
use super::inventory::parquet;
use super::lines::{self, Ends, Part};
use super::listing::{Extent, json, xml};
use super::open::Input;
use super::plan::{Plan, Planned};
use super::sink::{Gather, Left, Out, Progress, Sink};
use super::table::Rows;
use super::{access_log, open};
use crate::parallel;

/// A plain file is read in parts of this many bytes.
const PART: u64 = 32 << 20;
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Reads everything that some paths name. Each thread feeds a sink of its own, and all of them are merged: which
/// thread had which part is left to chance.
pub fn read<G: Gather>(paths: &[PathBuf], sink: impl Fn() -> G + Sync, progress: &Progress) -> Reading<G> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let plan = Plan::of(paths, threads);
    plan.files.iter().for_each(|it| progress.expect(it.detected.size));
    let jobs: Vec<Job<'_>> = plan.files.iter().enumerate().flat_map(|(index, it)| jobs(index, it)).collect();
    let work = |sink: &mut G, job: &Job<'_>| job.run(sink, progress);
    let (sinks, done) = parallel::each(&jobs, threads, &sink, work);
    let mut sinks = sinks.into_iter();
    let mut gathered = sinks.next().unwrap_or_else(sink);
    sinks.for_each(|it| gathered.merge(it));
    let mut files: Vec<Done> = plan.files.iter().map(|_| Done::default()).collect();
    for (job, done) in jobs.iter().zip(done) {
        files[job.index].append(done);
    }
    conclude(plan, files, gathered)
}

/// A part of the work.
pub(super) struct Job<'p> {
    /// Of the file in the plan.
    pub(super) index: usize,
    file: &'p Planned,
    part: FilePart,
}

enum FilePart {
    Whole,
    Bytes(Range<u64>),
    RowGroups(Range<usize>),
}

/// The parts of a file that are read on their own.
pub(super) fn jobs(index: usize, file: &Planned) -> Vec<Job<'_>> {
    let job = |part| Job { index, file, part };
    let detected = &file.detected;
    match &detected.recipe {
        Recipe::Parquet { row_groups } => {
            (0..*row_groups).map(|it| job(FilePart::RowGroups(it..it + 1))).collect()
        }
        recipe if !detected.is_packed && detected.size > PART && has_one_per_line(recipe) => {
            let starts = (0..detected.size.div_ceil(PART)).map(|it| it * PART);
            starts.map(|it| job(FilePart::Bytes(it..it + PART))).collect()
        }
        _ => vec![job(FilePart::Whole)],
    }
}

fn has_one_per_line(recipe: &Recipe) -> bool {
    match recipe {
        Recipe::List(_) | Recipe::Log => true,
        Recipe::Table(table) => !table.spans_lines && !table.has_header,
        _ => false,
    }
}

impl Job<'_> {
    pub(super) fn run(&self, sink: &mut dyn Sink, progress: &Progress) -> Done {
        let mut out = Out::new(sink);
        let (extent, failure) = match &self.part {
            FilePart::RowGroups(groups) => (None, self.read_parquet(groups.clone(), &mut out, progress)),
            FilePart::Whole => self.read_whole(&mut out, progress),
            FilePart::Bytes(bytes) => {
                // A part after the first begins one byte early: a line that begins with the part is its own.
                let from = bytes.start.saturating_sub(1);
                let part = Part { skips_first: bytes.start > 0, end: bytes.end - from };
                let input = open::open_at(&self.file.path, from, bytes.end - bytes.start, progress);
                let read = input.and_then(|it| self.read_lines(it, part, bytes.start == 0, &mut out));
                (None, read.err().map(Failure::Io))
            }
        };
        Done { tally: out.tally, extent, failure }
    }

    fn read_whole(&self, out: &mut Out<'_>, progress: &Progress) -> (Option<Extent>, Option<Failure>) {
        match self.file.detected.recipe {
            Recipe::Json => self.read_document(out, progress, |input, out| {
                let (extent, error) = json::read(input, out);
                let failure = error.map(|it| {
                    if it.is_io() { Failure::Io(it.into()) } else { Failure::Syntax(it.to_string()) }
                });
                (extent, failure)
            }),
            Recipe::Xml => self.read_document(out, progress, |input, out| {
                let (extent, error) = xml::read(input, out);
                (extent, error.map(Failure::Syntax))
            }),
            _ => {
                let read = self.open(progress).and_then(|it| self.read_lines(it, Part::WHOLE, true, out));
                (None, read.err().map(Failure::Io))
            }
        }
    }

    fn read_document(
        &self,
        out: &mut Out<'_>,
        progress: &Progress,
        read: impl FnOnce(&mut Input<'_>, &mut Out<'_>) -> (Extent, Option<Failure>),
    ) -> (Option<Extent>, Option<Failure>) {
        let opened = self.open(progress).and_then(|it| {
            let mut input = Input::with_capacity(256 << 10, it);
            if input.fill_buf()?.starts_with(BOM) {
                input.consume(BOM.len());
            }
            Ok(input)
        });
        match opened {
            Ok(mut input) => {
                let (extent, failure) = read(&mut input, out);
                (Some(extent), failure)
            }
            Err(error) => (None, Some(Failure::Io(error))),
        }
    }

    fn open<'p>(&self, progress: &'p Progress) -> io::Result<Box<dyn Read + 'p>> {
        open::open(&self.file.path, self.file.detected.is_packed, progress)
    }

    fn read_lines(
        &self,
        mut input: Box<dyn Read + '_>,
        part: Part,
        mut is_first: bool,
        out: &mut Out<'_>,
    ) -> io::Result<()> {
        let mut each = |ends: Ends, out: &mut Out<'_>, read: &mut LineReader<'_>| {
            lines::for_each(&mut *input, part, ends, |line| {
                let is_first = std::mem::take(&mut is_first);
                let line = line.strip_prefix(BOM).filter(|_| is_first).unwrap_or(line);
                out.tally.lines += 1;
                if let Err(left) = read(line, out) {
                    out.leave(left, line);
                }
            })
        };
        match &self.file.detected.recipe {
            Recipe::List(layout) => {
                let mut buffer = Vec::new();
                each(layout.ends(), out, &mut |line, out| layout.line(line, &mut buffer, out))
            }
            Recipe::Log => {
                let mut buffers = access_log::Buffers::default();
                each(Ends::Newline, out, &mut |line, out| access_log::line(line, &mut buffers, out))
            }
            Recipe::Table(table) => {
                let mut rows = Rows::new(table);
                let read = each(Ends::Newline, out, &mut |line, out| rows.line(line, out));
                rows.end(out);
                read
            }
            _ => Ok(()),
        }
    }

    fn read_parquet(&self, groups: Range<usize>, out: &mut Out<'_>, progress: &Progress) -> Option<Failure> {
        let file = match File::open(&self.file.path) {
            Ok(it) => it,
            Err(error) => return Some(Failure::Io(error)),
        };
        let read = parquet::Opened::new(file).and_then(|it| it.read(groups, out, progress));
        read.err().map(|it| Failure::Parquet(it.to_string()))
    }
}

type LineReader<'r> = dyn FnMut(&[u8], &mut Out<'_>) -> Result<(), Left> + 'r;
