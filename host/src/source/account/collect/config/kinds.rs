//! What AWS Config knows of a type, and what the type's items lack.

use aws_sdk_config::types::ResourceType;

use super::error::ConfigError;
use crate::source::account::envelope::RENAMED;

/// Types that queries know although the API's own list of types lacks them: they cannot be listed.
/// <https://github.com/awslabs/aws-config-resource-schema/tree/master/config/properties/resource-types>
const QUERIED_ONLY: [&str; 4] = [
    "AWS::Config::ConfigurationRecorder",
    "AWS::DMS::ReplicationInstance",
    "AWS::DMS::ReplicationTask",
    "AWS::Route53::HealthCheck",
];

/// Types that are recorded but that queries do not know.
const LISTED_ONLY: [&str; 3] =
    ["AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Integration", "AWS::ElasticLoadBalancingV2::TargetGroup"];

/// Types of global services that only one region of the partition records.
/// <https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html>
const RECORDED_AT_HOME: [&str; 7] = [
    "AWS::CloudFront::Distribution",
    "AWS::CloudFront::StreamingDistribution",
    "AWS::ECR::PublicRepository",
    "AWS::IAM::InstanceProfile",
    "AWS::Route53::HealthCheck",
    "AWS::Route53::HostedZone",
    "AWS::Route53RecoveryControl::Cluster",
];

/// How to ask for a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// By query; by list and batches where that answers nothing.
    Both,
    Queried,
    Listed,
}

/// The name by which AWS Config knows a kind, and how it is asked for.
pub(super) fn known(kind: &str) -> Result<(&str, Known), ConfigError> {
    let renamed = RENAMED.iter().find(|(cloudformation, _)| *cloudformation == kind);
    let name = renamed.map_or(kind, |(_, config)| *config);
    if QUERIED_ONLY.contains(&name) {
        Ok((name, Known::Queried))
    } else if LISTED_ONLY.contains(&name) {
        Ok((name, Known::Listed))
    } else if ResourceType::values().contains(&name) {
        Ok((name, Known::Both))
    } else {
        Err(ConfigError::NotRecorded { kind: kind.to_owned() })
    }
}

/// The region that alone records a kind, seen from a region of the same partition; nothing where each region
/// records its own.
pub(super) fn home(kind: &str, region: &str) -> Option<&'static str> {
    let home = if region.starts_with("us-gov-") {
        "us-gov-west-1"
    } else if region.starts_with("cn-") {
        "cn-northwest-1"
    } else {
        "us-east-1"
    };
    RECORDED_AT_HOME.contains(&kind).then_some(home)
}

/// What items of AWS Config lack, or hold as it was some time ago. It is told by calls of their own.
const LACKS: [(&str, &[&str]); 8] = [
    ("AWS::AutoScaling::AutoScalingGroup", &["LifecycleHooks"]),
    ("AWS::AutoScaling::LaunchConfiguration", &["UserData"]),
    ("AWS::EC2::Instance", &["Image", "UserData"]),
    ("AWS::EC2::LaunchTemplate", &["LaunchTemplateVersions"]),
    ("AWS::EFS::FileSystem", &["BackupPolicy", "MountTargets"]),
    ("AWS::ElasticLoadBalancing::LoadBalancer", &["LoadBalancerAttributes"]),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", &["LoadBalancerAttributes"]),
    // Targets come and go without a change that is recorded; and batches tell no tags.
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        &["Tags", "TargetGroupAttributes", "TargetHealthDescriptions"],
    ),
];

/// What the items of a kind may lack: direct calls tell the kind whole.
pub(crate) fn lacks(kind: &str) -> &'static [&'static str] {
    LACKS.iter().find(|it| it.0 == kind).map_or(&[], |it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_asked_for_as_the_service_knows_them() {
        assert_eq!(known("AWS::EC2::VPC"), Ok(("AWS::EC2::VPC", Known::Both)));
        assert_eq!(
            known("AWS::DMS::ReplicationInstance"),
            Ok(("AWS::DMS::ReplicationInstance", Known::Queried))
        );
        let target_group = "AWS::ElasticLoadBalancingV2::TargetGroup";
        assert_eq!(known(target_group), Ok((target_group, Known::Listed)));
        assert_eq!(known("AWS::OpenSearchService::Domain"), Ok(("AWS::OpenSearch::Domain", Known::Both)));
    }

    #[test]
    fn what_is_not_recorded_is_an_error() {
        for kind in [
            "AWS::DirectConnect::Connection",
            "AWS::ElastiCache::ReplicationGroup",
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            "AWS::Logs::LogGroup",
            "AWS::RDS::DBProxy",
            "AWS::Route53::RecordSet",
        ] {
            assert_eq!(known(kind), Err(ConfigError::NotRecorded { kind: kind.to_owned() }));
        }
    }

    #[test]
    fn the_tables_hold_no_type_that_the_sdk_knows_better() {
        let listed = |kind: &str| ResourceType::values().contains(&kind);
        assert!(
            !QUERIED_ONLY.iter().any(|it| listed(it)),
            "the SDK lists it now: it can be listed and batched"
        );
        assert!(LISTED_ONLY.iter().all(|it| listed(it)));
        assert!(RENAMED.iter().all(|(cloudformation, config)| !listed(cloudformation) && listed(config)));
    }

    #[test]
    fn what_is_lacking_is_lacking_of_recorded_types() {
        assert!(LACKS.iter().all(|it| known(it.0).is_ok()));
        assert_eq!(lacks("AWS::EC2::Instance"), ["Image", "UserData"]);
        assert!(lacks("AWS::EC2::VPC").is_empty());
    }

    #[test]
    fn global_types_are_recorded_at_home() {
        assert_eq!(home("AWS::CloudFront::Distribution", "eu-west-1"), Some("us-east-1"));
        assert_eq!(home("AWS::Route53::HostedZone", "us-gov-east-1"), Some("us-gov-west-1"));
        assert_eq!(home("AWS::EC2::VPC", "eu-west-1"), None);
    }
}
