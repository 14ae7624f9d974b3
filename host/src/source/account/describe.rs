//! Saved replies of describe calls: what `aws ec2 describe-vpcs` prints, and the like.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json};

use super::envelope::tag_map;
use super::item::{Item, field};
use crate::source::redaction::redact;

/// A member of a reply, the kind of what stands in it, and the fields that hold its id and its name. Services share
/// names of members: the first row holds of which the elements have the id.
struct Row {
    member: &'static str,
    kind: &'static str,
    id: &'static str,
    name: &'static str,
}

macro_rules! rows {
    ($($member:literal $kind:literal $id:literal $name:literal,)*) => {
        const ROWS: &[Row] = &[$(Row { member: $member, kind: $kind, id: $id, name: $name }),*];
    };
}

rows! {
    "Vpcs" "AWS::EC2::VPC" "VpcId" "",
    "Subnets" "AWS::EC2::Subnet" "SubnetId" "",
    "RouteTables" "AWS::EC2::RouteTable" "RouteTableId" "",
    "InternetGateways" "AWS::EC2::InternetGateway" "InternetGatewayId" "",
    "EgressOnlyInternetGateways" "AWS::EC2::EgressOnlyInternetGateway" "EgressOnlyInternetGatewayId" "",
    "CarrierGateways" "AWS::EC2::CarrierGateway" "CarrierGatewayId" "",
    "NatGateways" "AWS::EC2::NatGateway" "NatGatewayId" "",
    "Addresses" "AWS::EC2::EIP" "AllocationId" "",
    "NetworkInterfaces" "AWS::EC2::NetworkInterface" "NetworkInterfaceId" "",
    "SecurityGroups" "AWS::EC2::SecurityGroup" "GroupId" "GroupName",
    "NetworkAcls" "AWS::EC2::NetworkAcl" "NetworkAclId" "",
    "PrefixLists" "AWS::EC2::PrefixList" "PrefixListId" "PrefixListName",
    "VpcEndpoints" "AWS::EC2::VPCEndpoint" "VpcEndpointId" "",
    "InstanceConnectEndpoints" "AWS::EC2::InstanceConnectEndpoint" "InstanceConnectEndpointId" "",
    "VpcBlockPublicAccessOptions" "AWS::EC2::VPCBlockPublicAccessOptions" "AwsRegion" "",
    "VpcBlockPublicAccessExclusions" "AWS::EC2::VPCBlockPublicAccessExclusion" "ExclusionId" "",
    "VpcPeeringConnections" "AWS::EC2::VPCPeeringConnection" "VpcPeeringConnectionId" "",
    "TransitGateways" "AWS::EC2::TransitGateway" "TransitGatewayId" "",
    "TransitGatewayVpcAttachments" "AWS::EC2::TransitGatewayAttachment" "TransitGatewayAttachmentId" "",
    "TransitGatewayAttachments" "AWS::EC2::TransitGatewayAttachment" "TransitGatewayAttachmentId" "",
    "VpnGateways" "AWS::EC2::VPNGateway" "VpnGatewayId" "",
    "VpnConnections" "AWS::EC2::VPNConnection" "VpnConnectionId" "",
    "CustomerGateways" "AWS::EC2::CustomerGateway" "CustomerGatewayId" "",
    "FlowLogs" "AWS::EC2::FlowLog" "FlowLogId" "",
    "Reservations" "AWS::EC2::Instance" "InstanceId" "",
    "Volumes" "AWS::EC2::Volume" "VolumeId" "",
    "LaunchTemplates" "AWS::EC2::LaunchTemplate" "LaunchTemplateId" "LaunchTemplateName",
    "LaunchTemplateVersions" "AWS::EC2::LaunchTemplate" "LaunchTemplateId" "LaunchTemplateName",
    "PlacementGroups" "AWS::EC2::PlacementGroup" "GroupName" "GroupName",
    "Firewall" "AWS::NetworkFirewall::Firewall" "FirewallId" "FirewallName",
    "LoadBalancers" "AWS::ElasticLoadBalancingV2::LoadBalancer" "LoadBalancerArn" "LoadBalancerName",
    "LoadBalancerDescriptions" "AWS::ElasticLoadBalancing::LoadBalancer" "LoadBalancerName" "LoadBalancerName",
    "TargetGroups" "AWS::ElasticLoadBalancingV2::TargetGroup" "TargetGroupArn" "TargetGroupName",
    "Listeners" "AWS::ElasticLoadBalancingV2::Listener" "ListenerArn" "",
    "Rules" "AWS::ElasticLoadBalancingV2::ListenerRule" "RuleArn" "",
    "AutoScalingGroups" "AWS::AutoScaling::AutoScalingGroup" "AutoScalingGroupARN" "AutoScalingGroupName",
    "AutoScalingGroups" "AWS::AutoScaling::AutoScalingGroup" "AutoScalingGroupName" "AutoScalingGroupName",
    "LaunchConfigurations" "AWS::AutoScaling::LaunchConfiguration" "LaunchConfigurationName" "LaunchConfigurationName",
    "ScalingPolicies" "AWS::AutoScaling::ScalingPolicy" "PolicyARN" "PolicyName",
    "InstanceProfiles" "AWS::IAM::InstanceProfile" "InstanceProfileId" "InstanceProfileName",
    "DBInstances" "AWS::RDS::DBInstance" "DBInstanceIdentifier" "DBInstanceIdentifier",
    "DBClusters" "AWS::RDS::DBCluster" "DBClusterIdentifier" "DBClusterIdentifier",
    "DBSubnetGroups" "AWS::RDS::DBSubnetGroup" "DBSubnetGroupName" "DBSubnetGroupName",
    "GlobalClusters" "AWS::RDS::GlobalCluster" "GlobalClusterIdentifier" "GlobalClusterIdentifier",
    "DBProxies" "AWS::RDS::DBProxy" "DBProxyName" "DBProxyName",
    "ClusterSubnetGroups" "AWS::Redshift::ClusterSubnetGroup" "ClusterSubnetGroupName" "ClusterSubnetGroupName",
    "Clusters" "AWS::Redshift::Cluster" "ClusterIdentifier" "ClusterIdentifier",
    "ReplicationInstances" "AWS::DMS::ReplicationInstance" "ReplicationInstanceArn" "ReplicationInstanceIdentifier",
    "ReplicationSubnetGroups" "AWS::DMS::ReplicationSubnetGroup" "ReplicationSubnetGroupIdentifier" "",
    "ReplicationTasks" "AWS::DMS::ReplicationTask" "ReplicationTaskArn" "ReplicationTaskIdentifier",
    "Endpoints" "AWS::DMS::Endpoint" "EndpointArn" "EndpointIdentifier",
    "ReplicationGroups" "AWS::ElastiCache::ReplicationGroup" "ReplicationGroupId" "",
    "CacheClusters" "AWS::ElastiCache::CacheCluster" "CacheClusterId" "",
    "ServerlessCaches" "AWS::ElastiCache::ServerlessCache" "ServerlessCacheName" "ServerlessCacheName",
    "CacheSubnetGroups" "AWS::ElastiCache::SubnetGroup" "CacheSubnetGroupName" "CacheSubnetGroupName",
    "FileSystems" "AWS::FSx::FileSystem" "ResourceARN" "",
    "FileSystems" "AWS::EFS::FileSystem" "FileSystemId" "Name",
    "DomainStatus" "AWS::OpenSearchService::Domain" "DomainName" "DomainName",
    "DomainStatusList" "AWS::OpenSearchService::Domain" "DomainName" "DomainName",
    "ClusterInfo" "AWS::MSK::Cluster" "ClusterArn" "ClusterName",
    "ClusterInfoList" "AWS::MSK::Cluster" "ClusterArn" "ClusterName",
    "Functions" "AWS::Lambda::Function" "FunctionName" "FunctionName",
    "services" "AWS::ECS::Service" "serviceArn" "serviceName",
    "clusters" "AWS::ECS::Cluster" "clusterArn" "clusterName",
    "taskDefinition" "AWS::ECS::TaskDefinition" "taskDefinitionArn" "",
    "cluster" "AWS::EKS::Cluster" "arn" "name",
    "nodegroup" "AWS::EKS::Nodegroup" "nodegroupArn" "nodegroupName",
    "Buckets" "AWS::S3::Bucket" "Name" "Name",
    "StreamDescription" "AWS::Kinesis::Stream" "StreamName" "StreamName",
    "StreamDescriptionSummary" "AWS::Kinesis::Stream" "StreamName" "StreamName",
    "DeliveryStreamDescription" "AWS::KinesisFirehose::DeliveryStream" "DeliveryStreamName" "DeliveryStreamName",
    "EventSourceMappings" "AWS::Lambda::EventSourceMapping" "UUID" "",
    "Consumers" "AWS::Kinesis::StreamConsumer" "ConsumerARN" "ConsumerName",
    "MetricAlarms" "AWS::CloudWatch::Alarm" "AlarmName" "AlarmName",
    "DistributionList" "AWS::CloudFront::Distribution" "Id" "",
    "HostedZones" "AWS::Route53::HostedZone" "Id" "Name",
    "HealthChecks" "AWS::Route53::HealthCheck" "Id" "",
    "trailList" "AWS::CloudTrail::Trail" "Name" "Name",
    "Table" "AWS::DynamoDB::Table" "TableName" "TableName",
    "TableList" "AWS::Glue::Table" "Name" "Name",
    "connections" "AWS::DirectConnect::Connection" "connectionId" "connectionName",
    "virtualInterfaces" "AWS::DirectConnect::VirtualInterface" "virtualInterfaceId" "virtualInterfaceName",
    "directConnectGateways" "AWS::DirectConnect::DirectConnectGateway" "directConnectGatewayId" "directConnectGatewayName",
}

