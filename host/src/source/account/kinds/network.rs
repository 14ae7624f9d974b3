//! The network: VPCs, gateways, subnets, route tables, interfaces, endpoints, firewalls.

use archlint_schema::{
    BlockPublicAccess, BlockPublicAccessExclusion, CarrierGateway, Connectivity, EgressOnlyInternetGateway,
    ElasticIp, ExclusionMode, Firewall, InternetGateway, Key, NatAvailability, NatGateway, NetworkInterface,
    PrefixList, Resources, RouteTable, Subnet, Value, Vpc, VpcEndpoint, Zone, ZoneKind,
};

use super::always::{always, always_edges};
use super::routes::{associations, routes};
use super::{first_edge, named, not_collected};
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required};

/// Adds a resource of a kind of the network; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::EC2::VPC" => all.vpcs.push(vpc(it)),
        "AWS::EC2::InternetGateway" => all.internet_gateways.push(internet_gateway(it)),
        "AWS::EC2::EgressOnlyInternetGateway" => {
            all.egress_only_internet_gateways.push(egress_only_internet_gateway(it));
        }
        "AWS::EC2::CarrierGateway" => all.carrier_gateways.push(carrier_gateway(it)),
        "AWS::EC2::Subnet" => all.subnets.push(subnet(it)),
        "AWS::EC2::RouteTable" => all.route_tables.push(route_table(it)),
        "AWS::EC2::PrefixList" => all.prefix_lists.push(prefix_list(it)),
        "AWS::EC2::NatGateway" => all.nat_gateways.push(nat_gateway(it)),
        "AWS::EC2::EIP" => all.elastic_ips.push(elastic_ip(it)),
        "AWS::EC2::NetworkInterface" => all.network_interfaces.push(network_interface(it)),
        "AWS::EC2::VPCEndpoint" => all.vpc_endpoints.push(vpc_endpoint(it)),
        "AWS::NetworkFirewall::Firewall" => all.firewalls.push(firewall(it)),
        "AWS::EC2::VPCBlockPublicAccessOptions" => all.block_public_access.push(block_public_access(it)),
        "AWS::EC2::VPCBlockPublicAccessExclusion" => {
            all.block_public_access_exclusions.push(block_public_access_exclusion(it));
        }
        _ => return false,
    }
    true
}

fn vpc(it: &mut Properties<'_>) -> Vpc {
    Vpc {
        meta: it.meta(None),
        cidr: it.text("CidrBlock", "cidr"),
        is_default: required(it.boolean("IsDefault", "is_default"), "IsDefault"),
    }
}

fn internet_gateway(it: &mut Properties<'_>) -> InternetGateway {
    InternetGateway {
        meta: it.meta(None),
        attachments: always_edges(it, &[("Attachments", "VpcId")], "attachments"),
    }
}

/// The VPC of a gateway that can be attached to one only; another one is to come or gone.
fn only_vpc(it: &mut Properties<'_>) -> Value<Key> {
    let attached = it.edges_within("Attachments", "VpcId", "vpc");
    match attached.known().map(Vec::as_slice) {
        Some([vpc]) => vpc.clone(),
        _ => it.required_edge("VpcId", "vpc"),
    }
}

fn egress_only_internet_gateway(it: &mut Properties<'_>) -> EgressOnlyInternetGateway {
    EgressOnlyInternetGateway { meta: it.meta(None), vpc: only_vpc(it) }
}

fn carrier_gateway(it: &mut Properties<'_>) -> CarrierGateway {
    CarrierGateway { meta: it.meta(None), vpc: it.required_edge("VpcId", "vpc") }
}

