//! What is secret, or may be, never leaves the envelope it came in: only whether it holds AWS access keys does.

use serde_json::{Value as Json, json};

use super::item::{field, texts};
use crate::source::credentials::holds_access_key;

/// Fields that hold secrets, whatever type of resource they are of.
const SECRET: &[&str] = &[
    "authkey",
    "authtoken",
    "clientsecret",
    "customergatewayconfiguration",
    "environment",
    "environmentvariables",
    "masterusername",
    "masteruserpassword",
    "password",
    "presharedkey",
    "privatekey",
    "secretaccesskey",
    "secretkey",
    "secrets",
    "secretstring",
    "sharedsecret",
    "userdata",
    "username",
    "variables",
];

/// Fields that hold secrets in resources of some types.
const SECRET_OF: &[(&str, &[&str])] = &[
    // Values of parameters and outputs; `NoEcho` is their author's to think of.
    ("AWS::CloudFormation::Stack", &["parameters", "outputs"]),
    ("AWS::DMS::Endpoint", &["extraconnectionattributes"]),
    ("AWS::SSM::Parameter", &["value"]),
];

/// What stands in the place of a secret, beside the answer.
const ANSWER: &str = "$holdsAwsKeys";

/// Drops what is secret from the configuration of a resource, or from what another call tells of it. What is left
/// in its place reads as redacted. Dropping twice is dropping once.
pub(crate) fn redact(kind: &str, json: &mut Json) {
    match json {
        Json::Array(items) => items.iter_mut().for_each(|it| redact(kind, it)),
        Json::Object(fields) => {
            for (name, it) in fields.iter_mut() {
                if is_secret(kind, name) {
                    hide(it);
                } else {
                    redact(kind, it);
                }
            }
        }
        _ => {}
    }
}

fn is_secret(kind: &str, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_of_kind = SECRET_OF.iter().any(|it| it.0 == kind && it.1.contains(&name.as_str()));
    // Everything that DMS needs to log in to a database stands in the settings of its engine.
    let is_setting = kind == "AWS::DMS::Endpoint" && name.ends_with("settings");
    SECRET.contains(&name.as_str()) || is_of_kind || is_setting
}

/// What is empty hides nothing, and tells that nothing is set.
fn hide(secret: &mut Json) {
    let is_empty = match &*secret {
        Json::Null => true,
        Json::String(it) => it.is_empty(),
        Json::Array(it) => it.is_empty(),
        Json::Object(it) => it.is_empty(),
        Json::Bool(_) | Json::Number(_) => false,
    };
    if !is_empty && secret.get(ANSWER).is_none() {
        let holds = texts(secret).any(holds_access_key);
        *secret = json!({ "$unknown": { "reason": "redacted" }, ANSWER: holds });
    }
}

/// Whether a secret that was dropped held AWS access keys; nothing where none was.
pub(crate) fn held_aws_keys(json: &Json) -> Option<bool> {
    field(json, ANSWER)?.as_bool()
}

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
                json!({ "ContainerDefinitions": [{ "Name": "web", "Environment": [{ "Name": "A", "Value": KEY }], "Secrets": [{}] }] }),
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
