//! The network: VPCs, gateways, subnets, route tables, interfaces, endpoints, firewalls.

use archlint_schema::{
    Association, BlockPublicAccess, BlockPublicAccessExclusion, BlockPublicAccessMode, CarrierGateway,
    Connectivity, EgressOnlyInternetGateway, ElasticIp, EndpointType, ExclusionMode, Firewall,
    InternetGateway, Key, Meta, NatAvailability, NatGateway, NetworkInterface, PrefixList, Reason, Resources,
    RouteTable, Subnet, Value, Vpc, VpcEndpoint, ZoneKind,
};

use super::compute::gives_ipv6;
use super::rules::routes;
use crate::source::node::Evaluated;
use crate::source::properties::{Properties, endpoint_key, required};

/// Adds a resource of a kind of the network; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_vpc" => all.vpcs.push(vpc(it, false)),
        "aws_default_vpc" => all.vpcs.push(vpc(it, true)),
        "aws_internet_gateway" => all.internet_gateways.push(internet_gateway(it)),
        "aws_egress_only_internet_gateway" => {
            all.egress_only_internet_gateways.push(egress_only_internet_gateway(it));
        }
        "aws_ec2_carrier_gateway" => all.carrier_gateways.push(carrier_gateway(it)),
        "aws_subnet" | "aws_default_subnet" => all.subnets.push(subnet(it)),
        "aws_route_table" => all.route_tables.push(route_table(it)),
        "aws_default_route_table" => all.route_tables.push(default_route_table(it)),
        "aws_ec2_managed_prefix_list" => all.prefix_lists.push(prefix_list(it)),
        "aws_nat_gateway" => all.nat_gateways.push(nat_gateway(it)),
        "aws_eip" => all.elastic_ips.push(elastic_ip(it)),
        "aws_network_interface" => all.network_interfaces.push(network_interface(it)),
        "aws_vpc_endpoint" => all.vpc_endpoints.push(vpc_endpoint(it)),
        "aws_vpc_block_public_access_options" => all.block_public_access.push(block_public_access(it)),
        "aws_vpc_block_public_access_exclusion" => {
            all.block_public_access_exclusions.push(block_public_access_exclusion(it));
        }
        _ => return false,
    }
    true
}

fn vpc(it: &mut Properties<'_>, is_default: bool) -> Vpc {
    Vpc { meta: it.meta(None), cidr: it.text("cidr_block", "cidr"), is_default: Value::Known(is_default) }
}

fn internet_gateway(it: &mut Properties<'_>) -> InternetGateway {
    let attachments = match it.edge("vpc_id", "attachments[0]") {
        Value::Known(None) => Value::Known(Vec::new()),
        vpc => Value::Known(vec![required(vpc, "vpc_id")]),
    };
    InternetGateway { meta: it.meta(None), attachments }
}

fn egress_only_internet_gateway(it: &mut Properties<'_>) -> EgressOnlyInternetGateway {
    EgressOnlyInternetGateway { meta: it.meta(None), vpc: it.required_edge("vpc_id", "vpc") }
}

fn carrier_gateway(it: &mut Properties<'_>) -> CarrierGateway {
    CarrierGateway { meta: it.meta(None), vpc: it.required_edge("vpc_id", "vpc") }
}

fn subnet(it: &mut Properties<'_>) -> Subnet {
    let zone = match it.zone("availability_zone", "zone") {
        Value::Known(None) => it.zone("availability_zone_id", "zone"),
        other => other,
    };
    let zone = match zone {
        Value::Known(None) => {
            Value::unknown(Reason::Computed, format!("the zone of {}", it.declaration().key()))
        }
        other => required(other, "availability_zone"),
    };
    let zone_kind = match &zone {
        _ if it.has("outpost_arn") => ZoneKind::Outpost,
        Value::Known(zone) => zone.kind(),
        _ => ZoneKind::Az,
    };
    let ipv6 = ["ipv6_cidr_block", "ipv6_ipam_pool_id"].iter().any(|name| it.has(name));
    let ipv6_native = it.boolean_or("ipv6_native", "has_ipv6", false);
    Subnet {
        meta: it.meta(None),
        vpc: it.required_edge("vpc_id", "vpc"),
        zone,
        zone_kind: Value::Known(zone_kind),
        cidr: it.text("cidr_block", "cidr"),
        has_ipv6: Value::Known(ipv6).or(ipv6_native),
        map_public_ip_on_launch: it.boolean_or("map_public_ip_on_launch", "map_public_ip_on_launch", false),
        assign_ipv6_on_creation: it.boolean_or(
            "assign_ipv6_address_on_creation",
            "assign_ipv6_on_creation",
            false,
        ),
        free_addresses: Value::Known(None),
    }
}

fn route_table(it: &mut Properties<'_>) -> RouteTable {
    RouteTable {
        meta: it.meta(None),
        vpc: it.required_edge("vpc_id", "vpc"),
        routes: routes(it),
        associations: Value::Known(Vec::new()),
        propagating_gateways: it.edges("propagating_vgws", "propagating_gateways"),
    }
}

/// The VPC's own main route table, adopted.
/// <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/default_route_table>
fn default_route_table(it: &mut Properties<'_>) -> RouteTable {
    RouteTable {
        meta: it.meta(None),
        vpc: it.required_edge("default_route_table_id", "vpc"),
        routes: routes(it),
        associations: Value::Known(vec![Association::Main]),
        propagating_gateways: it.edges("propagating_vgws", "propagating_gateways"),
    }
}

