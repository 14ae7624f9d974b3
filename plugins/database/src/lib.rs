//! archlint's built-in database rules: DBS, MIG.

archlint_sdk::plugin!(aurora_no_cross_az_failover_target, db_publicly_reachable, rds_single_az);
