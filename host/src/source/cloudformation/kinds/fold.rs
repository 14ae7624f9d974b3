//! Resources that CloudFormation keeps apart and the snapshot holds as part of another: routes,
//! associations, attachments.

use archlint_schema::{
    Association, AutoScalingGroup, CarrierGateway, Destination, EfsFileSystem, ElasticIp, InternetGateway,
    Key, MountTarget, NetworkAcl, NetworkInterface, Peer, Reason, Resources, Route, RouteTable, RouteTarget,
    SecurityGroup, SecurityGroupRule, Subnet, TargetKind, Unknown, Value, Volume, VpcEndpoint, VpnGateway,
};

use super::buckets;
use super::filtering::{network_acl_entry, security_group_rule};
use crate::source::built::{Built, Folded, on, push};
use crate::source::cloudformation::stack::{Declared, Stack};
use crate::source::cloudformation::unseen;
use crate::source::node::Evaluated;
use crate::source::properties::{Properties, required};
use crate::source::security_groups;

/// Types that become a part of another resource.
pub(crate) const FOLDED: &[&str] = &[
    "AWS::EC2::Route",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::GatewayRouteTableAssociation",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::SubnetCidrBlock",
    "AWS::EC2::EIPAssociation",
    "AWS::EC2::NetworkInterfaceAttachment",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::SubnetNetworkAclAssociation",
    "AWS::EC2::VPNGatewayRoutePropagation",
    "AWS::EC2::VolumeAttachment",
    "AWS::AutoScaling::LifecycleHook",
    "AWS::EFS::MountTarget",
    "AWS::S3::BucketPolicy",
];

/// The property of such a type that names what it becomes a part of.
fn whole(kind: &str) -> &'static str {
    match kind {
        "AWS::EC2::VPCGatewayAttachment" => "InternetGatewayId",
        "AWS::EC2::SubnetCidrBlock" => "SubnetId",
        "AWS::EC2::EIPAssociation" => "AllocationId",
        "AWS::EC2::NetworkInterfaceAttachment" => "NetworkInterfaceId",
        "AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress" => "GroupId",
        "AWS::EC2::NetworkAclEntry" | "AWS::EC2::SubnetNetworkAclAssociation" => "NetworkAclId",
        "AWS::EC2::VolumeAttachment" => "VolumeId",
        "AWS::AutoScaling::LifecycleHook" => "AutoScalingGroupName",
        "AWS::EFS::MountTarget" => "FileSystemId",
        "AWS::S3::BucketPolicy" => "Bucket",
        _ => "RouteTableId",
    }
}

/// Leaves open what a part may belong to that could not be put where it belongs: if nobody knows what its whole is, all
/// that may be it, and in any case its other end, which does not see what it is joined to.
pub(crate) fn leave_open(stack: &Stack<'_>, id: &str, built: &mut Built) {
    let kind = stack.template.kind(id);
    let declared = Declared { stack, id };
    let edge = Properties::new(&declared, &mut built.externals).edge(whole(kind), "");
    if let Err(why) = edge.decided() {
        built.scope.open(kind, &why);
    }
    let why = Unknown::new(Reason::NotCollected, format!("what {id} belongs to"));
    built.scope.open_within(kind, &unseen::mentioned(stack, id), &why);
}

