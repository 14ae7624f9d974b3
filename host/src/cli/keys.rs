//! What `archlint keys` is told.

use std::path::PathBuf;

use archlint_schema::KeySampling;
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct KeysArgs {
    /// Reports of S3 Inventory (manifest.json, or data files in CSV or Parquet), server access logs, events of
    /// CloudTrail, replies of list-objects, exports of S3 Metadata, tables with a column of keys, lists of keys or
    /// URLs; or folders of them. `s3://BUCKET/KEY` reads such a file from S3, `s3://BUCKET/PREFIX` all that begin so.
    #[arg(value_name = "SOURCE", required_unless_present = "athena_sql")]
    pub(crate) sources: Vec<PathBuf>,
    /// PUT, COPY, POST and DELETE requests per second at peak, where no access log tells them.
    #[arg(long, value_name = "N")]
    pub(crate) write_rps: Option<f64>,
    /// GET and HEAD requests per second at peak, where no access log tells them.
    #[arg(long, value_name = "N")]
    pub(crate) read_rps: Option<f64>,
    /// How the keys were chosen, where the input does not show it.
    #[arg(long, value_enum, value_name = "HOW")]
    pub(crate) sampling: Option<KeysSampling>,
    /// How many keys there are, where the source has only a sample of them.
    #[arg(long, value_name = "COUNT")]
    pub(crate) total: Option<u64>,
    /// How many keys of each bucket are looked at.
    #[arg(long, value_name = "N", default_value_t = 65_536)]
    pub(crate) sample_size: usize,
    #[arg(long, value_enum, default_value_t = KeysFormat::Human)]
    pub(crate) format: KeysFormat,
    /// Where to write; standard output without it.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print the query by which Athena takes the same sample of an inventory's TABLE, for buckets whose inventory is
    /// too large to read here.
    #[arg(long, value_name = "TABLE", conflicts_with = "sources")]
    pub(crate) athena_sql: Option<String>,
    #[cfg(feature = "aws")]
    #[command(flatten)]
    pub(crate) access: KeysAccess,
}

/// Who reads what stands in S3.
#[cfg(feature = "aws")]
#[derive(Debug, Args)]
pub(crate) struct KeysAccess {
    /// The profile of the AWS configuration to take credentials from, for `s3://`.
    #[arg(long, value_name = "PROFILE", conflicts_with = "athena_sql")]
    pub(crate) profile: Option<String>,
    /// A role to assume before S3 is read, for `s3://`.
    #[arg(long, value_name = "ARN", conflicts_with = "athena_sql")]
    pub(crate) assume_role: Option<String>,
    /// Where S3 is, for tests and private endpoints.
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KeysFormat {
    Human,
    Json,
}

/// How keys were chosen.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum KeysSampling {
    /// Each object is as likely as another, or all are there.
    Uniform,
    /// Each request is as likely as another.
    Requests,
    /// The first of a listing.
    ListingHead,
}

impl From<KeysSampling> for KeySampling {
    fn from(it: KeysSampling) -> Self {
        match it {
            KeysSampling::Uniform => Self::Uniform,
            KeysSampling::Requests => Self::Requests,
            KeysSampling::ListingHead => Self::ListingHead,
        }
    }
}
