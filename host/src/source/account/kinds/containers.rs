//! ECS services and task definitions, EKS node groups.

use archlint_schema::{NodeGroup, Resources};

use super::always::{always, always_edges};
use super::first_edge;
// ECS describes services and task definitions in the words of their templates.
use crate::source::cloudformation::{ecs_service, task_definition};
use crate::source::properties::Properties;

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

fn node_group(it: &mut Properties<'_>) -> NodeGroup {
    NodeGroup {
        meta: it.meta(Some("NodegroupName")),
        subnets: always_edges(it, &[("Subnets", "")], "subnets"),
        launch_template: first_edge(it, &["LaunchTemplate.Id", "LaunchTemplate.Name"], "launch_template"),
        min_size: always(it.integer("ScalingConfig.MinSize", "min_size"), "MinSize"),
        desired_size: always(it.integer("ScalingConfig.DesiredSize", "desired_size"), "DesiredSize"),
    }
}
