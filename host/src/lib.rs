//! archlint: a linter of AWS architecture.
//!
//! ```text
//! source  ->  snapshot  ->  facts  ->  rules (wasm)  ->  report
//! ```

pub mod definition;
#[cfg(feature = "engine")]
pub mod engine;
pub mod examples;
pub mod facts;
pub mod fault;
pub mod key_population;
#[cfg(feature = "engine")]
pub mod lint;
mod parallel;
pub mod report;
#[cfg(feature = "engine")]
pub mod rules;
pub mod settings;
pub mod source;
pub mod verdict;
