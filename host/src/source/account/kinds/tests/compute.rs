//! Instances, what they are launched from, and Auto Scaling groups.

use std::sync::Arc;

use archlint_schema::{Key, KeySet};
use serde_json::{Value as Json, json};

use super::{NETWORK, all, first, not_collected, told, with};
use crate::facts;

#[test]
fn an_instance_is_as_it_runs() {
    let running = json!({
        "instanceId": "i-1", "imageId": "ami-1", "instanceType": "t3.small", "state": { "code": 16, "name": "running" },
        "subnetId": "subnet-a", "placement": { "availabilityZone": "eu-west-1a", "groupName": "" },
        "privateIpAddress": "10.0.0.4", "publicIpAddress": "198.51.100.7", "sourceDestCheck": false,
        "securityGroups": [{ "groupName": "web", "groupId": "sg-1" }],
        "networkInterfaces": [{ "networkInterfaceId": "eni-1", "ipv6Addresses": [{ "ipv6Address": "2001:db8::4" }] }],
        "iamInstanceProfile": { "arn": "arn:aws:iam::111122223333:instance-profile/web", "id": "AIPA" },
        "rootDeviceName": "/dev/xvda",
        "blockDeviceMappings": [
            { "deviceName": "/dev/xvda", "ebs": { "volumeId": "vol-root" } },
            { "deviceName": "/dev/sdf", "ebs": { "volumeId": "vol-data" } },
        ],
    });
    let items = told(
        with("AWS::EC2::Instance", running, NETWORK),
        json!({ "Image": { "Name": "amzn-ami-vpc-nat-2018.03" }, "UserData": { "$unknown": { "reason": "redacted" }, "$holdsAwsKeys": true } }),
    );
    let expected = json!({
        "subnet": "subnet-a", "zone": "eu-west-1a", "network_interfaces": ["eni-1"], "security_groups": ["sg-1"],
        "image": "ami-1", "instance_type": "t3.small", "source_dest_check": false, "associate_public_ip": true,
        "image_name": "amzn-ami-vpc-nat-2018.03", "ipv6": true, "private_address": "10.0.0.4",
        "public_address": "198.51.100.7", "instance_profile": "arn:aws:iam::111122223333:instance-profile/web",
        "launch_template": null, "block_devices": ["/dev/xvda", "/dev/sdf"], "volumes": ["vol-data"],
        "user_data_holds_aws_keys": true, "state": "running",
    });
    assert_eq!(first(&items, |it| &it.instances), expected);
}

#[test]
fn the_volume_that_an_instance_boots_from_is_no_data() {
    let instance = json!({
        "state": { "name": "running" }, "rootDeviceName": "/dev/xvda",
        "blockDeviceMappings": [
            { "deviceName": "/dev/xvda", "ebs": { "volumeId": "vol-root" } },
            { "deviceName": "/dev/sdf", "ebs": { "volumeId": "vol-data" } },
        ],
    });
    let mut items = with("AWS::EC2::Instance", instance, NETWORK);
    for volume in items.iter_mut().filter(|it| it.kind == "AWS::EC2::Volume") {
        volume.configuration = json!({ "attachments": [{ "instanceId": "it" }] });
    }
    let (mut snapshot, _) = all(&items).finish(&Arc::default());
    facts::derive(&mut snapshot, &facts::EnvironmentSettings::default());
    let volumes = &snapshot.facts.instances["it"].data_volumes;
    assert_eq!(*volumes, KeySet::of(vec![Key::from("vol-data")]));
}

#[test]
fn what_an_instance_does_not_tell_is_not_collected() {
    let mut it =
        first(&with("AWS::EC2::Instance", json!({ "subnetId": "subnet-a" }), NETWORK), |it| &it.instances);
    let unknown = [
        ("security_groups", "SecurityGroups"),
        ("image", "ImageId"),
        ("instance_type", "InstanceType"),
        ("source_dest_check", "SourceDestCheck"),
        ("image_name", "Image.Name"),
        ("ipv6", "NetworkInterfaces"),
        ("user_data_holds_aws_keys", "UserData"),
        ("state", "State.Name"),
    ];
    for (path, what) in unknown {
        assert_eq!(it[path].take(), not_collected(what), "{path}");
    }
    assert_eq!(it["associate_public_ip"], json!(false));
}

const TEMPLATE: &str = "AWS::EC2::LaunchTemplate";

