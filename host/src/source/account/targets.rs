//! Which field names what: an id or a name may only be that of a resource of a fitting kind.

use std::collections::HashMap;
use std::sync::LazyLock;

const VPC: &[&str] = &["AWS::EC2::VPC"];
const SUBNET: &[&str] = &["AWS::EC2::Subnet"];
const SECURITY_GROUP: &[&str] = &["AWS::EC2::SecurityGroup"];
const ROUTE_TABLE: &[&str] = &["AWS::EC2::RouteTable"];
const INSTANCE: &[&str] = &["AWS::EC2::Instance"];
const INTERFACE: &[&str] = &["AWS::EC2::NetworkInterface"];
const PREFIX_LIST: &[&str] = &["AWS::EC2::PrefixList"];
const GATEWAY: &[&str] = &[
    "AWS::EC2::InternetGateway",
    "AWS::EC2::VPNGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::EC2::CarrierGateway",
];
const LOAD_BALANCER: &[&str] = &["AWS::ElasticLoadBalancingV2::LoadBalancer"];
const CLASSIC: &[&str] = &["AWS::ElasticLoadBalancing::LoadBalancer"];
const TARGET_GROUP: &[&str] = &["AWS::ElasticLoadBalancingV2::TargetGroup"];
const TARGET: &[&str] =
    &["AWS::EC2::Instance", "AWS::Lambda::Function", "AWS::ElasticLoadBalancingV2::LoadBalancer"];
const LAUNCH_TEMPLATE: &[&str] = &["AWS::EC2::LaunchTemplate"];
const INSTANCE_PROFILE: &[&str] = &["AWS::IAM::InstanceProfile"];
const DB_CLUSTER: &[&str] = &["AWS::RDS::DBCluster"];
const DB: &[&str] = &["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"];
const STREAM: &[&str] = &["AWS::Kinesis::Stream"];
const FUNCTION: &[&str] = &["AWS::Lambda::Function"];
/// What a selection of AWS Backup may name.
const BACKED_UP: &[&str] = &[
    "AWS::EC2::Volume",
    "AWS::EC2::Instance",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBCluster",
    "AWS::Redshift::Cluster",
    "AWS::EFS::FileSystem",
    "AWS::FSx::FileSystem",
    "AWS::DynamoDB::Table",
    "AWS::S3::Bucket",
];

