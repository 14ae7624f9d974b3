//! A live account: what AWS Config recorded and what direct calls answer, normalized into one architecture.

#[cfg(feature = "aws")]
mod collect;
mod declared;
mod envelope;
mod index;
mod item;
mod kinds;
mod redaction;
mod targets;
