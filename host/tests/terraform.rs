//! How Terraform's plans and states are read: references instance by instance, what stays unknown and why, the
//! provider's defaults, and what there is besides `resource_changes`.

#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

use archlint::source::{self, Architecture, Budget, SourceOptions};
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
    let is_open = |keys: &[&str], given: &Json| vpc_by_local(keys, given).decided().is_err();
    assert!(is_open(&["[0]", "[1]"], &json!({})));
    // What the module was given counts too.
    let given = json!({ "vpc": references(&["aws_vpc.outside.id", "aws_vpc.outside"]) });
    assert!(is_open(&["[0]"], &given));
    assert_eq!(vpc_by_local(&[], &given), Value::Known(Key::from("aws_vpc.outside")));
    // Given something, and nobody knows what.
    assert!(is_open(&["[0]"], &json!({ "vpc": references(&["local.elsewhere"]) })));
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

/// What each of two wholes holds of its parts, where a part names its whole by an expression.
fn held(part: &str, attribute: &str, whole: &str, list: &str, expression: &Json) -> [Json; 2] {
    let (a, b) = (format!("{whole}.a"), format!("{whole}.b"));
    let part = format!("{part}.p");
    let root = json!({ "resources": [
        block(&a, &json!({})), block(&b, &json!({})), block("aws_vpc.v", &json!({})),
        block(&part, &json!({ attribute: expression })),
    ] });
    let values = json!({ "type": "ingress", "backup_policy": [{ "status": "ENABLED" }] });
    let instances = [
        ("aws_vpc.v", json!({}), json!({ "id": true })),
        (a.as_str(), json!({}), json!({ "id": true })),
        (b.as_str(), json!({}), json!({ "id": true })),
        (part.as_str(), values, json!({ attribute: true })),
    ];
    let snapshot = serde_json::to_value(snapshot(&plan(&root, &instances))).unwrap();
    let all = snapshot["resources"].as_object().unwrap().values().flat_map(|it| it.as_array().unwrap());
    let all: Vec<&Json> = all.collect();
    [a, b].map(|key| all.iter().find(|it| it["meta"]["key"] == key.as_str()).unwrap()[list].clone())
}

/// Parts, the attribute that names their whole, and where the whole has them.
const PARTS: &[(&str, &str, &str, &str)] = &[
    ("aws_route", "route_table_id", "aws_route_table", "routes"),
    ("aws_route_table_association", "route_table_id", "aws_route_table", "associations"),
    ("aws_main_route_table_association", "route_table_id", "aws_route_table", "associations"),
    ("aws_vpn_gateway_route_propagation", "route_table_id", "aws_route_table", "propagating_gateways"),
    ("aws_internet_gateway_attachment", "internet_gateway_id", "aws_internet_gateway", "attachments"),
    ("aws_vpn_gateway_attachment", "vpn_gateway_id", "aws_vpn_gateway", "attachments"),
    ("aws_ec2_managed_prefix_list_entry", "prefix_list_id", "aws_ec2_managed_prefix_list", "entries"),
    ("aws_network_interface_attachment", "network_interface_id", "aws_network_interface", "instance"),
    (
        "aws_network_interface_sg_attachment",
        "network_interface_id",
        "aws_network_interface",
        "security_groups",
    ),
    ("aws_security_group_rule", "security_group_id", "aws_security_group", "ingress"),
    ("aws_vpc_security_group_egress_rule", "security_group_id", "aws_default_security_group", "egress"),
    ("aws_vpc_endpoint_route_table_association", "vpc_endpoint_id", "aws_vpc_endpoint", "route_tables"),
    ("aws_vpc_endpoint_subnet_association", "vpc_endpoint_id", "aws_vpc_endpoint", "subnets"),
    ("aws_vpc_endpoint_security_group_association", "vpc_endpoint_id", "aws_vpc_endpoint", "security_groups"),
    ("aws_elb_attachment", "elb", "aws_elb", "instances"),
    ("aws_lb_target_group_attachment", "target_group_arn", "aws_lb_target_group", "targets"),
    ("aws_autoscaling_attachment", "autoscaling_group_name", "aws_autoscaling_group", "target_groups"),
    ("aws_autoscaling_lifecycle_hook", "autoscaling_group_name", "aws_autoscaling_group", "lifecycle_hooks"),
    ("aws_network_acl_rule", "network_acl_id", "aws_network_acl", "entries"),
    ("aws_network_acl_association", "network_acl_id", "aws_network_acl", "subnets"),
    ("aws_volume_attachment", "volume_id", "aws_ebs_volume", "instances"),
    ("aws_efs_mount_target", "file_system_id", "aws_efs_file_system", "mount_targets"),
    ("aws_efs_backup_policy", "file_system_id", "aws_efs_file_system", "automatic_backups"),
];

