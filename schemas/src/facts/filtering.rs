//! What is derived about security groups and network ACLs.

use serde::{Deserialize, Serialize};

use crate::{AclFilter, Admission, Cidr, Direction, Flow, Key, KeySet, Protocol, RulePlace, Unknown, Value};

/// The ports from which Linux sends its requests, and to which it has answers sent.
pub const LINUX_EPHEMERAL: (u16, u16) = (32_768, 60_999);

/// The longest prefix that a VPC can have.
const SMALLEST_VPC: u8 = 28;

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
    /// The primary IPv4 block of its VPC; absent: it has none.
    #[serde(default)]
    pub vpc_block: Value<Option<Cidr>>,
    /// One of those that it stands in front of that may take logins: no load balancer, which listens on no port of
    /// administration, and no EC2 Instance Connect Endpoint, which takes nothing in.
    #[serde(default)]
    pub host: Option<Key>,
    /// Whom it admits to each database behind it.
    #[serde(default)]
    pub databases: Vec<DatabaseAdmission>,
    /// What it does for NAT instances; absent: it stands in front of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat: Option<NatAdmission>,
}

impl SecurityGroupFacts {
    /// Whether every address of its VPC is admitted on a port.
    pub fn admits_vpc(&self, protocol: Protocol, port: u16) -> Value<Option<&RulePlace>> {
        let admitted = self.ingress.on(protocol, port);
        // No block that is smaller than every VPC is needed to tell.
        match admitted.wider_than(SMALLEST_VPC + 1) {
            Value::Known(Some(_)) => {}
            none_or_unknown => return none_or_unknown,
        }
        match self.vpc_block.decided() {
            Ok(Some(block)) => admitted.block(block),
            Ok(None) => Value::Known(None),
            Err(why) => Value::Unknown(why),
        }
    }

    /// Whether a block is admitted, on any port, that may hold a whole VPC.
    pub fn admits_a_network(&self) -> Value<Option<&RulePlace>> {
        self.ingress.at_all().wider_than(SMALLEST_VPC + 1)
    }
}

/// Whom a security group admits to a database, on the port that it listens on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DatabaseAdmission {
    pub database: Key,
    /// Absent: it listens on none.
    pub port: Value<Option<u16>>,
    /// Public subnets of the VPC, all of whose addresses are admitted; absent: none.
    pub public_subnets: Value<Option<AdmittedSubnets>>,
    /// A load balancer whose security group is admitted, where nothing else carries it. A Network Load Balancer may
    /// have the database as its target, and is none of these.
    pub load_balancer: Value<Option<AdmittedLoadBalancer>>,
}

/// Subnets that a rule admits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AdmittedSubnets {
    pub rule: RulePlace,
    /// The blocks that the rule names.
    pub blocks: Vec<Cidr>,
    pub subnets: Vec<Key>,
}

/// A load balancer that a rule admits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AdmittedLoadBalancer {
    pub rule: RulePlace,
    pub load_balancer: Key,
}

/// What a security group does for the NAT instances behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct NatAdmission {
    /// The NAT instances; none where only one out of sight may have the group.
    pub instances: Vec<Key>,
    /// Why one that is not in sight, or that may be one, may have the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unseen: Option<Unknown>,
    /// The subnets that leave through any of them.
    pub serves: Vec<Key>,
    /// The addresses of those subnets; unknown where other subnets of the VPC may leave through them too.
    pub served_blocks: Value<Vec<Cidr>>,
    /// Those of the instances that none of their security groups admits anybody to.
    pub unreachable: KeySet,
    /// A rule that admits others than those subnets, to other ports than those of administration; absent: there is
    /// none.
    pub beyond_served: Value<Option<BeyondServed>>,
    /// A rule that admits somebody from outside the VPC to a port of administration; absent: there is none.
    pub administered: Value<Option<AdminAccess>>,
    /// A rule of another group that admits the first of the instances, by its group or its address, to SSH or RDP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_on: Option<AdminAccess>,
}

/// A rule that admits more than the subnets that leave through a NAT instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct BeyondServed {
    pub rule: RulePlace,
    /// Whether all that is admitted is surely in the VPC.
    pub within_vpc: bool,
}

/// A rule that admits somebody to a port of administration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AdminAccess {
    pub port: u16,
    pub rule: RulePlace,
}

/// Where a network ACL holds, and what it is there for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct NetworkAclFacts {
    pub subnets: KeySet,
    /// The requests that it has to let through with their answers: those of load balancers to their targets, and
    /// those that its entries are for. Unknown where the entries are.
    #[serde(default)]
    pub requests: Value<Vec<AclRequests>>,
    /// Entries that deny what one of a lower number has allowed already, by their positions.
    #[serde(default)]
    pub ineffective_denies: Vec<usize>,
}

/// Requests that cross a network ACL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AclRequests {
    pub direction: Direction,
    pub flow: Flow,
    pub sender: RequestSender,
    /// The position of the entry that is for them; absent: a load balancer is known to send them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<usize>,
}

/// Who sends requests, which tells the ports to which they are answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RequestSender {
    LoadBalancer(Key),
    /// A NAT gateway in one of the subnets, for what leaves through it.
    NatGateway,
    /// Taken for Linux, whose ephemeral ports are the fewest.
    Other,
}

impl AclRequests {
    /// The answers, to some ports, that a network ACL refuses though it lets the requests through; absent: none.
    pub fn unanswered(&self, acl: &AclFilter, ports: (u16, u16)) -> Result<Option<Flow>, Unknown> {
        acl.unanswered(self.direction, &self.flow, ports)
    }
}
