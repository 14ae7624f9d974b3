//! The command `archlint`.

mod cli;
mod commands;
mod outputs;
mod plugins;
mod terminal;

use std::process::ExitCode;

use archlint::facts;
use archlint::fault;
use archlint::lint::Problem;
use archlint::report::{self, Style};
use archlint::settings::{Overrides, Settings};
use archlint::source::{self, Saved, SourceOptions};
use clap::{CommandFactory, Parser};
use cli::{Cli, Command, InputArgs, PluginArgs, PluginCommand, SnapshotArgs};
use commands::config;
use outputs::write;

/// Parsers make and drop many small texts; this takes a quarter off the time of a run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the exit code says.
enum Status {
    Clean,
    Findings,
    Failed,
}

impl Status {
    fn code(&self) -> u8 {
        match self {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Failed => 2,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status.code())
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let style = terminal::to_stderr(cli.color);
    let result = fault::caught("running", || run(&cli, style));
    match result.unwrap_or_else(|fault| Err(Box::new(fault))) {
        Ok(status) => status.into(),
        Err(problem) => {
            report::tell(report::diagnostic(problem.as_ref(), style));
            Status::Failed.into()
        }
    }
}

fn run(cli: &Cli, style: Style) -> Result<Status, Problem> {
    match &cli.command {
        Command::Check(it) => commands::check::check(cli, it),
        #[cfg(feature = "aws")]
        Command::Scan(it) => commands::scan::scan(cli, it),
        Command::Keys(it) => commands::keys::keys(cli, it),
        Command::Snapshot(it) => snapshot(cli, it, style),
        Command::Baseline(it) => commands::baseline::baseline(cli, it, style),
        Command::Config(it) => config::config(cli, it, style),
        Command::Init { folder } => commands::init::init(folder),
        Command::Explain { rule, plugins } => explain(cli, rule, plugins, style),
        Command::Rules { plugins } => list(cli, plugins, style),
        Command::Plugin(PluginCommand::Inspect { file }) => plugins::inspect(file, style),
        Command::Plugin(PluginCommand::Test(it)) => plugins::test(it, style),
        Command::Completions { shell } => completions(*shell),
    }
}

fn snapshot(cli: &Cli, args: &SnapshotArgs, style: Style) -> Result<Status, Problem> {
    let settings = config::settings(cli, &Overrides::default())?;
    let sources = source::read(&args.input.paths, &options(&args.input, &settings)?);
    let mut architectures = Vec::new();
    for mut architecture in sources.architectures {
        let evidence = architecture
            .scenarios
            .iter_mut()
            .map(|it| facts::derive(&mut it.snapshot, &settings.environments()))
            .collect();
        architectures.push((architecture, evidence));
    }
    let saved = Saved::new(architectures, sources.inputs);
    let mut text = serde_json::to_string_pretty(&saved).expect("a snapshot has only texts and numbers");
    text.push('\n');
    write(args.output.as_deref(), report::Page::json(&text))?;
    for it in &sources.errors {
        report::tell(report::diagnostic(it, style));
    }
    Ok(if sources.errors.is_empty() { Status::Clean } else { Status::Failed })
}

fn explain(cli: &Cli, rule: &str, plugins: &PluginArgs, style: Style) -> Result<Status, Problem> {
    let settings = config::settings(cli, &config::overrides(plugins, None, None))?;
    let (rules, problems) = plugins::rules(&settings, style)?;
    let status = tell(&problems, style);
    let wanted = |code: &str, slug: &str| code.eq_ignore_ascii_case(rule) || slug == rule;
    match rules.definitions.values().find(|it| wanted(&it.code, &it.slug)) {
        Some(definition) => {
            write(None, report::explain(definition))?;
            Ok(status)
        }
        None => Err(problem(&format!("no rule is called `{rule}`"), "`archlint rules` lists them")),
    }
}

fn list(cli: &Cli, plugins: &PluginArgs, style: Style) -> Result<Status, Problem> {
    let settings = config::settings(cli, &config::overrides(plugins, None, None))?;
    let (rules, problems) = plugins::rules(&settings, style)?;
    write(None, report::rules(&rules.definitions))?;
    Ok(tell(&problems, style))
}

/// Tells what went wrong while the rest went on.
fn tell(problems: &[Problem], style: Style) -> Status {
    for it in problems {
        report::tell(report::diagnostic(it.as_ref(), style));
    }
    if problems.is_empty() { Status::Clean } else { Status::Failed }
}

fn completions(shell: clap_complete::Shell) -> Result<Status, Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "archlint", &mut script);
    write(None, report::Page::verbatim(String::from_utf8_lossy(&script).into_owned()))?;
    Ok(Status::Clean)
}

fn options(args: &InputArgs, settings: &Settings) -> Result<SourceOptions, Problem> {
    let mut options = SourceOptions {
        region: args.region.clone(),
        account: args.account.clone(),
        terraform_dir: args.tf_dir.clone(),
        assume_whole: settings.account.value.assume_whole.iter().cloned().collect(),
        budget: settings.budget.value,
        declarations: settings.declarations(),
        ..SourceOptions::default()
    };
    for file in &args.parameters {
        options.parameters.extend(source::read_parameters(file).map_err(|it| Box::new(it) as Problem)?);
    }
    Ok(options)
}

fn problem(message: &str, help: &str) -> Problem {
    Box::new(miette::MietteDiagnostic::new(message).with_help(help))
}
