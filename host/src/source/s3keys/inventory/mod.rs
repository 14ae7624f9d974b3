//! Reports of S3 Inventory, by their manifest or without.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html>

pub(super) mod guess;
pub(super) mod manifest;
pub(super) mod parquet;
