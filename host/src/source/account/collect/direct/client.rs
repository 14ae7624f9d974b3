//! Sends requests: signed, as fast as a service allows, again where that may help.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value as Json;

use super::endpoint::{Endpoint, endpoint};
use super::error::CallError;
use super::protocol::{self, Arguments, Reply, Request};
use super::table::{Service, Step};
use super::throttle::{Patience, Throttle};
use crate::source::session::{HeldCredentials, innermost};

/// No reply of AWS is as large; one that is would only fill the memory.
const LARGEST_REPLY: usize = 256 << 20;

/// Calls services of AWS for one set of credentials.
#[derive(Debug)]
pub(crate) struct Client {
    connector: SharedHttpConnector,
    credentials: HeldCredentials,
    /// Answers for all services.
    endpoint_url: Option<String>,
    patience: Patience,
    throttle: Throttle,
    /// How many requests were sent, by IAM action.
    sent: Mutex<BTreeMap<String, u64>>,
}

impl Client {
    pub(crate) fn new(credentials: HeldCredentials, endpoint_url: Option<String>) -> Self {
        Self::over(https(), credentials, endpoint_url, Patience::default())
    }

    pub(super) fn over(
        connector: SharedHttpConnector,
        credentials: HeldCredentials,
        endpoint_url: Option<String>,
        patience: Patience,
    ) -> Self {
        Self {
            connector,
            credentials,
            endpoint_url,
            patience,
            throttle: Throttle::default(),
            sent: Mutex::new(BTreeMap::new()),
        }
    }

    /// How many requests were sent so far, retries included, by IAM action.
    pub(crate) fn sent(&self) -> BTreeMap<String, u64> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a call, until it succeeds, fails for good, or has been tried long enough.
    pub(super) async fn call(
        &self,
        service: &'static Service,
        region: &str,
        step: &Step,
        arguments: &Arguments,
    ) -> Result<Json, CallError> {
        let began = Instant::now();
        let is_down = self.throttle.is_down(service.prefix, region, service.rate);
        let attempts = if is_down { 1 } else { self.patience.attempts };
        let (mut failures, mut renewed) = (0, false);
        loop {
            let credentials = self.credentials.provide_credentials().await;
            let credentials =
                credentials.map_err(|error| CallError::NoCredentials { reason: innermost(&error) })?;
            self.throttle.acquire(service.prefix, region, service.rate).await;
            let error = match self.attempt(service, region, step, arguments, &credentials).await {
                Ok(reply) => {
                    self.throttle.ended(service.prefix, region, service.rate, true);
                    return Ok(reply);
                }
                Err(CallError::Expired { .. }) if !renewed => {
                    renewed = true;
                    self.credentials.forget(&credentials).await;
                    continue;
                }
                Err(error) => error,
            };
            if matches!(error, CallError::Throttled { .. }) {
                self.throttle.throttled(service.prefix, region, service.rate);
            }
            let pause = self.patience.pause(failures, fastrand::f64());
            failures += 1;
            let is_last = failures >= attempts || began.elapsed() + pause > self.patience.total;
            if is_last || !error.is_passing() {
                self.throttle.ended(service.prefix, region, service.rate, !error.is_passing());
                return Err(error);
            }
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        service: &'static Service,
        region: &str,
        step: &Step,
        arguments: &Arguments,
        credentials: &Credentials,
    ) -> Result<Json, CallError> {
        let action = step.action(service);
        self.record(&action);
        let unavailable = |reason: String| CallError::Unavailable { action: action.clone(), reason };
        let request = protocol::request(service, step, arguments);
        let endpoint = endpoint(service, region, self.endpoint_url.as_deref());
        let signed = signed(service, &endpoint, request, credentials)
            .map_err(|error| CallError::Malformed { action: action.clone(), reason: innermost(&*error) })?;
        let answer = tokio::time::timeout(self.patience.attempt, self.send(signed)).await;
        let reply = answer
            .map_err(|_| unavailable(format!("nothing in {} s", self.patience.attempt.as_secs())))?
            .map_err(|error| unavailable(innermost(&*error)))?;
        if !(200..300).contains(&reply.status) {
            let answer = protocol::read_error(service, &reply);
            return Err(CallError::of_reply(&action, reply.status, answer));
        }
        protocol::read(service, step, &reply.body).map_err(|reason| CallError::Malformed { action, reason })
    }

    async fn send(&self, request: HttpRequest) -> Result<Reply, Box<dyn Error + Send + Sync>> {
        let response = self.connector.call(request).await?;
        let status = response.status().as_u16();
        let error_type = response.headers().get("x-amzn-errortype").map(str::to_owned);
        Ok(Reply { status, error_type, body: body(response).await? })
    }

    fn record(&self, action: &str) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        *sent.entry(action.to_owned()).or_default() += 1;
    }
}

/// The HTTP client of the SDK, without the SDK around it.
fn https() -> SharedHttpConnector {
    let timeouts = HttpConnectorSettings::builder()
        .connect_timeout(Duration::from_secs(5))
        .read_timeout(Duration::from_secs(20))
        .build();
    let connector = Connector::builder()
        .connector_settings(timeouts)
        .proxy_config(ProxyConfig::from_env())
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .build();
    SharedHttpConnector::new(connector)
}

async fn body(response: HttpResponse) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
    let mut stream = ByteStream::new(response.into_body());
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > LARGEST_REPLY {
            return Err(format!("more than {} MB", LARGEST_REPLY >> 20).into());
        }
    }
    Ok(body)
}

fn signed(
    service: &Service,
    endpoint: &Endpoint,
    request: Request,
    credentials: &Credentials,
) -> Result<HttpRequest, Box<dyn Error + Send + Sync>> {
    let uri = format!("{}{}", endpoint.url, request.target);
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(&endpoint.signing_region)
        .name(service.signing)
        .time(SystemTime::now())
        .settings(settings(service))
        .build()?
        .into();
    let headers = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let signable =
        SignableRequest::new(request.method, uri.as_str(), headers, SignableBody::Bytes(&request.body))?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    let user_agent = concat!("archlint/", env!("CARGO_PKG_VERSION"));
    let mut builder =
        http::Request::builder().method(request.method).uri(&uri).header("user-agent", user_agent);
    for (name, value) in &request.headers {
        builder = builder.header(*name, value);
    }
    let mut http = builder.body(SdkBody::from(request.body))?;
    instructions.apply_to_request_http1x(&mut http);
    Ok(HttpRequest::try_from(http)?)
}

/// S3 signs paths as they are, and the body in a header of its own.
fn settings(service: &Service) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if matches!(service.signing, "s3" | "s3express") {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

#[cfg(test)]
mod tests;
