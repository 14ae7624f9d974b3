//! archlint: a linter of AWS architecture.
//!
//! ```text
//! source  ->  snapshot  ->  facts  ->  rules (wasm)  ->  report
//! ```

pub mod facts;
pub mod source;
