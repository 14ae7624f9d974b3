//! Who asks AWS: credentials, regions, and how they were chosen.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Builder as HttpClientBuilder, ConnectorBuilder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::error::ErrorMetadata;
use miette::Diagnostic;
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Mutex;

/// The name of archlint's sessions in the accounts whose roles it assumes; their trails show it.
const SESSION_NAME: &str = "archlint";

/// Where the first call goes when no region is set anywhere and all of them are asked for.
const FIRST_REGION: &str = "us-east-1";

/// What the command line says of credentials and regions.
#[derive(Debug, Clone, Default)]
pub struct Access {
    pub profile: Option<String>,
    /// ARNs of roles, one for each account to scan; without any, the account of the credentials is scanned.
    pub assume_role: Vec<String>,
    pub endpoint_url: Option<String>,
    pub regions: Vec<String>,
    pub all_regions: bool,
}

/// Credentials that work for one account, before anybody asked which one it is.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// Holds `credentials`, one HTTP client for all services, and no cache of identities beside that.
    pub(crate) sdk: SdkConfig,
    pub(crate) credentials: HeldCredentials,
}

#[derive(Debug, Error, Diagnostic)]
pub enum SessionError {
    #[error("no AWS credentials")]
    #[diagnostic(
        code(archlint::scan::no_credentials),
        help(
            "archlint looks where the AWS CLI looks: pass --profile, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or run \
             `aws configure`"
        )
    )]
    NoCredentials { source: CredentialsError },

    #[error("the profile `{profile}` has no credentials")]
    #[diagnostic(
        code(archlint::scan::profile),
        help("`aws configure list-profiles` lists the profiles that there are")
    )]
    Profile { profile: String, source: CredentialsError },

    #[error("the login with IAM Identity Center has expired, or there was none")]
    #[diagnostic(code(archlint::scan::login), help("run `aws sso login{}`", option(profile.as_deref())))]
    SsoLogin { profile: Option<String>, source: CredentialsError },

    #[error("`{role}` cannot be assumed: {message}")]
    #[diagnostic(
        code(archlint::scan::role),
        help(
            "the role's trust policy must name who calls, and the caller's policy must allow sts:AssumeRole on it"
        )
    )]
    RoleRefused { role: String, message: String },

    #[error("the credentials cannot be had")]
    #[diagnostic(
        code(archlint::scan::credentials),
        help("`aws sts get-caller-identity{}` should fail alike, and may tell more", option(profile.as_deref()))
    )]
    Credentials { profile: Option<String>, source: CredentialsError },

    #[error("no region")]
    #[diagnostic(
        code(archlint::scan::no_region),
        help("pass --region or --all-regions, set AWS_REGION, or give the profile a region")
    )]
    NoRegion,

    #[error("the machine does not give what a network client needs")]
    #[diagnostic(code(archlint::scan::runtime), help("is the limit of open files reached?"))]
    Runtime { source: io::Error },

    #[error("`{region}` is no name of a region")]
    #[diagnostic(code(archlint::scan::region), help("regions are named like `eu-central-1`"))]
    Region { region: String },
}

/// What waits for the network.
pub(crate) fn runtime() -> Result<Runtime, SessionError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.map_err(|source| SessionError::Runtime { source })
}

fn option(profile: Option<&str>) -> String {
    profile.map_or_else(String::new, |it| format!(" --profile {it}"))
}

impl Access {
    /// One login for each role to assume, or why it cannot be, else one with the credentials themselves. All of them
    /// work, or did a moment ago.
    pub(crate) async fn logins(&self) -> Result<Vec<Result<Login, SessionError>>, SessionError> {
        if let Some(region) = self.regions.iter().find(|it| !is_region(it)) {
            return Err(SessionError::Region { region: region.clone() });
        }
        let own = self.own_login().await;
        own.credentials.provide_credentials().await.map_err(|it| self.refused(it))?;
        if self.assume_role.is_empty() {
            return Ok(vec![Ok(own)]);
        }
        let mut logins = Vec::new();
        for role in &self.assume_role {
            logins.push(Self::assume(&own, role).await);
        }
        Ok(logins)
    }

    /// The regions that were asked for, else the one that is set where the AWS CLI looks for it. Whoever asks for
    /// all regions learns them from EC2.
    pub(crate) fn regions(&self, login: &Login) -> Result<Vec<String>, SessionError> {
        if !self.regions.is_empty() {
            return Ok(self.regions.clone());
        }
        let default = login.sdk.region().ok_or(SessionError::NoRegion)?;
        Ok(vec![default.to_string()])
    }

