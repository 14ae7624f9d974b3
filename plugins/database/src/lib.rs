//! archlint's built-in database rules: DBS, MIG.

archlint_sdk::plugin!(aurora_no_cross_az_failover_target, rds_single_az);
