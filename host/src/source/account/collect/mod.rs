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

use super::journal::{Part, Request};
use crate::source::session::{self, Access};
pub use error::ScanError;
pub use policy::{scan_calls, scan_policy};
use question::{Account, Question};
use record::Record;

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
    /// Whether to go on with what is written there.
    pub resume: bool,
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

/// Asks until everything is answered, or known to have no answer.
pub(super) fn collect(options: &ScanOptions, watch: &dyn Watch) -> Result<Vec<Part>, ScanError> {
    let request = Request::new(
        options.kinds.iter().cloned().collect(),
        options.collector.word(),
        options.aggregator.as_deref(),
    );
    let mut record = Record::open(options.save.as_deref(), options.resume, &request)?;
    let runtime = session::runtime()?;
    LocalSet::new().block_on(&runtime, ask_all(options, &mut record, watch))?;
    let parts = record.finish()?;
    match nothing(&parts) {
        Some(reason) => Err(ScanError::Nothing { reason }),
        None => Ok(parts),
    }
}

async fn ask_all(options: &ScanOptions, record: &mut Record, watch: &dyn Watch) -> Result<(), ScanError> {
    let accounts = question::accounts(&options.access).await?;
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
    Ok(())
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

/// Why there is nothing at all, if there is nothing.
fn nothing(parts: &[Part]) -> Option<String> {
    let is_something = |it: &Part| !it.items.is_empty() || !it.complete.is_empty();
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