    async fn own_login(&self) -> Login {
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http_client());
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(first) = self.regions.first() {
            loader = loader.region(Region::new(first.clone()));
        }
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        let mut sdk = loader.load().await;
        if sdk.region().is_none() && self.all_regions {
            sdk = sdk.into_builder().region(Region::from_static(FIRST_REGION)).build();
        }
        let provider = match &self.profile {
            Some(profile) => of_profile_only(profile, &sdk),
            None => sdk.credentials_provider().expect("the loader always sets a provider"),
        };
        Login::new(&sdk, provider)
    }

    async fn assume(own: &Login, role: &str) -> Result<Login, SessionError> {
        let provider = AssumeRoleProvider::builder(role).session_name(SESSION_NAME).configure(&own.sdk);
        let provider = SharedCredentialsProvider::new(provider.build().await);
        let login = Login::new(&own.sdk, provider);
        match login.credentials.provide_credentials().await {
            Ok(_) => Ok(login),
            Err(error) => {
                let message = answer(&error).unwrap_or_else(|| innermost(&error));
                Err(SessionError::RoleRefused { role: role.to_owned(), message })
            }
        }
    }

    fn refused(&self, source: CredentialsError) -> SessionError {
        let profile = self.profile.clone();
        // The types of these errors are private to the SDK; their texts name the token, always.
        if chain(&source).any(|it| it.to_string().contains("SSO token")) {
            return SessionError::SsoLogin { profile, source };
        }
        match (source, profile) {
            (source @ CredentialsError::CredentialsNotLoaded(_), None) => {
                SessionError::NoCredentials { source }
            }
            (source @ CredentialsError::CredentialsNotLoaded(_), Some(profile)) => {
                SessionError::Profile { profile, source }
            }
            (source, profile) => SessionError::Credentials { profile, source },
        }
    }
}

impl Login {
    pub(crate) fn new(sdk: &SdkConfig, provider: SharedCredentialsProvider) -> Self {
        let credentials = HeldCredentials::new(provider);
        let builder = sdk.to_builder().identity_cache(IdentityCache::no_cache());
        let sdk = builder.credentials_provider(SharedCredentialsProvider::new(credentials.clone())).build();
        Self { sdk, credentials }
    }
}

/// Credentials that are asked for once and held until they expire, or until a service says that they have.
/// The SDK's own cache cannot be told so.
#[derive(Debug, Clone)]
pub(crate) struct HeldCredentials {
    provider: SharedCredentialsProvider,
    held: Arc<Mutex<Option<Credentials>>>,
}

impl HeldCredentials {
    /// Before they expire, so that a call that is on its way arrives in time.
    const MARGIN: Duration = Duration::from_mins(1);
    /// What asking a provider may take; one of them may ask a person.
    const PATIENCE: Duration = Duration::from_mins(2);

    pub(crate) fn new(provider: SharedCredentialsProvider) -> Self {
        Self { provider, held: Arc::default() }
    }

    /// Asks the provider the next time, unless somebody else already did after these.
    pub(crate) async fn forget(&self, expired: &Credentials) {
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|it| is_same(it, expired)) {
            *held = None;
        }
    }

    async fn provide(&self) -> provider::Result {
        let mut held = self.held.lock().await;
        let is_good = |it: &&Credentials| it.expiry().is_none_or(|it| it > SystemTime::now() + Self::MARGIN);
        if let Some(good) = held.as_ref().filter(is_good) {
            return Ok(good.clone());
        }
        let asked = tokio::time::timeout(Self::PATIENCE, self.provider.provide_credentials()).await;
        let fresh = asked.map_err(|_| CredentialsError::provider_timed_out(Self::PATIENCE))??;
        Ok(held.insert(fresh).clone())
    }
}

impl ProvideCredentials for HeldCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

/// A profile that was asked for comes before keys in the environment, as it does in the AWS CLI; the SDK's chain has
/// it the other way round.
fn of_profile_only(profile: &str, sdk: &SdkConfig) -> SharedCredentialsProvider {
    let mut context = ProviderConfig::without_region().with_region(sdk.region().cloned());
    if let Some(http) = sdk.http_client() {
        context = context.with_http_client(http);
    }
    let builder = ProfileFileCredentialsProvider::builder().profile_name(profile);
    SharedCredentialsProvider::new(builder.configure(&context).build())
}

/// Whether both are the same credentials: the same key, in the same session.
pub(crate) fn is_same(one: &Credentials, other: &Credentials) -> bool {
    one.access_key_id() == other.access_key_id() && one.session_token() == other.session_token()
}

/// What AWS said, where an error goes back to an answer of AWS.
fn answer(error: &CredentialsError) -> Option<String> {
    let metadata = chain(error).find_map(|it| it.downcast_ref::<ErrorMetadata>())?;
    let message = metadata.message().or_else(|| metadata.code())?;
    Some(message.to_owned())
}

/// An error and what caused it, outermost first.
pub(crate) fn chain<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |it| (*it).source())
}

/// What really went wrong: errors of HTTP clients say little before their last source.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map_or_else(String::new, ToString::to_string)
}

fn is_region(text: &str) -> bool {
    let is_part = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    text.contains('-') && text.chars().all(is_part)
}

