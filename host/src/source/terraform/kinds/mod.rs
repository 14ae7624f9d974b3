//! From Terraform's resources to the snapshot's: one function per kind, the defaults of AWS and of the
//! provider filled in.

mod compute;
mod database;
mod fold;
mod load_balancing;
mod network;
mod rules;

use archlint_schema::{Key, Untyped};

use super::address::Address;
use super::declared::Declared;
use crate::source::built::{Built, Folded};
use crate::source::properties::{Declaration, Properties};

pub(crate) use fold::FOLDED;

/// Types that the snapshot has a kind for, with the kind's canonical name.
const TYPED: &[(&str, &str)] = &[
    ("aws_vpc", "AWS::EC2::VPC"),
    ("aws_default_vpc", "AWS::EC2::VPC"),
    ("aws_internet_gateway", "AWS::EC2::InternetGateway"),
    ("aws_egress_only_internet_gateway", "AWS::EC2::EgressOnlyInternetGateway"),
    ("aws_ec2_carrier_gateway", "AWS::EC2::CarrierGateway"),
    ("aws_subnet", "AWS::EC2::Subnet"),
    ("aws_default_subnet", "AWS::EC2::Subnet"),
    ("aws_route_table", "AWS::EC2::RouteTable"),
    ("aws_default_route_table", "AWS::EC2::RouteTable"),
    ("aws_ec2_managed_prefix_list", "AWS::EC2::PrefixList"),
    ("aws_nat_gateway", "AWS::EC2::NatGateway"),
    ("aws_eip", "AWS::EC2::EIP"),
    ("aws_network_interface", "AWS::EC2::NetworkInterface"),
    ("aws_security_group", "AWS::EC2::SecurityGroup"),
    ("aws_default_security_group", "AWS::EC2::SecurityGroup"),
    ("aws_vpc_endpoint", "AWS::EC2::VPCEndpoint"),
    ("aws_networkfirewall_firewall", "AWS::NetworkFirewall::Firewall"),
    ("aws_vpc_block_public_access_options", "AWS::EC2::VPCBlockPublicAccessOptions"),
    ("aws_vpc_block_public_access_exclusion", "AWS::EC2::VPCBlockPublicAccessExclusion"),
    ("aws_instance", "AWS::EC2::Instance"),
    ("aws_spot_instance_request", "AWS::EC2::Instance"),
    ("aws_launch_template", "AWS::EC2::LaunchTemplate"),
    ("aws_autoscaling_group", "AWS::AutoScaling::AutoScalingGroup"),
    ("aws_lb", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    ("aws_alb", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
    ("aws_elb", "AWS::ElasticLoadBalancing::LoadBalancer"),
    ("aws_lb_target_group", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    ("aws_alb_target_group", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    ("aws_lb_listener", "AWS::ElasticLoadBalancingV2::Listener"),
    ("aws_alb_listener", "AWS::ElasticLoadBalancingV2::Listener"),
    ("aws_lb_listener_rule", "AWS::ElasticLoadBalancingV2::ListenerRule"),
    ("aws_alb_listener_rule", "AWS::ElasticLoadBalancingV2::ListenerRule"),
    ("aws_db_instance", "AWS::RDS::DBInstance"),
    ("aws_rds_cluster_instance", "AWS::RDS::DBInstance"),
    ("aws_rds_cluster", "AWS::RDS::DBCluster"),
    ("aws_db_subnet_group", "AWS::RDS::DBSubnetGroup"),
];

/// The snapshot's kind of a type; a type that it has no kind for keeps its own name, and its attributes
/// theirs.
pub(crate) fn kind(terraform: &str) -> &str {
    TYPED.iter().find(|it| it.0 == terraform).map_or(terraform, |it| it.1)
}

/// Whether the snapshot has a kind for a type, or a place for it within one.
pub(crate) fn is_read(terraform: &str) -> bool {
    TYPED.iter().any(|it| it.0 == terraform) || FOLDED.contains(&terraform)
}

/// The type of the resource at an address; nothing for a key that is none.
fn kind_of(key: &Key) -> String {
    Address::parse(key.as_str()).map(|it| it.kind).unwrap_or_default()
}

/// Adds an instance as a resource of its own.
pub(crate) fn build(declared: &Declared<'_, '_>, terraform: &str, built: &mut Built) {
    let mut properties = Properties::new(declared, &mut built.externals);
    let it = &mut properties;
    let all = &mut built.resources;
    match terraform {
        "aws_vpc" => all.vpcs.push(network::vpc(it, false)),
        "aws_default_vpc" => all.vpcs.push(network::vpc(it, true)),
        "aws_internet_gateway" => all.internet_gateways.push(network::internet_gateway(it)),
        "aws_egress_only_internet_gateway" => {
            all.egress_only_internet_gateways.push(network::egress_only_internet_gateway(it));
        }
        "aws_ec2_carrier_gateway" => all.carrier_gateways.push(network::carrier_gateway(it)),
        "aws_subnet" | "aws_default_subnet" => all.subnets.push(network::subnet(it)),
        "aws_route_table" => all.route_tables.push(network::route_table(it)),
        "aws_default_route_table" => all.route_tables.push(network::default_route_table(it)),
        "aws_ec2_managed_prefix_list" => all.prefix_lists.push(network::prefix_list(it)),
        "aws_nat_gateway" => all.nat_gateways.push(network::nat_gateway(it)),
        "aws_eip" => all.elastic_ips.push(network::elastic_ip(it)),
        "aws_network_interface" => all.network_interfaces.push(network::network_interface(it)),
        "aws_security_group" | "aws_default_security_group" => {
            all.security_groups.push(network::security_group(it));
        }
        "aws_vpc_endpoint" => all.vpc_endpoints.push(network::vpc_endpoint(it)),
        "aws_networkfirewall_firewall" => {
            let (firewall, endpoints) = network::firewall(it);
            let keys: Vec<Key> = endpoints.iter().map(|it| it.meta.key.clone()).collect();
            all.firewalls.push(firewall);
            all.vpc_endpoints.extend(endpoints);
            let origin = properties.origin();
            for key in keys.into_iter().chain([declared.key()]) {
                built.add_origin(key, origin.clone());
            }
            return;
        }
        "aws_vpc_block_public_access_options" => {
            all.block_public_access.push(network::block_public_access(it));
        }
        "aws_vpc_block_public_access_exclusion" => {
            all.block_public_access_exclusions.push(network::block_public_access_exclusion(it));
        }
        "aws_instance" | "aws_spot_instance_request" => all.instances.push(compute::instance(it)),
        "aws_launch_template" => all.launch_templates.push(compute::launch_template(it)),
        "aws_autoscaling_group" => all.auto_scaling_groups.push(compute::auto_scaling_group(it)),
        "aws_lb" | "aws_alb" => all.load_balancers.push(load_balancing::load_balancer(it)),
        "aws_elb" => all.classic_load_balancers.push(load_balancing::classic_load_balancer(it)),
        "aws_lb_target_group" | "aws_alb_target_group" => {
            all.target_groups.push(load_balancing::target_group(it));
        }
        "aws_lb_listener" | "aws_alb_listener" => all.listeners.push(load_balancing::listener(it)),
        "aws_lb_listener_rule" | "aws_alb_listener_rule" => {
            all.listener_rules.push(load_balancing::listener_rule(it));
        }
        "aws_db_instance" => all.db_instances.push(database::db_instance(it)),
        "aws_rds_cluster_instance" => all.db_instances.push(database::cluster_instance(it)),
        "aws_rds_cluster" => all.db_clusters.push(database::db_cluster(it)),
        "aws_db_subnet_group" => all.db_subnet_groups.push(database::db_subnet_group(it)),
        _ => all.untyped.entry(terraform.to_owned()).or_default().push(Untyped { meta: it.meta(None) }),
    }
    let origin = properties.origin();
    built.add_origin(declared.key(), origin);
}

/// Adds an instance to the resource that it is part of; the key of that one.
pub(crate) fn fold(declared: &Declared<'_, '_>, terraform: &str, built: &mut Built) -> Folded {
    let mut properties = Properties::new(declared, &mut built.externals);
    let folded = fold::fold(terraform, &mut properties, &mut built.resources);
    let origin = properties.origin();
    if !built.note_part(&folded, origin) {
        let meta = Properties::new(declared, &mut built.externals).meta(None);
        built.add_untyped(terraform, meta);
    }
    folded
}
