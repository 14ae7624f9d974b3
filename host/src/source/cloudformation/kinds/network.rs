//! The network: VPCs, gateways, subnets, route tables, interfaces, endpoints, firewalls.

use archlint_schema::{
    BlockPublicAccess, BlockPublicAccessExclusion, CarrierGateway, Connectivity, EgressOnlyInternetGateway,
    ElasticIp, ExclusionMode, Firewall, InternetGateway, NatAvailability, NatGateway, NetworkInterface,
    PrefixList, Reason, Resources, RouteTable, Subnet, Value, Vpc, VpcEndpoint, ZoneKind,
};

use super::compute::gives_ipv6;
use crate::source::firewall_endpoints;
use crate::source::node::Evaluated;
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
        "AWS::NetworkFirewall::VpcEndpointAssociation" => all.vpc_endpoints.push(firewall_endpoint(it)),
        "AWS::EC2::VPCBlockPublicAccessOptions" => all.block_public_access.push(block_public_access(it)),
        "AWS::EC2::VPCBlockPublicAccessExclusion" => {
            all.block_public_access_exclusions.push(block_public_access_exclusion(it));
        }
        _ => return false,
    }
    true
}

fn vpc(it: &mut Properties<'_>) -> Vpc {
    Vpc { meta: it.meta(None), cidr: it.text("CidrBlock", "cidr"), is_default: Value::Known(false) }
}

fn internet_gateway(it: &mut Properties<'_>) -> InternetGateway {
    InternetGateway { meta: it.meta(None), attachments: Value::Known(Vec::new()) }
}

fn egress_only_internet_gateway(it: &mut Properties<'_>) -> EgressOnlyInternetGateway {
    EgressOnlyInternetGateway { meta: it.meta(None), vpc: it.required_edge("VpcId", "vpc") }
}

fn carrier_gateway(it: &mut Properties<'_>) -> CarrierGateway {
    CarrierGateway { meta: it.meta(None), vpc: it.required_edge("VpcId", "vpc") }
}

fn subnet(it: &mut Properties<'_>) -> Subnet {
    let id = it.zone("AvailabilityZoneId", "zone");
    let zone = if id == Value::Known(None) { it.zone("AvailabilityZone", "zone") } else { id };
    let zone = match zone {
        Value::Known(None) => {
            Value::unknown(Reason::Computed, format!("the zone of {}", it.declaration().key()))
        }
        other => required(other, "AvailabilityZone"),
    };
    let on_outpost = it.has("OutpostArn");
    let zone_kind = match &zone {
        _ if on_outpost => Value::Known(ZoneKind::Outpost),
        Value::Known(zone) => Value::Known(zone.kind()),
        _ => Value::Known(ZoneKind::Az),
    };
    Subnet {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        zone,
        zone_kind,
        // IPAM allots one at deployment.
        cidr: match it.text("CidrBlock", "cidr") {
            Value::Known(None) if it.has("Ipv4IpamPoolId") => {
                Value::unknown(Reason::Computed, "Ipv4IpamPoolId")
            }
            other => other,
        },
        has_ipv6: presence(it, &["Ipv6CidrBlock", "Ipv6IpamPoolId"], "has_ipv6"),
        map_public_ip_on_launch: it.boolean_or("MapPublicIpOnLaunch", "map_public_ip_on_launch", false),
        assign_ipv6_on_creation: it.boolean_or(
            "AssignIpv6AddressOnCreation",
            "assign_ipv6_on_creation",
            false,
        ),
        free_addresses: Value::Known(None),
    }
}

/// Whether any of some properties is there; one that is unknown may be absent too.
fn presence(it: &mut Properties<'_>, properties: &[&str], path: &str) -> Value<bool> {
    let of = |property: &&str| {
        let node = it.get(property);
        it.mark(path, &node);
        match node.value {
            Evaluated::Absent => Value::Known(false),
            Evaluated::Unknown(why) | Evaluated::External { why, .. } if why.reason == Reason::Parameter => {
                Value::Unknown(why)
            }
            _ => Value::Known(true),
        }
    };
    Value::any(properties.iter().map(of).collect::<Vec<_>>())
}

