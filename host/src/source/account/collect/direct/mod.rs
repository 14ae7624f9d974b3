//! Items through the describe calls of each service, signed and read here.
//!
//! `table/` says what is called, `protocol/` how it is asked and read, `client` sends it; the rest puts the answers
//! together.

mod client;
mod concurrency;
mod endpoint;
mod error;
mod follow_ups;
mod identity;
mod metric_data;
mod pager;
mod paths;
mod protocol;
mod run;
mod table;
mod throttle;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::super::item::Item;
pub(crate) use client::Client;
pub(crate) use error::{Answer, CallError};
pub(crate) use metric_data::{MetricQuery, Points, Span};
use paths::text_at;
use protocol::Arguments;
pub(crate) use table::{Call, calls};
use table::{EC2, STS, Service, Step};
pub(crate) use throttle::{Patience, Rate, Throttle};

/// Collects one account's items.
#[derive(Debug)]
pub(crate) struct Direct {
    client: Arc<Client>,
    account: String,
}

/// What a call left out.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Kinds that were not listed, or not to the end.
    pub(crate) not_collected: Vec<(&'static str, CallError)>,
    /// Kinds that were listed, but of which something is not known.
    pub(crate) incomplete: Vec<Incomplete>,
}

/// Something that could not be asked of resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Incomplete {
    pub(crate) kind: &'static str,
    /// What the call would have told: `TargetHealthDescriptions`.
    pub(crate) what: &'static str,
    pub(crate) resources: usize,
    /// Of the first of them.
    pub(crate) error: CallError,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) arn: String,
}

/// Actions that are needed before anything is listed.
pub(crate) const FIRST_ACTIONS: [&str; 2] = ["sts:GetCallerIdentity", "ec2:DescribeRegions"];

const CALLER: Step = Step::plain("GetCallerIdentity");
const REGIONS: Step = Step::plain("DescribeRegions");

impl Direct {
    pub(crate) fn new(client: Arc<Client>, account: String) -> Self {
        Self { client, account }
    }

    /// Lists the resources of a call in a region, and of the calls that it leads to if they list one of the kinds (no
    /// kinds: all). Hands them over page by page, each with what its follow-up calls tell.
    pub(crate) async fn collect(
        &self,
        region: &str,
        call: &'static Call,
        kinds: &BTreeSet<String>,
        deliver: &mut (dyn FnMut(Vec<Item>) + Send),
    ) -> Outcome {
        run::Run::new(self, region, kinds, deliver).of(call).await
    }

    /// How many requests were sent so far, retries included, by IAM action.
    pub(crate) fn sent(&self) -> BTreeMap<String, u64> {
        self.client.sent()
    }
}

impl Client {
    /// Whose credentials these are.
    pub(crate) async fn caller_identity(&self, region: &str) -> Result<Caller, CallError> {
        let reply = self.call(&STS, region, &CALLER, &Arguments::new()).await?;
        let text = |name: &str| text_at(&reply, name).ok_or_else(|| lacks(&CALLER, &STS, name));
        Ok(Caller { account: text("Account")?, arn: text("Arn")? })
    }

    /// The regions that are enabled for the account, sorted.
    pub(crate) async fn enabled_regions(&self, region: &str) -> Result<Vec<String>, CallError> {
        let reply = self.call(&EC2, region, &REGIONS, &Arguments::new()).await?;
        let is_enabled = |it: &&Json| text_at(it, "optInStatus").as_deref() != Some("not-opted-in");
        let listed = paths::elements(&reply, "regions").filter(is_enabled);
        let mut regions: Vec<String> = listed.filter_map(|it| text_at(it, "regionName")).collect();
        regions.sort();
        if regions.is_empty() { Err(lacks(&REGIONS, &EC2, "regionInfo")) } else { Ok(regions) }
    }
}

/// A reply that does not have what every reply has.
fn lacks(step: &Step, service: &Service, what: &str) -> CallError {
    CallError::Malformed { action: step.action(service), reason: format!("it has no `{what}`") }
}

#[cfg(test)]
mod tests;
