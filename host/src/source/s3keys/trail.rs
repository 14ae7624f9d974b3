//! Data events of S3, in files of `CloudTrail`.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html>

use std::borrow::Cow;

use serde::Deserialize;

use super::error::Fault;
use super::sink::{Left, Out, Skip};
use super::time;
use crate::key_population::{KeyRecord, Operation};

#[derive(Deserialize)]
struct Event<'e> {
    #[serde(borrow, rename = "eventSource")]
    source: Cow<'e, str>,
    #[serde(borrow, rename = "eventName")]
    name: Cow<'e, str>,
    #[serde(borrow, rename = "eventTime")]
    time: Cow<'e, str>,
    #[serde(borrow, default, rename = "errorCode")]
    error: Option<Cow<'e, str>>,
    #[serde(borrow, default, rename = "requestID")]
    request: Option<Cow<'e, str>>,
    #[serde(borrow, default, rename = "requestParameters")]
    parameters: Option<Parameters<'e>>,
}

#[derive(Deserialize)]
struct Parameters<'e> {
    #[serde(borrow, default, rename = "bucketName")]
    bucket: Option<Cow<'e, str>>,
    #[serde(borrow, default)]
    key: Option<Cow<'e, str>>,
}

pub(super) fn event(raw: &str, out: &mut Out<'_>) -> Result<(), Left> {
    let event: Event<'_> = serde_json::from_str(raw).map_err(|_| Fault::NotAnItem)?;
    let parameters = event.parameters.as_ref();
    let key = parameters.and_then(|it| it.key.as_deref());
    let operation = operation(&event.name).filter(|_| event.source == "s3.amazonaws.com");
    let (Some(key), Some(operation)) = (key, operation) else {
        return Err(Skip::NotForAnObject.into());
    };
    let time = time::iso(event.time.as_bytes());
    if time.is_none() {
        out.fault(Fault::Time, raw.as_bytes());
    }
    let record = KeyRecord {
        key: key.as_bytes(),
        time,
        size: None,
        operation,
        slow_down: event.error.as_deref() == Some("SlowDown"),
        occurrence: event.request.as_deref().map(str::as_bytes),
    };
    out.add(parameters.and_then(|it| it.bucket.as_deref()), &record)
}

fn operation(name: &str) -> Option<Operation> {
    let begins = |words: &[&str]| words.iter().any(|it| name.starts_with(it));
    if begins(&["Get", "Head", "Select"]) {
        Some(Operation::Read)
    } else if begins(&["Put", "Post", "Copy", "Delete", "Upload", "Create", "Complete", "Abort", "Restore"]) {
        Some(Operation::Write)
    } else {
        None
    }
}
