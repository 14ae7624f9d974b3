//! From Terraform's resources to the snapshot's: one function per kind, the defaults of AWS and of the
//! provider filled in.

mod backup;
mod buckets;
mod cache;
mod compute;
mod containers;
mod database;
mod filtering;
mod fold;
mod load_balancing;
mod network;
mod rules;
mod storage;
mod streaming;
mod transit;

use std::collections::BTreeSet;

use archlint_schema::{Key, Reason, Resources, Unknown, Untyped};

use super::address::Address;
use super::declared::Declared;
use crate::source::born;
use crate::source::built::{Built, Folded, Whole};
use crate::source::properties::{Declaration, Properties};
use crate::source::security_groups;

pub(crate) use fold::{BLOCKS, FOLDED, leave_open};

/// Types that the snapshot has a kind for, with the kind's canonical name.
const TYPED: &[(&str, &str)] = &[
    ("aws_vpc", "AWS::EC2::VPC"),
    ("aws_default_vpc", "AWS::EC2::VPC"),
    ("aws_internet_gateway", "AWS::EC2::InternetGateway"),
    ("aws_egress_only_internet_gateway", "AWS::EC2::EgressOnlyInternetGateway"),
    ("aws_ec2_carrier_gateway", "AWS::EC2::CarrierGateway"),
    ("aws_subnet", "AWS::EC2::Subnet"),
    ("aws_default_subnet", "AWS::EC2::Subnet"),
    ("aws_route_table", "AWS::EC2::RouteTable"),
    ("aws_default_route_table", "AWS::EC2::RouteTable"),
    ("aws_ec2_managed_prefix_list", "AWS::EC2::PrefixList"),
    ("aws_nat_gateway", "AWS::EC2::NatGateway"),
    ("aws_eip", "AWS::EC2::EIP"),
    ("aws_network_interface", "AWS::EC2::NetworkInterface"),
    ("aws_security_group", "AWS::EC2::SecurityGroup"),
    ("aws_default_security_group", "AWS::EC2::SecurityGroup"),
    ("aws_vpc_endpoint", "AWS::EC2::VPCEndpoint"),
    ("aws_networkfirewall_firewall", "AWS::NetworkFirewall::Firewall"),
    ("aws_vpc_block_public_access_options", "AWS::EC2::VPCBlockPublicAccessOptions"),
    ("aws_vpc_block_public_access_exclusion", "AWS::EC2::VPCBlockPublicAccessExclusion"),
    ("aws_instance", "AWS::EC2::Instance"),
    ("aws_spot_instance_request", "AWS::EC2::Instance"),
    ("aws_launch_template", "AWS::EC2::LaunchTemplate"),
    ("aws_autoscaling_group", "AWS::AutoScaling::AutoScalingGroup"),
    ("aws_lb", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    ("aws_alb", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    ("aws_elb", "AWS::ElasticLoadBalancing::LoadBalancer"),
    ("aws_lb_target_group", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    ("aws_alb_target_group", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    ("aws_lb_listener", "AWS::ElasticLoadBalancingV2::Listener"),
    ("aws_alb_listener", "AWS::ElasticLoadBalancingV2::Listener"),
    ("aws_lb_listener_rule", "AWS::ElasticLoadBalancingV2::ListenerRule"),
    ("aws_alb_listener_rule", "AWS::ElasticLoadBalancingV2::ListenerRule"),
    ("aws_db_instance", "AWS::RDS::DBInstance"),
    ("aws_rds_cluster_instance", "AWS::RDS::DBInstance"),
    ("aws_rds_cluster", "AWS::RDS::DBCluster"),
    ("aws_db_subnet_group", "AWS::RDS::DBSubnetGroup"),
    ("aws_docdb_cluster", "AWS::RDS::DBCluster"),
    ("aws_docdb_cluster_instance", "AWS::RDS::DBInstance"),
    ("aws_docdb_subnet_group", "AWS::RDS::DBSubnetGroup"),
    ("aws_neptune_cluster", "AWS::RDS::DBCluster"),
    ("aws_neptune_cluster_instance", "AWS::RDS::DBInstance"),
    ("aws_neptune_subnet_group", "AWS::RDS::DBSubnetGroup"),
    ("aws_rds_global_cluster", "AWS::RDS::GlobalCluster"),
    ("aws_db_proxy", "AWS::RDS::DBProxy"),
    ("aws_redshift_cluster", "AWS::Redshift::Cluster"),
    ("aws_redshift_subnet_group", "AWS::Redshift::ClusterSubnetGroup"),
    ("aws_dms_replication_instance", "AWS::DMS::ReplicationInstance"),
    ("aws_dms_replication_subnet_group", "AWS::DMS::ReplicationSubnetGroup"),
    ("aws_network_acl", "AWS::EC2::NetworkAcl"),
    ("aws_default_network_acl", "AWS::EC2::NetworkAcl"),
    ("aws_ec2_instance_connect_endpoint", "AWS::EC2::InstanceConnectEndpoint"),
    ("aws_vpc_peering_connection", "AWS::EC2::VPCPeeringConnection"),
    ("aws_ec2_transit_gateway_vpc_attachment", "AWS::EC2::TransitGatewayAttachment"),
    ("aws_vpn_gateway", "AWS::EC2::VPNGateway"),
    ("aws_launch_configuration", "AWS::AutoScaling::LaunchConfiguration"),
    ("aws_placement_group", "AWS::EC2::PlacementGroup"),
    ("aws_iam_instance_profile", "AWS::IAM::InstanceProfile"),
    ("aws_ebs_volume", "AWS::EC2::Volume"),
    ("aws_lambda_function", "AWS::Lambda::Function"),
    ("aws_ecs_service", "AWS::ECS::Service"),
    ("aws_ecs_task_definition", "AWS::ECS::TaskDefinition"),
    ("aws_eks_node_group", "AWS::EKS::Nodegroup"),
    ("aws_elasticache_replication_group", "AWS::ElastiCache::ReplicationGroup"),
    ("aws_elasticache_cluster", "AWS::ElastiCache::CacheCluster"),
    ("aws_elasticache_serverless_cache", "AWS::ElastiCache::ServerlessCache"),
    ("aws_elasticache_subnet_group", "AWS::ElastiCache::SubnetGroup"),
    ("aws_memorydb_cluster", "AWS::MemoryDB::Cluster"),
    ("aws_memorydb_subnet_group", "AWS::MemoryDB::SubnetGroup"),
    ("aws_efs_file_system", "AWS::EFS::FileSystem"),
    ("aws_fsx_windows_file_system", "AWS::FSx::FileSystem"),
    ("aws_fsx_lustre_file_system", "AWS::FSx::FileSystem"),
    ("aws_fsx_ontap_file_system", "AWS::FSx::FileSystem"),
    ("aws_fsx_openzfs_file_system", "AWS::FSx::FileSystem"),
    ("aws_opensearch_domain", "AWS::OpenSearchService::Domain"),
    ("aws_elasticsearch_domain", "AWS::OpenSearchService::Domain"),
    ("aws_mq_broker", "AWS::AmazonMQ::Broker"),
    ("aws_msk_cluster", "AWS::MSK::Cluster"),
    ("aws_s3_directory_bucket", "AWS::S3Express::DirectoryBucket"),
    ("aws_s3_bucket", "AWS::S3::Bucket"),
    ("aws_cloudfront_distribution", "AWS::CloudFront::Distribution"),
    ("aws_glue_catalog_table", "AWS::Glue::Table"),
    ("aws_backup_plan", "AWS::Backup::BackupPlan"),
    ("aws_backup_selection", "AWS::Backup::BackupSelection"),
    ("aws_dlm_lifecycle_policy", "AWS::DLM::LifecyclePolicy"),
    ("aws_kinesis_stream", "AWS::Kinesis::Stream"),
    ("aws_kinesis_stream_consumer", "AWS::Kinesis::StreamConsumer"),
    ("aws_lambda_event_source_mapping", "AWS::Lambda::EventSourceMapping"),
    ("aws_kinesis_firehose_delivery_stream", "AWS::KinesisFirehose::DeliveryStream"),
    ("aws_cloudwatch_metric_alarm", "AWS::CloudWatch::Alarm"),
    ("aws_pipes_pipe", "AWS::Pipes::Pipe"),
    ("aws_iot_topic_rule", "AWS::IoT::TopicRule"),
];

/// The snapshot's kind of a type; a type that it has no kind for keeps its own name, and its attributes
/// theirs.
pub(crate) fn kind(terraform: &str) -> &str {
    TYPED.iter().find(|it| it.0 == terraform).map_or(terraform, |it| it.1)
}

/// Whether the snapshot has a kind for a type, or a place for it within one.
pub(crate) fn is_read(terraform: &str) -> bool {
    TYPED.iter().any(|it| it.0 == terraform) || FOLDED.contains(&terraform)
}

/// What resources of a plan have adopted of what VPCs are born with.
pub(crate) fn adopted(all: &Resources) -> BTreeSet<Key> {
    let adopts = |key: &Key, kind: &str| kind_of(key) == kind;
    let tables = all.route_tables.iter().filter(|it| adopts(&it.meta.key, "aws_default_route_table"));
    let tables = tables.filter_map(|it| it.vpc.known()).map(born::main_route_table);
    let groups = all.security_groups.iter().filter(|it| adopts(&it.meta.key, "aws_default_security_group"));
    let groups = groups.filter_map(|it| it.vpc.known()?.as_ref()).map(born::default_security_group);
    let acls = all.network_acls.iter().filter(|it| it.is_default.is_true());
    let acls = acls.filter_map(|it| it.vpc.known()).map(born::default_network_acl);
    tables.chain(groups).chain(acls).collect()
}

/// The type of the resource at an address; nothing for a key that is none.
fn kind_of(key: &Key) -> String {
    Address::parse(key.as_str()).map(|it| it.kind).unwrap_or_default()
}

/// Adds an instance as a resource of its own.
pub(crate) fn build(declared: &Declared<'_, '_>, terraform: &str, built: &mut Built) {
    let mut properties = Properties::new(declared, &mut built.externals);
    let it = &mut properties;
    let all = &mut built.resources;
    if !add(terraform, it, all) {
        all.untyped.entry(terraform.to_owned()).or_default().push(Untyped { meta: it.meta(None) });
    }
    let origin = properties.origin();
    built.add_origin(declared.key(), origin);
}

/// Adds a resource of a type that the snapshot has a kind for; whether it is one.
fn add(terraform: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    network::build(terraform, it, all)
        || filtering::build(terraform, it, all)
        || transit::build(terraform, it, all)
        || compute::build(terraform, it, all)
        || containers::build(terraform, it, all)
        || load_balancing::build(terraform, it, all)
        || database::build(terraform, it, all)
        || cache::build(terraform, it, all)
        || storage::build(terraform, it, all)
        || buckets::build(terraform, it, all)
        || backup::build(terraform, it, all)
        || streaming::build(terraform, it, all)
}

/// Adds an instance to the resource that it is part of; the key of that one.
pub(crate) fn fold(declared: &Declared<'_, '_>, terraform: &str, built: &mut Built) -> Folded {
    let mut properties = Properties::new(declared, &mut built.externals);
    let folded = fold::fold(terraform, &mut properties, &mut built.resources);
    let origin = properties.origin();
    match &folded {
        // A part whose whole is elsewhere stands for it.
        Some((key, _)) if *key == declared.key() => {
            security_groups::leave_open(key, &mut built.scope);
            built.add_origin(key.clone(), origin.clone());
        }
        _ => built.name_part(&folded, &declared.key()),
    }
    if !built.note_part(&folded, origin) {
        open_ends(declared, terraform, built);
        let meta = Properties::new(declared, &mut built.externals).meta(None);
        built.add_untyped(terraform, meta);
    }
    folded
}

/// Leaves open what a block may make of which the plan does not tell every instance.
pub(crate) fn leave_out(declared: &Declared<'_, '_>, terraform: &str, built: &mut Built, why: &Unknown) {
    if !FOLDED.contains(&terraform) {
        built.scope.open(kind(terraform), why);
        return;
    }
    // An association of an address that is not told is no address.
    if terraform != "aws_eip_association" {
        let mut properties = Properties::new(declared, &mut built.externals);
        fold::fold(terraform, &mut properties, &mut built.resources);
    }
    open_ends(declared, terraform, built);
}

/// Leaves open what a part may belong to that could not be put where it belongs: if nobody knows what its whole is, all
/// that may be it, and in any case its other end, which does not see what it is joined to.
fn open_ends(declared: &Declared<'_, '_>, terraform: &str, built: &mut Built) {
    let Some((property, parts)) = fold::whole(terraform) else { return };
    let whole = Properties::new(declared, &mut built.externals).whole(property);
    let why = Unknown::new(Reason::NotCollected, format!("what {} belongs to", declared.key()));
    let mentioned = declared.mentioned();
    for part in parts {
        if let Whole::One(edge) = &whole
            && let Err(why) = edge.decided()
        {
            built.scope.open(part, &why);
        }
        built.scope.open_within(part, &mentioned, &why);
    }
}
