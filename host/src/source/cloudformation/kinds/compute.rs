//! Instances, what they are launched from, and Auto Scaling groups.

use archlint_schema::{
    AutoScalingGroup, Instance, InstanceProfile, Key, LambdaFunction, LaunchConfiguration, LaunchTemplate,
    PlacementGroup, Resources, Value, Volume,
};

use super::either;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, texts, truth};

/// Adds a resource of a kind that computes, or that instances are made of; whether it is one.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::EC2::Instance" => all.instances.push(instance(it)),
        "AWS::EC2::LaunchTemplate" => all.launch_templates.push(launch_template(it)),
        "AWS::AutoScaling::LaunchConfiguration" => all.launch_configurations.push(launch_configuration(it)),
        "AWS::AutoScaling::AutoScalingGroup" => all.auto_scaling_groups.push(auto_scaling_group(it)),
        "AWS::EC2::PlacementGroup" => all.placement_groups.push(placement_group(it)),
        "AWS::IAM::InstanceProfile" => all.instance_profiles.push(instance_profile(it)),
        "AWS::EC2::Volume" => all.volumes.push(volume(it)),
        "AWS::Lambda::Function" | "AWS::Serverless::Function" => {
            all.lambda_functions.push(lambda_function(it));
        }
        _ => return false,
    }
    true
}

fn instance(it: &mut Properties<'_>) -> Instance {
    let interfaces = it.list("NetworkInterfaces", "network_interfaces").known().cloned().unwrap_or_default();
    // An instance that describes its first interface inline leaves its own subnet and groups out.
    let first = interfaces.first().cloned();
    let inline = |name: &str| first.as_ref().map(|node| node.field(name));
    let subnet = match inline("SubnetId") {
        Some(node) => {
            it.mark("subnet", &node);
            it.edge_of(&node)
        }
        None => it.edge("SubnetId", "subnet"),
    };
    let security_groups = match inline("GroupSet") {
        Some(node) => {
            it.mark("security_groups", &node);
            it.edges_of(&node, "security_groups", "")
        }
        None => named_or(it, "SecurityGroupIds", "SecurityGroups"),
    };
    let own = |name: &str| inline(name).unwrap_or_else(|| it.get(name));
    let (count, addresses) = (own("Ipv6AddressCount"), own("Ipv6Addresses"));
    let private_address = own("PrivateIpAddress").text();
    let of_their_own =
        interfaces.iter().filter_map(|node| match it.edge_of(&node.field("NetworkInterfaceId")) {
            Value::Known(None) => None,
            other => Some(required(other, "NetworkInterfaceId")),
        });
    Instance {
        network_interfaces: Value::Known(of_their_own.collect()),
        meta: it.meta(None),
        subnet,
        zone: it.zone("AvailabilityZone", "zone"),
        security_groups,
        image: it.text("ImageId", "image"),
        instance_type: it.text("InstanceType", "instance_type"),
        source_dest_check: it.boolean_or("SourceDestCheck", "source_dest_check", true),
        associate_public_ip: inline("AssociatePublicIpAddress").map_or(Value::Known(None), |it| truth(&it)),
        image_name: Value::Known(None),
        ipv6: gives_ipv6(&count, &addresses),
        private_address,
        public_address: Value::Known(None),
        instance_profile: it.edge("IamInstanceProfile", "instance_profile"),
        launch_template: either(
            it,
            ["LaunchTemplate.LaunchTemplateId", "LaunchTemplate.LaunchTemplateName"],
            "launch_template",
        ),
        block_devices: block_devices(it, "BlockDeviceMappings"),
        volumes: it.edges_within("Volumes", "VolumeId", "volumes"),
        user_data_holds_aws_keys: it.holds_aws_keys("UserData", "user_data_holds_aws_keys"),
        state: Value::Known(None),
    }
}

