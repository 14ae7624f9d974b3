//! `archlint check`, and the end of every command that reports.

use std::io::IsTerminal;
use std::time::Instant;

use archlint::lint::{LintOptions, Problem, lint};
use archlint::report::{self, Report};
use archlint::settings::Settings;

use super::config;
use crate::cli::{Check, Cli, ReportArgs};
use crate::{Status, options, outputs, plugins, terminal};

pub(crate) fn check(cli: &Cli, args: &Check) -> Result<Status, Problem> {
    let started = Instant::now();
    outputs::distinct(&args.report.outputs)?;
    let overrides = config::overrides(&args.plugins, Some(&args.selection), Some(&args.gate));
    let settings = config::settings(cli, &overrides)?;
    let (mut rules, problems) = plugins::rules(&settings, terminal::to_stderr(cli.color))?;
    rules.select(&settings)?;
    let source = options(&args.input, &settings)?;
    let lint_options = LintOptions {
        baseline: config::baseline(&settings)?,
        changed_only: args.changed_only,
        ..config::lint_options(&settings, &rules, source, config::today(cli))?
    };
    let mut report = lint(&args.input.paths, rules, &lint_options);
    report.errors.extend(problems);
    args.report.finish(cli, &report, &settings, started)
}

impl ReportArgs {
    /// Writes a report and tells what there is to tell beside it; what the exit code says.
    pub(crate) fn finish(
        &self,
        cli: &Cli,
        report: &Report,
        settings: &Settings,
        started: Instant,
    ) -> Result<Status, Problem> {
        let style = terminal::to_stderr(cli.color);
        let status = status(report, settings);
        outputs::write_all(report, &self.outputs, self.statistics, status.code(), cli.color)?;
        for it in report.said.iter().filter(|_| self.verbose) {
            report::tell(format!("{it}\n"));
        }
        for it in &report.notices {
            report::tell(report::diagnostic(it, style));
        }
        for it in &report.errors {
            report::tell(report::diagnostic(it.as_ref(), style));
        }
        if std::io::stderr().is_terminal() {
            report::tell(format!("checked in {:.2} s\n", started.elapsed().as_secs_f64()));
        }
        Ok(status)
    }
}

fn status(report: &Report, settings: &Settings) -> Status {
    if !report.errors.is_empty() {
        Status::Failed
    } else if report.gates(&settings.gate()) {
        Status::Findings
    } else {
        Status::Clean
    }
}
