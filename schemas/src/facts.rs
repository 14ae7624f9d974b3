//! What follows from a snapshot; docs/facts.md defines it. The host derives facts once; rules read
//! them; the evidence for each stays in the host.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::document::pack;
use crate::{BlockPublicAccessMode, Key, LoadBalancerType, Scheme, Value, Zone, ZoneSet};

/// What is derived about the resources of one kind, or of kinds alike.
pub trait FactTable: Sized + DeserializeOwned + 'static {
    /// The name of the table, as a definition's `needs` lists it.
    const NAME: &'static str;

    fn table(facts: &Facts) -> &BTreeMap<Key, Self>;
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident: $facts:ty,)*) => {
        /// Facts by table and by the key of the resource they are about.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
        #[serde(default)]
        pub struct Facts {
            $(
                $(#[$doc])*
                #[serde(skip_serializing_if = "BTreeMap::is_empty")]
                pub $table: BTreeMap<Key, $facts>,
            )*
        }

        $(impl FactTable for $facts {
            const NAME: &'static str = stringify!($table);

            fn table(facts: &Facts) -> &BTreeMap<Key, Self> {
                &facts.$table
            }
        })*

        impl Facts {
            /// Only the tables that `wanted` holds for.
            #[must_use]
            pub fn only(&self, wanted: impl Fn(&str) -> bool) -> Self {
                Self {
                    $($table: if wanted(stringify!($table)) { self.$table.clone() } else { BTreeMap::new() },)*
                }
            }

            /// Each table that `wanted` holds for, in MessagePack.
            pub(crate) fn pack(
                &self,
                wanted: impl Fn(&str) -> bool,
            ) -> Result<BTreeMap<String, ByteBuf>, rmp_serde::encode::Error> {
                let mut packed = BTreeMap::new();
                $(if wanted(stringify!($table)) && !self.$table.is_empty() {
                    packed.insert(stringify!($table).to_owned(), pack(&self.$table)?);
                })*
                Ok(packed)
            }
        }
    };
}

tables! {
    subnets: SubnetFacts,
    instances: InstanceFacts,
    /// Application, Network, Gateway and Classic Load Balancers alike.
    load_balancers: LoadBalancerFacts,
    target_groups: TargetGroupFacts,
    auto_scaling_groups: AutoScalingGroupFacts,
    /// DB instances and DB clusters alike.
    databases: DatabaseFacts,
}

/// Who can reach a subnet from the internet by its routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Exposure {
    /// A default route leads to an internet gateway, directly or through an inspection endpoint.
    Public,
    /// Some routes lead to an internet gateway, but they do not cover the default.
    Partial,
    Private,
}

/// Where a subnet's default traffic leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Egress {
    pub kind: EgressKind,
    /// The gateway, instance, interface or endpoint, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Key>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EgressKind {
    Public,
    NatGateway,
    NatInstance,
    EgressOnlyInternetGateway,
    TransitGateway,
    VpnGateway,
    /// A firewall or Gateway Load Balancer endpoint.
    Inspection,
    /// An interface that is no NAT instance's, or another target.
    Other,
    None,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct SubnetFacts {
    /// The table whose routes hold in the subnet; absent: the implicit main table of a VPC that the source
    /// creates, with local routes only.
    pub route_table: Value<Option<Key>>,
    /// `pub4`: the IPv4 default leads to an internet gateway.
    pub public_ipv4: Value<bool>,
    /// `pub6`: likewise for IPv6, in a subnet that has an IPv6 CIDR.
    pub public_ipv6: Value<bool>,
    /// The default leads through an inspection endpoint, and the internet gateway routes back through it.
    pub via_inspection: Value<bool>,
    pub exposure: Value<Exposure>,
    /// VPC Block Public Access as it applies here, after exclusions.
    pub block_public_access: Value<BlockPublicAccessMode>,
    /// From the IPv4 default.
    pub egress: Value<Egress>,
    pub egress_ipv6: Value<Egress>,
    /// What runs in the subnet: instances, groups, databases; no NAT instances.
    pub workload: Vec<Key>,
    /// Whether the source could hold workload that is not listed.
    #[serde(default = "open")]
    pub workload_closed: bool,
}

fn open() -> bool {
    false
}

impl SubnetFacts {
    /// Whether Block Public Access keeps traffic from the internet out.
    pub fn ingress_blocked(&self) -> Value<bool> {
        self.block_public_access.is(|it| *it != BlockPublicAccessMode::Off)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct InstanceFacts {
    /// Whether a default route of its VPC leads to the instance or one of its interfaces.
    pub nat: Value<bool>,
    pub subnet: Value<Option<Key>>,
    pub zone: Value<Zone>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LoadBalancerFacts {
    pub load_balancer_type: Value<LoadBalancerType>,
    pub scheme: Value<Scheme>,
    /// The enabled subnets; an element may be unknown, and so may the whole list.
    pub subnets: Value<Vec<Value<Key>>>,
    pub zones: ZoneSet,
    /// Target groups reachable from a listener's default action or rule with a weight above 0.
    pub target_groups: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TargetGroupFacts {
    /// The zones of registered targets and of attached groups.
    pub zones: ZoneSet,
    /// Lambda and ALB targets, and addresses outside the VPC, stand in no zone.
    pub zoneless: Value<bool>,
    /// Groups that register their instances here.
    pub auto_scaling_groups: Vec<Key>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AutoScalingGroupFacts {
    pub zones: ZoneSet,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct DatabaseFacts {
    /// The zones of its subnet group.
    pub zones: ZoneSet,
}