#[test]
fn a_part_of_nobody_knows_which_whole_leaves_all_of_them_open() {
    for (part, attribute, whole, list) in PARTS {
        let held = |expression: &Json| {
            held(part, attribute, whole, list, expression).map(|it| it.get("$unknown").is_some())
        };
        assert_eq!(held(&references(&["local.it"])), [true, true], "{part}");
        let both = [format!("{whole}.a.id"), format!("{whole}.b.id")];
        assert_eq!(held(&references(&both.each_ref().map(String::as_str))), [true, true], "{part}");
        // One of them, and one that the plan does not have.
        assert_eq!(held(&references(&[&both[0]])), [false, false], "{part}");
        assert_eq!(held(&references(&["aws_vpc.v.default_of_its_kind_id"])), [false, false], "{part}");
    }
}

#[test]
fn a_part_may_be_of_what_its_module_sees_only() {
    let rule = |address: &str, expression: Json| block(address, &json!({ "security_group_id": expression }));
    let inner = json!({ "resources": [
        block("aws_security_group.g", &json!({})),
        rule("aws_security_group_rule.local", references(&["local.group"])),
    ] });
    let open = |given: Json| {
        let root = json!({
            "resources": [
                block("aws_security_group.given", &json!({})),
                block("aws_security_group.outside", &json!({})),
            ],
            "module_calls": { "m": { "expressions": given, "module": inner } },
        });
        let group = |address: &'static str| (address, json!({}), json!({ "id": true }));
        let instances = [
            group("aws_security_group.given"),
            group("aws_security_group.outside"),
            group("module.m.aws_security_group.g[0]"),
            group("module.m.aws_security_group.g[1]"),
            (
                "module.m.aws_security_group_rule.local",
                json!({ "type": "egress" }),
                json!({ "security_group_id": true }),
            ),
        ];
        let groups = snapshot(&plan(&root, &instances)).resources.security_groups;
        let open = groups.into_iter().filter(|it| it.egress.decided().is_err());
        open.map(|it| it.meta.key.to_string()).collect::<Vec<_>>()
    };
    let own = ["module.m.aws_security_group.g[0]", "module.m.aws_security_group.g[1]"];
    assert_eq!(open(json!({})), own);
    let given = json!({ "it": references(&["aws_security_group.given.id"]) });
    assert_eq!(open(given), ["aws_security_group.given", own[0], own[1]]);
    // What it was given may be anything.
    let given = json!({ "it": references(&["local.elsewhere"]) });
    assert_eq!(open(given).len(), 4);
}

#[test]
fn what_a_vpc_comes_with_is_what_adopts_it() {
    let root = json!({ "resources": [
        block("aws_vpc.v", &json!({})),
        block("aws_default_security_group.d", &json!({ "vpc_id": references(&["aws_vpc.v.id"]) })),
        block("aws_security_group_rule.r", &json!({
            "security_group_id": references(&["aws_vpc.v.default_security_group_id", "aws_vpc.v"]),
        })),
    ] });
    let instances = [
        ("aws_vpc.v", json!({}), json!({ "id": true })),
        ("aws_default_security_group.d", json!({}), json!({ "vpc_id": true })),
        (
            "aws_security_group_rule.r",
            json!({ "type": "ingress", "cidr_blocks": ["10.0.0.0/8"] }),
            json!({ "security_group_id": true }),
        ),
    ];
    let snapshot = snapshot(&plan(&root, &instances));
    assert_eq!(snapshot.resources.security_groups[0].ingress.known().map(Vec::len), Some(1));
}

