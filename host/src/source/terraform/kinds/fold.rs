//! Resources that Terraform keeps apart and the snapshot holds as part of another: routes, associations,
//! attachments, rules of security groups.

use archlint_schema::{
    Association, AutoScalingGroup, ClassicLoadBalancer, EfsFileSystem, ElasticIp, InternetGateway, Key,
    MountTarget, NetworkAcl, NetworkInterface, PrefixList, RegisteredTarget, Resources, RouteTable,
    SecurityGroup, SecurityGroupRule, Target, TargetGroup, TargetType, Unknown, Value, Volume, VpcEndpoint,
    VpnGateway,
};

use super::buckets;
use super::filtering::network_acl_rule;
use super::kind_of;
use super::rules::{route, rules_of, single_rule};
use crate::source::built::{Folded, Whole, on, push};
use crate::source::properties::{Properties, required};
use crate::source::security_groups;

/// Types that become a part of another resource.
pub(crate) const FOLDED: &[&str] = &[
    "aws_route",
    "aws_route_table_association",
    "aws_main_route_table_association",
    "aws_internet_gateway_attachment",
    "aws_ec2_managed_prefix_list_entry",
    "aws_eip_association",
    "aws_network_interface_attachment",
    "aws_network_interface_sg_attachment",
    "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_endpoint_route_table_association",
    "aws_vpc_endpoint_subnet_association",
    "aws_vpc_endpoint_security_group_association",
    "aws_elb_attachment",
    "aws_lb_target_group_attachment",
    "aws_alb_target_group_attachment",
    "aws_autoscaling_attachment",
    "aws_autoscaling_traffic_source_attachment",
    "aws_network_acl_rule",
    "aws_network_acl_association",
    "aws_vpn_gateway_attachment",
    "aws_vpn_gateway_route_propagation",
    "aws_volume_attachment",
    "aws_autoscaling_lifecycle_hook",
    "aws_efs_mount_target",
    "aws_efs_backup_policy",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_website_configuration",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_acl",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_metric",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_replication_configuration",
];