/// The security groups by their ids, or by their names as in a default VPC.
fn named_or(it: &mut Properties<'_>, ids: &str, names: &str) -> Value<Vec<Value<Key>>> {
    let property = if it.has(ids) { ids } else { names };
    it.edges(property, "security_groups")
}

/// Whether an interface gets IPv6 addresses by a number of them or by the addresses themselves.
pub(super) fn gives_ipv6(count: &Node, addresses: &Node) -> Value<Option<bool>> {
    let counted = count.text().map(|it| it.map(|it| it != "0"));
    match (counted, &addresses.value) {
        (Value::Known(None), Evaluated::Absent) => Value::Known(None),
        (Value::Known(Some(false)), Evaluated::Absent) => Value::Known(Some(false)),
        (Value::Unknown(why), Evaluated::Absent) => Value::Unknown(why),
        _ => Value::Known(Some(true)),
    }
}

/// The names of the devices that are EBS volumes.
fn block_devices(it: &mut Properties<'_>, property: &str) -> Value<Vec<Value<String>>> {
    let is_volume = |it: &Node| it.field("Ebs").value != Evaluated::Absent;
    let volumes =
        it.list(property, "block_devices").map(|all| all.into_iter().filter(is_volume).collect::<Vec<_>>());
    texts(volumes.map(|all| all.iter().map(|it| it.field("DeviceName")).collect()), "DeviceName")
}

fn launch_template(it: &mut Properties<'_>) -> LaunchTemplate {
    let interfaces = it.list("LaunchTemplateData.NetworkInterfaces", "network_interfaces");
    let first = interfaces.known().and_then(|all| all.first()).cloned();
    let inline = |name: &str| first.as_ref().map(|it| it.field(name));
    let security_groups = match inline("Groups").filter(|it| it.value != Evaluated::Absent) {
        Some(node) => it.edges_of(&node, "security_groups", ""),
        None => named_or(it, "LaunchTemplateData.SecurityGroupIds", "LaunchTemplateData.SecurityGroups"),
    };
    let ipv6 = inline("Ipv6AddressCount").zip(inline("Ipv6Addresses"));
    LaunchTemplate {
        meta: it.meta(Some("LaunchTemplateName")),
        image: it.text("LaunchTemplateData.ImageId", "image"),
        instance_type: it.text("LaunchTemplateData.InstanceType", "instance_type"),
        security_groups,
        associate_public_ip: inline("AssociatePublicIpAddress").map_or(Value::Known(None), |it| truth(&it)),
        ipv6: ipv6.map_or(Value::Known(None), |(count, addresses)| gives_ipv6(&count, &addresses)),
        instance_profile: either(
            it,
            ["LaunchTemplateData.IamInstanceProfile.Arn", "LaunchTemplateData.IamInstanceProfile.Name"],
            "instance_profile",
        ),
        block_devices: block_devices(it, "LaunchTemplateData.BlockDeviceMappings"),
        market_type: it.text("LaunchTemplateData.InstanceMarketOptions.MarketType", "market_type"),
        placement_group: either(
            it,
            ["LaunchTemplateData.Placement.GroupName", "LaunchTemplateData.Placement.GroupId"],
            "placement_group",
        ),
        user_data_holds_aws_keys: it
            .holds_aws_keys("LaunchTemplateData.UserData", "user_data_holds_aws_keys"),
    }
}

fn launch_configuration(it: &mut Properties<'_>) -> LaunchConfiguration {
    LaunchConfiguration {
        meta: it.meta(Some("LaunchConfigurationName")),
        image: it.text("ImageId", "image"),
        instance_type: it.text("InstanceType", "instance_type"),
        security_groups: it.edges("SecurityGroups", "security_groups"),
        associate_public_ip: it.boolean("AssociatePublicIpAddress", "associate_public_ip"),
        instance_profile: it.edge("IamInstanceProfile", "instance_profile"),
        spot_price: it.text("SpotPrice", "spot_price"),
        user_data_holds_aws_keys: it.holds_aws_keys("UserData", "user_data_holds_aws_keys"),
    }
}

