//! What joins a VPC with other networks: peering, transit gateways, virtual private gateways.

use serde::{Deserialize, Serialize};

use crate::{Key, Meta, Value};

/// A VPC peering connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct VpcPeeringConnection {
    pub meta: Meta,
    #[serde(default)]
    pub vpc: Value<Key>,
    #[serde(default)]
    pub peer_vpc: Value<Key>,
    /// `active`, `deleted`, `rejected` and the like; known live only.
    #[serde(default)]
    pub state: Value<Option<String>>,
}

/// An attachment of a VPC to a transit gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct TransitGatewayAttachment {
    pub meta: Meta,
    #[serde(default)]
    pub transit_gateway: Value<Key>,
    #[serde(default)]
    pub vpc: Value<Key>,
    #[serde(default)]
    pub subnets: Value<Vec<Value<Key>>>,
}

/// A virtual private gateway; an attachment may be a resource of its own in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct VpnGateway {
    pub meta: Meta,
    /// The VPCs it is attached to.
    #[serde(default)]
    pub attachments: Value<Vec<Value<Key>>>,
}
