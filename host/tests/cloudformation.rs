//! What a template's values are: every spelling of a zone and of an endpoint, references, and the scenarios that
//! parameters and conditions make.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use archlint::source::{self, Architecture, Budget, SourceOptions};
use archlint_schema::{Key, Peer, Reason, RouteTable, SecurityGroup, Snapshot, Subnet, Value, Zone};

fn read(text: &str, options: &SourceOptions) -> Architecture {
    let sources = source::read_text("t.yaml", text, options);
    assert!(sources.errors.is_empty(), "{:?}", sources.errors);
    sources.architectures.into_iter().next().unwrap()
}

fn base(text: &str) -> Snapshot {
    read(text, &SourceOptions::default()).scenarios.into_iter().next().unwrap().snapshot
}

fn named(zone: &str) -> Value<Zone> {
    Value::Known(Zone::Named(zone.to_owned()))
}

fn symbolic(region: &str, index: u32) -> Value<Zone> {
    Value::Known(Zone::Symbolic { region: region.to_owned(), index })
}

/// The zone of a subnet as a template spells it.
fn zone(spelling: &str) -> Value<Zone> {
    let text = format!(
        "
Parameters:
  Open: {{Type: 'AWS::EC2::AvailabilityZone::Name'}}
  Named: {{Type: String, Default: eu-west-1b}}
  Several: {{Type: 'List<AWS::EC2::AvailabilityZone::Name>', Default: 'eu-west-1a,eu-west-1c'}}
  Index: {{Type: Number, Default: 2}}
Mappings:
  Zones: {{eu-west-1: {{first: eu-west-1a, list: [eu-west-1b, eu-west-1c]}}}}
Conditions:
  Yes: !Equals [a, a]
Resources:
  Other: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: vpc-1, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1c}}}}
  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: vpc-1, CidrBlock: 10.0.0.0/24, AvailabilityZone: {spelling}}}}}
"
    );
    base(&text).get::<Subnet>(&Key::from("t/S")).unwrap().zone.clone()
}

#[test]
fn a_zone_is_what_its_spelling_says() {
    let table = [
        ("eu-west-1a", named("eu-west-1a")),
        ("!Ref Named", named("eu-west-1b")),
        ("!Select [0, !GetAZs '']", symbolic("", 0)),
        ("!Select ['1', !GetAZs '']", symbolic("", 1)),
        ("!Select [1, 'Fn::GetAZs': !Ref 'AWS::Region']", symbolic("", 1)),
        ("{'Fn::Select': ['1', {'Fn::GetAZs': {Ref: 'AWS::Region'}}]}", symbolic("", 1)),
        ("!Select [!Ref Index, !GetAZs '']", symbolic("", 2)),
        ("!Select [0, !GetAZs us-east-1]", symbolic("us-east-1", 0)),
        ("!Select [1, !Ref Several]", named("eu-west-1c")),
        ("!Select [1, [eu-west-1a, eu-west-1b]]", named("eu-west-1b")),
        ("!Select [1, !Split [',', 'eu-west-1a,eu-west-1b']]", named("eu-west-1b")),
        ("!FindInMap [Zones, eu-west-1, first]", named("eu-west-1a")),
        ("!Select [1, !FindInMap [Zones, eu-west-1, list]]", named("eu-west-1c")),
        ("!If [Yes, eu-west-1a, eu-west-1b]", named("eu-west-1a")),
        ("!If [Yes, !Select [0, !GetAZs ''], eu-west-1b]", symbolic("", 0)),
        ("!GetAtt Other.AvailabilityZone", named("eu-west-1c")),
        ("!Join ['', [eu-west-1, b]]", named("eu-west-1b")),
        ("!Sub 'eu-west-1${Index}'", named("eu-west-12")),
        ("!Sub '${AWS::Region}a'", named("${AWS::Region}a")),
    ];
    for (spelling, expected) in table {
        assert_eq!(zone(spelling), expected, "{spelling}");
    }
    for (spelling, reason) in [("!Ref Open", Reason::Parameter), ("!ImportValue zone", Reason::Import)] {
        assert_eq!(zone(spelling).decided().unwrap_err().reason, reason, "{spelling}");
    }
}