#[test]
fn a_part_keeps_its_address() {
    let root = json!({ "resources": [
        block("aws_security_group.g", &json!({})),
        block("aws_security_group_rule.r", &json!({
            "security_group_id": references(&["aws_security_group.g.id"]),
        })),
    ] });
    let instances = [
        ("aws_security_group.g", json!({}), json!({ "id": true })),
        (
            "aws_security_group_rule.r[\"web\"]",
            json!({ "type": "ingress", "cidr_blocks": ["10.0.0.0/8", "192.168.0.0/16"] }),
            json!({ "security_group_id": true }),
        ),
    ];
    let architecture = architecture(&plan(&root, &instances));
    let part = |path: &str| {
        let origins = &architecture.scenarios[0].origins;
        origins.part(&Key::from("aws_security_group.g"), path).map(Key::as_str)
    };
    for path in ["ingress[0]", "ingress[1].peer"] {
        assert_eq!(part(path), Some("aws_security_group_rule.r[\"web\"]"), "{path}");
    }
    assert_eq!(part("ingress[2]"), None);
}

#[test]
fn blocks_that_a_plan_tells_nothing_of_are_unknown() {
    let is_open = |after: Json, unknown: Json, expressions: Json, part: &str| {
        let root = json!({ "resources": [
            block("aws_security_group.g", &expressions),
            block("aws_security_group_rule.r", &json!({ "security_group_id": references(&[part]) })),
        ] });
        let rule = (json!({ "type": "ingress" }), json!({ "security_group_id": true }));
        let instances = [
            ("aws_security_group.g", after, unknown),
            ("aws_security_group_rule.r", rule.0, rule.1),
            ("aws_route_table.t", json!({}), json!({ "id": true })),
        ];
        snapshot(&plan(&root, &instances)).resources.security_groups[0].egress.decided().is_err()
    };
    let elsewhere = "aws_eks_cluster.k.security_group_id";
    let nothing = || json!({});
    assert!(is_open(nothing(), json!({ "egress": true }), nothing(), elsewhere));
    assert!(!is_open(json!({ "egress": [] }), nothing(), nothing(), elsewhere));
    let blocks = json!({ "egress": [{ "cidr_blocks": ["10.0.0.0/8"] }] });
    assert!(!is_open(blocks, json!({ "egress": [{ "cidr_blocks": [false] }] }), nothing(), elsewhere));
    // An author who writes rules apart writes no blocks.
    assert!(!is_open(nothing(), json!({ "egress": true }), nothing(), "aws_security_group.g.id"));
    // What is written as an attribute is told.
    let none = json!({ "egress": { "constant_value": [] } });
    assert!(!is_open(nothing(), json!({ "egress": true }), none, elsewhere));
    // A group without an `ingress` block admits nobody.
    let root = json!({ "resources": [block("aws_security_group.g", &nothing())] });
    let instances = [("aws_security_group.g", nothing(), json!({ "ingress": true, "egress": true }))];
    let group = &snapshot(&plan(&root, &instances)).resources.security_groups[0];
    assert_eq!(group.ingress, Value::Known(Vec::new()));
    assert!(group.egress.decided().is_err());
}

/// What the gateway of a `route` block is in a plan that does not tell expressions of such blocks.
fn gateway_of_block(others: &[(&str, Json, Json)]) -> Option<Key> {
    let root = json!({ "resources": [block("aws_route_table.t", &json!({}))] });
    let route = json!({ "cidr_block": "0.0.0.0/0", "nat_gateway_id": "" });
    let table =
        ("aws_route_table.t", json!({ "route": [route] }), json!({ "route": [{ "gateway_id": true }] }));
    let instances: Vec<_> = others.iter().cloned().chain([table]).collect();
    let tables = snapshot(&plan(&root, &instances)).resources.route_tables;
    tables[0].routes.known().unwrap()[0].target.known()?.resource.known().cloned()
}

