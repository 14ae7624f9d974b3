//! Terraform plans and configurations that grow.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Result;

const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";

fn check(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|it| (*it).to_owned()).collect()
}

/// A resource that the plan creates, with attributes that are known only afterwards.
fn created(block: &str, index: Option<usize>, after: &Value, unknown: &[&str]) -> Value {
    let (kind, name) = block.rsplit_once('.').unwrap_or((block, ""));
    let kind = kind.rsplit('.').next().unwrap_or(kind);
    let unknown: Map<String, Value> = unknown.iter().map(|it| ((*it).to_owned(), true.into())).collect();
    let address = index.map_or_else(|| block.to_owned(), |at| format!("{block}[{at}]"));
    let mut resource = json!({ "address": address, "mode": "managed", "type": kind, "name": name,
        "provider_name": PROVIDER, "change": { "actions": ["create"], "before": null, "after": after,
        "after_unknown": unknown, "before_sensitive": false, "after_sensitive": {} } });
    if let Some(at) = index {
        resource["index"] = at.into();
    }
    resource
}

fn declared(block: &str, expressions: &Value, count: bool) -> Value {
    let (kind, name) = block.split_once('.').unwrap_or((block, ""));
    let mut resource = json!({ "address": block, "mode": "managed", "type": kind, "name": name,
        "provider_config_key": "aws", "expressions": expressions, "schema_version": 0 });
    if count {
        resource["count_expression"] = json!({ "references": ["var.size"] });
    }
    resource
}

fn write(folder: &Path, changes: &[Value], root: &Value) -> Result<()> {
    let plan = json!({ "format_version": "1.2", "terraform_version": "1.11.4", "complete": true, "errored": false,
        "planned_values": { "root_module": {} }, "resource_changes": changes,
        "configuration": { "root_module": root } });
    Ok(fs::write(folder.join("plan.json"), plan.to_string())?)
}

/// As many associations as subnets, each of `aws_subnet.s[*].id`.
pub(super) fn splats(size: usize, folder: &Path) -> Result<Vec<String>> {
    let vpc = json!({ "cidr_block": "10.0.0.0/8" });
    let mut changes = vec![
        created("aws_vpc.main", None, &vpc, &["id"]),
        created("aws_route_table.t", None, &json!({}), &["id", "vpc_id"]),
    ];
    for at in 0..size {
        let block = format!("10.{}.{}.0/24", at / 256, at % 256);
        let subnet = json!({ "cidr_block": block });
        changes.push(created("aws_subnet.s", Some(at), &subnet, &["id", "vpc_id"]));
        let ends = &["subnet_id", "route_table_id"];
        changes.push(created("aws_route_table_association.a", Some(at), &json!({}), ends));
    }
    let of_vpc = json!({ "vpc_id": { "references": ["aws_vpc.main.id", "aws_vpc.main"] } });
    let ends = json!({
        "subnet_id": { "references": ["aws_subnet.s", "count.index"] },
        "route_table_id": { "references": ["aws_route_table.t.id", "aws_route_table.t"] } });
    let resources = [
        declared("aws_vpc.main", &json!({ "cidr_block": { "constant_value": "10.0.0.0/8" } }), false),
        declared("aws_route_table.t", &of_vpc, false),
        declared("aws_subnet.s", &of_vpc, true),
        declared("aws_route_table_association.a", &ends, true),
    ];
    write(folder, &changes, &json!({ "resources": resources, "variables": { "size": {} } }))?;
    Ok(check(&["plan.json"]))
}

/// Each module takes the output of the one before it twice, and gives both on.
pub(super) fn module_outputs(size: usize, folder: &Path) -> Result<Vec<String>> {
    let vpc = created("aws_vpc.main", None, &json!({ "cidr_block": "10.0.0.0/8" }), &["id"]);
    let subnet = created("aws_subnet.s", None, &json!({ "cidr_block": "10.0.0.0/24" }), &["id", "vpc_id"]);
    let call = |at: usize| {
        let before = match at {
            0 => json!(["aws_vpc.main.id", "aws_vpc.main"]),
            _ => json!([format!("module.m{}.out", at - 1), format!("module.m{}", at - 1)]),
        };
        let both = json!({ "expression": { "references": ["var.a", "var.b"] } });
        let module = json!({ "outputs": { "out": both }, "variables": { "a": {}, "b": {} } });
        let given = json!({ "a": { "references": before }, "b": { "references": before } });
        (format!("m{at}"), json!({ "source": "./m", "expressions": given, "module": module }))
    };
    let calls: Map<String, Value> = (0..size).map(call).collect();
    let last = format!("module.m{}", size - 1);
    let of_last = json!({ "vpc_id": { "references": [format!("{last}.out"), last] } });
    let resources = [declared("aws_vpc.main", &json!({}), false), declared("aws_subnet.s", &of_last, false)];
    write(folder, &[vpc, subnet], &json!({ "resources": resources, "module_calls": calls }))?;
    Ok(check(&["plan.json"]))
}

/// Each local is the next one, twice.
pub(super) fn locals(size: usize, folder: &Path) -> Result<Vec<String>> {
    let vpc = created("aws_vpc.main", None, &json!({ "cidr_block": "10.0.0.0/8" }), &["id"]);
    let subnet = created("aws_subnet.s", None, &json!({ "cidr_block": "10.0.0.0/24" }), &["id", "vpc_id"]);
    let of_local = json!({ "vpc_id": { "references": ["local.l0"] } });
    let resources = [declared("aws_vpc.main", &json!({}), false), declared("aws_subnet.s", &of_local, false)];
    write(folder, &[vpc, subnet], &json!({ "resources": resources }))?;
    let mut text = "resource \"aws_vpc\" \"main\" {\n  cidr_block = \"10.0.0.0/8\"\n}\nresource \"aws_subnet\" \"s\" {\n  \
                    vpc_id = local.l0\n}\nlocals {\n"
        .to_owned();
    for at in 0..size {
        writeln!(text, "  l{at} = \"${{local.l{}}}${{local.l{}}}\"", at + 1, at + 1)?;
    }
    writeln!(text, "  l{size} = aws_vpc.main.id\n}}")?;
    fs::write(folder.join("main.tf"), text)?;
    Ok(check(&["plan.json", "--tf-dir", "."]))
}

/// A module whose source is its own folder, by as many calls.
pub(super) fn recursive_modules(size: usize, folder: &Path) -> Result<Vec<String>> {
    let vpc = created("aws_vpc.main", None, &json!({ "cidr_block": "10.0.0.0/8" }), &["id"]);
    write(folder, &[vpc], &json!({ "resources": [declared("aws_vpc.main", &json!({}), false)] }))?;
    let mut text = "resource \"aws_vpc\" \"main\" {\n  cidr_block = \"10.0.0.0/8\"\n}\n".to_owned();
    for at in 0..=size {
        writeln!(text, "module \"m{at}\" {{\n  source = \"./\"\n}}")?;
    }
    fs::write(folder.join("main.tf"), text)?;
    Ok(check(&["plan.json", "--tf-dir", "."]))
}
