//! archlint's built-in database rules: DBS, MIG.

mod database_host;

archlint_sdk::plugin!(
    aurora_no_cross_az_failover_target,
    backup_retention,
    db_publicly_reachable,
    dr_replica_not_multi_az,
    ec2_database_single_point,
    ec2_database_without_instance_role,
    no_cross_region_recovery_copy,
    rds_single_az
);
