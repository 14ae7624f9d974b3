//! A live account: what AWS Config recorded and what direct calls answer, normalized into one architecture.

#[cfg(feature = "aws")]
mod collect;
mod item;
mod kinds;
