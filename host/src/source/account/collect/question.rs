//! What is asked of the regions of an account, and how an answer becomes parts of the scan.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use aws_config::SdkConfig;

use super::config::{Config, ConfigError, Recording, lacks};
use super::direct::{self, Call, Client, Direct, Patience};
use super::observe::{self, Observation};
use super::{Collector, ScanError, ScanOptions, Watch};
use crate::source::account::arn::GLOBAL;
use crate::source::account::item::Item;
use crate::source::account::journal::{Failure, NotCollected, Part, Place};
use crate::source::session::{Access, Login};

/// An account, and how it is asked.
pub(super) struct Account {
    pub(super) id: String,
    regions: Vec<String>,
    pub(super) direct: Direct,
    config: Config,
    pub(super) sdk: SdkConfig,
    /// How many requests were sent beside those, by IAM action.
    counted: RefCell<BTreeMap<String, u64>>,
}

/// One question to one region of an account.
pub(super) struct Question {
    account: Rc<Account>,
    pub(super) region: String,
    what: What,
}

enum What {
    /// A call, and the kinds that it is made for.
    Direct(&'static Call, BTreeSet<String>),
    /// A kind, through AWS Config; by direct calls where that fails.
    Recorded { kind: String, or_direct: bool },
    /// A kind in some regions of every account of an aggregator.
    Aggregated { kind: String, name: String, regions: Vec<String> },
    /// What is observed of resources that are known by now.
    Observed(Observation),
    /// Kinds that nobody can be asked for, and why.
    Nobody(Vec<NotCollected>),
}

/// The accounts that the credentials and roles are for, and why others let nobody in. An error where none does.
pub(super) async fn accounts(access: &Access) -> Result<(Vec<Rc<Account>>, Vec<ScanError>), ScanError> {
    let (mut accounts, mut refused) = (Vec::new(), Vec::new());
    for login in access.logins().await? {
        let account = match login {
            Ok(login) => Account::of(login, access).await,
            Err(error) => Err(error.into()),
        };
        match account {
            Ok(account) => accounts.push(Rc::new(account)),
            Err(error) => refused.push(error),
        }
    }
    if accounts.is_empty()
        && let Some(error) = refused.pop()
    {
        return Err(error);
    }
    Ok((accounts, refused))
}

impl Account {
    async fn of(login: Login, access: &Access) -> Result<Self, ScanError> {
        let mut regions = access.regions(&login)?;
        let first = regions.first().cloned().unwrap_or_default();
        let client =
            Arc::new(Client::new(login.credentials.clone(), login.sdk.endpoint_url().map(str::to_owned)));
        let caller = client.caller_identity(&first).await;
        let id = caller.map_err(|it| ScanError::Identity { reason: it.to_string() })?.account;
        if access.all_regions {
            let enabled = client.enabled_regions(&first).await;
            regions =
                enabled.map_err(|it| ScanError::Regions { account: id.clone(), reason: it.to_string() })?;
        }
        let config = Config::new(&login, Patience::default());
        let direct = Direct::new(client, id.clone());
        Ok(Self { direct, id, regions, config, sdk: login.sdk, counted: RefCell::default() })
    }

    /// How many requests were sent, by IAM action.
    pub(super) fn sent(&self) -> impl Iterator<Item = (String, u64)> {
        let counted = self.counted.borrow().clone();
        self.direct.sent().into_iter().chain(self.config.sent()).chain(counted)
    }

