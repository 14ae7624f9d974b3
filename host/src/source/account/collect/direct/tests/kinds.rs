//! Kinds whose calls are like no other's.

use serde_json::json;

use super::*;

#[tokio::test]
async fn services_are_listed_of_each_cluster_and_lead_to_task_definitions_once() {
    let service = |name: &str, cluster: &str| {
        json!({
            "serviceArn": format!("arn:{name}"), "serviceName": name, "clusterArn": cluster, "taskDefinition": "task:1",
            "tags": [{"key": "Name", "value": name}],
        })
    };
    let collected = collect(
        "AWS::ECS::TaskDefinition",
        vec![
            reply(&["ListClusters"], json!({"clusterArns": ["arn:a", "arn:b"]})),
            reply(&["ListServices", r#""cluster":"arn:a""#], json!({"serviceArns": ["arn:1", "arn:2"]})),
            reply(&["ListServices", r#""cluster":"arn:b""#], json!({"serviceArns": ["arn:3"]})),
            reply(
                &["DescribeServices", r#""cluster":"arn:a""#, r#""services":["arn:1","arn:2"]"#, r#""include":["TAGS"]"#],
                json!({"services": [service("1", "arn:a"), service("2", "arn:a")], "failures": []}),
            ),
            reply(
                &["DescribeServices", r#""cluster":"arn:b""#, r#""services":["arn:3"]"#],
                json!({"services": [service("3", "arn:b")]}),
            ),
            reply(
                &["DescribeTaskDefinition", r#""taskDefinition":"task:1""#],
                json!({
                    "taskDefinition": {"taskDefinitionArn": "arn:task:1", "family": "task", "containerDefinitions": [
                        {"name": "c", "environment": [{"name": "PASSWORD", "value": "hunter2"}]}
                    ]},
                    "tags": [{"key": "k", "value": "v"}],
                }),
            ),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    let ids: Vec<&str> = collected.items.iter().map(|it| it.id.as_str()).collect();
    assert_eq!(ids, ["arn:1", "arn:2", "arn:3", "arn:task:1"]);
    let task = &collected.items[3];
    assert_eq!(task.tags, Some(BTreeMap::from([("k".to_owned(), "v".to_owned())])));
    assert!(!task.configuration.to_string().contains("hunter2"), "{}", task.configuration);
    assert_eq!(collected.sent["ecs:DescribeTaskDefinition"], 1);
}

#[tokio::test]
async fn a_file_system_has_its_mount_targets_with_their_groups() {
    let collected = collect(
        "AWS::EFS::FileSystem",
        vec![
            reply(&["/mount-targets/fsmt-1/security-groups"], json!({"SecurityGroups": ["sg-1"]})),
            reply(
                &["/mount-targets?FileSystemId=fs-1"],
                json!({"MountTargets": [{"MountTargetId": "fsmt-1", "SubnetId": "subnet-1"}]}),
            ),
            (&["backup-policy"], 404, json!({"ErrorCode": "PolicyNotFound", "Message": "none"}).to_string()),
            reply(
                &["/file-systems"],
                json!({"FileSystems": [{
                    "FileSystemId": "fs-1", "FileSystemArn": "arn:fs-1", "Name": "data",
                    "Tags": [{"Key": "Name", "Value": "data"}],
                }]}),
            ),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    assert_eq!(
        collected.items[0].supplementary,
        json!({
            "MountTargets": [{"MountTargetId": "fsmt-1", "SubnetId": "subnet-1", "SecurityGroups": ["sg-1"]}],
            "BackupPolicy": {"Status": "DISABLED"},
        })
    );
}

#[tokio::test]
async fn record_sets_are_read_page_by_page_with_three_tokens() {
    let record = |name: &str| {
        format!(
            "<ResourceRecordSet><Name>{name}</Name><Type>A</Type><TTL>60</TTL>\
             <ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
        )
    };
    let records = |names: &[&str], more: &str| {
        let records: String = names.iter().map(|it| record(it)).collect();
        format!("<L><ResourceRecordSets>{records}</ResourceRecordSets>{more}</L>")
    };
    let collected = collect(
        "AWS::Route53::RecordSet",
        vec![
            reply(
                &["/2013-04-01/hostedzone/Z1/rrset?", "name=b.example.&type=A&identifier=x"],
                records(&["b.example."], "<IsTruncated>false</IsTruncated>"),
            ),
            reply(
                &["/2013-04-01/hostedzone/Z1/rrset?"],
                records(
                    &["a.example."],
                    "<IsTruncated>true</IsTruncated><NextRecordName>b.example.</NextRecordName>\
                     <NextRecordType>A</NextRecordType><NextRecordIdentifier>x</NextRecordIdentifier>",
                ),
            ),
            reply(&["/2013-04-01/hostedzone/Z1 "], "<G><HostedZone/><VPCs><VPC><VPCId>vpc-1</VPCId></VPC></VPCs></G>"),
            reply(
                &["/2013-04-01/hostedzone?"],
                "<L><HostedZones><HostedZone><Id>/hostedzone/Z1</Id><Name>example.</Name></HostedZone></HostedZones></L>",
            ),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    let [zone, a, b] = &collected.items[..] else { panic!("{:?}", collected.items) };
    assert_eq!((zone.id.as_str(), zone.arn.as_deref()), ("Z1", Some("arn:aws:route53:::hostedzone/Z1")));
    assert_eq!(zone.region, None);
    assert_eq!(zone.supplementary["VPCs"], json!([{"VPCId": "vpc-1"}]));
    assert_eq!((a.id.as_str(), b.id.as_str()), ("Z1_a.example._A", "Z1_b.example._A"));
    assert_eq!(a.configuration["ResourceRecords"], json!([{"Value": "192.0.2.1"}]));
    assert_eq!(a.configuration["TTL"], json!(60));
}

#[tokio::test]
async fn user_data_leaves_only_whether_it_holds_keys() {
    let user_data =
        |id: &str, data: &str| format!("<R><instanceId>{id}</instanceId><userData>{data}</userData></R>");
    let collected = collect(
        "AWS::EC2::Instance",
        vec![
            reply(
                &["Action=DescribeInstances&"],
                "<R><reservationSet><item><instancesSet>\
                 <item><instanceId>i-1</instanceId><imageId>ami-1</imageId></item>\
                 <item><instanceId>i-2</instanceId><imageId>ami-gone</imageId></item>\
                 </instancesSet></item></reservationSet></R>",
            ),
            // Filters name what is asked for, so that an image that is gone fails nothing.
            reply(
                &["DescribeImages", "Filter.1.Name=image-id", "Filter.1.Value.1=ami-1", "Filter.1.Value.2=ami-gone"],
                "<R><imagesSet><item><imageId>ami-1</imageId><name>amzn-ami-vpc-nat</name></item></imagesSet></R>",
            ),
            reply(
                &["userData", "InstanceId=i-1"],
                user_data("i-1", "<value>QUtJQUlPU0ZPRE5ON0VYQU1QTEU=</value>"),
            ),
            reply(&["userData", "InstanceId=i-2"], user_data("i-2", "")),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    let [one, two] = &collected.items[..] else { panic!("{:?}", collected.items) };
    assert_eq!(one.supplementary["Image"]["name"], json!("amzn-ami-vpc-nat"));
    assert_eq!(two.supplementary.get("Image"), None);
    assert!(!one.supplementary.to_string().contains("QUtJ"), "{}", one.supplementary);
    assert_eq!(crate::source::redaction::held_aws_keys(&one.supplementary["UserData"]), Some(true));
    assert_eq!(two.supplementary["UserData"], json!(""));
}

#[tokio::test]
async fn one_call_tells_the_versions_of_all_launch_templates() {
    let collected = collect(
        "AWS::EC2::LaunchTemplate",
        vec![
            reply(
                &["DescribeLaunchTemplateVersions", "LaunchTemplateVersion.1=%24Default"],
                "<R><launchTemplateVersionSet>\
                 <item><launchTemplateId>lt-2</launchTemplateId><versionNumber>3</versionNumber></item>\
                 <item><launchTemplateId>lt-1</launchTemplateId><versionNumber>1</versionNumber>\
                 <defaultVersion>true</defaultVersion></item>\
                 </launchTemplateVersionSet></R>",
            ),
            reply(
                &["DescribeLaunchTemplates"],
                "<R><launchTemplates><item><launchTemplateId>lt-1</launchTemplateId></item>\
                 <item><launchTemplateId>lt-2</launchTemplateId></item></launchTemplates></R>",
            ),
        ],
    )
    .await;
    assert_eq!(
        collected.items[0].supplementary["LaunchTemplateVersions"],
        json!([{"launchTemplateId": "lt-1", "versionNumber": 1, "defaultVersion": true}])
    );
    assert_eq!(collected.items[1].supplementary["LaunchTemplateVersions"][0]["versionNumber"], json!(3));
    assert_eq!(collected.sent["ec2:DescribeLaunchTemplateVersions"], 1);
}

#[tokio::test]
async fn buckets_of_other_regions_are_left_to_those() {
    let collected = collect(
        "AWS::S3::Bucket",
        vec![
            (&["/here?tagging"], 404, "<Error><Code>NoSuchTagSet</Code></Error>".to_owned()),
            (&["/here?website"], 404, "<Error><Code>NoSuchWebsiteConfiguration</Code></Error>".to_owned()),
            (&["/here?policyStatus"], 404, "<Error><Code>NoSuchBucketPolicy</Code></Error>".to_owned()),
            (&["/here?lifecycle"], 404, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>".to_owned()),
            (
                &["/here?replication"],
                404,
                "<Error><Code>ReplicationConfigurationNotFoundError</Code></Error>".to_owned(),
            ),
            reply(
                &["/here?publicAccessBlock"],
                "<P><RestrictPublicBuckets>TRUE</RestrictPublicBuckets></P>",
            ),
            reply(
                &["/here?encryption"],
                "<S><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>\
                 </ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></S>",
            ),
            reply(
                &["/here?metrics"],
                "<L><IsTruncated>false</IsTruncated><MetricsConfiguration><Id>all</Id></MetricsConfiguration></L>",
            ),
            reply(
                &["https://s3.eu-west-1.amazonaws.com/?bucket-region=eu-west-1&max-buckets=1000"],
                "<L><Buckets><Bucket><Name>here</Name><BucketRegion>eu-west-1</BucketRegion></Bucket>\
                 <Bucket><Name>there</Name><BucketRegion>us-east-1</BucketRegion></Bucket></Buckets></L>",
            ),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    assert_eq!(collected.items.len(), 1);
    assert_eq!(collected.items[0].arn.as_deref(), Some("arn:aws:s3:::here"));
    let told = &collected.items[0].supplementary;
    assert_eq!((&told["Tags"], &told["PolicyStatus"]), (&json!([]), &json!({"IsPublic": false})));
    assert_eq!(told["MetricsConfigurations"], json!([{"Id": "all"}]));
    assert_eq!(told["PublicAccessBlockConfiguration"], json!({"RestrictPublicBuckets": "TRUE"}));
    let rule = &told["ServerSideEncryptionConfiguration"][0];
    assert_eq!(rule["ApplyServerSideEncryptionByDefault"], json!({"SSEAlgorithm": "AES256"}));
}

#[tokio::test]
async fn tables_of_glue_are_listed_by_database() {
    let collected = collect(
        "AWS::Glue::Table",
        vec![
            reply(&["GetDatabases"], json!({"DatabaseList": [{"Name": "lake"}]})),
            reply(&["GetTables", "lake"], json!({"TableList": [{"Name": "events", "DatabaseName": "lake"}]})),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    assert_eq!(collected.items[0].id, "lake_events");
}

#[tokio::test]
async fn what_goes_while_it_is_listed_is_left_out() {
    let collected = collect(
        "AWS::EKS::Nodegroup",
        vec![
            reply(
                &["/clusters/here/node-groups/n"],
                json!({"nodegroup": {"nodegroupArn": "arn:n", "nodegroupName": "n"}}),
            ),
            reply(&["/clusters/here/node-groups"], json!({"nodegroups": ["n"]})),
            (&["/clusters/gone/node-groups"], 404, json!({"code": "ResourceNotFoundException"}).to_string()),
            reply(&["/clusters?"], json!({"clusters": ["gone", "here"]})),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    assert_eq!(collected.items.len(), 1);
}

#[tokio::test]
async fn an_endpoint_that_answers_for_all_lists_no_bucket_as_a_directory_bucket() {
    let collected = collect(
        "AWS::S3Express::DirectoryBucket",
        vec![reply(
            &["https://s3express-control.eu-west-1.amazonaws.com/?max-directory-buckets=1000"],
            "<L><Buckets><Bucket><Name>plain</Name></Bucket><Bucket><Name>fast--euw1-az1--x-s3</Name></Bucket></Buckets></L>",
        )],
    )
    .await;
    let arns: Vec<&str> = collected.items.iter().filter_map(|it| it.arn.as_deref()).collect();
    assert_eq!(arns, ["arn:aws:s3express:eu-west-1:111122223333:bucket/fast--euw1-az1--x-s3"]);
}