fn template_data(image: &str) -> Json {
    json!({
        "ImageId": image, "InstanceType": "t3.small", "IamInstanceProfile": { "Name": "web" },
        "NetworkInterfaces": [{ "DeviceIndex": 0, "AssociatePublicIpAddress": true, "Groups": ["sg-1"], "Ipv6AddressCount": 1 }],
        "BlockDeviceMappings": [{ "DeviceName": "/dev/xvda", "Ebs": { "VolumeSize": 8 } }, { "DeviceName": "/dev/sdb", "NoDevice": "" }],
        "InstanceMarketOptions": { "MarketType": "spot" }, "Placement": { "GroupName": "near" },
        "UserData": { "$unknown": { "reason": "redacted" }, "$holdsAwsKeys": false },
    })
}

fn expected_template(image: &Json) -> Json {
    json!({
        "image": image, "instance_type": "t3.small", "security_groups": ["sg-1"], "associate_public_ip": true,
        "ipv6": true, "instance_profile": "web", "block_devices": ["/dev/xvda"], "market_type": "spot",
        "placement_group": "near", "user_data_holds_aws_keys": false,
    })
}

#[test]
fn a_launch_template_is_its_data_or_what_its_current_versions_agree_on() {
    let whole = json!({ "Id": "lt-1", "LaunchTemplateData": template_data("ami-1") });
    let it = first(&with(TEMPLATE, whole, NETWORK), |it| &it.launch_templates);
    assert_eq!(it, expected_template(&json!("ami-1")));
    let version = |number: u32, is_default: bool, image: &str| json!({ "versionNumber": number, "defaultVersion": is_default, "launchTemplateData": template_data(image) });
    let versions = |all: &[Json]| {
        let items = with(TEMPLATE, json!({ "launchTemplateId": "lt-1" }), NETWORK);
        first(&told(items, json!({ "LaunchTemplateVersions": all })), |it| &it.launch_templates)
    };
    let (old, middle, newest) =
        (version(1, false, "ami-1"), version(2, true, "ami-2"), version(10, false, "ami-3"));
    assert_eq!(versions(&[old.clone(), middle.clone()]), expected_template(&json!("ami-2")));
    let why = json!({ "$unknown": { "reason": "computed", "detail": "the default and the latest version differ" } });
    assert_eq!(versions(&[newest, middle, old]), expected_template(&why));
}

#[test]
fn a_launch_template_may_hold_keys_in_its_default_version() {
    let data = json!({ "UserData": { "$unknown": { "reason": "redacted" }, "$holdsAwsKeys": true } });
    let versions = json!([{ "versionNumber": 1, "defaultVersion": true, "launchTemplateData": data }]);
    let items = told(with(TEMPLATE, json!({}), &[]), json!({ "LaunchTemplateVersions": versions }));
    assert_eq!(first(&items, |it| &it.launch_templates)["user_data_holds_aws_keys"], json!(true));
    let hidden =
        first(&with(TEMPLATE, json!({ "launchTemplateName": "web" }), &[]), |it| &it.launch_templates);
    for (path, value) in hidden.as_object().unwrap() {
        assert_eq!(*value, not_collected("LaunchTemplateVersions"), "{path}");
    }
}

