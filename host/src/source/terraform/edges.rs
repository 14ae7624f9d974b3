//! From what an expression mentions to the resources that an attribute names.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use archlint_schema::{Key, Reason, Unknown};
use serde_json::Value as Json;

use super::address::prefix;
use super::declared::Declared;
use super::memo::identity;
use super::mentions::{Mention, Mentions, Scope, Untold, references};
use super::targets::{self, FIREWALL, Kinds};
use crate::source::born;
use crate::source::firewall_endpoints::endpoint_key;
use crate::source::node::{Evaluated, Node};
use crate::source::properties::Declaration;

/// What a VPC comes with and a resource may adopt.
struct Adopted {
    /// The VPC's attributes that name it.
    attributes: &'static [&'static str],
    /// The type of the resource, and its attribute that leads back to the VPC.
    kind: &'static str,
    property: &'static str,
    /// Its key, where nothing adopts it.
    born: fn(&Key) -> Key,
}

const ADOPTED: &[Adopted] = &[
    Adopted {
        attributes: &["default_route_table_id", "main_route_table_id"],
        kind: "aws_default_route_table",
        property: "default_route_table_id",
        born: born::main_route_table,
    },
    Adopted {
        attributes: &["default_security_group_id"],
        kind: "aws_default_security_group",
        property: "vpc_id",
        born: born::default_security_group,
    },
    Adopted {
        attributes: &["default_network_acl_id"],
        kind: "aws_default_network_acl",
        property: "default_network_acl_id",
        born: born::default_network_acl,
    },
];

/// Where the references of an expression end.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own about the same expression")]
pub(super) struct Ends {
    pub(super) keys: Vec<Key>,
    /// Whether the keys are of several blocks.
    has_blocks: bool,
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
                [one] if self.any_of(&ends, kinds).keys().is_empty() => Evaluated::External {
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
        let may_choose = ends.keys.len() > 1 && (ends.has_condition || ends.has_value && ends.has_blocks);
        let is_counted = count == Some(ends.keys.len());
        if ends.keys.is_empty() || !ends.untold.is_empty() || may_choose && !is_counted {
            return Err(self.after_apply(path, Some(expression)));
        }
        if !self.afford(ends.keys.len()) {
            return Err(self.after_apply(path, Some(expression)));
        }
        let node = |(at, key): (usize, &Key)| Node {
            value: Evaluated::Edge(key.clone()),
            path: format!("{path}/{at}"),
        };
        let mut nodes: Vec<Node> = ends.keys.iter().enumerate().map(node).collect();
        if ends.has_value && count.is_none() {
            // A known text or list that may stand beside the resources.
            let why = self.after_apply(path, Some(expression));
            nodes.push(Node { value: Evaluated::Unknown(why), path: path.to_owned() });
        }
        Ok(nodes)
    }

    /// Where an expression leads from an attribute that may name some kinds.
    pub(super) fn ends(&self, expression: &Json, scope: &Scope<'_>, path: &str, kinds: Kinds) -> Rc<Ends> {
        let mentions = self.plan.mentions(expression, scope);
        // An attribute within a block is nobody's own, but that of an endpoint.
        let own = if path.contains('/') && !is_endpoint(path) { "" } else { path };
        let key = (identity(&*mentions), own.to_owned(), kinds);
        if let Some((_, known)) = self.plan.memo.ends.borrow().get(&key) {
            return Rc::clone(known);
        }
        let ends = Rc::new(self.ends_of(&mentions, own, kinds));
        self.plan.memo.ends.borrow_mut().insert(key, (mentions, Rc::clone(&ends)));
        ends
    }

    fn ends_of(&self, mentions: &Mentions, own: &str, kinds: Kinds) -> Ends {
        let mut ends = Ends {
            untold: mentions.untold.clone(),
            has_resources: !mentions.resources.is_empty(),
            has_condition: mentions.has_condition,
            has_value: mentions.has_value,
            ..Ends::default()
        };
        if let Some(endpoint) = self.firewall_endpoint(&mentions.resources, own) {
            ends.keys.push(endpoint);
            return ends;
        }
        if !self.afford(mentions.resources.len()) {
            let module = self.plan.instance(self.at).address.module.clone();
            ends.untold.push(Untold { module, reference: own.to_owned() });
            return ends;
        }
        let (mut keys, mut blocks) = (HashSet::new(), BTreeSet::new());
        for mention in &mentions.resources {
            let address = &self.plan.instance(mention.at).address;
            let fits = kinds.contains(&address.kind.as_str());
            let found = if fits && (targets::is_identity(&mention.attribute) || *mention.attribute == *own) {
                Some(vec![self.plan.key(mention.at)])
            } else if let Some(key) = self.adopted(mention, kinds) {
                Some(vec![key])
            } else {
                self.followed(mention, kinds)
            };
            let Some(found) = found else {
                let reference = format!("{address}.{}", mention.attribute);
                ends.untold.push(Untold { module: address.module.clone(), reference });
                continue;
            };
            if !found.is_empty() {
                blocks.insert((&address.module, address.is_data, &address.kind, &address.name));
            }
            ends.keys.extend(found.into_iter().filter(|it| keys.insert(it.clone())));
        }
        ends.has_blocks = blocks.len() > 1;
        ends
    }