/// The block of a subnet as a template spells it.
fn block(spelling: &str) -> Value<Option<String>> {
    let text = format!(
        "
Parameters:
  Block: {{Type: String, Default: 10.1.0.0/16}}
  Open: {{Type: String}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: {spelling}}}}}
"
    );
    base(&text).get::<Subnet>(&Key::from("t/S")).unwrap().cidr.clone()
}

#[test]
fn a_block_is_what_its_spelling_says() {
    let table = [
        ("10.0.3.0/24", "10.0.3.0/24"),
        ("!Select [0, !Cidr [10.0.0.0/16, 4, 8]]", "10.0.0.0/24"),
        ("!Select [3, !Cidr [!Ref Block, '4', '12']]", "10.1.48.0/20"),
        ("!Select [1, !Cidr [!GetAtt Vpc.CidrBlock, 2, 8]]", "10.0.1.0/24"),
        (
            "{'Fn::Select': ['1', {'Fn::Cidr': [{'Fn::GetAtt': ['Vpc', 'CidrBlock']}, '2', '8']}]}",
            "10.0.1.0/24",
        ),
        ("!Select [1, !Split [',', '10.0.4.0/24,10.0.5.0/24']]", "10.0.5.0/24"),
    ];
    for (spelling, expected) in table {
        assert_eq!(block(spelling), Value::Known(Some(expected.to_owned())), "{spelling}");
    }
    let why = |spelling: &str| block(spelling).decided().unwrap_err().reason;
    assert_eq!(why("!Select [0, !Cidr [!Ref Open, 4, 8]]"), Reason::Parameter);
    assert_eq!(why("!Select [0, !Cidr [10.0.0.0/24, 4, 8]]"), Reason::Unevaluated);
}

/// The target of a route to a firewall's endpoint, as a template spells it.
fn endpoint(spelling: &str) -> Option<Key> {
    let text = format!(
        "
Conditions:
  Yes: !Equals [a, a]
Resources:
  Fw:
    Type: AWS::NetworkFirewall::Firewall
    Properties:
      FirewallName: fw
      FirewallPolicyArn: arn
      VpcId: vpc-1
      SubnetMappings: [{{SubnetId: subnet-a}}, {{SubnetId: subnet-b}}]
  Rt: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: vpc-1}}}}
  R: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Rt, DestinationCidrBlock: 0.0.0.0/0, VpcEndpointId: {spelling}}}}}
"
    );
    let snapshot = base(&text);
    let table = snapshot.get::<RouteTable>(&Key::from("t/Rt")).unwrap();
    table.routes.known().unwrap()[0].target.known()?.resource.known().cloned()
}

#[test]
fn an_endpoint_of_a_firewall_is_told_by_its_index() {
    for spelling in [
        "!Select [1, !Split [':', !Select [1, !GetAtt Fw.EndpointIds]]]",
        "{'Fn::Select': ['1', {'Fn::Split': [':', {'Fn::Select': ['1', {'Fn::GetAtt': [Fw, EndpointIds]}]}]}]}",
        "!If [Yes, !Select [1, !Split [':', !Select [1, !GetAtt Fw.EndpointIds]]], vpce-0]",
    ] {
        assert_eq!(endpoint(spelling), Some(Key::from("t/Fw/endpoint-1")), "{spelling}");
    }
    assert_eq!(endpoint("!Ref Rt"), Some(Key::from("t/Rt")));
}

const SWITCHED: &str = "
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Size: {Type: String, Default: small}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Big: !Equals [!Ref Size, big]
  Both: !And [!Condition Prod, !Condition Big]
Resources:
  A: {Type: AWS::EC2::VPC, Condition: Prod, Properties: {CidrBlock: 10.0.0.0/16}}
  B: {Type: AWS::EC2::VPC, Condition: Both, Properties: {CidrBlock: 10.1.0.0/16}}
  Role: {Type: AWS::IAM::Role, Condition: Big}
  C: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.2.0.0/16}}