/// Fields by name, in lower case; `block.field` where the name alone says too little.
const TARGETS: &[(&str, &[&str])] = &[
    ("vpcid", VPC),
    ("peervpcid", VPC),
    ("subnetid", SUBNET),
    ("subnetids", SUBNET),
    ("subnets", SUBNET),
    ("subnetidentifier", SUBNET),
    ("subnets.identifier", SUBNET),
    ("vpczoneidentifier", SUBNET),
    ("vpcsubnetids", SUBNET),
    ("clientsubnets", SUBNET),
    ("groupid", SECURITY_GROUP),
    ("groups", SECURITY_GROUP),
    ("groupset", SECURITY_GROUP),
    ("securitygroupid", SECURITY_GROUP),
    ("securitygroupids", SECURITY_GROUP),
    ("securitygroups", SECURITY_GROUP),
    ("sourcesecuritygroupid", SECURITY_GROUP),
    ("destinationsecuritygroupid", SECURITY_GROUP),
    ("vpcsecuritygroupid", SECURITY_GROUP),
    ("vpcsecuritygroupids", SECURITY_GROUP),
    ("vpcsecuritygroups", SECURITY_GROUP),
    ("routetableid", ROUTE_TABLE),
    ("routetableids", ROUTE_TABLE),
    ("gatewayid", GATEWAY),
    ("vpngatewayid", &["AWS::EC2::VPNGateway"]),
    ("natgatewayid", &["AWS::EC2::NatGateway"]),
    ("egressonlyinternetgatewayid", &["AWS::EC2::EgressOnlyInternetGateway"]),
    ("carriergatewayid", &["AWS::EC2::CarrierGateway"]),
    ("transitgatewayid", &["AWS::EC2::TransitGateway"]),
    ("vpcpeeringconnectionid", &["AWS::EC2::VPCPeeringConnection"]),
    ("vpcendpointid", &["AWS::EC2::VPCEndpoint"]),
    ("instanceid", INSTANCE),
    ("instances", INSTANCE),
    ("networkinterfaceid", INTERFACE),
    ("networkinterfaceids", INTERFACE),
    ("prefixlistid", PREFIX_LIST),
    ("prefixlistids", PREFIX_LIST),
    ("destinationprefixlistid", PREFIX_LIST),
    ("sourceprefixlistid", PREFIX_LIST),
    ("allocationid", &["AWS::EC2::EIP"]),
    ("volumeid", &["AWS::EC2::Volume"]),
    ("loadbalancerarn", LOAD_BALANCER),
    ("loadbalancerarns", LOAD_BALANCER),
    ("loadbalancername", CLASSIC),
    ("loadbalancernames", CLASSIC),
    ("listenerarn", &["AWS::ElasticLoadBalancingV2::Listener"]),
    ("targetgrouparn", TARGET_GROUP),
    ("targetgrouparns", TARGET_GROUP),
    (
        "trafficsources.identifier",
        &["AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancing::LoadBalancer"],
    ),
    ("targets.id", TARGET),
    ("target.id", TARGET),
    ("autoscalinggroupname", &["AWS::AutoScaling::AutoScalingGroup"]),
    ("launchconfigurationname", &["AWS::AutoScaling::LaunchConfiguration"]),
    ("launchtemplateid", LAUNCH_TEMPLATE),
    ("launchtemplatename", LAUNCH_TEMPLATE),
    ("launchtemplate.id", LAUNCH_TEMPLATE),
    ("launchtemplate.name", LAUNCH_TEMPLATE),
    ("placement.groupname", &["AWS::EC2::PlacementGroup"]),
    ("placementgroup", &["AWS::EC2::PlacementGroup"]),
    ("iaminstanceprofile", INSTANCE_PROFILE),
    ("iaminstanceprofile.arn", INSTANCE_PROFILE),
    ("iaminstanceprofile.name", INSTANCE_PROFILE),
    ("role", &["AWS::IAM::Role"]),
    ("roles", &["AWS::IAM::Role"]),
    ("roles.arn", &["AWS::IAM::Role"]),
    ("rolename", &["AWS::IAM::Role"]),
    ("taskdefinition", &["AWS::ECS::TaskDefinition"]),
    ("taskdefinitionarn", &["AWS::ECS::TaskDefinition"]),
    ("dbsubnetgroup", &["AWS::RDS::DBSubnetGroup"]),
    ("dbsubnetgroupname", &["AWS::RDS::DBSubnetGroup"]),
    ("dbclusteridentifier", DB_CLUSTER),
    ("dbclusterarn", DB_CLUSTER),
    ("dbinstanceidentifier", &["AWS::RDS::DBInstance"]),
    ("readers", DB_CLUSTER),
    ("readreplicasourcedbinstanceidentifier", DB),
    ("readreplicasourcedbclusteridentifier", DB_CLUSTER),
    ("replicationsourceidentifier", DB),
    ("sourcedbinstanceidentifier", DB),
    ("sourcedbclusteridentifier", DB_CLUSTER),
    ("globalclusteridentifier", &["AWS::RDS::GlobalCluster"]),
    ("clustersubnetgroupname", &["AWS::Redshift::ClusterSubnetGroup"]),
    ("replicationsubnetgroupidentifier", &["AWS::DMS::ReplicationSubnetGroup"]),
    ("cachesubnetgroupname", &["AWS::ElastiCache::SubnetGroup"]),
    ("subnetgroupname", &["AWS::MemoryDB::SubnetGroup"]),
    ("replicationgroupid", &["AWS::ElastiCache::ReplicationGroup"]),
    ("filesystemid", &["AWS::EFS::FileSystem"]),
    ("backupplanid", &["AWS::Backup::BackupPlan"]),
    ("resources", BACKED_UP),
    ("notresources", BACKED_UP),
    ("streamarn", STREAM),
    ("kinesis.streamname", STREAM),
    // Of pipes.
    ("source", STREAM),
    ("target", STREAM),
    ("kinesisstreamarn", STREAM),
    ("eventsourcearn", &["AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer"]),
    ("functionarn", FUNCTION),
    ("functionname", FUNCTION),
    ("bucketarn", &["AWS::S3::Bucket"]),
    ("bucket", &["AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket"]),
    ("stream", STREAM),
    // The names of metrics' dimensions are as many as there are services.
    ("dimensions.value", &["AWS::Kinesis::Stream", "AWS::Lambda::Function"]),
];

/// Every field of every item is looked up.
static BY_NAME: LazyLock<HashMap<&str, &[&str]>> = LazyLock::new(|| TARGETS.iter().copied().collect());

/// Fields whose text is a list joined by commas.
const JOINED: [&str; 1] = ["vpczoneidentifier"];

/// The kinds of what the field at a path (`networkinterfaces/0/groups/1/groupid`) names, if it names anything.
pub(crate) fn kinds(path: &str) -> Option<&'static [&'static str]> {
    let mut names = path.rsplit('/').filter(|it| it.parse::<usize>().is_err());
    let last = names.next()?;
    let qualified = names.next().map(|block| format!("{block}.{last}"));
    let by = |name: &str| BY_NAME.get(name).copied();
    qualified.as_deref().and_then(by).or_else(|| by(last))
}

pub(crate) fn is_joined(path: &str) -> bool {
    JOINED.contains(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_known_by_its_name_or_by_its_block_too() {
        assert_eq!(kinds("subnets/3"), Some(SUBNET));
        assert_eq!(kinds("networkinterfaces/0/groups/1/groupid"), Some(SECURITY_GROUP));
        assert_eq!(kinds("targethealthdescriptions/0/target/id"), Some(TARGET));
        assert_eq!(kinds("id"), None);
        assert!(is_joined("vpczoneidentifier") && !is_joined("subnets"));
    }
}
