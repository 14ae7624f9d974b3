//! Instances, what they are launched from, and Auto Scaling groups.

use archlint_schema::{
    AutoScalingGroup, Instance, InstanceProfile, Key, LambdaFunction, LaunchConfiguration, LaunchTemplate,
    PlacementGroup, Resources, Value, Volume,
};

use crate::source::properties::{Properties, required, texts};

/// Adds a resource of a kind that computes, or that instances are made of; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_instance" | "aws_spot_instance_request" => all.instances.push(instance(it)),
        "aws_launch_template" => all.launch_templates.push(launch_template(it)),
        "aws_launch_configuration" => all.launch_configurations.push(launch_configuration(it)),
        "aws_autoscaling_group" => all.auto_scaling_groups.push(auto_scaling_group(it)),
        "aws_placement_group" => all.placement_groups.push(placement_group(it)),
        "aws_iam_instance_profile" => all.instance_profiles.push(instance_profile(it)),
        "aws_ebs_volume" => all.volumes.push(volume(it)),
        "aws_lambda_function" => all.lambda_functions.push(lambda_function(it)),
        _ => return false,
    }
    true
}

fn instance(it: &mut Properties<'_>) -> Instance {
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
        image_name: Value::Known(None),
        ipv6: gives_ipv6(it, "ipv6_address_count", "ipv6_addresses"),
        private_address: it.text("private_ip", "private_address"),
        public_address: Value::Known(None),
        instance_profile: it.edge("iam_instance_profile", "instance_profile"),
        launch_template: first_edge(
            it,
            &["launch_template.0.id", "launch_template.0.name"],
            "launch_template",
        ),
        block_devices: block_devices(it, "ebs_block_device"),
        volumes: Value::Known(Vec::new()),
        user_data_holds_aws_keys: either_holds_aws_keys(it, "user_data", "user_data_base64"),
        state: Value::Known(None),
    }
}

/// The first of some properties that names something.
pub(super) fn first_edge(it: &mut Properties<'_>, ways: &[&str], path: &str) -> Value<Option<Key>> {
    let named = ways.iter().map(|way| it.edge(way, path)).find(|it| *it != Value::Known(None));
    named.unwrap_or(Value::Known(None))
}

/// Whether an interface gets IPv6 addresses by a number of them or by the addresses themselves.
pub(super) fn gives_ipv6(it: &mut Properties<'_>, count: &str, addresses: &str) -> Value<Option<bool>> {
    let counted = it.integer(count, "ipv6").map(|it| it.map(|it| it > 0));
    if it.has(addresses) { Value::Known(Some(true)) } else { counted }
}

fn block_devices(it: &mut Properties<'_>, property: &str) -> Value<Vec<Value<String>>> {
    let devices = it.list(property, "block_devices");
    texts(devices.map(|all| all.iter().map(|it| it.field("device_name")).collect()), "device_name")
}

fn either_holds_aws_keys(it: &mut Properties<'_>, plain: &str, encoded: &str) -> Value<bool> {
    let path = "user_data_holds_aws_keys";
    it.holds_aws_keys(plain, path).or(it.holds_aws_keys(encoded, path))
}

fn launch_template(it: &mut Properties<'_>) -> LaunchTemplate {
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
        ipv6: gives_ipv6(
            it,
            "network_interfaces.0.ipv6_address_count",
            "network_interfaces.0.ipv6_addresses",
        ),
        instance_profile: first_edge(
            it,
            &["iam_instance_profile.0.arn", "iam_instance_profile.0.name"],
            "instance_profile",
        ),
        block_devices: block_devices(it, "block_device_mappings"),
        market_type: it.text("instance_market_options.0.market_type", "market_type"),
        placement_group: first_edge(
            it,
            &["placement.0.group_name", "placement.0.group_id"],
            "placement_group",
        ),
        user_data_holds_aws_keys: it.holds_aws_keys("user_data", "user_data_holds_aws_keys"),
    }
}

fn launch_configuration(it: &mut Properties<'_>) -> LaunchConfiguration {
    LaunchConfiguration {
        meta: it.meta(Some("name")),
        image: it.text("image_id", "image"),
        instance_type: it.text("instance_type", "instance_type"),
        security_groups: it.edges("security_groups", "security_groups"),
        associate_public_ip: it.boolean("associate_public_ip_address", "associate_public_ip"),
        instance_profile: it.edge("iam_instance_profile", "instance_profile"),
        spot_price: it.text("spot_price", "spot_price"),
        user_data_holds_aws_keys: either_holds_aws_keys(it, "user_data", "user_data_base64"),
    }
}

fn placement_group(it: &mut Properties<'_>) -> PlacementGroup {
    PlacementGroup { meta: it.meta(Some("name")), strategy: it.text_or("strategy", "strategy", "cluster") }
}

fn instance_profile(it: &mut Properties<'_>) -> InstanceProfile {
    InstanceProfile { meta: it.meta(Some("name")), roles: it.edges("role", "roles") }
}

fn volume(it: &mut Properties<'_>) -> Volume {
    Volume {
        meta: it.meta(None),
        zone: it.zone("availability_zone", "zone"),
        instances: Value::Known(Vec::new()),
    }
}

fn lambda_function(it: &mut Properties<'_>) -> LambdaFunction {
    LambdaFunction {
        meta: it.meta(Some("function_name")),
        // -1 stands for none.
        reserved_concurrency: it
            .integer("reserved_concurrent_executions", "reserved_concurrency")
            .map(|it| it.filter(|it| *it >= 0)),
        subnets: it.edges("vpc_config.0.subnet_ids", "subnets"),
        security_groups: it.edges("vpc_config.0.security_group_ids", "security_groups"),
    }
}

fn auto_scaling_group(it: &mut Properties<'_>) -> AutoScalingGroup {
    const DISTRIBUTION: &str = "mixed_instances_policy.0.instances_distribution.0";
    const SPECIFICATION: &str = "mixed_instances_policy.0.launch_template.0.launch_template_specification.0";
    let mut size = |property: &str, path: &str| required(it.integer(property, path), property);
    let (min_size, max_size) = (size("min_size", "min_size"), size("max_size", "max_size"));
    let specified = ["launch_template_id", "launch_template_name"].map(|it| format!("{SPECIFICATION}.{it}"));
    let ways = ["launch_template.0.id", "launch_template.0.name", &specified[0], &specified[1]];
    let hooks = it.list("initial_lifecycle_hook", "lifecycle_hooks");
    let hooks = hooks.map(|all| all.iter().map(|it| it.field("lifecycle_transition")).collect());
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
        launch_template: first_edge(it, &ways, "launch_template"),
        launch_configuration: it.edge("launch_configuration", "launch_configuration"),
        on_demand_base_capacity: it
            .integer(&format!("{DISTRIBUTION}.on_demand_base_capacity"), "on_demand_base_capacity"),
        on_demand_percentage_above_base_capacity: it.integer(
            &format!("{DISTRIBUTION}.on_demand_percentage_above_base_capacity"),
            "on_demand_percentage_above_base_capacity",
        ),
        placement_group: it.edge("placement_group", "placement_group"),
        lifecycle_hooks: texts(hooks, "lifecycle_transition"),
        // No instance of a plan is a group's.
        instances: Value::Known(Vec::new()),
    }
}