/// Adds a sub-resource to the resource that it is part of. Whether that one is in the snapshot; where it is
/// not (a route for a table from a parameter), the sub-resource is kept as it is.
pub(crate) fn fold(stack: &Stack<'_>, id: &str, built: &mut Built) -> bool {
    let declared = Declared { stack, id };
    let mut properties = Properties::new(&declared, &mut built.externals);
    let it = &mut properties;
    let all = &mut built.resources;
    let part = match stack.template.kind(id) {
        "AWS::EC2::Route" => {
            let route = route(it, all);
            on(all, &it.edge("RouteTableId", ""), |table: &mut RouteTable| {
                push(&mut table.routes, route, "routes")
            })
        }
        "AWS::EC2::SubnetRouteTableAssociation" => {
            let subnet = Association::Subnet(it.required_edge("SubnetId", "subnet"));
            associate(all, it, subnet)
        }
        "AWS::EC2::GatewayRouteTableAssociation" => {
            let gateway = Association::Gateway(it.required_edge("GatewayId", "gateway"));
            associate(all, it, gateway)
        }
        "AWS::EC2::VPCGatewayAttachment" => {
            let vpc = it.required_edge("VpcId", "vpc");
            if it.has("VpnGatewayId") {
                on(all, &it.edge("VpnGatewayId", ""), |gateway: &mut VpnGateway| {
                    push(&mut gateway.attachments, vpc, "attachments")
                })
            } else {
                on(all, &it.edge("InternetGatewayId", ""), |gateway: &mut InternetGateway| {
                    push(&mut gateway.attachments, vpc, "attachments")
                })
            }
        }
        "AWS::EC2::SubnetCidrBlock" => on(all, &it.edge("SubnetId", ""), |subnet: &mut Subnet| {
            subnet.has_ipv6 = Value::Known(true);
            "has_ipv6".to_owned()
        }),
        "AWS::EC2::EIPAssociation" => {
            let (instance, interface) =
                (it.edge("InstanceId", "instance"), it.edge("NetworkInterfaceId", "network_interface"));
            let address = match it.edge("AllocationId", "") {
                Value::Known(None) => it.edge("EIP", ""),
                other => other,
            };
            // An address from elsewhere is in the snapshot as what associates it.
            if !is_in_sight(all, &address) {
                let address = ElasticIp { meta: it.meta(None), instance, network_interface: interface };
                all.elastic_ips.push(address);
                let origin = properties.origin();
                built.add_origin(stack.key(id), origin);
                return true;
            }
            on(all, &address, |eip: &mut ElasticIp| {
                (eip.instance, eip.network_interface) = (instance, interface);
                "instance".to_owned()
            })
        }
        "AWS::EC2::NetworkInterfaceAttachment" => {
            let instance = it.edge("InstanceId", "instance");
            on(all, &it.edge("NetworkInterfaceId", ""), |interface: &mut NetworkInterface| {
                interface.instance = instance;
                "instance".to_owned()
            })
        }
        kind @ ("AWS::EC2::SecurityGroupIngress" | "AWS::EC2::SecurityGroupEgress") => {
            let declaration = it.declaration();
            let rule = security_group_rule(it, |name| declaration.property(name));
            let add = |group: &mut SecurityGroup| {
                if kind.ends_with("Ingress") {
                    push(&mut group.ingress, rule, "ingress")
                } else {
                    push(&mut group.egress, rule, "egress")
                }
            };
            let group = it.edge("GroupId", "");
            if let Value::Known(Some(key)) = &group
                && all.get::<SecurityGroup>(key).is_none()
            {
                let mut of_it = security_groups::of_one_rule(it.meta(None));
                let path = add(&mut of_it);
                all.security_groups.push(of_it);
                let origin = properties.origin();
                built.add_origin(stack.key(id), origin.clone());
                security_groups::leave_open(&stack.key(id), &mut built.scope);
                return built.note_part(&Some((stack.key(id), vec![path])), origin);
            }
            on(all, &group, add)
        }
        kind => other(kind, it, all),
    };
    let origin = properties.origin();
    built.note_part(&part, origin)
}

fn is_in_sight(all: &Resources, address: &Value<Option<Key>>) -> bool {
    address.known().and_then(Option::as_ref).is_some_and(|it| all.get::<ElasticIp>(it).is_some())
}

/// A security group without egress rules has the one that AWS makes: to everywhere. Only now is it known that none
/// was folded in. <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroupegress.html>
pub(crate) fn complete(all: &mut Resources) {
    for group in &mut all.security_groups {
        if group.egress == Value::Known(Vec::new()) {
            group.egress = Value::Known(vec![SecurityGroupRule {
                protocol: Value::Known("-1".to_owned()),
                from_port: Value::Known(None),
                to_port: Value::Known(None),
                peer: Value::Known(Peer::Ipv4("0.0.0.0/0".to_owned())),
            }]);
        }
    }
}

/// Parts of what is no route, association or rule of a security group.
fn other(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    match kind {
        "AWS::EC2::NetworkAclEntry" => {
            let entry = network_acl_entry(it);
            on(all, &it.edge("NetworkAclId", ""), |acl: &mut NetworkAcl| {
                push(&mut acl.entries, entry, "entries")
            })
        }
        "AWS::EC2::SubnetNetworkAclAssociation" => {
            let subnet = it.required_edge("SubnetId", "subnet");
            on(all, &it.edge("NetworkAclId", ""), |acl: &mut NetworkAcl| {
                push(&mut acl.subnets, subnet, "subnets")
            })
        }
        "AWS::EC2::VPNGatewayRoutePropagation" => propagate(it, all),
        "AWS::EC2::VolumeAttachment" => {
            let instance = it.required_edge("InstanceId", "instance");
            on(all, &it.edge("VolumeId", ""), |volume: &mut Volume| {
                push(&mut volume.instances, instance, "instances")
            })
        }
        "AWS::AutoScaling::LifecycleHook" => {
            let transition = required(it.text("LifecycleTransition", "transition"), "LifecycleTransition");
            on(all, &it.edge("AutoScalingGroupName", ""), |group: &mut AutoScalingGroup| {
                push(&mut group.lifecycle_hooks, transition, "lifecycle_hooks")
            })
        }
        "AWS::EFS::MountTarget" => {
            let target = MountTarget {
                subnet: it.required_edge("SubnetId", "subnet"),
                security_groups: it.edges("SecurityGroups", "security_groups"),
            };
            on(all, &it.edge("FileSystemId", ""), |files: &mut EfsFileSystem| {
                push(&mut files.mount_targets, target, "mount_targets")
            })
        }
        "AWS::S3::BucketPolicy" => buckets::fold_policy(it, all),
        _ => None,
    }
}

