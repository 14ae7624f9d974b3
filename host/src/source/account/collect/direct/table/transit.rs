//! What joins networks: peering, transit gateways, VPN, Direct Connect.

use super::Given::Field;
use super::lines::{call, many, next_token, small_next_token, step};
use super::services::{DIRECT_CONNECT, EC2};
use super::{Call, FollowUp};

pub(super) const CALLS: &[Call] = &[
    call(
        "AWS::EC2::VPCPeeringConnection",
        &EC2,
        step("DescribeVpcPeeringConnections", "vpcPeeringConnections").pages(next_token(1000)),
    )
    .id("vpcPeeringConnectionId")
    .arn("vpc-peering-connection/"),
    call(
        "AWS::EC2::TransitGateway",
        &EC2,
        step("DescribeTransitGateways", "transitGateways").pages(next_token(1000)),
    )
    .id("transitGatewayId")
    .arn_at("transitGatewayArn"),
    call(
        "AWS::EC2::TransitGatewayAttachment",
        &EC2,
        step("DescribeTransitGatewayVpcAttachments", "transitGatewayVpcAttachments").pages(next_token(1000)),
    )
    .id("transitGatewayAttachmentId")
    .arn("transit-gateway-attachment/"),
    call(
        "AWS::EC2::TransitGatewayRouteTable",
        &EC2,
        step("DescribeTransitGatewayRouteTables", "transitGatewayRouteTables").pages(next_token(1000)),
    )
    .id("transitGatewayRouteTableId")
    .arn("transit-gateway-route-table/"),
    call("AWS::EC2::VPNGateway", &EC2, step("DescribeVpnGateways", "vpnGateways"))
        .id("vpnGatewayId")
        .arn("vpn-gateway/"),
    call("AWS::EC2::VPNConnection", &EC2, step("DescribeVpnConnections", "vpnConnections"))
        .id("vpnConnectionId")
        .arn("vpn-connection/"),
    call("AWS::EC2::CustomerGateway", &EC2, step("DescribeCustomerGateways", "customerGateways"))
        .id("customerGatewayId")
        .arn("customer-gateway/"),
    call(
        "AWS::DirectConnect::Connection",
        &DIRECT_CONNECT,
        step("DescribeConnections", "connections").pages(small_next_token(100)),
    )
    .id("connectionId")
    .name("connectionName")
    .arn("dxcon/"),
    call(
        "AWS::DirectConnect::Lag",
        &DIRECT_CONNECT,
        step("DescribeLags", "lags").pages(small_next_token(100)),
    )
    .id("lagId")
    .name("lagName")
    .arn("dxlag/"),
    call(
        "AWS::DirectConnect::VirtualInterface",
        &DIRECT_CONNECT,
        step("DescribeVirtualInterfaces", "virtualInterfaces").pages(small_next_token(100)),
    )
    .id("virtualInterfaceId")
    .name("virtualInterfaceName")
    .arn("dxvif/"),
    call(
        "AWS::DirectConnect::DirectConnectGateway",
        &DIRECT_CONNECT,
        step("DescribeDirectConnectGateways", "directConnectGateways").pages(small_next_token(100)),
    )
    .id("directConnectGatewayId")
    .name("directConnectGatewayName")
    .with(OF_DIRECT_CONNECT_GATEWAY),
];

const OF_DIRECT_CONNECT_GATEWAY: &[FollowUp] = &[
    many(
        "DirectConnectGatewayAssociations",
        step("DescribeDirectConnectGatewayAssociations", "directConnectGatewayAssociations")
            .with(&[("directConnectGatewayId", Field("directConnectGatewayId"))])
            .pages(small_next_token(100)),
    ),
    many(
        "DirectConnectGatewayAttachments",
        step("DescribeDirectConnectGatewayAttachments", "directConnectGatewayAttachments")
            .with(&[("directConnectGatewayId", Field("directConnectGatewayId"))])
            .pages(small_next_token(100)),
    ),
];
