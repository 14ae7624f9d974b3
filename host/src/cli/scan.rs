//! What `archlint scan` is told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{GateArgs, PluginArgs, ReportArgs, SelectionArgs};

#[derive(Debug, Args)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) access: AccessArgs,
    /// What to read instead of the account: files that AWS Config delivered to S3 (.json, .json.gz), folders of them,
    /// or `-` for standard input. Repeatable.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["profile", "assume_role", "aggregator", "collector", "save", "resume", "dry_run", "keys_per_bucket"])]
    pub(crate) config_snapshot: Vec<PathBuf>,
    /// How to collect: `config` asks AWS Config, `direct` makes the describe calls of each service, `auto` asks AWS
    /// Config for what its recorder records and makes direct calls for the rest.
    #[arg(long, value_enum, default_value_t = Collector::Auto, value_name = "COLLECTOR")]
    pub(crate) collector: Collector,
    /// Ask this aggregator of AWS Config, for every account and region that it aggregates.
    #[arg(long, value_name = "NAME")]
    pub(crate) aggregator: Option<String>,
    /// Kinds to collect, by their CloudFormation types, instead of all that the enabled rules need. Repeatable, or
    /// with commas.
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    pub(crate) kinds: Vec<String>,
    /// How many keys of each bucket are listed to tell what they are like, 0 for none; without it, 16,000 of each,
    /// unless there are so many buckets that it would take more than 50,000 requests (0.25 USD).
    #[arg(long, value_name = "N")]
    pub(crate) keys_per_bucket: Option<u64>,
    /// Write down what is collected, as it is; `check` reads it back.
    #[arg(long, value_name = "FILE")]
    pub(crate) save: Option<PathBuf>,
    /// Go on with the scan that --save began and that was interrupted.
    #[arg(long, requires = "save")]
    pub(crate) resume: bool,
    /// With --resume, what to ask again: `passing` what was throttled or timed out, `all` whatever failed.
    #[arg(long, requires = "resume", value_enum, default_value_t = RetryFailed::Passing, value_name = "WHAT")]
    pub(crate) retry_failed: RetryFailed,
    /// Print the IAM policy that the scan needs, and no more than it needs, and stop.
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) print_policy: bool,
    /// Print the calls that the scan would make, and stop.
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) plugins: PluginArgs,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
    #[command(flatten)]
    pub(crate) gate: GateArgs,
}

/// What a scan that goes on asks again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RetryFailed {
    Passing,
    All,
    None,
}

/// As whom, and where.
#[derive(Debug, Args)]
pub(crate) struct AccessArgs {
    /// The profile of the AWS configuration to take credentials from.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,
    /// A role to assume: the scan is of its account. Repeatable, for several accounts.
    #[arg(long, value_name = "ARN")]
    pub(crate) assume_role: Vec<String>,
    /// A region to scan; without it, the one of the profile or of the environment. Repeatable.
    #[arg(long, value_name = "REGION", conflicts_with = "all_regions")]
    pub(crate) region: Vec<String>,
    /// Scan every region that is enabled in the account.
    #[arg(long)]
    pub(crate) all_regions: bool,
    /// Where the services are, for tests and private endpoints.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Collector {
    Auto,
    Config,
    Direct,
}
