use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

use super::*;

/// Answers one request for each reply; what was asked.
fn server(replies: &'static [(&'static str, &'static str)]) -> (S3, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let mut asked = Vec::new();
        for (status, body) in replies {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = BufReader::new(&stream).lines().map(Result::unwrap);
            asked.push(head.next().unwrap());
            head.find(String::is_empty).unwrap();
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\nx-amz-bucket-region: eu-west-1\r\nconnection: close\r\n\
                 content-length: {length}\r\n\r\n{body}"
            )
            .unwrap();
        }
        asked
    });
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(url)
        .build();
    (S3::new(&sdk, Some("eu-west-1".to_owned())), asked)
}

#[tokio::test]
async fn pages() {
    const REPLY: &str = "<ListBucketResult><IsTruncated>true</IsTruncated><EncodingType>url</EncodingType><Contents>\
                 <Key>a%2Bb+c</Key><Size>7</Size><LastModified>2026-01-31T12:34:56.000Z</LastModified></Contents>\
                 <CommonPrefixes><Prefix>d%2Fe/</Prefix></CommonPrefixes></ListBucketResult>";
    let (s3, asked) = server(&[("200 OK", REPLY)]);
    let request =
        List { bucket: "b", prefix: "a", start_after: Some("a/~"), is_one_level: true, max_keys: 9 };
    let page = s3.list(&request).await.unwrap();
    let object = Object { key: "a+b c".to_owned(), size: Some(7), modified: Some(1_769_862_896_000) };
    assert_eq!(page, Page { objects: vec![object], prefixes: vec!["d/e/".to_owned()], is_truncated: true });
    let asked = asked.join().unwrap();
    for part in [
        "GET /b",
        "list-type=2",
        "delimiter=%2F",
        "encoding-type=url",
        "max-keys=9",
        "prefix=a",
        "start-after=a%2F~",
    ] {
        assert!(asked[0].contains(part), "{part} is not in {}", asked[0]);
    }
}

#[tokio::test]
async fn objects() {
    let (s3, asked) = server(&[("200 OK", "all of it")]);
    let mut body = Vec::new();
    assert_eq!(s3.get("b", "a/b c", &mut body).await.unwrap(), 9);
    assert_eq!(body, b"all of it");
    assert!(asked.join().unwrap()[0].starts_with("GET /b/a/b%20c?x-id=GetObject "));
}

#[tokio::test]
async fn refusals() {
    const DENIED: &str = "<Error><Code>AccessDenied</Code><Message>not you</Message></Error>";
    const MISSING: &str = "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>";
    let (s3, _) = server(&[("403 Forbidden", DENIED), ("404 Not Found", MISSING), ("403 Forbidden", "")]);
    let error = s3.list(&List { bucket: "b", ..List::default() }).await.unwrap_err();
    assert_eq!(error.to_string(), "S3 refuses s3:ListBucket for `b`: not you");
    let error = s3.get("b", "k", &mut Vec::new()).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no `k`");
    assert_eq!(s3.region_of("b").await.as_deref(), Some("eu-west-1"));
}

#[tokio::test]
async fn slow_downs_are_waited_for() {
    const SLOW: &str = "<Error><Code>SlowDown</Code><Message>slow</Message></Error>";
    let (s3, asked) = server(&[("503 Slow Down", SLOW), ("200 OK", "<ListBucketResult/>")]);
    assert_eq!(s3.list(&List { bucket: "b", ..List::default() }).await.unwrap(), Page::default());
    assert_eq!(asked.join().unwrap().len(), 2);
}
