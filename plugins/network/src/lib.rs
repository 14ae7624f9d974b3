//! archlint's built-in network rules: NET, LBL, SGN, HYB, DNS.

archlint_sdk::plugin!(
    blackhole_route,
    classic_load_balancer,
    cross_zone_off_imbalance,
    egress_az_dependency,
    enabled_az_without_targets,
    internal_lb_in_public_subnet,
    internet_facing_lb_in_private_subnet,
    ipv6_igw_default_in_private_subnet,
    lb_single_az,
    lb_subnet_capacity,
    main_route_table_public,
    nat_instance_no_stable_public_ip,
    nat_instance_single_point,
    nat_instance_source_dest_check,
    nat_not_in_public_subnet,
    s3_traffic_through_nat,
    target_az_not_enabled,
    targets_single_az,
    vpc_workload_single_az,
    workload_in_public_subnet,
);
