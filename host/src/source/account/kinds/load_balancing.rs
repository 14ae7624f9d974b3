//! Load balancers, target groups, listeners.

use archlint_schema::{
    ClassicListener, ClassicLoadBalancer, CrossZone, IpAddressType, Key, Listener, ListenerRule,
    LoadBalancer, LoadBalancerType, RegisteredTarget, Resources, Scheme, TargetGroup, TargetType, Value,
    WeightedTargetGroup,
};

use super::always::always_edges;
use super::{attribute, named, not_collected, told};
use crate::source::cloudformation::{forwards, registered_target};
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

fn load_balancer(it: &mut Properties<'_>) -> LoadBalancer {
    let load_balancer_type = required(it.optional_word("Type", "load_balancer_type"), "Type");
    let enabled = attribute(it, "LoadBalancerAttributes", "load_balancing.cross_zone.enabled", "cross_zone");
    let name = named(it, &["LoadBalancerName", "Name"]);
    LoadBalancer {
        meta: it.meta(Some(name)),
        scheme: match load_balancer_type {
            Value::Known(LoadBalancerType::Gateway) => Value::Known(Scheme::Internal),
            _ => required(it.optional_word("Scheme", "scheme"), "Scheme"),
        },
        subnets: always_edges(
            it,
            &[("AvailabilityZones", "SubnetId"), ("SubnetMappings", "SubnetId"), ("Subnets", "")],
            "subnets",
        ),
        // Gateway Load Balancers and older Network Load Balancers have none.
        security_groups: it.edges("SecurityGroups", "security_groups"),
        ip_address_type: it.word("IpAddressType", "ip_address_type", &IpAddressType::Ipv4),
        cross_zone: match (&load_balancer_type, enabled) {
            // Application Load Balancers balance across zones always; the others only where told to.
            (Value::Known(LoadBalancerType::Application), _) => Value::Known(true),
            (_, enabled) => enabled.is(|it| it.as_deref() == Some("true")),
        },
        load_balancer_type,
    }
}

fn classic_load_balancer(it: &mut Properties<'_>) -> ClassicLoadBalancer {
    let subnets = it.edges("Subnets", "subnets");
    let target = it.text("HealthCheck.Target", "health_check_port");
    ClassicLoadBalancer {
        meta: it.meta(Some("LoadBalancerName")),
        scheme: required(it.optional_word("Scheme", "scheme"), "Scheme"),
        // AWS tells the zones of the subnets too; a template names one or the other.
        zones: match subnets.is(Vec::is_empty) {
            Value::Known(false) => Value::Known(Vec::new()),
            _ => it.zone_list("AvailabilityZones", "zones"),
        },
        subnets,
        security_groups: it.edges("SecurityGroups", "security_groups"),
        instances: classic_instances(it),
        cross_zone: classic_cross_zone(it),
        listeners: classic_listeners(it),
        health_check_port: told(it, "HealthCheck", target.map(|it| health_check_port(it.as_deref()))),
    }
}

/// AWS Config leaves the instances out: the groups that run them are elsewhere.
fn classic_instances(it: &mut Properties<'_>) -> Value<Vec<Value<Key>>> {
    let nodes = it.list("Instances", "instances");
    let is_object = |it: &Node| matches!(it.value, Evaluated::Object(_));
    let field = if nodes.known().is_some_and(|all| all.iter().any(is_object)) { "InstanceId" } else { "" };
    let instances = it.edges_within("Instances", field, "instances");
    told(it, "Instances", instances)
}

fn classic_cross_zone(it: &mut Properties<'_>) -> Value<bool> {
    let name = named(it, &["CrossZone", "LoadBalancerAttributes.CrossZoneLoadBalancing.Enabled"]);
    required(it.boolean(name, "cross_zone"), "LoadBalancerAttributes")
}

