//! Collects an account's items: through AWS Config where it records them, else by direct calls.
//!
//! A scan is a list of questions, each to one region of one account. Each answer is a part of the scan, which is
//! written down as soon as it is whole.

mod config;
mod direct;
mod error;
mod observe;
mod policy;
mod question;
mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use tokio::task::{JoinSet, LocalSet};

use super::arn::GLOBAL;
use super::journal::{Failure, Part, Request};
use crate::source::session::{self, Access};
pub use error::ScanError;
pub use policy::{scan_calls, scan_policy};
use question::{Account, Question};
use record::Record;
pub use record::Retry;

/// Questions that are asked at the same time. The rate is for the token buckets to hold.
const AT_ONCE: usize = 8;

/// How to collect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collector {
    /// AWS Config for what its recorder records, direct calls for the rest.
    Auto,
    /// AWS Config only.
    Config,
    /// Direct calls only.
    Direct,
}

/// What to collect, and how.
#[derive(Debug, Clone)]
pub struct ScanOptions {
    pub access: Access,
    pub collector: Collector,
    /// The aggregator of AWS Config to ask, by its name.
    pub aggregator: Option<String>,
    /// Kinds, by their types in CloudFormation.
    pub kinds: BTreeSet<String>,
    /// How many keys of each bucket are looked at, 0 for none; without it, as many as usual, unless that costs much.
    pub keys_per_bucket: Option<u64>,
    /// Where to write the parts of the scan as they come.
    pub save: Option<PathBuf>,
    /// Whether to go on with what is written there, and what of it to ask again.
    pub resume: Option<Retry>,
}

/// Is told how far a scan is.
pub trait Watch {
    /// A region of an account is asked that many questions.
    fn begins(&self, account: &str, region: &str, questions: usize);

    /// One of them was answered, with so many resources.
    fn answered(&self, account: &str, region: &str, source: &str, resources: usize);

    /// Something that is no failure, but worth knowing.
    fn note(&self, text: &str);

    /// So many requests were sent for an IAM action, at the end of the scan.
    fn called(&self, action: &str, requests: u64);
}

/// What was collected, and the accounts and regions of which nothing could be.
pub(super) struct Collected {
    pub(super) parts: Vec<Part>,
    pub(super) unseen: Vec<ScanError>,
}

/// Asks until everything is answered, or known to have no answer.
pub(super) fn collect(options: &ScanOptions, watch: &dyn Watch) -> Result<Collected, ScanError> {
    let request = Request::new(
        options.kinds.iter().cloned().collect(),
        options.collector.word(),
        options.aggregator.as_deref(),
    );
    let mut record = Record::open(options.save.as_deref(), options.resume, &request)?;
    let runtime = session::runtime()?;
    let mut unseen = LocalSet::new().block_on(&runtime, ask_all(options, &mut record, watch))?;
    let parts = record.finish()?;
    if let Some(reason) = nothing(&parts) {
        return Err(ScanError::Nothing { reason });
    }
    unseen.extend(silent_regions(&parts));
    let failures = parts.iter().flat_map(|it| &it.not_collected);
    let expired = failures.filter(|it| it.failure == Failure::Credentials).map(|it| it.why.clone());
    unseen.extend(expired.take(1).map(|reason| ScanError::Expired { reason }));
    Ok(Collected { parts, unseen })
}

/// Asks every account that lets itself be asked; why the others do not.
async fn ask_all(
    options: &ScanOptions,
    record: &mut Record,
    watch: &dyn Watch,
) -> Result<Vec<ScanError>, ScanError> {
    let (accounts, refused) = question::accounts(&options.access).await?;
    let mut questions = Vec::new();
    for account in &accounts {
        let all = match &options.aggregator {
            Some(name) => question::of_aggregator(account, name, options),
            None => question::of_account(account, options, watch).await,
        };
        questions.extend(all.into_iter().filter(|it| !record.has(&it.place())));
    }
    ask(questions, record, watch).await?;
    // What is in the account tells what there is to observe.
    let questions = observe::questions(&accounts, options, record, watch);
    ask(questions, record, watch).await?;
    tell_calls(&accounts, watch);
    Ok(refused)
}

async fn ask(questions: Vec<Question>, record: &mut Record, watch: &dyn Watch) -> Result<(), ScanError> {
    let mut numbers = BTreeMap::<(String, String), usize>::new();
    for it in &questions {
        *numbers.entry((it.place().account, it.region.clone())).or_default() += 1;
    }
    for ((account, region), number) in &numbers {
        watch.begins(account, region, *number);
    }
    let mut waiting = questions.into_iter();
    let mut asked = JoinSet::new();
    loop {
        while asked.len() < AT_ONCE
            && let Some(question) = waiting.next()
        {
            asked.spawn_local(async move { (question.place(), question.ask().await) });
        }
        let Some(answer) = asked.join_next().await else { return Ok(()) };
        let (place, parts) = answer.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let resources = parts.iter().map(|it| it.items.len()).sum();
        record.add(&place, parts)?;
        watch.answered(&place.account, &place.region, &place.source, resources);
    }
}

fn tell_calls(accounts: &[Rc<Account>], watch: &dyn Watch) {
    let mut sent = BTreeMap::<String, u64>::new();
    for (action, requests) in accounts.iter().flat_map(|it| it.sent()) {
        *sent.entry(action).or_default() += requests;
    }
    for (action, requests) in &sent {
        watch.called(action, *requests);
    }
}

/// Whether a part tells anything.
fn is_something(part: &Part) -> bool {
    !part.items.is_empty() || !part.complete.is_empty()
}

/// The regions of accounts that answered no question: one that does not exist, say, or whose every call is denied.
fn silent_regions(parts: &[Part]) -> Vec<ScanError> {
    let mut regions = BTreeMap::<(&str, &str), Vec<&Part>>::new();
    for part in parts {
        regions.entry((&part.place.account, &part.place.region)).or_default().push(part);
    }
    // Services that are in no region may all be forbidden; what the regions hold is judged all the same.
    regions.retain(|(_, region), _| *region != GLOBAL);
    let silent = regions.into_iter().filter(|(_, parts)| !parts.iter().any(|it| is_something(it)));
    let error = |((account, region), parts): ((&str, &str), Vec<&Part>)| {
        let why = parts.iter().flat_map(|it| &it.not_collected).next()?.why.clone();
        Some(ScanError::Silent { account: account.to_owned(), region: region.to_owned(), reason: why })
    };
    silent.filter_map(error).collect()
}

/// Why there is nothing at all, if there is nothing.
fn nothing(parts: &[Part]) -> Option<String> {
    if parts.iter().any(is_something) {
        return None;
    }
    let why = parts.iter().flat_map(|it| &it.not_collected).map(|it| it.why.clone()).next();
    Some(why.unwrap_or_else(|| "no rule that runs needs anything that is in an account".to_owned()))
}

impl Collector {
    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Config => "config",
            Self::Direct => "direct",
        }
    }
}
