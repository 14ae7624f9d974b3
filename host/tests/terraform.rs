//! How Terraform's plans and states are read: references instance by instance, what stays unknown and why, the
//! provider's defaults, and what there is besides `resource_changes`.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use archlint::source::{self, Architecture, SourceOptions};
use archlint_schema::{
    Association, AutoScalingGroup, ClassicLoadBalancer, Key, Peer, RouteTable, SecurityGroup, Snapshot,
    Subnet, Value,
};
use serde_json::{Map, Value as Json, json};

/// The documents of a test: `configuration` of the root module, and each instance with its values and with what
/// is known after apply only.
fn plan(root_module: &Json, instances: &[(&str, Json, Json)]) -> Json {
    let changes: Vec<Json> = instances
        .iter()
        .map(|(address, after, unknown)| {
            json!({
                "address": address,
                "change": { "actions": ["create"], "after": after, "after_unknown": unknown },
            })
        })
        .collect();
    json!({
        "format_version": "1.2",
        "resource_changes": changes,
        "configuration": { "root_module": root_module },
    })
}

fn architecture(plan: &Json) -> Architecture {
    let sources = source::read_text("plan.json", &plan.to_string(), &SourceOptions::default());
    assert!(sources.errors.is_empty(), "{:?}", sources.errors);
    sources.architectures.into_iter().next().unwrap()
}

fn snapshot(plan: &Json) -> Snapshot {
    architecture(plan).scenarios.into_iter().next().unwrap().snapshot
}

/// A block of the configuration.
fn block(address: &str, expressions: &Json) -> Json {
    let (kind, name) = address.split_once('.').unwrap();
    json!({ "mode": "managed", "type": kind, "name": name, "expressions": expressions })
}

fn references(all: &[&str]) -> Json {
    json!({ "references": all })
}

/// `[count]` or `["key"]` of each instance of `aws_subnet.a`, with an id that is known after apply.
fn subnets(keys: &[&str]) -> Vec<(String, Json, Json)> {
    let subnet = |key: &&str| (format!("aws_subnet.a{key}"), json!({}), json!({ "id": true }));
    keys.iter().map(subnet).collect()
}

/// The subnets of a group whose `vpc_zone_identifier` is an expression, in a module that has other parts too. Known
/// ones by their address, others as `?`.
#[track_caller]
fn check_subnets(keys: &[&str], expression: &Json, unknown: &Json, parts: &Json, expected: &[&str]) {
    let group = block("aws_autoscaling_group.g", &json!({ "vpc_zone_identifier": expression }));
    let mut module: Map<String, Json> = parts.as_object().unwrap().clone();
    module.insert("resources".to_owned(), json!([block("aws_subnet.a", &json!({})), group]));
    let mut instances = subnets(keys);
    instances.push((
        "aws_autoscaling_group.g".to_owned(),
        json!({}),
        json!({ "vpc_zone_identifier": unknown }),
    ));
    let instances: Vec<_> = instances.iter().map(|(a, b, c)| (a.as_str(), b.clone(), c.clone())).collect();
    let snapshot = snapshot(&plan(&Json::Object(module), &instances));
    let group = snapshot.get::<AutoScalingGroup>(&Key::from("aws_autoscaling_group.g")).unwrap();
    let found: Vec<&str> = match &group.subnets {
        Value::Known(all) => all.iter().map(|it| it.known().map_or("?", Key::as_str)).collect(),
        _ => vec!["?"],
    };
    assert_eq!(found, expected, "{expression}");
}

