//! What is derived about instances, groups and services.

use serde::{Deserialize, Serialize};

use crate::{Key, KeySet, Value, Zone, ZoneSet};

/// What an instance is, where it stands, and what it gets from its launch template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct InstanceFacts {
    /// Whether a default route of its VPC leads to the instance or one of its interfaces.
    pub nat: Value<bool>,
    pub subnet: Value<Option<Key>>,
    pub zone: Value<Zone>,
    /// Of the interface that the default route leads to, else of its own.
    #[serde(default)]
    pub source_dest_check: Value<bool>,
    /// The Elastic IP address that is associated with it or one of its interfaces.
    #[serde(default)]
    pub elastic_ip: Value<Option<Key>>,
    /// Whether it has a public IPv4 address, Elastic or not.
    #[serde(default)]
    pub public_ipv4: Value<bool>,
    /// The subnets whose default traffic leaves through it.
    #[serde(default)]
    pub serves: Vec<Key>,
    /// Their zones.
    #[serde(default)]
    pub served_zones: ZoneSet,
    /// What replaces it when it fails; absent: nothing.
    #[serde(default)]
    pub managed_by: Value<Option<InstanceManager>>,
    /// Its own, or its launch template's.
    #[serde(default)]
    pub instance_profile: Value<Option<Key>>,
    /// Its own user data, or its launch template's.
    #[serde(default)]
    pub user_data_holds_aws_keys: Value<bool>,
    /// Volumes of their own that are attached to it.
    #[serde(default)]
    pub data_volumes: KeySet,
}

/// What replaces an instance when it fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct InstanceManager {
    pub kind: InstanceManagerKind,
    /// The Auto Scaling group, where it is in sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Key>,
}

/// The services that replace instances.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum InstanceManagerKind {
    AutoScalingGroup,
    EksCluster,
    Ec2Fleet,
}

/// What an Auto Scaling group spans and serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AutoScalingGroupFacts {
    pub zones: ZoneSet,
    /// Target groups and Classic Load Balancers that it registers its instances with.
    #[serde(default)]
    pub target_groups: KeySet,
    /// The load balancers before those; open where a target group is out of sight.
    #[serde(default)]
    pub load_balancers: KeySet,
    /// Whether all its instances are Spot Instances.
    #[serde(default)]
    pub spot: Value<bool>,
    /// Whether it launches into a cluster placement group or a capacity block, each of which is in one zone.
    #[serde(default = "no")]
    pub cluster_placement: Value<bool>,
}

/// Where something runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct WorkloadFacts {
    pub kind: WorkloadKind,
    pub subnets: KeySet,
    pub zones: ZoneSet,
    /// One per subnet that is known.
    pub placements: Vec<Placement>,
    /// Whether a tag says that it is a bastion or an appliance, which rules about workload leave alone. What surely is
    /// one has no facts here.
    #[serde(default = "no")]
    pub exempt: Value<bool>,
    /// What is placed in its stead: the instances of a database cluster, by which it is reached; the Auto Scaling group
    /// of an instance.
    #[serde(default)]
    pub represented_by: Vec<Key>,
}

/// A resource in one of its subnets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Placement {
    pub subnet: Key,
    /// Whether it has a public IPv4 or IPv6 address here, or may get one.
    pub public_address: Value<bool>,
}

/// What runs in a subnet.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum WorkloadKind {
    Ec2,
    Asg,
    Ecs,
    Eks,
    Lambda,
    Rds,
    Elasticache,
    Memorydb,
    Opensearch,
    Msk,
    Mq,
    Redshift,
    Dms,
}

impl WorkloadKind {
    /// The property that says in which subnets something of the kind runs.
    pub fn placed_by(self) -> &'static str {
        match self {
            Self::Ec2 => "subnet",
            Self::Rds | Self::Elasticache | Self::Memorydb | Self::Redshift | Self::Dms => "subnet_group",
            Self::Asg | Self::Ecs | Self::Eks | Self::Lambda | Self::Opensearch | Self::Msk | Self::Mq => {
                "subnets"
            }
        }
    }
}

/// Compute that carries one security group: a layer of an architecture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TierFacts {
    /// Instances, Auto Scaling groups, services, functions, node groups.
    pub members: Vec<Key>,
    /// The zones of all of them.
    pub zones: ZoneSet,
    /// Load balancers that forward to a member.
    pub load_balancers: Vec<Key>,
    /// Databases, caches and file systems that admit the group on their port.
    pub data_stores: Vec<TierDataStore>,
}

/// What a tier depends on for its data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TierDataStore {
    pub resource: Key,
    pub zones: ZoneSet,
}

/// The environment that a resource says it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EnvironmentFacts {
    /// As the tag has it; absent where no tag names one.
    pub name: Value<Option<String>>,
    /// `prod`, `nonprod` or what else the settings map the name to; the default where nothing says.
    pub class: Value<String>,
}

fn no() -> Value<bool> {
    Value::Known(false)
}
