//! Load balancers, their listeners and target groups.

use super::Given::{Each, Field};
use super::lines::{call, follow_up, many, one, step};
use super::services::{ELB, ELB_V2};
use super::{Call, FollowUp, Given, Pages, Shape, Step};

const PAGES: Pages =
    Pages { tokens: &[("Marker", "NextMarker")], size: Some(("PageSize", 400)), alone: false };

const LOAD_BALANCERS: Step = step("DescribeLoadBalancers", "LoadBalancers").pages(PAGES);

pub(super) const CALLS: &[Call] = &[
    call(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        &ELB,
        step("DescribeLoadBalancers", "LoadBalancerDescriptions").pages(PAGES),
    )
    .id("LoadBalancerName")
    .name("LoadBalancerName")
    .arn("loadbalancer/")
    .with(OF_CLASSIC_LOAD_BALANCER),
    call("AWS::ElasticLoadBalancingV2::LoadBalancer", &ELB_V2, LOAD_BALANCERS)
        .id("LoadBalancerArn")
        .name("LoadBalancerName")
        .arn_at("LoadBalancerArn")
        .with(OF_LOAD_BALANCER),
    call(
        "AWS::ElasticLoadBalancingV2::Listener",
        &ELB_V2,
        step("DescribeListeners", "Listeners")
            .with(&[("LoadBalancerArn", Field("LoadBalancerArn"))])
            .pages(PAGES),
    )
    .through(&[LOAD_BALANCERS])
    .id("ListenerArn")
    .arn_at("ListenerArn")
    .with(&[tags("ListenerArn", &[("ResourceArns.member", Each("ListenerArn"))])])
    .then(OF_LISTENER),
    call(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        &ELB_V2,
        step("DescribeTargetGroups", "TargetGroups").pages(PAGES),
    )
    .id("TargetGroupArn")
    .name("TargetGroupName")
    .arn_at("TargetGroupArn")
    .with(OF_TARGET_GROUP),
];

const OF_CLASSIC_LOAD_BALANCER: &[FollowUp] = &[
    one(
        "LoadBalancerAttributes",
        step("DescribeLoadBalancerAttributes", "LoadBalancerAttributes")
            .with(&[("LoadBalancerName", Field("LoadBalancerName"))]),
    ),
    follow_up(
        "Tags",
        Shape::OneOf { key: "LoadBalancerName", equals: "LoadBalancerName", field: "Tags" },
        step("DescribeTags", "TagDescriptions")
            .with(&[("LoadBalancerNames.member", Each("LoadBalancerName"))])
            .batch(20),
    ),
];

const OF_LOAD_BALANCER: &[FollowUp] = &[
    many(
        "LoadBalancerAttributes",
        step("DescribeLoadBalancerAttributes", "Attributes")
            .with(&[("LoadBalancerArn", Field("LoadBalancerArn"))]),
    ),
    tags("LoadBalancerArn", &[("ResourceArns.member", Each("LoadBalancerArn"))]),
];

const OF_LISTENER: &[Call] = &[call(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    &ELB_V2,
    step("DescribeRules", "Rules")
        .with(&[("ListenerArn", Field("ListenerArn"))])
        .carries(&[("ListenerArn", "ListenerArn")])
        .pages(PAGES),
)
.id("RuleArn")
.arn_at("RuleArn")
.with(&[tags("RuleArn", &[("ResourceArns.member", Each("RuleArn"))])])];

const OF_TARGET_GROUP: &[FollowUp] = &[
    many(
        "TargetGroupAttributes",
        step("DescribeTargetGroupAttributes", "Attributes")
            .with(&[("TargetGroupArn", Field("TargetGroupArn"))]),
    ),
    many(
        "TargetHealthDescriptions",
        step("DescribeTargetHealth", "TargetHealthDescriptions")
            .with(&[("TargetGroupArn", Field("TargetGroupArn"))]),
    ),
    tags("TargetGroupArn", &[("ResourceArns.member", Each("TargetGroupArn"))]),
];

/// Tags of whatever has an ARN there; one call answers for twenty.
const fn tags(arn: &'static str, arns: &'static [(&'static str, Given)]) -> FollowUp {
    let shape = Shape::OneOf { key: "ResourceArn", equals: arn, field: "Tags" };
    follow_up("Tags", shape, step("DescribeTags", "TagDescriptions").with(arns).batch(20))
}