/// A gateway's routes go into as many tables as the propagation names.
fn propagate(it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    let gateway = it.required_edge("VpnGatewayId", "gateway");
    let tables = it.edges("RouteTableIds", "tables");
    let mut last = None;
    for table in tables.known().into_iter().flatten() {
        let part = on(all, &table.clone().map(Some), |table: &mut RouteTable| {
            push(&mut table.propagating_gateways, gateway.clone(), "propagating_gateways")
        });
        last = part.or(last);
    }
    last
}

fn associate(all: &mut Resources, it: &mut Properties<'_>, association: Association) -> Folded {
    on(all, &it.edge("RouteTableId", ""), |table: &mut RouteTable| {
        push(&mut table.associations, association, "associations")
    })
}

fn route(it: &mut Properties<'_>, all: &Resources) -> Route {
    Route {
        destination: destination(it),
        target: target(it, all),
        blackhole: Value::Known(false),
        propagated: false,
    }
}

fn destination(it: &mut Properties<'_>) -> Value<Destination> {
    if it.has("DestinationPrefixListId") {
        return it.required_edge("DestinationPrefixListId", "destination").map(Destination::PrefixList);
    }
    if it.has("DestinationIpv6CidrBlock") {
        let text = it.text("DestinationIpv6CidrBlock", "destination");
        return required(text, "DestinationIpv6CidrBlock").map(Destination::Ipv6);
    }
    required(it.text("DestinationCidrBlock", "destination"), "DestinationCidrBlock").map(Destination::Ipv4)
}

fn target(it: &mut Properties<'_>, all: &Resources) -> Value<RouteTarget> {
    const TARGETS: &[(&str, TargetKind)] = &[
        ("NatGatewayId", TargetKind::NatGateway),
        ("InstanceId", TargetKind::Instance),
        ("NetworkInterfaceId", TargetKind::NetworkInterface),
        ("TransitGatewayId", TargetKind::TransitGateway),
        ("VpcPeeringConnectionId", TargetKind::VpcPeering),
        ("VpcEndpointId", TargetKind::VpcEndpoint),
        ("EgressOnlyInternetGatewayId", TargetKind::EgressOnlyInternetGateway),
        ("CarrierGatewayId", TargetKind::CarrierGateway),
        ("LocalGatewayId", TargetKind::LocalGateway),
        ("CoreNetworkArn", TargetKind::CoreNetwork),
    ];
    for (property, kind) in TARGETS {
        if it.has(property) {
            let resource = it.required_edge(property, "target");
            return Value::Known(RouteTarget { kind: *kind, resource });
        }
    }
    let gateway = it.get("GatewayId");
    it.mark("target", &gateway);
    match (&gateway.value, required(it.edge_of(&gateway), "GatewayId")) {
        (Evaluated::Edge(_), Value::Known(key)) => {
            Value::Known(RouteTarget { kind: gateway_kind(all, &key), resource: Value::Known(key) })
        }
        (Evaluated::Text(id), edge) if id.starts_with("igw-") => {
            Value::Known(RouteTarget { kind: TargetKind::InternetGateway, resource: edge })
        }
        (Evaluated::Text(id), edge) if id.starts_with("vgw-") => {
            Value::Known(RouteTarget { kind: TargetKind::VpnGateway, resource: edge })
        }
        (Evaluated::Text(id), edge) if id == "local" => {
            Value::Known(RouteTarget { kind: TargetKind::Local, resource: edge })
        }
        // An internet gateway or a virtual private gateway: the id alone would tell.
        (Evaluated::External { why, .. } | Evaluated::Unknown(why), _) => Value::Unknown(why.clone()),
        (_, Value::Known(key)) => Value::Unknown(Unknown::new(Reason::Computed, key.as_str())),
        (_, Value::Unknown(why)) => Value::Unknown(why),
        (_, Value::OneOf(_)) => Value::Unknown(Reason::Parameter.into()),
    }
}

/// What a `GatewayId` that names a resource of the template leads to.
fn gateway_kind(all: &Resources, key: &Key) -> TargetKind {
    if all.get::<InternetGateway>(key).is_some() {
        TargetKind::InternetGateway
    } else if all.get::<CarrierGateway>(key).is_some() {
        TargetKind::CarrierGateway
    } else if all.get::<VpcEndpoint>(key).is_some() {
        TargetKind::VpcEndpoint
    } else {
        TargetKind::VpnGateway
    }
}
