//! archlint: a linter of AWS architecture.
//!
//! ```text
//! source  ->  snapshot  ->  facts  ->  rules (wasm)  ->  report
//! ```

pub mod definition;
#[cfg(feature = "engine")]
pub mod engine;
pub mod facts;
pub mod report;
pub mod source;
pub mod verdict;
