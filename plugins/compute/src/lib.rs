//! archlint's built-in compute rules: ASG, CTR, SVL.

archlint_sdk::plugin!(
    asg_cannot_survive_az_loss,
    asg_single_az,
);
