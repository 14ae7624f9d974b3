//! Where traffic goes: through load balancers to targets, out through NAT, past network ACLs and security groups.

use archlint_schema::{GatewayService, LINUX_EPHEMERAL, RequestSender, TargetPath, Value};

use super::{BASE, derived, derived_with_evidence, key, keys, why};

/// A load balancer in one subnet whose target is in another, with these rules of the target's group.
fn balanced(ingress: &str, more: &str) -> String {
    format!("{BASE}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1b}}}}
  Front: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc}}}}
  Back: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc, SecurityGroupIngress: [{ingress}]}}}}
  Lb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Subnets: [!Ref S], SecurityGroups: [!Ref Front]}}}}
  L: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Lb, Port: 80, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Tg}}]}}}}
  Tg: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{VpcId: !Ref Vpc, Protocol: HTTP, Port: 80, Targets: [{{Id: !Ref I}}]}}}}
  I: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref B, SecurityGroupIds: [!Ref Back]}}}}{more}")
}

fn path(ingress: &str, more: &str) -> TargetPath {
    let facts = derived(&balanced(ingress, more)).facts;
    let [path] = facts.target_groups[&key("Tg")].paths.as_slice() else { panic!("there is one way") };
    path.clone()
}

const FROM_FRONT: &str = "{IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref Front}";

/// A network ACL of the target's subnet that lets requests in, and their answers out to some ports.
fn acl(answers_from: u16) -> String {
    format!("
  Acl: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
  OfB: {{Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {{SubnetId: !Ref B, NetworkAclId: !Ref Acl}}}}
  In: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: 6, RuleAction: allow, CidrBlock: 10.0.0.0/24, PortRange: {{From: 80, To: 80}}}}}}
  Out: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, RuleNumber: 100, Egress: true, Protocol: 6, RuleAction: allow, CidrBlock: 10.0.0.0/24, PortRange: {{From: {answers_from}, To: 65535}}}}}}")
}

#[test]
fn a_way_is_open_or_something_at_one_end_refuses_a_port() {
    let open = path(FROM_FRONT, "");
    assert_eq!((open.load_balancer, open.target), (key("Lb"), key("I")));
    assert_eq!((open.held_back, open.kept_out), (Value::Known(None), Value::Known(None)));
    assert_eq!(open.from_clients, Value::Known(false));

    let closed = path("", "");
    let barrier = closed.kept_out.known().unwrap().clone().unwrap();
    assert_eq!((barrier.port.port, barrier.network_acl), (80, None));

    let hidden = path("{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: !Ref P}", "");
    assert_eq!(why(&hidden.kept_out).1, "P");

    let filtered = path(
        FROM_FRONT,
        "
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  OfB: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref B, NetworkAclId: !Ref Acl}}",
    );
    let acl = filtered.kept_out.known().unwrap().clone().unwrap().network_acl.unwrap();
    assert_eq!((acl.network_acl, acl.subnet), (key("Acl"), key("B")));
}

#[test]
fn a_network_acl_has_to_let_answers_through_too() {
    let unanswered = |answers_from: u16, ports: (u16, u16)| {
        let (snapshot, because) = derived_with_evidence(&balanced(FROM_FRONT, &acl(answers_from)));
        let requests = snapshot.facts.network_acls[&key("Acl")].requests.known().unwrap();
        let of_lb = requests.iter().find(|it| it.sender == RequestSender::LoadBalancer(key("Lb"))).unwrap();
        assert_eq!(because.chain(&key("Acl"), "requests").unwrap()[0].resource, key("Lb"));
        let refused = of_lb.unanswered(&snapshot.resources.network_acls[0].filter().unwrap(), ports).unwrap();
        refused.map(|it| it.ports)
    };
    assert_eq!(unanswered(1024, (1024, 65535)), None);
    assert_eq!(unanswered(32768, LINUX_EPHEMERAL), None);
    assert_eq!(unanswered(32768, (1024, 65535)), Some((1024, 32767)));
}