/// What a reply holds: items, and the kinds of which there might have been some.
#[derive(Default)]
pub(crate) struct Described {
    pub(crate) items: Vec<Item>,
    pub(crate) kinds: Vec<&'static str>,
    /// What cannot be read: where it stands, and why.
    pub(crate) errors: Vec<(String, String)>,
}

/// Whether the top level of a document has a member that a describe call answers with.
pub(crate) fn is_one(has: impl Fn(&str) -> bool) -> bool {
    ROWS.iter().any(|it| has(it.member))
}

/// Reads a reply; nothing if it has no member that is known here.
pub(crate) fn read(reply: &Json) -> Option<Described> {
    let mut described = Described::default();
    let mut read: Vec<&str> = Vec::new();
    for row in ROWS {
        let Some(member) = reply.get(row.member).filter(|_| !read.contains(&row.member)) else { continue };
        if !member.is_array() && !member.is_object() {
            read.push(row.member);
            described.errors.push((format!("`{}`", row.member), "it is no list".to_owned()));
            continue;
        }
        let elements = elements(row, member);
        // An empty list may be of any of the services.
        if elements.is_empty() {
            described.kinds.push(row.kind);
        } else if elements.iter().any(|it| field(it, row.id).is_some()) {
            read.push(row.member);
            described.kinds.push(row.kind);
            for (at, element) in elements.into_iter().enumerate() {
                if let Some(it) = item(row, element) {
                    described.items.push(it);
                } else {
                    let why = format!("it has no text for its `{}`", row.id);
                    described.errors.push((format!("`{}[{at}]`", row.member), why));
                }
            }
        }
    }
    Some(described).filter(|it| !it.kinds.is_empty() || !it.errors.is_empty())
}

