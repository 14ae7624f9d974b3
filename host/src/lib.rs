//! archlint: a linter of AWS architecture.
//!
//! ```text
//! source  ->  snapshot  ->  facts  ->  rules (wasm)  ->  report
//! ```

#[cfg(feature = "engine")]
pub mod engine;
pub mod facts;
pub mod source;
