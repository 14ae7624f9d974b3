//! Who is admitted: the rules of security groups with their peers as blocks of addresses, and the questions that
//! rules ask of them.
//!
//! Every question has three answers: `Known(Some(rule))`, admitted by that rule; `Known(None)`, not admitted;
//! `Unknown`, for a reason.

use serde::{Deserialize, Serialize};

use crate::{Cidr, Key, KeySet, Reason, Unknown, Value, covers, covers_default};

/// The TCP ports by which machines are administered: SSH, RDP, Windows Remote Management.
pub const ADMIN_PORTS: [u16; 4] = [22, 3389, 5985, 5986];

/// The security groups in front of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AdmissionFacts {
    /// Of the resource itself, or of what it is launched from.
    pub security_groups: KeySet,
    /// Whether security groups filter its traffic at all: they do not for a Network Load Balancer without any, nor
    /// for a Gateway Load Balancer.
    pub filtered: Value<bool>,
    /// Why a load balancer that is not in sight may send to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen_load_balancers: Option<Unknown>,
}

/// Some rules of security groups, of one direction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Admission {
    pub rules: Vec<AdmissionRule>,
    /// Why there may be more rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Unknown>,
}

/// A rule of a security group, made comparable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AdmissionRule {
    pub at: RulePlace,
    pub protocol: Value<Protocol>,
    /// Inclusive; absent: all ports, as for protocols without.
    pub ports: Value<Option<(u16, u16)>>,
    pub peer: Value<AdmittedPeer>,
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct RulePlace {
    pub security_group: Key,
    /// `ingress[2]`.
    pub path: String,
}

/// The protocol of a rule.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    All,
    Tcp,
    Udp,
    Icmp,
    Other,
}

/// Whom a rule admits; prefix lists are their entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AdmittedPeer {
    Blocks(Vec<Cidr>),
    SecurityGroup(Key),
}

/// The rules that admit traffic of one protocol and port.
#[derive(Debug, Clone)]
pub struct Admitted<'a> {
    rules: Vec<Named<'a>>,
    /// Rules that may, and why it cannot be told of the first.
    possible: Vec<Named<'a>>,
    why_possible: Option<Unknown>,
    /// Why another rule may admit whom nobody knows.
    doubt: Option<Unknown>,
}

/// A rule, and whom it names.
type Named<'a> = (&'a RulePlace, &'a AdmittedPeer);

impl AdmissionRule {
    /// Whether the rule is for a protocol and port.
    fn is_for(&self, protocol: Protocol, port: u16) -> Value<bool> {
        let ports = self.ports.is(|it| it.is_none_or(|(from, to)| (from..=to).contains(&port)));
        let all = self.protocol.is(|it| *it == Protocol::All);
        all.or(self.protocol.is(|it| *it == protocol).and(ports))
    }
}

impl Admission {
    /// What is admitted on a port.
    pub fn on(&self, protocol: Protocol, port: u16) -> Admitted<'_> {
        self.that(|rule| rule.is_for(protocol, port))
    }

    /// What is admitted on any port.
    pub fn at_all(&self) -> Admitted<'_> {
        self.that(|_| Value::Known(true))
    }

    fn that(&self, wanted: impl Fn(&AdmissionRule) -> Value<bool>) -> Admitted<'_> {
        let mut admitted = Admitted {
            rules: Vec::new(),
            possible: Vec::new(),
            why_possible: None,
            doubt: self.open.clone(),
        };
        for rule in &self.rules {
            match (wanted(rule).decided(), rule.peer.decided()) {
                (Ok(false), _) => {}
                (Ok(true), Ok(peer)) => admitted.rules.push((&rule.at, peer)),
                (Err(why), Ok(peer)) => {
                    admitted.possible.push((&rule.at, peer));
                    admitted.why_possible.get_or_insert(why);
                }
                (_, Err(why)) => {
                    admitted.doubt.get_or_insert(why);
                }
            }
        }
        admitted
    }

    /// The rules of several groups as one set; a group that nobody sees leaves it open.
    pub fn together<'a>(groups: &KeySet, of: impl Fn(&Key) -> Result<&'a Self, Unknown>) -> Self {
        let mut admission = Self { rules: Vec::new(), open: groups.open.clone() };
        for group in &groups.members {
            match of(group) {
                Ok(its) => admission.extend(its),
                Err(why) => admission.open = admission.open.or(Some(why)),
            }
        }
        admission
    }

    /// Adds the rules of another group.
    pub fn extend(&mut self, more: &Self) {
        self.rules.extend(more.rules.iter().cloned());
        self.open = self.open.take().or_else(|| more.open.clone());
    }
}