/// The elements of a member: of a list, of lists in a list, or the one that it is.
fn elements<'j>(row: &Row, member: &'j Json) -> Vec<&'j Json> {
    let list = |it: &'j Json| it.as_array().into_iter().flatten();
    match row.member {
        "Reservations" => list(member).filter_map(|it| it.get("Instances")).flat_map(list).collect(),
        "DistributionList" => member.get("Items").into_iter().flat_map(list).collect(),
        "LaunchTemplateVersions" => default_versions(list(member)),
        _ if member.is_object() => vec![member],
        _ => list(member).collect(),
    }
}

/// Of each launch template the version that holds where none is named; the newest, where the default is not there.
fn default_versions<'j>(versions: impl Iterator<Item = &'j Json>) -> Vec<&'j Json> {
    let number = |it: &Json| it["VersionNumber"].as_i64().unwrap_or_default();
    let rank = |it: &Json| (it["DefaultVersion"] == true, number(it));
    let mut chosen: Vec<&Json> = Vec::new();
    let mut at: HashMap<Option<&str>, usize> = HashMap::new();
    for version in versions {
        match at.entry(version["LaunchTemplateId"].as_str()) {
            Entry::Occupied(it) => {
                let other = &mut chosen[*it.get()];
                if rank(other) < rank(version) {
                    *other = version;
                }
            }
            Entry::Vacant(it) => {
                it.insert(chosen.len());
                chosen.push(version);
            }
        }
    }
    chosen
}

