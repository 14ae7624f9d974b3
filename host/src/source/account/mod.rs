//! A live account: what AWS Config recorded and what direct calls answer, normalized into one architecture.

mod arn;
mod assemble;
#[cfg(feature = "aws")]
mod collect;
mod coverage;
mod declared;
mod describe;
mod envelope;
mod files;
mod firewall;
mod groups;
mod index;
mod item;
mod journal;
mod kinds;
mod names;
mod places;
mod raw;
mod registered;
mod targets;

#[cfg(feature = "aws")]
pub use collect::{Collector, Retry, ScanError, ScanOptions, Watch, scan_calls, scan_policy};
pub(crate) use files::{is_one, read};

/// Scans an account and makes architectures of it: one per region, or per regions that something joins. Also tells which
/// accounts and regions could not be seen at all; it fails where that is all of them.
#[cfg(feature = "aws")]
pub fn scan(
    options: &ScanOptions,
    source: &super::SourceOptions,
    watch: &dyn Watch,
) -> Result<(super::Sources, Vec<ScanError>), ScanError> {
    let collect::Collected { parts, unseen } = collect::collect(options, watch)?;
    let (items, coverage) = coverage::Coverage::gathered(parts);
    let mut sources = super::Sources::default();
    assemble::assemble(items, &coverage, source, &mut sources);
    Ok((sources.completed(source), unseen))
}