/// The attribute of such a type that names what it becomes a part of, and what CloudFormation calls the part; nothing
/// where the snapshot does not ask whether there are more of them.
pub(super) fn whole(kind: &str) -> Option<(&'static str, &'static [&'static str])> {
    Some(match kind {
        "aws_route" => ("route_table_id", &["AWS::EC2::Route"]),
        "aws_route_table_association" => (
            "route_table_id",
            &["AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::GatewayRouteTableAssociation"],
        ),
        "aws_main_route_table_association" => ("route_table_id", &["AWS::EC2::RouteTable"]),
        "aws_internet_gateway_attachment" => ("internet_gateway_id", &["AWS::EC2::VPCGatewayAttachment"]),
        "aws_vpn_gateway_attachment" => ("vpn_gateway_id", &["AWS::EC2::VPCGatewayAttachment"]),
        "aws_eip_association" => ("allocation_id", &["AWS::EC2::EIPAssociation"]),
        "aws_network_interface_attachment" => {
            ("network_interface_id", &["AWS::EC2::NetworkInterfaceAttachment"])
        }
        "aws_security_group_rule" => {
            ("security_group_id", &["AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"])
        }
        "aws_vpc_security_group_ingress_rule" => ("security_group_id", &["AWS::EC2::SecurityGroupIngress"]),
        "aws_vpc_security_group_egress_rule" => ("security_group_id", &["AWS::EC2::SecurityGroupEgress"]),
        "aws_network_acl_rule" => ("network_acl_id", &["AWS::EC2::NetworkAclEntry"]),
        "aws_network_acl_association" => ("network_acl_id", &["AWS::EC2::SubnetNetworkAclAssociation"]),
        "aws_vpn_gateway_route_propagation" => ("route_table_id", &["AWS::EC2::VPNGatewayRoutePropagation"]),
        "aws_volume_attachment" => ("volume_id", &["AWS::EC2::VolumeAttachment"]),
        "aws_autoscaling_lifecycle_hook" => ("autoscaling_group_name", &["AWS::AutoScaling::LifecycleHook"]),
        "aws_efs_mount_target" => ("file_system_id", &["AWS::EFS::MountTarget"]),
        "aws_s3_bucket_policy" => ("bucket", &["AWS::S3::BucketPolicy"]),
        _ => return None,
    })
}

/// Adds a resource to the one that it is part of, where the snapshot has that.
pub(super) fn fold(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    match kind {
        "aws_route" => {
            let declaration = it.declaration();
            let route = route(it, "", |name| declaration.property(name));
            it.whole("route_table_id").add(all, |it: &mut RouteTable| &mut it.routes, route, "routes")
        }
        "aws_route_table_association" => {
            let association = if it.has("gateway_id") {
                Association::Gateway(it.required_edge("gateway_id", "gateway"))
            } else {
                Association::Subnet(it.required_edge("subnet_id", "subnet"))
            };
            it.whole("route_table_id").add(
                all,
                |it: &mut RouteTable| &mut it.associations,
                association,
                "associations",
            )
        }
        "aws_main_route_table_association" => it.whole("route_table_id").add(
            all,
            |it: &mut RouteTable| &mut it.associations,
            Association::Main,
            "associations",
        ),
        "aws_internet_gateway_attachment" => {
            let vpc = it.required_edge("vpc_id", "vpc");
            it.whole("internet_gateway_id").add(
                all,
                |it: &mut InternetGateway| &mut it.attachments,
                vpc,
                "attachments",
            )
        }
        "aws_ec2_managed_prefix_list_entry" => {
            let cidr = required(it.text("cidr", "cidr"), "cidr");
            it.whole("prefix_list_id").add(all, |it: &mut PrefixList| &mut it.entries, cidr, "entries")
        }
        "aws_eip_association" => {
            let instance = it.edge("instance_id", "instance");
            let interface = it.edge("network_interface_id", "network_interface");
            let address = it.edge("allocation_id", "");
            let known = address.known().and_then(Option::as_ref);
            // An address from elsewhere is in the snapshot as what associates it.
            if known.is_none_or(|it| all.get::<ElasticIp>(it).is_none()) {
                let address = ElasticIp { meta: it.meta(None), instance, network_interface: interface };
                let key = address.meta.key.clone();
                all.elastic_ips.push(address);
                return Some((key, Vec::new()));
            }
            on(all, &address, |eip: &mut ElasticIp| {
                (eip.instance, eip.network_interface) = (instance, interface);
                "instance".to_owned()
            })
        }
        "aws_network_interface_attachment" => {
            let instance = it.edge("instance_id", "instance");
            let interface = it.whole("network_interface_id");
            interface.set(all, |it: &mut NetworkInterface| &mut it.instance, instance, "instance")
        }
        "aws_network_interface_sg_attachment" => {
            let group = it.required_edge("security_group_id", "group");
            it.whole("network_interface_id").add(
                all,
                |it: &mut NetworkInterface| &mut it.security_groups,
                group,
                "security_groups",
            )
        }
        "aws_vpc_endpoint_route_table_association" => {
            let table = it.required_edge("route_table_id", "route_table");
            it.whole("vpc_endpoint_id").add(
                all,
                |it: &mut VpcEndpoint| &mut it.route_tables,
                table,
                "route_tables",
            )
        }
        "aws_vpc_endpoint_subnet_association" => {
            let subnet = it.required_edge("subnet_id", "subnet");
            it.whole("vpc_endpoint_id").add(all, |it: &mut VpcEndpoint| &mut it.subnets, subnet, "subnets")
        }
        "aws_vpc_endpoint_security_group_association" => {
            let group = it.required_edge("security_group_id", "group");
            let endpoint = it.whole("vpc_endpoint_id");
            endpoint.add(all, |it: &mut VpcEndpoint| &mut it.security_groups, group, "security_groups")
        }
        "aws_elb_attachment" => {
            let instance = it.required_edge("instance", "instance");
            it.whole("elb").add(all, |it: &mut ClassicLoadBalancer| &mut it.instances, instance, "instances")
        }
        "aws_lb_target_group_attachment" | "aws_alb_target_group_attachment" => target(it, all),
        "aws_autoscaling_attachment" | "aws_autoscaling_traffic_source_attachment" => attach(it, all),
        "aws_security_group_rule"
        | "aws_vpc_security_group_ingress_rule"
        | "aws_vpc_security_group_egress_rule" => rule(kind, it, all),
        _ => other(kind, it, all),
    }
}

/// Parts of network ACLs, gateways, volumes, groups and file systems.
fn other(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    match kind {
        "aws_network_acl_rule" => {
            let entry = network_acl_rule(it);
            it.whole("network_acl_id").add(all, |it: &mut NetworkAcl| &mut it.entries, entry, "entries")
        }
        "aws_network_acl_association" => {
            let subnet = it.required_edge("subnet_id", "subnet");
            it.whole("network_acl_id").add(all, |it: &mut NetworkAcl| &mut it.subnets, subnet, "subnets")
        }
        "aws_vpn_gateway_attachment" => {
            let vpc = it.required_edge("vpc_id", "vpc");
            it.whole("vpn_gateway_id").add(all, |it: &mut VpnGateway| &mut it.attachments, vpc, "attachments")
        }
        "aws_vpn_gateway_route_propagation" => {
            let gateway = it.required_edge("vpn_gateway_id", "gateway");
            it.whole("route_table_id").add(
                all,
                |it: &mut RouteTable| &mut it.propagating_gateways,
                gateway,
                "propagating_gateways",
            )
        }
        "aws_volume_attachment" => {
            let instance = it.required_edge("instance_id", "instance");
            it.whole("volume_id").add(all, |it: &mut Volume| &mut it.instances, instance, "instances")
        }
        "aws_autoscaling_lifecycle_hook" => {
            let transition = required(it.text("lifecycle_transition", "transition"), "lifecycle_transition");
            it.whole("autoscaling_group_name").add(
                all,
                |it: &mut AutoScalingGroup| &mut it.lifecycle_hooks,
                transition,
                "lifecycle_hooks",
            )
        }
        "aws_efs_mount_target" => {
            let target = MountTarget {
                subnet: it.required_edge("subnet_id", "subnet"),
                security_groups: it.edges("security_groups", "security_groups"),
            };
            it.whole("file_system_id").add(
                all,
                |it: &mut EfsFileSystem| &mut it.mount_targets,
                target,
                "mount_targets",
            )
        }
        "aws_efs_backup_policy" => {
            let status = it.text("backup_policy.0.status", "status");
            let is_on = status.map(|it| it.as_deref() == Some("ENABLED"));
            let path = "automatic_backups";
            it.whole("file_system_id").set(
                all,
                |it: &mut EfsFileSystem| &mut it.automatic_backups,
                is_on,
                path,
            )
        }
        _ => buckets::fold(kind, it, all),
    }
}

/// Attributes whose blocks may be resources of their own instead.
pub(crate) const BLOCKS: [&str; 3] = ["route", "ingress", "egress"];

/// Leaves open what a resource holds in such blocks. A security group without an `ingress` block admits nobody: only a
/// `dynamic` block over what is known after apply looks the same, and that is so rare that the groups of functions and
/// clients, which have none, count for more. Without `egress` it is the author's oversight or such a block.
pub(crate) fn leave_open(whole: &Key, blocks: &str, why: &Unknown, all: &mut Resources) {
    let whole = Whole::One(Value::Known(Some(whole.clone())));
    if blocks == "route" {
        whole.hide(all, |it: &mut RouteTable| &mut it.routes, blocks, why);
    } else {
        whole.hide(all, |it: &mut NetworkAcl| &mut it.entries, blocks, why);
        if blocks == "egress" {
            whole.hide(all, egress, blocks, why);
        }
    }
}

/// A rule of a security group, or as many as it names peers.
fn rule(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    let declaration = it.declaration();
    let group = it.whole("security_group_id");
    let (is_ingress, rules) = if kind == "aws_security_group_rule" {
        let is_ingress = it.text("type", "").map(|it| it.as_deref() == Some("ingress"));
        let own = group.key().cloned().unwrap_or_else(|| declaration.key());
        (is_ingress, rules_of(it, &own, |name| declaration.property(name)))
    } else {
        let rule = single_rule(it, |name| declaration.property(name));
        (Value::Known(kind == "aws_vpc_security_group_ingress_rule"), vec![rule])
    };
    let is_ingress = match is_ingress.decided() {
        Ok(it) => *it,
        Err(why) => {
            group.hide(all, ingress, "ingress", &why);
            group.hide(all, egress, "egress", &why);
            return None;
        }
    };
    let (held, path): (Rules, _) = if is_ingress { (ingress, "ingress") } else { (egress, "egress") };
    if let Some(key) = group.key()
        && !declaration.is_left_out()
        && all.get::<SecurityGroup>(key).is_none()
    {
        let mut of_it = security_groups::of_one_rule(it.meta(None));
        let paths = rules.into_iter().map(|rule| push(held(&mut of_it), rule, path)).collect();
        all.security_groups.push(of_it);
        return Some((declaration.key(), paths));
    }
    group.change(all, held, path, |it| rules.into_iter().map(|rule| push(held(it), rule, path)).collect())
}

type Rules = fn(&mut SecurityGroup) -> &mut Value<Vec<SecurityGroupRule>>;

fn ingress(group: &mut SecurityGroup) -> &mut Value<Vec<SecurityGroupRule>> {
    &mut group.ingress
}

fn egress(group: &mut SecurityGroup) -> &mut Value<Vec<SecurityGroupRule>> {
    &mut group.egress
}

fn target(it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    let node = it.get("target_id");
    it.mark("target", &node);
    let edge = required(it.edge_of(&node), "target_id");
    let port = it.integer("port", "port");
    let (address, zone) =
        (required(node.text(), "target_id"), it.text("availability_zone", "availability_zone"));
    it.whole("target_group_arn").change(
        all,
        |it: &mut TargetGroup| &mut it.targets,
        "targets",
        |group| {
            let target = match group.target_type.known() {
                Some(TargetType::Lambda) => Target::Lambda(edge),
                Some(TargetType::Alb) => Target::Alb(edge),
                Some(TargetType::Ip) => Target::Ip { address, zone },
                Some(TargetType::Instance) | None => Target::Instance(edge),
            };
            vec![push(&mut group.targets, RegisteredTarget { target, port }, "targets")]
        },
    )
}

/// A load balancer's target group, or a Classic Load Balancer, that an Auto Scaling group registers with.
fn attach(it: &mut Properties<'_>, all: &mut Resources) -> Folded {
    let names = ["lb_target_group_arn", "alb_target_group_arn", "elb", "traffic_source.0.identifier"];
    let name = names.into_iter().find(|name| it.has(name)).unwrap_or(names[0]);
    let edge = it.required_edge(name, "source");
    let is_classic = name == "elb"
        || edge.known().is_some_and(|it| kind_of(it) == "aws_elb")
        || it.text("traffic_source.0.type", "") == Value::Known(Some("elb".to_owned()));
    let group = it.whole("autoscaling_group_name");
    if is_classic {
        let path = "classic_load_balancers";
        group.add(all, |it: &mut AutoScalingGroup| &mut it.classic_load_balancers, edge, path)
    } else {
        group.add(all, |it: &mut AutoScalingGroup| &mut it.target_groups, edge, "target_groups")
    }
}
