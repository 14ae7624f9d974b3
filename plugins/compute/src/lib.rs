//! archlint's built-in compute rules: ASG, CTR, SVL.

archlint_sdk::plugin!(asg_single_az);
