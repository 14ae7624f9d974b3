//! archlint's built-in database rules: DBS, MIG.

archlint_sdk::plugin!(rds_single_az);
