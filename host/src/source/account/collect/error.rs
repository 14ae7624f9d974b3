//! Why an account cannot be scanned at all. What cannot be seen of one is not an error, but a part that is missing.

use std::io;

use miette::Diagnostic;
use thiserror::Error;

use crate::source::redaction::DamagedJson;
use crate::source::session::SessionError;

#[derive(Debug, Error, Diagnostic)]
pub enum ScanError {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Session(#[from] SessionError),

    #[error("AWS does not say whose credentials these are: {reason}")]
    #[diagnostic(
        code(archlint::scan::identity),
        help(
            "sts:GetCallerIdentity needs no permission; is the network in the way, or the endpoint another's?"
        )
    )]
    Identity { reason: String },

    #[error("the regions of {account} cannot be listed: {reason}")]
    #[diagnostic(code(archlint::scan::regions), help("allow ec2:DescribeRegions, or name each --region"))]
    Regions { account: String, reason: String },

    #[error("nothing could be collected: {reason}")]
    #[diagnostic(
        code(archlint::scan::nothing),
        help("`archlint scan --print-policy` prints the permissions that a scan needs")
    )]
    Nothing { reason: String },

    #[error("nothing could be seen of {account} {region}: {reason}")]
    #[diagnostic(
        code(archlint::scan::silent),
        help(
            "does the region exist, and is it enabled? `archlint scan --print-policy` prints the permissions that a \
             scan needs"
        )
    )]
    Silent { account: String, region: String, reason: String },

    #[error("the credentials ended before the scan: {reason}")]
    #[diagnostic(
        code(archlint::scan::expired),
        help("with --save, `archlint scan --save FILE --resume` asks again for what was not answered")
    )]
    Expired { reason: String },

    #[error("`{file}` is there already")]
    #[diagnostic(
        code(archlint::scan::exists),
        help("go on with the scan in it by --resume, or save to another file")
    )]
    Exists { file: String },

    #[error("cannot save to `{file}`")]
    #[diagnostic(
        code(archlint::scan::save),
        help("check that the folder exists and that the disk is not full")
    )]
    Save { file: String, source: io::Error },

    #[error("`{file}` holds no scan that can be gone on with")]
    #[diagnostic(code(archlint::scan::damaged), help("save to another file"))]
    Damaged { file: String, source: DamagedJson },

    #[error("the scan in `{file}` was asked for otherwise")]
    #[diagnostic(
        code(archlint::scan::other),
        help("--resume takes the same rules, kinds, collector and aggregator; or save to another file")
    )]
    OtherScan { file: String },
}
