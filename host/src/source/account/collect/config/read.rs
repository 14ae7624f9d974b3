//! How the items of a kind are read, from an account's own recordings and from an aggregator alike.

use std::collections::BTreeMap;

use aws_sdk_config::primitives::DateTime;
use aws_sdk_config::types::{BaseConfigurationItem, ConfigurationItemStatus, ResourceKey, ResourceType};
use serde_json::{Value as Json, json};

use super::super::direct::{CallError, Patience};
use super::Sink;
use super::client::Config;
use super::error::ConfigError;
use super::kinds::{Known, known};
use crate::source::account::envelope;

/// All that an item is made of, without `relationships`, which are not to be relied on.
pub(super) const COLUMNS: &str = "version, accountId, awsRegion, resourceType, resourceId, resourceName, arn, \
                                  configurationItemStatus, configurationItemCaptureTime, configuration, \
                                  supplementaryConfiguration, tags";

/// Most rows of a page, and most keys of a batch.
pub(super) const PAGE: i32 = 100;

/// One page, and the token of the next.
pub(super) struct Page<T> {
    pub(super) entries: Vec<T>,
    pub(super) next: Option<String>,
}

/// Where items come from.
pub(super) trait Recorded {
    /// What identifies a resource in a batch.
    type Key;

    /// One page of a query: rows, each an item as JSON in a text.
    async fn select(&self, kind: &str, token: Option<String>) -> Result<Page<String>, CallError>;

    /// One page of the resources that there are.
    async fn list(&self, kind: &str, token: Option<String>) -> Result<Page<Self::Key>, CallError>;

    /// The items of some keys, and the keys that were not processed. A resource that is gone by now is in neither.
    async fn batch(
        &self,
        keys: Vec<Self::Key>,
    ) -> Result<(Vec<BaseConfigurationItem>, Vec<Self::Key>), CallError>;
}

pub(super) async fn collect(
    source: &impl Recorded,
    kind: &str,
    patience: &Patience,
    sink: &mut Sink<'_>,
) -> Result<(), ConfigError> {
    let (name, known) = known(kind)?;
    let mut reader = Reader { kind, items: 0, patience, sink };
    if known != Known::Listed {
        reader.query(source, name).await?;
        if reader.items > 0 {
            return Ok(());
        }
    }
    if known == Known::Queried {
        return Err(ConfigError::Unlisted { kind: kind.to_owned() });
    }
    reader.batches(source, name).await
}

struct Reader<'r, 's> {
    kind: &'r str,
    items: usize,
    patience: &'r Patience,
    sink: &'r mut Sink<'s>,
}

