//! Instances, launch templates and Auto Scaling groups.

use archlint_schema::{AutoScalingGroup, Instance, LaunchTemplate, Value};

use crate::source::properties::{Properties, required};

pub(super) fn instance(it: &mut Properties<'_>) -> Instance {
    let mut interfaces = it.edges_within("network_interface", "network_interface_id", "network_interfaces");
    if interfaces == Value::Known(Vec::new()) {
        interfaces =
            it.edges_within("primary_network_interface", "network_interface_id", "network_interfaces");
    }
    Instance {
        meta: it.meta(None),
        subnet: it.edge("subnet_id", "subnet"),
        zone: it.zone("availability_zone", "zone"),
        network_interfaces: interfaces,
        security_groups: it.edges("vpc_security_group_ids", "security_groups"),
        image: it.text("ami", "image"),
        instance_type: it.text("instance_type", "instance_type"),
        source_dest_check: it.boolean_or("source_dest_check", "source_dest_check", true),
        associate_public_ip: it.boolean("associate_public_ip_address", "associate_public_ip"),
    }
}

pub(super) fn launch_template(it: &mut Properties<'_>) -> LaunchTemplate {
    let mut security_groups = it.edges("vpc_security_group_ids", "security_groups");
    if security_groups == Value::Known(Vec::new()) {
        security_groups = it.edges("network_interfaces.0.security_groups", "security_groups");
    }
    LaunchTemplate {
        meta: it.meta(Some("name")),
        image: it.text("image_id", "image"),
        instance_type: it.text("instance_type", "instance_type"),
        security_groups,
        associate_public_ip: it
            .boolean("network_interfaces.0.associate_public_ip_address", "associate_public_ip"),
    }
}

pub(super) fn auto_scaling_group(it: &mut Properties<'_>) -> AutoScalingGroup {
    const SPECIFICATION: &str = "mixed_instances_policy.0.launch_template.0.launch_template_specification.0";
    let mut size = |property: &str, path: &str| required(it.integer(property, path), property);
    let (min_size, max_size) = (size("min_size", "min_size"), size("max_size", "max_size"));
    let ways = [
        "launch_template.0.id".to_owned(),
        "launch_template.0.name".to_owned(),
        format!("{SPECIFICATION}.launch_template_id"),
        format!("{SPECIFICATION}.launch_template_name"),
    ];
    let launch_template = ways.iter().map(|way| it.edge(way, "launch_template")).collect::<Vec<_>>();
    let named = launch_template.into_iter().find(|it| *it != Value::Known(None));
    AutoScalingGroup {
        meta: it.meta(Some("name")),
        subnets: it.edges("vpc_zone_identifier", "subnets"),
        zones: it.zone_list("availability_zones", "zones"),
        min_size,
        max_size,
        desired_capacity: it.integer("desired_capacity", "desired_capacity"),
        target_groups: it.edges("target_group_arns", "target_groups"),
        classic_load_balancers: it.edges("load_balancers", "classic_load_balancers"),
        health_check_types: it
            .text_or("health_check_type", "health_check_types", "EC2")
            .map(|it| it.split(',').map(|it| it.trim().to_owned()).collect()),
        health_check_grace_period_s: it.integer("health_check_grace_period", "health_check_grace_period_s"),
        launch_template: named.unwrap_or(Value::Known(None)),
        placement_group: it.text("placement_group", "placement_group"),
    }
}