fn prefix_list(it: &mut Properties<'_>) -> PrefixList {
    let meta = it.meta(Some("name"));
    let entries = it
        .list("entry", "entries")
        .map(|entries| entries.iter().map(|entry| required(entry.field("cidr").text(), "cidr")).collect());
    PrefixList { name: meta.name.clone(), meta, entries }
}

fn nat_gateway(it: &mut Properties<'_>) -> NatGateway {
    let connectivity =
        it.word("connectivity_type", "connectivity", &Connectivity::Public, |word| match word {
            "public" => Some(Connectivity::Public),
            "private" => Some(Connectivity::Private),
            _ => None,
        });
    let availability =
        it.word("availability_mode", "availability", &NatAvailability::Zonal, |word| match word {
            "zonal" => Some(NatAvailability::Zonal),
            "regional" => Some(NatAvailability::Regional),
            _ => None,
        });
    NatGateway {
        meta: it.meta(None),
        subnet: it.edge("subnet_id", "subnet"),
        vpc: it.edge("vpc_id", "vpc"),
        connectivity,
        availability,
        state: Value::Known(None),
    }
}

fn elastic_ip(it: &mut Properties<'_>) -> ElasticIp {
    ElasticIp {
        meta: it.meta(None),
        instance: it.edge("instance", "instance"),
        network_interface: it.edge("network_interface", "network_interface"),
    }
}

fn network_interface(it: &mut Properties<'_>) -> NetworkInterface {
    NetworkInterface {
        meta: it.meta(None),
        subnet: it.required_edge("subnet_id", "subnet"),
        security_groups: it.edges("security_groups", "security_groups"),
        source_dest_check: it.boolean_or("source_dest_check", "source_dest_check", true),
        instance: it.edge("attachment.0.instance", "instance"),
        ipv6: gives_ipv6(it, "ipv6_address_count", "ipv6_addresses"),
        public_address: Value::Known(None),
        managed: Value::Known(false),
    }
}

fn vpc_endpoint(it: &mut Properties<'_>) -> VpcEndpoint {
    VpcEndpoint {
        meta: it.meta(None),
        vpc: it.required_edge("vpc_id", "vpc"),
        service: it.text_or("service_name", "service", ""),
        endpoint_type: it.word("vpc_endpoint_type", "endpoint_type", &EndpointType::Gateway, |word| {
            Some(match word {
                "Gateway" => EndpointType::Gateway,
                "Interface" => EndpointType::Interface,
                "GatewayLoadBalancer" => EndpointType::GatewayLoadBalancer,
                _ => EndpointType::Other,
            })
        }),
        subnets: it.edges("subnet_ids", "subnets"),
        route_tables: it.edges("route_table_ids", "route_tables"),
        security_groups: it.edges("security_group_ids", "security_groups"),
        private_dns: it.boolean_or("private_dns_enabled", "private_dns", false),
    }
}

/// A firewall, and the endpoint that it places in each of its subnets.
pub(super) fn firewall(it: &mut Properties<'_>) -> (Firewall, Vec<VpcEndpoint>) {
    let firewall = Firewall {
        meta: it.meta(Some("name")),
        vpc: it.required_edge("vpc_id", "vpc"),
        subnets: it.edges_within("subnet_mapping", "subnet_id", "subnets"),
    };
    let subnets = firewall.subnets.known().cloned().unwrap_or_default();
    let endpoint = |(at, subnet): (usize, Value<Key>)| VpcEndpoint {
        meta: Meta::new(
            endpoint_key(&firewall.meta.key, at),
            format!("{} endpoint {at}", firewall.meta.label),
        ),
        vpc: firewall.vpc.clone(),
        service: Value::Known(format!("firewall:{}", firewall.meta.key)),
        endpoint_type: Value::Known(EndpointType::GatewayLoadBalancer),
        subnets: Value::Known(vec![subnet]),
        route_tables: Value::Known(Vec::new()),
        security_groups: Value::Known(Vec::new()),
        private_dns: Value::Known(false),
    };
    let endpoints = subnets.into_iter().enumerate().map(endpoint).collect();
    (firewall, endpoints)
}

fn block_public_access(it: &mut Properties<'_>) -> BlockPublicAccess {
    let mode = match it.get("internet_gateway_block_mode").value {
        Evaluated::Absent => Value::unknown(Reason::NotCollected, "internet_gateway_block_mode"),
        _ => it.word("internet_gateway_block_mode", "mode", &BlockPublicAccessMode::Off, |word| match word {
            "off" => Some(BlockPublicAccessMode::Off),
            "block-ingress" => Some(BlockPublicAccessMode::BlockIngress),
            "block-bidirectional" => Some(BlockPublicAccessMode::BlockBidirectional),
            _ => None,
        }),
    };
    BlockPublicAccess { meta: it.meta(None), mode }
}

fn block_public_access_exclusion(it: &mut Properties<'_>) -> BlockPublicAccessExclusion {
    let default = ExclusionMode::AllowBidirectional;
    BlockPublicAccessExclusion {
        meta: it.meta(None),
        vpc: it.edge("vpc_id", "vpc"),
        subnet: it.edge("subnet_id", "subnet"),
        mode: it.word("internet_gateway_exclusion_mode", "mode", &default, |word| match word {
            "allow-bidirectional" => Some(ExclusionMode::AllowBidirectional),
            "allow-egress" => Some(ExclusionMode::AllowEgress),
            _ => None,
        }),
    }
}