#[test]
fn the_gateway_of_a_block_is_the_only_one_that_there_will_be() {
    let gateway = |address: &'static str| (address, json!({}), json!({ "id": true }));
    let one = gateway("aws_internet_gateway.a");
    assert_eq!(gateway_of_block(std::slice::from_ref(&one)), Some(Key::from("aws_internet_gateway.a")));
    assert_eq!(gateway_of_block(&[one.clone(), gateway("aws_vpn_gateway.v")]), None);
    assert_eq!(gateway_of_block(&[one, gateway("data.aws_internet_gateway.read_on_apply")]), None);
    // Its id is known, and that of the route is not.
    assert_eq!(gateway_of_block(&[("aws_internet_gateway.a", json!({ "id": "igw-1" }), json!({}))]), None);
    assert_eq!(gateway_of_block(&[]), None);
}

#[test]
fn a_variable_without_a_value_is_as_good_as_not_written() {
    let days = |variables: &Json, given: &Json| {
        let inner = json!({ "variables": variables, "resources": [
            block("aws_db_instance.d", &json!({ "backup_retention_period": references(&["var.days"]) })),
        ] });
        let root = json!({ "module_calls": { "m": { "expressions": given, "module": inner } } });
        let database = ("module.m.aws_db_instance.d", json!({}), json!({ "backup_retention_period": true }));
        let databases = snapshot(&plan(&root, &[database])).resources.db_instances;
        databases[0].backup_retention_days.clone()
    };
    let none = Value::Known(Some(0));
    assert_eq!(days(&json!({ "days": { "default": null } }), &json!({})), none);
    assert_eq!(days(&json!({ "days": {} }), &json!({})), none);
    assert_eq!(days(&json!({ "days": {} }), &json!({ "days": { "constant_value": null } })), none);
    assert!(days(&json!({}), &json!({})).decided().is_err());
}

#[test]
fn a_database_that_is_restored_keeps_the_backups_that_it_had() {
    let days = |values: &Json| {
        let database = ("aws_db_instance.d", values.clone(), json!({ "backup_retention_period": true }));
        let root = json!({ "resources": [block("aws_db_instance.d", &json!({}))] });
        snapshot(&plan(&root, &[database])).resources.db_instances[0].backup_retention_days.clone()
    };
    assert_eq!(days(&json!({ "engine": "mysql" })), Value::Known(Some(0)));
    assert_eq!(days(&json!({ "s3_import": [{ "bucket_name": "b" }] })), Value::Known(Some(0)));
    for source in [json!({ "snapshot_identifier": "s" }), json!({ "restore_to_point_in_time": [{}] })] {
        let why = days(&source).decided().unwrap_err().to_string();
        assert!(why.contains(source.as_object().unwrap().keys().next().unwrap().as_str()), "{why}");
    }
}

#[test]
fn the_name_of_a_resource_is_no_reference_to_itself() {
    let attributes =
        |name: &str| json!({ "id": "main", "arn": "arn:aws:x", name: "main", "port": null, "engine": null });
    let resource = |kind: &str, name: &str| {
        json!({ "mode": "managed", "type": kind, "name": "r",
            "instances": [{ "attributes": attributes(name) }] })
    };
    let state = json!({ "version": 4, "terraform_version": "1.9.0", "resources": [
        resource("aws_elasticache_replication_group", "replication_group_id"),
        resource("aws_elasticache_cluster", "replication_group_id"),
        resource("aws_docdb_cluster", "cluster_identifier"),
        resource("aws_rds_global_cluster", "global_cluster_identifier"),
    ] });
    let resources = snapshot(&state).resources;
    let name = Value::Known(Some("main".to_owned()));
    assert_eq!(resources.cache_replication_groups[0].meta.name, name);
    assert_eq!(resources.db_clusters[0].meta.name, name);
    assert_eq!(resources.global_clusters[0].meta.name, name);
    let group = Value::Known(Some(Key::from("aws_elasticache_replication_group.r")));
    assert_eq!(resources.cache_clusters[0].replication_group, group);
}

