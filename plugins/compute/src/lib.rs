//! archlint's built-in compute rules: ASG, CTR, SVL.

archlint_sdk::plugin!(
    asg_cannot_survive_az_loss,
    asg_elb_health_check,
    asg_lb_az_mismatch,
    asg_single_az,
    lb_backed_by_unmanaged_instances,
);
