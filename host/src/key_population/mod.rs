//! Where in the order of a bucket's keys the load of one moment falls: told from a sample of the keys.
//!
//! S3 divides a bucket into ranges of keys and serves each at no less than 3,500 writes and 5,500 reads per second. So
//! names do no harm at any rate if those of one moment fall into many ranges; if they fall into one, which moves, then
//! that is all there is. rules.md, section 6, is what is implemented here.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html>

mod athena;
mod behind;
mod branches;
mod classification;
mod concentration;
mod date;
mod entropy;
mod identifier;
mod intake;
mod numbers;
mod randomness;
mod record;
mod requests;
mod sample;
mod shape;
mod share;
mod sketch;
mod slow_downs;
mod stem;
mod template;
mod thresholds;
mod token;

pub use athena::athena_sql;
pub use behind::Behind;
pub use classification::{BranchShare, Classification};
pub use concentration::{HeatMap, Window};
pub use date::Granularity;
pub use intake::Intake;
pub use randomness::{Alphabet, Hash};
pub use record::{KeyRecord, Operation};
pub use requests::Rates;
pub use sketch::{Counts, Population};
pub use slow_downs::SlowDowns;
pub use template::{KeyTemplate, TemplateError};
pub use thresholds::Thresholds;
pub use token::{After, Token};
