//! The kinds of resource, one struct each, in AWS's own words; AWS's defaults are filled in by the source.
//!
//! Names of the same thing in the four dialects: CloudFormation, Terraform, AWS Config, describe calls.

mod backup;
mod buckets;
mod cache;
mod compute;
mod containers;
mod database;
mod filtering;
mod load_balancing;
mod network;
mod storage;
mod streaming;
mod transit;

pub use backup::*;
pub use buckets::*;
pub use cache::*;
pub use compute::*;
pub use containers::*;
pub use database::*;
pub use filtering::*;
pub use load_balancing::*;
pub use network::*;
pub use storage::*;
pub use streaming::*;
pub use transit::*;