#[test]
fn namesakes_are_called_by_their_address() {
    let group = |address: &'static str| (address, json!({}), json!({}));
    let plan = plan(
        &json!({}),
        &[
            group("aws_security_group.web"),
            group("module.m[\"a\"].aws_security_group.it"),
            group("module.m[\"b\"].aws_security_group.it"),
            group("module.m[\"b\"].aws_security_group.other"),
        ],
    );
    let groups = snapshot(&plan).resources.security_groups;
    let labels: Vec<&str> = groups.iter().map(|it| it.meta.label.as_str()).collect();
    let expected = [
        "aws_security_group.web",
        "module.m[\"a\"].aws_security_group.it",
        "module.m[\"b\"].aws_security_group.it",
        "aws_security_group.other",
    ];
    assert_eq!(labels, expected);
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
fn terraform_0_12_tells_module_and_index_beside_the_address() {
    let subnet =
        |index: &Json| json!({ "address": "aws_subnet.s", "index": index, "values": { "id": "subnet-1" } });
    let root = json!({ "resources": [subnet(&json!(0)), subnet(&json!("k")), subnet(&Json::Null)],
        "child_modules": [{ "address": "module.a", "child_modules": [
            { "address": "module.a.module.b", "resources": [subnet(&json!(1))] },
        ] }] });
    let state =
        json!({ "format_version": "0.1", "terraform_version": "0.12.31", "values": { "root_module": root } });
    let subnets = snapshot(&state).resources.subnets;
    let keys: Vec<&str> = subnets.iter().map(|it| it.meta.key.as_str()).collect();
    let expected =
        ["aws_subnet.s", "aws_subnet.s[\"k\"]", "aws_subnet.s[0]", "module.a.module.b.aws_subnet.s[1]"];
    assert_eq!(keys, expected);
}

#[test]
fn of_resources_with_one_address_the_first_counts_and_the_others_are_told() {
    let subnet = |zone: &str| ("aws_subnet.s", json!({ "availability_zone": zone }), json!({}));
    let plan = plan(&json!({}), &[subnet("eu-west-1a"), subnet("eu-west-1b"), subnet("eu-west-1c")]);
    let sources = source::read_text("plan.json", &plan.to_string(), &SourceOptions::default());
    let errors: Vec<String> = sources.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors, ["`plan.json` has `aws_subnet.s` more than once; the first counts"]);
    let subnets = &sources.architectures[0].scenarios[0].snapshot.resources.subnets;
    let zones: Vec<String> = subnets.iter().map(|it| it.zone.known().unwrap().to_string()).collect();
    assert_eq!(zones, ["eu-west-1a"]);
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

#[test]
fn what_is_part_of_a_bucket_is_folded_into_it() {
    let bucket = |name: &str| json!({ "bucket": references(&[&format!("aws_s3_bucket.{name}.id"), &format!("aws_s3_bucket.{name}")]) });
    let parts = [
        "server_side_encryption_configuration",
        "policy",
        "public_access_block",
        "lifecycle_configuration",
        "metric",
    ];
    let mut resources: Vec<Json> =
        ["a", "b"].map(|it| block(&format!("aws_s3_bucket.{it}"), &json!({}))).into();
    resources.extend(parts.map(|it| block(&format!("aws_s3_bucket_{it}.p"), &bucket("a"))));
    resources.push(block(
        "aws_cloudfront_distribution.d",
        &json!({
            "origin": [{ "domain_name": references(&["aws_s3_bucket.a.bucket_regional_domain_name", "aws_s3_bucket.a"]) }],
        }),
    ));
    let policy = r#"{"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}}"#;
    let encryption = json!([{ "bucket_key_enabled": true, "apply_server_side_encryption_by_default": [{ "sse_algorithm": "aws:kms" }] }]);
    let unknown = || json!({ "bucket": true });
    let snapshot = snapshot(&plan(
        &json!({ "resources": resources }),
        &[
            (
                "aws_s3_bucket.a",
                json!({}),
                json!({ "id": true, "bucket": true, "policy": true, "website": true }),
            ),
            ("aws_s3_bucket.b", json!({ "bucket": "lake" }), json!({ "id": true })),
            (
                "aws_s3_bucket_server_side_encryption_configuration.p",
                json!({ "rule": encryption }),
                unknown(),
            ),
            ("aws_s3_bucket_policy.p", json!({ "policy": policy }), unknown()),
            ("aws_s3_bucket_public_access_block.p", json!({ "restrict_public_buckets": true }), unknown()),
            (
                "aws_s3_bucket_lifecycle_configuration.p",
                json!({ "rule": [{ "filter": [{ "prefix": "tmp/" }] }, { "filter": [{ "and": [{ "prefix": "a/" }] }] }] }),
                unknown(),
            ),
            ("aws_s3_bucket_metric.p", json!({ "name": "all" }), unknown()),
            (
                "aws_cloudfront_distribution.d",
                json!({
                    "origin": [{ "origin_id": "o" }],
                    "default_cache_behavior": [{ "target_origin_id": "o", "default_ttl": 0 }],
                }),
                json!({ "origin": [{ "domain_name": true }] }),
            ),
            (
                "aws_glue_catalog_table.t",
                json!({
                    "name": "events",
                    "partition_keys": [{ "name": "dt" }],
                    "storage_descriptor": [{ "location": "s3://lake/events/" }],
                }),
                json!({}),
            ),
        ],
    ));
    let mut buckets = serde_json::to_value(&snapshot.resources.buckets).unwrap();
    let [a, b] = [0, 1].map(|at| buckets[at].take());
    for (field, expected) in [
        ("encryption", json!("aws:kms")),
        ("bucket_key", json!(true)),
        ("website", json!(false)),
        ("public_policy", json!(true)),
        ("restrict_public_buckets", json!(true)),
        ("filter_prefixes", json!(["tmp/", "a/"])),
        ("request_metrics", json!(true)),
    ] {
        assert_eq!(a[field], expected, "{field}");
    }
    assert_eq!((&b["encryption"], &b["public_policy"]), (&json!("AES256"), &json!(false)));
    let distribution = serde_json::to_value(&snapshot.resources.distributions[0]).unwrap();
    assert_eq!(
        (&distribution["buckets"], &distribution["uncached"]),
        (&json!(["aws_s3_bucket.a"]), &json!(["aws_s3_bucket.a"]))
    );
    let table = serde_json::to_value(&snapshot.resources.glue_tables[0]).unwrap();
    assert_eq!((&table["bucket"], &table["prefix"]), (&json!("aws_s3_bucket.b"), &json!("events/")));
}

/// What a document is read to, and the texts of its errors.
fn read_with_errors(plan: &str) -> (Vec<String>, Vec<String>) {
    let sources = source::read_text("plan.json", plan, &SourceOptions::default());
    let errors = sources.errors.iter().map(ToString::to_string).collect();
    let scenarios = sources.architectures.iter().flat_map(|it| &it.scenarios);
    let keys = scenarios.flat_map(|it| it.snapshot.resources.iter()).map(|(_, meta)| meta.key.to_string());
    // Without what a VPC is born with.
    (keys.filter(|it| !it.contains('/')).collect(), errors)
}

#[test]
fn what_of_a_plan_cannot_be_read_is_told_and_the_rest_stands() {
    let change = |address: &str| json!({ "address": address, "change": { "actions": ["create"], "after": {}, "after_unknown": {} } });
    let check = |changes: Json, keys: &[&str], told: &[&str]| {
        let plan = json!({ "format_version": "1.2", "resource_changes": changes });
        let (read, errors) = read_with_errors(&plan.to_string());
        assert_eq!(read, keys, "{changes}");
        assert_eq!(errors.len(), told.len(), "{errors:?}");
        for (error, text) in errors.iter().zip(told) {
            assert!(error.contains(text) && error.contains("plan.json"), "`{text}` is not in {error}");
        }
    };
    let good = || change("aws_vpc.a");
    check(json!([good(), change("aws_vpc.b[")]), &["aws_vpc.a"], &["`aws_vpc.b[`"]);
    check(json!([change(""), good()]), &["aws_vpc.a"], &["``"]);
    check(json!([good(), change("aws_vpc.b[\"a\\\"]\"]")]), &["aws_vpc.a", "aws_vpc.b[\"a\\\"]\"]"], &[]);
    check(
        json!([good(), { "address": "aws_vpc.b" }]),
        &["aws_vpc.a"],
        &["`aws_vpc.b`: missing field `change`"],
    );
    check(json!([good(), { "address": 5, "change": {} }, 7]), &["aws_vpc.a"], &["[1]`", "[2]`"]);
    check(json!(5), &[], &["`resource_changes`"]);
    check(json!([good(), good()]), &["aws_vpc.a"], &["`aws_vpc.a` more than once"]);
    let mut list = change("aws_vpc.b");
    list["change"]["after"] = json!([]);
    check(json!([good(), list]), &["aws_vpc.a", "aws_vpc.b"], &["`aws_vpc.b`: its values are no object"]);
    let mut deep = change("aws_vpc.b");
    deep["change"]["after"] = (0..120).fold(json!({}), |inner, _| json!({ "a": inner }));
    let text = json!({ "format_version": "1.2", "resource_changes": [deep] }).to_string();
    let deeper = text.replacen("\"after\":", &format!("\"after\":{}", "{\"b\":".repeat(200)), 1);
    let deeper = deeper.replacen(",\"after_unknown\"", &format!("{},\"after_unknown\"", "}".repeat(200)), 1);
    let (keys, errors) = read_with_errors(&deeper);
    assert_eq!(keys, ["aws_vpc.b"]);
    assert!(errors[0].contains("aws_vpc.b: recursion limit exceeded"), "{errors:?}");
}

#[test]
fn what_stands_twice_is_told() {
    let twice = |name: &str, value: &str| {
        format!("{{\"format_version\": \"1.2\", {name}: {value}, {name}: {value}}}")
    };
    let (_, errors) = read_with_errors(&twice("\"resource_changes\"", "[]"));
    assert!(errors[0].contains("duplicate field `resource_changes`"), "{errors:?}");
    let call = "\"net\": {\"module\": {}}";
    let calls = format!("{{\"root_module\": {{\"module_calls\": {{{call}, {call}}}}}}}");
    let plan =
        format!("{{\"format_version\": \"1.2\", \"resource_changes\": [], \"configuration\": {calls}}}");
    let (_, errors) = read_with_errors(&plan);
    assert!(errors[0].contains("`configuration`: `net` stands twice"), "{errors:?}");
}

#[test]
fn a_resource_of_an_unknown_mode_is_told() {
    let resource = |mode: &str, name: &str| {
        json!({ "mode": mode, "type": "aws_vpc", "name": name, "instances": [{ "attributes": {
            "id": "vpc-1", "arn": "a", "cidr_block": "10.0.0.0/16", "tags": null } }] })
    };
    let resources = [resource("managed", "a"), resource("odd", "b")];
    let state = json!({ "version": 4, "terraform_version": "1.9.0", "resources": resources });
    let (keys, errors) = read_with_errors(&state.to_string());
    assert_eq!(keys, ["aws_vpc.a"]);
    assert!(errors[0].contains("`aws_vpc.b`: `odd` is no mode"), "{errors:?}");
}

/// The group's subnets and the errors of a plan with a module that gives its output `subnets` to the group.
fn subnets_of_modules(root: &Json) -> (Value<usize>, Vec<String>) {
    let mut instances = subnets(&["[0]", "[1]"]);
    let unknown = json!({ "vpc_zone_identifier": true });
    instances.push(("aws_autoscaling_group.g".to_owned(), json!({}), unknown));
    let instances: Vec<_> = instances.iter().map(|(a, b, c)| (a.as_str(), b.clone(), c.clone())).collect();
    let text = plan(root, &instances).to_string();
    let mut sources = source::read_text("plan.json", &text, &SourceOptions::default());
    let snapshot = sources.architectures.remove(0).scenarios.remove(0).snapshot;
    let group = snapshot.get::<AutoScalingGroup>(&Key::from("aws_autoscaling_group.g")).unwrap();
    (group.subnets.clone().map(|it| it.len()), sources.errors.iter().map(ToString::to_string).collect())
}

#[test]
fn layers_of_modules_are_followed_once_each() {
    let group =
        block("aws_autoscaling_group.g", &json!({ "vpc_zone_identifier": references(&["module.m.o"]) }));
    let inner = json!({
        "variables": { "v": {}, "w": {} },
        "outputs": { "o": { "expression": references(&["var.v", "var.w"]) } },
    });
    // Each module hands everything twice to the module within.
    let layer = |inner: Json| {
        let both = references(&["var.v", "var.w"]);
        json!({
            "variables": { "v": {}, "w": {} },
            "module_calls": { "m": { "expressions": { "v": both, "w": both }, "module": inner } },
            "outputs": { "o": { "expression": references(&["module.m.o", "var.v"]) } },
        })
    };
    let all = (0..30).fold(inner, |inner, _| layer(inner));
    let given = references(&["aws_subnet.a"]);
    let root = json!({
        "resources": [block("aws_subnet.a", &json!({})), group],
        "module_calls": { "m": { "expressions": { "v": given, "w": given }, "module": all } },
    });
    assert_eq!(subnets_of_modules(&root), (Value::Known(2), Vec::new()));
}

#[test]
fn values_that_lead_to_themselves_are_told_and_unknown() {
    let group =
        block("aws_autoscaling_group.g", &json!({ "vpc_zone_identifier": references(&["module.m.o"]) }));
    let root = json!({
        "resources": [block("aws_subnet.a", &json!({})), group],
        "module_calls": { "m": {
            "expressions": { "v": references(&["module.m.o"]) },
            "module": { "variables": { "v": {} }, "outputs": { "o": { "expression": references(&["var.v"]) } } },
        } },
    });
    let (subnets, errors) = subnets_of_modules(&root);
    assert!(matches!(subnets, Value::Unknown(_)), "{subnets:?}");
    assert_eq!(errors, ["in `plan.json`, `module.m.o`, `module.m.var.v` lead back to where they begin"]);
}

#[test]
fn what_is_left_of_the_budget_is_told() {
    let group =
        block("aws_autoscaling_group.g", &json!({ "vpc_zone_identifier": references(&["aws_subnet.a"]) }));
    let root = json!({ "resources": [block("aws_subnet.a", &json!({})), group] });
    let mut instances = subnets(&["[0]", "[1]"]);
    let unknown = json!({ "vpc_zone_identifier": true });
    instances.push(("aws_autoscaling_group.g".to_owned(), json!({}), unknown));
    let instances: Vec<_> = instances.iter().map(|(a, b, c)| (a.as_str(), b.clone(), c.clone())).collect();
    let budget = Budget { evaluations: 1, ..Budget::default() };
    let options = SourceOptions { budget, ..SourceOptions::default() };
    let sources = source::read_text("plan.json", &plan(&root, &instances).to_string(), &options);
    let told = "`plan.json` takes more than 1 evaluations, at `aws_autoscaling_group.g`";
    assert_eq!(sources.errors.iter().map(ToString::to_string).collect::<Vec<_>>(), [told]);
    let snapshot = &sources.architectures[0].scenarios[0].snapshot;
    let group = snapshot.get::<AutoScalingGroup>(&Key::from("aws_autoscaling_group.g")).unwrap();
    assert!(matches!(group.subnets, Value::Unknown(_)), "{:?}", group.subnets);
}
