//! Load balancers, target groups, listeners.

use archlint_schema::{
    ClassicListener, ClassicLoadBalancer, CrossZone, IpAddressType, Key, Listener, ListenerRule,
    LoadBalancer, LoadBalancerType, Reason, RegisteredTarget, Resources, Scheme, Target, TargetGroup,
    TargetType, Value, WeightedTargetGroup,
};

use crate::source::formats::health_check_port;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::{Properties, required, whole_number};

/// Adds a load balancer, or what one is made of; whether it is of such a kind.
pub(super) fn build(kind: &str, it: &mut Properties<'_>, all: &mut Resources) -> bool {
    match kind {
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => all.load_balancers.push(load_balancer(it)),
        "AWS::ElasticLoadBalancing::LoadBalancer" => {
            all.classic_load_balancers.push(classic_load_balancer(it));
        }
        "AWS::ElasticLoadBalancingV2::TargetGroup" => all.target_groups.push(target_group(it)),
        "AWS::ElasticLoadBalancingV2::Listener" => all.listeners.push(listener(it)),
        "AWS::ElasticLoadBalancingV2::ListenerRule" => all.listener_rules.push(listener_rule(it)),
        _ => return false,
    }
    true
}

fn scheme(it: &mut Properties<'_>) -> Value<Scheme> {
    it.word("Scheme", "scheme", &Scheme::InternetFacing)
}

fn load_balancer(it: &mut Properties<'_>) -> LoadBalancer {
    let load_balancer_type = it.word("Type", "load_balancer_type", &LoadBalancerType::Application);
    let subnets = if it.has("SubnetMappings") {
        it.edges_within("SubnetMappings", "SubnetId", "subnets")
    } else {
        it.edges("Subnets", "subnets")
    };
    let attribute =
        attribute(it, "LoadBalancerAttributes", "load_balancing.cross_zone.enabled", "cross_zone");
    LoadBalancer {
        meta: it.meta(Some("Name")),
        scheme: match load_balancer_type {
            Value::Known(LoadBalancerType::Gateway) => Value::Known(Scheme::Internal),
            _ => scheme(it),
        },
        subnets,
        security_groups: it.edges("SecurityGroups", "security_groups"),
        ip_address_type: it.word("IpAddressType", "ip_address_type", &IpAddressType::Ipv4),
        cross_zone: match (&load_balancer_type, attribute) {
            // Application Load Balancers balance across zones always; the others only where told to.
            (Value::Known(LoadBalancerType::Application), _) => Value::Known(true),
            (_, Value::Known(None)) => load_balancer_type.is(|it| *it == LoadBalancerType::Application),
            (_, text) => text.is(|it| it.as_deref() == Some("true")),
        },
        load_balancer_type,
    }
}

/// One of the attributes that are written as a list of `Key` and `Value`.
fn attribute(it: &mut Properties<'_>, property: &str, key: &str, path: &str) -> Value<Option<String>> {
    let items = match it.get(property).items() {
        Value::Known(items) => items,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return Value::unknown(Reason::Parameter, property),
    };
    let found = items.iter().find(|item| item.field("Key").text() == Value::Known(Some(key.to_owned())));
    found.map_or(Value::Known(None), |item| {
        it.mark(path, item);
        item.field("Value").text()
    })
}

fn classic_load_balancer(it: &mut Properties<'_>) -> ClassicLoadBalancer {
    ClassicLoadBalancer {
        meta: it.meta(Some("LoadBalancerName")),
        scheme: scheme(it),
        subnets: it.edges("Subnets", "subnets"),
        zones: it.zone_list("AvailabilityZones", "zones"),
        security_groups: it.edges("SecurityGroups", "security_groups"),
        instances: it.edges("Instances", "instances"),
        cross_zone: it.boolean_or("CrossZone", "cross_zone", false),
        listeners: classic_listeners(it),
        health_check_port: it
            .text("HealthCheck.Target", "health_check_port")
            .map(|it| health_check_port(it.as_deref())),
    }
}

fn classic_listeners(it: &mut Properties<'_>) -> Value<Vec<ClassicListener>> {
    let listener = |it: &Node| ClassicListener {
        protocol: required(it.field("Protocol").text(), "Protocol").map(|it| it.to_ascii_uppercase()),
        port: number(&it.field("LoadBalancerPort")),
        instance_port: number(&it.field("InstancePort")),
    };
    it.list("Listeners", "listeners").map(|all| all.iter().map(listener).collect())
}

fn number(node: &Node) -> Value<i64> {
    required(whole_number(node), "port")
}

