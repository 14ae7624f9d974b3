//! Which properties hold secrets: by their own names, and by the type of their resource.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::SECRET_OF;

/// What the names of secrets end in, in small letters and without separators. Not in the list is what only tells of a
/// secret: `SecretArn`, `PasswordLength`, `KmsKeyId`.
const ENDINGS: &[&str] = &[
    "accesskey",
    "apikey",
    "authkey",
    "authorization",
    "connectionstring",
    "credential",
    "credentials",
    "encryptionkey",
    "extraconnectionattributes",
    "passcode",
    "passphrase",
    "passwd",
    "password",
    "presharedkey",
    "privatekey",
    "pwd",
    "secret",
    "secretbinary",
    "secretkey",
    "secretstring",
    "sharedkey",
    "signingkey",
    "sshkey",
    "token",
];

/// Names that stand for secrets, or for what somebody may have put secrets into, wherever they are.
const WHOLE: &[&str] = &[
    "connectionproperties",
    "customergatewayconfiguration",
    "environment",
    "environmentvariable",
    "environmentvariables",
    "masterusername",
    "userdata",
    "userdatabase64",
    "username",
    "variables",
];

/// Names of what Terraform has as JSON in a text, in which nobody looks for properties: all of it is kept back.
const IN_TEXT: &[&str] = &["containerdefinitions", "containerproperties", "ecsproperties", "nodeproperties"];

/// In a resource's metadata, what a server is to run.
pub(super) const INIT: &str = "AWS::CloudFormation::Init";

/// Stands for the type where a name is what its author chose, of a parameter or a tag: `Environment` is one of many.
pub(crate) const CHOSEN: &str = "*";

/// Names that end like a secret's and are none.
const HARMLESS: &[&str] =
    &["httptokens", "nexttoken", "clienttoken", "clientrequesttoken", "kmsencryptionkey"];

/// What the schemas of types do not tell.
const MORE_OF: &[(&str, &[&str])] = &[
    ("AWS::ApiGateway::ApiKey", &["value"]),
    ("AWS::Batch::JobDefinition", &["command", "entrypoint", "parameters"]),
    // Values of parameters and outputs; `NoEcho` is their author's to think of.
    ("AWS::CloudFormation::Stack", &["outputs", "parameters"]),
    (INIT, &["command", "content", "env"]),
    ("AWS::CloudFront::Distribution", &["headervalue"]),
    ("AWS::DMS::Endpoint", &["afterconnectscript"]),
    ("AWS::ECS::TaskDefinition", &["command", "entrypoint"]),
    ("AWS::EMR::Cluster", &["args"]),
    ("AWS::EMR::Step", &["args"]),
    ("AWS::ElasticBeanstalk::ConfigurationTemplate", &["value"]),
    ("AWS::ElasticBeanstalk::Environment", &["value"]),
    ("AWS::Lambda::Function", &["zipfile"]),
    ("AWS::OpsWorks::App", &["value"]),
    ("AWS::OpsWorks::Stack", &["customjson"]),
    ("AWS::SSM::Parameter", &["insecurevalue", "value", "valuewo"]),
];

/// Where such a name stands for something else: for a block of settings, of which some may be secret, and for what of a
/// key of S3 tells one object from the next.
const NOT_OF: &[(&str, &[&str])] =
    &[("AWS::CodeBuild::Project", &["environment"]), ("Archlint::S3::KeyPopulation", &["token"])];

/// A name without its spelling: `pre_shared_key`, `PreSharedKey` and `pre-shared-key` are one.
fn normal(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
}

/// Whether a property, whatever its depth and spelling, holds a secret in resources of a type of CloudFormation; the
/// type is empty where nobody knows it.
pub(crate) fn is_secret(kind: &str, name: &str) -> bool {
    let name = normal(name);
    let has =
        |table: &[(&str, &[&str])]| table.iter().any(|it| it.0 == kind && it.1.contains(&name.as_str()));
    // Everything that DMS needs to log in to a database stands in the settings of its engine.
    let is_setting = || kind == "AWS::DMS::Endpoint" && name.ends_with("settings");
    let is_of_schema = || of_schema(kind).contains(&name.as_str());
    let is_whole = || kind != CHOSEN && WHOLE.contains(&name.as_str());
    !has(NOT_OF) && (is_named(&name) || is_whole() || has(MORE_OF) || is_of_schema() || is_setting())
}

/// Whether a property, where it is a text, is a document with secrets in it.
pub(crate) fn is_document(name: &str) -> bool {
    IN_TEXT.contains(&normal(name).as_str())
}

/// What stands for the type within a property: tags have names that their author chose.
pub(crate) fn within<'k>(kind: &'k str, name: &str) -> &'k str {
    if ["tags", "tags_all", "tagset"].iter().any(|it| name.eq_ignore_ascii_case(it)) { CHOSEN } else { kind }
}

/// Whether a name that its author chose tells that it stands for a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    is_named(&normal(name))
}

fn is_named(normal: &str) -> bool {
    // Terraform: `password_wo` is written only, `ses_smtp_password_v4` is made with that version of a signature.
    let bare = normal.strip_suffix("wo").or_else(|| normal.strip_suffix("v4")).unwrap_or(normal);
    let one = bare.strip_suffix('s').unwrap_or(bare);
    if HARMLESS.contains(&normal) {
        return false;
    }
    ENDINGS.iter().any(|it| bare.ends_with(it) || one.ends_with(it))
}

