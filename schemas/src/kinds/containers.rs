//! Containers: ECS services and their task definitions, EKS node groups.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value};

/// An ECS service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EcsService {
    pub meta: Meta,
    #[serde(default)]
    pub task_definition: Value<Option<Key>>,
    /// Absent: one task, or one on each instance of a daemon.
    #[serde(default)]
    pub desired_count: Value<Option<i64>>,
    /// Of network mode `awsvpc`; tasks of the other modes run in their instances' subnets.
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub security_groups: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub assign_public_ip: Value<bool>,
    #[serde(default)]
    pub load_balancers: Value<Vec<ServiceLoadBalancer>>,
}

/// Where a service registers its tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ServiceLoadBalancer {
    pub target_group: Value<Option<Key>>,
    pub classic_load_balancer: Value<Option<Key>>,
    pub container: Value<Option<String>>,
    pub container_port: Value<Option<i64>>,
}

/// An ECS task definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TaskDefinition {
    pub meta: Meta,
    #[serde(default)]
    pub network_mode: Value<NetworkMode>,
    #[serde(default)]
    pub port_mappings: Value<Vec<PortMapping>>,
}

/// A port of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct PortMapping {
    pub container: Value<Option<String>>,
    pub container_port: Value<Option<i64>>,
    /// The port of the instance; 0 for one that ECS chooses, absent where it is the container's.
    pub host_port: Value<Option<i64>>,
}

/// How the containers of a task are connected.
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NetworkMode {
    Awsvpc,
    Bridge,
    Host,
    None,
}

/// A managed node group of an EKS cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct NodeGroup {
    pub meta: Meta,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
    #[serde(default)]
    pub launch_template: Value<Option<Key>>,
    #[serde(default)]
    pub min_size: Value<Option<i64>>,
    #[serde(default)]
    pub desired_size: Value<Option<i64>>,
}