fn placement_group(it: &mut Properties<'_>) -> PlacementGroup {
    PlacementGroup {
        meta: it.meta(Some("GroupName")),
        strategy: it.text_or("Strategy", "strategy", "cluster"),
    }
}

fn instance_profile(it: &mut Properties<'_>) -> InstanceProfile {
    InstanceProfile { meta: it.meta(Some("InstanceProfileName")), roles: it.edges("Roles", "roles") }
}

fn volume(it: &mut Properties<'_>) -> Volume {
    Volume {
        meta: it.meta(None),
        zone: it.zone("AvailabilityZone", "zone"),
        instances: Value::Known(Vec::new()),
    }
}

fn lambda_function(it: &mut Properties<'_>) -> LambdaFunction {
    LambdaFunction {
        meta: it.meta(Some("FunctionName")),
        reserved_concurrency: it.integer("ReservedConcurrentExecutions", "reserved_concurrency"),
        subnets: it.edges("VpcConfig.SubnetIds", "subnets"),
        security_groups: it.edges("VpcConfig.SecurityGroupIds", "security_groups"),
    }
}

fn auto_scaling_group(it: &mut Properties<'_>) -> AutoScalingGroup {
    const DISTRIBUTION: &str = "MixedInstancesPolicy.InstancesDistribution";
    let mut size = |property: &str, path: &str| required(it.integer(property, path), property);
    let (min_size, max_size) = (size("MinSize", "min_size"), size("MaxSize", "max_size"));
    // `HealthCheckType` takes several, with commas between; EC2 checks are always on.
    let health_check_types = it.text_or("HealthCheckType", "health_check_types", "EC2");
    let hooks = it.list("LifecycleHookSpecificationList", "lifecycle_hooks");
    let hooks = hooks.map(|all| all.iter().map(|it| it.field("LifecycleTransition")).collect());
    AutoScalingGroup {
        meta: it.meta(Some("AutoScalingGroupName")),
        subnets: it.edges("VPCZoneIdentifier", "subnets"),
        zones: it.zone_list("AvailabilityZones", "zones"),
        min_size,
        max_size,
        desired_capacity: it.integer("DesiredCapacity", "desired_capacity"),
        target_groups: it.edges("TargetGroupARNs", "target_groups"),
        classic_load_balancers: it.edges("LoadBalancerNames", "classic_load_balancers"),
        health_check_types: health_check_types
            .map(|it| it.split(',').map(|it| it.trim().to_owned()).collect()),
        health_check_grace_period_s: it.integer("HealthCheckGracePeriod", "health_check_grace_period_s"),
        launch_template: launch_template_of(it),
        launch_configuration: it.edge("LaunchConfigurationName", "launch_configuration"),
        on_demand_base_capacity: it
            .integer(&format!("{DISTRIBUTION}.OnDemandBaseCapacity"), "on_demand_base_capacity"),
        on_demand_percentage_above_base_capacity: it.integer(
            &format!("{DISTRIBUTION}.OnDemandPercentageAboveBaseCapacity"),
            "on_demand_percentage_above_base_capacity",
        ),
        placement_group: it.edge("PlacementGroup", "placement_group"),
        lifecycle_hooks: texts(hooks, "LifecycleTransition"),
        // No instance of a template is a group's.
        instances: Value::Known(Vec::new()),
    }
}

fn launch_template_of(it: &mut Properties<'_>) -> Value<Option<Key>> {
    const MIXED: &str = "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification";
    let of = |it: &mut Properties<'_>, way: &str| {
        let [id, name] = ["LaunchTemplateId", "LaunchTemplateName"].map(|it| format!("{way}.{it}"));
        either(it, [&id, &name], "launch_template")
    };
    match of(it, "LaunchTemplate") {
        Value::Known(None) => of(it, MIXED),
        other => other,
    }
}
