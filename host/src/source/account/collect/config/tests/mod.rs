//! The real client of the SDK against `archlint-config-server`.

mod aggregator;
mod faults;
mod recorder;

use std::collections::BTreeSet;
use std::time::Duration;

use archlint_config_server::{Items, Options, Server};
use serde_json::{Value as Json, json};

use super::*;
use crate::source::account::collect::direct::Patience;
use crate::source::session::tests::{keys, login};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-west-1";
const VPC: &str = "AWS::EC2::VPC";
const TARGET_GROUP: &str = "AWS::ElasticLoadBalancingV2::TargetGroup";

/// Retries at once, and some more of them than thirty of a hundred throttled calls need.
const PATIENCE: Patience = Patience {
    attempts: 12,
    base: Duration::from_millis(1),
    cap: Duration::from_millis(2),
    total: Duration::from_secs(20),
    attempt: Duration::from_secs(5),
};

/// An item as a snapshot file has it.
fn item(kind: &str, id: &str, configuration: &Json) -> Json {
    json!({
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": "2026-02-03T04:05:06.789Z",
        "configurationItemStatus": "OK",
        "configurationStateId": 1_770_091_506_789_i64,
        "awsAccountId": ACCOUNT,
        "awsRegion": REGION,
        "resourceType": kind,
        "resourceId": id,
        "ARN": format!("arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/{id}"),
        "availabilityZone": "Multiple Availability Zones",
        "resourceCreationTime": "2025-01-01T00:00:00Z",
        "tags": { "Name": id },
        "relationships": [],
        "configuration": configuration,
        "supplementaryConfiguration": { "Extra": [{ "key": "a", "value": "b" }] },
    })
}

fn vpc(number: usize) -> Json {
    let id = format!("vpc-{number:04}");
    item(VPC, &id, &json!({ "vpcId": id, "cidrBlock": "10.0.0.0/16", "isDefault": false }))
}

/// The same item elsewhere.
fn moved(mut item: Json, account: &str, region: &str) -> Json {
    item["awsAccountId"] = json!(account);
    item["awsRegion"] = json!(region);
    item
}

fn items(all: impl IntoIterator<Item = Json>) -> Items {
    let snapshot = json!({ "fileVersion": "1.0", "configurationItems": Vec::from_iter(all) });
    Items::from_snapshot(&snapshot.to_string()).unwrap()
}

fn serve(all: impl IntoIterator<Item = Json>, options: Options) -> Server {
    Server::start(items(all), options).unwrap()
}

async fn connect(server: &Server) -> Config {
    connect_with(server, PATIENCE).await
}

async fn connect_with(server: &Server, patience: Patience) -> Config {
    let (provider, _) = keys(Duration::from_hours(1));
    Config::new(&login(&server.url(), provider).await, patience)
}

/// What a kind gives, and how it ended.
async fn read(config: &Config, kind: &str) -> (Vec<Item>, Result<(), ConfigError>) {
    let mut all = Vec::new();
    let ended = config.collect(REGION, kind, &mut |it| all.push(it)).await;
    (all, ended)
}

fn ids(items: &[Item]) -> BTreeSet<&str> {
    items.iter().map(|it| it.id.as_str()).collect()
}

#[tokio::test]
async fn a_query_gives_every_page() {
    let elsewhere = moved(vpc(999), ACCOUNT, "us-east-1");
    let mut deleted = vpc(998);
    deleted["configurationItemStatus"] = json!("ResourceDeleted");
    let all = (0..250).map(vpc).chain([elsewhere, deleted]);
    let server = serve(all, Options::default());
    let (items, ended) = read(&connect(&server).await, VPC).await;
    assert_eq!((items.len(), ended), (250, Ok(())));
    assert_eq!(ids(&items).len(), 250);
    assert_eq!(server.calls(), ["SelectResourceConfig"; 3]);
    let first = &items[0];
    assert_eq!(first.arn.as_deref(), Some("arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-0000"));
    assert_eq!(first.account.as_deref(), Some(ACCOUNT));
    assert_eq!(first.region.as_deref(), Some(REGION));
    assert_eq!(first.tags.as_ref().unwrap()["Name"], "vpc-0000");
    assert_eq!(first.text("cidrBlock"), Some("10.0.0.0/16"));
    assert_eq!(first.supplementary["Extra"][0]["value"], "b");
}

