//! The envelopes of AWS Config: one item as its history, its batch reply, its queries and its snapshot files
//! write it, and as notifications and custom rules get it.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Map, Value as Json};
use thiserror::Error;

use super::item::{Item, field};
use crate::source::redaction::redact;

/// Fields of documents that hold items, as they are or in a text.
const HOLDERS: [&str; 11] = [
    "configurationItems",
    "baseConfigurationItems",
    "configurationItem",
    "configurationItemSummary",
    "Results",
    "invokingEvent",
    "detail",
    "Message",
    "Records",
    "Sns",
    "data",
];

/// Types by their names in CloudFormation, and by other ones in AWS Config.
pub(crate) const RENAMED: [(&str, &str); 1] = [("AWS::OpenSearchService::Domain", "AWS::OpenSearch::Domain")];

/// An item that cannot be read. Those beside it stand.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{item}: {message}")]
pub(crate) struct ItemError {
    /// What the item says of itself, or where it stands.
    pub(crate) item: String,
    pub(crate) message: String,
}

/// The resources that a document tells of, whatever it is: an item, a list of them, a reply of AWS Config, a
/// snapshot file, a notification. Of each resource its newest item, unless that says that the resource is gone.
/// What only its own state calls deleted is still among them: routes may lead to it ([`Item::is_gone`]).
pub(crate) fn items(document: &Json) -> (Vec<Item>, Vec<ItemError>) {
    let mut records = Records::default();
    records.read(document.clone());
    records.newest()
}

/// Whether the top level of a document has what an envelope has.
pub(crate) fn is_one(has: impl Fn(&str) -> bool) -> bool {
    let lists = ["configurationItems", "baseConfigurationItems", "configurationItem", "invokingEvent"];
    lists.into_iter().any(&has)
        || has("resourceType") && (has("configuration") || has("configurationItemStatus"))
        || has("Results") && has("QueryInfo")
        || has("Message") && has("TopicArn")
        || has("resourceIdentifiers")
}

/// What was said of a resource at one time.
struct Record {
    item: Item,
    captured: Option<Timestamp>,
    exists: bool,
}

/// What was said of resources, in whatever order.
#[derive(Default)]
pub(crate) struct Records {
    all: Vec<Record>,
    errors: Vec<ItemError>,
}

impl Records {
    /// Takes every item out of a document.
    pub(crate) fn read(&mut self, mut document: Json) {
        match document {
            Json::Array(all) => all.into_iter().for_each(|it| self.read(it)),
            Json::String(text) => match serde_json::from_str(&text) {
                Ok(inner) => self.read(inner),
                Err(error) => self.refuse("a text", format!("it is no JSON: {error}")),
            },
            Json::Object(_) if is_item(&document) => {
                let name = named(&document);
                match record(document) {
                    Ok(it) => self.all.push(it),
                    Err(message) => self.refuse(&name, message),
                }
            }
            Json::Object(_) if selects_parts(&document) => {
                self.refuse("a query", "it selects parts of `configuration`; select all of it".to_owned());
            }
            Json::Object(_) => {
                HOLDERS.iter().filter_map(|it| taken(&mut document, it)).for_each(|it| self.read(it));
            }
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    fn refuse(&mut self, item: &str, message: String) {
        self.errors.push(ItemError { item: item.to_owned(), message });
    }

    /// Adds what another file says.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.all.append(&mut other.all);
        self.errors.append(&mut other.errors);
    }

    /// Keeps of each resource the newest item only, in the order in which the resources were first named.
    pub(crate) fn settle(&mut self) {
        let mut newest: Vec<Record> = Vec::new();
        let mut at: HashMap<_, usize> = HashMap::new();
        for record in std::mem::take(&mut self.all) {
            let item = &record.item;
            let identity = (item.kind.clone(), item.account.clone(), item.region.clone(), item.id.clone());
            match at.get(&identity) {
                // A history is written from the newest item on, so the first of two of the same time stays.
                Some(at) if newest[*at].captured >= record.captured => {}
                Some(at) => newest[*at] = record,
                None => {
                    at.insert(identity, newest.len());
                    newest.push(record);
                }
            }
        }
        self.all = newest;
    }

    /// The items, each with whether the resource was still there.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Item, bool)> {
        self.all.iter().map(|it| (&it.item, it.exists))
    }

    pub(crate) fn take_errors(&mut self) -> Vec<ItemError> {
        std::mem::take(&mut self.errors)
    }

    pub(crate) fn newest(mut self) -> (Vec<Item>, Vec<ItemError>) {
        self.settle();
        (self.all.into_iter().filter(|it| it.exists).map(|it| it.item).collect(), self.errors)
    }
}

/// Whether an object is an item: with its configuration, or with the status that says why it has none.
fn is_item(json: &Json) -> bool {
    let has = |name: &str| field(json, name).is_some();
    let is_row = has("configuration") && HOLDERS.iter().all(|it| !has(it));
    is_row || has("resourceType") && has("configurationItemStatus")
}

