//! archlint's built-in database rules: DBS, MIG.

archlint_sdk::plugin!(
    aurora_no_cross_az_failover_target,
    db_publicly_reachable,
    dr_replica_not_multi_az,
    rds_single_az
);
