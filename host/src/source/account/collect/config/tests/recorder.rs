//! What a recorder says it records.

use std::collections::BTreeMap;

use archlint_config_server::{Fault, Group, Recorder, When};

use super::*;
use crate::source::account::collect::direct::CallError;

async fn recorded(recorder: Option<Recorder>) -> Result<Recording, ConfigError> {
    let server = serve([], Options { recorder, ..Options::default() });
    connect(&server).await.recorded(REGION).await
}

async fn recorded_by(group: Group) -> Recording {
    recorded(Some(Recorder { group, ..Recorder::default() })).await.unwrap()
}

#[tokio::test]
async fn a_recorder_of_everything_records_what_the_service_can() {
    let recording = recorded_by(Group::All { global: false }).await;
    assert!(recording.records(VPC));
    assert!(recording.records("AWS::OpenSearchService::Domain"));
    assert!(!recording.records("AWS::IAM::Role"), "IAM's types have a switch of their own");
    assert!(!recording.records("AWS::ElastiCache::ReplicationGroup"), "no recorder records these");
    assert!(
        !recording.records("AWS::CloudFront::Distribution"),
        "us-east-1 records these, eu-west-1 does not"
    );
    let recording = recorded_by(Group::All { global: true }).await;
    assert!(recording.records("AWS::IAM::Role"));
}

#[tokio::test]
async fn a_recorder_of_some_types_or_of_all_but_some() {
    let kinds = || BTreeSet::from([VPC.to_owned(), "AWS::OpenSearch::Domain".to_owned()]);
    let only = recorded_by(Group::Only(kinds())).await;
    assert!(only.records(VPC) && only.records("AWS::OpenSearchService::Domain"));
    assert!(!only.records("AWS::EC2::Subnet"));
    let but = recorded_by(Group::AllBut(kinds())).await;
    assert!(!but.records(VPC) && !but.records("AWS::OpenSearchService::Domain"));
    assert!(but.records("AWS::EC2::Subnet"));
}

#[tokio::test]
async fn a_recorder_that_does_not_record_is_none() {
    let place = || REGION.to_owned();
    assert_eq!(recorded(None).await, Err(ConfigError::NoRecorder { place: place() }));
    let stopped = Recorder { recording: false, ..Recorder::default() };
    assert_eq!(recorded(Some(stopped)).await, Err(ConfigError::Stopped { place: place() }));
    let failing = Recorder { last_status: "FAILURE".to_owned(), ..Recorder::default() };
    let reason = "the role cannot be assumed".to_owned();
    assert_eq!(recorded(Some(failing)).await, Err(ConfigError::Failing { place: place(), reason }));
}

#[tokio::test]
async fn regions_are_asked_each_for_itself() {
    let recorders = BTreeMap::from([("us-east-1".to_owned(), None)]);
    let server = serve([], Options { recorders, ..Options::default() });
    let config = connect(&server).await;
    assert!(config.recorded(REGION).await.is_ok());
    assert!(config.recorded("us-east-1").await.is_err());
}

#[tokio::test]
async fn a_recorder_that_may_not_be_asked_for() {
    let denied = Fault::Denied.on("DescribeConfigurationRecorderStatus", When::Always);
    let server = serve([], Options { faults: vec![denied], ..Options::default() });
    let ended = connect(&server).await.recorded(REGION).await;
    assert!(matches!(ended, Err(ConfigError::Call(CallError::AccessDenied { .. }))), "{ended:?}");
}
