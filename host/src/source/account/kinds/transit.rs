//! What joins a VPC with other networks.

use archlint_schema::{Reason, Resources, TransitGatewayAttachment, Value, VpcPeeringConnection, VpnGateway};

use super::always::always;
use super::{named, not_collected};
use crate::source::node::Node;
use crate::source::properties::{Properties, required};

/// Adds a resource of a kind that joins networks; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::EC2::VPCPeeringConnection" => all.vpc_peering_connections.push(vpc_peering_connection(it)),
        // Attachments of VPN connections, Direct Connect and other gateways are of no VPC.
        "AWS::EC2::TransitGatewayAttachment" if is_of_vpc(it) => {
            all.transit_gateway_attachments.push(transit_gateway_attachment(it));
        }
        "AWS::EC2::VPNGateway" => all.vpn_gateways.push(vpn_gateway(it)),
        _ => return false,
    }
    true
}

fn vpc_peering_connection(it: &mut Properties<'_>) -> VpcPeeringConnection {
    let requester = named(it, &["RequesterVpcInfo.VpcId", "VpcId"]);
    let accepter = named(it, &["AccepterVpcInfo.VpcId", "PeerVpcId"]);
    VpcPeeringConnection {
        meta: it.meta(None),
        vpc: it.required_edge(requester, "vpc"),
        peer_vpc: it.required_edge(accepter, "peer_vpc"),
        state: always(it.text("Status.Code", "state"), "Status.Code"),
    }
}

fn is_of_vpc(it: &Properties<'_>) -> bool {
    let of = it.get("ResourceType").text();
    of.known().is_none_or(|it| it.as_deref().is_none_or(|it| it == "vpc"))
}

fn transit_gateway_attachment(it: &mut Properties<'_>) -> TransitGatewayAttachment {
    let vpc = named(it, &["VpcId", "ResourceId"]);
    TransitGatewayAttachment {
        meta: it.meta(None),
        transit_gateway: it.required_edge("TransitGatewayId", "transit_gateway"),
        vpc: it.required_edge(vpc, "vpc"),
        subnets: match it.edges("SubnetIds", "subnets") {
            _ if !it.has("SubnetIds") => not_collected("SubnetIds"),
            subnets => subnets,
        },
    }
}

/// A gateway may be attached anew: attachments that are gone are listed for a while.
fn vpn_gateway(it: &mut Properties<'_>) -> VpnGateway {
    let is_there = |node: &Node| {
        let state = node.field("State").text();
        state.known().is_none_or(|it| matches!(it.as_deref(), None | Some("attached" | "attaching")))
    };
    let attachments = match it.list("VpcAttachments", "attachments") {
        _ if !it.has("VpcAttachments") => not_collected("VpcAttachments"),
        Value::Known(nodes) => {
            let attached: Vec<Node> =
                nodes.into_iter().filter(is_there).map(|it| it.field("VpcId")).collect();
            Value::Known(attached.iter().map(|node| required(it.edge_of(node), "VpcId")).collect())
        }
        Value::Unknown(why) => Value::Unknown(why),
        Value::OneOf(_) => Value::Unknown(Reason::NotCollected.into()),
    };
    VpnGateway { meta: it.meta(None), attachments }
}
