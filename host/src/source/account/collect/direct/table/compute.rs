//! Instances, groups of them, functions, containers.

use super::Given::{Each, Field, Flag, Text, Texts};
use super::lines::{call, follow_up, get, many, next_token, one, small_next_token, step};
use super::services::{AUTO_SCALING, EC2, ECS, EKS, IAM, LAMBDA};
use super::{Call, FollowUp, Pages, Shape, Step};

const OF_AUTO_SCALING: Pages =
    Pages { tokens: &[("NextToken", "NextToken")], size: Some(("MaxRecords", 100)), alone: false };
const OF_IAM: Pages = Pages { tokens: &[("Marker", "Marker")], size: Some(("MaxItems", 1000)), alone: false };
const OF_LAMBDA: Pages =
    Pages { tokens: &[("Marker", "NextMarker")], size: Some(("MaxItems", 50)), alone: false };

const ECS_CLUSTERS: Step =
    step("ListClusters", "clusterArns").pages(small_next_token(100)).called("clusterArn");
const EKS_CLUSTERS: Step =
    get("ListClusters", "/clusters", "clusters").pages(small_next_token(100)).called("clusterName");

pub(super) const CALLS: &[Call] = &[
    call(
        "AWS::EC2::Instance",
        &EC2,
        step("DescribeInstances", "reservations.instances").pages(next_token(1000)),
    )
    .id("instanceId")
    .arn("instance/")
    .with(OF_INSTANCE),
    call("AWS::EC2::Volume", &EC2, step("DescribeVolumes", "volumes").pages(next_token(500)))
        .id("volumeId")
        .arn("volume/"),
    call(
        "AWS::EC2::LaunchTemplate",
        &EC2,
        step("DescribeLaunchTemplates", "launchTemplates").pages(next_token(200)),
    )
    .id("launchTemplateId")
    .name("launchTemplateName")
    .arn("launch-template/")
    .with(OF_LAUNCH_TEMPLATE),
    call("AWS::EC2::PlacementGroup", &EC2, step("DescribePlacementGroups", "placementGroups"))
        .id("groupId")
        .name("groupName")
        .arn_at("groupArn"),
    call(
        "AWS::AutoScaling::AutoScalingGroup",
        &AUTO_SCALING,
        step("DescribeAutoScalingGroups", "AutoScalingGroups").pages(OF_AUTO_SCALING),
    )
    .id("AutoScalingGroupARN")
    .name("AutoScalingGroupName")
    .arn_at("AutoScalingGroupARN")
    .with(OF_GROUP),
    call(
        "AWS::AutoScaling::LaunchConfiguration",
        &AUTO_SCALING,
        step("DescribeLaunchConfigurations", "LaunchConfigurations").pages(OF_AUTO_SCALING),
    )
    .id("LaunchConfigurationARN")
    .name("LaunchConfigurationName")
    .arn_at("LaunchConfigurationARN"),
    call(
        "AWS::AutoScaling::ScalingPolicy",
        &AUTO_SCALING,
        step("DescribePolicies", "ScalingPolicies").pages(OF_AUTO_SCALING),
    )
    .id("PolicyARN")
    .name("PolicyName")
    .arn_at("PolicyARN"),
    call("AWS::IAM::InstanceProfile", &IAM, step("ListInstanceProfiles", "InstanceProfiles").pages(OF_IAM))
        .id("InstanceProfileId")
        .name("InstanceProfileName")
        .arn_at("Arn")
        .without_tags(),
    call(
        "AWS::Lambda::Function",
        &LAMBDA,
        get("ListFunctions", "/2015-03-31/functions", "Functions").pages(OF_LAMBDA),
    )
    .id("FunctionName")
    .name("FunctionName")
    .arn_at("FunctionArn")
    .with(OF_FUNCTION),
    call(
        "AWS::ECS::Cluster",
        &ECS,
        step("DescribeClusters", "clusters")
            .with(&[("clusters", Each("clusterArn")), ("include", Texts(&["TAGS"]))])
            .batch(100),
    )
    .through(&[ECS_CLUSTERS])
    .id("clusterArn")
    .name("clusterName")
    .arn_at("clusterArn")
    .tags("tags"),
    call(
        "AWS::ECS::Service",
        &ECS,
        step("DescribeServices", "services")
            .with(&[
                ("cluster", Field("clusterArn")),
                ("services", Each("serviceArn")),
                ("include", Texts(&["TAGS"])),
            ])
            .batch(10),
    )
    .through(&[ECS_CLUSTERS, ECS_SERVICES])
    .id("serviceArn")
    .name("serviceName")
    .arn_at("serviceArn")
    .tags("tags")
    .then(OF_SERVICE),
    call(
        "AWS::EKS::Cluster",
        &EKS,
        get("DescribeCluster", "/clusters/{name}", "cluster").with(&[("name", Field("clusterName"))]),
    )
    .through(&[EKS_CLUSTERS])
    .id("name")
    .name("name")
    .arn_at("arn")
    .tags("tags"),
    call(
        "AWS::EKS::Nodegroup",
        &EKS,
        get("DescribeNodegroup", "/clusters/{name}/node-groups/{nodegroupName}", "nodegroup")
            .with(&[("name", Field("clusterName")), ("nodegroupName", Field("nodegroupName"))]),
    )
    .through(&[EKS_CLUSTERS, EKS_NODE_GROUPS])
    .id("nodegroupArn")
    .name("nodegroupName")
    .arn_at("nodegroupArn")
    .tags("tags"),
];

