//! EC2 instances, and what they are launched from and in.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value, Zone};

/// An EC2 instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Instance {
    pub meta: Meta,
    /// Absent where the instance names none and starts in the default VPC.
    #[serde(default)]
    pub subnet: Value<Option<Key>>,
    /// Where the instance names one itself.
    #[serde(default)]
    pub zone: Value<Option<Zone>>,
    /// Interfaces that are resources of their own.
    #[serde(default)]
    pub network_interfaces: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub image: Value<Option<String>>,
    #[serde(default)]
    pub instance_type: Value<Option<String>>,
    #[serde(default)]
    pub source_dest_check: Value<bool>,
    /// Absent: the subnet decides.
    #[serde(default)]
    pub associate_public_ip: Value<Option<bool>>,
    /// The name of the image; known live only.
    #[serde(default)]
    pub image_name: Value<Option<String>>,
    /// Whether it has IPv6 addresses of its own; absent: the subnet decides.
    #[serde(default)]
    pub ipv6: Value<Option<bool>>,
    /// The private IPv4 address, where the source names it.
    #[serde(default)]
    pub private_address: Value<Option<String>>,
    /// The public IPv4 address; known live only.
    #[serde(default)]
    pub public_address: Value<Option<String>>,
    #[serde(default)]
    pub instance_profile: Value<Option<Key>>,
    /// Decides what the instance leaves out.
    #[serde(default)]
    pub launch_template: Value<Option<Key>>,
    /// Volumes that are launched with it, by device name, the root volume among them if it is named.
    #[serde(default)]
    pub block_devices: Value<Vec<Value<String>>>,
    /// Volumes of their own that the instance names itself.
    #[serde(default)]
    pub volumes: Value<Vec<Value<Key>>>,
    /// Whether the user data holds an AWS access key; the user data itself never enters.
    #[serde(default)]
    pub user_data_holds_aws_keys: Value<bool>,
    /// `running`, `terminated` and the like; known live only.
    #[serde(default)]
    pub state: Value<Option<String>>,
}

/// An Auto Scaling group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct AutoScalingGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    /// Where it names zones and no subnets.
    #[serde(default)]
    pub zones: Value<Vec<Value<Zone>>>,
    #[serde(default)]
    pub min_size: Value<i64>,
    #[serde(default)]
    pub max_size: Value<i64>,
    #[serde(default)]
    pub desired_capacity: Value<Option<i64>>,
    #[serde(default)]
    pub target_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub classic_load_balancers: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub health_check_types: Value<Vec<String>>,
    /// Seconds.
    #[serde(default)]
    pub health_check_grace_period_s: Value<Option<i64>>,
    #[serde(default)]
    pub launch_template: Value<Option<Key>>,
    /// Where it has a launch configuration instead.
    #[serde(default)]
    pub launch_configuration: Value<Option<Key>>,
    /// Of a group of mixed instances, the capacity that On-Demand Instances hold before any Spot Instance; absent: 0.
    #[serde(default)]
    pub on_demand_base_capacity: Value<Option<i64>>,
    /// Likewise the share of On-Demand Instances above that base; absent: 100, as in any other group.
    #[serde(default)]
    pub on_demand_percentage_above_base_capacity: Value<Option<i64>>,
    #[serde(default)]
    pub placement_group: Value<Option<Key>>,
    /// The transitions that its lifecycle hooks wait for: `autoscaling:EC2_INSTANCE_LAUNCHING` and
    /// `autoscaling:EC2_INSTANCE_TERMINATING`.
    #[serde(default)]
    pub lifecycle_hooks: Value<Vec<Value<String>>>,
    /// Its instances; known live only.
    #[serde(default)]
    pub instances: Value<Vec<Value<Key>>>,
}

impl AutoScalingGroup {
    /// The number of instances that it starts with, and the property that says so: its desired capacity, or its minimum
    /// where it names none.
    pub fn starts_with(&self) -> (&'static str, Value<i64>) {
        match &self.desired_capacity {
            Value::Known(None) => ("min_size", self.min_size.clone()),
            desired => ("desired_capacity", desired.clone().map(Option::unwrap_or_default)),
        }
    }
}

/// A launch template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LaunchTemplate {
    pub meta: Meta,
    #[serde(default)]
    pub image: Value<Option<String>>,
    #[serde(default)]
    pub instance_type: Value<Option<String>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub associate_public_ip: Value<Option<bool>>,
    /// Whether it gives IPv6 addresses; absent: the subnet decides.
    #[serde(default)]
    pub ipv6: Value<Option<bool>>,
    #[serde(default)]
    pub instance_profile: Value<Option<Key>>,
    /// Volumes that are launched with each instance, by device name.
    #[serde(default)]
    pub block_devices: Value<Vec<Value<String>>>,
    /// `spot`, `capacity-block`; absent: on demand.
    #[serde(default)]
    pub market_type: Value<Option<String>>,
    /// Where it names one itself.
    #[serde(default)]
    pub placement_group: Value<Option<Key>>,
    /// Whether the user data holds an AWS access key; the user data itself never enters.
    #[serde(default)]
    pub user_data_holds_aws_keys: Value<bool>,
}

/// A launch configuration, the predecessor of the launch template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LaunchConfiguration {
    pub meta: Meta,
    #[serde(default)]
    pub image: Value<Option<String>>,
    #[serde(default)]
    pub instance_type: Value<Option<String>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    /// Absent: the subnet decides.
    #[serde(default)]
    pub associate_public_ip: Value<Option<bool>>,
    #[serde(default)]
    pub instance_profile: Value<Option<Key>>,
    /// The most that its Spot Instances may cost; absent: it launches On-Demand Instances.
    #[serde(default)]
    pub spot_price: Value<Option<String>>,
    /// Whether the user data holds an AWS access key; the user data itself never enters.
    #[serde(default)]
    pub user_data_holds_aws_keys: Value<bool>,
}

/// A placement group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct PlacementGroup {
    pub meta: Meta,
    /// `cluster`, `partition` or `spread`.
    #[serde(default)]
    pub strategy: Value<String>,
}

/// What hands a role to instances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct InstanceProfile {
    pub meta: Meta,
    #[serde(default)]
    pub roles: Value<Vec<Value<Key>>>,
}

/// An EBS volume with its attachments folded in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct Volume {
    pub meta: Meta,
    #[serde(default)]
    pub zone: Value<Option<Zone>>,
    /// The instances that it is attached to.
    #[serde(default)]
    pub instances: Value<Vec<Value<Key>>>,
}

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct LambdaFunction {
    pub meta: Meta,
    /// Executions at once that are kept for it, and its limit; absent: what the account has left.
    #[serde(default)]
    pub reserved_concurrency: Value<Option<i64>>,
    /// Empty outside a VPC.
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
}
