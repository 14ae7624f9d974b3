//! The whole way from the wire to items, against replies written by hand in the shapes of each protocol.

use std::sync::Mutex;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::json;

use super::super::session::HeldCredentials;
use super::throttle::Patience;
use super::*;

/// Answers whatever request has all of some words in its target, its operation or its body; the first that fits.
#[derive(Debug)]
struct Replies {
    replies: Vec<(&'static [&'static str], u16, String)>,
    asked: Mutex<Vec<String>>,
}

impl HttpConnector for Replies {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let asked = format!("{} {target} {body}", request.uri());
        let found = self.replies.iter().find(|it| it.0.iter().all(|word| asked.contains(word)));
        let (status, body) = found.map_or((404, String::new()), |it| (it.1, it.2.clone()));
        self.asked.lock().unwrap().push(asked);
        let status = StatusCode::try_from(status).expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

/// XML or JSON.
struct Body(String);

impl From<&str> for Body {
    fn from(xml: &str) -> Self {
        Self(xml.to_owned())
    }
}

impl From<String> for Body {
    fn from(xml: String) -> Self {
        Self(xml)
    }
}

impl From<Json> for Body {
    fn from(json: Json) -> Self {
        Self(json.to_string())
    }
}

type Expected = (&'static [&'static str], u16, String);

fn reply(words: &'static [&'static str], body: impl Into<Body>) -> Expected {
    (words, 200, body.into().0)
}

struct Collected {
    items: Vec<Item>,
    pages: Vec<usize>,
    outcome: Outcome,
    sent: BTreeMap<String, u64>,
}

async fn collect(kind: &str, replies: Vec<Expected>) -> Collected {
    let connector = SharedHttpConnector::new(Replies { replies, asked: Mutex::default() });
    let credentials = Credentials::new("id", "secret", None, None, "test");
    let patience = Patience { attempts: 1, ..Patience::default() };
    let provider = SharedCredentialsProvider::new(credentials);
    let client = Arc::new(Client::over(connector, HeldCredentials::new(provider), None, patience));
    let direct = Direct::new(client, "111122223333".to_owned());
    let kinds = BTreeSet::from([kind.to_owned()]);
    let (mut items, mut pages) = (Vec::new(), Vec::new());
    let mut deliver = |page: Vec<Item>| {
        pages.push(page.len());
        items.extend(page);
    };
    let [call] = calls(&kinds)[..] else { panic!("{kind} is listed by one call") };
    let outcome = direct.collect("eu-west-1", call, &kinds, &mut deliver).await;
    let allowed = call.actions(&kinds);
    assert!(direct.sent().keys().all(|it| allowed.contains(it)), "{:?} of {allowed:?}", direct.sent());
    Collected { items, pages, outcome, sent: direct.sent() }
}

