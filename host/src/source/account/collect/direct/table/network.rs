//! Networks: VPCs, subnets, routes, gateways, interfaces, endpoints, and what filters traffic.

use super::Given::{Field, Text};
use super::lines::{call, many, next_token, one, step};
use super::services::{EC2, NETWORK_FIREWALL};
use super::{Call, FollowUp};

pub(super) const CALLS: &[Call] = &[
    call("AWS::EC2::VPC", &EC2, step("DescribeVpcs", "vpcs").pages(next_token(1000)))
        .id("vpcId")
        .arn("vpc/")
        .with(OF_VPC),
    call("AWS::EC2::Subnet", &EC2, step("DescribeSubnets", "subnets").pages(next_token(1000)))
        .id("subnetId")
        .arn_at("subnetArn"),
    call("AWS::EC2::RouteTable", &EC2, step("DescribeRouteTables", "routeTables").pages(next_token(100)))
        .id("routeTableId")
        .arn("route-table/"),
    call(
        "AWS::EC2::InternetGateway",
        &EC2,
        step("DescribeInternetGateways", "internetGateways").pages(next_token(1000)),
    )
    .id("internetGatewayId")
    .arn("internet-gateway/"),
    call(
        "AWS::EC2::EgressOnlyInternetGateway",
        &EC2,
        step("DescribeEgressOnlyInternetGateways", "egressOnlyInternetGateways").pages(next_token(255)),
    )
    .id("egressOnlyInternetGatewayId")
    .arn("egress-only-internet-gateway/"),
    call(
        "AWS::EC2::CarrierGateway",
        &EC2,
        step("DescribeCarrierGateways", "carrierGateways").pages(next_token(1000)),
    )
    .id("carrierGatewayId")
    .arn("carrier-gateway/"),
    call("AWS::EC2::NatGateway", &EC2, step("DescribeNatGateways", "natGateways").pages(next_token(1000)))
        .id("natGatewayId")
        .arn("natgateway/"),
    call("AWS::EC2::EIP", &EC2, step("DescribeAddresses", "addresses"))
        .id("allocationId")
        .arn("eip-allocation/"),
    call(
        "AWS::EC2::NetworkInterface",
        &EC2,
        step("DescribeNetworkInterfaces", "networkInterfaces").pages(next_token(1000)),
    )
    .id("networkInterfaceId")
    .arn("network-interface/")
    .tags("tagSet"),
    call(
        "AWS::EC2::SecurityGroup",
        &EC2,
        step("DescribeSecurityGroups", "securityGroups").pages(next_token(1000)),
    )
    .id("groupId")
    .name("groupName")
    .arn("security-group/"),
    call("AWS::EC2::NetworkAcl", &EC2, step("DescribeNetworkAcls", "networkAcls").pages(next_token(1000)))
        .id("networkAclId")
        .arn("network-acl/"),
    call(
        "AWS::EC2::PrefixList",
        &EC2,
        step("DescribeManagedPrefixLists", "prefixLists").pages(next_token(100)),
    )
    .id("prefixListId")
    .name("prefixListName")
    .arn_at("prefixListArn")
    .with(OF_PREFIX_LIST),
    call("AWS::EC2::VPCEndpoint", &EC2, step("DescribeVpcEndpoints", "vpcEndpoints").pages(next_token(1000)))
        .id("vpcEndpointId")
        .arn("vpc-endpoint/"),
    call("AWS::EC2::FlowLog", &EC2, step("DescribeFlowLogs", "flowLogs").pages(next_token(1000)))
        .id("flowLogId")
        .arn("flow-log/"),
    call(
        "AWS::EC2::InstanceConnectEndpoint",
        &EC2,
        step("DescribeInstanceConnectEndpoints", "instanceConnectEndpoints").pages(next_token(50)),
    )
    .id("instanceConnectEndpointId")
    .arn_at("instanceConnectEndpointArn"),
    call(
        "AWS::EC2::VPCBlockPublicAccessOptions",
        &EC2,
        step("DescribeVpcBlockPublicAccessOptions", "vpcBlockPublicAccessOptions"),
    )
    .id("awsRegion"),
    call(
        "AWS::EC2::VPCBlockPublicAccessExclusion",
        &EC2,
        step("DescribeVpcBlockPublicAccessExclusions", "vpcBlockPublicAccessExclusions")
            .pages(next_token(1000)),
    )
    .id("exclusionId")
    .arn("vpc-block-public-access-exclusion/"),
    call(
        "AWS::NetworkFirewall::Firewall",
        &NETWORK_FIREWALL,
        step("DescribeFirewall", "Firewall")
            .with(&[("FirewallArn", Field("FirewallArn"))])
            .adds(&["FirewallStatus"]),
    )
    .through(&[step("ListFirewalls", "Firewalls").pages(next_token(100))])
    .id("FirewallId")
    .name("FirewallName")
    .arn_at("FirewallArn"),
];

const OF_VPC: &[FollowUp] = &[
    one(
        "EnableDnsSupport",
        step("DescribeVpcAttribute", "enableDnsSupport.value")
            .with(&[("VpcId", Field("vpcId")), ("Attribute", Text("enableDnsSupport"))]),
    ),
    one(
        "EnableDnsHostnames",
        step("DescribeVpcAttribute", "enableDnsHostnames.value")
            .with(&[("VpcId", Field("vpcId")), ("Attribute", Text("enableDnsHostnames"))]),
    ),
];

const OF_PREFIX_LIST: &[FollowUp] = &[many(
    "Entries",
    step("GetManagedPrefixListEntries", "entries")
        .with(&[("PrefixListId", Field("prefixListId"))])
        .pages(next_token(100)),
)];