/// Whether a query asks for fields within `configuration`: what it leaves out would look as if it were not set.
fn selects_parts(reply: &Json) -> bool {
    let fields = field(reply, "QueryInfo").and_then(|it| field(it, "SelectFields")).and_then(Json::as_array);
    let is_part = |it: &Json| {
        let name = field(it, "Name").and_then(Json::as_str).unwrap_or_default();
        name.to_ascii_lowercase().starts_with("configuration.")
    };
    let is_empty = field(reply, "Results").and_then(Json::as_array).is_none_or(Vec::is_empty);
    !is_empty && fields.is_some_and(|all| all.iter().any(is_part))
}

fn record(mut json: Json) -> Result<Record, String> {
    let item = &json;
    let text =
        |name: &str| field(item, name).and_then(Json::as_str).filter(|it| !it.is_empty()).map(str::to_owned);
    let kind = text("resourceType").ok_or("it has no `resourceType`")?;
    let kind = RENAMED.iter().find(|it| it.1 == kind).map_or(kind, |it| it.0.to_owned());
    let (name, arn) = (text("resourceName"), text("arn"));
    let id = text("resourceId").or_else(|| name.clone()).or_else(|| arn.clone());
    let id = id.ok_or("it has neither a `resourceId` nor a `resourceName`")?;
    let status = text("configurationItemStatus").unwrap_or_default();
    let exists = !status.starts_with("ResourceDeleted") && status != "ResourceNotRecorded";
    let (account, region) = (text("accountId").or_else(|| text("awsAccountId")), text("awsRegion"));
    let mut configuration = match taken(&mut json, "configuration") {
        Some(it) => decoded(it),
        None if exists => return Err("it has no `configuration`".to_owned()),
        None => Json::Object(Map::new()),
    };
    if !configuration.is_object() {
        return Err("its `configuration` is no object".to_owned());
    }
    let mut supplementary = supplementary(taken(&mut json, "supplementaryConfiguration"));
    let tags = tags(&json, &configuration, &supplementary);
    redact(&kind, &mut configuration);
    redact(&kind, &mut supplementary);
    let item = Item { kind, id, name, arn, account, region, tags, configuration, supplementary };
    Ok(Record { item, captured: field(&json, "configurationItemCaptureTime").and_then(time), exists })
}

/// What a malformed item calls itself.
fn named(json: &Json) -> String {
    let text = |name: &str| field(json, name).and_then(Json::as_str);
    let id = ["resourceId", "resourceName", "arn"].into_iter().find_map(text);
    match (text("resourceType"), id) {
        (Some(kind), Some(id)) => format!("{kind} {id}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "an item".to_owned(),
    }
}

/// A field, out of its object.
fn taken(json: &mut Json, name: &str) -> Option<Json> {
    let fields = json.as_object_mut()?;
    let mut found = fields.iter_mut().filter(|it| it.0.eq_ignore_ascii_case(name)).map(|it| it.1.take());
    found.find(|it| !it.is_null())
}

/// A value that may be written as JSON in a text, or as JSON in a text in a text.
fn decoded(json: Json) -> Json {
    let inner = json.as_str().and_then(|it| serde_json::from_str(it).ok());
    inner.map_or(json, decoded)
}

fn supplementary(json: Option<Json>) -> Json {
    let mut decoded = json.map_or(Json::Null, self::decoded);
    let fields = decoded.as_object_mut().map(std::mem::take).unwrap_or_default();
    Json::Object(fields.into_iter().map(|(name, it)| (name, self::decoded(it))).collect())
}

/// Tags by key: of the item, else of its configuration, else of another call.
fn tags(item: &Json, configuration: &Json, supplementary: &Json) -> Option<BTreeMap<String, String>> {
    let own = field(item, "tags").and_then(tag_map);
    let is_told = |it: &BTreeMap<String, String>| !it.is_empty();
    let within = |json: &Json| ["tags", "tagList", "tagSet"].iter().find_map(|it| tag_map(field(json, it)?));
    let others = || within(configuration).or_else(|| within(supplementary));
    own.clone().filter(is_told).or_else(others).or(own)
}

/// Tags as a map, or as a list of keys with values in any of AWS's spellings.
pub(crate) fn tag_map(json: &Json) -> Option<BTreeMap<String, String>> {
    let text = |json: &Json, names: [&str; 2]| {
        names.iter().find_map(|it| Some(field(json, it)?.as_str()?.to_owned()))
    };
    match json {
        Json::Object(fields) => {
            let text = |it: &Json| it.as_str().unwrap_or_default().to_owned();
            Some(fields.iter().map(|(key, it)| (key.clone(), text(it))).collect())
        }
        Json::Array(all) => {
            let tag = |it: &Json| {
                let value = text(it, ["value", "tagValue"]).unwrap_or_default();
                Some((text(it, ["key", "tagKey"])?, value))
            };
            Some(all.iter().filter_map(tag).collect())
        }
        _ => None,
    }
}

/// A time as text, or in seconds as the API writes it on the wire.
fn time(json: &Json) -> Option<Timestamp> {
    match json {
        Json::String(text) => text.parse().ok(),
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date are far from the limit")]
        Json::Number(seconds) => Timestamp::from_millisecond((seconds.as_f64()? * 1000.0) as i64).ok(),
        _ => None,
    }
}
