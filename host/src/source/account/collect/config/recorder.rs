//! Whether AWS Config records in a region, and what.

use std::collections::BTreeSet;

use aws_sdk_config::types::{
    ConfigurationRecorder, ConfigurationRecorderStatus, RecorderStatus, RecordingGroup,
};
use serde_json::Value as Json;

use super::client::Config;
use super::error::ConfigError;
use super::kinds::{home, known};
use crate::source::account::item::{Item, field};

/// IAM's types are recorded where a recorder of everything is told to.
const IDENTITIES: [&str; 4] = ["AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"];

/// What a region's recorder, which is on, records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recording {
    region: String,
    types: Types,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Types {
    /// All that the service supports, with IAM's or without.
    All {
        identities: bool,
    },
    Only(BTreeSet<String>),
    AllBut(BTreeSet<String>),
}

impl Recording {
    /// Whether what AWS Config knows of a kind in this region is all that there is.
    pub(crate) fn records(&self, kind: &str) -> bool {
        let Ok((name, _)) = known(kind) else { return false };
        let is_at_home = home(kind, &self.region).is_none_or(|it| it == self.region);
        is_at_home
            && match &self.types {
                Types::All { identities } => *identities || !IDENTITIES.contains(&name),
                Types::Only(types) => types.contains(name),
                Types::AllBut(types) => !types.contains(name),
            }
    }
}

pub(super) async fn recorded(config: &Config, region: &str) -> Result<Recording, ConfigError> {
    let place = || region.to_owned();
    let action = "config:DescribeConfigurationRecorders";
    let told =
        config.call(region, action, async |it| it.describe_configuration_recorders().send().await).await?;
    // Recorders of other services keep their items to themselves.
    let is_own = |it: &&ConfigurationRecorder| it.service_principal().is_none();
    let recorder = told.configuration_recorders().iter().find(is_own);
    let recorder = recorder.ok_or_else(|| ConfigError::NoRecorder { place: place() })?;
    let action = "config:DescribeConfigurationRecorderStatus";
    let told = config
        .call(region, action, async |it| it.describe_configuration_recorder_status().send().await)
        .await?;
    let is_its = |it: &&ConfigurationRecorderStatus| it.name() == recorder.name();
    let status = told.configuration_recorders_status().iter().find(is_its);
    let status = status.filter(|it| it.recording()).ok_or_else(|| ConfigError::Stopped { place: place() })?;
    // The API's model says `Failure`, the service `FAILURE`.
    let failure = RecorderStatus::Failure;
    if status.last_status().is_some_and(|it| it.as_str().eq_ignore_ascii_case(failure.as_str())) {
        let reason =
            status.last_error_message().or(status.last_error_code()).unwrap_or("it does not say why");
        return Err(ConfigError::Failing { place: place(), reason: reason.to_owned() });
    }
    let types = recorder.recording_group().map_or(Types::All { identities: false }, of_group);
    Ok(Recording { region: place(), types })
}

/// The group says what its strategy is, and the lists of the other strategies stay empty.
fn of_group(group: &RecordingGroup) -> Types {
    let names = |types: &[aws_sdk_config::types::ResourceType]| {
        types.iter().map(|it| it.as_str().to_owned()).collect()
    };
    let excluded = group.exclusion_by_resource_types().map_or(&[][..], |it| it.resource_types());
    if group.all_supported() {
        Types::All { identities: group.include_global_resource_types() }
    } else if excluded.is_empty() {
        Types::Only(names(group.resource_types()))
    } else {
        Types::AllBut(names(excluded))
    }
}

/// The same from the item that AWS Config records of its own recorder, which is all that an aggregator shows of it.
pub(super) fn of_item(recorder: &Item, region: &str, place: &str) -> Result<Recording, ConfigError> {
    let is_true = |json: Option<&Json>| {
        json.is_some_and(|it| it.as_bool() == Some(true) || it.as_str() == Some("true"))
    };
    if !is_true(recorder.property("Recording")) {
        return Err(ConfigError::Stopped { place: place.to_owned() });
    }
    let group = recorder.property("RecordingGroup");
    let within = |name: &str| field(group?, name);
    let names = |json: Option<&Json>| -> BTreeSet<String> {
        let names = json.and_then(Json::as_array).into_iter().flatten();
        names.filter_map(|it| Some(it.as_str()?.to_owned())).collect()
    };
    let excluded = names(within("ExclusionByResourceTypes").and_then(|it| field(it, "ResourceTypes")));
    let types = if is_true(within("AllSupported")) {
        Types::All { identities: is_true(within("IncludeGlobalResourceTypes")) }
    } else if excluded.is_empty() {
        Types::Only(names(within("ResourceTypes")))
    } else {
        Types::AllBut(excluded)
    };
    Ok(Recording { region: region.to_owned(), types })
}
