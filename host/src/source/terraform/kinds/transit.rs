//! What joins a VPC with other networks.

use archlint_schema::{Resources, TransitGatewayAttachment, Value, VpcPeeringConnection, VpnGateway};

use crate::source::properties::{Properties, required};

/// Adds a resource of a kind that joins networks; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_vpc_peering_connection" => all.vpc_peering_connections.push(vpc_peering_connection(it)),
        "aws_ec2_transit_gateway_vpc_attachment" => {
            all.transit_gateway_attachments.push(transit_gateway_attachment(it));
        }
        "aws_vpn_gateway" => all.vpn_gateways.push(vpn_gateway(it)),
        _ => return false,
    }
    true
}

fn vpc_peering_connection(it: &mut Properties<'_>) -> VpcPeeringConnection {
    VpcPeeringConnection {
        meta: it.meta(None),
        vpc: it.required_edge("vpc_id", "vpc"),
        peer_vpc: it.required_edge("peer_vpc_id", "peer_vpc"),
        state: Value::Known(None),
    }
}

fn transit_gateway_attachment(it: &mut Properties<'_>) -> TransitGatewayAttachment {
    TransitGatewayAttachment {
        meta: it.meta(None),
        transit_gateway: it.required_edge("transit_gateway_id", "transit_gateway"),
        vpc: it.required_edge("vpc_id", "vpc"),
        subnets: it.edges("subnet_ids", "subnets"),
    }
}

fn vpn_gateway(it: &mut Properties<'_>) -> VpnGateway {
    let attachments = match it.edge("vpc_id", "attachments[0]") {
        Value::Known(None) => Vec::new(),
        vpc => vec![required(vpc, "vpc_id")],
    };
    VpnGateway { meta: it.meta(None), attachments: Value::Known(attachments) }
}
