//! archlint's built-in network rules: NET, LBL, SGN, HYB, DNS.

archlint_sdk::plugin!(
    classic_load_balancer,
    cross_zone_off_imbalance,
    egress_az_dependency,
    enabled_az_without_targets,
    internal_lb_in_public_subnet,
    internet_facing_lb_in_private_subnet,
    lb_single_az,
    lb_subnet_capacity,
    nat_not_in_public_subnet,
    target_az_not_enabled,
    targets_single_az,
);