fn item(row: &Row, element: &Json) -> Option<Item> {
    let text = |name: &str| field(element, name).and_then(Json::as_str).map(str::to_owned);
    let id = text(row.id)?;
    let tags = ["Tags", "TagList", "TagSet"].iter().find_map(|it| tag_map(field(element, it)?));
    // Calls of EC2 tell tags always, and leave the list out where there are none.
    let tags = tags.or_else(|| row.kind.starts_with("AWS::EC2::").then(BTreeMap::new));
    let placement = field(element, "Placement").unwrap_or(element);
    let zone = field(placement, "AvailabilityZone").and_then(Json::as_str);
    let mut configuration = element.clone();
    redact(row.kind, &mut configuration);
    Some(Item {
        kind: row.kind.to_owned(),
        id,
        name: text(row.name),
        arn: None,
        account: text("OwnerId").filter(|it| it.bytes().all(|it| it.is_ascii_digit())),
        region: zone.and_then(region_of),
        tags,
        configuration,
        supplementary: Json::Object(Map::new()),
    })
}

/// The region of a zone of its own: `eu-west-1` of `eu-west-1b`. Local Zones have longer names.
fn region_of(zone: &str) -> Option<String> {
    let region = zone.strip_suffix(|it: char| it.is_ascii_lowercase())?;
    let is_region = region.split('-').count() == 3 && region.ends_with(|it: char| it.is_ascii_digit());
    is_region.then(|| region.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_kinds(reply: &Json) -> Vec<(String, String)> {
        let described = read(reply).unwrap_or_default();
        described.items.into_iter().map(|it| (it.kind, it.id)).collect()
    }

    #[test]
    fn a_reply_is_told_by_its_member_and_by_what_stands_in_it() {
        let table = [
            (json!({ "Vpcs": [{ "VpcId": "vpc-1" }] }), vec![("AWS::EC2::VPC", "vpc-1")]),
            (
                json!({ "Reservations": [{ "Instances": [{ "InstanceId": "i-1" }] }, { "Instances": [{ "InstanceId": "i-2" }] }] }),
                vec![("AWS::EC2::Instance", "i-1"), ("AWS::EC2::Instance", "i-2")],
            ),
            (json!({ "FileSystems": [{ "FileSystemId": "fs-1" }] }), vec![("AWS::EFS::FileSystem", "fs-1")]),
            (
                json!({ "FileSystems": [{ "FileSystemId": "fs-1", "ResourceARN": "arn:aws:fsx:a:1:file-system/fs-1" }] }),
                vec![("AWS::FSx::FileSystem", "arn:aws:fsx:a:1:file-system/fs-1")],
            ),
            (json!({ "Rules": [{ "Name": "an event's" }] }), vec![]),
            (
                json!({ "LaunchTemplateVersions": [
                    { "LaunchTemplateId": "lt-1", "VersionNumber": 3, "DefaultVersion": false },
                    { "LaunchTemplateId": "lt-1", "VersionNumber": 1, "DefaultVersion": true },
                ] }),
                vec![("AWS::EC2::LaunchTemplate", "lt-1")],
            ),
        ];
        for (reply, expected) in table {
            let expected: Vec<_> =
                expected.into_iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
            assert_eq!(read_kinds(&reply), expected, "{reply}");
        }
        assert!(read(&json!({ "TagList": [] })).is_none());
        assert_eq!(read(&json!({ "Subnets": [] })).unwrap().kinds, ["AWS::EC2::Subnet"]);
    }

    #[test]
    fn a_zone_tells_its_region() {
        assert_eq!(region_of("eu-west-1b").as_deref(), Some("eu-west-1"));
        assert_eq!(region_of("us-west-2-lax-1a"), None);
        assert_eq!(region_of("Multiple Availability Zones"), None);
    }
}
