//! What stands before the network, and what watches over the account: DNS, distributions, trails.

use super::Given::{Each, Field, Flag};
use super::lines::{call, follow_up, get, many, one, step};
use super::services::{CLOUDFRONT, CLOUDTRAIL, ROUTE_53};
use super::{Call, FollowUp, Pages, Shape, Step};

const OF_ZONES: Pages =
    Pages { tokens: &[("marker", "NextMarker")], size: Some(("maxitems", 100)), alone: false };
const OF_RECORD_SETS: Pages = Pages {
    tokens: &[("name", "NextRecordName"), ("type", "NextRecordType"), ("identifier", "NextRecordIdentifier")],
    size: Some(("maxitems", 300)),
    alone: false,
};
const OF_DISTRIBUTIONS: Pages =
    Pages { tokens: &[("Marker", "NextMarker")], size: Some(("MaxItems", 100)), alone: false };

const ZONES: Step = get("ListHostedZones", "/2013-04-01/hostedzone", "HostedZones").pages(OF_ZONES);

pub(super) const CALLS: &[Call] = &[
    call("AWS::Route53::HostedZone", &ROUTE_53, ZONES)
        .id("Id")
        .name("Name")
        .global_arn("hostedzone/")
        .without_tags()
        .with(OF_ZONE)
        .then(OF_ZONE_RECORDS),
    call(
        "AWS::Route53::HealthCheck",
        &ROUTE_53,
        get("ListHealthChecks", "/2013-04-01/healthcheck", "HealthChecks").pages(OF_ZONES),
    )
    .id("Id")
    .global_arn("healthcheck/")
    .without_tags(),
    call(
        "AWS::CloudFront::Distribution",
        &CLOUDFRONT,
        get("ListDistributions", "/2020-05-31/distribution", "Items").pages(OF_DISTRIBUTIONS),
    )
    .id("Id")
    .arn_at("ARN")
    .with(OF_DISTRIBUTION),
    // Without the copies that a trail has in other regions than its own.
    call(
        "AWS::CloudTrail::Trail",
        &CLOUDTRAIL,
        step("DescribeTrails", "trailList").with(&[("includeShadowTrails", Flag(false))]),
    )
    .id("Name")
    .name("Name")
    .arn_at("TrailARN")
    .with(OF_TRAIL),
];

/// A private zone says in which VPCs it holds only here.
const OF_ZONE: &[FollowUp] =
    &[many("VPCs", get("GetHostedZone", "/2013-04-01{+Id}", "VPCs").with(&[("Id", Field("Id"))]))];

const RECORD_SETS: Step = get("ListResourceRecordSets", "/2013-04-01{+Id}/rrset", "ResourceRecordSets")
    .with(&[("Id", Field("Id"))])
    .pages(OF_RECORD_SETS)
    .carries(&[("HostedZoneId", "Id")]);

const OF_ZONE_RECORDS: &[Call] = &[call("AWS::Route53::RecordSet", &ROUTE_53, RECORD_SETS)
    .id("HostedZoneId Name Type SetIdentifier")
    .name("Name")];

const OF_DISTRIBUTION: &[FollowUp] = &[many(
    "Tags",
    get("ListTagsForResource", "/2020-05-31/tagging", "Items").with(&[("Resource", Field("ARN"))]),
)];

const OF_TRAIL: &[FollowUp] = &[
    one("TrailStatus", step("GetTrailStatus", "").with(&[("Name", Field("TrailARN"))])),
    follow_up(
        "Tags",
        Shape::OneOf { key: "ResourceId", equals: "TrailARN", field: "TagsList" },
        step("ListTags", "ResourceTagList").with(&[("ResourceIdList", Each("TrailARN"))]).batch(20),
    ),
];
