//! Files of an account: what AWS Config delivers or answers, replies of describe calls, saved scans. All of them
//! together are what is known of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use archlint_schema::{Reason, Resources, Unknown};
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::assemble::{architectures, count};
use super::coverage::{Coverage, Seen};
use super::describe;
use super::envelope::{self, Records};
use super::item::Item;
use super::journal::{self, Journal};
use crate::source::cloudformation::canonical;
use crate::source::{Input, SourceError, SourceFile, SourceOptions, Sources};

/// Kinds that AWS Config records nothing of, so that a snapshot file of it says nothing by its silence.
/// <https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html>
const NOT_RECORDED: &[&str] = &[
    "AWS::DLM::LifecyclePolicy",
    "AWS::DMS::ReplicationInstance",
    "AWS::EC2::PlacementGroup",
    "AWS::EKS::Nodegroup",
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::FSx::FileSystem",
    "AWS::Glue::Table",
    "AWS::IoT::TopicRule",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Logs::LogGroup",
    "AWS::MemoryDB::Cluster",
    "AWS::Pipes::Pipe",
    "AWS::RDS::DBProxy",
    "AWS::Route53::RecordSet",
];

/// Whether a text is such a file, by the names at its top level.
pub(crate) fn is_one(text: &str) -> bool {
    if journal::is_one(text) {
        return true;
    }
    let names = top_level(text);
    let has = |name: &str| names.contains(name);
    let is_reply = has("status_code") && has("data");
    !has("Resources")
        && !has("AWSTemplateFormatVersion")
        && (is_reply || envelope::is_one(has) || describe::is_one(has))
}

/// Reads files into architectures.
pub(crate) fn read(files: &[SourceFile], options: &SourceOptions, sources: &mut Sources) {
    let mut told = Told::default();
    for file in files {
        if journal::is_one(&file.text) {
            read_scan(file, options, sources);
        } else {
            told.read(file, sources);
        }
    }
    let coverage = told.coverage(&options.kinds);
    let (items, _) = told.records.newest();
    let items = items.into_iter().chain(told.described).collect();
    sources.architectures.extend(architectures(items, &coverage, options));
}

/// A saved scan knows what it saw.
fn read_scan(file: &SourceFile, options: &SourceOptions, sources: &mut Sources) {
    match Journal::parse(&file.text) {
        Ok(journal) => {
            if !journal.is_complete {
                sources.errors.push(SourceError::Interrupted { file: file.name.clone() });
            }
            let mut input = Input { file: file.name.clone(), ..Input::default() };
            let (items, coverage) = Coverage::gathered(journal.answers.into_values().flatten().collect());
            for it in &items {
                count(it, !it.is_gone(), &mut input);
            }
            sources.inputs.push(input);
            sources.architectures.extend(architectures(items, &coverage, options));
        }
        Err(error) => {
            sources.errors.push(SourceError::Account { file: file.name.clone(), source: error.into() });
        }
    }
}

/// What some files tell.
#[derive(Default)]
struct Told {
    records: Records,
    described: Vec<Item>,
    /// Kinds of which a file would have told if there were any.
    kinds: BTreeSet<String>,
    /// Whether one of the files is a snapshot of AWS Config, which has all that it records.
    is_snapshot: bool,
}

impl Told {
    fn read(&mut self, file: &SourceFile, sources: &mut Sources) {
        let mut input = Input { file: file.name.clone(), ..Input::default() };
        let mut records = Records::default();
        let mut described: Vec<Item> = Vec::new();
        let mut is_known = false;
        for document in serde_json::Deserializer::from_str(&file.text).into_iter::<Json>() {
            match document {
                Ok(it) => {
                    let (is_one, errors) = self.read_document(it, &mut records, &mut described);
                    is_known |= is_one;
                    let error =
                        |(item, message)| SourceError::Element { file: file.name.clone(), item, message };
                    sources.errors.extend(errors.into_iter().map(error));
                }
                Err(error) => {
                    let (file, source) = (file.name.clone(), error.into());
                    return sources.errors.push(SourceError::Account { file, source });
                }
            }
        }
        if !is_known {
            return sources.errors.push(SourceError::NothingDescribed { file: file.name.clone() });
        }
        for it in records.take_errors() {
            let error = SourceError::Item { file: file.name.clone(), item: it.item, message: it.message };
            sources.errors.push(error);
        }
        records.settle();
        for (it, exists) in records.iter() {
            count(it, exists && !it.is_gone(), &mut input);
        }
        for it in &described {
            count(it, !it.is_gone(), &mut input);
        }
        if records.iter().next().is_none() && described.is_empty() {
            input.note = Some("no resources".to_owned());
        }
        sources.inputs.push(input);
        self.kinds.extend(records.iter().map(|it| canonical(&it.0.kind).to_owned()));
        self.records.append(records);
        self.described.append(&mut described);
    }

