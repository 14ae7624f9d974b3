//! Secrets in what an account tells: only whether they hold AWS access keys leaves the envelope they came in.

use std::fmt;

use serde_json::{Map, Value as Json, json};

use super::names::{is_document, is_name, is_value};
use super::{is_secret, is_secret_name, is_secret_text, within};
use crate::source::credentials::holds_access_key;

/// What stands in the place of a secret, beside the answer.
const ANSWER: &str = "$holdsAwsKeys";

/// Drops what is secret from the configuration of a resource, or from what another call tells of it. What is left
/// in its place reads as redacted. Dropping twice is dropping once.
pub(crate) fn redact(kind: &str, json: &mut Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|it| redact(kind, it)),
        Json::Object(fields) => {
            let is_named = value_is_secret(fields);
            for (name, it) in fields.iter_mut() {
                if is_secret(kind, name) || is_named && is_value(name) || it.is_string() && is_document(name)
                {
                    hide(it);
                } else {
                    redact(within(kind, name), it);
                }
            }
        }
        Json::String(it) if is_secret_text(it, false) => hide(json),
        _ => {}
    }
}

/// Whether an object is a pair of which the name tells that the value is a secret: `{Key: ApiToken, Value: ...}`.
fn value_is_secret(fields: &Map<String, Json>) -> bool {
    fields.iter().any(|(name, it)| is_name(name) && it.as_str().is_some_and(is_secret_name))
}

/// What tells where secrets are kept hides nothing, and neither does what is empty: it tells that nothing is set.
fn hide(secret: &mut Json) {
    if secret.get(ANSWER).is_none() && is_telling(secret) {
        let holds = holds(secret);
        *secret = json!({ "$unknown": { "reason": "redacted" }, ANSWER: holds });
    }
}

fn is_telling(json: &Json) -> bool {
    match json {
        Json::Null | Json::Bool(_) => false,
        Json::Number(_) => true,
        Json::String(it) => is_secret_text(it, true),
        Json::Array(items) => items.iter().any(is_telling),
        Json::Object(fields) => fields.values().any(is_telling),
    }
}

fn holds(json: &Json) -> bool {
    match json {
        Json::String(it) => holds_access_key(it),
        Json::Array(items) => items.iter().any(holds),
        Json::Object(fields) => fields.values().any(holds),
        _ => false,
    }
}

/// Whether a secret that was dropped held AWS access keys; nothing where none was.
pub(crate) fn held_aws_keys(json: &Json) -> Option<bool> {
    json.as_object()?.get(ANSWER)?.as_bool()
}

/// Why a JSON text cannot be read, without what stands in it: `serde_json` repeats the value that it did not expect.
#[derive(Debug)]
pub struct DamagedJson {
    message: String,
}

impl From<serde_json::Error> for DamagedJson {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        // `invalid type: string "...", expected a map at line 1 column 2`: the value is all up to the last of these.
        let message = match (text.split_once(": "), text.rsplit_once(", expected ")) {
            (Some((what, value)), Some((_, expected))) if error.is_data() && what.starts_with("invalid ") => {
                let sort = value.split([' ', ',']).next().unwrap_or_default();
                format!("{what}: {sort}, expected {expected}")
            }
            _ if text.starts_with("invalid ") || text.starts_with("unknown ") => {
                format!("a value is not what is expected at line {} column {}", error.line(), error.column())
            }
            _ => text,
        };
        Self { message }
    }
}

impl fmt::Display for DamagedJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DamagedJson {}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

    #[track_caller]
    fn redacted(kind: &str, mut json: Json) -> Json {
        redact(kind, &mut json);
        let once = json.clone();
        redact(kind, &mut json);
        assert_eq!(json, once);
        json
    }

    #[test]
    fn secrets_leave_nothing_but_whether_they_held_keys() {
        let hidden = |holds: bool| json!({ "$unknown": { "reason": "redacted" }, "$holdsAwsKeys": holds });
        let table = [
            ("AWS::EC2::Instance", json!({ "userData": "c2VjcmV0" }), json!({ "userData": hidden(false) })),
            (
                "AWS::EC2::LaunchTemplate",
                json!({ "LaunchTemplateData": { "UserData": format!("export A={KEY}") } }),
                json!({ "LaunchTemplateData": { "UserData": hidden(true) } }),
            ),
            (
                "AWS::ECS::TaskDefinition",
                json!({ "ContainerDefinitions": [{ "Name": "web", "Environment": [{ "Name": "A", "Value": KEY }], "Secrets": [{ "ValueFrom": "s" }] }] }),
                json!({ "ContainerDefinitions": [{ "Name": "web", "Environment": hidden(true), "Secrets": hidden(false) }] }),
            ),
            (
                "AWS::RDS::DBInstance",
                json!({ "pendingModifiedValues": { "masterUserPassword": "hunter2" }, "engine": "mysql" }),
                json!({ "pendingModifiedValues": { "masterUserPassword": hidden(false) }, "engine": "mysql" }),
            ),
            (
                "AWS::EC2::VPNConnection",
                json!({ "customerGatewayConfiguration": "<vpn/>" }),
                json!({ "customerGatewayConfiguration": hidden(false) }),
            ),
            (
                "AWS::DMS::Endpoint",
                json!({ "MySQLSettings": { "Port": 1 } }),
                json!({ "MySQLSettings": hidden(false) }),
            ),
            (
                "AWS::RDS::DBProxy",
                json!({ "MySettings": { "Port": 1 } }),
                json!({ "MySettings": { "Port": 1 } }),
            ),
            (
                "AWS::RDS::DBCluster",
                json!({ "MasterUserSecret": { "SecretArn": "arn:aws:secretsmanager:::a" }, "ManageMasterUserPassword": true }),
                json!({ "MasterUserSecret": { "SecretArn": "arn:aws:secretsmanager:::a" }, "ManageMasterUserPassword": true }),
            ),
            (
                "AWS::EC2::VPC",
                json!({ "tags": [{ "key": "ApiToken", "value": "x" }, { "key": "Environment", "value": "prod" }] }),
                json!({ "tags": [{ "key": "ApiToken", "value": hidden(false) }, { "key": "Environment", "value": "prod" }] }),
            ),
            (
                "AWS::CloudFormation::Stack",
                json!({ "parameters": [{ "parameterValue": "x" }] }),
                json!({ "parameters": hidden(false) }),
            ),
            (
                "AWS::Lambda::Function",
                json!({ "environment": null, "variables": {}, "userData": "" }),
                json!({ "environment": null, "variables": {}, "userData": "" }),
            ),
        ];
        for (kind, json, expected) in table {
            assert_eq!(redacted(kind, json), expected, "{kind}");
        }
    }
}
