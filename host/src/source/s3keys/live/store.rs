//! What is asked of S3: pages of keys, and objects.

use std::error::Error;
use std::future::Future;
use std::io::Write;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{Builder, Region};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::EncodingType;
use miette::Diagnostic;
use thiserror::Error as ThisError;

use crate::source::s3keys::decode;

/// S3 asks to slow down rather than that it fails; a sample is not in a hurry.
const ATTEMPTS: u32 = 6;

/// S3, or what stands for it in a test.
pub trait Store: Send + Sync {
    fn list(&self, request: &List<'_>) -> impl Future<Output = Result<Page, StoreError>> + Send;

    /// Writes an object; how many bytes it has.
    fn get(
        &self,
        bucket: &str,
        key: &str,
        into: &mut (dyn Write + Send),
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;
}

/// A request for a page of keys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct List<'l> {
    pub bucket: &'l str,
    pub prefix: &'l str,
    pub start_after: Option<&'l str>,
    /// Whether what follows the next `/` is left out.
    pub is_one_level: bool,
    /// 1,000 at most.
    pub max_keys: u16,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub objects: Vec<Object>,
    pub prefixes: Vec<String>,
    pub is_truncated: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    pub key: String,
    pub size: Option<u64>,
    /// Milliseconds since 1970.
    pub modified: Option<i64>,
}

#[derive(Debug, ThisError, Diagnostic)]
pub enum StoreError {
    #[error("S3 refuses {action} for `{bucket}`: {message}")]
    #[diagnostic(
        code(archlint::keys::denied),
        help("the policy of whoever calls must allow {action} on the bucket")
    )]
    Denied { action: &'static str, bucket: String, message: String },

    #[error("there is no `{what}`")]
    #[diagnostic(code(archlint::keys::missing), help("`aws s3 ls` lists the buckets that there are"))]
    Missing { what: String },

    #[error("S3 does not answer {action} for `{bucket}`: {message}")]
    #[diagnostic(code(archlint::keys::unavailable), help("it was tried several times; try again later"))]
    Unavailable { action: &'static str, bucket: String, message: String },

    #[error("cannot write what S3 answers")]
    #[diagnostic(code(archlint::keys::spool), help("is there room in the folder for temporary files?"))]
    Spool { source: std::io::Error },
}

/// S3 itself, in the region of some bucket.
#[derive(Debug, Clone)]
pub struct S3 {
    client: Client,
}

impl S3 {
    /// With the credentials and the region of `sdk`, unless the bucket's is known to be another.
    pub fn new(sdk: &aws_config::SdkConfig, region: Option<String>) -> Self {
        let mut builder = Builder::from(sdk)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            // Names of buckets are no names of hosts at other endpoints.
            .force_path_style(sdk.endpoint_url().is_some());
        if let Some(region) = region {
            builder = builder.region(Region::new(region));
        }
        Self { client: Client::from_conf(builder.build()) }
    }

    /// Where a bucket is. S3 tells so even whom it denies everything else.
    pub async fn region_of(&self, bucket: &str) -> Option<String> {
        match self.client.head_bucket().bucket(bucket).send().await {
            Ok(it) => it.bucket_region().map(str::to_owned),
            Err(error) => {
                let headers = error.raw_response()?.headers();
                headers.get("x-amz-bucket-region").map(str::to_owned)
            }
        }
    }
}

impl Store for S3 {
    async fn list(&self, request: &List<'_>) -> Result<Page, StoreError> {
        let call = self
            .client
            .list_objects_v2()
            .bucket(request.bucket)
            .prefix(request.prefix)
            .set_start_after(request.start_after.map(str::to_owned))
            .set_delimiter(request.is_one_level.then(|| "/".to_owned()))
            // Keys may hold characters that XML cannot.
            .encoding_type(EncodingType::Url)
            .max_keys(request.max_keys.into());
        let reply =
            call.send().await.map_err(|it| failed("s3:ListBucket", request.bucket, request.bucket, &it))?;
        Ok(page(&reply))
    }

    async fn get(&self, bucket: &str, key: &str, into: &mut (dyn Write + Send)) -> Result<u64, StoreError> {
        const ACTION: &str = "s3:GetObject";
        let call = self.client.get_object().bucket(bucket).key(key);
        let mut reply = call.send().await.map_err(|it| failed(ACTION, bucket, key, &it))?;
        let mut length = 0;
        while let Some(bytes) = reply.body.next().await {
            let broken = |it: aws_sdk_s3::primitives::ByteStreamError| StoreError::Unavailable {
                action: ACTION,
                bucket: bucket.to_owned(),
                message: it.to_string(),
            };
            let bytes = bytes.map_err(broken)?;
            into.write_all(&bytes).map_err(|source| StoreError::Spool { source })?;
            length += bytes.len() as u64;
        }
        Ok(length)
    }
}

fn page(reply: &ListObjectsV2Output) -> Page {
    let decoded =
        |it: &str| String::from_utf8_lossy(decode::once(it.as_bytes(), &mut Vec::new())).into_owned();
    let objects = reply.contents().iter().filter_map(|it| {
        Some(Object {
            key: decoded(it.key()?),
            size: it.size().and_then(|it| u64::try_from(it).ok()),
            modified: it.last_modified().and_then(|it| it.to_millis().ok()),
        })
    });
    Page {
        objects: objects.collect(),
        prefixes: reply.common_prefixes().iter().filter_map(|it| it.prefix().map(decoded)).collect(),
        is_truncated: reply.is_truncated() == Some(true),
    }
}

fn failed<E, R>(action: &'static str, bucket: &str, what: &str, error: &SdkError<E, R>) -> StoreError
where
    E: ProvideErrorMetadata + Error + 'static,
    R: std::fmt::Debug,
{
    let bucket = bucket.to_owned();
    let service = error.as_service_error();
    let message = service.and_then(|it| it.message().or(it.code()).map(str::to_owned));
    match service.and_then(ProvideErrorMetadata::code) {
        Some("NoSuchBucket" | "NoSuchKey") => StoreError::Missing { what: what.to_owned() },
        Some("AccessDenied" | "AllAccessDisabled" | "InvalidAccessKeyId" | "ExpiredToken") => {
            StoreError::Denied { action, bucket, message: message.unwrap_or_default() }
        }
        _ => {
            let message = message.unwrap_or_else(|| DisplayErrorContext(error).to_string());
            StoreError::Unavailable { action, bucket, message }
        }
    }
}

#[cfg(test)]
mod tests;