fn subnet(it: &mut Properties<'_>) -> Subnet {
    // An account has one name for each zone, and everything else in it tells its zone by name.
    let zone = named(it, &["AvailabilityZone", "AvailabilityZoneId"]);
    let zone = required(it.zone(zone, "zone"), "AvailabilityZone");
    let ipv6 = blocks_in_use(it, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlockState", "has_ipv6");
    Subnet {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        zone_kind: zone_kind(it, &zone),
        zone,
        cidr: it.text("CidrBlock", "cidr"),
        has_ipv6: Value::Known(ipv6 || it.has("Ipv6CidrBlock") || it.has("Ipv6CidrBlocks")),
        map_public_ip_on_launch: it.boolean_or("MapPublicIpOnLaunch", "map_public_ip_on_launch", false),
        assign_ipv6_on_creation: it.boolean_or(
            "AssignIpv6AddressOnCreation",
            "assign_ipv6_on_creation",
            false,
        ),
        free_addresses: always(
            it.integer("AvailableIpAddressCount", "free_addresses"),
            "AvailableIpAddressCount",
        )
        .map(|it| it.and_then(|it| u32::try_from(it).ok())),
    }
}

/// Whether any block of a list is associated, or about to be: AWS lists those that were taken away for a while.
fn blocks_in_use(it: &mut Properties<'_>, property: &str, state: &str, path: &str) -> bool {
    let blocks = it.list(property, path);
    let is_in_use = |block: &Node| {
        const NOT: [&str; 4] = ["disassociated", "disassociating", "failed", "failing"];
        let state = block.field(state).field("State").text();
        state.known().is_none_or(|it| it.as_deref().is_none_or(|it| !NOT.contains(&it)))
    };
    blocks.known().is_some_and(|all| all.iter().any(is_in_use))
}

fn zone_kind(it: &Properties<'_>, zone: &Value<Zone>) -> Value<ZoneKind> {
    match zone {
        _ if it.has("OutpostArn") => Value::Known(ZoneKind::Outpost),
        Value::Known(zone) => Value::Known(zone.kind()),
        _ => not_collected("AvailabilityZone"),
    }
}

fn route_table(it: &mut Properties<'_>) -> RouteTable {
    RouteTable {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        routes: routes(it),
        associations: associations(it),
        propagating_gateways: always_edges(it, &[("PropagatingVgws", "GatewayId")], "propagating_gateways"),
    }
}

fn prefix_list(it: &mut Properties<'_>) -> PrefixList {
    let meta = it.meta(Some("PrefixListName"));
    // Lists of AWS's own have CIDRs in place of entries.
    let property = named(it, &["Entries", "Cidrs"]);
    let cidr = |entry: &Node| match &entry.value {
        Evaluated::Object(_) => required(entry.field("Cidr").text(), "Cidr"),
        _ => required(entry.text(), "Cidr"),
    };
    let entries = match it.list(property, "entries") {
        _ if !it.has(property) => not_collected("Entries"),
        entries => entries.map(|entries| entries.iter().map(cidr).collect()),
    };
    PrefixList { name: meta.name.clone(), meta, entries }
}

fn nat_gateway(it: &mut Properties<'_>) -> NatGateway {
    let availability = it.word("AvailabilityMode", "availability", &NatAvailability::Zonal);
    NatGateway {
        meta: it.meta(None),
        subnet: it.edge("SubnetId", "subnet"),
        vpc: match availability {
            Value::Known(NatAvailability::Regional) => it.edge("VpcId", "vpc"),
            _ => Value::Known(None),
        },
        connectivity: it.word("ConnectivityType", "connectivity", &Connectivity::Public),
        availability,
        state: always(it.text("State", "state"), "State"),
    }
}

fn elastic_ip(it: &mut Properties<'_>) -> ElasticIp {
    ElasticIp {
        meta: it.meta(None),
        instance: it.edge("InstanceId", "instance"),
        network_interface: it.edge("NetworkInterfaceId", "network_interface"),
    }
}

fn network_interface(it: &mut Properties<'_>) -> NetworkInterface {
    let addresses = it.list("Ipv6Addresses", "ipv6");
    NetworkInterface {
        meta: it.meta(None),
        subnet: it.required_edge("SubnetId", "subnet"),
        security_groups: always_edges(it, &[("Groups", "GroupId"), ("GroupSet", "")], "security_groups"),
        source_dest_check: required(it.boolean("SourceDestCheck", "source_dest_check"), "SourceDestCheck"),
        instance: first_edge(it, &["Attachment.InstanceId", "InstanceId"], "instance"),
        ipv6: match addresses {
            _ if !it.has("Ipv6Addresses") => not_collected("Ipv6Addresses"),
            addresses => addresses.map(|it| Some(!it.is_empty())),
        },
        public_address: it.text("Association.PublicIp", "public_address"),
        managed: required(it.boolean("RequesterManaged", "managed"), "RequesterManaged"),
    }
}

fn vpc_endpoint(it: &mut Properties<'_>) -> VpcEndpoint {
    VpcEndpoint {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        service: required(it.text("ServiceName", "service"), "ServiceName"),
        endpoint_type: it.endpoint_type("VpcEndpointType"),
        subnets: it.edges("SubnetIds", "subnets"),
        route_tables: it.edges("RouteTableIds", "route_tables"),
        security_groups: always_edges(
            it,
            &[("Groups", "GroupId"), ("SecurityGroupIds", "")],
            "security_groups",
        ),
        private_dns: it.boolean_or("PrivateDnsEnabled", "private_dns", false),
    }
}

/// AWS Config has the reply of the describe call whole: the firewall, and its status beside it.
fn firewall(it: &mut Properties<'_>) -> Firewall {
    let name = named(it, &["Firewall.FirewallName", "FirewallName"]);
    let vpc = named(it, &["Firewall.VpcId", "VpcId"]);
    let subnets = named(it, &["Firewall.SubnetMappings", "SubnetMappings"]);
    Firewall {
        meta: it.meta(Some(name)),
        vpc: it.required_edge(vpc, "vpc"),
        subnets: always_edges(it, &[(subnets, "SubnetId")], "subnets"),
    }
}

fn block_public_access(it: &mut Properties<'_>) -> BlockPublicAccess {
    let mode = required(it.optional_word("InternetGatewayBlockMode", "mode"), "InternetGatewayBlockMode");
    BlockPublicAccess { meta: it.meta(None), mode }
}

/// What is excluded is told by its ARN, or in a template's words by its id.
fn block_public_access_exclusion(it: &mut Properties<'_>) -> BlockPublicAccessExclusion {
    let arn = it.get("ResourceArn");
    let is = |what: &str| arn.text().is(|it| it.as_deref().is_some_and(|it| it.contains(what)));
    let mut end = |what: &str, property: &str, path: &str| match is(what) {
        Value::Known(true) => it.edge("ResourceArn", path),
        _ => it.edge(property, path),
    };
    BlockPublicAccessExclusion {
        vpc: end(":vpc/", "VpcId", "vpc"),
        subnet: end(":subnet/", "SubnetId", "subnet"),
        mode: it.word("InternetGatewayExclusionMode", "mode", &ExclusionMode::AllowBidirectional),
        meta: it.meta(None),
    }
}