#[test]
fn a_reference_leads_to_the_instances_that_it_names() {
    let all = json!(true);
    let numbered = ["[0]", "[1]"];
    let keyed = ["[\"x\"]", "[\"y\"]"];
    let check = |keys: &[&str], named: &[&str], expected: &[&str]| {
        check_subnets(keys, &references(named), &all, &json!({}), expected);
    };
    check(&[""], &["aws_subnet.a.id", "aws_subnet.a"], &["aws_subnet.a"]);
    check(&numbered, &["aws_subnet.a"], &["aws_subnet.a[0]", "aws_subnet.a[1]"]);
    check(&numbered, &["aws_subnet.a[1].id", "aws_subnet.a[1]", "aws_subnet.a"], &["aws_subnet.a[1]"]);
    check(
        &keyed,
        &["aws_subnet.a[\"y\"].id", "aws_subnet.a[\"y\"]", "aws_subnet.a"],
        &["aws_subnet.a[\"y\"]"],
    );
    check(&keyed, &["aws_subnet.a"], &["aws_subnet.a[\"x\"]", "aws_subnet.a[\"y\"]"]);
    let ten: Vec<String> = (0..11).map(|it| format!("[{it}]")).collect();
    let ten: Vec<&str> = ten.iter().map(String::as_str).collect();
    check(&ten, &["aws_subnet.a[10].id"], &["aws_subnet.a[10]"]);
}

#[test]
fn variables_and_outputs_lead_on() {
    let module = |inner: Json, given: Json| json!({ "module_calls": { "m": { "expressions": given, "module": inner } } });
    let outputs = json!({ "outputs": { "ids": { "expression": references(&["var.given"]) } },
        "variables": { "given": {} } });
    check_subnets(
        &["[0]", "[1]"],
        &references(&["module.m.ids", "module.m"]),
        &json!(true),
        &module(outputs.clone(), json!({ "given": references(&["aws_subnet.a"]) })),
        &["aws_subnet.a[0]", "aws_subnet.a[1]"],
    );
    check_subnets(
        &["[0]", "[1]"],
        &references(&["module.m.ids[1]", "module.m.ids", "module.m"]),
        &json!(true),
        &module(outputs, json!({ "given": references(&["aws_subnet.a"]) })),
        &["aws_subnet.a[1]"],
    );
}

#[test]
fn what_cannot_be_told_apart_is_unknown() {
    let one_of_two = json!([true]);
    let check = |named: &[&str], unknown: &Json, expected: &[&str]| {
        check_subnets(&["[0]", "[1]"], &references(named), unknown, &json!({}), expected);
    };
    // Two are mentioned and one is meant: `slice`, or a condition.
    check(&["aws_subnet.a"], &one_of_two, &["?"]);
    // As many as are mentioned.
    check(&["aws_subnet.a"], &json!([true, true]), &["aws_subnet.a[0]", "aws_subnet.a[1]"]);
    check(&["local.subnets"], &json!(true), &["?"]);
    check(&["var.undeclared"], &json!(true), &["?"]);
    // A function of nothing.
    check(&[], &json!(true), &["?"]);
}

#[test]
fn a_flag_may_choose_between_the_resources() {
    let variables = json!({ "variables": { "flag": { "default": true }, "none": { "default": [] } } });
    let both = ["aws_subnet.a[0]", "aws_subnet.a[1]"];
    let check = |named: &[&str], expected: &[&str]| {
        check_subnets(&["[0]", "[1]"], &references(named), &json!(true), &variables, expected);
    };
    check(&["var.flag", "aws_subnet.a[0].id", "aws_subnet.a[1].id"], &["?"]);
    check(&["var.none", "aws_subnet.a"], &both);
    // An id that is not known yet, and only one subnet whose id is not known yet.
    check(&["var.flag", "aws_subnet.a[0].id"], &["aws_subnet.a[0]"]);
    // Empty is as good as not written.
    check(&["var.none"], &[]);
}

/// The VPC of a subnet in `module.m`, which sees the VPCs of some keys and nothing else of the kind.
fn vpc_by_local(keys: &[&str], given: &Json) -> Value<Key> {
    let inner = json!({ "resources": [
        block("aws_vpc.v", &json!({})),
        block("aws_subnet.s", &json!({ "vpc_id": references(&["local.vpc_id"]) })),
    ] });
    let root = json!({ "resources": [block("aws_vpc.outside", &json!({}))],
        "module_calls": { "m": { "expressions": given, "module": inner } } });
    let vpcs: Vec<String> = keys.iter().map(|key| format!("module.m.aws_vpc.v{key}")).collect();
    let mut instances: Vec<(&str, Json, Json)> =
        vpcs.iter().map(|it| (it.as_str(), json!({}), json!({ "id": true }))).collect();
    instances.push(("aws_vpc.outside", json!({}), json!({ "id": true })));
    instances.push(("module.m.aws_subnet.s", json!({}), json!({ "vpc_id": true })));
    let snapshot = snapshot(&plan(&root, &instances));
    snapshot.get::<Subnet>(&Key::from("module.m.aws_subnet.s")).unwrap().vpc.clone()
}

