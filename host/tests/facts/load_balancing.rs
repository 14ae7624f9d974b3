//! What stands behind load balancers.

use archlint_schema::{KeySet, Receiver, TargetGroupFacts, Transport, Value};

use super::{BASE, derived, key, keys, why};

/// A second subnet, in another zone, and a load balancer of a type in both with a target group.
fn balanced(kind: &str, group: &str, more: &str) -> TargetGroupFacts {
    derived(&format!("{BASE}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}}}}
  Lb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Type: {kind}, Subnets: [!Ref S, !Ref B]}}}}
  L: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Lb, Port: 80, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Tg}}]}}}}
  Tg: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{VpcId: !Ref Vpc, {group}}}}}{more}"))
    .facts
    .target_groups[&key("Tg")]
        .clone()
}

const TWO_GROUPS: &str = "
  GroupA: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 4, MaxSize: 8, VPCZoneIdentifier: [!Ref S], TargetGroupARNs: [!Ref Tg]}}
  GroupB: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: 0, MaxSize: 8, DesiredCapacity: '3', VPCZoneIdentifier: [!Ref S, !Ref B], TargetGroupARNs: [!Ref Tg]}}";

/// Thousandths of targets by zone.
fn capacity(facts: &TargetGroupFacts) -> Vec<(String, u64)> {
    facts.capacity.known().unwrap().iter().map(|it| (it.zone.name(), it.thousandths)).collect()
}

#[test]
fn a_group_spreads_its_capacity_evenly_over_its_zones() {
    let facts = balanced("network", "Protocol: TCP, Port: 80", TWO_GROUPS);
    assert_eq!(capacity(&facts), [("eu-west-1a".to_owned(), 5500), ("eu-west-1b".to_owned(), 1500)]);
    assert_eq!(facts.auto_scaling_groups, keys(&["GroupA", "GroupB"]));
    assert_eq!(facts.load_balancers, keys(&["Lb"]));
    let hidden = balanced("network", "Protocol: TCP, Port: 80", "
  G: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: !Ref P, MaxSize: 8, VPCZoneIdentifier: [!Ref S], TargetGroupARNs: [!Ref Tg]}}");
    assert_eq!(why(&hidden.capacity).1, "P");
}

#[test]
fn registered_instances_count_one_by_one() {
    let facts = balanced(
        "application",
        "Protocol: HTTP, Port: 80, HealthCheckPort: '8081', Targets: [{Id: !Ref I}, {Id: !Ref J, Port: 81}]",
        "
  I: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref S}}
  J: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B}}",
    );
    assert_eq!(facts.instances, KeySet::of(keys(&["I", "J"])));
    assert_eq!(capacity(&facts).iter().map(|it| it.1).collect::<Vec<_>>(), [1000, 1000]);
    let receiver = |id: &str, port| Receiver {
        resource: key(id),
        traffic_port: Value::Known(Some(port)),
        health_check_port: Value::Known(Some(8081)),
    };
    assert_eq!(facts.receivers, [receiver("I", 80), receiver("J", 81)]);
}

const SERVICE: &str = "
  Sv: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Td, DesiredCount: 2, LoadBalancers: [{TargetGroupArn: !Ref Tg, ContainerName: web, ContainerPort: 8080}], NETWORK}}
  Td: {Type: AWS::ECS::TaskDefinition, Properties: {NetworkMode: MODE, ContainerDefinitions: [{Name: web, Image: i, PortMappings: [{ContainerPort: 8080, HostPort: 0}]}]}}";

#[test]
fn a_service_registers_the_port_of_its_container_or_one_that_ecs_chooses() {
    let service = |mode: &str, network: &str| {
        let text = SERVICE.replace("MODE", mode).replace("NETWORK", network);
        balanced("application", "Protocol: HTTP, Port: 80, TargetType: ip", &text)
    };
    let own = service("awsvpc", "NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref S, !Ref B]}}");
    assert_eq!(own.ecs_services, keys(&["Sv"]));
    assert_eq!(own.receivers[0].traffic_port, Value::Known(Some(8080)));
    assert_eq!(own.receivers[0].health_check_port, Value::Known(Some(8080)));
    assert_eq!(capacity(&own).iter().map(|it| it.1).collect::<Vec<_>>(), [1000, 1000]);
    let shared = service("bridge", "LaunchType: EC2");
    assert_eq!(shared.receivers[0].traffic_port, Value::Known(None));
    assert!(shared.target_zones.open.is_some(), "the zones are those of the cluster's instances");
}

