//! From what an expression mentions to the resources that an attribute names.

use archlint_schema::{Key, Unknown};
use serde_json::Value as Json;

use super::address::prefix;
use super::declared::Declared;
use super::mentions::{Mention, Scope, Untold, references};
use super::targets::{self, FIREWALL, ROUTE_TABLE};
use crate::source::firewall_endpoints::endpoint_key;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;

/// A chain of attributes that stand for each other ends somewhere.
pub(super) const MAX_DEPTH: usize = 8;

/// Where the references of an expression end.
#[derive(Default)]
struct Ends {
    keys: Vec<Key>,
    /// Blocks that the keys are of.
    blocks: Vec<String>,
    /// What is mentioned and the plan does not tell.
    untold: Vec<Untold>,
    has_condition: bool,
    has_value: bool,
}

impl Declared<'_, '_> {
    /// The resource that an attribute names. What is not known yet must come from something that is not known
    /// yet: if the expression mentions one such resource only, whatever else it mentions, it is that one.
    pub(super) fn edge(&self, expression: &Json, scope: &Scope<'_>, path: &str, kinds: &[&str]) -> Evaluated {
        let ends = self.ends(expression, scope, path, kinds);
        match ends.keys.as_slice() {
            [key] if ends.untold.is_empty() => Evaluated::Edge(key.clone()),
            [] if let Some(key) = self.only_candidate(&ends.untold, kinds) => Evaluated::Edge(key),
            [] => match references(expression).as_slice() {
                // Something that is there and is not a resource of the plan: still one thing with one name.
                [one] => Evaluated::External {
                    key: Key::from(format!("{}{one}", prefix(&scope.path))),
                    why: self.after_apply(path, Some(expression)),
                },
                _ => Evaluated::Unknown(self.after_apply(path, Some(expression))),
            },
            _ => Evaluated::Unknown(self.after_apply(path, Some(expression))),
        }
    }

    /// The resources that an attribute names, `count` of them where the plan tells how many. Where the
    /// expression may choose between blocks, nobody knows which.
    pub(super) fn edges(
        &self,
        expression: &Json,
        scope: &Scope<'_>,
        path: &str,
        kinds: &[&str],
        count: Option<usize>,
    ) -> Result<Vec<Node>, Unknown> {
        let ends = self.ends(expression, scope, path, kinds);
        let may_choose =
            ends.keys.len() > 1 && (ends.has_condition || ends.has_value && ends.blocks.len() > 1);
        let is_counted = count == Some(ends.keys.len());
        if ends.keys.is_empty() || !ends.untold.is_empty() || may_choose && !is_counted {
            return Err(self.after_apply(path, Some(expression)));
        }
        let node = |(at, key)| Node { value: Evaluated::Edge(key), path: format!("{path}/{at}") };
        let mut nodes: Vec<Node> = ends.keys.into_iter().enumerate().map(node).collect();
        if ends.has_value && count.is_none() {
            // A known text or list that may stand beside the resources.
            let why = self.after_apply(path, Some(expression));
            nodes.push(Node { value: Evaluated::Unknown(why), path: path.to_owned() });
        }
        Ok(nodes)
    }

    fn ends(&self, expression: &Json, scope: &Scope<'_>, path: &str, kinds: &[&str]) -> Ends {
        let mentions = self.plan.mentions(expression, scope);
        let mut ends = Ends {
            untold: mentions.untold,
            has_condition: mentions.has_condition,
            has_value: mentions.has_value,
            ..Ends::default()
        };
        if let Some(endpoint) = self.firewall_endpoint(&mentions.resources, path) {
            ends.keys.push(endpoint);
            return ends;
        }
        for mention in &mentions.resources {
            let address = &self.plan.instance(mention.at).address;
            let fits = kinds.contains(&address.kind.as_str());
            let found = if fits && (targets::is_identity(&mention.attribute) || mention.attribute == path) {
                vec![self.plan.key(mention.at)]
            } else if let Some(at) = self.default_table(mention, kinds) {
                vec![self.plan.key(at)]
            } else {
                self.followed(mention)
            };
            let block = address.block();
            for key in found {
                if !ends.keys.contains(&key) {
                    ends.keys.push(key);
                }
                if !ends.blocks.contains(&block) {
                    ends.blocks.push(block.clone());
                }
            }
        }
        ends
    }

    /// An attribute that names a third resource: `aws_subnet.a.vpc_id`.
    pub(super) fn followed(&self, mention: &Mention) -> Vec<Key> {
        if mention.attribute.is_empty()
            || self.depth >= MAX_DEPTH
            || targets::target(&mention.attribute).is_none()
        {
            return Vec::new();
        }
        match self.other(mention.at).property(&mention.attribute).value {
            Evaluated::Edge(key) => vec![key],
            Evaluated::List(items) => {
                let edges = items.into_iter().filter_map(|it| match it.value {
                    Evaluated::Edge(key) => Some(key),
                    _ => None,
                });
                edges.collect()
            }
            _ => Vec::new(),
        }
    }

    /// The resource that adopts a VPC's main route table, for `aws_vpc.x.default_route_table_id`.
    fn default_table(&self, mention: &Mention, kinds: &[&str]) -> Option<usize> {
        let is_table =
            ["default_route_table_id", "main_route_table_id"].contains(&mention.attribute.as_str());
        if !is_table || kinds != ROUTE_TABLE || self.depth >= MAX_DEPTH {
            return None;
        }
        let vpc = self.plan.key(mention.at);
        let is_of_vpc = |at: &usize| {
            self.other(*at).property("default_route_table_id").value == Evaluated::Edge(vpc.clone())
        };
        self.plan.of_kinds(&["aws_default_route_table"]).find(is_of_vpc)
    }

    /// The endpoint of a Network Firewall in a subnet: the firewall's status has the endpoints of all subnets,
    /// and the usual expression looks one up by its subnet.
    fn firewall_endpoint(&self, mentions: &[Mention], path: &str) -> Option<Key> {
        if !path.ends_with("vpc_endpoint_id") || self.depth >= MAX_DEPTH {
            return None;
        }
        let (firewalls, others): (Vec<&Mention>, Vec<&Mention>) =
            mentions.iter().partition(|it| self.plan.instance(it.at).address.kind == FIREWALL);
        let [firewall] = firewalls.as_slice() else { return None };
        let wanted: Vec<Key> = others.iter().map(|it| self.plan.key(it.at)).collect();
        let mappings = self.other(firewall.at).property("subnet_mapping");
        let items = mappings.items();
        let subnets: Vec<Evaluated> = items.known()?.iter().map(|it| it.field("subnet_id").value).collect();
        let is_wanted = |it: &Evaluated| matches!(it, Evaluated::Edge(key) if wanted.contains(key));
        let mut positions = (0..subnets.len()).filter(|at| is_wanted(&subnets[*at]) || subnets.len() == 1);
        match (positions.next(), positions.next()) {
            (Some(at), None) => Some(endpoint_key(&self.plan.key(firewall.at), at)),
            _ => None,
        }
    }
}
