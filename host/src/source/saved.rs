//! What `archlint snapshot` prints, and the way back: a saved snapshot is an input like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use archlint_schema::{Facts, Key, SNAPSHOT_VERSION, Snapshot};
use serde::{Deserialize, Serialize};

use super::{Architecture, Input, Origin, Origins, Scenario, SourceFile};
use crate::facts::{Because, Step};

/// The document that `archlint snapshot` prints.
#[derive(Debug, Serialize, Deserialize)]
pub struct Saved {
    /// The version of the snapshot's shape; also what tells such a document from a template.
    archlint_snapshot: String,
    #[serde(default)]
    inputs: Vec<Input>,
    architectures: Vec<SavedArchitecture>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedArchitecture {
    name: String,
    #[serde(default)]
    not_examined: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changed: Option<BTreeSet<Key>>,
    scenarios: Vec<SavedScenario>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedScenario {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    snapshot: Snapshot,
    /// For the reader of the document. Facts are derived anew when it is checked, evidence with them.
    #[serde(default, skip_deserializing)]
    evidence: Vec<Chain>,
    origins: SavedOrigins,
}

/// What makes one fact true.
#[derive(Debug, Default, Serialize)]
struct Chain {
    resource: String,
    fact: String,
    because: Vec<Step>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct SavedOrigins {
    files: Vec<String>,
    resources: BTreeMap<Key, Origin>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<Key, BTreeMap<String, Key>>,
}

impl Saved {
    /// Everything that was read, with the facts derived from it: one [`Because`] per scenario, in order.
    pub fn new(architectures: Vec<(Architecture, Vec<Because>)>, inputs: Vec<Input>) -> Self {
        let architectures = architectures.into_iter().map(|(architecture, evidence)| SavedArchitecture {
            name: architecture.name,
            not_examined: architecture.not_examined,
            changed: architecture.changed,
            scenarios: architecture.scenarios.into_iter().zip(evidence).map(SavedScenario::new).collect(),
        });
        Self {
            archlint_snapshot: SNAPSHOT_VERSION.to_owned(),
            inputs,
            architectures: architectures.collect(),
        }
    }

    /// Whether a JSON text is such a document, by its first key.
    pub(crate) fn is_one(text: &str) -> bool {
        let mut rest = text.trim_start();
        for token in ["{", "\"archlint_snapshot\""] {
            match rest.strip_prefix(token) {
                Some(it) => rest = it.trim_start(),
                None => return false,
            }
        }
        true
    }

    /// Reads the document. The files that the architectures were read from are only named in it, so their
    /// text comes from the disk where they still are, and is empty where not.
    pub(crate) fn parse(text: &str) -> Result<(Vec<Architecture>, Vec<Input>), serde_json::Error> {
        let saved: Self = serde_json::from_str(text)?;
        let architectures = saved.architectures.into_iter().map(|it| Architecture {
            name: it.name,
            scenarios: it.scenarios.into_iter().map(SavedScenario::restore).collect(),
            not_examined: it.not_examined,
            changed: it.changed,
        });
        Ok((architectures.collect(), saved.inputs))
    }
}

impl SavedScenario {
    fn new((scenario, because): (Scenario, Because)) -> Self {
        let evidence = because.iter().map(|(resource, fact, chain)| Chain {
            resource: resource.to_string(),
            fact: fact.to_owned(),
            because: chain.to_vec(),
        });
        Self {
            when: scenario.when,
            snapshot: scenario.snapshot,
            evidence: evidence.collect(),
            origins: SavedOrigins {
                files: scenario.origins.files.iter().map(|it| it.name.clone()).collect(),
                resources: scenario.origins.resources.clone(),
                parts: scenario.origins.parts.clone(),
            },
        }
    }

    fn restore(self) -> Scenario {
        let mut snapshot = self.snapshot;
        snapshot.facts = Facts::default();
        let file =
            |name: String| SourceFile { text: std::fs::read_to_string(&name).unwrap_or_default(), name };
        let files = Arc::new(self.origins.files.into_iter().map(file).collect());
        let origins =
            Arc::new(Origins { files, resources: self.origins.resources, parts: self.origins.parts });
        Scenario { when: self.when, snapshot, origins }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_snapshot_is_told_by_its_first_key() {
        assert!(Saved::is_one("\n{ \"archlint_snapshot\" : \"0.1\""));
        assert!(!Saved::is_one("{\"Resources\": {}}"));
        assert!(!Saved::is_one("archlint_snapshot: 1"));
    }

    #[test]
    fn what_is_saved_is_read_back() {
        let scenario = Scenario {
            when: Some("IsProd is false".to_owned()),
            snapshot: Snapshot::default(),
            origins: Arc::new(Origins::default()),
        };
        let architecture = Architecture {
            name: "web".into(),
            scenarios: vec![scenario],
            not_examined: vec!["IsDev".into()],
            changed: Some([Key::from("a")].into()),
        };
        let inputs = vec![Input { file: "web.yaml".into(), ..Input::default() }];
        let saved = Saved::new(vec![(architecture, vec![Because::default()])], inputs.clone());
        let (architectures, read) = Saved::parse(&serde_json::to_string(&saved).unwrap()).unwrap();
        assert_eq!(read, inputs);
        assert_eq!(architectures[0].name, "web");
        assert_eq!(architectures[0].not_examined, ["IsDev"]);
        assert_eq!(architectures[0].changed, Some([Key::from("a")].into()));
        assert_eq!(architectures[0].scenarios[0].when.as_deref(), Some("IsProd is false"));
    }
}