impl<'a> Admitted<'a> {
    /// Every rule that surely admits, with its peer.
    pub fn rules(&self) -> impl Iterator<Item = (&'a RulePlace, &'a AdmittedPeer)> {
        self.rules.iter().copied()
    }

    /// Every security group that a rule names which admits, or may.
    pub fn groups(&self) -> impl Iterator<Item = &'a Key> {
        self.rules.iter().chain(&self.possible).filter_map(|(_, peer)| match peer {
            AdmittedPeer::SecurityGroup(it) => Some(it),
            AdmittedPeer::Blocks(_) => None,
        })
    }

    /// Whether everyone on the internet is admitted, over IPv4 or IPv6: by one rule, or by several together.
    pub fn world(&self) -> Value<Option<&'a RulePlace>> {
        self.ask(|rules| {
            let widest = |ipv6| {
                let all = blocks(rules).filter(move |(_, it)| it.is_ipv6() == ipv6);
                covers_default(all.clone().map(|(_, it)| it), ipv6)
                    .then(|| all.min_by_key(|(_, it)| it.prefix()).map(|(at, _)| at))
                    .flatten()
            };
            widest(false).or_else(|| widest(true))
        })
    }

    /// Whether whoever carries a security group is admitted by a rule that names it.
    pub fn group(&self, group: &Key) -> Value<Option<&'a RulePlace>> {
        let names = |peer: &AdmittedPeer| matches!(peer, AdmittedPeer::SecurityGroup(it) if it == group);
        self.ask(|rules| rules.iter().find(|(_, peer)| names(peer)).map(|(at, _)| *at))
    }

    /// Whether whoever carries any security group is admitted by a rule that names one.
    pub fn any_group(&self) -> Value<Option<&'a RulePlace>> {
        let names = |peer: &AdmittedPeer| matches!(peer, AdmittedPeer::SecurityGroup(_));
        self.ask(|rules| rules.iter().find(|(_, peer)| names(peer)).map(|(at, _)| *at))
    }

    /// Whether every address of a block is admitted.
    pub fn block(&self, wanted: &Cidr) -> Value<Option<&'a RulePlace>> {
        self.ask(|rules| {
            let covered = covers(blocks(rules).map(|(_, it)| it), wanted);
            let first = blocks(rules).find(|(_, it)| it.overlaps(wanted)).map(|(at, _)| at);
            covered.then_some(first).flatten()
        })
    }

    /// Whether a block is admitted that reaches outside of some others.
    pub fn beyond(&self, inside: &[Cidr]) -> Value<Option<&'a RulePlace>> {
        let reaches_out = |it: &Cidr| !covers(inside, it);
        self.ask(|rules| blocks(rules).find(|(_, it)| reaches_out(it)).map(|(at, _)| at))
    }

    /// Whether a block is admitted that is larger than its prefix may be short.
    pub fn wider_than(&self, prefix: u8) -> Value<Option<&'a RulePlace>> {
        self.ask(|rules| blocks(rules).find(|(_, it)| it.prefix() < prefix).map(|(at, _)| at))
    }

    /// Whether anyone is admitted.
    pub fn anyone(&self) -> Value<Option<&'a RulePlace>> {
        self.ask(|rules| rules.first().map(|(at, _)| *at))
    }

    /// What the rules that surely admit answer stands, for more rules never admit less. What they do not, may be the
    /// answer of those that only may admit, or of one that cannot be read.
    fn ask(&self, question: impl Fn(&[Named<'a>]) -> Option<&'a RulePlace>) -> Value<Option<&'a RulePlace>> {
        if let Some(found) = question(&self.rules) {
            return Value::Known(Some(found));
        }
        let all = [self.rules.as_slice(), &self.possible].concat();
        let possible = question(&all).and_then(|_| self.why_possible.clone());
        match possible.or_else(|| self.doubt.clone()) {
            Some(why) => Value::Unknown(why),
            None => Value::Known(None),
        }
    }
}