const ECS_SERVICES: Step = step("ListServices", "serviceArns")
    .with(&[("cluster", Field("clusterArn"))])
    .pages(small_next_token(100))
    .called("serviceArn")
    .carries(&[("clusterArn", "clusterArn")]);

const EKS_NODE_GROUPS: Step = get("ListNodegroups", "/clusters/{name}/node-groups", "nodegroups")
    .with(&[("name", Field("clusterName"))])
    .pages(small_next_token(100))
    .called("nodegroupName")
    .carries(&[("clusterName", "clusterName")]);

const OF_INSTANCE: &[FollowUp] = &[
    // By a filter, because an image that is gone would fail the whole batch.
    follow_up(
        "Image",
        Shape::OneOf { key: "imageId", equals: "imageId", field: "" },
        step("DescribeImages", "images")
            .with(&[
                ("Filter.1.Name", Text("image-id")),
                ("Filter.1.Value", Each("imageId")),
                ("IncludeDeprecated", Flag(true)),
            ])
            .batch(100),
    ),
    one(
        "UserData",
        step("DescribeInstanceAttribute", "userData.value")
            .with(&[("InstanceId", Field("instanceId")), ("Attribute", Text("userData"))]),
    )
    .otherwise("", r#""""#),
];

/// One call answers for all templates, and with the versions that groups and instances are launched from.
const OF_LAUNCH_TEMPLATE: &[FollowUp] = &[follow_up(
    "LaunchTemplateVersions",
    Shape::AllOf { key: "launchTemplateId", equals: "launchTemplateId" },
    step("DescribeLaunchTemplateVersions", "launchTemplateVersions")
        .with(&[("LaunchTemplateVersion", Texts(&["$Default", "$Latest"]))])
        .pages(next_token(200)),
)];

const OF_GROUP: &[FollowUp] = &[many(
    "LifecycleHooks",
    step("DescribeLifecycleHooks", "LifecycleHooks")
        .with(&[("AutoScalingGroupName", Field("AutoScalingGroupName"))]),
)];

const OF_FUNCTION: &[FollowUp] = &[
    one(
        "Tags",
        get("ListTags", "/2017-03-31/tags/{Resource}", "Tags").with(&[("Resource", Field("FunctionArn"))]),
    ),
    one(
        "Concurrency",
        get("GetFunctionConcurrency", "/2019-09-30/functions/{FunctionName}/concurrency", "")
            .with(&[("FunctionName", Field("FunctionName"))]),
    ),
];

/// The task definitions that services use; all there ever were would be thousands.
const OF_SERVICE: &[Call] = &[call(
    "AWS::ECS::TaskDefinition",
    &ECS,
    step("DescribeTaskDefinition", "taskDefinition")
        .with(&[("taskDefinition", Field("taskDefinition")), ("include", Texts(&["TAGS"]))])
        .adds(&["tags"]),
)
.id("taskDefinitionArn")
.name("family")
.arn_at("taskDefinitionArn")
.tags("tags")];
