//! The environment of every resource (rules.md 1.2): some rules weigh less outside production.

use std::collections::BTreeMap;
use std::sync::Arc;

use archlint_schema::{EnvironmentFacts, Key, Meta, Value};

use super::because::Chain;
use super::index::Index;
use super::{Because, Step};

/// How the environment of a resource is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentSettings {
    /// Tags that name it, in order of precedence.
    pub tag_keys: Vec<String>,
    /// What a name, in lower case, counts as.
    pub map: BTreeMap<String, String>,
    /// What counts where no tag names one, or names one that the map does not have.
    pub default: String,
}

const PROD: [&str; 4] = ["prod", "production", "prd", "live"];

const NONPROD: [&str; 20] = [
    "dev",
    "develop",
    "development",
    "test",
    "testing",
    "tst",
    "qa",
    "stage",
    "staging",
    "stg",
    "sandbox",
    "sbx",
    "nonprod",
    "non-prod",
    "uat",
    "int",
    "integration",
    "demo",
    "preview",
    "lab",
];

impl Default for EnvironmentSettings {
    fn default() -> Self {
        let class = |names: &[&str], class: &str| -> Vec<(String, String)> {
            names.iter().map(|it| ((*it).to_owned(), class.to_owned())).collect()
        };
        Self {
            tag_keys: ["Environment", "environment", "env", "Env", "Stage", "stage"]
                .map(str::to_owned)
                .into(),
            map: [class(&PROD, "prod"), class(&NONPROD, "nonprod")].concat().into_iter().collect(),
            default: "prod".to_owned(),
        }
    }
}

pub(crate) fn derive(
    index: &Index<'_>,
    settings: &EnvironmentSettings,
    because: &mut Because,
) -> BTreeMap<Key, EnvironmentFacts> {
    let silent: Chain = Arc::new([]);
    let mut derived = BTreeMap::new();
    for meta in index.metas() {
        let (tag, name) = named(meta, settings);
        let chain = match (tag, name.known()) {
            (Some(tag), Some(Some(name))) => {
                vec![Step::new(&meta.key, "tags", format!("is tagged `{tag}` = `{name}`"))].into()
            }
            _ => Arc::clone(&silent),
        };
        because.record(&meta.key, "environment", chain);
        let class = name.clone().map(|it| class(it.as_deref(), settings));
        derived.insert(meta.key.clone(), EnvironmentFacts { name, class });
    }
    derived
}

/// The first tag that names an environment, and what it says.
fn named<'s>(meta: &Meta, settings: &'s EnvironmentSettings) -> (Option<&'s str>, Value<Option<String>>) {
    let tags = settings.tag_keys.iter().map(|tag| (tag.as_str(), meta.tag(tag)));
    let found = tags.into_iter().find(|(_, value)| *value != Value::Known(None));
    found.map_or((None, Value::Known(None)), |(tag, value)| (Some(tag), value))
}

fn class(name: Option<&str>, settings: &EnvironmentSettings) -> String {
    let mapped = name.and_then(|it| settings.map.get(&it.to_ascii_lowercase()));
    mapped.unwrap_or(&settings.default).clone()
}
