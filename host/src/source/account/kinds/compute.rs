//! Instances, what they are launched from, and Auto Scaling groups.

use archlint_schema::{
    AutoScalingGroup, Instance, InstanceProfile, Key, LambdaFunction, LaunchConfiguration, LaunchTemplate,
    PlacementGroup, Reason, Resources, Value, Volume,
};

use super::always::{always, always_edges};
use super::{first_edge, named, not_collected, told};
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, texts, truth, whole_number};

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
        "AWS::Lambda::Function" => all.lambda_functions.push(lambda_function(it)),
        _ => return false,
    }
    true
}

fn instance(it: &mut Properties<'_>) -> Instance {
    let public_address = it.text("PublicIpAddress", "public_address");
    Instance {
        meta: it.meta(None),
        subnet: it.edge("SubnetId", "subnet"),
        zone: it.zone("Placement.AvailabilityZone", "zone"),
        network_interfaces: it.edges_within("NetworkInterfaces", "NetworkInterfaceId", "network_interfaces"),
        security_groups: always_edges(it, &[("SecurityGroups", "GroupId")], "security_groups"),
        image: always(it.text("ImageId", "image"), "ImageId"),
        instance_type: always(it.text("InstanceType", "instance_type"), "InstanceType"),
        source_dest_check: required(it.boolean("SourceDestCheck", "source_dest_check"), "SourceDestCheck"),
        // Whatever the subnet decided when it was launched: it has an address or it has none.
        associate_public_ip: public_address.is(Option::is_some).map(Some),
        image_name: always(it.text("Image.Name", "image_name"), "Image.Name"),
        ipv6: has_ipv6(it),
        private_address: it.text("PrivateIpAddress", "private_address"),
        public_address,
        instance_profile: it.edge("IamInstanceProfile.Arn", "instance_profile"),
        // An instance that runs leaves nothing out.
        launch_template: Value::Known(None),
        block_devices: block_devices(it, "BlockDeviceMappings"),
        volumes: data_volumes(it),
        user_data_holds_aws_keys: it.holds_aws_keys("UserData", "user_data_holds_aws_keys"),
        state: always(it.text("State.Name", "state"), "State.Name"),
    }
}

/// Whether any interface has an IPv6 address.
fn has_ipv6(it: &mut Properties<'_>) -> Value<Option<bool>> {
    if !it.has("NetworkInterfaces") {
        return not_collected("NetworkInterfaces");
    }
    let has_address =
        |it: &Node| it.field("Ipv6Addresses").items().known().is_some_and(|all| !all.is_empty());
    it.list("NetworkInterfaces", "ipv6").map(|all| Some(all.iter().any(has_address)))
}

/// The names of the devices that are EBS volumes.
fn block_devices(it: &mut Properties<'_>, property: &str) -> Value<Vec<Value<String>>> {
    let is_volume = |it: &Node| it.field("Ebs").value != Evaluated::Absent;
    let volumes =
        it.list(property, "block_devices").map(|all| all.into_iter().filter(is_volume).collect::<Vec<_>>());
    texts(volumes.map(|all| all.iter().map(|it| it.field("DeviceName")).collect()), "DeviceName")
}

/// The volumes that are attached to it, but for the one that it boots from.
fn data_volumes(it: &mut Properties<'_>) -> Value<Vec<Value<Key>>> {
    let root = it.get("RootDeviceName").text();
    let devices = match it.list("BlockDeviceMappings", "volumes").decided() {
        Ok(devices) => devices.clone(),
        Err(why) => return Value::Unknown(why),
    };
    let volumes = devices.iter().filter(|device| device.field("DeviceName").text() != root);
    let edge = |device: &Node| required(it.edge_of(&device.field("Ebs").field("VolumeId")), "VolumeId");
    Value::Known(volumes.map(edge).collect())
}

fn launch_template(it: &mut Properties<'_>) -> LaunchTemplate {
    let versions = current_versions(it);
    let versions = versions.iter().map(|data| version(it, data));
    versions.reduce(|a, b| agreed(a, &b)).unwrap_or_else(|| hidden_launch_template(it))
}

