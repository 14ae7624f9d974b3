//! What can be wrong with an input of keys. What was good in it counts.

use std::fmt;
use std::io;
use std::path::Path;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub enum KeysError {
    #[error("cannot read `{file}`")]
    #[diagnostic(code(archlint::keys::read), help("check that the path exists and is readable"))]
    Read { file: String, source: io::Error },

    #[error("`{file}` is damaged, or ends too early; {records} records before that count")]
    #[diagnostic(code(archlint::keys::damaged), help("was it copied whole? {source}"))]
    Damaged { file: String, records: u64, source: io::Error },

    #[error("`{file}` is empty")]
    #[diagnostic(
        code(archlint::keys::empty),
        help("an input has one key, row, or request per line, or is a report of S3 Inventory")
    )]
    Empty { file: String },

    #[error("`{input}` has no key")]
    #[diagnostic(
        code(archlint::keys::none),
        help("of access logs only requests for objects count; of listings, `Contents` and `Versions`")
    )]
    NoKeys { input: String },

    #[error("`{file}` is nothing that archlint reads keys from: {reason}")]
    #[diagnostic(
        code(archlint::keys::unknown),
        help(
            "archlint reads the manifest.json of S3 Inventory and its CSV and Parquet files, server access logs, \
             replies of list-objects-v2, tables with a column of keys, and lists with one key or URL on each line; \
             all of them with gzip or without"
        )
    )]
    Unknown { file: String, reason: &'static str },

    #[error("`{file}` is an ORC file, which archlint does not read")]
    #[diagnostic(
        code(archlint::keys::orc),
        help(
            "choose CSV or Apache Parquet as the output format of the inventory; the next report comes in it"
        )
    )]
    Orc { file: String },

    #[error("{count} {unit}{} of `{file}` {fault}", plural(*.count))]
    #[diagnostic(code(archlint::keys::lines), help("{}", .fault.help()))]
    Lines {
        file: String,
        count: u64,
        fault: Fault,
        #[source_code]
        text: NamedSource<String>,
        #[label("the first, {unit} {line}")]
        at: SourceSpan,
        /// What is counted: lines, rows, items.
        unit: &'static str,
        line: u64,
    },

    #[error("cannot parse `{file}`: {message}; {records} records before that count")]
    #[diagnostic(
        code(archlint::keys::syntax),
        help("was it written whole? Save the reply again as it comes")
    )]
    Syntax { file: String, message: String, records: u64 },

    #[error("`{file}` cannot be read as Parquet: {message}")]
    #[diagnostic(
        code(archlint::keys::parquet),
        help("was it copied whole? The end of a Parquet file tells what is in it")
    )]
    Parquet { file: String, message: String },

    #[error("`{file}` has no column of keys, but {columns}")]
    #[diagnostic(
        code(archlint::keys::columns),
        help("a column of keys is called `key`; one with URLs of objects may have any name")
    )]
    NoKeyColumn { file: String, columns: String },

    #[error("`{file}` is a damaged manifest: {message}")]
    #[diagnostic(
        code(archlint::keys::manifest),
        help("copy it again from the destination bucket of the inventory")
    )]
    Manifest { file: String, message: String },

    #[error("`{manifest}` names `{key}`, which is not beside it")]
    #[diagnostic(
        code(archlint::keys::missing_data),
        help(
            "copy the `data` folder of the inventory, too, beside the dated folders of the manifests; if it is \
             elsewhere, name the folder that holds both"
        )
    )]
    MissingData { manifest: String, key: String },

    #[error("`{file}` has {found} bytes, where `{manifest}` says {expected}")]
    #[diagnostic(code(archlint::keys::size), help("it was read as far as it goes; copy it again"))]
    Size { file: String, manifest: String, found: u64, expected: u64 },

    #[error("cannot read `{url}`: {message}")]
    #[diagnostic(code(archlint::keys::remote), help("{help}"))]
    Remote { url: String, message: String, help: String },

    #[error("`{url}` is a whole bucket")]
    #[diagnostic(
        code(archlint::keys::whole_bucket),
        help(
            "name what the keys of its logs or inventories begin with, as `s3://logs/2026-11`; the keys of a bucket \
             itself are sampled by `archlint scan`"
        )
    )]
    WholeBucket { url: String },

    #[error("more than a million objects begin with `{url}`")]
    #[diagnostic(
        code(archlint::keys::too_many),
        help("name more of what they begin with: a month, or a day")
    )]
    TooMany { url: String },

    #[error("no files in `{folder}`")]
    #[diagnostic(
        code(archlint::keys::empty_folder),
        help("name a folder that has access logs, or a report of S3 Inventory")
    )]
    EmptyFolder { folder: String },
}

/// What is wrong with one line, row or item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    NotUtf8,
    TooLong,
    NoKey,
    Columns { expected: usize },
    NoObject,
    NotALogLine,
    NotAnItem,
    Time,
    Size,
    TooManyBuckets,
}

impl Fault {
    /// Whether there was a key all the same, which counts.
    pub fn keeps_the_key(self) -> bool {
        matches!(self, Self::Time | Self::Size)
    }

    fn help(self) -> &'static str {
        match self {
            Self::NotUtf8 => "keys of S3 are UTF-8; in which encoding was this written?",
            Self::TooLong => "a key has at most 1,024 bytes: is this a list of keys?",
            Self::NoKey => "S3 has no object without a key",
            Self::Columns { .. } => "was the file cut, or put together of several?",
            Self::NoObject => "the address of an object is `s3://bucket/key`",
            Self::NotALogLine => {
                "a line of an access log begins `owner bucket [06/Feb/2019:00:00:38 +0000] address requester id \
                 operation key`"
            }
            Self::NotAnItem => "an object of a listing has at least a `Key`",
            Self::Time => "the keys count; when they were written does not",
            Self::Size => "the keys count; their sizes do not",
            Self::TooManyBuckets => "archlint tells 1,000 buckets of one input apart; give it fewer at once",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 => f.write_str("not in UTF-8"),
            Self::TooLong => f.write_str("longer than a key can be"),
            Self::NoKey => f.write_str("without a key"),
            Self::Columns { expected } => write!(f, "without the {expected} columns that are due"),
            Self::NoObject => f.write_str("with an address of no object"),
            Self::NotALogLine => f.write_str("not of an access log"),
            Self::NotAnItem => f.write_str("not an object of a listing"),
            Self::Time => f.write_str("with a time that cannot be read"),
            Self::Size => f.write_str("with a size that cannot be read"),
            Self::TooManyBuckets => f.write_str("of one bucket too many"),
        }
    }
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl KeysError {
    pub(super) fn read(file: &Path, source: io::Error) -> Self {
        Self::Read { file: file.display().to_string(), source }
    }

    /// The file or folder that the error is about.
    pub fn file(&self) -> &str {
        match self {
            Self::Read { file, .. }
            | Self::Damaged { file, .. }
            | Self::Empty { file }
            | Self::Unknown { file, .. }
            | Self::Orc { file }
            | Self::Lines { file, .. }
            | Self::Syntax { file, .. }
            | Self::Parquet { file, .. }
            | Self::NoKeyColumn { file, .. }
            | Self::Manifest { file, .. }
            | Self::Size { file, .. } => file,
            Self::Remote { url, .. } | Self::WholeBucket { url } | Self::TooMany { url } => url,
            Self::NoKeys { input } => input,
            Self::MissingData { manifest, .. } => manifest,
            Self::EmptyFolder { folder } => folder,
        }
    }
}
