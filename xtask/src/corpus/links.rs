//! How many of the attributes by which a plan's resources name each other lead to a resource.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// Attributes that name other resources of the snapshot's kinds.
const LINKS: [&str; 38] = [
    "alb_target_group_arn",
    "allocation_id",
    "autoscaling_group_name",
    "cluster_identifier",
    "db_subnet_group_name",
    "default_route_table_id",
    "egress_only_gateway_id",
    "elb",
    "gateway_id",
    "instance",
    "instance_id",
    "instances",
    "internet_gateway_id",
    "launch_configuration",
    "launch_template_id",
    "lb_target_group_arn",
    "listener_arn",
    "load_balancer_arn",
    "load_balancers",
    "nat_gateway_id",
    "network_interface_id",
    "referenced_security_group_id",
    "replicate_source_db",
    "route_table_id",
    "route_table_ids",
    "security_group_id",
    "security_group_ids",
    "security_groups",
    "source_security_group_id",
    "subnet_id",
    "subnet_ids",
    "subnets",
    "target_group_arn",
    "target_group_arns",
    "target_id",
    "vpc_id",
    "vpc_security_group_ids",
    "vpc_zone_identifier",
];

/// Links that are known after apply and that the author wrote an expression for.
#[derive(Debug, Default)]
pub(super) struct Links {
    resolved: usize,
    /// What the expression refers to is known to be null or empty, so that AWS's default holds.
    absent: usize,
    /// Address and attribute of the rest.
    open: Vec<String>,
}

impl Links {
    /// Counts the links of a plan, where the file is one that carries its configuration.
    pub(super) fn add(&mut self, file: &Path, snapshot: &Value) {
        let plan = fs::read_to_string(file).ok().and_then(|it| serde_json::from_str::<Value>(&it).ok());
        let Some(plan) = plan.filter(|it| it["configuration"].is_object()) else { return };
        let raw = &snapshot["architectures"][0]["scenarios"][0]["snapshot"]["raw"];
        let expressions = expressions(&plan["configuration"]["root_module"], "");
        for change in super::list(&plan["resource_changes"]) {
            let address = change["address"].as_str().unwrap_or_default();
            let Some(written) = expressions.get(&without_keys(address)) else { continue };
            let Some(resource) = raw.get(address) else { continue };
            let unknown = change["change"]["after_unknown"].as_object().into_iter().flatten();
            let is_link = |name: &str| LINKS.contains(&name) && written.get(name).is_some();
            for (name, _) in unknown.filter(|(name, it)| is_link(name) && is_unknown(it)) {
                match resource.get(name) {
                    None => self.absent += 1,
                    Some(it) if it.to_string().contains("\"$unknown\"") => {
                        self.open.push(format!("{address}.{name}"));
                    }
                    Some(_) => self.resolved += 1,
                }
            }
        }
    }

    pub(super) fn print(&self) {
        let all = self.resolved + self.absent + self.open.len();
        if all == 0 {
            return;
        }
        println!("\nlinks known after apply: {all}, of which lead to a resource {}", self.resolved);
        println!("known to be null or empty {}, open {}", self.absent, self.open.len());
        for it in &self.open {
            println!("open link: {it}");
        }
    }
}

fn is_unknown(unknown: &Value) -> bool {
    *unknown == Value::Bool(true) || super::list(unknown).contains(&Value::Bool(true))
}

/// The expressions of every managed resource of a module and of those that it calls, by address without keys.
fn expressions<'j>(module: &'j Value, prefix: &str) -> BTreeMap<String, &'j Value> {
    let mut all = BTreeMap::new();
    for resource in super::list(&module["resources"]).iter().filter(|it| it["mode"] != "data") {
        let [kind, name] = ["type", "name"].map(|it| resource[it].as_str().unwrap_or_default());
        all.insert(format!("{prefix}{kind}.{name}"), &resource["expressions"]);
    }
    for (name, call) in module["module_calls"].as_object().into_iter().flatten() {
        all.extend(expressions(&call["module"], &format!("{prefix}module.{name}.")));
    }
    all
}

/// `module.net.aws_lb.web` of `module.net[0].aws_lb.web["a"]`.
fn without_keys(address: &str) -> String {
    let mut depth = 0;
    let outside = |it: &char| {
        match it {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => return depth == 0,
        }
        false
    };
    address.chars().filter(outside).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_without_keys_is_that_of_the_block() {
        assert_eq!(super::without_keys("module.net[0].aws_lb.web[\"a.b\"]"), "module.net.aws_lb.web");
        assert_eq!(super::without_keys("aws_lb.web"), "aws_lb.web");
    }
}
