//! An element of a reply as an item: who it is, and what is known of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::endpoint::partition_of;
use super::paths::text_at;
use super::table::{Arn, Call};
use crate::source::account::item::{Item, field};
use crate::source::redaction::redact;

/// Where an element was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'f> {
    pub(super) call: &'static Call,
    pub(super) account: &'f str,
    pub(super) region: &'f str,
}

impl Found<'_> {
    /// The item of an element, without what is secret; nothing where the element does not say who it is.
    pub(super) fn item(&self, mut configuration: Json, supplementary: Map<String, Json>) -> Option<Item> {
        let mut supplementary = Json::Object(supplementary);
        let id = self.id(&configuration);
        let arn = self.arn(&configuration, &id);
        let tags = self.tags(&configuration, &supplementary);
        let name = self.call.name.and_then(|path| text_at(&configuration, path));
        redact(self.call.kind, &mut configuration);
        redact(self.call.kind, &mut supplementary);
        Some(Item {
            kind: self.call.kind.to_owned(),
            id: if id.is_empty() { arn.clone()? } else { id },
            name,
            arn,
            account: Some(self.account.to_owned()),
            region: (!self.call.is_global()).then(|| self.region.to_owned()),
            tags,
            configuration,
            supplementary,
        })
    }

    /// Nothing where they could not be asked for.
    fn tags(&self, configuration: &Json, supplementary: &Json) -> Option<BTreeMap<String, String>> {
        if self.call.follow_ups.iter().any(|it| it.tells == "Tags") {
            return field(supplementary, "Tags").map(tags_of);
        }
        let tags = field(configuration, self.call.tags?);
        Some(tags.map(tags_of).unwrap_or_default())
    }

    fn id(&self, configuration: &Json) -> String {
        let parts = self.call.id.split(' ').filter_map(|path| text_at(configuration, path));
        // Route 53 calls a zone `/hostedzone/Z1` where everybody else says `Z1`.
        let short = |it: String| match it.strip_prefix("/hostedzone/") {
            Some(short) => short.to_owned(),
            None => it,
        };
        parts.map(short).collect::<Vec<_>>().join("_")
    }

    fn arn(&self, configuration: &Json, id: &str) -> Option<String> {
        let partition = partition_of(self.region);
        let service = self.call.service.prefix;
        match self.call.arn {
            Arn::At(path) => text_at(configuration, path),
            Arn::None => None,
            Arn::Regional(_) | Arn::Global(_) if id.is_empty() => None,
            Arn::Regional(before) => {
                Some(format!("arn:{partition}:{service}:{}:{}:{before}{id}", self.region, self.account))
            }
            Arn::Global(before) => Some(format!("arn:{partition}:{service}:::{before}{id}")),
        }
    }
}

/// Tags as a map, or as a list of keys with values.
fn tags_of(tags: &Json) -> BTreeMap<String, String> {
    let text = |it: &Json| it.as_str().map(str::to_owned);
    match tags {
        Json::Object(tags) => tags.iter().filter_map(|(key, it)| Some((key.clone(), text(it)?))).collect(),
        Json::Array(tags) => {
            let pair = |it: &Json| {
                Some((text(field(it, "Key")?)?, field(it, "Value").and_then(text).unwrap_or_default()))
            };
            tags.iter().filter_map(pair).collect()
        }
        _ => BTreeMap::new(),
    }
}
