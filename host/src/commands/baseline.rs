//! `archlint baseline`.

use std::path::{Path, PathBuf};

use archlint::lint::{Problem, lint};
use archlint::report::{self, Report, Style};
use archlint::verdict::{Baseline, BaselineError};

use super::config;
use crate::cli::{BaselineArgs, Cli};
use crate::{Status, options, plugins, tell, write};

const FILE_NAME: &str = "archlint-baseline.json";

pub(crate) fn baseline(cli: &Cli, args: &BaselineArgs, style: Style) -> Result<Status, Problem> {
    let mut overrides = config::overrides(&args.plugins, Some(&args.selection), None);
    overrides.baseline.clone_from(&args.baseline);
    let settings = config::settings(cli, &overrides)?;
    let (mut rules, problems) = plugins::rules(&settings, style)?;
    rules.select(&settings)?;
    let file = settings.baseline.value.clone().unwrap_or_else(|| PathBuf::from(FILE_NAME));
    let today = config::today(cli);
    let mut lint_options = config::lint_options(&settings, &rules, options(&args.input, &settings)?, today)?;
    lint_options.baseline = before(&file, args.update)?;
    let mut report = lint(&args.input.paths, rules, &lint_options);
    report.errors.extend(problems);
    // What could not be looked at would be missing from it.
    if !report.errors.is_empty() {
        return Ok(tell(&report.errors, style));
    }
    let (baseline, told) = match lint_options.baseline {
        None => {
            let baseline = Baseline::of(&report.findings, today);
            let told = format!("wrote {} findings to {}\n", baseline.len(), file.display());
            (baseline, told)
        }
        Some(mut baseline) => {
            let told = update(&mut baseline, &report, args.add.then_some(today));
            (baseline, told)
        }
    };
    write(Some(&file), report::Page::json(&baseline.to_json()))?;
    report::tell(&told);
    Ok(Status::Clean)
}

/// The baseline that is to be updated; none is to be there where one is to be written.
fn before(file: &Path, is_update: bool) -> Result<Option<Baseline>, Problem> {
    match is_update {
        true => Ok(Some(Baseline::read(file)?)),
        false if file.exists() => Err(BaselineError::Exists { file: file.display().to_string() }.into()),
        false => Ok(None),
    }
}

/// Removes what is fixed, and adds what is new where that is wanted; in words.
fn update(baseline: &mut Baseline, report: &Report, add: Option<jiff::civil::Date>) -> String {
    baseline.remove(&report.fixed);
    let new = report.findings.len();
    let of_new = match add {
        Some(today) => {
            baseline.add(&report.findings, today);
            format!("{new} added")
        }
        None if new == 0 => "none new".to_owned(),
        None => format!("{new} new, not accepted; `--add` accepts them"),
    };
    format!("{} removed, {of_new}; {} are left\n", report.fixed.len(), baseline.len())
}