#[test]
fn a_local_value_that_can_be_one_resource_only_is_that_one() {
    assert_eq!(vpc_by_local(&["[0]"], &json!({})), Value::Known(Key::from("module.m.aws_vpc.v[0]")));
    // One of two: the same thing wherever it is named, and nobody knows which.
    let open = Value::Known(Key::from("module.m.local.vpc_id"));
    assert_eq!(vpc_by_local(&["[0]", "[1]"], &json!({})), open);
    // What the module was given counts too.
    let given = json!({ "vpc": references(&["aws_vpc.outside.id", "aws_vpc.outside"]) });
    assert_eq!(vpc_by_local(&["[0]"], &given), open);
    assert_eq!(vpc_by_local(&[], &given), Value::Known(Key::from("aws_vpc.outside")));
}

#[test]
fn blocks_with_the_same_keys_go_together() {
    let route_of = |key: &str| format!("aws_route_table.r{key}");
    let root = json!({ "resources": [
        block("aws_subnet.a", &json!({})),
        block("aws_route_table.r", &json!({})),
        block("aws_route_table_association.t", &json!({
            "subnet_id": references(&["each.value.id", "each.value"]),
            "route_table_id": references(&["aws_route_table.r", "each.key"]),
        })),
    ] });
    let mut root = root;
    root["resources"][2]["for_each_expression"] = references(&["aws_subnet.a"]);
    let mut instances = Vec::new();
    let all: Vec<(String, String, String)> = ["[\"x\"]", "[\"y\"]"]
        .map(|it| (format!("aws_subnet.a{it}"), route_of(it), format!("aws_route_table_association.t{it}")))
        .into();
    for (subnet, table, association) in &all {
        instances.push((subnet.as_str(), json!({}), json!({ "id": true })));
        instances.push((table.as_str(), json!({}), json!({ "id": true })));
        let unknown = json!({ "subnet_id": true, "route_table_id": true });
        instances.push((association.as_str(), json!({}), unknown));
    }
    let snapshot = snapshot(&plan(&root, &instances));
    for (subnet, table, _) in &all {
        let table = snapshot.get::<RouteTable>(&Key::from(table.as_str())).unwrap();
        let expected = Association::Subnet(Value::Known(Key::from(subnet.as_str())));
        assert_eq!(table.associations, Value::Known(vec![expected]));
    }
}

#[test]
fn what_is_known_after_apply_says_so_with_its_expression() {
    let root = json!({ "resources": [
        block("aws_vpc.v", &json!({})),
        block("aws_subnet.s", &json!({ "cidr_block": references(&["aws_vpc.v.cidr_block", "aws_vpc.v"]) })),
    ] });
    let instances = [
        ("aws_vpc.v", json!({}), json!({ "id": true, "cidr_block": true })),
        ("aws_subnet.s", json!({}), json!({ "cidr_block": true, "vpc_id": true })),
    ];
    let snapshot = snapshot(&plan(&root, &instances));
    let subnet = snapshot.get::<Subnet>(&Key::from("aws_subnet.s")).unwrap();
    let why = subnet.cidr.decided().unwrap_err();
    assert_eq!(why.to_string(), "computed known after apply: aws_vpc.v.cidr_block");
}