fn classic_listeners(it: &mut Properties<'_>) -> Value<Vec<ClassicListener>> {
    let property = named(it, &["ListenerDescriptions", "Listeners"]);
    let number = |node: &Node| required(whole_number(node), "port");
    let listener = |node: &Node| {
        let own = node.field("Listener");
        let it = if own.value == Evaluated::Absent { node } else { &own };
        ClassicListener {
            protocol: required(it.field("Protocol").text(), "Protocol").map(|it| it.to_ascii_uppercase()),
            port: number(&it.field("LoadBalancerPort")),
            instance_port: number(&it.field("InstancePort")),
        }
    };
    let listeners = it.list(property, "listeners").map(|all| all.iter().map(listener).collect());
    told(it, property, listeners)
}

fn target_group(it: &mut Properties<'_>) -> TargetGroup {
    let target_type = it.word("TargetType", "target_type", &TargetType::Instance);
    let mut own = |key: &str, path: &str| attribute(it, "TargetGroupAttributes", key, path);
    let cross_zone = own("load_balancing.cross_zone.enabled", "cross_zone");
    let preserve_client_ip = own("preserve_client_ip.enabled", "preserve_client_ip");
    let name = named(it, &["TargetGroupName", "Name"]);
    TargetGroup {
        meta: it.meta(Some(name)),
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

/// Every target that is registered, by hand or by a group; one that is draining is registered no more.
fn targets(it: &mut Properties<'_>, target_type: &Value<TargetType>) -> Value<Vec<RegisteredTarget>> {
    let property = named(it, &["TargetHealthDescriptions", "Targets"]);
    let items = match it.list(property, "targets") {
        _ if !it.has(property) => return not_collected("TargetHealthDescriptions"),
        Value::Known(items) => items,
        Value::Unknown(why) => return Value::Unknown(why),
        Value::OneOf(_) => return not_collected(property),
    };
    let is_draining = |item: &&Node| {
        item.field("TargetHealth").field("State").text() == Value::Known(Some("draining".to_owned()))
    };
    let mut targets = Vec::new();
    for item in items.iter().filter(|it| !is_draining(it)) {
        let own = item.field("Target");
        let target = if own.value == Evaluated::Absent { item } else { &own };
        it.mark(&format!("targets[{}]", targets.len()), target);
        match registered_target(it, target, target_type) {
            Some(it) => targets.push(it),
            None => return not_collected("TargetType"),
        }
    }
    Value::Known(targets)
}

fn listener(it: &mut Properties<'_>) -> Listener {
    Listener {
        meta: it.meta(None),
        load_balancer: it.required_edge("LoadBalancerArn", "load_balancer"),
        protocol: it.text("Protocol", "protocol"),
        port: it.integer("Port", "port"),
        target_groups: always_forwards(it, "DefaultActions"),
    }
}

fn listener_rule(it: &mut Properties<'_>) -> ListenerRule {
    ListenerRule { meta: it.meta(None), listener: listener_of(it), target_groups: forwards(it, "Actions") }
}

/// The listener of a rule. The reply to the call does not repeat it, but the rule's own ARN has its ARN in it:
/// `listener-rule/app/web/1a2b/3c4d/5e6f` is of `listener/app/web/1a2b/3c4d`.
fn listener_of(it: &mut Properties<'_>) -> Value<Key> {
    let named = it.edge("ListenerArn", "listener");
    let own = it.get("RuleArn").text();
    let listener = own.known().and_then(|it| it.as_ref()?.rsplit_once('/')).map(|it| it.0);
    match (named, listener) {
        (Value::Known(None), Some(arn)) => {
            let value = Evaluated::Text(arn.replacen(":listener-rule/", ":listener/", 1));
            required(it.edge_of(&Node { value, path: "rulearn".to_owned() }), "ListenerArn")
        }
        (named, _) => required(named, "ListenerArn"),
    }
}

/// AWS writes the group of a simple forward twice, the second time with its weight; a template writes it once.
fn always_forwards(it: &mut Properties<'_>, property: &str) -> Value<Vec<WeightedTargetGroup>> {
    let groups = forwards(it, property);
    told(it, property, groups)
}
