//! What joins a VPC with other networks.

use archlint_schema::{Resources, TransitGatewayAttachment, Value, VpcPeeringConnection, VpnGateway};

use crate::source::properties::Properties;

/// Adds a resource of a kind that joins networks; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::EC2::VPCPeeringConnection" => all.vpc_peering_connections.push(vpc_peering_connection(it)),
        "AWS::EC2::TransitGatewayAttachment" | "AWS::EC2::TransitGatewayVpcAttachment" => {
            all.transit_gateway_attachments.push(transit_gateway_attachment(it));
        }
        "AWS::EC2::VPNGateway" => all.vpn_gateways.push(vpn_gateway(it)),
        _ => return false,
    }
    true
}

fn vpc_peering_connection(it: &mut Properties<'_>) -> VpcPeeringConnection {
    VpcPeeringConnection {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        peer_vpc: it.required_edge("PeerVpcId", "peer_vpc"),
        state: Value::Known(None),
    }
}

fn transit_gateway_attachment(it: &mut Properties<'_>) -> TransitGatewayAttachment {
    TransitGatewayAttachment {
        meta: it.meta(None),
        transit_gateway: it.required_edge("TransitGatewayId", "transit_gateway"),
        vpc: it.required_edge("VpcId", "vpc"),
        subnets: it.edges("SubnetIds", "subnets"),
    }
}

fn vpn_gateway(it: &mut Properties<'_>) -> VpnGateway {
    VpnGateway { meta: it.meta(None), attachments: Value::Known(Vec::new()) }
}
