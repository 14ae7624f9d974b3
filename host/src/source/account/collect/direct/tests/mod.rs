//! The whole way from the wire to items, against replies written by hand in the shapes of each protocol.

mod kinds;
mod metrics;

use std::sync::Mutex;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde_json::json;

use super::throttle::Patience;
use super::*;
use crate::source::session::HeldCredentials;

/// Answers whatever request has all of some words in its target, its operation or its body; the first that fits.
#[derive(Debug)]
struct Replies {
    /// Of so many requests the last is throttled.
    throttled: Option<usize>,
    known: Vec<Expected>,
    asked: Mutex<Vec<String>>,
}

impl HttpConnector for Replies {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let asked = format!("{} {target} {body}", request.uri());
        let is_throttled = |every| (self.asked.lock().unwrap().len() + 1).is_multiple_of(every);
        let throttled = self.throttled.is_some_and(is_throttled);
        let found = self.known.iter().find(|it| it.0.iter().all(|word| asked.contains(word)));
        let (status, body) = match found {
            _ if throttled => (503, THROTTLED.to_owned()),
            Some(it) => (it.1, it.2.clone()),
            None => (404, String::new()),
        };
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

const THROTTLED: &str =
    "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>";

async fn collect(kind: &str, replies: Vec<Expected>) -> Collected {
    let patience = Patience { attempts: 1, ..Patience::default() };
    collect_from(kind, Replies { throttled: None, known: replies, asked: Mutex::default() }, patience).await
}

async fn collect_from(kind: &str, replies: Replies, patience: Patience) -> Collected {
    let connector = SharedHttpConnector::new(replies);
    let credentials = Credentials::new("id", "secret", None, None, "test");
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
async fn nothing_is_lost_where_a_third_of_the_calls_is_throttled() {
    let vpcs: Vec<String> = (0..5).map(|it| format!("<item><vpcId>vpc-{it}</vpcId></item>")).collect();
    let dns = |name: &str| format!("<R><{name}><value>true</value></{name}></R>");
    let replies = vec![
        reply(&["Action=DescribeVpcs&"], format!("<R><vpcSet>{}</vpcSet></R>", vpcs.concat())),
        reply(&["Attribute=enableDnsSupport"], dns("enableDnsSupport")),
        reply(&["Attribute=enableDnsHostnames"], dns("enableDnsHostnames")),
    ];
    let patience = Patience { base: std::time::Duration::from_millis(1), ..Patience::default() };
    let replies = Replies { throttled: Some(3), known: replies, asked: Mutex::default() };
    let collected = collect_from("AWS::EC2::VPC", replies, patience).await;
    assert_eq!(collected.outcome, Outcome::default());
    assert_eq!(collected.items.len(), 5);
    let told = json!({"EnableDnsSupport": true, "EnableDnsHostnames": true});
    assert!(collected.items.iter().all(|it| it.supplementary == told), "{:?}", collected.items);
    assert!(collected.sent.values().sum::<u64>() > 11, "{:?}", collected.sent);
}
