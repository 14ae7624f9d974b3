//! archlint's built-in storage rules: STO.

mod keys;

archlint_sdk::plugin!(
    s3_get_heavy_without_cdn,
    s3_hot_prefix_skew,
    s3_kms_request_ceiling,
    s3_needless_hash_prefix,
    s3_sequential_keys,
    s3_time_partition_cold_start
);
