//! Several accounts and regions at once.

use std::collections::BTreeMap;

use archlint_config_server::{Group, Recorder};

use super::*;

const OTHER: &str = "444455556666";

/// Two accounts in two regions each.
fn estate() -> Vec<Json> {
    let places = [(ACCOUNT, REGION), (ACCOUNT, "us-east-1"), (OTHER, REGION), (OTHER, "us-east-1")];
    places
        .into_iter()
        .enumerate()
        .map(|(number, (account, region))| moved(vpc(number), account, region))
        .collect()
}

fn options() -> Options {
    Options { aggregators: BTreeSet::from(["all".to_owned()]), ..Options::default() }
}

async fn read_all(config: &Config, name: &str, regions: &[&str]) -> (Vec<Item>, Result<(), ConfigError>) {
    let regions: Vec<_> = regions.iter().map(ToString::to_string).collect();
    let mut all = Vec::new();
    let ended = config.aggregator(REGION, name).collect(VPC, &regions, &mut |it| all.push(it)).await;
    (all, ended)
}

#[tokio::test]
async fn an_aggregator_tells_of_every_account_and_region() {
    let server = serve(estate(), options());
    let config = connect(&server).await;
    let (items, ended) = read_all(&config, "all", &[]).await;
    assert_eq!((items.len(), ended), (4, Ok(())));
    let accounts: BTreeSet<_> = items.iter().filter_map(|it| it.account.as_deref()).collect();
    assert_eq!(accounts, BTreeSet::from([ACCOUNT, OTHER]));
    let (items, _) = read_all(&config, "all", &["us-east-1"]).await;
    assert_eq!(ids(&items), BTreeSet::from(["vpc-0001", "vpc-0003"]));
    assert_eq!(server.calls(), ["SelectAggregateResourceConfig"; 2]);
}

#[tokio::test]
async fn an_aggregator_lists_what_its_queries_do_not_know() {
    let unknown = BTreeSet::from([VPC.to_owned()]);
    let server = serve(estate(), Options { not_queryable: unknown, ..options() });
    let (items, ended) = read_all(&connect(&server).await, "all", &["us-east-1"]).await;
    assert_eq!((items.len(), ended), (2, Ok(())));
    assert_eq!(ids(&items), BTreeSet::from(["vpc-0001", "vpc-0003"]));
    let batches = ["ListAggregateDiscoveredResources", "BatchGetAggregateResourceConfig"];
    assert_eq!(server.calls()[1..], batches);
}

#[tokio::test]
async fn each_source_says_what_it_records() {
    let only_vpcs = Recorder { group: Group::Only(BTreeSet::from([VPC.to_owned()])), ..Recorder::default() };
    let options = Options {
        recorders: BTreeMap::from([("us-east-1".to_owned(), Some(only_vpcs))]),
        failed_sources: BTreeSet::from([(OTHER.to_owned(), REGION.to_owned())]),
        ..options()
    };
    let server = serve(estate(), options);
    let config = connect(&server).await;
    let sources = config.aggregator(REGION, "all").sources().await.unwrap();
    let calls = server.calls();
    assert_eq!(config.aggregator(REGION, "all").sources().await.as_ref(), Ok(&sources));
    assert_eq!(server.calls(), calls, "they are asked for once");
    let places: Vec<_> = sources.iter().map(|it| (it.account.as_str(), it.region.as_str())).collect();
    assert_eq!(places, [(ACCOUNT, REGION), (ACCOUNT, "us-east-1"), (OTHER, REGION), (OTHER, "us-east-1")]);
    let [everything, vpcs, failed, _] = &sources[..] else { panic!("four sources") };
    let subnet = "AWS::EC2::Subnet";
    assert!(everything.recording.as_ref().unwrap().records(subnet));
    let vpcs = vpcs.recording.as_ref().unwrap();
    assert!(vpcs.records(VPC) && !vpcs.records(subnet));
    let place = "444455556666, eu-west-1".to_owned();
    assert_eq!(failed.recording, Err(ConfigError::NotAggregated { place }));
}

#[tokio::test]
async fn sources_without_a_recorder_record_nothing() {
    let stopped = Recorder { recording: false, ..Recorder::default() };
    let recorders = BTreeMap::from([("us-east-1".to_owned(), Some(stopped))]);
    let server = serve(estate(), Options { recorder: None, recorders, ..options() });
    let sources = connect(&server).await.aggregator(REGION, "all").sources().await.unwrap();
    let place = "111122223333, eu-west-1".to_owned();
    assert_eq!(sources[0].recording, Err(ConfigError::NoRecorder { place }));
    let place = "111122223333, us-east-1".to_owned();
    assert_eq!(sources[1].recording, Err(ConfigError::Stopped { place }));
}

#[tokio::test]
async fn an_aggregator_that_is_not_there_is_named() {
    let server = serve(estate(), options());
    let config = connect(&server).await;
    let missing = ConfigError::NoAggregator { name: "none".to_owned(), region: REGION.to_owned() };
    assert_eq!(read_all(&config, "none", &[]).await.1, Err(missing.clone()));
    assert_eq!(config.aggregator(REGION, "none").sources().await, Err(missing));
}
