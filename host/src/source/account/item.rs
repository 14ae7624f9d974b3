//! One resource as AWS Config records it, whatever envelope it came in; direct calls give the same shape.

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// A resource of an account.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// The type, by its name in CloudFormation.
    pub(crate) kind: String,
    /// What AWS Config calls the resource's id: an id, a name, an ARN, or an internal id.
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) arn: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    /// The resource in the words of its describe call, or of its CloudFormation type; keys in any case.
    pub(crate) configuration: Json,
    /// What other calls tell of it, by the name of what they tell: `LoadBalancerAttributes`.
    pub(crate) supplementary: Json,
}
