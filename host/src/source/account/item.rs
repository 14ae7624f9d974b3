//! One resource as AWS Config records it, whatever envelope it came in; direct calls give the same shape.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value as Json};

/// A resource of an account. Written as JSON, it is an item of AWS Config in the envelope of its API.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Item {
    /// The type, by its name in CloudFormation.
    #[serde(rename = "resourceType")]
    pub(crate) kind: String,
    /// What AWS Config calls the resource's id: an id, a name, an ARN, or an internal id.
    #[serde(rename = "resourceId")]
    pub(crate) id: String,
    #[serde(rename = "resourceName", skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) arn: Option<String>,
    #[serde(rename = "accountId", skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    #[serde(rename = "awsRegion", skip_serializing_if = "Option::is_none")]
    pub(crate) region: Option<String>,
    /// Absent where nobody told them: a batch reply of AWS Config does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<BTreeMap<String, String>>,
    /// The resource in the words of its describe call, or of its CloudFormation type; keys in any case.
    pub(crate) configuration: Json,
    /// What other calls tell of it, by the name of what they tell: `LoadBalancerAttributes`.
    #[serde(rename = "supplementaryConfiguration")]
    pub(crate) supplementary: Json,
}

impl Item {
    /// Whether AWS still lists the resource although it is gone, or nearly so.
    pub(crate) fn is_gone(&self) -> bool {
        const GONE: [&str; 6] = ["deleted", "deleting", "terminated", "shutting-down", "rejected", "expired"];
        // What ECS calls a service or a cluster that was deleted; of a function it says that nobody calls it.
        let is_inactive = |it: &str| it == "inactive" && self.kind.starts_with("AWS::ECS::");
        let state = |name: &str| {
            let state = field(&self.configuration, name)?;
            // A state alone, or with its code: `{"code": 48, "name": "terminated"}`.
            let within = |name: &str| field(state, name)?.as_str();
            state.as_str().or_else(|| ["name", "code", "value"].into_iter().find_map(within))
        };
        let states = ["state", "status"].into_iter().filter_map(state).map(str::to_ascii_lowercase);
        states.into_iter().any(|it| GONE.contains(&it.as_str()) || is_inactive(&it))
    }

    /// Takes over what another item tells of the same resource and this one does not.
    pub(crate) fn complete(&mut self, other: Self) {
        self.name = self.name.take().or(other.name);
        self.arn = self.arn.take().or(other.arn);
        self.account = self.account.take().or(other.account);
        self.region = self.region.take().or(other.region);
        self.tags = self.tags.take().or(other.tags);
        add_missing(&mut self.configuration, other.configuration);
        add_missing(&mut self.supplementary, other.supplementary);
    }

    /// A property by its name, which means the same in any case: of the configuration, else of what other
    /// calls tell.
    pub(crate) fn property(&self, name: &str) -> Option<&Json> {
        field(&self.configuration, name).or_else(|| field(&self.supplementary, name))
    }

    /// A property that is a text with something in it.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.property(name)?.as_str().filter(|it| !it.is_empty())
    }
}

/// A field of an object by its name, which means the same in any case; null is as good as none.
pub(crate) fn field<'j>(json: &'j Json, name: &str) -> Option<&'j Json> {
    let fields = json.as_object()?;
    let found = fields.get(name).or_else(|| any_case(fields, name));
    found.filter(|it| !it.is_null())
}

fn add_missing(json: &mut Json, other: Json) {
    let Json::Object(other) = other else { return };
    let Json::Object(fields) = json else { return };
    let told = fields.iter().filter(|it| !it.1.is_null()).map(|it| it.0.to_ascii_lowercase());
    let told: BTreeSet<String> = told.collect();
    fields.extend(other.into_iter().filter(|(name, _)| !told.contains(&name.to_ascii_lowercase())));
}

/// Every text within.
pub(crate) fn texts(json: &Json) -> Box<dyn Iterator<Item = &str> + '_> {
    match json {
        Json::String(it) => Box::new(std::iter::once(it.as_str())),
        Json::Array(items) => Box::new(items.iter().flat_map(texts)),
        Json::Object(fields) => Box::new(fields.values().flat_map(texts)),
        _ => Box::new(std::iter::empty()),
    }
}

fn any_case<'j>(fields: &'j Map<String, Json>, name: &str) -> Option<&'j Json> {
    fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|it| it.1)
}

/// Whether a name is an ARN or an id that AWS gave: `subnet-0f1e2d3c`.
pub(crate) fn is_one_everywhere(name: &str) -> bool {
    let is_given = |(_, id): (&str, &str)| id.len() >= 8 && id.bytes().all(|it| it.is_ascii_hexdigit());
    name.starts_with("arn:") || name.rsplit_once('-').is_some_and(is_given)
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// An item of which nobody said where it is.
    pub(crate) fn item(kind: &str, id: &str, configuration: Json) -> Item {
        Item {
            kind: kind.to_owned(),
            id: id.to_owned(),
            name: None,
            arn: None,
            account: None,
            region: None,
            tags: Some(BTreeMap::new()),
            configuration,
            supplementary: json!({}),
        }
    }

    #[test]
    fn what_is_gone_is_told_by_its_state() {
        let gone = [
            ("AWS::EC2::NatGateway", json!({ "state": "deleted" })),
            ("AWS::EC2::Instance", json!({ "State": { "Code": 48, "Name": "terminated" } })),
            ("AWS::EC2::VPCPeeringConnection", json!({ "status": { "code": "rejected" } })),
            ("AWS::ECS::Service", json!({ "status": "INACTIVE" })),
        ];
        for (kind, configuration) in gone {
            assert!(item(kind, "x", configuration).is_gone(), "{kind}");
        }
        let there = [
            ("AWS::EC2::NatGateway", json!({ "state": "failed" })),
            ("AWS::EC2::NetworkInterface", json!({ "status": "in-use" })),
            ("AWS::Lambda::Function", json!({ "state": "Inactive" })),
            (
                "AWS::ElasticLoadBalancingV2::LoadBalancer",
                json!({ "state": { "code": "active", "reason": null } }),
            ),
        ];
        for (kind, configuration) in there {
            assert!(!item(kind, "x", configuration).is_gone(), "{kind}");
        }
    }

    #[test]
    fn a_property_is_found_in_any_case_and_then_among_what_other_calls_tell() {
        let mut it =
            item("AWS::RDS::DBInstance", "x", json!({ "dBInstanceClass": "db.t3.small", "multiAZ": null }));
        it.supplementary = json!({ "MultiAZ": true });
        assert_eq!(it.property("DBInstanceClass"), Some(&json!("db.t3.small")));
        assert_eq!(it.property("multiAz"), Some(&json!(true)));
        assert_eq!(it.property("engine"), None);
    }
}
