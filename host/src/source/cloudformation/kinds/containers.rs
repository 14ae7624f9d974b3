//! ECS services and task definitions, EKS node groups.

use archlint_schema::{
    EcsService, NetworkMode, NodeGroup, PortMapping, Resources, ServiceLoadBalancer, TaskDefinition, Value,
};

use super::either;
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

pub(crate) fn ecs_service(it: &mut Properties<'_>) -> EcsService {
    const NETWORK: &str = "NetworkConfiguration.AwsvpcConfiguration";
    let balancers = it.list("LoadBalancers", "load_balancers");
    EcsService {
        meta: it.meta(Some("ServiceName")),
        task_definition: it.edge("TaskDefinition", "task_definition"),
        desired_count: it.integer("DesiredCount", "desired_count"),
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

pub(crate) fn task_definition(it: &mut Properties<'_>) -> TaskDefinition {
    TaskDefinition {
        meta: it.meta(Some("Family")),
        network_mode: it.word("NetworkMode", "network_mode", &NetworkMode::Bridge),
        port_mappings: port_mappings(it),
    }
}

fn port_mappings(it: &mut Properties<'_>) -> Value<Vec<PortMapping>> {
    let containers = match it.list("ContainerDefinitions", "port_mappings").decided() {
        Ok(it) => it.clone(),
        Err(why) => return Value::Unknown(why),
    };
    let mut mappings = Vec::new();
    for container in &containers {
        let all = match container.field("PortMappings").items().decided() {
            Ok(it) => it.clone(),
            Err(why) => return Value::Unknown(why),
        };
        mappings.extend(all.iter().map(|it| PortMapping {
            container: container.field("Name").text(),
            container_port: whole_number(&it.field("ContainerPort")),
            host_port: whole_number(&it.field("HostPort")),
        }));
    }
    Value::Known(mappings)
}

fn node_group(it: &mut Properties<'_>) -> NodeGroup {
    NodeGroup {
        meta: it.meta(Some("NodegroupName")),
        subnets: it.edges("Subnets", "subnets"),
        launch_template: either(it, ["LaunchTemplate.Id", "LaunchTemplate.Name"], "launch_template"),
        min_size: it.integer("ScalingConfig.MinSize", "min_size"),
        desired_size: it.integer("ScalingConfig.DesiredSize", "desired_size"),
    }
}