#[test]
fn subnets_of_other_zones_depend_on_the_zone_of_a_nat_gateway() {
    let (snapshot, because) = derived_with_evidence(&format!("{BASE}
  Nat: {{Type: AWS::EC2::NatGateway, Properties: {{SubnetId: !Ref S, AllocationId: eip}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: eu-west-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: eu-west-1b}}}}
  Empty: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.4.0/24, AvailabilityZone: eu-west-1c}}}}
  Private: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  Out: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Private, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}}}
  OfA: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: !Ref A, RouteTableId: !Ref Private}}}}
  OfB: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: !Ref B, RouteTableId: !Ref Private}}}}
  OfE: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: !Ref Empty, RouteTableId: !Ref Private}}}}
  G: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: 2, MaxSize: 8, VPCZoneIdentifier: [!Ref A, !Ref B]}}}}
  S3: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, ServiceName: !Sub 'com.amazonaws.${{AWS::Region}}.s3', RouteTableIds: [!Ref Private]}}}}"));
    let nat = &snapshot.facts.egress_targets[&key("Nat")];
    let names =
        |it: &archlint_schema::ZoneSet| -> Vec<_> { it.members.iter().map(|it| it.via.clone()).collect() };
    assert_eq!(nat.home.known().unwrap().via, key("S"));
    assert_eq!(names(&nat.dependents), keys(&["A", "B"]));
    assert_eq!(names(&nat.elsewhere), keys(&["B"]));
    assert_eq!(because.chain(&key("Nat"), "elsewhere").unwrap()[0].resource, key("B"));

    let table = &snapshot.facts.route_tables[&key("Private")];
    assert_eq!(table.workload_subnets, keys(&["A", "B"]));
    let traffic = |service, subnet: &str| {
        let mut all = table.service_traffic.iter();
        all.find(|it| it.service == service && it.subnet == key(subnet)).unwrap()
    };
    assert_eq!(traffic(GatewayService::S3, "A").nat(), Ok(None), "the endpoint carries it");
    assert_eq!(traffic(GatewayService::Dynamodb, "A").nat(), Ok(Some(&key("Nat"))));
    assert_eq!(traffic(GatewayService::Dynamodb, "A").used, Value::Known(true));
    // What another stack puts there is for that one to answer for.
    assert_eq!(traffic(GatewayService::Dynamodb, "Empty").used, Value::Known(false));
}

#[test]
fn a_group_of_nat_instances_admits_the_subnets_that_they_serve_or_more() {
    let (snapshot, because) = derived_with_evidence(&format!("{BASE}
  Nat: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref S, SecurityGroupIds: [!Ref G], SourceDestCheck: false}}}}
  G: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc, SecurityGroupIngress: [
    {{IpProtocol: '-1', CidrIp: 10.0.3.0/24}}, {{IpProtocol: '-1', CidrIp: 10.0.0.0/16}},
    {{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 198.51.100.0/24}}]}}}}
  App: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc, SecurityGroupIngress: [
    {{IpProtocol: tcp, FromPort: 22, ToPort: 22, SourceSecurityGroupId: !Ref G}}]}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: eu-west-1b}}}}
  Private: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  Out: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Private, DestinationCidrBlock: 0.0.0.0/0, InstanceId: !Ref Nat}}}}
  OfB: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: !Ref B, RouteTableId: !Ref Private}}}}"));
    let facts = &snapshot.facts.security_groups;
    let nat = facts[&key("G")].nat.as_ref().unwrap();
    assert_eq!((&nat.instances, &nat.serves), (&keys(&["Nat"]), &keys(&["B"])));
    let beyond = nat.beyond_served.known().unwrap().as_ref().unwrap();
    assert_eq!((beyond.rule.path.as_str(), beyond.within_vpc), ("ingress[1]", true));
    let way_in = nat.administered.known().unwrap().as_ref().unwrap();
    assert_eq!((way_in.rule.path.as_str(), way_in.port), ("ingress[2]", 22));
    assert_eq!(nat.leads_on.as_ref().unwrap().rule.security_group, key("App"));
    assert_eq!(because.chain(&key("G"), "nat").unwrap().len(), 3);
    assert_eq!(facts[&key("App")].nat, None);
}

#[test]
fn a_database_admits_public_subnets_load_balancers_or_the_internet() {
    let (snapshot, because) = derived_with_evidence(&balanced(FROM_FRONT, "
  R: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql, VPCSecurityGroups: [!Ref G]}}
  G: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc, SecurityGroupIngress: [
    {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: 10.0.0.0/20},
    {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref Front},
    {IpProtocol: tcp, FromPort: 3306, ToPort: 3306, CidrIp: 198.51.100.0/24}]}}"));
    let [database] = snapshot.facts.security_groups[&key("G")].databases.as_slice() else {
        panic!("there is one database")
    };
    assert_eq!((&database.database, &database.port), (&key("Db"), &Value::Known(Some(3306))));
    let public = database.public_subnets.known().unwrap().as_ref().unwrap();
    assert_eq!((public.rule.path.as_str(), &public.subnets), ("ingress[0]", &keys(&["S"])));
    let balancer = database.load_balancer.known().unwrap().as_ref().unwrap();
    assert_eq!((balancer.rule.path.as_str(), &balancer.load_balancer), ("ingress[1]", &key("Lb")));
    let internet = snapshot.facts.databases[&key("Db")].admits_internet.known().unwrap().as_ref().unwrap();
    assert_eq!(internet.path, "ingress[2]");
    assert_eq!(because.chain(&key("G"), "databases").unwrap().len(), 2);
    assert_eq!(because.chain(&key("Db"), "admits_internet").unwrap()[0].path, "ingress[2]");
}
