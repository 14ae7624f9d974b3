//! ECS services and task definitions, EKS node groups.

use archlint_schema::{
    EcsService, NetworkMode, NodeGroup, PortMapping, Resources, ServiceLoadBalancer, TaskDefinition, Value,
};

use super::always::{always, always_edges};
use super::first_edge;
use crate::source::node::Node;
use crate::source::properties::{Properties, whole_number};

/// Adds a resource of a kind of containers; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::ECS::Service" => all.ecs_services.push(ecs_service(it)),
        "AWS::ECS::TaskDefinition" => all.task_definitions.push(task_definition(it)),
        "AWS::EKS::Nodegroup" => all.node_groups.push(node_group(it)),
        _ => return false,
    }
    true
}

fn ecs_service(it: &mut Properties<'_>) -> EcsService {
    const NETWORK: &str = "NetworkConfiguration.AwsvpcConfiguration";
    let balancers = it.list("LoadBalancers", "load_balancers");
    EcsService {
        meta: it.meta(Some("ServiceName")),
        task_definition: it.edge("TaskDefinition", "task_definition"),
        desired_count: it.integer("DesiredCount", "desired_count"),
        // Only tasks of network mode `awsvpc` have a network configuration.
        subnets: it.edges(&format!("{NETWORK}.Subnets"), "subnets"),
        security_groups: it.edges(&format!("{NETWORK}.SecurityGroups"), "security_groups"),
        assign_public_ip: it
            .text(&format!("{NETWORK}.AssignPublicIp"), "assign_public_ip")
            .map(|it| it.as_deref() == Some("ENABLED")),
        load_balancers: match balancers.decided() {
            Ok(all) => Value::Known(all.iter().map(|item| service_load_balancer(it, item)).collect()),
            Err(why) => Value::Unknown(why),
        },
    }
}

fn service_load_balancer(it: &mut Properties<'_>, item: &Node) -> ServiceLoadBalancer {
    ServiceLoadBalancer {
        target_group: it.edge_of(&item.field("TargetGroupArn")),
        classic_load_balancer: it.edge_of(&item.field("LoadBalancerName")),
        container: item.field("ContainerName").text(),
        container_port: whole_number(&item.field("ContainerPort")),
    }
}

fn task_definition(it: &mut Properties<'_>) -> TaskDefinition {
    TaskDefinition {
        meta: it.meta(Some("Family")),
        // AWS leaves the mode out where the definition does.
        network_mode: it.word("NetworkMode", "network_mode", &NetworkMode::Bridge),
        port_mappings: port_mappings(it),
    }
}

fn port_mappings(it: &mut Properties<'_>) -> Value<Vec<PortMapping>> {
    let containers = it.list("ContainerDefinitions", "port_mappings");
    let of_container = |container: &Node| -> Vec<PortMapping> {
        let mappings = container.field("PortMappings").items();
        let mapping = |it: &Node| PortMapping {
            container: container.field("Name").text(),
            container_port: whole_number(&it.field("ContainerPort")),
            host_port: whole_number(&it.field("HostPort")),
        };
        mappings.known().into_iter().flatten().map(mapping).collect()
    };
    containers.map(|all| all.iter().flat_map(of_container).collect())
}

fn node_group(it: &mut Properties<'_>) -> NodeGroup {
    NodeGroup {
        meta: it.meta(Some("NodegroupName")),
        subnets: always_edges(it, &[("Subnets", "")], "subnets"),
        launch_template: first_edge(it, &["LaunchTemplate.Id", "LaunchTemplate.Name"], "launch_template"),
        min_size: always(it.integer("ScalingConfig.MinSize", "min_size"), "MinSize"),
        desired_size: always(it.integer("ScalingConfig.DesiredSize", "desired_size"), "DesiredSize"),
    }
}
