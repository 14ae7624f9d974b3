//! `archlint config`, and the settings of every other command.

use std::path::PathBuf;

use archlint::lint::{LintOptions, Problem};
use archlint::report::{self, Style};
use archlint::rules::Rules;
use archlint::settings::{self, Overrides, Settings};
use archlint::source::SourceOptions;
use archlint::verdict::Baseline;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::cli::{Cli, ConfigArgs, GateArgs, PluginArgs, SelectionArgs};
use crate::{Status, plugins, tell, write};

pub(crate) fn config(cli: &Cli, args: &ConfigArgs, style: Style) -> Result<Status, Problem> {
    let overrides = overrides(&args.plugins, Some(&args.selection), Some(&args.gate));
    let settings = settings(cli, &overrides)?;
    let (mut rules, problems) = plugins::rules(&settings, style)?;
    rules.select(&settings)?;
    // Whatever a run would refuse is refused here.
    settings.policy(&rules.names)?;
    settings.suppressions(&rules.names, rules.codes())?;
    write(None, report::settings(&settings, &rules.definitions, &rules.names))?;
    Ok(tell(&problems, style))
}

/// The settings file that is meant, with the command line above it.
pub(crate) fn settings(cli: &Cli, overrides: &Overrides) -> Result<Settings, Problem> {
    let found = || {
        let folder = std::env::current_dir().ok()?;
        settings::find(&folder, etcetera::home_dir().ok().as_deref())
    };
    let file = if cli.no_config { None } else { cli.config.clone().or_else(found) };
    Ok(Settings::load(file.as_deref(), overrides)?)
}

/// What the options of a command say.
pub(crate) fn overrides(
    plugins: &PluginArgs,
    selection: Option<&SelectionArgs>,
    gate: Option<&GateArgs>,
) -> Overrides {
    let mut overrides = Overrides { plugins: plugins.files.clone(), ..Overrides::default() };
    if let Some(it) = selection {
        (overrides.select, overrides.ignore) = (it.select.clone(), it.ignore.clone());
        overrides.pillars.clone_from(&it.pillar);
    }
    if let Some(it) = gate {
        (overrides.fail_on, overrides.min_confidence) = (it.fail_on, it.min_confidence);
        overrides.fail_on_undecided = it.fail_on_undecided;
        overrides.fail_on_not_seen.clone_from(&it.fail_on_not_seen);
        overrides.all_scenarios = it.all_scenarios;
        overrides.baseline.clone_from(&it.baseline);
    }
    overrides
}

/// What a run is told, by settings and sources, with no baseline and nothing left out.
pub(crate) fn lint_options(
    settings: &Settings,
    rules: &Rules,
    source: SourceOptions,
    today: Date,
) -> Result<LintOptions, Problem> {
    Ok(LintOptions {
        source: SourceOptions { kinds: rules.kinds(), raw: rules.read_raw(), ..source },
        environments: settings.environments(),
        policy: settings.policy(&rules.names)?,
        suppressions: settings.suppressions(&rules.names, rules.codes())?,
        baseline: None,
        today,
        changed_only: false,
    })
}

/// The baseline that is meant, if any is.
pub(crate) fn baseline(settings: &Settings) -> Result<Option<Baseline>, Problem> {
    let file: Option<&PathBuf> = settings.baseline.value.as_ref();
    Ok(file.map(|it| Baseline::read(it)).transpose()?)
}

/// The day by which suppressions expire and baselines are dated; everywhere the same.
pub(crate) fn today(cli: &Cli) -> Date {
    cli.today.unwrap_or_else(|| Offset::UTC.to_datetime(Timestamp::now()).date())
}
