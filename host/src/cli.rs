//! The command line: types only.

mod keys;
#[cfg(feature = "aws")]
mod scan;

use std::path::PathBuf;

use archlint::definition::Pillar;
use archlint::verdict::NotSeen;
use archlint_schema::{Confidence, Severity};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
#[cfg(feature = "aws")]
pub(crate) use keys::KeysAccess;
pub(crate) use keys::{KeysArgs, KeysFormat};
#[cfg(feature = "aws")]
pub(crate) use scan::{Collector, RetryFailed, Scan};

/// Finds where an AWS architecture departs from the Well-Architected Framework, before it is deployed.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// When to colour output; the variable `NO_COLOR` counts as `never`.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    /// The settings; without it, the nearest `archlint.toml` in this folder and those above it, up to the root of
    /// the repository or the home folder.
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,
    /// No settings file, wherever one is.
    #[arg(long, global = true)]
    pub(crate) no_config: bool,
    /// The day that it is, for tests.
    #[arg(long, global = true, hide = true, value_name = "DATE")]
    pub(crate) today: Option<jiff::civil::Date>,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  clean, or nothing that counts
  1  a finding at or above --fail-on and --min-confidence, in the base scenario and not in the baseline; a
     suppression that has expired; with --fail-on-undecided, a rule that could not decide
  2  archlint failed, or an input or the settings could not be read";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check CloudFormation templates, `cdk.out`, Terraform plans and states, saved snapshots, or folders of them.
    #[command(after_help = "\
Examples:
  archlint check template.yaml
  archlint check --parameters prod.json --region eu-west-1 stacks/
  archlint check cdk.out --format human --format sarif=archlint.sarif --format junit=archlint.xml
  terraform show -json plan > plan.json && archlint check plan.json --tf-dir . --changed-only
  archlint check template.yaml --plugin our_rules.wasm --fail-on medium")]
    Check(Check),
    /// Check a live account: what AWS Config recorded of it, what it answers to describe calls, or what AWS Config
    /// delivered to S3. Nothing is written to AWS.
    #[cfg(feature = "aws")]
    #[command(after_help = "\
Examples:
  archlint scan
  archlint scan --profile audit --region eu-west-1 --region eu-central-1
  archlint scan --all-regions --assume-role arn:aws:iam::123456789012:role/Audit --save scan.jsonl
  archlint scan --save scan.jsonl --resume
  archlint scan --aggregator organisation --format sarif=archlint.sarif
  archlint scan --config-snapshot AWSLogs/123456789012/Config/
  archlint scan --print-policy > policy.json

Exit codes: those of `check`, and
  2  also where nothing could be collected")]
    Scan(Box<Scan>),
    /// Tell what the keys of S3 buckets are like: whether the requests of one moment fall into one range of them, which
    /// S3 serves at 3,500 writes and 5,500 reads per second, or everywhere.
    #[command(after_help = "\
Examples:
  archlint keys inventory/2026-11-22T01-00Z/manifest.json
  archlint keys access-logs/ --format json
  aws s3api list-objects-v2 --bucket photos > listing.json && archlint keys listing.json --write-rps 4800
  archlint keys keys.txt --sampling uniform
  archlint keys s3://logs/photos/2026-11-22 s3://inventories/photos/all/2026-11-22T01-00Z/manifest.json
  archlint keys --athena-sql inventory.photos

Exit codes:
  0  every input was read
  2  archlint failed, or an input, or a part of one, could not be read; the rest is told")]
    Keys(KeysArgs),
    /// Print what is read and derived, with the evidence for each fact, as JSON; `check` reads it back.
    #[command(after_help = "\
Examples:
  archlint snapshot template.yaml > snapshot.json
  archlint check snapshot.json")]
    Snapshot(SnapshotArgs),
    /// Write down the findings that are there, so that only new ones count; `check --baseline FILE` reads it.
    #[command(after_help = "\
Examples:
  archlint baseline templates/
  archlint check --baseline archlint-baseline.json templates/
  archlint baseline --update templates/

Exit codes:
  0  written
  2  archlint failed, or an input could not be read: nothing is written")]
    Baseline(BaselineArgs),
    /// Print the settings that are in effect, and where each comes from.
    #[command(after_help = "Example:\n  archlint config --fail-on medium")]
    Config(ConfigArgs),
    /// Write an `archlint.toml` for what a folder holds, with every setting explained.
    #[command(after_help = "Example:\n  archlint init")]
    Init {
        #[arg(value_name = "DIR", default_value = ".")]
        folder: PathBuf,
    },
    /// Tell what a rule checks, why, and how to fix what it finds.
    #[command(after_help = "Example:\n  archlint explain NET006")]
    Explain {
        /// The rule's code or slug: `NET006` or `egress-az-dependency`.
        rule: String,
        #[command(flatten)]
        plugins: PluginArgs,
    },
    /// List the rules.
    Rules {
        #[command(flatten)]
        plugins: PluginArgs,
    },
    /// Look at a plugin of somebody else's, or test one of your own.
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Print a completion script for a shell.
    #[command(after_help = "Example:\n  archlint completions bash > /etc/bash_completion.d/archlint")]
    Completions { shell: Shell },
}

