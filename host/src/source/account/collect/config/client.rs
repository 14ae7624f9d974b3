//! The SDK's client in each region: paced, patient, and with fresh credentials where they expire midway.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::timeout::TimeoutConfig;
use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_config::Client;
use aws_sdk_config::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_config::config::retry::{RetryConfig, RetryPartition, TokenBucket};
use aws_sdk_config::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_config::error::{BoxError, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};

use super::super::direct::{Answer, CallError, Patience, Rate, Throttle};
use super::aggregator::Source;
use crate::source::session::{HeldCredentials, Login, chain, innermost, is_same};

/// What AWS's own Workload Discovery holds itself to; no quota is published.
/// <https://github.com/aws-solutions/workload-discovery-on-aws>
const QUERIES: (&str, Rate) = ("config queries", Rate { per_second: 8.0, burst: 8.0 });
const OTHERS: (&str, Rate) = ("config", Rate { per_second: 15.0, burst: 15.0 });

/// AWS Config in one account.
#[derive(Debug)]
pub(crate) struct Config {
    sdk: SdkConfig,
    credentials: HeldCredentials,
    patience: Patience,
    throttle: Throttle,
    sent: Sent,
    clients: Mutex<BTreeMap<String, Client>>,
    /// Of aggregators, by region and name.
    pub(super) sources: tokio::sync::Mutex<BTreeMap<(String, String), Vec<Source>>>,
}

impl Config {
    pub(crate) fn new(login: &Login, patience: Patience) -> Self {
        Self {
            sdk: login.sdk.clone(),
            credentials: login.credentials.clone(),
            patience,
            throttle: Throttle::default(),
            sent: Sent::default(),
            clients: Mutex::default(),
            sources: tokio::sync::Mutex::default(),
        }
    }

    /// How many requests were sent so far, retries included, by IAM action.
    pub(crate) fn sent(&self) -> BTreeMap<String, u64> {
        self.sent.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn patience(&self) -> &Patience {
        &self.patience
    }

    /// Makes a call of an action, `config:SelectResourceConfig`; once more with fresh credentials where those that
    /// it was signed with expired before their time.
    pub(super) async fn call<T, E>(
        &self,
        region: &str,
        action: &str,
        send: impl AsyncFn(&Client) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let client = self.client(region);
        let (bucket, rate) = if action.contains(":Select") { QUERIES } else { OTHERS };
        let attempt = async || {
            self.throttle.acquire(bucket, region, rate).await;
            send(&client).await.map_err(|it| meaning(action, &it))
        };
        let held = self.credentials.provide_credentials().await.ok();
        match attempt().await {
            Err(expired @ CallError::Expired { .. }) => {
                self.refresh(held).await.ok_or(expired)?;
                attempt().await
            }
            told => told,
        }
    }

    /// Fresh credentials; nothing where the provider has only the expired ones.
    async fn refresh(&self, expired: Option<Credentials>) -> Option<()> {
        let expired = expired?;
        self.credentials.forget(&expired).await;
        let fresh = self.credentials.provide_credentials().await.ok()?;
        (!is_same(&expired, &fresh)).then_some(())
    }

    fn client(&self, region: &str) -> Client {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(region.to_owned()).or_insert_with(|| self.connect(region));
        client.clone()
    }

    fn connect(&self, region: &str) -> Client {
        let Patience { attempts, base, cap, total, attempt } = self.patience;
        let retries = RetryConfig::standard().with_max_attempts(attempts);
        let timeouts = TimeoutConfig::builder().operation_timeout(total).operation_attempt_timeout(attempt);
        let settings = aws_sdk_config::config::Builder::from(&self.sdk)
            .region(Region::new(region.to_owned()))
            .retry_config(retries.with_initial_backoff(base).with_max_backoff(cap))
            // The SDK's budget of retries is for interactive programs: where a third of the calls are throttled, a
            // long scan would use it up and fail, although each call succeeds when it is made again.
            .retry_partition(
                RetryPartition::custom("archlint").token_bucket(TokenBucket::unlimited()).build(),
            )
            .timeout_config(timeouts.build())
            .interceptor(self.sent.clone());
        Client::from_conf(settings.build())
    }
}

/// Counts the requests as they go out.
#[derive(Debug, Clone, Default)]
struct Sent(Arc<Mutex<BTreeMap<String, u64>>>);

impl Intercept for Sent {
    fn name(&self) -> &'static str {
        "Sent"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = settings.load::<Metadata>().ok_or("the SDK names every operation")?;
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *sent.entry(format!("config:{}", operation.name())).or_default() += 1;
        Ok(())
    }
}

/// What an error of the SDK means.
fn meaning<E>(action: &str, error: &SdkError<E, HttpResponse>) -> CallError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let (action, reason) = (action.to_owned(), innermost(error));
    let is_of_credentials = |it: &(dyn std::error::Error + 'static)| it.is::<CredentialsError>();
    match error {
        SdkError::ServiceError(service) => {
            let (status, error) = (service.raw().status().as_u16(), service.err());
            let [code, message] =
                [error.code(), error.message()].map(|it| it.map_or_else(String::new, str::to_owned));
            let answer = Answer { code, message };
            CallError::of_reply(&action, status, answer)
        }
        SdkError::ResponseError(_) => CallError::Malformed { action, reason },
        _ if chain(error).any(is_of_credentials) => CallError::NoCredentials { reason },
        _ => CallError::Unavailable { action, reason },
    }
}
