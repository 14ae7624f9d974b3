//! Instances, launch templates and Auto Scaling groups.

use archlint_schema::{AutoScalingGroup, Instance, LaunchTemplate, Reason, Value};

use crate::source::properties::{Properties, required};

pub(super) fn instance(it: &mut Properties<'_>) -> Instance {
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
    let public = inline("AssociatePublicIpAddress").map_or(Value::Known(None), |node| node.text());
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
        security_groups: it.edges("SecurityGroupIds", "security_groups"),
        image: it.text("ImageId", "image"),
        instance_type: it.text("InstanceType", "instance_type"),
        source_dest_check: it.boolean_or("SourceDestCheck", "source_dest_check", true),
        associate_public_ip: flag(public),
    }
}

fn flag(text: Value<Option<String>>) -> Value<Option<bool>> {
    match text {
        Value::Known(None) => Value::Known(None),
        Value::Known(Some(it)) if it == "true" || it == "false" => Value::Known(Some(it == "true")),
        Value::Unknown(why) => Value::Unknown(why),
        Value::Known(Some(_)) | Value::OneOf(_) => {
            Value::unknown(Reason::Computed, "AssociatePublicIpAddress")
        }
    }
}

pub(super) fn launch_template(it: &mut Properties<'_>) -> LaunchTemplate {
    let interface = it.list("LaunchTemplateData.NetworkInterfaces", "network_interfaces");
    let public =
        interface.known().and_then(|all| all.first()).map(|it| it.field("AssociatePublicIpAddress").text());
    LaunchTemplate {
        meta: it.meta(Some("LaunchTemplateName")),
        image: it.text("LaunchTemplateData.ImageId", "image"),
        instance_type: it.text("LaunchTemplateData.InstanceType", "instance_type"),
        security_groups: it.edges("LaunchTemplateData.SecurityGroupIds", "security_groups"),
        associate_public_ip: flag(public.unwrap_or(Value::Known(None))),
    }
}

pub(super) fn auto_scaling_group(it: &mut Properties<'_>) -> AutoScalingGroup {
    let mut size = |property: &str, path: &str| required(it.integer(property, path), property);
    let (min_size, max_size) = (size("MinSize", "min_size"), size("MaxSize", "max_size"));
    // `HealthCheckType` takes several, with commas between; EC2 checks are always on.
    let health_check_types = it.text_or("HealthCheckType", "health_check_types", "EC2");
    let launch_template = match it.edge("LaunchTemplate.LaunchTemplateId", "launch_template") {
        Value::Known(None) => it.edge(
            "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId",
            "launch_template",
        ),
        other => other,
    };
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
        launch_template,
        placement_group: it.text("PlacementGroup", "placement_group"),
    }
}