#[test]
fn a_group_has_its_instances_and_what_it_registers_them_with() {
    const GROUP: &str = "AWS::AutoScaling::AutoScalingGroup";
    let others = [
        NETWORK,
        &[
            ("AWS::EC2::Instance", "i-1"),
            (TEMPLATE, "lt-1"),
            ("AWS::ElasticLoadBalancingV2::TargetGroup", "tg-1"),
            ("AWS::ElasticLoadBalancingV2::TargetGroup", "tg-2"),
            ("AWS::ElasticLoadBalancing::LoadBalancer", "classic"),
        ],
    ]
    .concat();
    let group = json!({
        "autoScalingGroupName": "web", "minSize": 2, "maxSize": 6, "desiredCapacity": 2, "availabilityZones": ["eu-west-1a"],
        "vpczoneIdentifier": "subnet-a, subnet-b", "targetGroupARNs": ["tg-1"], "loadBalancerNames": ["classic"],
        "trafficSources": [{ "identifier": "tg-1", "type": "elbv2" }, { "identifier": "tg-2", "type": "elbv2" }],
        "healthCheckType": "EC2,ELB", "healthCheckGracePeriod": 300, "launchTemplate": null, "placementGroup": "near",
        "mixedInstancesPolicy": { "launchTemplate": { "launchTemplateSpecification": { "launchTemplateId": "lt-1" }, "overrides": [] } },
        "instances": [{ "instanceId": "i-1", "availabilityZone": "eu-west-1a" }],
    });
    let expected = |hooks: Json| {
        json!({
            "subnets": ["subnet-a", "subnet-b"], "zones": [], "min_size": 2, "max_size": 6, "desired_capacity": 2,
            "target_groups": ["tg-1", "tg-2"], "classic_load_balancers": ["classic"],
            "health_check_types": ["EC2", "ELB"], "health_check_grace_period_s": 300, "launch_template": "lt-1",
            "launch_configuration": null, "on_demand_base_capacity": null,
            "on_demand_percentage_above_base_capacity": null, "placement_group": "near", "lifecycle_hooks": hooks,
            "instances": ["i-1"],
        })
    };
    let items = with(GROUP, group, &others);
    assert_eq!(first(&items, |it| &it.auto_scaling_groups), expected(not_collected("LifecycleHooks")));
    let hooks = json!([{ "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING" }]);
    let it = first(&told(items, json!({ "LifeCycleHooks": hooks })), |it| &it.auto_scaling_groups);
    assert_eq!(it, expected(json!(["autoscaling:EC2_INSTANCE_LAUNCHING"])));
    let zonal =
        json!({ "minSize": 1, "maxSize": 1, "availabilityZones": ["eu-west-1a"], "healthCheckType": "EC2" });
    let it = first(&with(GROUP, zonal, &[]), |it| &it.auto_scaling_groups);
    assert_eq!((&it["subnets"], &it["zones"]), (&json!([]), &json!(["eu-west-1a"])));
}

#[test]
fn what_instances_are_made_of() {
    let configuration = json!({ "launchConfigurationName": "lc", "imageId": "ami-1", "instanceType": "t2.micro", "securityGroups": ["sg-1"], "associatePublicIpAddress": true, "iamInstanceProfile": "web", "userData": "" });
    let it = first(&with("AWS::AutoScaling::LaunchConfiguration", configuration, NETWORK), |it| {
        &it.launch_configurations
    });
    let expected = json!({ "image": "ami-1", "instance_type": "t2.micro", "security_groups": ["sg-1"], "associate_public_ip": true, "instance_profile": "web", "spot_price": null, "user_data_holds_aws_keys": false });
    assert_eq!(it, expected);
    let it = first(&with("AWS::EC2::PlacementGroup", json!({ "strategy": "spread" }), &[]), |it| {
        &it.placement_groups
    });
    assert_eq!(it, json!({ "strategy": "spread" }));
    for roles in [json!([{ "RoleName": "web", "Arn": "arn:r" }]), json!(["arn:r"])] {
        let items =
            with("AWS::IAM::InstanceProfile", json!({ "Roles": roles }), &[("AWS::IAM::Role", "arn:r")]);
        assert_eq!(first(&items, |it| &it.instance_profiles), json!({ "roles": ["arn:r"] }));
    }
    let volume = json!({ "availabilityZone": "eu-west-1a", "attachments": [{ "instanceId": "i-1", "device": "/dev/sdf" }] });
    let it = first(&with("AWS::EC2::Volume", volume, &[("AWS::EC2::Instance", "i-1")]), |it| &it.volumes);
    assert_eq!(it, json!({ "zone": "eu-west-1a", "instances": ["i-1"] }));
    let vpc = json!({ "vpcConfig": { "subnetIds": ["subnet-a"], "securityGroupIds": ["sg-1"] } });
    for (function, subnets, groups) in
        [(vpc, json!(["subnet-a"]), json!(["sg-1"])), (json!({}), json!([]), json!([]))]
    {
        let it = first(&with("AWS::Lambda::Function", function, NETWORK), |it| &it.lambda_functions);
        let expected = json!({
            "reserved_concurrency": not_collected("Concurrency"), "subnets": subnets, "security_groups": groups,
        });
        assert_eq!(it, expected);
    }
    for (concurrency, expected) in
        [(json!({ "reservedConcurrentExecutions": 2 }), json!(2)), (json!({}), json!(null))]
    {
        let items =
            told(with("AWS::Lambda::Function", json!({}), &[]), json!({ "Concurrency": concurrency }));
        assert_eq!(first(&items, |it| &it.lambda_functions)["reserved_concurrency"], expected);
    }
}