fn target_group(it: &mut Properties<'_>) -> TargetGroup {
    let target_type = it.word("TargetType", "target_type", &TargetType::Instance);
    let mut own = |key: &str, path: &str| attribute(it, "TargetGroupAttributes", key, path);
    let cross_zone = own("load_balancing.cross_zone.enabled", "cross_zone");
    let preserve_client_ip = own("preserve_client_ip.enabled", "preserve_client_ip");
    TargetGroup {
        meta: it.meta(Some("Name")),
        vpc: it.edge("VpcId", "vpc"),
        targets: targets(it, &target_type),
        target_type,
        protocol: it.text("Protocol", "protocol"),
        port: it.integer("Port", "port"),
        health_check_port: it.text("HealthCheckPort", "health_check_port"),
        health_check_protocol: it.text("HealthCheckProtocol", "health_check_protocol"),
        preserve_client_ip: preserve_client_ip.map(|it| it.map(|it| it == "true")),
        cross_zone: cross_zone.map(|it| match it.as_deref() {
            Some("true") => CrossZone::On,
            Some("false") => CrossZone::Off,
            _ => CrossZone::LoadBalancer,
        }),
    }
}

fn targets(it: &mut Properties<'_>, target_type: &Value<TargetType>) -> Value<Vec<RegisteredTarget>> {
    let items = match it.list("Targets", "targets") {
        Value::Known(items) => items,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return Value::Unknown(Reason::Parameter.into()),
    };
    let mut targets = Vec::new();
    for (at, item) in items.iter().enumerate() {
        it.mark(&format!("targets[{at}]"), &item.field("Id"));
        match registered_target(it, item, target_type) {
            Some(target) => targets.push(target),
            None => return Value::unknown(Reason::Parameter, "TargetType"),
        }
    }
    Value::Known(targets)
}

/// A target by its id, as the type of its group says what that is of; nothing where nobody knows the type.
pub(crate) fn registered_target(
    it: &mut Properties<'_>,
    target: &Node,
    target_type: &Value<TargetType>,
) -> Option<RegisteredTarget> {
    let id = target.field("Id");
    let edge = required(it.edge_of(&id), "Id");
    let port = whole_number(&target.field("Port"));
    let target = match target_type.known()? {
        TargetType::Instance => Target::Instance(edge),
        TargetType::Lambda => Target::Lambda(edge),
        TargetType::Alb => Target::Alb(edge),
        TargetType::Ip => {
            Target::Ip { address: required(id.text(), "Id"), zone: target.field("AvailabilityZone").text() }
        }
    };
    Some(RegisteredTarget { target, port })
}

fn listener(it: &mut Properties<'_>) -> Listener {
    Listener {
        meta: it.meta(None),
        load_balancer: it.required_edge("LoadBalancerArn", "load_balancer"),
        protocol: it.text("Protocol", "protocol"),
        port: it.integer("Port", "port"),
        target_groups: forwards(it, "DefaultActions"),
    }
}

fn listener_rule(it: &mut Properties<'_>) -> ListenerRule {
    ListenerRule {
        meta: it.meta(None),
        listener: it.required_edge("ListenerArn", "listener"),
        target_groups: forwards(it, "Actions"),
    }
}

/// The target groups that a list of actions forwards to; one named without a weight has weight 1.
pub(crate) fn forwards(it: &mut Properties<'_>, property: &str) -> Value<Vec<WeightedTargetGroup>> {
    let actions = match it.list(property, "target_groups") {
        Value::Known(actions) => actions,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return Value::Unknown(Reason::Parameter.into()),
    };
    let mut nodes: Vec<(Node, Value<i64>)> = Vec::new();
    for action in &actions {
        let single = action.field("TargetGroupArn");
        let several = action.field("ForwardConfig").field("TargetGroups");
        match several.items() {
            Value::Known(items) if !items.is_empty() => {
                nodes.extend(
                    items.iter().map(|item| (item.field("TargetGroupArn"), weight(&item.field("Weight")))),
                );
            }
            _ if single.value != Evaluated::Absent => nodes.push((single, Value::Known(1))),
            _ => {}
        }
    }
    let mut groups = Vec::new();
    for (at, (node, weight)) in nodes.into_iter().enumerate() {
        it.mark(&format!("target_groups[{at}]"), &node);
        let target_group: Value<Key> = required(it.edge_of(&node), "TargetGroupArn");
        groups.push(WeightedTargetGroup { target_group, weight });
    }
    Value::Known(groups)
}

fn weight(node: &Node) -> Value<i64> {
    whole_number(node).map(|it| it.unwrap_or(1))
}
