//! Who is admitted: the rules of security groups with their peers as blocks of addresses, and the questions that
//! rules ask of them.
//!
//! Every question has three answers: `Known(Some(rule))`, admitted by that rule; `Known(None)`, not admitted;
//! `Unknown`, for a reason.

use serde::{Deserialize, Serialize};

use crate::{Cidr, Key, KeySet, Reason, Unknown, Value, covers, covers_default};

/// The security groups in front of a resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AdmissionFacts {
    /// Of the resource itself, or of what it is launched from.
    pub security_groups: KeySet,
    /// Whether security groups filter its traffic at all: they do not for a Network Load Balancer without any, nor
    /// for a Gateway Load Balancer.
    pub filtered: Value<bool>,
}

/// What a security group admits, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SecurityGroupFacts {
    pub ingress: Admission,
    pub egress: Admission,
    /// The resources that it stands in front of.
    pub attached: KeySet,
    /// Whether one of them is in a subnet that is exposed, or may have a public address.
    pub exposed: Value<bool>,
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
    rules: Vec<(&'a RulePlace, &'a AdmittedPeer)>,
    /// Why another rule may admit it too.
    doubt: Option<Unknown>,
}

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
        let mut admitted = Admitted { rules: Vec::new(), doubt: self.open.clone() };
        for rule in &self.rules {
            match (wanted(rule).decided(), rule.peer.decided()) {
                (Ok(false), _) => {}
                (Ok(true), Ok(peer)) => admitted.rules.push((&rule.at, peer)),
                (Ok(true), Err(why)) | (Err(why), _) => {
                    admitted.doubt = admitted.doubt.or(Some(why));
                }
            }
        }
        admitted
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

    /// Why another rule may admit it too.
    pub fn doubt(&self) -> Option<&Unknown> {
        self.doubt.as_ref()
    }

    /// Whether everyone on the internet is admitted, over IPv4 or IPv6: by one rule, or by several together.
    pub fn world(&self) -> Value<Option<&'a RulePlace>> {
        let widest = |ipv6| {
            let all = self.blocks().filter(move |(_, it)| it.is_ipv6() == ipv6);
            covers_default(all.clone().map(|(_, it)| it), ipv6)
                .then(|| all.min_by_key(|(_, it)| it.prefix()).map(|(at, _)| at))
                .flatten()
        };
        self.answer(widest(false).or_else(|| widest(true)))
    }

    /// Whether whoever carries a security group is admitted by a rule that names it.
    pub fn group(&self, group: &Key) -> Value<Option<&'a RulePlace>> {
        let names = |peer: &AdmittedPeer| matches!(peer, AdmittedPeer::SecurityGroup(it) if it == group);
        self.answer(self.rules().find(|(_, peer)| names(peer)).map(|(at, _)| at))
    }

    /// Whether whoever carries any security group is admitted by a rule that names one.
    pub fn any_group(&self) -> Value<Option<&'a RulePlace>> {
        let names = |peer: &AdmittedPeer| matches!(peer, AdmittedPeer::SecurityGroup(_));
        self.answer(self.rules().find(|(_, peer)| names(peer)).map(|(at, _)| at))
    }

    /// Whether every address of a block is admitted.
    pub fn block(&self, wanted: &Cidr) -> Value<Option<&'a RulePlace>> {
        let covered = covers(self.blocks().map(|(_, it)| it), wanted);
        let first = self.blocks().find(|(_, it)| it.overlaps(wanted)).map(|(at, _)| at);
        self.answer(covered.then_some(first).flatten())
    }

    /// Whether a block is admitted that reaches outside of some others.
    pub fn beyond(&self, inside: &[Cidr]) -> Value<Option<&'a RulePlace>> {
        let reaches_out = |it: &Cidr| !covers(inside, it);
        self.answer(self.blocks().find(|(_, it)| reaches_out(it)).map(|(at, _)| at))
    }

    /// Whether a block is admitted that is larger than its prefix may be short.
    pub fn wider_than(&self, prefix: u8) -> Value<Option<&'a RulePlace>> {
        self.answer(self.blocks().find(|(_, it)| it.prefix() < prefix).map(|(at, _)| at))
    }

    /// Whether anyone is admitted.
    pub fn anyone(&self) -> Value<Option<&'a RulePlace>> {
        self.answer(self.rules().next().map(|(at, _)| at))
    }

    fn blocks(&self) -> impl Iterator<Item = (&'a RulePlace, &'a Cidr)> + Clone {
        let blocks = |(at, peer): (&'a RulePlace, &'a AdmittedPeer)| {
            let blocks = match peer {
                AdmittedPeer::Blocks(it) => it.as_slice(),
                AdmittedPeer::SecurityGroup(_) => &[],
            };
            blocks.iter().map(move |it| (at, it))
        };
        self.rules.clone().into_iter().flat_map(blocks)
    }

    /// What was found stands; what was not found may be in a rule that cannot be read.
    fn answer(&self, found: Option<&'a RulePlace>) -> Value<Option<&'a RulePlace>> {
        match (found, &self.doubt) {
            (None, Some(why)) => Value::Unknown(why.clone()),
            (found, _) => Value::Known(found),
        }
    }
}

impl Default for Admission {
    /// What a document does not carry was not collected.
    fn default() -> Self {
        Self { rules: Vec::new(), open: Some(Reason::NotCollected.into()) }
    }
}
