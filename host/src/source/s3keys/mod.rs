//! Keys of S3 objects, from wherever they are written down: listings, reports of S3 Inventory, access logs, tables,
//! lists.

mod access_log;
mod buckets;
mod conclude;
mod csv;
mod decode;
mod detect;
mod error;
mod input;
mod inventory;
mod lines;
mod list;
mod listing;
#[cfg(feature = "aws")]
pub mod live;
mod open;
mod plan;
mod read;
mod sink;
mod table;
#[cfg(test)]
mod tests;
mod time;
mod trail;
mod uri;

pub use buckets::Buckets;
pub use error::{Fault, KeysError};
pub use input::{Format, KeyInput, Reading};
pub use read::read;
pub use sink::{Gather, Progress, Sink, Skip};
