//! ECS services and task definitions, EKS node groups.

use archlint_schema::{
    EcsService, NetworkMode, NodeGroup, PortMapping, Reason, Resources, ServiceLoadBalancer, TaskDefinition,
    Value,
};
use serde_json::Value as Json;

use super::compute::first_edge;
use crate::source::node::Node;
use crate::source::properties::{Properties, required, whole_number};

/// Adds a resource of a kind of containers; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_ecs_service" => all.ecs_services.push(ecs_service(it)),
        "aws_ecs_task_definition" => all.task_definitions.push(task_definition(it)),
        "aws_eks_node_group" => all.node_groups.push(node_group(it)),
        _ => return false,
    }
    true
}

fn ecs_service(it: &mut Properties<'_>) -> EcsService {
    const NETWORK: &str = "network_configuration.0";
    let balancers = it.list("load_balancer", "load_balancers");
    EcsService {
        meta: it.meta(Some("name")),
        task_definition: it.edge("task_definition", "task_definition"),
        // The provider's default, not AWS's.
        desired_count: it.integer_or("desired_count", "desired_count", 0).map(Some),
        subnets: it.edges(&format!("{NETWORK}.subnets"), "subnets"),
        security_groups: it.edges(&format!("{NETWORK}.security_groups"), "security_groups"),
        assign_public_ip: it.boolean_or(&format!("{NETWORK}.assign_public_ip"), "assign_public_ip", false),
        load_balancers: match balancers.decided() {
            Ok(all) => Value::Known(all.iter().map(|item| service_load_balancer(it, item)).collect()),
            Err(why) => Value::Unknown(why),
        },
    }
}

fn service_load_balancer(it: &mut Properties<'_>, item: &Node) -> ServiceLoadBalancer {
    ServiceLoadBalancer {
        target_group: it.edge_of(&item.field("target_group_arn")),
        classic_load_balancer: it.edge_of(&item.field("elb_name")),
        container: item.field("container_name").text(),
        container_port: whole_number(&item.field("container_port")),
    }
}

fn task_definition(it: &mut Properties<'_>) -> TaskDefinition {
    let containers = required(it.text("container_definitions", "port_mappings"), "container_definitions");
    TaskDefinition {
        meta: it.meta(Some("family")),
        network_mode: it.word("network_mode", "network_mode", &NetworkMode::Bridge, |word| match word {
            "awsvpc" => Some(NetworkMode::Awsvpc),
            "bridge" => Some(NetworkMode::Bridge),
            "host" => Some(NetworkMode::Host),
            "none" => Some(NetworkMode::None),
            _ => None,
        }),
        port_mappings: match containers.decided() {
            Ok(text) => port_mappings(text),
            Err(why) => Value::Unknown(why),
        },
    }
}

/// The ports of the containers, which are written as JSON in ECS's own words.
fn port_mappings(containers: &str) -> Value<Vec<PortMapping>> {
    let Ok(containers) = serde_json::from_str::<Vec<Json>>(containers) else {
        return Value::unknown(Reason::Computed, "container_definitions");
    };
    let mapping = |container: &Json, it: &Json| PortMapping {
        container: Value::Known(container["name"].as_str().map(str::to_owned)),
        container_port: Value::Known(it["containerPort"].as_i64()),
        host_port: Value::Known(it["hostPort"].as_i64()),
    };
    let of_container = |container: &Json| -> Vec<PortMapping> {
        let mappings = container["portMappings"].as_array().into_iter().flatten();
        mappings.map(|it| mapping(container, it)).collect()
    };
    Value::Known(containers.iter().flat_map(of_container).collect())
}

fn node_group(it: &mut Properties<'_>) -> NodeGroup {
    NodeGroup {
        meta: it.meta(Some("node_group_name")),
        subnets: it.edges("subnet_ids", "subnets"),
        launch_template: first_edge(
            it,
            &["launch_template.0.id", "launch_template.0.name"],
            "launch_template",
        ),
        min_size: it.integer("scaling_config.0.min_size", "min_size"),
        desired_size: it.integer("scaling_config.0.desired_size", "desired_size"),
    }
}