#[derive(Debug, Subcommand)]
pub(crate) enum PluginCommand {
    /// Tell what a plugin is: name, version, rules, what they read, imports, size, digest.
    #[command(after_help = "Example:\n  archlint plugin inspect our_rules.wasm")]
    Inspect {
        /// The plugin's WebAssembly.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Run every example of every rule of a plugin through its WebAssembly.
    #[command(after_help = "\
Examples:
  cargo build --release --target wasm32-unknown-unknown && archlint plugin test .
  archlint plugin test rules/ --wasm our_rules.wasm
  archlint plugin test . --bless && git diff

Exit codes:
  0  every example comes out as expected
  1  some do not
  2  the plugin or a definition cannot be read")]
    Test(PluginTest),
}

#[derive(Debug, Args)]
pub(crate) struct PluginTest {
    /// The plugin's folder. Its definitions are the Markdown files in it that begin with `+++`.
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// The plugin's WebAssembly; without it, the only one in DIR or in its
    /// `target/wasm32-unknown-unknown/release`.
    #[arg(long, value_name = "FILE")]
    pub(crate) wasm: Option<PathBuf>,
    /// Rewrite what the definitions expect to what comes out. Read the diff.
    #[arg(long)]
    pub(crate) bless: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) plugins: PluginArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Only findings that touch a resource which the Terraform plan creates or changes.
    #[arg(long)]
    pub(crate) changed_only: bool,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
}

/// What is told, how, and where.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// How to report, and where to: human, json, sarif, junit, github, gitlab or markdown, to standard output or
    /// to a file. Repeatable.
    #[arg(long = "format", value_parser = output, default_value = "human", value_name = "FORMAT[=FILE]")]
    pub(crate) outputs: Vec<Output>,
    /// Tell, on standard error, what plugins say by `log`, and how often a scan called each action.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Only count findings and undecided answers, by rule.
    #[arg(long)]
    pub(crate) statistics: bool,
}

/// Which rules run.
#[derive(Debug, Args)]
pub(crate) struct SelectionArgs {
    /// Rules that run, by code, slug or family (`NET*`), instead of what the settings select. Repeatable, or with
    /// commas.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Rules that do not run, besides those that the settings ignore. Repeatable, or with commas.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Only rules of a pillar of the Well-Architected Framework: operations, security, reliability, performance, cost
    /// or sustainability. Repeatable, or with commas.
    #[arg(long, value_name = "PILLAR", value_delimiter = ',', value_parser = word::<Pillar>)]
    pub(crate) pillar: Vec<Pillar>,
}

/// What makes the exit code 1.
#[derive(Debug, Args)]
pub(crate) struct GateArgs {
    /// The lowest severity that makes the exit code 1: info, low, medium or high, the default.
    #[arg(long, value_parser = word::<Severity>, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<Severity>,
    /// The lowest confidence that makes the exit code 1: low, medium, the default, or high.
    #[arg(long, value_parser = word::<Confidence>, value_name = "CONFIDENCE")]
    pub(crate) min_confidence: Option<Confidence>,
    /// Let also findings count that do not hold in the base scenario.
    #[arg(long)]
    pub(crate) all_scenarios: bool,
    /// Let it count that a rule could not decide.
    #[arg(long)]
    pub(crate) fail_on_undecided: bool,
    /// Let it count that something was not seen: a CloudFormation type, `*` for any that a rule needs, or more than a
    /// share of what rules were asked about, as in `5%`. Repeatable, or with commas.
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) fail_on_not_seen: Vec<NotSeen>,
    /// Findings that do not count because they were there before, as `archlint baseline` wrote them down.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    #[command(flatten)]
    pub(crate) plugins: PluginArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
}

#[derive(Debug, Args)]
pub(crate) struct BaselineArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) plugins: PluginArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    /// The baseline; without it, the one that the settings name, or `archlint-baseline.json` in this folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
    /// Remove what is fixed. What is new is told, and not accepted.
    #[arg(long)]
    pub(crate) update: bool,
    /// With --update: accept what is new as well.
    #[arg(long, requires = "update")]
    pub(crate) add: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SnapshotArgs {
    #[command(flatten)]
    pub(crate) input: InputArgs,
    /// Write to a file instead of the terminal.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct InputArgs {
    /// Files, folders, pipes, and `-` for the standard input.
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// A file of parameter values, in CloudFormation's form or as a plain JSON object. Repeatable; the last
    /// one that names a parameter wins.
    #[arg(long, value_name = "FILE")]
    pub(crate) parameters: Vec<PathBuf>,
    /// The region that the stacks are for; without it, what depends on the region stays open.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// The account that the stacks are for.
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) account: Option<String>,
    /// The folder of the root module that a Terraform plan was made of: findings point to its files, and local
    /// values and dynamic blocks, which a plan leaves out, are read from them.
    #[arg(long, value_name = "DIR")]
    pub(crate) tf_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct PluginArgs {
    /// A plugin besides the built-in ones: a WebAssembly component, or a core module built for
    /// wasm32-unknown-unknown. Repeatable.
    #[arg(long = "plugin", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
    Sarif,
    Junit,
    Github,
    Gitlab,
    Markdown,
}

/// A report, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) format: Format,
    /// None for standard output.
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

fn output(text: &str) -> Result<Output, String> {
    let (format, file) = text.split_once('=').map_or((text, None), |(format, file)| (format, Some(file)));
    if file.is_some_and(str::is_empty) {
        return Err("after `=` comes a file".to_owned());
    }
    let format = Format::from_str(format, false).map_err(|_| {
        let names = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        format!("one of {}", names.map(|it| it.get_name().to_owned()).collect::<Vec<_>>().join(", "))
    })?;
    Ok(Output { format, file: file.map(PathBuf::from) })
}

/// A value by its word in settings and reports; the message lists all words.
fn word<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(text.into()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
