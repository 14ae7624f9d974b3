//! Which attribute names what: an id may only be that of a resource of a fitting type.

/// Types that an attribute may name a resource of.
pub(crate) type Kinds = &'static [&'static str];

/// What an attribute names.
pub(crate) struct Target {
    pub(crate) kinds: Kinds,
    /// Whether it names several.
    pub(crate) is_list: bool,
}

pub(super) const VPC: Kinds = &["aws_vpc", "aws_default_vpc"];
const SUBNET: Kinds = &["aws_subnet", "aws_default_subnet"];
const SECURITY_GROUP: Kinds = &["aws_security_group", "aws_default_security_group"];
pub(crate) const ROUTE_TABLE: Kinds = &["aws_route_table", "aws_default_route_table"];
const INSTANCE: Kinds = &["aws_instance", "aws_spot_instance_request"];
const INTERFACE: Kinds = &["aws_network_interface"];
const LOAD_BALANCER: Kinds = &["aws_lb", "aws_alb"];
const CLASSIC: Kinds = &["aws_elb"];
const TARGET_GROUP: Kinds = &["aws_lb_target_group", "aws_alb_target_group"];
const LAUNCH_TEMPLATE: Kinds = &["aws_launch_template"];
const INSTANCE_PROFILE: Kinds = &["aws_iam_instance_profile"];
/// What a selection of AWS Backup may name.
const BACKED_UP: Kinds = &[
    "aws_db_instance",
    "aws_rds_cluster",
    "aws_docdb_cluster",
    "aws_neptune_cluster",
    "aws_redshift_cluster",
    "aws_instance",
    "aws_ebs_volume",
    "aws_efs_file_system",
    "aws_fsx_windows_file_system",
    "aws_fsx_lustre_file_system",
    "aws_fsx_ontap_file_system",
    "aws_fsx_openzfs_file_system",
];
const PREFIX_LIST: Kinds = &["aws_ec2_managed_prefix_list"];
const STREAM: Kinds = &["aws_kinesis_stream"];
const BUCKET: Kinds = &["aws_s3_bucket"];
const FUNCTION: Kinds = &["aws_lambda_function"];
const EVENT_SOURCE: Kinds =
    &["aws_kinesis_stream", "aws_kinesis_stream_consumer", "aws_dynamodb_table", "aws_sqs_queue"];

/// The attributes that name one resource; `a.b` is `b` within the block `a`.
const ONE: &[(&str, Kinds)] = &[
    ("vpc_id", VPC),
    ("default_route_table_id", VPC),
    ("subnet_id", SUBNET),
    ("security_group_id", SECURITY_GROUP),
    ("source_security_group_id", SECURITY_GROUP),
    ("referenced_security_group_id", SECURITY_GROUP),
    ("route_table_id", ROUTE_TABLE),
    ("gateway_id", &["aws_internet_gateway", "aws_vpn_gateway", "aws_vpc_endpoint"]),
    ("internet_gateway_id", &["aws_internet_gateway"]),
    ("nat_gateway_id", &["aws_nat_gateway"]),
    ("egress_only_gateway_id", &["aws_egress_only_internet_gateway"]),
    ("carrier_gateway_id", &["aws_ec2_carrier_gateway"]),
    ("transit_gateway_id", &["aws_ec2_transit_gateway"]),
    ("vpc_peering_connection_id", &["aws_vpc_peering_connection", "aws_vpc_peering_connection_accepter"]),
    ("vpc_endpoint_id", &["aws_vpc_endpoint", FIREWALL]),
    ("core_network_arn", &["aws_networkmanager_core_network"]),
    ("destination_prefix_list_id", PREFIX_LIST),
    ("prefix_list_id", PREFIX_LIST),
    ("network_interface_id", INTERFACE),
    ("network_interface", INTERFACE),
    ("instance", INSTANCE),
    ("instance_id", INSTANCE),
    ("allocation_id", &["aws_eip"]),
    ("target_id", &["aws_instance", "aws_spot_instance_request", "aws_lambda_function", "aws_lb", "aws_alb"]),
    ("load_balancer_arn", LOAD_BALANCER),
    ("listener_arn", &["aws_lb_listener", "aws_alb_listener"]),
    ("target_group_arn", TARGET_GROUP),
    ("target_group.arn", TARGET_GROUP),
    ("lb_target_group_arn", TARGET_GROUP),
    ("alb_target_group_arn", TARGET_GROUP),
    ("traffic_source.identifier", &["aws_lb_target_group", "aws_alb_target_group", "aws_elb"]),
    ("elb", CLASSIC),
    ("autoscaling_group_name", &["aws_autoscaling_group"]),
    ("launch_template.id", LAUNCH_TEMPLATE),
    ("launch_template.name", LAUNCH_TEMPLATE),
    ("launch_template_id", LAUNCH_TEMPLATE),
    ("launch_template_name", LAUNCH_TEMPLATE),
    ("db_subnet_group_name", &["aws_db_subnet_group", "aws_docdb_subnet_group"]),
    ("neptune_subnet_group_name", &["aws_neptune_subnet_group"]),
    ("cluster_identifier", &["aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster"]),
    ("replicate_source_db", &["aws_db_instance", "aws_rds_cluster"]),
    ("replication_source_identifier", &["aws_db_instance", "aws_rds_cluster"]),
    ("global_cluster_identifier", &["aws_rds_global_cluster"]),
    ("source_db_cluster_identifier", &["aws_rds_cluster"]),
    ("cluster_subnet_group_name", &["aws_redshift_subnet_group"]),
    ("replication_subnet_group_id", &["aws_dms_replication_subnet_group"]),
    ("subnet_group_name", &["aws_elasticache_subnet_group", "aws_memorydb_subnet_group"]),
    ("replication_group_id", &["aws_elasticache_replication_group"]),
    ("network_acl_id", &["aws_network_acl", "aws_default_network_acl"]),
    ("default_network_acl_id", VPC),
    ("peer_vpc_id", VPC),
    ("vpn_gateway_id", &["aws_vpn_gateway"]),
    ("volume_id", &["aws_ebs_volume"]),
    ("file_system_id", &["aws_efs_file_system"]),
    ("plan_id", &["aws_backup_plan"]),
    ("task_definition", &["aws_ecs_task_definition"]),
    ("elb_name", CLASSIC),
    ("launch_configuration", &["aws_launch_configuration"]),
    ("placement_group", &["aws_placement_group"]),
    ("placement.group_name", &["aws_placement_group"]),
    ("placement.group_id", &["aws_placement_group"]),
    ("iam_instance_profile", INSTANCE_PROFILE),
    ("iam_instance_profile.arn", INSTANCE_PROFILE),
    ("iam_instance_profile.name", INSTANCE_PROFILE),
    ("role", &["aws_iam_role"]),
    ("event_source_arn", EVENT_SOURCE),
    ("function_name", FUNCTION),
    ("stream_arn", STREAM),
    ("kinesis.stream_name", STREAM),
    // Of pipes.
    ("source", EVENT_SOURCE),
    ("target", EVENT_SOURCE),
    ("kinesis_stream_arn", STREAM),
    ("bucket_arn", BUCKET),
    ("bucket", &["aws_s3_bucket", "aws_s3_directory_bucket"]),
    ("origin.domain_name", BUCKET),
    ("storage_descriptor.location", BUCKET),
    ("dimensions.StreamName", STREAM),
    ("dimensions.FunctionName", FUNCTION),
];

