//! The command `archlint`.

mod cli;
mod plugins;

use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use archlint::facts::{self, EnvironmentSettings};
use archlint::lint::{Problem, lint};
use archlint::report::{self, Report, Style};
use archlint::source::{self, Saved, SourceOptions};
use archlint::verdict;
use clap::{CommandFactory, Parser};
use cli::{Check, Cli, Color, Command, Format, InputArgs, PluginArgs, PluginCommand, SnapshotArgs};

/// Parsers make and drop many small texts; this takes a quarter off the time of a run.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What the exit code says.
enum Status {
    Clean,
    Findings,
    Failed,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(match status {
            Status::Clean => 0,
            Status::Findings => 1,
            Status::Failed => 2,
        })
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let style = style(cli.color, std::io::stderr().is_terminal());
    let result = match &cli.command {
        Command::Check(it) => check(it, cli.color),
        Command::Snapshot(it) => snapshot(it, style),
        Command::Explain { rule, plugins } => explain(rule, plugins, style),
        Command::Rules { plugins } => list(plugins, style),
        Command::Plugin(PluginCommand::Inspect { file }) => plugins::inspect(file, style),
        Command::Plugin(PluginCommand::Test(it)) => plugins::test(it, style),
        Command::Completions { shell } => completions(*shell),
    };
    match result {
        Ok(status) => status.into(),
        Err(problem) => {
            report::tell(&report::diagnostic(problem.as_ref(), style));
            Status::Failed.into()
        }
    }
}

fn check(args: &Check, color: Color) -> Result<Status, Problem> {
    let started = std::time::Instant::now();
    let to_stderr = style(color, std::io::stderr().is_terminal());
    let (rules, problems) = plugins::rules(&args.plugins, to_stderr)?;
    let mut options = options(&args.input)?;
    options.kinds = rules.kinds();
    options.raw = rules.read_raw();
    let mut report = lint(&args.input.paths, &options, rules, args.changed_only);
    report.errors.extend(problems);

    let on_terminal = args.output.is_none() && std::io::stdout().is_terminal();
    let text = match args.format {
        Format::Human => report::human(&report, style(color, on_terminal)),
        Format::Json => report::json(&report),
    };
    write(args.output.as_deref(), &text)?;
    for it in report.said.iter().filter(|_| args.verbose) {
        report::tell(&format!("{it}\n"));
    }
    for it in &report.errors {
        report::tell(&report::diagnostic(it.as_ref(), to_stderr));
    }
    if std::io::stderr().is_terminal() {
        report::tell(&format!("checked in {:.2} s\n", started.elapsed().as_secs_f64()));
    }
    Ok(status(&report, args.fail_on))
}

fn status(report: &Report, fail_on: archlint_schema::Severity) -> Status {
    if !report.errors.is_empty() {
        Status::Failed
    } else if report.findings.iter().any(|it: &verdict::Finding| it.gates(fail_on)) {
        Status::Findings
    } else {
        Status::Clean
    }
}

fn snapshot(args: &SnapshotArgs, style: Style) -> Result<Status, Problem> {
    let sources = source::read(&args.input.paths, &options(&args.input)?);
    let mut architectures = Vec::new();
    for mut architecture in sources.architectures {
        let evidence = architecture
            .scenarios
            .iter_mut()
            .map(|it| facts::derive(&mut it.snapshot, &EnvironmentSettings::default()))
            .collect();
        architectures.push((architecture, evidence));
    }
    let saved = Saved::new(architectures, sources.inputs);
    let mut text = serde_json::to_string_pretty(&saved).expect("a snapshot has only texts and numbers");
    text.push('\n');
    write(args.output.as_deref(), &text)?;
    for it in &sources.errors {
        report::tell(&report::diagnostic(it, style));
    }
    Ok(if sources.errors.is_empty() { Status::Clean } else { Status::Failed })
}

fn explain(rule: &str, plugins: &PluginArgs, style: Style) -> Result<Status, Problem> {
    let (rules, problems) = plugins::rules(plugins, style)?;
    let status = tell(&problems, style);
    let wanted = |code: &str, slug: &str| code.eq_ignore_ascii_case(rule) || slug == rule;
    match rules.definitions.values().find(|it| wanted(&it.code, &it.slug)) {
        Some(definition) => {
            write(None, &report::explain(definition))?;
            Ok(status)
        }
        None => Err(problem(&format!("no rule is called `{rule}`"), "`archlint rules` lists them")),
    }
}

fn list(plugins: &PluginArgs, style: Style) -> Result<Status, Problem> {
    let (rules, problems) = plugins::rules(plugins, style)?;
    write(None, &report::rules(&rules.definitions))?;
    Ok(tell(&problems, style))
}

/// Tells what went wrong while the rest went on.
fn tell(problems: &[Problem], style: Style) -> Status {
    for it in problems {
        report::tell(&report::diagnostic(it.as_ref(), style));
    }
    if problems.is_empty() { Status::Clean } else { Status::Failed }
}

fn completions(shell: clap_complete::Shell) -> Result<Status, Problem> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "archlint", &mut script);
    write(None, &String::from_utf8_lossy(&script))?;
    Ok(Status::Clean)
}

fn options(args: &InputArgs) -> Result<SourceOptions, Problem> {
    let mut options = SourceOptions {
        region: args.region.clone(),
        account: args.account.clone(),
        terraform_dir: args.tf_dir.clone(),
        ..SourceOptions::default()
    };
    for file in &args.parameters {
        options.parameters.extend(source::read_parameters(file).map_err(|it| Box::new(it) as Problem)?);
    }
    Ok(options)
}

fn write(output: Option<&Path>, text: &str) -> Result<(), Problem> {
    report::write(output, text).map_err(|error| {
        let to = output.map_or("standard output".to_owned(), |it| it.display().to_string());
        problem(&format!("cannot write to {to}: {error}"), "check that the folder exists and is writable")
    })
}

fn problem(message: &str, help: &str) -> Problem {
    Box::new(miette::MietteDiagnostic::new(message).with_help(help))
}

fn style(color: Color, on_terminal: bool) -> Style {
    let wanted = match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => on_terminal && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty()),
    };
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|it| std::env::var(it).ok().filter(|it| !it.is_empty()));
    let unicode = locale.is_some_and(|it| it.to_ascii_lowercase().replace('-', "").contains("utf8"));
    Style { color: wanted, unicode, width: 80 }
}