#[test]
fn known_ids_join_by_value() {
    let root =
        json!({ "resources": [block("aws_subnet.s", &json!({ "vpc_id": references(&["aws_vpc.v.id"]) }))] });
    let instances = [
        ("aws_vpc.v", json!({ "id": "vpc-0a1b" }), json!({})),
        ("aws_subnet.s", json!({ "vpc_id": "vpc-0a1b" }), json!({})),
        ("aws_subnet.t", json!({ "vpc_id": "vpc-0c2d" }), json!({})),
    ];
    let snapshot = snapshot(&plan(&root, &instances));
    let vpc = |key: &str| snapshot.get::<Subnet>(&Key::from(key)).unwrap().vpc.clone();
    assert_eq!(vpc("aws_subnet.s"), Value::Known(Key::from("aws_vpc.v")));
    assert_eq!(vpc("aws_subnet.t"), Value::Known(Key::from("vpc-0c2d")));
    assert!(snapshot.externals.contains_key("vpc-0c2d"));
}

#[test]
fn parts_are_folded_and_defaults_filled_in() {
    let root = json!({ "resources": [
        block("aws_security_group.g", &json!({})),
        block("aws_security_group_rule.r", &json!({
            "security_group_id": references(&["aws_security_group.g.id"]),
        })),
        block("aws_vpc_security_group_ingress_rule.w", &json!({
            "security_group_id": references(&["aws_security_group.g.id"]),
            "referenced_security_group_id": references(&["aws_security_group.g.id"]),
        })),
        block("aws_elb.e", &json!({})),
    ] });
    let group = json!({ "id": true, "ingress": true, "egress": true });
    let instances = [
        ("aws_security_group.g", json!({}), group),
        (
            "aws_security_group_rule.r",
            json!({ "type": "ingress", "protocol": "tcp", "from_port": 80, "to_port": 80,
                "cidr_blocks": ["10.0.0.0/8", "192.168.0.0/16"] }),
            json!({ "security_group_id": true }),
        ),
        (
            "aws_vpc_security_group_ingress_rule.w",
            json!({ "ip_protocol": "-1" }),
            json!({ "security_group_id": true, "referenced_security_group_id": true }),
        ),
        ("aws_elb.e", json!({}), json!({})),
    ];
    let snapshot = snapshot(&plan(&root, &instances));
    let group = snapshot.get::<SecurityGroup>(&Key::from("aws_security_group.g")).unwrap();
    let peers: Vec<&Peer> =
        group.ingress.known().unwrap().iter().map(|it| it.peer.known().unwrap()).collect();
    let own = Peer::SecurityGroup(Key::from("aws_security_group.g"));
    assert_eq!(peers, [&Peer::Ipv4("10.0.0.0/8".into()), &Peer::Ipv4("192.168.0.0/16".into()), &own]);
    assert_eq!(group.ingress.known().unwrap()[2].from_port, Value::Known(None));
    // The provider's default, where AWS's own is off.
    let elb = snapshot.get::<ClassicLoadBalancer>(&Key::from("aws_elb.e")).unwrap();
    assert_eq!(elb.cross_zone, Value::Known(true));
}

#[test]
fn what_leaves_is_left_out_and_what_changes_is_told() {
    let mut document = plan(
        &json!({}),
        &[
            ("aws_vpc.kept", json!({}), json!({})),
            ("aws_vpc.gone", json!({}), json!({})),
            ("aws_vpc.replaced", json!({}), json!({})),
            ("aws_vpc.forgotten", json!({}), json!({})),
        ],
    );
    let actions = [&["no-op"][..], &["delete"], &["delete", "create"], &["forget"]];
    for (at, actions) in actions.into_iter().enumerate() {
        document["resource_changes"][at]["change"]["actions"] = json!(actions);
    }
    let architecture = architecture(&document);
    let vpcs = &architecture.scenarios[0].snapshot.resources.vpcs;
    let keys: Vec<&str> = vpcs.iter().map(|it| it.meta.key.as_str()).collect();
    assert_eq!(keys, ["aws_vpc.kept", "aws_vpc.replaced"]);
    assert_eq!(architecture.changed, Some([Key::from("aws_vpc.replaced")].into()));
}

#[test]
fn secrets_stay_out() {
    let instances = [(
        "aws_db_instance.d",
        json!({ "password": "hunter2", "engine": "mysql", "tags": { "Owner": "o" } }),
        json!({}),
    )];
    let mut document = plan(&json!({}), &instances);
    document["resource_changes"][0]["change"]["after_sensitive"] = json!({ "tags": { "Owner": true } });
    let snapshot = snapshot(&document);
    let text = serde_json::to_string(&snapshot).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    let tag = snapshot.resources.db_instances[0].meta.tag("Owner");
    assert_eq!(tag.decided().unwrap_err().to_string(), "redacted");
}