fn route_table(it: &mut Properties<'_>) -> RouteTable {
    RouteTable {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        routes: Value::Known(Vec::new()),
        associations: Value::Known(Vec::new()),
        propagating_gateways: Value::Known(Vec::new()),
    }
}

fn prefix_list(it: &mut Properties<'_>) -> PrefixList {
    let meta = it.meta(Some("PrefixListName"));
    let entries = it
        .list("Entries", "entries")
        .map(|entries| entries.iter().map(|entry| required(entry.field("Cidr").text(), "Cidr")).collect());
    PrefixList { name: meta.name.clone(), meta, entries }
}

fn nat_gateway(it: &mut Properties<'_>) -> NatGateway {
    let connectivity = it.word("ConnectivityType", "connectivity", &Connectivity::Public);
    let availability = it.word("AvailabilityMode", "availability", &NatAvailability::Zonal);
    NatGateway {
        meta: it.meta(None),
        subnet: it.edge("SubnetId", "subnet"),
        vpc: it.edge("VpcId", "vpc"),
        connectivity,
        availability,
        state: Value::Known(None),
    }
}

fn elastic_ip(it: &mut Properties<'_>) -> ElasticIp {
    ElasticIp {
        meta: it.meta(None),
        instance: it.edge("InstanceId", "instance"),
        network_interface: Value::Known(None),
    }
}

fn network_interface(it: &mut Properties<'_>) -> NetworkInterface {
    NetworkInterface {
        meta: it.meta(None),
        subnet: it.required_edge("SubnetId", "subnet"),
        security_groups: it.edges("GroupSet", "security_groups"),
        source_dest_check: it.boolean_or("SourceDestCheck", "source_dest_check", true),
        instance: Value::Known(None),
        ipv6: gives_ipv6(&it.get("Ipv6AddressCount"), &it.get("Ipv6Addresses")),
        public_address: Value::Known(None),
        managed: Value::Known(false),
    }
}

fn vpc_endpoint(it: &mut Properties<'_>) -> VpcEndpoint {
    let service = match it.get("ServiceName").value {
        // `com.amazonaws.${AWS::Region}.s3`: the region does not change what the service is.
        Evaluated::Pattern(text) => Value::Known(text),
        _ => it.text_or("ServiceName", "service", ""),
    };
    VpcEndpoint {
        meta: it.meta(None),
        vpc: it.required_edge("VpcId", "vpc"),
        service,
        endpoint_type: it.endpoint_type("VpcEndpointType"),
        subnets: it.edges("SubnetIds", "subnets"),
        route_tables: it.edges("RouteTableIds", "route_tables"),
        security_groups: it.edges("SecurityGroupIds", "security_groups"),
        private_dns: it.boolean_or("PrivateDnsEnabled", "private_dns", false),
    }
}

fn firewall(it: &mut Properties<'_>) -> Firewall {
    Firewall {
        meta: it.meta(Some("FirewallName")),
        vpc: it.required_edge("VpcId", "vpc"),
        subnets: it.edges_within("SubnetMappings", "SubnetId", "subnets"),
    }
}

/// A further endpoint of a firewall, in a subnet of any VPC.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-networkfirewall-vpcendpointassociation.html>
fn firewall_endpoint(it: &mut Properties<'_>) -> VpcEndpoint {
    let subnet = it.get("SubnetMapping.SubnetId");
    it.mark("subnets[0]", &subnet);
    let subnet = required(it.edge_of(&subnet), "SubnetMapping.SubnetId");
    let firewall = it.required_edge("FirewallArn", "service");
    firewall_endpoints::endpoint(it.meta(None), &firewall, it.required_edge("VpcId", "vpc"), subnet)
}

fn block_public_access(it: &mut Properties<'_>) -> BlockPublicAccess {
    let mode = required(it.optional_word("InternetGatewayBlockMode", "mode"), "InternetGatewayBlockMode");
    BlockPublicAccess { meta: it.meta(None), mode }
}

fn block_public_access_exclusion(it: &mut Properties<'_>) -> BlockPublicAccessExclusion {
    BlockPublicAccessExclusion {
        meta: it.meta(None),
        vpc: it.edge("VpcId", "vpc"),
        subnet: it.edge("SubnetId", "subnet"),
        mode: it.word("InternetGatewayExclusionMode", "mode", &ExclusionMode::AllowBidirectional),
    }
}