    /// Whether so much may still be worked out of this plan.
    pub(super) fn afford(&self, evaluations: usize) -> bool {
        self.plan.memo.costs.spend(evaluations, || self.plan.instance(self.at).address.to_string())
    }

    /// What an attribute names that leads to a third resource: `aws_subnet.a.vpc_id`. Nothing if nobody knows.
    pub(super) fn followed(&self, mention: &Mention, kinds: Kinds) -> Option<Vec<Key>> {
        let fits = |it: &targets::Target| it.kinds.iter().any(|kind| kinds.contains(kind));
        if mention.attribute.is_empty() || !targets::target(&mention.attribute).as_ref().is_some_and(fits) {
            return Some(Vec::new());
        }
        let key = |it: Evaluated| match it {
            Evaluated::Edge(key) => Some(Some(key)),
            Evaluated::Unknown(_) => None,
            // Something outside of the plan.
            _ => Some(None),
        };
        let items = match self.attribute_of(mention.at, &mention.attribute) {
            Evaluated::List(items) => {
                items.into_iter().map(|it| key(it.value)).collect::<Option<Vec<_>>>()?
            }
            one => vec![key(one)?],
        };
        Some(items.into_iter().flatten().collect())
    }

    /// What a VPC comes with, for `aws_vpc.x.default_route_table_id` and the like: the resource that adopts it, or what
    /// the VPC was born with.
    fn adopted(&self, mention: &Mention, kinds: Kinds) -> Option<Key> {
        let is_meant =
            |it: &&Adopted| it.attributes.contains(&&*mention.attribute) && kinds.contains(&it.kind);
        let born_with = ADOPTED.iter().find(is_meant)?;
        let vpc = self.plan.instance(mention.at);
        let is_vpc = !vpc.address.is_data && targets::VPC.contains(&vpc.address.kind.as_str());
        let key = self.plan.key(mention.at);
        let adopter = self.adopters(born_with).get(&key).map(|at| self.plan.key(*at));
        adopter.or_else(|| is_vpc.then(|| (born_with.born)(&key)))
    }

    /// The resources that adopt, by the VPC that they adopt from.
    fn adopters(&self, of: &Adopted) -> Rc<HashMap<Key, usize>> {
        if let Some(known) = self.plan.memo.adopters.borrow().get(of.kind) {
            return Rc::clone(known);
        }
        let mut adopters = HashMap::new();
        for at in self.plan.of_kinds(&[of.kind]) {
            if let Evaluated::Edge(vpc) = self.attribute_of(at, of.property) {
                adopters.entry(vpc).or_insert(at);
            }
        }
        let adopters = Rc::new(adopters);
        self.plan.memo.adopters.borrow_mut().insert(of.kind, Rc::clone(&adopters));
        adopters
    }

    /// An attribute of another instance. One that leads back to itself is not known.
    pub(super) fn attribute_of(&self, at: usize, name: &str) -> Evaluated {
        let words = || format!("{}.{name}", self.plan.instance(at).address);
        let evaluated = || Declared::new(self.plan, at, None).property(name).value;
        match self.plan.memo.attributes.get((at, name.to_owned()), words, evaluated) {
            Ok(it) => it,
            Err(refused) => {
                self.plan.memo.costs.refuse(refused, words);
                Evaluated::Unknown(Unknown::new(Reason::Computed, words()))
            }
        }
    }

    /// The endpoint of a Network Firewall in a subnet: the firewall's status has the endpoints of all subnets,
    /// and the usual expression looks one up by its subnet.
    fn firewall_endpoint(&self, mentions: &[Mention], path: &str) -> Option<Key> {
        if !is_endpoint(path) {
            return None;
        }
        let (firewalls, others): (Vec<&Mention>, Vec<&Mention>) =
            mentions.iter().partition(|it| self.plan.instance(it.at).address.kind == FIREWALL);
        let [firewall] = firewalls.as_slice() else { return None };
        let wanted: HashSet<Key> = others.iter().map(|it| self.plan.key(it.at)).collect();
        let value = self.attribute_of(firewall.at, "subnet_mapping");
        let items = Node { value, path: "subnet_mapping".to_owned() }.items();
        let subnets = items.known()?;
        if !self.afford(subnets.len()) {
            return None;
        }
        let is_wanted =
            |it: &Node| matches!(it.field("subnet_id").value, Evaluated::Edge(key) if wanted.contains(&key));
        let mut positions = (0..subnets.len()).filter(|at| is_wanted(&subnets[*at]) || subnets.len() == 1);
        match (positions.next(), positions.next()) {
            (Some(at), None) => Some(endpoint_key(&self.plan.key(firewall.at), at)),
            _ => None,
        }
    }
}

fn is_endpoint(path: &str) -> bool {
    path.ends_with("vpc_endpoint_id")
}
