//! `archlint scan`.

use std::time::Instant;

use archlint::lint::{LintOptions, Problem, lint_sources};
use archlint::source::{self, Access, Retry, ScanOptions, SourceOptions};

use super::config;
use super::progress::Progress;
use crate::cli::{Cli, Collector, RetryFailed, Scan};
use crate::{Status, outputs, plugins, terminal, write};

pub(crate) fn scan(cli: &Cli, args: &Scan) -> Result<Status, Problem> {
    let started = Instant::now();
    outputs::distinct(&args.report.outputs)?;
    let overrides = config::overrides(&args.plugins, Some(&args.selection), Some(&args.gate));
    let settings = config::settings(cli, &overrides)?;
    let (mut rules, problems) = plugins::rules(&settings, terminal::to_stderr(cli.color))?;
    rules.select(&settings)?;
    let source = SourceOptions {
        assume_whole: settings.account.value.assume_whole.iter().cloned().collect(),
        budget: settings.budget.value,
        declarations: settings.declarations(),
        ..SourceOptions::default()
    };
    let lint_options = LintOptions {
        baseline: config::baseline(&settings)?,
        ..config::lint_options(&settings, &rules, source, config::today(cli))?
    };
    let scan = options(args, &lint_options.source);
    if args.print_policy {
        write(None, archlint::report::Page::json(&source::scan_policy(&scan)))?;
        return Ok(Status::Clean);
    }
    if args.dry_run {
        write(None, source::scan_calls(&scan))?;
        return Ok(Status::Clean);
    }
    let (sources, unseen) = if args.config_snapshot.is_empty() {
        source::scan(&scan, &lint_options.source, &Progress::new(args.report.verbose))?
    } else {
        (source::read(&args.config_snapshot, &lint_options.source), Vec::new())
    };
    // What settings and baseline expect may be in a region that was not scanned.
    let mut report = lint_sources(sources, false, rules, &lint_options);
    report.errors.extend(problems);
    report.errors.extend(unseen.into_iter().map(|error| Box::new(error) as Problem));
    args.report.finish(cli, &report, &settings, started)
}

/// What to collect, and how.
fn options(args: &Scan, source: &SourceOptions) -> ScanOptions {
    let access = &args.access;
    ScanOptions {
        access: Access {
            profile: access.profile.clone(),
            assume_role: access.assume_role.clone(),
            endpoint_url: access.endpoint_url.clone(),
            regions: access.region.clone(),
            all_regions: access.all_regions,
        },
        collector: match args.collector {
            Collector::Auto => source::Collector::Auto,
            Collector::Config => source::Collector::Config,
            Collector::Direct => source::Collector::Direct,
        },
        aggregator: args.aggregator.clone(),
        kinds: if args.kinds.is_empty() {
            source.kinds.clone()
        } else {
            args.kinds.iter().cloned().collect()
        },
        keys_per_bucket: args.keys_per_bucket,
        save: args.save.clone(),
        resume: args.resume.then_some(match args.retry_failed {
            RetryFailed::Passing => Retry::Passing,
            RetryFailed::All => Retry::Failed,
            RetryFailed::None => Retry::Nothing,
        }),
    }
}