    /// Counts requests that neither direct calls nor AWS Config were sent.
    pub(super) fn count(&self, action: &str, requests: u64) {
        *self.counted.borrow_mut().entry(action.to_owned()).or_default() += requests;
    }
}

/// What to ask of each region of an account.
pub(super) async fn of_account(
    account: &Rc<Account>,
    options: &ScanOptions,
    watch: &dyn Watch,
) -> Vec<Question> {
    let mut questions = Vec::new();
    let kinds = observe::listed(&options.kinds);
    for (at, region) in account.regions.iter().enumerate() {
        let recording = match options.collector {
            Collector::Direct => None,
            Collector::Auto | Collector::Config => Some(account.config.recorded(region).await),
        };
        if let (Collector::Auto, Some(Err(error))) = (options.collector, &recording) {
            watch.note(&format!("{} {region}: {error}; direct calls instead", account.id));
        }
        let question = |what| Question { account: Rc::clone(account), region: region.clone(), what };
        let (recorded, others) = divided(&kinds, recording.as_ref(), options.collector);
        let or_direct = options.collector == Collector::Auto;
        questions.extend(recorded.into_iter().map(|kind| question(What::Recorded { kind, or_direct })));
        if options.collector == Collector::Config {
            let error = recording.as_ref().and_then(|it| it.as_ref().err());
            let failure = error.map(ConfigError::failure).unwrap_or_default();
            let why =
                |kind: String| NotCollected { why: unrecorded(&kind, recording.as_ref()), kind, failure };
            let nobody: Vec<NotCollected> = others.into_iter().map(why).collect();
            questions.extend((!nobody.is_empty()).then(|| question(What::Nobody(nobody))));
        } else {
            questions.extend(direct_questions(&others, at == 0).into_iter().map(question));
        }
    }
    questions
}

/// The kinds that AWS Config is asked for, and the others.
fn divided(
    kinds: &BTreeSet<String>,
    recording: Option<&Result<Recording, ConfigError>>,
    collector: Collector,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let Some(Ok(recording)) = recording else { return (BTreeSet::new(), kinds.clone()) };
    let is_told =
        |kind: &String| recording.records(kind) && (collector == Collector::Config || lacks(kind).is_empty());
    kinds.iter().cloned().partition(is_told)
}

fn unrecorded(kind: &str, recording: Option<&Result<Recording, ConfigError>>) -> String {
    match recording {
        Some(Err(error)) => error.to_string(),
        _ => ConfigError::NotRecorded { kind: kind.to_owned() }.to_string(),
    }
}

/// The calls for some kinds. Global services are asked in the first region only.
fn direct_questions(kinds: &BTreeSet<String>, is_first: bool) -> Vec<What> {
    if kinds.is_empty() {
        return Vec::new();
    }
    let calls = direct::calls(kinds);
    let listed: BTreeSet<&str> = calls.iter().flat_map(|it| it.kinds()).collect();
    let unknown = kinds.iter().filter(|it| !listed.contains(it.as_str()));
    let nobody: Vec<NotCollected> = unknown
        .map(|kind| NotCollected {
            kind: kind.clone(),
            why: format!("archlint knows no call that lists {kind}"),
            failure: Failure::Lasting,
        })
        .collect();
    let asked = calls.into_iter().filter(|it| is_first || !it.is_global());
    let questions = asked.map(|it| What::Direct(it, kinds.clone()));
    questions.chain((!nobody.is_empty()).then_some(What::Nobody(nobody))).collect()
}

/// What to ask of an aggregator, which is in the first region.
pub(super) fn of_aggregator(account: &Rc<Account>, name: &str, options: &ScanOptions) -> Vec<Question> {
    let region = account.regions.first().cloned().unwrap_or_default();
    let question = |kind: &String| Question {
        account: Rc::clone(account),
        region: region.clone(),
        what: What::Aggregated {
            kind: kind.clone(),
            name: name.to_owned(),
            regions: options.access.regions.clone(),
        },
    };
    observe::listed(&options.kinds).iter().map(question).collect()
}

impl NotCollected {
    fn of_config(kind: &str, error: &ConfigError) -> Self {
        Self { kind: kind.to_owned(), why: error.to_string(), failure: error.failure() }
    }
}

impl Question {
    pub(super) fn of_observation(account: &Rc<Account>, region: String, it: Observation) -> Self {
        Self { account: Rc::clone(account), region, what: What::Observed(it) }
    }

    pub(super) fn observation(&self) -> Option<&Observation> {
        match &self.what {
            What::Observed(it) => Some(it),
            _ => None,
        }
    }

    /// Tells this question from all others of the scan.
    pub(super) fn place(&self) -> Place {
        let source = match &self.what {
            What::Direct(call, _) => format!("{} {}", call.action(), call.kind),
            What::Recorded { kind, .. } => format!("config:{kind}"),
            What::Aggregated { kind, name, .. } => format!("{name}:{kind}"),
            What::Observed(it) => it.source(),
            What::Nobody(_) => "nobody".to_owned(),
        };
        let region = match &self.what {
            What::Direct(call, _) if call.is_global() => GLOBAL.to_owned(),
            _ => self.region.clone(),
        };
        Place { account: self.account.id.clone(), region, source }
    }

