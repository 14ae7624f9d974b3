//! archlint's built-in streaming rules: STR.

archlint_sdk::plugin!(
    consumer_parallelism_bottleneck,
    hot_shard,
    shared_read_throughput_contention,
    stream_capacity_shortfall,
    stream_consumer_poison_record,
    stream_retention_too_short
);
