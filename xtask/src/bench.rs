//! `cargo xtask bench`: what archlint costs, cold, against the targets of the project.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::archlint::{self, Archlint};
use crate::{Result, cargo, corpus, plan, root};

const RUNS: usize = 20;

/// One subnet in a VPC: what is left is the start of the process, its plugins included.
const TINY: &str = "xtask/src/bench/tiny.yaml";

/// GNU time, which knows the largest memory of a process and its processor time. Where it is missing, only the
/// elapsed time is measured.
pub(crate) const GNU_TIME: &str = "/usr/bin/time";

/// Every how many templates of a folder one is checked.
const STRIDE: usize = 5;

pub(crate) fn run(arguments: &[&str]) -> Result<()> {
    let (runs, folder) = match arguments {
        [name @ ("boundary" | "keys")] => return from_within(name),
        ["plan"] => return plans(None),
        ["plan", folder] => return plans(Some(folder)),
        [] => (RUNS, None),
        [folder] => (RUNS, Some(*folder)),
        ["--runs", runs] => (runs.parse()?, None),
        ["--runs", runs, folder] => (runs.parse()?, Some(*folder)),
        _ => return Err("bench takes boundary, keys, plan [DIR], or [--runs N] [DIR]".into()),
    };
    if runs == 0 {
        return Err("nothing to measure in 0 runs".into());
    }
    let archlint = archlint::build()?;
    measure("a tiny template", &archlint, &[root().join(TINY)], runs)?;
    if let Some(folder) = folder {
        let mut templates = Vec::new();
        corpus::inputs(Path::new(folder), &mut templates)?;
        let templates: Vec<PathBuf> = templates.into_iter().skip(STRIDE - 1).step_by(STRIDE).collect();
        let bytes: u64 = templates.iter().filter_map(|it| Some(it.metadata().ok()?.len())).sum();
        let title = format!("{} templates of {folder} ({} KiB), one process", templates.len(), bytes / 1024);
        measure(&title, &archlint, &templates, runs)?;
    }
    Ok(())
}

/// A Terraform plan of 100 MB, and all plans of a folder in one process.
fn plans(folder: Option<&str>) -> Result<()> {
    const BYTES: u64 = 100 << 20;
    const RUNS: usize = 5;
    let archlint = archlint::build()?;
    let large = std::env::temp_dir().join(format!("archlint-bench-{}.json", std::process::id()));
    plan::write_large(BYTES, &large)?;
    let measured = measure("a plan of 100 MB", &archlint, std::slice::from_ref(&large), RUNS);
    std::fs::remove_file(&large)?;
    measured?;
    if let Some(folder) = folder {
        let mut plans = Vec::new();
        corpus::inputs(Path::new(folder), &mut plans)?;
        let title = format!("{} plans of {folder}, one process", plans.len());
        measure(&title, &archlint, &plans, RUNS)?;
    }
    Ok(())
}

/// What is measured of the library, by a benchmark of its own.
fn from_within(name: &str) -> Result<()> {
    cargo::ensure_plugin_target()?;
    cargo::finish(cargo::cargo("bench")?.args(["--package", "archlint", "--bench", name]))
}

fn measure(title: &str, archlint: &Archlint, templates: &[PathBuf], runs: usize) -> Result<()> {
    let mut elapsed = (0..runs).map(|_| time(archlint, templates)).collect::<Result<Vec<_>>>()?;
    elapsed.sort();
    let (min, median, max) = (elapsed[0], elapsed[runs / 2], elapsed[runs - 1]);
    println!("{title}: {runs} runs");
    println!("  wall    min {min:.1?}  median {median:.1?}  max {max:.1?}");
    match resources(archlint, templates)? {
        Some(resources) => println!("  {resources}"),
        None => println!("  memory and processor time: not measured, for want of {GNU_TIME}"),
    }
    Ok(())
}

fn time(archlint: &Archlint, templates: &[PathBuf]) -> Result<Duration> {
    let mut command = archlint.command();
    check(&mut command, templates);
    let start = Instant::now();
    let status = command.status()?;
    let elapsed = start.elapsed();
    match status.code() {
        // Real templates have findings, and some cannot be read; both are work done.
        Some(0..=2) => Ok(elapsed),
        _ => Err(format!("archlint crashed: {status}").into()),
    }
}

/// Processor time and memory of one more run.
fn resources(archlint: &Archlint, templates: &[PathBuf]) -> Result<Option<String>> {
    if !Path::new(GNU_TIME).exists() {
        return Ok(None);
    }
    let mut command = Command::new(GNU_TIME);
    command.args(["--quiet", "--format", "%U %S %M"]).arg(archlint.path());
    check(&mut command, templates);
    let output = command.stderr(Stdio::piped()).output()?;
    let (seconds, megabytes) = figures(&output.stderr)?;
    Ok(Some(format!("cpu     {seconds:.2} s    max resident {megabytes} MB")))
}

/// Processor time in seconds and largest memory in megabytes, as GNU time printed `%U %S %M` at the end.
pub(crate) fn figures(stderr: &[u8]) -> Result<(f64, u64)> {
    let stderr = String::from_utf8_lossy(stderr);
    let line = stderr.lines().last().unwrap_or_default();
    let [user, system, kilobytes] = line.split(' ').collect::<Vec<_>>()[..] else {
        return Err(format!("`{line}` is not what {GNU_TIME} was asked for").into());
    };
    Ok((user.parse::<f64>()? + system.parse::<f64>()?, kilobytes.parse::<u64>()? / 1024))
}

/// Completes a command line so that it checks templates and says nothing.
fn check(command: &mut Command, templates: &[PathBuf]) {
    command.args(["check", "--format", "json"]).args(templates).stdout(Stdio::null()).stderr(Stdio::null());
}