";

fn shown(architecture: &Architecture) -> Vec<(Option<&str>, Vec<&str>)> {
    let labels = |it: &source::Scenario| {
        let labels = architecture.scenarios.iter().find(|other| other.when == it.when);
        labels.unwrap().snapshot.resources.vpcs.iter().map(|it| it.meta.label.as_str()).collect()
    };
    architecture.scenarios.iter().map(|it| (it.when.as_deref(), labels(it))).collect()
}

#[test]
fn each_condition_that_another_value_flips_is_a_scenario() {
    let kinds = [String::from("AWS::EC2::VPC")].into();
    let architecture = read(SWITCHED, &SourceOptions { kinds, ..SourceOptions::default() });
    assert_eq!(
        shown(&architecture),
        [
            (None, vec!["C"]),
            (Some("`Prod` is true (Env = prod)"), vec!["A", "C"]),
            (Some("`Both` is true, `Prod` is true (Env = prod, Size = big)"), vec!["A", "B", "C"]),
        ]
    );
}

#[test]
fn what_the_caller_says_is_not_flipped() {
    let options = SourceOptions {
        parameters: [("Env".to_owned(), "prod".to_owned()), ("Size".to_owned(), "small".to_owned())].into(),
        ..SourceOptions::default()
    };
    assert_eq!(shown(&read(SWITCHED, &options)), [(None, vec!["A", "C"])]);
}

#[test]
fn conditions_past_the_budget_are_told() {
    let kinds = [String::from("AWS::EC2::VPC")].into();
    let architecture = read(
        SWITCHED,
        &SourceOptions {
            kinds,
            budget: Budget { scenarios: 2, ..Budget::default() },
            ..SourceOptions::default()
        },
    );
    assert_eq!(architecture.scenarios.len(), 2);
    assert_eq!(architecture.not_examined, ["`Both` is true, `Prod` is true (Env = prod, Size = big)"]);
}

#[test]
fn the_rules_of_a_template_forbid_what_they_forbid() {
    let ruled = format!(
        "{SWITCHED}
Rules:
  Never:
    Assertions: [{{Assert: !Not [!Equals [!Ref Env, prod]]}}]
"
    );
    let kinds = [String::from("AWS::EC2::VPC")].into();
    let architecture = read(&ruled, &SourceOptions { kinds, ..SourceOptions::default() });
    assert_eq!(shown(&architecture), [(None, vec!["C"])]);
}

#[test]
fn a_parameter_with_one_allowed_value_has_it_and_with_several_is_one_of_them() {
    let zone = |allowed: &str| {
        let text = format!(
            "
Parameters: {{Zone: {{Type: String, AllowedValues: [{allowed}]}}}}
Resources:
  S: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: vpc-1, CidrBlock: 10.0.0.0/24, AvailabilityZone: !Ref Zone}}}}
"
        );
        base(&text).get::<Subnet>(&Key::from("t/S")).unwrap().zone.clone()
    };
    assert_eq!(zone("eu-west-1a"), named("eu-west-1a"));
    let both = ["eu-west-1a", "eu-west-1b"].map(|it| Zone::Named(it.to_owned()));
    assert_eq!(zone("eu-west-1a, eu-west-1b"), Value::OneOf(both.into()));
}

