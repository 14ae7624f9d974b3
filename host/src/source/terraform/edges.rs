//! From what an expression mentions to the resources that an attribute names.

use archlint_schema::{Key, Unknown};
use serde_json::Value as Json;

use super::address::prefix;
use super::declared::Declared;
use super::mentions::{Mention, Scope, Untold, references};
use super::targets::{self, FIREWALL, Kinds};
use crate::source::firewall_endpoints::endpoint_key;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;

/// A chain of attributes that stand for each other ends somewhere.
pub(super) const MAX_DEPTH: usize = 8;

/// What a VPC comes with and a resource may adopt: the VPC's attributes that name it, the resource's type, and the
/// attribute that leads back to the VPC.
const ADOPTED: &[(&[&str], &str, &str)] = &[
    (&["default_route_table_id", "main_route_table_id"], "aws_default_route_table", "default_route_table_id"),
    (&["default_security_group_id"], "aws_default_security_group", "vpc_id"),
    (&["default_network_acl_id"], "aws_default_network_acl", "default_network_acl_id"),
];

/// Where the references of an expression end.
#[derive(Default)]
pub(super) struct Ends {
    pub(super) keys: Vec<Key>,
    /// Blocks that the keys are of.
    blocks: Vec<String>,
    /// What is mentioned and the plan does not tell, or names a third resource and nobody knows which.
    pub(super) untold: Vec<Untold>,
    /// Whether it mentions any resource, of whatever type.
    pub(super) has_resources: bool,
    has_condition: bool,
    has_value: bool,
}

impl Declared<'_, '_> {
    /// The resource that an attribute names. What is not known yet must come from something that is not known
    /// yet: if the expression mentions one such resource only, whatever else it mentions, it is that one.
    pub(super) fn edge(&self, expression: &Json, scope: &Scope<'_>, path: &str, kinds: Kinds) -> Evaluated {
        let ends = self.ends(expression, scope, path, kinds);
        match ends.keys.as_slice() {
            [key] if ends.untold.is_empty() => Evaluated::Edge(key.clone()),
            [] if let Some(key) = self.only_candidate(&ends.untold, kinds) => Evaluated::Edge(key),
            [] => match references(expression).as_slice() {
                // Something that is there and is not a resource of the plan: still one thing with one name.
                [one] if self.any_of(&ends, kinds).is_empty() => Evaluated::External {
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
        kinds: Kinds,
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

    pub(super) fn ends(&self, expression: &Json, scope: &Scope<'_>, path: &str, kinds: Kinds) -> Ends {
        let mentions = self.plan.mentions(expression, scope);
        let mut ends = Ends {
            untold: mentions.untold,
            has_resources: !mentions.resources.is_empty(),
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
                Some(vec![self.plan.key(mention.at)])
            } else if let Some(at) = self.adopted(mention, kinds) {
                Some(vec![self.plan.key(at)])
            } else {
                self.followed(mention, kinds)
            };
            if found.is_none() {
                let reference = format!("{address}.{}", mention.attribute);
                ends.untold.push(Untold { module: address.module.clone(), reference });
            }
            let block = address.block();
            for key in found.into_iter().flatten() {
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

    /// What an attribute names that leads to a third resource: `aws_subnet.a.vpc_id`. Nothing if nobody knows.
    pub(super) fn followed(&self, mention: &Mention, kinds: Kinds) -> Option<Vec<Key>> {
        let fits = |it: &targets::Target| it.kinds.iter().any(|kind| kinds.contains(kind));
        if mention.attribute.is_empty() || !targets::target(&mention.attribute).as_ref().is_some_and(fits) {
            return Some(Vec::new());
        }
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let key = |it: Evaluated| match it {
            Evaluated::Edge(key) => Some(Some(key)),
            Evaluated::Unknown(_) => None,
            // Something outside of the plan.
            _ => Some(None),
        };
        let items = match self.other(mention.at).property(&mention.attribute).value {
            Evaluated::List(items) => {
                items.into_iter().map(|it| key(it.value)).collect::<Option<Vec<_>>>()?
            }
            one => vec![key(one)?],
        };
        Some(items.into_iter().flatten().collect())
    }

    /// The resource that adopts what a VPC comes with, for `aws_vpc.x.default_route_table_id` and the like.
    fn adopted(&self, mention: &Mention, kinds: Kinds) -> Option<usize> {
        let is_meant =
            |it: &&(&[&str], &str, &str)| it.0.contains(&mention.attribute.as_str()) && kinds.contains(&it.1);
        let (_, kind, property) = ADOPTED.iter().find(is_meant)?;
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let vpc = Evaluated::Edge(self.plan.key(mention.at));
        self.plan.of_kinds(&[kind]).find(|at| self.other(*at).property(property).value == vpc)
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