/// One pool of connections for all services and regions, with the trust store that is read once. As the SDK's
/// default client does, it goes through the proxy that the environment names.
fn http_client() -> SharedHttpClient {
    HttpClientBuilder::new().build_with_connector_fn(|settings, components| {
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
        let mut builder =
            ConnectorBuilder::default().tls_provider(provider).proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.build()
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Gives other keys each time, which expire after a while.
    #[derive(Debug)]
    struct Keys {
        asked: Arc<AtomicUsize>,
        lifetime: Duration,
    }

    impl ProvideCredentials for Keys {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let key = format!("AKIDEXAMPLE{}", self.asked.fetch_add(1, Ordering::Relaxed));
            let expiry = SystemTime::now() + self.lifetime;
            future::ProvideCredentials::ready(Ok(Credentials::new(key, "secret", None, Some(expiry), "test")))
        }
    }

    /// Other keys each time they are asked for, and how often that was.
    pub(crate) fn keys(lifetime: Duration) -> (SharedCredentialsProvider, Arc<AtomicUsize>) {
        let asked = Arc::<AtomicUsize>::default();
        let keys = Keys { asked: Arc::clone(&asked), lifetime };
        (SharedCredentialsProvider::new(keys), asked)
    }

    /// A login at a server on this machine.
    pub(crate) async fn login(url: &str, provider: SharedCredentialsProvider) -> Login {
        let loader = aws_config::defaults(BehaviorVersion::v2026_01_12()).http_client(http_client());
        let loader = loader.region(Region::from_static("eu-west-1")).endpoint_url(url);
        let sdk = loader.credentials_provider(provider.clone()).load().await;
        Login::new(&sdk, provider)
    }

    #[tokio::test]
    async fn credentials_are_held_until_they_are_about_to_expire() {
        let (provider, asked) = keys(Duration::from_hours(1));
        let hour = HeldCredentials::new(provider);
        hour.provide_credentials().await.unwrap();
        hour.provide_credentials().await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        let (provider, asked) = keys(Duration::from_secs(1));
        let second = HeldCredentials::new(provider);
        second.provide_credentials().await.unwrap();
        second.provide_credentials().await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn credentials_that_expired_early_are_asked_for_once_more() {
        let (provider, asked) = keys(Duration::from_hours(1));
        let held = HeldCredentials::new(provider);
        let expired = held.provide_credentials().await.unwrap();
        held.forget(&expired).await;
        let fresh = held.provide_credentials().await.unwrap();
        assert!(!is_same(&expired, &fresh));
        // A second call that failed with the old ones does not throw the fresh ones away.
        held.forget(&expired).await;
        held.provide_credentials().await.unwrap();
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn causes_decide_what_is_advised() {
        let access = Access { profile: Some("audit".to_owned()), ..Access::default() };
        let help = |error: CredentialsError| access.refused(error).help().unwrap().to_string();
        let token = CredentialsError::provider_error("the SSO token has expired and cannot be refreshed");
        assert_eq!(help(token), "run `aws sso login --profile audit`");
        assert!(help(CredentialsError::not_loaded_no_source()).contains("`aws configure list-profiles`"));
        let none = Access::default().refused(CredentialsError::not_loaded_no_source());
        assert!(none.help().unwrap().to_string().contains("pass --profile"));
        let other = help(CredentialsError::provider_error("connection refused"));
        assert!(other.contains("`aws sts get-caller-identity --profile audit`"), "{other}");
    }

    #[tokio::test]
    async fn a_region_is_checked_before_anything_is_called() {
        let access = Access { regions: vec!["eu-west-1' OR 'a' = 'a".to_owned()], ..Access::default() };
        assert!(matches!(access.logins().await, Err(SessionError::Region { .. })));
    }

    /// Answers one call with an error of STS.
    fn sts(status: &'static str, code: &'static str, message: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut reading = BufReader::new(&stream);
            let (mut line, mut length) = (String::new(), 0);
            while line != "\r\n" {
                line.clear();
                reading.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            reading.read_exact(&mut vec![0; length]).unwrap();
            let body = format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                 <Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
            );
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            (&stream).write_all((head + &body).as_bytes()).unwrap();
        });
        url
    }

    #[tokio::test]
    async fn a_role_that_is_refused_says_what_aws_said() {
        let url = sts("403 Forbidden", "AccessDenied", "User x is not authorized to perform: sts:AssumeRole");
        let role = "arn:aws:iam::111122223333:role/audit";
        let own = login(&url, keys(Duration::from_hours(1)).0).await;
        let refused = Access::assume(&own, role).await.unwrap_err();
        let text = "`arn:aws:iam::111122223333:role/audit` cannot be assumed: User x is not authorized to perform: \
                    sts:AssumeRole";
        assert_eq!(refused.to_string(), text);
        assert!(refused.help().unwrap().to_string().contains("trust policy"));
    }
}