#[tokio::test]
async fn pages_are_delivered_one_by_one() {
    let page = |id: &str, token: &str| {
        format!(
            "<R><subnetSet><item><subnetId>{id}</subnetId>\
             <subnetArn>arn:aws:ec2:eu-west-1:111122223333:subnet/{id}</subnetArn>\
             <mapPublicIpOnLaunch>true</mapPublicIpOnLaunch>\
             <tagSet><item><key>Name</key><value>{id} &amp; more</value></item></tagSet>\
             </item></subnetSet>{token}</R>"
        )
    };
    let collected = collect(
        "AWS::EC2::Subnet",
        vec![
            reply(&["NextToken=two"], page("subnet-2", "<nextToken/>")),
            reply(&["DescribeSubnets", "MaxResults=1000"], page("subnet-1", "<nextToken>two</nextToken>")),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    assert_eq!(collected.pages, [1, 1]);
    assert_eq!(
        collected.items[1],
        Item {
            kind: "AWS::EC2::Subnet".to_owned(),
            id: "subnet-2".to_owned(),
            name: None,
            arn: Some("arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-2".to_owned()),
            account: Some("111122223333".to_owned()),
            region: Some("eu-west-1".to_owned()),
            tags: Some(BTreeMap::from([("Name".to_owned(), "subnet-2 & more".to_owned())])),
            configuration: json!({
                "subnetId": "subnet-2",
                "subnetArn": "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-2",
                "mapPublicIpOnLaunch": true,
                "tags": [{"key": "Name", "value": "subnet-2 & more"}],
            }),
            supplementary: json!({}),
        }
    );
}

#[tokio::test]
async fn a_page_that_comes_again_ends_the_listing() {
    let body = "<R><subnetSet/><nextToken>same</nextToken></R>";
    let collected = collect("AWS::EC2::Subnet", vec![reply(&["DescribeSubnets"], body)]).await;
    let [(kind, CallError::Malformed { .. })] = &collected.outcome.not_collected[..] else {
        panic!("{:?}", collected.outcome)
    };
    assert_eq!(*kind, "AWS::EC2::Subnet");
    assert_eq!(collected.sent["ec2:DescribeSubnets"], 2);
}

fn load_balancers() -> String {
    let one = |name: &str| {
        format!(
            "<member><LoadBalancerArn>arn:{name}</LoadBalancerArn><LoadBalancerName>{name}</LoadBalancerName>\
             <AvailabilityZones><member><ZoneName>a</ZoneName></member></AvailabilityZones></member>"
        )
    };
    format!(
        "<DescribeLoadBalancersResponse xmlns='http://x/'><DescribeLoadBalancersResult><LoadBalancers>{}{}\
         </LoadBalancers></DescribeLoadBalancersResult><ResponseMetadata/></DescribeLoadBalancersResponse>",
        one("one"),
        one("two")
    )
}

fn attributes(value: &str) -> String {
    format!(
        "<X><DescribeLoadBalancerAttributesResult><Attributes><member><Key>cross_zone</Key><Value>{value}</Value>\
         </member></Attributes></DescribeLoadBalancerAttributesResult></X>"
    )
}

const DENIED: &str =
    "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";

#[tokio::test]
async fn follow_ups_fill_what_is_supplementary() {
    let tags = "<X><DescribeTagsResult><TagDescriptions>\
        <member><ResourceArn>arn:two</ResourceArn><Tags><member><Key>Name</Key><Value>2</Value></member></Tags></member>\
        <member><ResourceArn>arn:one</ResourceArn><Tags/></member>\
        </TagDescriptions></DescribeTagsResult></X>";
    let collected = collect(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        vec![
            reply(&["Action=DescribeLoadBalancers&"], load_balancers()),
            reply(
                &["DescribeTags", "ResourceArns.member.1=arn%3Aone", "ResourceArns.member.2=arn%3Atwo"],
                tags,
            ),
            reply(&["DescribeLoadBalancerAttributes", "LoadBalancerArn=arn%3Aone"], attributes("true")),
            reply(&["DescribeLoadBalancerAttributes", "LoadBalancerArn=arn%3Atwo"], attributes("false")),
        ],
    )
    .await;
    assert_eq!(collected.outcome, Outcome::default());
    let [one, two] = &collected.items[..] else { panic!("{:?}", collected.items) };
    assert_eq!(one.supplementary["LoadBalancerAttributes"], json!([{"Key": "cross_zone", "Value": "true"}]));
    assert_eq!(two.supplementary["LoadBalancerAttributes"], json!([{"Key": "cross_zone", "Value": "false"}]));
    assert_eq!(one.tags, Some(BTreeMap::new()));
    assert_eq!(two.tags, Some(BTreeMap::from([("Name".to_owned(), "2".to_owned())])));
    assert_eq!(one.configuration["AvailabilityZones"], json!([{"ZoneName": "a"}]));
    assert_eq!(collected.sent["elasticloadbalancing:DescribeTags"], 1);
}

#[tokio::test]
async fn a_follow_up_that_fails_is_told_and_leaves_the_resource() {
    let collected = collect(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        vec![
            reply(&["Action=DescribeLoadBalancers&"], load_balancers()),
            (&["DescribeLoadBalancerAttributes"], 403, DENIED.to_owned()),
            reply(&["DescribeTags"], "<X><DescribeTagsResult><TagDescriptions/></DescribeTagsResult></X>"),
        ],
    )
    .await;
    assert_eq!(collected.items.len(), 2);
    assert_eq!(collected.items[0].supplementary, json!({}));
    assert_eq!(collected.outcome.not_collected, []);
    let [told] = &collected.outcome.incomplete[..] else { panic!("{:?}", collected.outcome) };
    assert_eq!((told.what, told.resources), ("LoadBalancerAttributes", 2));
    assert!(matches!(told.error, CallError::AccessDenied { .. }));
}

#[tokio::test]
async fn a_follow_up_that_always_fails_is_given_up() {
    let vpcs: Vec<String> = (0..100).map(|it| format!("<item><vpcId>vpc-{it}</vpcId></item>")).collect();
    let denied = "<Response><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></Response>";
    let collected = collect(
        "AWS::EC2::VPC",
        vec![
            reply(&["Action=DescribeVpcs&"], format!("<R><vpcSet>{}</vpcSet></R>", vpcs.concat())),
            (&["DescribeVpcAttribute"], 403, denied.to_owned()),
        ],
    )
    .await;
    assert_eq!(collected.items.len(), 100);
    let resources: Vec<usize> = collected.outcome.incomplete.iter().map(|it| it.resources).collect();
    assert_eq!(resources, [100, 100], "of two attributes");
    assert!(collected.sent["ec2:DescribeVpcAttribute"] <= 16, "{:?}", collected.sent);
}

#[tokio::test]
async fn a_denied_listing_is_not_collected_with_what_it_leads_to() {
    let denied = vec![(&["DescribeLoadBalancers"][..], 403, DENIED.to_owned())];
    let collected = collect("AWS::ElasticLoadBalancingV2::ListenerRule", denied).await;
    assert_eq!(collected.items, []);
    let kinds: Vec<&str> = collected.outcome.not_collected.iter().map(|it| it.0).collect();
    assert_eq!(kinds, ["AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"]);
}

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
    assert_eq!(super::super::super::redaction::held_aws_keys(&one.supplementary["UserData"]), Some(true));
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
    assert_eq!(collected.items[0].supplementary["Tags"], json!([]));
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