/// Whether a name is that of the name in a pair of a name and a value.
pub(crate) fn is_name(name: &str) -> bool {
    ["key", "name", "tagkey", "parametername"].iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Whether a name is that of the value in such a pair.
pub(crate) fn is_value(name: &str) -> bool {
    ["value", "tagvalue", "parametervalue"].iter().any(|it| name.eq_ignore_ascii_case(it))
}

/// Whether a name may stand for a secret in a text of which nothing else is known: whatever holds one in any type, and
/// what holds values of every sort.
pub(super) fn may_be_secret(name: &str) -> bool {
    const VALUES: [&str; 4] = ["default", "fnbase64", "content", "defaultvalue"];
    let name = normal(name);
    let lists = || SECRET_OF.iter().chain(MORE_OF).flat_map(|it| it.1);
    is_named(&name)
        || WHOLE.contains(&name.as_str())
        || VALUES.contains(&name.as_str())
        || lists().any(|it| *it == name)
}

fn of_schema(kind: &str) -> &'static [&'static str] {
    let at = SECRET_OF.binary_search_by(|it| it.0.cmp(kind));
    at.map_or(&[], |at| SECRET_OF[at].1)
}

/// CloudFormation's name of a type of Terraform, of those that the tables have: `aws_dms_endpoint` is
/// `AWS::DMS::Endpoint`. Empty for others.
pub(crate) fn type_of_terraform(terraform: &str) -> &'static str {
    static TYPES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
        let kinds = SECRET_OF.iter().chain(MORE_OF).chain(NOT_OF).map(|it| it.0);
        let names = |kind: &'static str| {
            let (service, resource) = kind.split_once("::")?.1.split_once("::")?;
            // Terraform leaves out the service where everybody knows it.
            Some([(normal(&format!("{service}{resource}")), kind), (normal(resource), kind)])
        };
        kinds.filter_map(names).flatten().collect()
    });
    let own = terraform.strip_prefix("aws_").map(normal).unwrap_or_default();
    TYPES.get(&own).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_every_spelling() {
        for name in [
            "PreSharedKey",
            "pre_shared_key",
            "tunnel1_preshared_key",
            "MasterUserPassword",
            "master_password",
            "password_wo",
            "ses_smtp_password_v4",
            "Passwords",
            "HECToken",
            "hec_token",
            "AccessKey",
            "DB_PASSWORD",
            "connection-string",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "SecretArn",
            "secret_arn",
            "KmsKeyId",
            "PasswordLength",
            "password_wo_version",
            "HttpTokens",
            "TokenEndpoint",
            "AccessKeyId",
            "KeyName",
            "PublicKey",
            "PartitionKey",
            "CidrBlock",
            "Environment",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn types_tell_what_names_do_not() {
        for (kind, name, expected) in [
            ("AWS::SSM::Parameter", "Value", true),
            (type_of_terraform("aws_ssm_parameter"), "value", true),
            ("AWS::EC2::Subnet", "Value", false),
            (type_of_terraform("aws_subnet"), "value", false),
            ("AWS::ECS::TaskDefinition", "Command", true),
            ("AWS::Lambda::Function", "Command", false),
            ("AWS::KinesisFirehose::DeliveryStream", "Url", true),
            (type_of_terraform("aws_kinesis_firehose_delivery_stream"), "url", true),
            ("AWS::DMS::Endpoint", "MySqlSettings", true),
            ("", "extra_connection_attributes", true),
            ("AWS::DMS::Endpoint", "postgres_settings", true),
            (type_of_terraform("aws_lambda_function"), "zip_file", true),
            ("AWS::CodeBuild::Project", "Environment", false),
            ("Archlint::S3::KeyPopulation", "token", false),
            ("AWS::CodeBuild::Project", "EnvironmentVariables", true),
            ("", "user_data_base64", true),
            ("", "Environment", true),
            (within("", "Tags"), "Environment", false),
            (within("", "Tags"), "ApiToken", true),
            ("", "Value", false),
            ("", "Password", true),
        ] {
            assert_eq!(is_secret(kind, name), expected, "{kind} {name}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_spells_as_names_are_compared() {
        assert!(SECRET_OF.is_sorted_by(|one, other| one.0 < other.0));
        for (kind, names) in SECRET_OF {
            assert!(kind.starts_with("AWS::") && !names.is_empty(), "{kind}");
            assert!(names.is_sorted_by(|one, other| one < other), "{kind}");
            assert!(names.iter().all(|it| *it == normal(it)), "{kind}");
            // What the name tells already needs no row: the table would be written anew with other endings.
            let is_told = |it: &&&str| ENDINGS.iter().any(|ending| it.ends_with(ending));
            assert_eq!(names.iter().find(is_told), None, "{kind}");
        }
        // What the schemas are known for: a table that was cut short fails here.
        for (kind, name) in [
            ("AWS::EC2::Instance", "userdata"),
            ("AWS::Events::Connection", "authparameters"),
            ("AWS::KinesisFirehose::DeliveryStream", "url"),
            ("AWS::MWAA::Environment", "airflowconfigurationoptions"),
        ] {
            assert!(of_schema(kind).contains(&name), "{kind} {name}");
        }
    }
}