#[test]
fn the_port_of_an_endpoint_is_the_databases() {
    let port = |kind: &str, properties: &str, attribute: &str| {
        let text = format!(
            "
Parameters: {{Mode: {{Type: String}}}}
Resources:
  Db: {{Type: '{kind}', Properties: {{{properties}}}}}
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: !GetAtt Db.{attribute}, ToPort: !GetAtt Db.{attribute}, CidrIp: 10.0.0.0/8}}]
"
        );
        let group = base(&text).get::<SecurityGroup>(&Key::from("t/G")).unwrap().clone();
        group.ingress.known().unwrap()[0].from_port.known().copied().flatten()
    };
    let (instance, cluster) = ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster");
    for (kind, properties, attribute, expected) in [
        (instance, "Engine: postgres, Port: '5433'", "Endpoint.Port", Some(5433)),
        (instance, "Engine: postgres", "Endpoint.Port", Some(5432)),
        (instance, "Engine: aurora-mysql, DBClusterIdentifier: c", "Endpoint.Port", None),
        (cluster, "Engine: aurora-mysql", "Endpoint.Port", Some(3306)),
        (cluster, "Engine: aurora-postgresql", "Endpoint.Port", Some(3306)),
        (cluster, "Engine: aurora-postgresql, EngineMode: serverless", "Endpoint.Port", Some(5432)),
        (cluster, "Engine: aurora-postgresql, EngineMode: !Ref Mode", "Endpoint.Port", None),
        (cluster, "Engine: aurora-postgresql, SnapshotIdentifier: s", "Endpoint.Port", None),
        ("AWS::ElastiCache::ReplicationGroup", "Port: 6380", "PrimaryEndPoint.Port", Some(6380)),
    ] {
        assert_eq!(port(kind, properties, attribute), expected, "{kind} {properties}");
    }
}

#[test]
fn secrets_do_not_enter() {
    let text = "
Parameters:
  Password: {Type: String, NoEcho: true, Default: hunter2}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, DBInstanceClass: db.m6g.large, MasterUserPassword: hunter2, MasterUsername: !Ref Password}
  I:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-1, UserData: aHVudGVyMg==hunter2, Tags: [{Key: a, Value: !Ref Password}]}
";
    let document = serde_json::to_string(&base(text)).unwrap();
    assert!(!document.contains("hunter2"), "{document}");
    assert!(document.contains("redacted"), "{document}");
}

#[test]
fn raw_properties_are_those_of_the_scenario() {
    let template = r#"
Parameters:
  Billing: { Type: String, AllowedValues: [PROVISIONED, PAY_PER_REQUEST] }
  Kept: { Type: String, Default: "7" }
Conditions:
  Never: !Equals [a, b]
Resources:
  Key: { Type: AWS::KMS::Key, Properties: { Description: k } }
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: !Ref Billing
      Days: !Ref Kept
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: !If [Never, true, false]
      SSESpecification: { KMSMasterKeyId: !Ref Key, SSEEnabled: true }
      Tags:
        - !If [Never, { Key: a, Value: b }, !Ref AWS::NoValue]
        - { Key: Name, Value: !ImportValue name }
      Environment: { Variables: { TOKEN: hush } }
"#;
    let snapshot = base(template);
    let raw = &snapshot.raw[&Key::from("t/Table")].0;
    let expected = serde_json::json!({
        "BillingMode": { "$oneOf": ["PROVISIONED", "PAY_PER_REQUEST"] },
        "Days": "7",
        "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": "false" },
        "SSESpecification": { "KMSMasterKeyId": "t/Key", "SSEEnabled": true },
        "Tags": [{ "Key": "Name", "Value": { "$unknown": { "reason": "import", "detail": "name" } } }],
        "Environment": { "$unknown": { "reason": "redacted" } },
    });
    assert_eq!(*raw, expected);
}

#[test]
fn a_security_group_sends_to_everywhere_unless_it_has_rules() {
    let text = "
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  None: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Apart: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Rule: {Type: AWS::EC2::SecurityGroupEgress, Properties: {GroupId: !Ref Apart, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}}
  Own:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}]}
";
    let snapshot = base(text);
    let peers = |id: &str| {
        let group = snapshot.get::<SecurityGroup>(&Key::from(format!("t/{id}"))).unwrap();
        let rules = group.egress.known().unwrap().iter();
        rules.map(|it| it.peer.known().unwrap().clone()).collect::<Vec<_>>()
    };
    let [everywhere, ten] = ["0.0.0.0/0", "10.0.0.0/8"].map(|it| Peer::Ipv4(it.to_owned()));
    assert_eq!(peers("None"), [everywhere]);
    assert_eq!(peers("Apart"), std::slice::from_ref(&ten));
    assert_eq!(peers("Own"), [ten]);
}