const MANY: &[(&str, Kinds)] = &[
    ("subnets", SUBNET),
    ("subnet_ids", SUBNET),
    ("vpc_zone_identifier", SUBNET),
    ("security_groups", SECURITY_GROUP),
    ("security_group_ids", SECURITY_GROUP),
    ("vpc_security_group_ids", SECURITY_GROUP),
    ("route_table_ids", ROUTE_TABLE),
    ("prefix_list_ids", PREFIX_LIST),
    ("instances", INSTANCE),
    ("load_balancers", CLASSIC),
    ("target_group_arns", TARGET_GROUP),
    ("vpc_subnet_ids", SUBNET),
    ("client_subnets", SUBNET),
    ("propagating_vgws", &["aws_vpn_gateway"]),
    ("resources", BACKED_UP),
    ("not_resources", BACKED_UP),
];

pub(crate) const FIREWALL: &str = "aws_networkfirewall_firewall";

/// What the attribute at a path (`default_action/0/target_group_arn`) names, if it names anything.
pub(crate) fn target(path: &str) -> Option<Target> {
    let mut names = path.rsplit('/').filter(|it| it.parse::<usize>().is_err());
    let last = names.next()?;
    let qualified = names.next().map(|block| format!("{block}.{last}"));
    let find = |table: &'static [(&str, Kinds)]| {
        let by = |name: &str| table.iter().find(|it| it.0 == name).map(|it| it.1);
        qualified.as_deref().and_then(by).or_else(|| by(last))
    };
    let one = find(ONE).map(|kinds| Target { kinds, is_list: false });
    one.or_else(|| find(MANY).map(|kinds| Target { kinds, is_list: true }))
}

/// Whether some attribute may name a resource of a type.
pub(crate) fn is_named(kind: &str) -> bool {
    ONE.iter().chain(MANY).any(|it| it.1.contains(&kind))
}

/// Whether an attribute of a resource stands for the resource itself; without a name, the whole of it is meant.
pub(crate) fn is_identity(attribute: &str) -> bool {
    const IDENTITY: [&str; 13] = [
        "",
        "id",
        "arn",
        "name",
        "identifier",
        "cluster_identifier",
        "allocation_id",
        "spot_instance_id",
        "stream_arn",
        "bucket",
        "bucket_domain_name",
        "bucket_regional_domain_name",
        "website_endpoint",
    ];
    IDENTITY.contains(&attribute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_known_by_its_name_or_by_its_block_too() {
        assert!(target("subnets").is_some_and(|it| it.is_list && it.kinds == SUBNET));
        assert!(target("subnets/3").is_some_and(|it| it.is_list));
        assert!(target("subnet_mapping/0/subnet_id").is_some_and(|it| !it.is_list));
        assert!(target("launch_template/0/name").is_some());
        assert!(target("name").is_none());
        assert!(
            target("default_action/0/forward/0/target_group/1/arn")
                .is_some_and(|it| it.kinds == TARGET_GROUP)
        );
        assert!(target("arn").is_none());
    }
}