impl Reader<'_, '_> {
    async fn query(&mut self, source: &impl Recorded, name: &str) -> Result<(), ConfigError> {
        let mut token = None;
        loop {
            let page = match source.select(name, token.clone()).await {
                // A type that the query language does not know; the list does, or says otherwise.
                Err(refused) if refused.code() == Some("InvalidExpressionException") => return Ok(()),
                told => told?,
            };
            let rows: Vec<Json> = page.entries.into_iter().map(Json::String).collect();
            self.give(&Json::Array(rows))?;
            token = following(token.as_deref(), page.next, "config:Select")?;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    async fn batches<S: Recorded>(&mut self, source: &S, name: &str) -> Result<(), ConfigError> {
        let mut token = None;
        loop {
            let page = source.list(name, token.clone()).await?;
            if !page.entries.is_empty() {
                self.batch(source, page.entries).await?;
            }
            token = following(token.as_deref(), page.next, "config:List")?;
            if token.is_none() {
                return Ok(());
            }
        }
    }

    async fn batch<S: Recorded>(&mut self, source: &S, mut keys: Vec<S::Key>) -> Result<(), ConfigError> {
        for round in 0..self.patience.attempts {
            let (items, unprocessed) = source.batch(keys).await?;
            self.give(&items.iter().map(as_json).collect())?;
            if unprocessed.is_empty() {
                return Ok(());
            }
            keys = unprocessed;
            tokio::time::sleep(self.patience.pause(round, 1.0)).await;
        }
        Err(ConfigError::Unprocessed { kind: self.kind.to_owned(), count: keys.len() })
    }

    /// Hands the items of a reply on; those that cannot be read are an error, after the others.
    fn give(&mut self, document: &Json) -> Result<(), ConfigError> {
        let (items, errors) = envelope::items(document);
        self.items += items.len();
        items.into_iter().for_each(&mut *self.sink);
        match errors.first() {
            None => Ok(()),
            Some(first) => {
                let (kind, first) = (self.kind.to_owned(), first.to_string());
                Err(ConfigError::Unreadable { kind, count: errors.len(), first })
            }
        }
    }
}

/// The token of the next page; a service that gives the same one again would be asked for ever.
pub(super) fn following(
    last: Option<&str>,
    next: Option<String>,
    action: &str,
) -> Result<Option<String>, CallError> {
    let next = next.filter(|it| !it.is_empty());
    if next.is_some() && next.as_deref() == last {
        let reason = "the same token for the next page again".to_owned();
        return Err(CallError::Malformed { action: action.to_owned(), reason });
    }
    Ok(next)
}

/// An item of a batch as the wire had it.
fn as_json(item: &BaseConfigurationItem) -> Json {
    let parts = item.supplementary_configuration().into_iter().flatten();
    json!({
        "accountId": item.account_id(),
        "awsRegion": item.aws_region(),
        "resourceType": item.resource_type().map(ResourceType::as_str),
        "resourceId": item.resource_id(),
        "resourceName": item.resource_name(),
        "arn": item.arn(),
        "configurationItemStatus": item.configuration_item_status().map(ConfigurationItemStatus::as_str),
        "configurationItemCaptureTime": item.configuration_item_capture_time().map(DateTime::as_secs_f64),
        "configuration": item.configuration(),
        "supplementaryConfiguration": parts.collect::<BTreeMap<_, _>>(),
    })
}

/// The recordings of the account itself in one region.
pub(super) struct Account<'c> {
    pub(super) config: &'c Config,
    pub(super) region: &'c str,
}

impl Recorded for Account<'_> {
    type Key = ResourceKey;

    async fn select(&self, kind: &str, token: Option<String>) -> Result<Page<String>, CallError> {
        let expression = format!("SELECT {COLUMNS} WHERE resourceType = '{kind}'");
        let action = "config:SelectResourceConfig";
        let told = self.config.call(self.region, action, async |it| {
            let query = it.select_resource_config().expression(&expression).limit(PAGE);
            query.set_next_token(token.clone()).send().await
        });
        let told = told.await?;
        Ok(Page { entries: told.results.unwrap_or_default(), next: told.next_token })
    }

    async fn list(&self, kind: &str, token: Option<String>) -> Result<Page<ResourceKey>, CallError> {
        let action = "config:ListDiscoveredResources";
        let told = self.config.call(self.region, action, async |it| {
            let list = it.list_discovered_resources().resource_type(ResourceType::from(kind)).limit(PAGE);
            list.set_next_token(token.clone()).send().await
        });
        let told = told.await?;
        let listed = told.resource_identifiers.unwrap_or_default().into_iter();
        let key = |id: String| {
            ResourceKey::builder().resource_type(ResourceType::from(kind)).resource_id(id).build()
        };
        let keys = listed.filter_map(|it| it.resource_id).filter_map(|id| key(id).ok());
        Ok(Page { entries: keys.collect(), next: told.next_token })
    }

    async fn batch(
        &self,
        keys: Vec<ResourceKey>,
    ) -> Result<(Vec<BaseConfigurationItem>, Vec<ResourceKey>), CallError> {
        let action = "config:BatchGetResourceConfig";
        let told = self.config.call(self.region, action, async |it| {
            it.batch_get_resource_config().set_resource_keys(Some(keys.clone())).send().await
        });
        let told = told.await?;
        Ok((
            told.base_configuration_items.unwrap_or_default(),
            told.unprocessed_resource_keys.unwrap_or_default(),
        ))
    }
}