/// Where the data stands that may be launched: in the template itself as AWS Config has it, or among its versions,
/// which a call of their own tells: the default one and the latest one.
fn current_versions(it: &Properties<'_>) -> Vec<String> {
    const WHOLE: &str = "LaunchTemplateData";
    const VERSIONS: &str = "LaunchTemplateVersions";
    if it.has(WHOLE) {
        return vec![WHOLE.to_owned()];
    }
    let versions = it.get(VERSIONS).items().known().cloned().unwrap_or_default();
    let number = |version: &Node| whole_number(&version.field("VersionNumber")).known().copied().flatten();
    let latest = versions.iter().map(number).max().flatten();
    let is_default = |version: &Node| truth(&version.field("DefaultVersion")) == Value::Known(Some(true));
    let is_current = |version: &Node| is_default(version) || latest.is_some() && number(version) == latest;
    let current = versions.iter().enumerate().filter(|(_, version)| is_current(version));
    current.map(|(at, _)| format!("{VERSIONS}.{at}.{WHOLE}")).collect()
}

fn version(it: &mut Properties<'_>, data: &str) -> LaunchTemplate {
    let of = |name: &str| format!("{data}.{name}");
    let groups = ["NetworkInterfaces.0.Groups", "SecurityGroupIds", "SecurityGroups"].map(of);
    let groups = named(it, &groups.each_ref().map(String::as_str)).to_owned();
    let [profile, profile_name] = ["IamInstanceProfile.Arn", "IamInstanceProfile.Name"].map(of);
    LaunchTemplate {
        meta: it.meta(Some("LaunchTemplateName")),
        image: it.text(&of("ImageId"), "image"),
        instance_type: it.text(&of("InstanceType"), "instance_type"),
        security_groups: it.edges(&groups, "security_groups"),
        associate_public_ip: it
            .boolean(&of("NetworkInterfaces.0.AssociatePublicIpAddress"), "associate_public_ip"),
        ipv6: gives_ipv6(it, &of("NetworkInterfaces.0")),
        instance_profile: first_edge(it, &[&profile, &profile_name], "instance_profile"),
        block_devices: block_devices(it, &of("BlockDeviceMappings")),
        market_type: it.text(&of("InstanceMarketOptions.MarketType"), "market_type"),
        placement_group: first_edge(
            it,
            &[&of("Placement.GroupName"), &of("Placement.GroupId")],
            "placement_group",
        ),
        user_data_holds_aws_keys: it.holds_aws_keys(&of("UserData"), "user_data_holds_aws_keys"),
    }
}

/// What two versions agree on. Which of them is launched is for each launch to say.
fn agreed(a: LaunchTemplate, b: &LaunchTemplate) -> LaunchTemplate {
    fn both<T: PartialEq>(a: Value<T>, b: &Value<T>) -> Value<T> {
        if a == *b {
            a
        } else {
            Value::unknown(Reason::Computed, "the default and the latest version differ")
        }
    }
    LaunchTemplate {
        meta: a.meta,
        image: both(a.image, &b.image),
        instance_type: both(a.instance_type, &b.instance_type),
        security_groups: both(a.security_groups, &b.security_groups),
        associate_public_ip: both(a.associate_public_ip, &b.associate_public_ip),
        ipv6: both(a.ipv6, &b.ipv6),
        instance_profile: both(a.instance_profile, &b.instance_profile),
        block_devices: both(a.block_devices, &b.block_devices),
        market_type: both(a.market_type, &b.market_type),
        placement_group: both(a.placement_group, &b.placement_group),
        user_data_holds_aws_keys: both(a.user_data_holds_aws_keys, &b.user_data_holds_aws_keys),
    }
}

/// A template of which only the name was told.
fn hidden_launch_template(it: &mut Properties<'_>) -> LaunchTemplate {
    const VERSIONS: &str = "LaunchTemplateVersions";
    LaunchTemplate {
        meta: it.meta(Some("LaunchTemplateName")),
        image: not_collected(VERSIONS),
        instance_type: not_collected(VERSIONS),
        security_groups: not_collected(VERSIONS),
        associate_public_ip: not_collected(VERSIONS),
        ipv6: not_collected(VERSIONS),
        instance_profile: not_collected(VERSIONS),
        block_devices: not_collected(VERSIONS),
        market_type: not_collected(VERSIONS),
        placement_group: not_collected(VERSIONS),
        user_data_holds_aws_keys: not_collected(VERSIONS),
    }
}

/// Whether an interface gets IPv6 addresses by a number of them or by the addresses themselves.
fn gives_ipv6(it: &mut Properties<'_>, interface: &str) -> Value<Option<bool>> {
    if it.list(&format!("{interface}.Ipv6Addresses"), "ipv6").known().is_some_and(|all| !all.is_empty()) {
        return Value::Known(Some(true));
    }
    it.integer(&format!("{interface}.Ipv6AddressCount"), "ipv6").map(|it| it.map(|it| it > 0))
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
        strategy: required(it.text("Strategy", "strategy"), "Strategy"),
    }
}

