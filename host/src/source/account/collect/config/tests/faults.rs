//! What goes wrong on the way: each fault ends in all items, or in an error that says what is missing.

use std::sync::atomic::Ordering;

use archlint_config_server::{Fault, Injection, When};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use super::*;
use crate::source::account::collect::direct::CallError;

/// Reads 250 VPCs, three pages, with a fault; the server tells of the calls.
async fn read_with(fault: Injection) -> (Server, Vec<Item>, Result<(), ConfigError>) {
    read_patiently(fault, PATIENCE).await
}

async fn read_patiently(
    fault: Injection,
    patience: Patience,
) -> (Server, Vec<Item>, Result<(), ConfigError>) {
    let server = serve((0..250).map(vpc), Options { faults: vec![fault], ..Options::default() });
    let config = connect_with(&server, patience).await;
    let (items, ended) = read(&config, VPC).await;
    (server, items, ended)
}

/// Every item once.
fn assert_whole(items: &[Item], ended: &Result<(), ConfigError>) {
    assert_eq!(*ended, Ok(()));
    assert_eq!((items.len(), ids(items).len()), (250, 250));
}

fn call_error(ended: Result<(), ConfigError>) -> CallError {
    match ended.unwrap_err() {
        ConfigError::Call(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_third_of_the_calls_is_throttled() {
    let server = serve(
        (0..1600).map(vpc),
        Options { faults: vec![Fault::Throttled.when(When::Share { percent: 30 })], ..Options::default() },
    );
    let (items, ended) = read(&connect(&server).await, VPC).await;
    assert_eq!((items.len(), ended), (1600, Ok(())));
    assert_eq!(ids(&items).len(), 1600);
    assert!(server.calls().len() > 18, "{} calls", server.calls().len());
}

#[tokio::test]
async fn endless_throttling_ends_as_such() {
    let (server, items, ended) = read_with(Fault::Throttled.when(When::Always)).await;
    assert!(
        matches!(call_error(ended), CallError::Throttled { action, .. } if action == "config:SelectResourceConfig")
    );
    assert!(items.is_empty());
    assert_eq!(server.calls().len(), 12);
}

#[tokio::test]
async fn the_service_breaks_once_and_for_good() {
    let (_, items, ended) = read_with(Fault::Broken.when(When::Nth(2))).await;
    assert_whole(&items, &ended);
    let (_, _, ended) = read_with(Fault::Broken.when(When::Always)).await;
    assert!(matches!(call_error(ended), CallError::Unavailable { .. }));
}

#[tokio::test]
async fn one_action_is_denied_and_the_others_go_on() {
    let denied = Fault::Denied.on("BatchGetResourceConfig", When::Always);
    let group = item(TARGET_GROUP, "arn:aws:elasticloadbalancing:::targetgroup/web/1", &json!({}));
    let server = serve([vpc(1), group], Options { faults: vec![denied], ..Options::default() });
    let config = connect(&server).await;
    let (_, ended) = read(&config, TARGET_GROUP).await;
    let CallError::AccessDenied { action, answer } = call_error(ended) else { panic!("denied") };
    assert_eq!(action, "config:BatchGetResourceConfig");
    assert!(answer.message.contains("is not authorized to perform: config:BatchGetResourceConfig"));
    assert_eq!(server.count("BatchGetResourceConfig"), 1, "nobody asks again for what is denied");
    let (vpcs, ended) = read(&config, VPC).await;
    assert_eq!((vpcs.len(), ended), (1, Ok(())));
}

#[tokio::test]
async fn a_body_that_ends_early_is_asked_for_again() {
    let (server, items, ended) = read_with(Fault::Truncated.when(When::Nth(2))).await;
    assert_whole(&items, &ended);
    assert_eq!(server.calls().len(), 4);
    let (_, items, ended) = read_with(Fault::Truncated.on("SelectResourceConfig", When::Always)).await;
    assert!(matches!(call_error(ended), CallError::Unavailable { .. } | CallError::Malformed { .. }));
    assert!(items.is_empty(), "half a page is no page");
}

#[tokio::test]
async fn a_reply_that_is_no_json_is_no_empty_reply() {
    let (_, items, ended) = read_with(Fault::Damaged.when(When::Always)).await;
    assert!(matches!(call_error(ended), CallError::Malformed { .. }));
    assert!(items.is_empty());
}

#[tokio::test]
async fn an_answer_that_comes_late_is_not_waited_for() {
    let patience = Patience { attempts: 2, attempt: Duration::from_secs(1), ..PATIENCE };
    let slow = Fault::Slow(Duration::from_secs(4));
    let (_, items, ended) = read_patiently(slow.when(When::Nth(1)), patience).await;
    assert_whole(&items, &ended);
    let (server, _, ended) = read_patiently(slow.when(When::Always), patience).await;
    assert!(matches!(call_error(ended), CallError::Unavailable { .. }));
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn credentials_that_expire_midway_are_fetched_again() {
    let expired = Fault::Expired.when(When::Nth(2));
    let server = serve((0..250).map(vpc), Options { faults: vec![expired], ..Options::default() });
    let (provider, asked) = keys(Duration::from_hours(1));
    let config = Config::new(&login(&server.url(), provider).await, PATIENCE);
    let (items, ended) = read(&config, VPC).await;
    assert_whole(&items, &ended);
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn credentials_that_cannot_be_fetched_again_are_reported() {
    let expired = Fault::Expired.when(When::Nth(2));
    let server = serve((0..250).map(vpc), Options { faults: vec![expired], ..Options::default() });
    let fixed = SharedCredentialsProvider::new(Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"));
    let config = Config::new(&login(&server.url(), fixed).await, PATIENCE);
    let (items, ended) = read(&config, VPC).await;
    assert!(matches!(call_error(ended), CallError::Expired { .. }));
    assert_eq!(items.len(), 100, "what came before stands");
    assert_eq!(server.calls().len(), 2, "nobody asks again with what has expired");
}

#[tokio::test]
async fn keys_that_a_batch_leaves_out_are_asked_for_again() {
    let unknown = BTreeSet::from([VPC.to_owned()]);
    let half = Fault::Unprocessed.on("BatchGetResourceConfig", When::Nth(1));
    let options = Options { not_queryable: unknown.clone(), faults: vec![half], ..Options::default() };
    let server = serve((0..80).map(vpc), options);
    let (items, ended) = read(&connect(&server).await, VPC).await;
    assert_eq!((items.len(), ended), (80, Ok(())));
    assert_eq!(ids(&items).len(), 80);
    assert_eq!(server.count("BatchGetResourceConfig"), 2);
    let never = Fault::Unprocessed.on("BatchGetResourceConfig", When::Always);
    let server =
        serve([vpc(1)], Options { not_queryable: unknown, faults: vec![never], ..Options::default() });
    let (_, ended) = read(&connect(&server).await, VPC).await;
    assert_eq!(ended, Err(ConfigError::Unprocessed { kind: VPC.to_owned(), count: 1 }));
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_no_absent_item() {
    let mut broken = vpc(2);
    broken["configuration"] = json!("{\"vpcId\":");
    let server = serve([vpc(1), broken], Options::default());
    let (items, ended) = read(&connect(&server).await, VPC).await;
    assert_eq!(items.len(), 1);
    assert!(matches!(ended, Err(ConfigError::Unreadable { count: 1, .. })), "{ended:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let server = serve([], Options::default());
    let config = connect(&server).await;
    drop(server);
    let (_, ended) = read(&config, VPC).await;
    assert!(matches!(call_error(ended), CallError::Unavailable { .. }));
}