    pub(super) async fn ask(&self) -> Vec<Part> {
        match &self.what {
            What::Direct(call, kinds) => vec![self.direct(call, kinds).await],
            What::Recorded { kind, or_direct } => self.recorded(kind, *or_direct).await,
            What::Aggregated { kind, name, regions } => self.aggregated(kind, name, regions).await,
            What::Observed(it) => {
                let told = it.ask(&self.account, &self.region).await;
                vec![Part { items: told.items, not_collected: told.not_collected, ..self.part() }]
            }
            What::Nobody(not_collected) => vec![Part { not_collected: not_collected.clone(), ..self.part() }],
        }
    }

    fn part(&self) -> Part {
        Part { place: self.place(), items: Vec::new(), complete: Vec::new(), not_collected: Vec::new() }
    }

    async fn direct(&self, call: &'static Call, kinds: &BTreeSet<String>) -> Part {
        let mut part = self.part();
        let mut deliver = |items: Vec<Item>| part.items.extend(items);
        let outcome = self.account.direct.collect(&self.region, call, kinds, &mut deliver).await;
        let failed = |kind: &str| outcome.not_collected.iter().any(|it| it.0 == kind);
        let asked = call.kinds().into_iter().filter(|it| kinds.contains(*it) || *it == call.kind);
        part.complete = asked.filter(|it| !failed(it)).map(str::to_owned).collect();
        let whole = outcome.not_collected.iter().map(|(kind, error)| NotCollected {
            kind: (*kind).to_owned(),
            why: error.to_string(),
            failure: error.failure(),
        });
        // A kind of which something is not known is collected all the same: what is not known has a name of its own.
        let in_part = outcome.incomplete.iter().map(|it| NotCollected {
            kind: format!("{}.{}", it.kind, it.what),
            why: format!("{} resources, the first: {}", it.resources, it.error),
            failure: it.error.failure(),
        });
        part.not_collected = whole.chain(in_part).collect();
        part
    }

    async fn recorded(&self, kind: &str, or_direct: bool) -> Vec<Part> {
        let mut part = self.part();
        let mut take = |it: Item| part.items.push(it);
        let told = self.account.config.collect(&self.region, kind, &mut take).await;
        let Err(error) = told else {
            part.complete.push(kind.to_owned());
            return vec![part];
        };
        let kinds = BTreeSet::from([kind.to_owned()]);
        let calls = if or_direct { direct::calls(&kinds) } else { Vec::new() };
        if calls.is_empty() {
            part.not_collected.push(NotCollected::of_config(kind, &error));
            return vec![part];
        }
        let mut parts = Vec::new();
        for call in calls {
            parts.push(self.direct(call, &kinds).await);
        }
        parts
    }

    /// What an aggregator has of a kind, as parts of the accounts and regions that it has it of.
    async fn aggregated(&self, kind: &str, name: &str, regions: &[String]) -> Vec<Part> {
        let aggregator = self.account.config.aggregator(&self.region, name);
        let not_collected = |why: &ConfigError| vec![NotCollected::of_config(kind, why)];
        let sources = match aggregator.sources().await {
            Ok(it) => it,
            Err(error) => return vec![Part { not_collected: not_collected(&error), ..self.part() }],
        };
        let mut items = BTreeMap::<(String, String), Vec<Item>>::new();
        let mut take = |it: Item| {
            let place = (it.account.clone().unwrap_or_default(), it.region.clone().unwrap_or_default());
            items.entry(place).or_default().push(it);
        };
        let failure = aggregator.collect(kind, regions, &mut take).await.err();
        let asked = sources.into_iter().filter(|it| regions.is_empty() || regions.contains(&it.region));
        let part = |source: super::config::Source| {
            let items = items.remove(&(source.account.clone(), source.region.clone())).unwrap_or_default();
            let place = Place { account: source.account, region: source.region, ..self.place() };
            let unrecorded = || ConfigError::NotRecorded { kind: kind.to_owned() };
            let problem = match (&failure, source.recording) {
                (Some(error), _) => Some(error.clone()),
                (None, Err(error)) => Some(error),
                (None, Ok(recording)) => (!recording.records(kind)).then(unrecorded),
            };
            let complete = if problem.is_none() { vec![kind.to_owned()] } else { Vec::new() };
            Part { place, items, complete, not_collected: problem.iter().flat_map(not_collected).collect() }
        };
        asked.map(part).collect()
    }
}