/// Its roles are described one by one, or named alone.
fn instance_profile(it: &mut Properties<'_>) -> InstanceProfile {
    let is_described = matches!(it.get("Roles.0").value, Evaluated::Object(_));
    let way = if is_described { ("Roles", "Arn") } else { ("Roles", "") };
    InstanceProfile { meta: it.meta(Some("InstanceProfileName")), roles: always_edges(it, &[way], "roles") }
}

fn volume(it: &mut Properties<'_>) -> Volume {
    Volume {
        meta: it.meta(None),
        zone: it.zone("AvailabilityZone", "zone"),
        instances: it.edges_within("Attachments", "InstanceId", "instances"),
    }
}

/// Outside a VPC it names none.
fn lambda_function(it: &mut Properties<'_>) -> LambdaFunction {
    LambdaFunction {
        meta: it.meta(Some("FunctionName")),
        reserved_concurrency: reserved_concurrency(it),
        subnets: it.edges("VpcConfig.SubnetIds", "subnets"),
        security_groups: it.edges("VpcConfig.SecurityGroupIds", "security_groups"),
    }
}

/// A call of its own tells it, and AWS Config beside the configuration; where none is reserved, the answer is empty.
fn reserved_concurrency(it: &mut Properties<'_>) -> Value<Option<i64>> {
    const PROPERTY: &str = "ReservedConcurrentExecutions";
    let own = it.integer(PROPERTY, "reserved_concurrency");
    if own != Value::Known(None) {
        return own;
    }
    let concurrency = it.integer(&format!("Concurrency.{PROPERTY}"), "reserved_concurrency");
    told(it, "Concurrency", concurrency)
}

/// How a group of mixed instances buys them.
const DISTRIBUTION: &str = "MixedInstancesPolicy.InstancesDistribution";

fn auto_scaling_group(it: &mut Properties<'_>) -> AutoScalingGroup {
    let mut size = |property: &str, path: &str| required(it.integer(property, path), property);
    let (min_size, max_size) = (size("MinSize", "min_size"), size("MaxSize", "max_size"));
    let subnets = it.edges("VPCZoneIdentifier", "subnets");
    // AWS names the zones of the subnets too.
    let has_subnets = subnets != Value::Known(Vec::new());
    let zones =
        if has_subnets { Value::Known(Vec::new()) } else { it.zone_list("AvailabilityZones", "zones") };
    AutoScalingGroup {
        meta: it.meta(Some("AutoScalingGroupName")),
        subnets,
        zones,
        min_size,
        max_size,
        desired_capacity: it.integer("DesiredCapacity", "desired_capacity"),
        target_groups: registered(it, "TargetGroupARNs", "elbv2", "target_groups"),
        classic_load_balancers: registered(it, "LoadBalancerNames", "elb", "classic_load_balancers"),
        health_check_types: required(it.text("HealthCheckType", "health_check_types"), "HealthCheckType")
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
        lifecycle_hooks: lifecycle_hooks(it),
        instances: it.edges_within("Instances", "InstanceId", "instances"),
    }
}

/// What a group registers its instances with: it names them one kind apart from the other, and all of them as its
/// traffic sources.
fn registered(it: &mut Properties<'_>, property: &str, source: &str, path: &str) -> Value<Vec<Value<Key>>> {
    let mut named = it.edges(property, path);
    let sources = it.list("TrafficSources", path).known().cloned().unwrap_or_default();
    let is_of_kind = |it: &&Node| it.field("Type").text() == Value::Known(Some(source.to_owned()));
    for source in sources.iter().filter(is_of_kind) {
        let edge = required(it.edge_of(&source.field("Identifier")), "Identifier");
        if let Value::Known(named) = &mut named
            && !named.contains(&edge)
        {
            named.push(edge);
        }
    }
    named
}

fn launch_template_of(it: &mut Properties<'_>) -> Value<Option<Key>> {
    const NAMES: [&str; 4] = [
        "LaunchTemplate.LaunchTemplateId",
        "LaunchTemplate.LaunchTemplateName",
        "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId",
        "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateName",
    ];
    first_edge(it, &NAMES, "launch_template")
}

fn lifecycle_hooks(it: &mut Properties<'_>) -> Value<Vec<Value<String>>> {
    if !it.has("LifecycleHooks") {
        return not_collected("LifecycleHooks");
    }
    let hooks = it.list("LifecycleHooks", "lifecycle_hooks");
    texts(
        hooks.map(|all| all.iter().map(|it| it.field("LifecycleTransition")).collect()),
        "LifecycleTransition",
    )
}
