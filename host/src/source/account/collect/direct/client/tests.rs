use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_credential_types::provider::{SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use serde_json::json;

use super::*;
use crate::source::account::collect::direct::protocol::Argument;
use crate::source::account::collect::direct::table::{EC2, S3};

const VPCS: Step = Step::plain("DescribeVpcs");
const DONE: &str = "<R><vpcSet/></R>";

/// What a service does when it is called.
#[derive(Debug, Clone)]
enum Does {
    Answer(u16, String),
    Break,
    Hang,
}

/// Does one thing after the other, and keeps what it was asked.
#[derive(Debug, Clone)]
struct Script {
    does: Arc<Mutex<VecDeque<Does>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Debug, Clone)]
struct Asked {
    uri: String,
    authorization: String,
    token: Option<String>,
    body: String,
    has_checksum: bool,
}

impl HttpConnector for Script {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = |name: &str| request.headers().get(name).map(str::to_owned);
        self.asked.lock().unwrap().push(Asked {
            uri: request.uri().to_owned(),
            authorization: header("authorization").unwrap_or_default(),
            token: header("x-amz-security-token"),
            body: String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap(),
            has_checksum: header("x-amz-content-sha256").is_some(),
        });
        let does = self.does.lock().unwrap().pop_front().expect("no more calls than the script has");
        HttpConnectorFuture::new(async move {
            match does {
                Does::Answer(status, body) => {
                    let status = StatusCode::try_from(status).expect("a status");
                    Ok(HttpResponse::new(status, SdkBody::from(body)))
                }
                Does::Break => Err(ConnectorError::io("connection reset".into())),
                Does::Hang => std::future::pending().await,
            }
        })
    }
}

/// Gives other credentials each time it is asked.
#[derive(Debug, Default)]
struct Rotating {
    given: Arc<AtomicUsize>,
}

impl aws_credential_types::provider::ProvideCredentials for Rotating {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let token = format!("token-{}", self.given.fetch_add(1, Ordering::SeqCst));
        future::ProvideCredentials::ready(Ok(Credentials::new("id", "secret", Some(token), None, "test")))
    }
}

fn patience() -> Patience {
    Patience {
        attempts: 4,
        base: Duration::from_millis(1),
        cap: Duration::from_millis(2),
        total: Duration::from_secs(5),
        attempt: Duration::from_millis(50),
    }
}

fn client(does: Vec<Does>) -> (Client, Script) {
    let script = Script { does: Arc::new(Mutex::new(does.into())), asked: Arc::default() };
    let provider = SharedCredentialsProvider::new(Rotating::default());
    let connector = SharedHttpConnector::new(script.clone());
    (Client::over(connector, HeldCredentials::new(provider), None, patience()), script)
}

fn answer(status: u16, body: &str) -> Does {
    Does::Answer(status, body.to_owned())
}

fn error(status: u16, code: &str) -> Does {
    answer(
        status,
        &format!(
            "<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors></Response>"
        ),
    )
}

async fn call(client: &Client) -> Result<Json, CallError> {
    client.call(&EC2, "eu-west-1", &VPCS, &Arguments::new()).await
}

#[tokio::test]
async fn requests_are_signed_for_the_service_and_region() {
    let (client, script) = client(vec![answer(200, DONE), answer(200, "<R><Buckets/></R>")]);
    assert_eq!(call(&client).await.unwrap(), json!({"vpcs": []}));
    let mut buckets = Step::plain("ListBuckets");
    buckets.route = Some(crate::source::account::collect::direct::table::Route { method: "GET", path: "/" });
    let region = vec![("bucket-region", Argument::Text("eu-west-1".to_owned()))];
    client.call(&S3, "eu-west-1", &buckets, &region).await.unwrap();
    let asked = script.asked.lock().unwrap();
    assert_eq!(asked[0].uri, "https://ec2.eu-west-1.amazonaws.com/");
    assert_eq!(asked[0].body, "Action=DescribeVpcs&Version=2016-11-15");
    assert!(asked[0].authorization.contains("/eu-west-1/ec2/aws4_request"), "{}", asked[0].authorization);
    assert_eq!(asked[0].token.as_deref(), Some("token-0"));
    assert!(!asked[0].has_checksum);
    assert_eq!(asked[1].uri, "https://s3.eu-west-1.amazonaws.com/?bucket-region=eu-west-1");
    assert!(asked[1].authorization.contains("/eu-west-1/s3/aws4_request"));
    assert!(asked[1].has_checksum);
    assert_eq!(asked[1].token.as_deref(), Some("token-0"), "the provider is asked once");
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let truncated = answer(200, "<R><vpcSet><item>");
    for trouble in
        [error(503, "RequestLimitExceeded"), answer(502, "<html>"), Does::Break, Does::Hang, truncated]
    {
        let (client, script) = client(vec![trouble.clone(), trouble.clone(), answer(200, DONE)]);
        assert_eq!(call(&client).await.unwrap(), json!({"vpcs": []}), "{trouble:?}");
        assert_eq!(script.asked.lock().unwrap().len(), 3);
        assert_eq!(client.sent(), BTreeMap::from([("ec2:DescribeVpcs".to_owned(), 3)]));
    }
}

#[tokio::test]
async fn what_does_not_pass_is_not() {
    for code in ["UnauthorizedOperation", "OptInRequired", "InvalidAction", "InvalidParameterValue"] {
        let (client, script) = client(vec![error(403, code)]);
        assert_eq!(call(&client).await.unwrap_err().code(), Some(code));
        assert_eq!(script.asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn endless_throttling_ends() {
    let (client, script) = client(vec![error(400, "Throttling"); 4]);
    assert!(matches!(call(&client).await, Err(CallError::Throttled { .. })));
    assert_eq!(script.asked.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn patience_with_a_service_that_is_down_ends_sooner() {
    let mut does = vec![answer(500, ""); 4 + 4 + 1];
    does.extend([answer(200, DONE), answer(500, ""), answer(200, DONE)]);
    let (client, script) = client(does);
    let mut calls = Vec::new();
    for _ in 0..5 {
        let before = script.asked.lock().unwrap().len();
        let is_well = call(&client).await.is_ok();
        calls.push((script.asked.lock().unwrap().len() - before, is_well));
    }
    assert_eq!(calls, [(4, false), (4, false), (1, false), (1, true), (2, true)]);
}

#[tokio::test]
async fn expired_credentials_are_renewed_once() {
    let (client, script) = client(vec![error(403, "ExpiredToken"), answer(200, DONE)]);
    call(&client).await.unwrap();
    let tokens: Vec<_> = script.asked.lock().unwrap().iter().map(|it| it.token.clone().unwrap()).collect();
    assert_eq!(tokens, ["token-0", "token-1"]);

    let (client, script) = self::client(vec![error(403, "ExpiredToken"); 2]);
    assert!(matches!(call(&client).await, Err(CallError::Expired { .. })));
    assert_eq!(script.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn no_answer_says_why() {
    let (client, _) = client(vec![Does::Break; 4]);
    let error = call(&client).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer: ec2:DescribeVpcs (connection reset)");
}