    /// Reads one document, whose reply may stand in a wrapper of a recorder; whether it is one, and what of it cannot be
    /// read.
    fn read_document(
        &mut self,
        mut document: Json,
        records: &mut Records,
        described: &mut Vec<Item>,
    ) -> (bool, Vec<(String, String)>) {
        let is_wrapped = document.get("status_code").is_some() && document.get("data").is_some();
        let reply = if is_wrapped { document["data"].take() } else { document };
        if let Some(it) = describe::read(&reply) {
            self.kinds.extend(it.kinds.iter().map(|it| canonical(it).to_owned()));
            described.extend(it.items);
            return (true, it.errors);
        }
        self.is_snapshot |= reply.get("configSnapshotId").is_some();
        let is_known = reply.is_array() || envelope::is_one(|name| reply.get(name).is_some());
        records.read(reply);
        (is_known, Vec::new())
    }

    /// `needed` are kinds that rules read, with a struct in the snapshot or without.
    fn coverage(&self, needed: &BTreeSet<String>) -> Coverage {
        let kinds = Resources::KINDS.iter().copied().chain(needed.iter().map(String::as_str));
        let is_seen = |it: &str| self.kinds.contains(it) || self.is_snapshot && is_recorded(it);
        let why = |kind: &str| (kind.to_owned(), Unknown::new(Reason::NotCollected, "no file tells of any"));
        let not_collected: BTreeMap<String, Unknown> = kinds.filter(|it| !is_seen(it)).map(why).collect();
        Coverage::everywhere(Seen { complete: BTreeSet::new(), not_collected })
    }
}

fn is_recorded(kind: &str) -> bool {
    let is_unknown = Resources::is_observed(kind) || kind.starts_with("AWS::DirectConnect::");
    !is_unknown && !NOT_RECORDED.contains(&kind)
}

/// The names at the top level of a JSON text, of the first object where it is a list; as far as it can be read.
fn top_level(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if text.trim_start().starts_with(['{', '[']) {
        // A text that is damaged further on has told its names before.
        let _ = serde_json::Deserializer::from_str(text).deserialize_any(Names(&mut names));
    }
    names
}

struct Names<'n>(&'n mut BTreeSet<String>);

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object, or a list of them")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            self.0.insert(name);
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        seq.next_element_seed(self)?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for Names<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_the_names_at_its_top_level() {
        for text in [
            r#"{"fileVersion": "1.0", "configSnapshotId": "a", "configurationItems": []}"#,
            r#"{"configurationItem": {}, "messageType": "x"}"#,
            r#"[{"resourceType": "AWS::EC2::VPC", "configuration": "{}"}]"#,
            r#"{"Results": [], "QueryInfo": {}}"#,
            r#"{"status_code": 200, "data": {}}"#,
            r#"{"Vpcs": []}"#,
            r#"{"configurationItems": [{"resourceType""#,
        ] {
            assert!(is_one(text), "{text}");
        }
        for text in [
            r#"{"Resources": {}, "Rules": {}}"#,
            r#"{"Resources": {"A": {"Properties": {"Vpcs": []}}}}"#,
            r#"{"Vpc": {}}"#,
            "Vpcs: []",
            "[]",
            "",
        ] {
            assert!(!is_one(text), "{text}");
        }
    }

    #[cfg(feature = "aws")]
    #[test]
    fn what_is_not_recorded_is_what_the_service_says() {
        use aws_sdk_config::types::ResourceType;
        for kind in Resources::KINDS.iter().chain(NOT_RECORDED) {
            let its =
                if *kind == "AWS::OpenSearchService::Domain" { "AWS::OpenSearch::Domain" } else { kind };
            assert_eq!(ResourceType::values().contains(&its), is_recorded(kind), "{kind}");
        }
    }
}
