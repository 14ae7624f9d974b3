//! What is derived about the ways by which traffic leaves subnets.

use serde::{Deserialize, Serialize};

use crate::{Egress, EgressKind, Key, Reason, Unknown, Value, ZoneMember, ZoneSet};

/// Who leaves through a NAT gateway, a NAT instance or an inspection endpoint that stands in one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct EgressTargetFacts {
    /// Its subnet, with the zone.
    pub home: Value<ZoneMember>,
    /// The subnets that something runs in and whose IPv4 default leads to it. A Local Zone leaves through its parent
    /// Region, and is not counted.
    pub dependents: ZoneSet,
    /// Those that are in another zone than it is.
    pub elsewhere: ZoneSet,
    /// All subnets of its VPC that something runs in.
    pub workload_zones: ZoneSet,
}

/// How the traffic of one of a route table's subnets gets to a service that has gateway endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ServiceTraffic {
    pub subnet: Key,
    pub service: GatewayService,
    /// What carries it to the service: NAT, an inspection endpoint or a transit gateway; absent: an endpoint for the
    /// service does, or the subnet's traffic leaves otherwise.
    pub through: Value<Option<Egress>>,
    /// Whether something runs here that uses the service: all may say with a tag, `archlint:no-s3`, that it does not.
    pub used: Value<bool>,
}

impl ServiceTraffic {
    /// The NAT device or inspection endpoint that carries it. Over a transit gateway, interface endpoints of another VPC
    /// may be shared, by a hosted zone that nobody sees.
    pub fn nat(&self) -> Result<Option<&Key>, Unknown> {
        match self.through.decided()? {
            None => Ok(None),
            Some(Egress { kind, target: Some(target) }) if *kind != EgressKind::TransitGateway => {
                Ok(Some(target))
            }
            Some(_) => Err(Unknown::new(Reason::NotCollected, "endpoints of other VPCs")),
        }
    }
}

/// The services that have gateway endpoints.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>
#[derive(Debug, Clone, Copy, PartialOrd, Ord, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum GatewayService {
    S3,
    Dynamodb,
}

impl GatewayService {
    pub const ALL: [Self; 2] = [Self::S3, Self::Dynamodb];

    /// As the names of endpoint services end.
    pub fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::Dynamodb => "dynamodb",
        }
    }
}
