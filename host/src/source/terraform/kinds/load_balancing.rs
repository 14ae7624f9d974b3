//! Load balancers, target groups, listeners.

use archlint_schema::{
    ClassicListener, ClassicLoadBalancer, CrossZone, IpAddressType, Listener, ListenerRule, LoadBalancer,
    LoadBalancerType, Reason, Resources, Scheme, TargetGroup, TargetType, Value, WeightedTargetGroup,
};

use crate::source::formats::health_check_port;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, whole_number};

/// Adds a load balancer, or what one is made of; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "aws_lb" | "aws_alb" => all.load_balancers.push(load_balancer(it)),
        "aws_elb" => all.classic_load_balancers.push(classic_load_balancer(it)),
        "aws_lb_target_group" | "aws_alb_target_group" => all.target_groups.push(target_group(it)),
        "aws_lb_listener" | "aws_alb_listener" => all.listeners.push(listener(it)),
        "aws_lb_listener_rule" | "aws_alb_listener_rule" => all.listener_rules.push(listener_rule(it)),
        _ => return false,
    }
    true
}

fn scheme(it: &mut Properties<'_>) -> Value<Scheme> {
    let internal = it.boolean_or("internal", "scheme", false);
    internal.map(|it| if it { Scheme::Internal } else { Scheme::InternetFacing })
}

fn load_balancer(it: &mut Properties<'_>) -> LoadBalancer {
    let default = LoadBalancerType::Application;
    let load_balancer_type =
        it.word("load_balancer_type", "load_balancer_type", &default, |word| match word {
            "application" => Some(LoadBalancerType::Application),
            "network" => Some(LoadBalancerType::Network),
            "gateway" => Some(LoadBalancerType::Gateway),
            _ => None,
        });
    // The provider computes `subnets` from the mappings, and the mappings from `subnets`.
    let subnets = match it.edges_within("subnet_mapping", "subnet_id", "subnets") {
        Value::Known(mapped) if mapped.is_empty() => it.edges("subnets", "subnets"),
        mapped => mapped,
    };
    let ip_address_type =
        it.word("ip_address_type", "ip_address_type", &IpAddressType::Ipv4, |word| match word {
            "ipv4" => Some(IpAddressType::Ipv4),
            "dualstack" => Some(IpAddressType::Dualstack),
            "dualstack-without-public-ipv4" => Some(IpAddressType::DualstackWithoutPublicIpv4),
            _ => None,
        });
    let is_application = load_balancer_type.is(|it| *it == LoadBalancerType::Application);
    LoadBalancer {
        meta: it.meta(Some("name")),
        scheme: match load_balancer_type {
            Value::Known(LoadBalancerType::Gateway) => Value::Known(Scheme::Internal),
            _ => scheme(it),
        },
        subnets,
        security_groups: it.edges("security_groups", "security_groups"),
        ip_address_type,
        // Application Load Balancers balance across zones always; the others only where told to.
        cross_zone: is_application.or(it.boolean_or("enable_cross_zone_load_balancing", "cross_zone", false)),
        load_balancer_type,
    }
}

fn classic_load_balancer(it: &mut Properties<'_>) -> ClassicLoadBalancer {
    ClassicLoadBalancer {
        meta: it.meta(Some("name")),
        scheme: scheme(it),
        subnets: it.edges("subnets", "subnets"),
        zones: it.zone_list("availability_zones", "zones"),
        security_groups: it.edges("security_groups", "security_groups"),
        instances: it.edges("instances", "instances"),
        // The provider's default, not AWS's.
        cross_zone: it.boolean_or("cross_zone_load_balancing", "cross_zone", true),
        listeners: classic_listeners(it),
        health_check_port: it
            .text("health_check.0.target", "health_check_port")
            .map(|it| health_check_port(it.as_deref())),
    }
}

fn classic_listeners(it: &mut Properties<'_>) -> Value<Vec<ClassicListener>> {
    let port = |node: &Node| required(whole_number(node), "port");
    let listener = |it: &Node| ClassicListener {
        protocol: required(it.field("lb_protocol").text(), "lb_protocol").map(|it| it.to_ascii_uppercase()),
        port: port(&it.field("lb_port")),
        instance_port: port(&it.field("instance_port")),
    };
    it.list("listener", "listeners").map(|all| all.iter().map(listener).collect())
}

fn target_group(it: &mut Properties<'_>) -> TargetGroup {
    let target_type = it.word("target_type", "target_type", &TargetType::Instance, |word| match word {
        "instance" => Some(TargetType::Instance),
        "ip" => Some(TargetType::Ip),
        "lambda" => Some(TargetType::Lambda),
        "alb" => Some(TargetType::Alb),
        _ => None,
    });
    let cross_zone = it.text("load_balancing_cross_zone_enabled", "cross_zone");
    TargetGroup {
        meta: it.meta(Some("name")),
        vpc: it.edge("vpc_id", "vpc"),
        targets: Value::Known(Vec::new()),
        target_type,
        protocol: it.text("protocol", "protocol"),
        port: it.integer("port", "port"),
        health_check_port: it.text("health_check.0.port", "health_check_port"),
        health_check_protocol: it.text("health_check.0.protocol", "health_check_protocol"),
        preserve_client_ip: it.boolean("preserve_client_ip", "preserve_client_ip"),
        cross_zone: cross_zone.map(|it| match it.as_deref() {
            Some("true") => CrossZone::On,
            Some("false") => CrossZone::Off,
            _ => CrossZone::LoadBalancer,
        }),
    }
}

fn listener(it: &mut Properties<'_>) -> Listener {
    Listener {
        meta: it.meta(None),
        load_balancer: it.required_edge("load_balancer_arn", "load_balancer"),
        protocol: it.text("protocol", "protocol"),
        port: it.integer("port", "port"),
        target_groups: forwards(it, "default_action"),
    }
}

fn listener_rule(it: &mut Properties<'_>) -> ListenerRule {
    ListenerRule {
        meta: it.meta(None),
        listener: it.required_edge("listener_arn", "listener"),
        target_groups: forwards(it, "action"),
    }
}

/// The target groups that a list of actions forwards to; one named without a weight has weight 1.
fn forwards(it: &mut Properties<'_>, property: &str) -> Value<Vec<WeightedTargetGroup>> {
    let actions = match it.list(property, "target_groups") {
        Value::Known(actions) => actions,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return Value::Unknown(Reason::Computed.into()),
    };
    let mut nodes: Vec<(Node, Value<i64>)> = Vec::new();
    for action in &actions {
        let single = action.field("target_group_arn");
        match action.field("forward").field("0").field("target_group").items() {
            Value::Known(items) if !items.is_empty() => {
                nodes.extend(items.iter().map(|item| (item.field("arn"), weight(&item.field("weight")))));
            }
            _ if single.value != Evaluated::Absent => nodes.push((single, Value::Known(1))),
            _ => {}
        }
    }
    let mut groups = Vec::new();
    for (at, (node, weight)) in nodes.into_iter().enumerate() {
        it.mark(&format!("target_groups[{at}]"), &node);
        let target_group = required(it.edge_of(&node), "target_group_arn");
        groups.push(WeightedTargetGroup { target_group, weight });
    }
    Value::Known(groups)
}

fn weight(node: &Node) -> Value<i64> {
    whole_number(node).map(|it| it.unwrap_or(1))
}