#[tokio::test]
async fn what_a_query_does_not_know_is_listed_and_read_in_batches() {
    let unknown = Options { not_queryable: BTreeSet::from([VPC.to_owned()]), ..Options::default() };
    let server = serve((0..130).map(vpc), unknown);
    let (listed, ended) = read(&connect(&server).await, VPC).await;
    assert_eq!((listed.len(), ended), (130, Ok(())));
    assert_eq!(
        server.calls(),
        [
            "SelectResourceConfig",
            "ListDiscoveredResources",
            "BatchGetResourceConfig",
            "ListDiscoveredResources",
            "BatchGetResourceConfig",
        ]
    );
    let server = serve((0..130).map(vpc), Options::default());
    let (mut queried, _) = read(&connect(&server).await, VPC).await;
    assert!(
        listed.iter().all(|it| it.tags.is_none()),
        "a batch does not tell tags, and so nobody knows them"
    );
    for item in &mut queried {
        item.tags = None;
    }
    assert_eq!(listed, queried, "the envelopes differ, the items do not");
}

#[tokio::test]
async fn target_groups_are_listed_at_once() {
    let group =
        item(TARGET_GROUP, "arn:aws:elasticloadbalancing:::targetgroup/web/1", &json!({ "Port": 80 }));
    let server = serve([group], Options::default());
    let (items, ended) = read(&connect(&server).await, TARGET_GROUP).await;
    assert_eq!((items.len(), ended), (1, Ok(())));
    assert_eq!(items[0].property("port"), Some(&json!(80)));
    assert_eq!(server.calls(), ["ListDiscoveredResources", "BatchGetResourceConfig"]);
}

#[tokio::test]
async fn none_is_none_only_where_the_list_says_so() {
    let server = serve([], Options::default());
    let config = connect(&server).await;
    assert_eq!(read(&config, VPC).await, (Vec::new(), Ok(())));
    assert_eq!(server.calls(), ["SelectResourceConfig", "ListDiscoveredResources"]);
    let kind = "AWS::DMS::ReplicationInstance".to_owned();
    assert_eq!(read(&config, &kind).await.1, Err(ConfigError::Unlisted { kind }));
    let kind = "AWS::Logs::LogGroup".to_owned();
    assert_eq!(read(&config, &kind).await.1, Err(ConfigError::NotRecorded { kind }));
    assert_eq!(server.calls().len(), 3, "what is never recorded is not asked for");
}

#[tokio::test]
async fn a_kind_goes_by_the_name_of_cloudformation() {
    let domain = item("AWS::OpenSearch::Domain", "logs", &json!({ "DomainName": "logs" }));
    let server = serve([domain], Options::default());
    let (items, ended) = read(&connect(&server).await, "AWS::OpenSearchService::Domain").await;
    assert_eq!((items.len(), ended), (1, Ok(())));
    assert_eq!(items[0].kind, "AWS::OpenSearchService::Domain");
}

#[tokio::test]
async fn the_actions_that_are_sent_are_those_of_the_policy() {
    let unknown = BTreeSet::from([VPC.to_owned()]);
    let aggregators = BTreeSet::from(["all".to_owned()]);
    let server = serve([vpc(1)], Options { not_queryable: unknown, aggregators, ..Options::default() });
    let (provider, _) = keys(Duration::from_hours(1));
    let config = Config::new(&login(&server.url(), provider).await, PATIENCE);
    config.recorded(REGION).await.unwrap();
    read(&config, VPC).await.1.unwrap();
    let expected = |actions: &[&str]| actions.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let sent = || config.sent().into_keys().collect::<BTreeSet<_>>();
    assert_eq!(sent(), expected(&ACTIONS));
    let aggregator = config.aggregator(REGION, "all");
    aggregator.sources().await.unwrap();
    aggregator.collect(VPC, &[], &mut |_| {}).await.unwrap();
    assert_eq!(sent(), expected(&[&ACTIONS[..], &AGGREGATOR_ACTIONS].concat()));
    let count = |action: &String| config.sent()[action] == server.count(&action[7..]) as u64;
    assert!(sent().iter().all(count), "{:?} {:?}", config.sent(), server.calls());
    let is_reading =
        |it: &String| ["Describe", "List", "BatchGet", "Select"].iter().any(|verb| it[7..].starts_with(verb));
    assert!(sent().iter().all(is_reading));
}

#[test]
fn a_token_that_comes_again_ends_the_reading() {
    let token = |it: &str| Some(it.to_owned());
    assert_eq!(read::following(None, token("a"), "config:Select"), Ok(token("a")));
    assert_eq!(read::following(Some("a"), token("b"), "config:Select"), Ok(token("b")));
    assert_eq!(read::following(Some("b"), token(""), "config:Select"), Ok(None));
    assert!(read::following(Some("b"), token("b"), "config:Select").is_err());
}
