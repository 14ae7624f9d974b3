//! The recordings of several accounts and regions, through an aggregator.

use std::collections::BTreeMap;

use aws_sdk_config::types::{
    AggregateResourceIdentifier, AggregatedSourceStatusType, AggregatedSourceType, BaseConfigurationItem,
    ResourceType,
};

use super::super::direct::CallError;
use super::Sink;
use super::client::Config;
use super::error::ConfigError;
use super::read::{COLUMNS, PAGE, Page, Recorded, collect, following};
use super::recorder::{Recording, of_item};
use crate::source::account::item::Item;

/// An aggregator, in the region where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Aggregator<'c> {
    pub(super) config: &'c Config,
    pub(super) region: &'c str,
    pub(super) name: &'c str,
}

/// An account and region that an aggregator copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) recording: Result<Recording, ConfigError>,
}

impl Aggregator<'_> {
    /// Every account and region that is aggregated, and what is recorded there; in order. Asked for once.
    pub(crate) async fn sources(&self) -> Result<Vec<Source>, ConfigError> {
        let mut known = self.config.sources.lock().await;
        let place = (self.region.to_owned(), self.name.to_owned());
        if let Some(sources) = known.get(&place) {
            return Ok(sources.clone());
        }
        let sources = self.ask_for_sources().await?;
        Ok(known.entry(place).or_insert(sources).clone())
    }

    async fn ask_for_sources(&self) -> Result<Vec<Source>, ConfigError> {
        let copied = self.copied().await?;
        let mut recorders = BTreeMap::new();
        let mut keep = |it: Item| {
            if let (Some(account), Some(region)) = (it.account.clone(), it.region.clone()) {
                recorders.insert((account, region), it);
            }
        };
        match self.collect("AWS::Config::ConfigurationRecorder", &[], &mut keep).await {
            // No recorder anywhere.
            Ok(()) | Err(ConfigError::Unlisted { .. }) => {}
            Err(error) => return Err(error),
        }
        let source = |((account, region), is_copied): ((String, String), bool)| {
            let place = format!("{account}, {region}");
            let recording = match recorders.get(&(account.clone(), region.clone())) {
                _ if !is_copied => Err(ConfigError::NotAggregated { place }),
                Some(recorder) => of_item(recorder, &region, &place),
                None => Err(ConfigError::NoRecorder { place }),
            };
            Source { account, region, recording }
        };
        Ok(copied.into_iter().map(source).collect())
    }

    /// Gives the sink every resource of a kind, in those regions alone where some are named.
    pub(crate) async fn collect(
        &self,
        kind: &str,
        regions: &[String],
        sink: &mut Sink<'_>,
    ) -> Result<(), ConfigError> {
        let source = Aggregated { aggregator: *self, regions };
        collect(&source, kind, self.config.patience(), sink).await.map_err(|it| self.named(it))
    }

    /// Whether the last copy of each account and region succeeded.
    async fn copied(&self) -> Result<BTreeMap<(String, String), bool>, ConfigError> {
        let action = "config:DescribeConfigurationAggregatorSourcesStatus";
        let (mut copied, mut token) = (BTreeMap::new(), None);
        loop {
            let told = self.config.call(self.region, action, async |it| {
                let page = it.describe_configuration_aggregator_sources_status().limit(PAGE);
                page.configuration_aggregator_name(self.name).set_next_token(token.clone()).send().await
            });
            let told = told.await.map_err(|it| self.named(it.into()))?;
            for status in told.aggregated_source_status_list.unwrap_or_default() {
                // Beside its accounts, an organization has a status of its own.
                let is_account = status.source_type == Some(AggregatedSourceType::Account);
                let is_copied = status.last_update_status == Some(AggregatedSourceStatusType::Succeeded);
                if let (true, Some(account), Some(region)) = (is_account, status.source_id, status.aws_region)
                {
                    copied.insert((account, region), is_copied);
                }
            }
            token = following(token.as_deref(), told.next_token, action)?;
            if token.is_none() {
                return Ok(copied);
            }
        }
    }

    fn named(&self, error: ConfigError) -> ConfigError {
        match error {
            ConfigError::Call(call) if call.code() == Some("NoSuchConfigurationAggregatorException") => {
                ConfigError::NoAggregator { name: self.name.to_owned(), region: self.region.to_owned() }
            }
            other => other,
        }
    }
}

/// What an aggregator has of some regions, or of all.
struct Aggregated<'c> {
    aggregator: Aggregator<'c>,
    regions: &'c [String],
}

impl Recorded for Aggregated<'_> {
    type Key = AggregateResourceIdentifier;

    async fn select(&self, kind: &str, token: Option<String>) -> Result<Page<String>, CallError> {
        let mut expression = format!("SELECT {COLUMNS} WHERE resourceType = '{kind}'");
        if !self.regions.is_empty() {
            let names: Vec<_> = self.regions.iter().map(|it| format!("'{it}'")).collect();
            expression = format!("{expression} AND awsRegion IN ({})", names.join(", "));
        }
        let Aggregator { config, region, name } = self.aggregator;
        let told = config.call(region, "config:SelectAggregateResourceConfig", async |it| {
            let query = it.select_aggregate_resource_config().configuration_aggregator_name(name);
            query.expression(&expression).limit(PAGE).set_next_token(token.clone()).send().await
        });
        let told = told.await?;
        Ok(Page { entries: told.results.unwrap_or_default(), next: told.next_token })
    }

    async fn list(
        &self,
        kind: &str,
        token: Option<String>,
    ) -> Result<Page<AggregateResourceIdentifier>, CallError> {
        let Aggregator { config, region, name } = self.aggregator;
        let told = config.call(region, "config:ListAggregateDiscoveredResources", async |it| {
            let list = it.list_aggregate_discovered_resources().configuration_aggregator_name(name);
            list.resource_type(ResourceType::from(kind))
                .limit(PAGE)
                .set_next_token(token.clone())
                .send()
                .await
        });
        let told = told.await?;
        let is_asked = |it: &AggregateResourceIdentifier| {
            self.regions.is_empty() || self.regions.contains(&it.source_region)
        };
        let listed = told.resource_identifiers.unwrap_or_default().into_iter();
        Ok(Page { entries: listed.filter(is_asked).collect(), next: told.next_token })
    }

    async fn batch(
        &self,
        keys: Vec<AggregateResourceIdentifier>,
    ) -> Result<(Vec<BaseConfigurationItem>, Vec<AggregateResourceIdentifier>), CallError> {
        let Aggregator { config, region, name } = self.aggregator;
        let told = config.call(region, "config:BatchGetAggregateResourceConfig", async |it| {
            let batch = it.batch_get_aggregate_resource_config().configuration_aggregator_name(name);
            batch.set_resource_identifiers(Some(keys.clone())).send().await
        });
        let told = told.await?;
        Ok((
            told.base_configuration_items.unwrap_or_default(),
            told.unprocessed_resource_identifiers.unwrap_or_default(),
        ))
    }
}