#[test]
fn what_a_state_calls_sensitive_stays_out() {
    let attribute = |name: &str| json!({ "type": "get_attr", "value": name });
    let tags = |sensitive: Json| {
        let state = json!({ "version": 4, "terraform_version": "1.9.0", "resources": [{
            "mode": "managed", "type": "aws_subnet", "name": "s",
            "instances": [{ "sensitive_attributes": sensitive, "attributes": {
                "id": "subnet-1", "vpc_id": "vpc-1", "arn": null, "availability_zone": "eu-west-1a",
                "tags": { "Owner": "hunter2", "Name": "web" },
            } }],
        }] });
        let snapshot = snapshot(&state);
        let text = serde_json::to_string(&snapshot).unwrap();
        let meta = &snapshot.resources.subnets[0].meta;
        (text.contains("hunter2"), meta.tag("Name").known().cloned().flatten())
    };
    let name = Some("web".to_owned());
    assert_eq!(tags(json!([])), (true, name.clone()));
    assert_eq!(tags(json!([[attribute("tags"), attribute("Owner")]])), (false, name));
    assert_eq!(tags(json!([[attribute("tags")], [attribute("tags"), attribute("Name")]])), (false, None));
    assert_eq!(tags(json!("of another version")), (false, None));
}

#[test]
fn a_state_is_an_architecture_too() {
    let shown = json!({ "format_version": "1.0", "values": { "root_module": { "child_modules": [{
        "resources": [{ "address": "module.m.aws_subnet.s[0]", "values": { "vpc_id": "vpc-1", "id": "subnet-1" } }],
    }] } } });
    let stored = json!({ "version": 4, "terraform_version": "1.9.0", "resources": [{
        "module": "module.m", "mode": "managed", "type": "aws_subnet", "name": "s",
        "instances": [{ "index_key": 0, "attributes": { "vpc_id": "vpc-1", "id": "subnet-1" } },
            { "index_key": 1, "deposed": "abcd", "attributes": {} }],
    }] });
    for document in [shown, stored] {
        let snapshot = snapshot(&document);
        let keys: Vec<&str> = snapshot.resources.subnets.iter().map(|it| it.meta.key.as_str()).collect();
        assert_eq!(keys, ["module.m.aws_subnet.s[0]"], "{document}");
    }
}

#[test]
fn what_was_taken_out_of_a_state_is_not_unset() {
    let multi_az = |attributes: &Json| {
        let state = json!({ "version": 4, "terraform_version": "1.9.0", "resources": [{
            "mode": "managed", "type": "aws_db_instance", "name": "d",
            "instances": [{ "attributes": attributes }],
        }] });
        snapshot(&state).resources.db_instances[0].multi_az.clone()
    };
    assert!(multi_az(&json!({ "id": "db-1" })).decided().is_err());
    let whole =
        json!({ "id": "db-1", "arn": "arn:aws:rds:eu-west-1:1:db:d", "engine": "mysql", "port": null });
    assert_eq!(multi_az(&whole), Value::Known(false));
}

#[test]
fn subnets_that_are_looked_up_tell_their_zone() {
    let mut document = plan(
        &json!({}),
        &[("aws_autoscaling_group.g", json!({ "vpc_zone_identifier": ["subnet-1", "subnet-2"] }), json!({}))],
    );
    document["prior_state"] = json!({ "values": { "root_module": { "resources": [{
        "address": "data.aws_subnet.s", "values": { "id": "subnet-1", "availability_zone": "eu-west-1a" },
    }] } } });
    let snapshot = snapshot(&document);
    let group = &snapshot.resources.auto_scaling_groups[0];
    let keys: Vec<&str> =
        group.subnets.known().unwrap().iter().map(|it| it.known().unwrap().as_str()).collect();
    assert_eq!(keys, ["data.aws_subnet.s", "subnet-2"]);
}