#[test]
fn the_setting_of_the_target_group_comes_before_the_load_balancers() {
    let attribute = |value: &str| {
        let attributes = format!(
            "Protocol: TCP, Port: 80, TargetGroupAttributes: [{{Key: load_balancing.cross_zone.enabled, Value: '{value}'}}]"
        );
        balanced("network", &attributes, "").cross_zone
    };
    assert_eq!(attribute("true"), Value::Known(true));
    assert_eq!(attribute("use_load_balancer_configuration"), Value::Known(false));
    assert_eq!(balanced("application", "Protocol: HTTP, Port: 80", "").cross_zone, Value::Known(true));
}

#[test]
fn a_network_load_balancer_shows_clients_to_instances() {
    let facts = |group: &str| {
        let facts = balanced("network", group, "");
        (facts.transport.known().copied().unwrap(), facts.preserves_client_ip.known().copied().unwrap())
    };
    assert_eq!(facts("Protocol: TCP, Port: 80"), (Transport::Tcp, true));
    assert_eq!(facts("Protocol: TCP, Port: 80, TargetType: ip"), (Transport::Tcp, false));
    assert_eq!(facts("Protocol: UDP, Port: 53, TargetType: ip"), (Transport::Udp, true));
    assert_eq!(facts("Protocol: HTTP, Port: 80"), (Transport::Tcp, false));
}

#[test]
fn a_classic_load_balancer_is_its_own_target_group() {
    let snapshot = derived(&format!("{BASE}
  I: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref S}}}}
  Lb: {{Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: {{Subnets: [!Ref S], Instances: [!Ref I], CrossZone: true, Listeners: [{{Protocol: HTTP, LoadBalancerPort: '80', InstancePort: '8080'}}]}}}}
  G: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: 1, MaxSize: 1, VPCZoneIdentifier: [!Ref S], LoadBalancerNames: [!Ref Lb]}}}}"));
    let balancer = &snapshot.facts.load_balancers[&key("Lb")];
    assert_eq!(
        (&balancer.target_groups.members, &balancer.auto_scaling_groups),
        (&keys(&["Lb"]), &keys(&["G"]))
    );
    let facts = &snapshot.facts.target_groups[&key("Lb")];
    assert_eq!((&facts.load_balancers, &facts.cross_zone), (&keys(&["Lb"]), &Value::Known(true)));
    let ports: Vec<_> = facts.receivers.iter().map(|it| (&it.resource, it.traffic_port.known())).collect();
    assert_eq!(ports, [(&key("G"), Some(&Some(8080))), (&key("I"), Some(&Some(8080)))]);
    let group = &snapshot.facts.auto_scaling_groups[&key("G")];
    assert_eq!(
        (&group.target_groups, &group.load_balancers),
        (&KeySet::of(keys(&["Lb"])), &KeySet::of(keys(&["Lb"])))
    );
}

#[test]
fn zones_that_nobody_knows_are_not_the_same_for_standing_at_the_same_position() {
    let same = |zone: &str| {
        let snapshot = derived(&format!(
            "{BASE}
  Lb: {{Type: AWS::ElasticLoadBalancing::LoadBalancer, Properties: {{AvailabilityZones: [!Ref P], Listeners: []}}}}
  G: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: 1, MaxSize: 1, AvailabilityZones: [{zone}]}}}}"
        ));
        let balancer = &snapshot.facts.load_balancers[&key("Lb")].zones;
        snapshot.facts.auto_scaling_groups[&key("G")].zones.meets(balancer)
    };
    assert!(same("!Ref P").is_true());
    assert!(same("!ImportValue zone").decided().is_err());
}
