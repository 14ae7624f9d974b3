//! The same sample, taken by Athena where the keys are too many to read.

use super::Intake;

/// A query over a table of S3 Inventory, and one that counts. The first gives the records that a
/// [`Population`](super::Population) would keep of all: those whose keys have the smallest hashes.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-athena-query.html>
pub fn athena_sql(table: &str, intake: &Intake) -> String {
    let Intake { sample_size, .. } = intake;
    format!(
        "\
-- A sample of the keys that an inventory lists, of any number of them. Save the result as sample.csv.
-- Add the partition of one report to both conditions: AND dt = '2026-11-22-01-00'
SELECT bucket, key, last_modified_date, size
FROM {table}
WHERE is_latest AND NOT is_delete_marker
ORDER BY xxhash64(to_utf8(key))
LIMIT {sample_size};

-- How many there are: archlint keys sample.csv --total COUNT
SELECT count(*)
FROM {table}
WHERE is_latest AND NOT is_delete_marker;
"
    )
}