/// The blocks of addresses that rules name.
fn blocks<'a>(rules: &[Named<'a>]) -> impl Iterator<Item = (&'a RulePlace, &'a Cidr)> + Clone {
    rules.iter().flat_map(|(at, peer)| {
        let blocks = match peer {
            AdmittedPeer::Blocks(it) => it.as_slice(),
            AdmittedPeer::SecurityGroup(_) => &[],
        };
        blocks.iter().map(move |it| (*at, it))
    })
}

impl Default for Admission {
    /// What a document does not carry was not collected.
    fn default() -> Self {
        Self { rules: Vec::new(), open: Some(Reason::NotCollected.into()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rules of TCP from peers; a port of `None` is one that nobody knows, and so is a peer of "?".
    fn admission(rules: &[(Option<u16>, &str)]) -> Admission {
        let peer = |text: &str| match text.parse() {
            _ if text == "?" => Value::unknown(Reason::Parameter, "Source"),
            Ok(block) => Value::Known(AdmittedPeer::Blocks(vec![block])),
            Err(_) => Value::Known(AdmittedPeer::SecurityGroup(Key::from(text))),
        };
        let rule = |(at, (port, from)): (usize, &(Option<u16>, &str))| AdmissionRule {
            at: RulePlace { security_group: Key::from("g"), path: format!("ingress[{at}]") },
            protocol: Value::Known(Protocol::Tcp),
            ports: port.map_or(Value::unknown(Reason::Computed, "Port"), |it| Value::Known(Some((it, it)))),
            peer: peer(from),
        };
        Admission { rules: rules.iter().enumerate().map(rule).collect(), open: None }
    }

    #[track_caller]
    fn check(rules: &[(Option<u16>, &str)], expected: &str) {
        let world = match admission(rules).on(Protocol::Tcp, 22).world() {
            Value::Known(rule) => rule.map_or("nobody".to_owned(), |it| it.path.clone()),
            Value::Unknown(why) => why.to_string(),
            Value::OneOf(_) => unreachable!("a rule is for one port"),
        };
        assert_eq!(world, expected, "{rules:?}");
    }

    #[test]
    fn the_world_is_admitted_by_one_rule_or_by_several_together() {
        check(&[], "nobody");
        check(&[(Some(22), "0.0.0.0/0")], "ingress[0]");
        check(&[(Some(80), "0.0.0.0/0")], "nobody");
        check(&[(Some(22), "0.0.0.0/1"), (Some(22), "128.0.0.0/1")], "ingress[0]");
        check(&[(Some(22), "0.0.0.0/1")], "nobody");
        check(&[(Some(22), "::/0")], "ingress[0]");
    }

    #[test]
    fn what_cannot_be_read_matters_only_where_it_could_be_the_answer() {
        check(&[(None, "app")], "nobody");
        check(&[(None, "10.0.0.0/8")], "nobody");
        check(&[(None, "0.0.0.0/0")], "computed Port");
        check(&[(None, "0.0.0.0/1"), (Some(22), "128.0.0.0/1")], "computed Port");
        check(&[(Some(22), "?")], "parameter Source");
        check(&[(Some(80), "?")], "nobody");
        check(&[(None, "?"), (Some(22), "0.0.0.0/0")], "ingress[1]");
    }
}
