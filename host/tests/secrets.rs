//! Secrets planted wherever templates, plans and source code may hold them: none is in a report, a snapshot, an error or
//! what `-v` tells.

#![cfg(feature = "engine")] // without it there is no binary
#![expect(clippy::unwrap_used, reason = "a test may stop where it finds a fault")]

#[expect(dead_code, reason = "shared with tests that use all of it")]
mod folder;

use std::fs;

use folder::Folder;
use serde_json::{Map, Value as Json, json};

/// What each planted secret begins with; behind it stands what tells one from another.
const SECRET: &str = "hunter2x";

const FORMATS: [&str; 7] = ["human", "json", "sarif", "junit", "github", "gitlab", "markdown"];

/// Types and properties of them, in which `$` stands for a secret.
const PROPERTIES: &[(&str, &str)] = &[
    ("AWS::EC2::VPNConnection", r#"{"VpnTunnelOptionsSpecifications": [{"PreSharedKey": "$"}]}"#),
    (
        "AWS::EC2::Instance",
        r#"{"UserData": {"Fn::Base64": {"Fn::Sub": "export A=$\nexport B=${AWS::Region}"}}}"#,
    ),
    ("AWS::EC2::LaunchTemplate", r#"{"LaunchTemplateData": {"UserData": {"Fn::Join": ["", ["a", "$"]]}}}"#),
    ("AWS::AutoScaling::LaunchConfiguration", r#"{"UserData": "$"}"#),
    ("AWS::RDS::DBCluster", r#"{"MasterUsername": "$", "MasterUserPassword": "$"}"#),
    ("AWS::Redshift::Cluster", r#"{"MasterUserPassword": {"Fn::If": ["Never", "$", "$"]}}"#),
    ("AWS::ElastiCache::ReplicationGroup", r#"{"AuthToken": "$"}"#),
    ("AWS::AmazonMQ::Broker", r#"{"Users": [{"Username": "$", "Password": "$"}]}"#),
    (
        "AWS::KinesisFirehose::DeliveryStream",
        r#"{"HttpEndpointDestinationConfiguration": {"EndpointConfiguration": {"AccessKey": "$", "Url": "https://h/?t=$"}}, "SplunkDestinationConfiguration": {"HECToken": "$"}, "RedshiftDestinationConfiguration": {"Password": "$"}}"#,
    ),
    (
        "AWS::DMS::Endpoint",
        r#"{"ExtraConnectionAttributes": "user=$", "Password": "$", "MySqlSettings": {"AfterConnectScript": "$"}, "MongoDbSettings": {"Password": "$"}}"#,
    ),
    ("AWS::SSM::Parameter", r#"{"Name": "n", "Value": "$"}"#),
    ("AWS::SecretsManager::Secret", r#"{"SecretString": "{\"a\": \"$\"}"}"#),
    ("AWS::Lambda::Function", r#"{"Environment": {"Variables": {"A": "$"}}}"#),
    (
        "AWS::ECS::TaskDefinition",
        r#"{"ContainerDefinitions": [{"Name": "web", "Environment": [{"Name": "A", "Value": "$"}], "Command": ["--a", "$"], "EntryPoint": ["$"]}]}"#,
    ),
    (
        "AWS::Batch::JobDefinition",
        r#"{"ContainerProperties": {"Command": ["$"], "Environment": [{"Name": "A", "Value": "$"}]}}"#,
    ),
    (
        "AWS::CodeBuild::Project",
        r#"{"Environment": {"Image": "i", "EnvironmentVariables": [{"Name": "A", "Value": "$"}]}}"#,
    ),
    (
        "AWS::ElasticBeanstalk::Environment",
        r#"{"OptionSettings": [{"Namespace": "n", "OptionName": "A", "Value": "$"}]}"#,
    ),
    ("AWS::IAM::User", r#"{"LoginProfile": {"Password": "$"}}"#),
    (
        "AWS::Glue::Connection",
        r#"{"ConnectionInput": {"ConnectionProperties": {"JDBC_CONNECTION_URL": "$"}}}"#,
    ),
    (
        "AWS::AppFlow::ConnectorProfile",
        r#"{"ConnectorProfileConfig": {"ConnectorProfileCredentials": {"Datadog": {"ApiKey": "$"}}}}"#,
    ),
    ("AWS::Cognito::UserPoolIdentityProvider", r#"{"ProviderDetails": {"client_secret": "$"}}"#),
    ("AWS::ApiGateway::ApiKey", r#"{"Value": "$"}"#),
    ("AWS::CodePipeline::Webhook", r#"{"AuthenticationConfiguration": {"SecretToken": "$"}}"#),
    ("AWS::DirectConnect::PrivateVirtualInterface", r#"{"AuthKey": "$"}"#),
    (
        "AWS::Amplify::App",
        r#"{"OauthToken": "$", "AccessToken": "$", "BasicAuthConfig": {"Username": "u", "Password": "$"}}"#,
    ),
    ("AWS::DirectoryService::MicrosoftAD", r#"{"Password": "$"}"#),
    (
        "AWS::OpsWorks::App",
        r#"{"AppSource": {"Password": "$", "SshKey": "$"}, "Environment": [{"Key": "A", "Value": "$"}]}"#,
    ),
    ("AWS::Lightsail::Database", r#"{"MasterUserPassword": "$"}"#),
    (
        "AWS::EMR::Cluster",
        r#"{"BootstrapActions": [{"ScriptBootstrapAction": {"Args": ["$"]}}], "KerberosAttributes": {"KdcAdminPassword": "$"}}"#,
    ),
    (
        "AWS::Events::Connection",
        r#"{"AuthParameters": {"InvocationHttpParameters": {"HeaderParameters": [{"Key": "A", "Value": "$"}]}}}"#,
    ),
    ("AWS::CloudFormation::Stack", r#"{"TemplateURL": "https://h/none.yaml", "Parameters": {"Any": "$"}}"#),
    (
        "Custom::Thing",
        r#"{"ServiceToken": "arn:aws:lambda:eu-west-1:1:function:f", "ApiKey": "$", "nested": {"connection_string": "$"}}"#,
    ),
    ("AWS::S3::Bucket", r#"{"Tags": [{"Key": "ApiToken", "Value": "$"}], "Url": "postgres://u:$@h/d"}"#),
];

/// Numbers each `$` that is to be a secret.
#[derive(Default)]
struct Planter {
    planted: usize,
}

impl Planter {
    fn plant(&mut self, text: &str) -> String {
        let mut planted = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            planted.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if rest.starts_with('{') {
                planted.push('$');
            } else {
                self.planted += 1;
                let number = self.planted.to_string();
                planted.extend([SECRET, &number, "x"]);
            }
        }
        planted + rest
    }
}

/// A template with a secret everywhere, and in each resource something to find, so that its lines are shown.
fn template() -> Json {
    let mut planter = Planter::default();
    let mut resources = Map::new();
    for (at, (kind, properties)) in PROPERTIES.iter().enumerate() {
        let properties: Json = serde_json::from_str(&planter.plant(properties)).unwrap();
        resources.insert(format!("R{at}"), json!({ "Type": kind, "Properties": properties }));
    }
    let plant = |text: &str| Planter { planted: 1000 }.plant(text);
    resources.insert(
        "Db".to_owned(),
        json!({ "Type": "AWS::RDS::DBInstance",
            "Metadata": { "AWS::CloudFormation::Init": { "config": { "files": { "/a": { "content": plant("$") } } } } },
            "Properties": { "Engine": "mysql", "BackupRetentionPeriod": 0, "MasterUserPassword": plant("$"),
                "Tags": [{ "Key": "a", "Value": { "Fn::Sub": "a${Password}" } }] } }),
    );
    json!({
        "Parameters": {
            "Password": { "Type": "String", "NoEcho": true, "Default": plant("$"), "AllowedValues": [plant("$"), "b"] },
            "ApiToken": { "Type": "String", "Default": plant("$") },
        },
        "Conditions": {
            "Never": { "Fn::Equals": ["a", "b"] },
            "IsSet": { "Fn::Equals": [{ "Ref": "Password" }, "b"] },
        },
        "Mappings": { "M": { "a": { "Password": plant("$") } } },
        "Resources": resources,
        "Outputs": {
            "DbPassword": { "Value": plant("$") },
            "Printed": { "Value": { "Ref": "Password" } },
        },
    })
}

/// YAML in the block style of people, as far as JSON's values need it.
fn block(json: &Json, indentation: usize) -> String {
    let pad = " ".repeat(indentation);
    match json {
        Json::Object(fields) if !fields.is_empty() => fields
            .iter()
            .map(|(name, it)| format!("\n{pad}{}:{}", json!(name), block(it, indentation + 2)))
            .collect::<Vec<_>>()
            .concat(),
        Json::Array(items) if !items.is_empty() => items
            .iter()
            .map(|it| format!("\n{pad}-{}", block(it, indentation + 2)))
            .collect::<Vec<_>>()
            .concat(),
        Json::String(text) if text.contains('\n') => {
            text.lines().fold(" |".to_owned(), |block, line| format!("{block}\n{pad}{line}"))
        }
        scalar => format!(" {scalar}"),
    }
}

/// Every output of every command over an input, none of which has a secret. What some of them must have, so that
/// nothing is missing because nothing was read.
#[track_caller]
fn check(folder: &Folder, input: &[&str], shown: &[&str]) {
    let mut outputs = Vec::new();
    let mut run = |arguments: &[&str]| {
        let run = folder.archlint(&[arguments, input].concat());
        outputs.push(run.stdout + &run.stderr);
    };
    for format in FORMATS {
        run(&["check", "--no-config", "-v", "--all-scenarios", "--format", format]);
    }
    run(&["snapshot", "--no-config"]);
    let saved = outputs.last().unwrap().clone();
    folder.write("saved.json", saved);
    outputs.push(folder.archlint(&["check", "--no-config", "--format", "human", "saved.json"]).stdout);
    fs::remove_file(folder.path.join("saved.json")).unwrap();
    for it in &outputs {
        let at = it.find(SECRET).map(|at| it.floor_char_boundary(at.saturating_sub(300))..at + 20);
        assert_eq!(at.map(|at| &it[at]), None, "{input:?}");
    }
    for text in shown {
        assert!(outputs.iter().any(|it| it.contains(text)), "no {text} for {input:?}: {}", outputs[0]);
    }
}

#[test]
fn secrets_of_templates_are_in_no_output() {
    let template = template();
    let folder = Folder::new("secrets-templates");
    folder
        .write("line.json", template.to_string())
        .write("pretty.json", serde_json::to_string_pretty(&template).unwrap())
        .write("flow.yaml", format!("# flow\n{template}"))
        .write("block.yaml", block(&template, 0).trim_start());
    let shown = ["redacted", "BackupRetentionPeriod"];
    for file in ["line.json", "pretty.json", "flow.yaml", "block.yaml"] {
        check(&folder, &[file], &shown);
    }
    folder.write("values.json", json!({ "Password": format!("{SECRET}given") }).to_string());
    check(&folder, &["pretty.json", "--parameters", "values.json"], &shown);
}

#[test]
fn secrets_passed_to_nested_stacks_are_in_no_output() {
    let folder = Folder::new("secrets-nested");
    let root = format!(
        "Parameters:\n  P: {{Type: String, NoEcho: true, Default: {SECRET}1}}\nResources:\n  S:\n    Type: AWS::CloudFormation::Stack\n    \
         Properties: {{TemplateURL: nested.yaml, Parameters: {{Given: !Ref P, Plain: {SECRET}2}}}}\n"
    );
    let nested = "Parameters: {Given: {Type: String, NoEcho: true}, Plain: {Type: String, NoEcho: true}}\nResources:\n  Db: {Type: AWS::RDS::DBInstance, \
                  Properties: {Engine: mysql, BackupRetentionPeriod: 0, MasterUserPassword: !Ref Given, MasterUsername: !Ref Plain}}\n";
    folder.write("root.yaml", root).write("nested.yaml", nested);
    check(&folder, &["root.yaml", "nested.yaml"], &["redacted", "BackupRetentionPeriod"]);
}

#[test]
fn errors_show_no_secrets() {
    for (at, text) in [
        format!("Resources:\n  Db:\n    Password: {SECRET}\n   Type: [a\n"),
        format!("Resources:\n  Db:\n    UserData: |\n      {SECRET}\n    Password: \"{SECRET}\n"),
        format!("Resources:\n  Db:\n    Command: [a, {SECRET}, 'b\n"),
        format!("{{\"Resources\": {{\"Db\": {{\"Password\": \"{SECRET}\", }}}}"),
        format!("Resources:\n  Db: {{Type: AWS::RDS::DBInstance, Properties: {{Password: !!int {SECRET}}}}}\n"),
        format!("Resources:\n  Db: {{Type: AWS::RDS::DBInstance, Properties: {{Password: {SECRET}, DBSubnetGroupName: !Ref Nowhere}}}}\n"),
        format!("{{\"format_version\": \"1.2\", \"resource_changes\": \"{SECRET}\"}}"),
        format!("{{\"format_version\": \"1.2\", \"resource_changes\": [{{\"address\": \"aws_vpc.v\", \"change\": {{\"actions\": \"{SECRET}\"}}}}]}}"),
        format!("{{\"archlint_snapshot\": \"0.1\", \"architectures\": \"{SECRET}\"}}"),
        format!("{{\"archlint_scan\": \"0.1\", \"kinds\": \"{SECRET}\"}}\n"),
        format!("{{\"configurationItems\": [{{\"resourceType\": \"AWS::EC2::VPC\", \"resourceId\": \"v\", \"configuration\": \"{SECRET}\"}}]}}"),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = Folder::new(&format!("secrets-errors-{at}"));
        folder.write("input.json", &text);
        check(&folder, &["input.json"], &["input.json"]);
    }
    let folder = Folder::new("secrets-errors-parameters");
    folder.write("t.yaml", "Resources: {}").write("p.json", format!("{{\"A\": {SECRET}}}"));
    check(&folder, &["t.yaml", "--parameters", "p.json"], &["p.json"]);
}

/// Types of Terraform and attributes of them, in which `$` stands for a secret.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("aws_vpn_connection", r#"{"tunnel1_preshared_key": "$", "customer_gateway_configuration": "$"}"#),
    ("aws_instance", r#"{"user_data": "$", "user_data_base64": "$"}"#),
    ("aws_launch_template", r#"{"user_data": "$"}"#),
    ("aws_rds_cluster", r#"{"master_password": "$", "master_username": "$"}"#),
    ("aws_elasticache_replication_group", r#"{"auth_token": "$"}"#),
    ("aws_mq_broker", r#"{"user": [{"username": "$", "password": "$"}]}"#),
    (
        "aws_kinesis_firehose_delivery_stream",
        r#"{"http_endpoint_configuration": [{"access_key": "$", "url": "https://h/?t=$"}], "splunk_configuration": [{"hec_token": "$"}]}"#,
    ),
    (
        "aws_dms_endpoint",
        r#"{"extra_connection_attributes": "$", "password": "$", "postgres_settings": [{"after_connect_script": "$"}]}"#,
    ),
    ("aws_ssm_parameter", r#"{"value": "$", "insecure_value": "$"}"#),
    ("aws_secretsmanager_secret_version", r#"{"secret_string": "$", "secret_binary": "$"}"#),
    ("aws_lambda_function", r#"{"environment": [{"variables": {"A": "$"}}]}"#),
    ("aws_ecs_task_definition", r#"{"container_definitions": "[{\"environment\": \"$\"}]"}"#),
    ("aws_batch_job_definition", r#"{"container_properties": "{\"command\": \"$\"}"}"#),
    (
        "aws_codebuild_project",
        r#"{"environment": [{"environment_variable": [{"name": "A", "value": "$"}]}]}"#,
    ),
    ("aws_elastic_beanstalk_environment", r#"{"setting": [{"name": "A", "value": "$"}]}"#),
    ("aws_iam_access_key", r#"{"secret": "$", "ses_smtp_password_v4": "$"}"#),
    ("aws_glue_connection", r#"{"connection_properties": {"JDBC": "$"}}"#),
    ("aws_api_gateway_api_key", r#"{"value": "$"}"#),
    ("aws_dx_private_virtual_interface", r#"{"bgp_auth_key": "$"}"#),
    ("aws_s3_bucket", r#"{"tags": {"ApiToken": "$"}, "url": "postgres://u:$@h/d"}"#),
    ("aws_other", r#"{"nested": [{"connectionString": "$"}], "marked": {"a": ["$"]}}"#),
];

fn plan() -> Json {
    let mut planter = Planter::default();
    let change = |kind: &str, name: &str, after: Json, sensitive: Json| {
        json!({ "address": format!("{kind}.{name}"), "change": { "actions": ["create"], "after": after,
            "after_unknown": {}, "after_sensitive": sensitive } })
    };
    let mut changes: Vec<Json> = ATTRIBUTES
        .iter()
        .map(|(kind, attributes)| {
            let after = serde_json::from_str(&planter.plant(attributes)).unwrap();
            change(kind, "a", after, json!({ "marked": true }))
        })
        .collect();
    let secret = format!("{SECRET}0x");
    changes.push(change(
        "aws_db_instance",
        "db",
        json!({ "engine": "mysql", "backup_retention_period": 0, "password": secret, "tags": {} }),
        json!({}),
    ));
    json!({
        "format_version": "1.2",
        "variables": { "db_password": { "value": secret } },
        "resource_changes": changes,
        "configuration": { "root_module": {
            "variables": { "db_password": { "default": secret, "sensitive": true } },
            "resources": [{ "address": "aws_db_instance.db", "mode": "managed", "type": "aws_db_instance", "name": "db",
                "expressions": { "password": { "references": ["var.db_password"] } } }],
            "outputs": { "password": { "sensitive": true, "expression": { "constant_value": secret } } },
        } },
    })
}

#[test]
fn secrets_of_plans_and_their_source_code_are_in_no_output() {
    let folder = Folder::new("secrets-plans");
    folder.write("plan.json", plan().to_string());
    check(&folder, &["plan.json"], &["redacted"]);
    let code = format!(
        "variable \"db_password\" {{\n  default = \"{SECRET}1\"\n}}\nvariable \"v\" {{\n  sensitive = true\n  default = \"{SECRET}2\"\n}}\n\
         locals {{\n  api_key = \"{SECRET}3\"\n}}\n\
         resource \"aws_db_instance\" \"db\" {{\n  password = \"{SECRET}5\"\n  engine = \"mysql\"\n  \
         backup_retention_period = 0\n  user_data = <<-EOT\n    {SECRET}6\n  EOT\n}}\n"
    );
    folder.write("code/main.tf", code);
    check(&folder, &["plan.json", "--tf-dir", "code"], &["redacted", "backup_retention_period"]);
    folder.write(
        "code/broken.tf",
        format!("resource \"a\" \"b\" {{\n  password = \"{SECRET}7\"\n  other = = \"a\"\n"),
    );
    check(&folder, &["plan.json", "--tf-dir", "code"], &["cannot parse"]);
}

#[test]
fn what_a_template_names_is_not_opened() {
    let folder = Folder::new("secrets-names");
    let nested =
        format!("Resources:\n  Db: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: {SECRET}}}}}\n");
    let stack = |url: &str| {
        json!({ "Resources": { "S": { "Type": "AWS::CloudFormation::Stack",
            "Metadata": { "aws:asset:path": url }, "Properties": { "TemplateURL": url } } } })
    };
    let outside = folder.path.join("outside/nested.yaml");
    folder.write("outside/nested.yaml", nested);
    for (at, url) in ["../outside/nested.yaml", outside.to_str().unwrap()].into_iter().enumerate() {
        let url_of_file = format!("file://{url}");
        let named = [stack(url), stack(&url_of_file)];
        folder
            .write("in/a.json", named[at % 2].to_string())
            .write("in/b.json", named[1 - at % 2].to_string());
        check(&folder, &["in"], &["in/a.json"]);
    }
}

#[cfg(unix)]
#[test]
fn links_in_a_folder_lead_nowhere() {
    let folder = Folder::new("secrets-links");
    let secret =
        format!("Resources:\n  Db: {{Type: AWS::RDS::DBInstance, Properties: {{Engine: {SECRET}}}}}\n");
    folder.write("outside/secret.yaml", secret).write("in/t.yaml", "Resources: {}");
    for (target, link) in [("outside", "in/folder"), ("outside/secret.yaml", "in/file.yaml")] {
        std::os::unix::fs::symlink(folder.path.join(target), folder.path.join(link)).unwrap();
    }
    check(&folder, &["in"], &["in/t.yaml"]);
}
