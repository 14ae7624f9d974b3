//! From a template's resource to the snapshot's: one function per kind, AWS's defaults filled in.

mod compute;
mod database;
mod fold;
mod load_balancing;
mod network;

use archlint_schema::Untyped;

use super::stack::{Declared, Stack};
use crate::source::built::Built;
use crate::source::properties::Properties;

pub(crate) use fold::{FOLDED, fold};

/// Adds the resource with a logical id.
pub(crate) fn build(stack: &Stack<'_>, id: &str, built: &mut Built) {
    let declared = Declared { stack, id };
    let mut properties = Properties::new(&declared, &mut built.externals);
    let it = &mut properties;
    let all = &mut built.resources;
    match stack.template.kind(id) {
        "AWS::EC2::VPC" => all.vpcs.push(network::vpc(it)),
        "AWS::EC2::InternetGateway" => all.internet_gateways.push(network::internet_gateway(it)),
        "AWS::EC2::EgressOnlyInternetGateway" => {
            all.egress_only_internet_gateways.push(network::egress_only_internet_gateway(it));
        }
        "AWS::EC2::CarrierGateway" => all.carrier_gateways.push(network::carrier_gateway(it)),
        "AWS::EC2::Subnet" => all.subnets.push(network::subnet(it)),
        "AWS::EC2::RouteTable" => all.route_tables.push(network::route_table(it)),
        "AWS::EC2::PrefixList" => all.prefix_lists.push(network::prefix_list(it)),
        "AWS::EC2::NatGateway" => all.nat_gateways.push(network::nat_gateway(it)),
        "AWS::EC2::EIP" => all.elastic_ips.push(network::elastic_ip(it)),
        "AWS::EC2::NetworkInterface" => all.network_interfaces.push(network::network_interface(it)),
        "AWS::EC2::SecurityGroup" => all.security_groups.push(network::security_group(it)),
        "AWS::EC2::VPCEndpoint" => all.vpc_endpoints.push(network::vpc_endpoint(it)),
        "AWS::NetworkFirewall::Firewall" => {
            let (firewall, endpoints) = network::firewall(it);
            let places = endpoints.iter().map(|it| it.meta.key.clone()).collect::<Vec<_>>();
            all.firewalls.push(firewall);
            all.vpc_endpoints.extend(endpoints);
            let origin = properties.origin();
            for key in places.into_iter().chain([stack.key(id)]) {
                built.add_origin(key, origin.clone());
            }
            return;
        }
        "AWS::EC2::VPCBlockPublicAccessOptions" => {
            all.block_public_access.push(network::block_public_access(it));
        }
        "AWS::EC2::VPCBlockPublicAccessExclusion" => {
            all.block_public_access_exclusions.push(network::block_public_access_exclusion(it));
        }
        "AWS::EC2::Instance" => all.instances.push(compute::instance(it)),
        "AWS::EC2::LaunchTemplate" => all.launch_templates.push(compute::launch_template(it)),
        "AWS::AutoScaling::AutoScalingGroup" => all.auto_scaling_groups.push(compute::auto_scaling_group(it)),
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => {
            all.load_balancers.push(load_balancing::load_balancer(it));
        }
        "AWS::ElasticLoadBalancing::LoadBalancer" => {
            all.classic_load_balancers.push(load_balancing::classic_load_balancer(it));
        }
        "AWS::ElasticLoadBalancingV2::TargetGroup" => {
            all.target_groups.push(load_balancing::target_group(it));
        }
        "AWS::ElasticLoadBalancingV2::Listener" => all.listeners.push(load_balancing::listener(it)),
        "AWS::ElasticLoadBalancingV2::ListenerRule" => {
            all.listener_rules.push(load_balancing::listener_rule(it));
        }
        "AWS::RDS::DBInstance" => all.db_instances.push(database::db_instance(it)),
        "AWS::RDS::DBCluster" => all.db_clusters.push(database::db_cluster(it)),
        "AWS::RDS::DBSubnetGroup" => all.db_subnet_groups.push(database::db_subnet_group(it)),
        kind => all.untyped.entry(kind.to_owned()).or_default().push(Untyped { meta: it.meta(None) }),
    }
    let origin = properties.origin();
    built.add_origin(stack.key(id), origin);
}
