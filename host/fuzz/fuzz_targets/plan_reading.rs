//! Terraform plans that nobody's Terraform wrote: every one is read, or it is told what cannot be.

#![no_main]

mod document;

use document::{Json, Text, list, read};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

const WORDS: &[&str] = &[
    "references", "constant_value", "aws_subnet.a", "aws_subnet.a[0]", "aws_subnet.a[\"k\"].id", "aws_vpc.v.id",
    "aws_route_table.r.id", "var.v", "var.w", "local.l", "module.m.o", "module.n.o", "each.value", "each.key",
    "count.index", "data.aws_vpc.d", "id", "vpc_id", "subnet_id", "subnet_ids", "route_table_id", "route", "ingress",
    "cidr_block", "10.0.0.0/16", "tags", "from_port", "protocol", "-1", "security_groups", "vpc_zone_identifier",
    "gateway_id", "availability_zone", "eu-west-1a", "subnet_mapping", "name", "arn", "engine", "multi_az",
];

const ADDRESSES: &[&str] = &[
    "aws_subnet.a", "aws_subnet.a[0]", "aws_subnet.a[1]", "aws_subnet.a[\"k\"]", "aws_vpc.v", "aws_route_table.r",
    "aws_route.x", "aws_route_table_association.x", "aws_security_group.g", "aws_security_group_rule.x",
    "aws_autoscaling_group.g", "aws_lb.l", "aws_db_instance.d", "aws_nat_gateway.n", "aws_network_acl.n",
    "aws_networkfirewall_firewall.f", "aws_default_security_group.g", "module.m.aws_subnet.a",
    "module.m[0].module.n.aws_instance.i", "data.aws_subnet.a", "aws_s3_bucket.b", "aws_s3_bucket_policy.b",
];

#[derive(Debug, Arbitrary)]
struct Plan<'a> {
    changes: Vec<Change<'a>>,
    variables: Json<'a>,
    root: Module<'a>,
}

#[derive(Debug, Arbitrary)]
struct Change<'a> {
    address: Text<'a>,
    after: Json<'a>,
    unknown: Json<'a>,
    sensitive: Json<'a>,
}

#[derive(Debug, Arbitrary)]
struct Module<'a> {
    blocks: Vec<(u8, Json<'a>, Json<'a>)>,
    outputs: Json<'a>,
    variables: Json<'a>,
    call: Option<(Json<'a>, Json<'a>, Box<Module<'a>>)>,
}

impl Module<'_> {
    fn write(&self, into: &mut String) {
        into.push_str("{\"resources\":");
        list(into, &self.blocks, |(block, expressions, for_each), into| {
            let address = ADDRESSES[usize::from(*block) % ADDRESSES.len()];
            let name = address.rsplit_once("aws_").map_or(address, |it| it.1);
            let (kind, name) = name.split_once('.').expect("addresses have dots");
            into.push_str(&format!("{{\"mode\":\"managed\",\"type\":\"aws_{kind}\",\"name\":"));
            Text::Any(name.split('[').next().unwrap_or(name)).write(WORDS, into);
            let (expressions, for_each) = (expressions.text(WORDS), for_each.text(WORDS));
            into.push_str(&format!(",\"expressions\":{expressions},\"for_each_expression\":{for_each}}}"));
        });
        let output = format!("{{\"o\":{{\"expression\":{}}}}}", self.outputs.text(WORDS));
        let variables = format!("{{\"v\":{{\"default\":{}}},\"w\":{{}}}}", self.variables.text(WORDS));
        into.push_str(&format!(",\"outputs\":{output},\"variables\":{variables}"));
        if let Some((given, for_each, module)) = &self.call {
            let (given, for_each) = (given.text(WORDS), for_each.text(WORDS));
            into.push_str(&format!(
                ",\"module_calls\":{{\"m\":{{\"expressions\":{{\"v\":{given},\"w\":{given}}},\
                 \"for_each_expression\":{for_each},\"module\":"
            ));
            module.write(into);
            into.push_str("}}");
        }
        into.push('}');
    }
}

fuzz_target!(|plan: Plan<'_>| {
    let mut text = "{\"format_version\":\"1.2\",\"resource_changes\":".to_owned();
    list(&mut text, &plan.changes, |it, into| {
        let fields = [&it.after, &it.unknown, &it.sensitive].map(|it| it.text(WORDS));
        let (address, [after, unknown, sensitive]) = (it.address.text(ADDRESSES), fields);
        into.push_str(&format!(
            "{{\"address\":{address},\"change\":{{\"actions\":[\"create\"],\"after\":{after},\
             \"after_unknown\":{unknown},\"after_sensitive\":{sensitive}}}}}"
        ));
    });
    text.push_str(&format!(",\"variables\":{{\"v\":{{\"value\":{}}}}}", plan.variables.text(WORDS)));
    text.push_str(",\"configuration\":{\"root_module\":");
    plan.root.write(&mut text);
    text.push_str("}}");
    read("plan.json", &text);
});
