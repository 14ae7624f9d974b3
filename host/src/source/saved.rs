//! What `archlint snapshot` prints, and the way back: a saved snapshot is an input like any other.
//!
//! What it says of files is only what to call them. No path in it is ever opened: whoever wrote the document may be
//! anybody. The lines that its places stand in travel in it, without secrets, and so do suppressions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use archlint_schema::{Facts, Key, SNAPSHOT_VERSION, Snapshot};
use serde::{Deserialize, Serialize};

use super::{Architecture, Input, Origin, Origins, Place, Scenario, SourceFile};
use crate::facts::{Because, Step};

/// The document that `archlint snapshot` prints.
#[derive(Debug, Serialize, Deserialize)]
pub struct Saved {
    /// The version of the snapshot's shape; also what tells such a document from a template.
    archlint_snapshot: String,
    #[serde(default)]
    inputs: Vec<Input>,
    /// Those that the architectures were read from: the places of all of them count in this list.
    #[serde(default)]
    files: Vec<SavedFile>,
    architectures: Vec<SavedArchitecture>,
}

/// A file, as far as a report shows it.
#[derive(Debug, Serialize, Deserialize)]
struct SavedFile {
    name: String,
    /// By number, from 1. The others are as good as empty.
    lines: BTreeMap<usize, String>,
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

/// Where things stand, by what is not as in the scenario before it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct SavedOrigins {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    resources: BTreeMap<Key, Origin>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<Key, BTreeMap<String, Key>>,
}

impl Saved {
    /// Everything that was read, with the facts derived from it: one [`Because`] per scenario, in order.
    pub fn new(architectures: Vec<(Architecture, Vec<Because>)>, inputs: Vec<Input>) -> Self {
        let mut files = Files::default();
        let mut saved = |(architecture, evidence): (Architecture, Vec<Because>)| {
            let mut before = Origins::default();
            let scenario = |(scenario, because): (Scenario, Because)| {
                let (snapshot, when) = (scenario.snapshot, scenario.when);
                let origins = files.renumbered(&scenario.origins);
                let saved = SavedOrigins::beside(&before, &origins);
                before = origins;
                SavedScenario { when, snapshot, evidence: chains(&because), origins: saved }
            };
            SavedArchitecture {
                name: architecture.name,
                not_examined: architecture.not_examined,
                changed: architecture.changed,
                scenarios: architecture.scenarios.into_iter().zip(evidence).map(scenario).collect(),
            }
        };
        let architectures = architectures.into_iter().map(&mut saved).collect();
        Self { archlint_snapshot: SNAPSHOT_VERSION.to_owned(), inputs, files: files.saved(), architectures }
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

    /// Reads the document.
    pub(crate) fn parse(text: &str) -> Result<(Vec<Architecture>, Vec<Input>), serde_json::Error> {
        let saved: Self = serde_json::from_str(text)?;
        let mut left = SavedFile::MAX_LINES;
        let files: Vec<SourceFile> = saved.files.into_iter().map(|it| it.restore(&mut left)).collect();
        let files = Arc::new(files);
        let restored = |architecture: SavedArchitecture| {
            let mut before = Origins { files: Arc::clone(&files), ..Origins::default() };
            let scenario = |it: SavedScenario| {
                before = it.origins.restore(&before);
                let snapshot = Snapshot { facts: Facts::default(), ..it.snapshot };
                Scenario { when: it.when, snapshot, origins: Arc::new(before.clone()) }
            };
            Architecture {
                name: architecture.name,
                scenarios: architecture.scenarios.into_iter().map(scenario).collect(),
                not_examined: architecture.not_examined,
                changed: architecture.changed,
            }
        };
        Ok((saved.architectures.into_iter().map(restored).collect(), saved.inputs))
    }
}

fn chains(because: &Because) -> Vec<Chain> {
    let chain = |(resource, fact, steps): (&Key, &str, &[Step])| Chain {
        resource: resource.to_string(),
        fact: fact.to_owned(),
        because: steps.to_vec(),
    };
    because.iter().map(chain).collect()
}

/// The files of a document, each once, and which of their lines it tells.
#[derive(Default)]
struct Files {
    /// Lists of files that are shared, and where each of their files is in this document.
    known: Vec<(Arc<Vec<SourceFile>>, Vec<usize>)>,
    /// A list that has the file, and the file's place in it; the lines that are told.
    told: Vec<(usize, usize, BTreeSet<usize>)>,
}

impl Files {
    /// The same places, counted in the files of the document, whose lines it will tell.
    fn renumbered(&mut self, origins: &Origins) -> Origins {
        let list = self.list(&origins.files);
        let mut origins = origins.clone();
        for place in origins.resources.values_mut().flat_map(places_mut) {
            let file = self.known[list].1[place.file];
            // A report shows the lines around it, too.
            self.told[file].2.extend(place.start.line.saturating_sub(1).max(1)..=place.end.line + 1);
            place.file = file;
        }
        origins
    }

    fn list(&mut self, files: &Arc<Vec<SourceFile>>) -> usize {
        if let Some(known) = self.known.iter().position(|it| Arc::ptr_eq(&it.0, files)) {
            return known;
        }
        let list = self.known.len();
        let first = self.told.len();
        let told = files.iter().enumerate().map(|(at, file)| (list, at, suppressing(&file.text)));
        self.told.extend(told);
        self.known.push((Arc::clone(files), (first..self.told.len()).collect()));
        list
    }

    fn saved(self) -> Vec<SavedFile> {
        let saved = |(list, at, told): &(usize, usize, BTreeSet<usize>)| {
            let file = &self.known[*list].0[*at];
            let told = |number: usize| told.contains(&number);
            let lines = file.text.lines().enumerate().map(|(at, line)| (at + 1, line));
            let lines = lines.filter(|(number, line)| told(*number) && line.len() <= SavedFile::MAX_LINE);
            let lines = lines.map(|(number, line)| (number, line.to_owned())).collect();
            SavedFile { name: file.name.clone(), lines }
        };
        self.told.iter().map(saved).collect()
    }
}

/// The lines that suppress something by a comment, with the comments below, which belong to it. JSON has none.
fn suppressing(text: &str) -> BTreeSet<usize> {
    let mut lines = BTreeSet::new();
    if text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']) {
        return lines;
    }
    let mut goes_on = false;
    for (at, line) in text.lines().enumerate() {
        goes_on = line.contains("archlint:") || goes_on && line.trim_start().starts_with(['#', '/']);
        if goes_on {
            lines.insert(at + 1);
        }
    }
    lines
}

fn places_mut(origin: &mut Origin) -> impl Iterator<Item = &mut Place> {
    let ignored = origin.ignored.iter_mut().map(|it| &mut it.place);
    [&mut origin.resource].into_iter().chain(origin.properties.values_mut()).chain(ignored)
}

impl SavedFile {
    /// In bytes. Longer ones are those of minified documents, which a report would not show whole either.
    const MAX_LINE: usize = 2000;
    /// Of all files together: a document of a line or two must not become one of millions.
    const MAX_LINES: usize = 20_000_000;

    /// `left` is how many lines there may still be.
    fn restore(mut self, left: &mut usize) -> SourceFile {
        self.lines.retain(|number, _| (1..=*left).contains(number));
        *left -= self.lines.last_key_value().map_or(0, |it| *it.0);
        let mut text = String::new();
        let mut number = 1;
        for (at, line) in &self.lines {
            text.extend(std::iter::repeat_n('\n', at - number));
            number = *at;
            text.extend(line.chars().filter(|it| *it != '\n'));
        }
        SourceFile { name: self.name, text }
    }
}

impl SavedOrigins {
    fn beside(before: &Origins, origins: &Origins) -> Self {
        let is_new = |key: &Key, it: &Origin| before.resources.get(key) != Some(it);
        let is_new_part = |key: &Key, it: &BTreeMap<String, Key>| before.parts.get(key) != Some(it);
        let resources = origins.resources.iter().filter(|it| is_new(it.0, it.1));
        let parts = origins.parts.iter().filter(|it| is_new_part(it.0, it.1));
        let owned = |(key, it): (&Key, &Origin)| (key.clone(), it.clone());
        Self {
            resources: resources.map(owned).collect(),
            parts: parts.map(|(key, it)| (key.clone(), it.clone())).collect(),
        }
    }

    /// Places that no file of the document has are nowhere.
    fn restore(mut self, before: &Origins) -> Origins {
        let files = &before.files;
        let is_one = |it: &Place| {
            let counts = [it.start, it.end].iter().all(|it| it.line > 0 && it.column > 0);
            counts && it.file < files.len()
        };
        self.resources.retain(|_, it| is_one(&it.resource));
        for it in self.resources.values_mut() {
            it.properties.retain(|_, place| is_one(place));
            it.ignored.retain(|it| is_one(&it.place));
        }
        let mut origins = before.clone();
        origins.resources.extend(self.resources);
        origins.parts.extend(self.parts);
        origins
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Position;

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

    fn position(line: usize, column: usize) -> Position {
        Position { line, column }
    }

    /// A resource that stands in a line of a file.
    fn origin(file: usize, line: usize) -> Origin {
        let resource = Place { file, start: position(line, 1), end: position(line, 2) };
        Origin { resource, properties: BTreeMap::new(), ignored: Vec::new() }
    }

    fn scenario(files: &Arc<Vec<SourceFile>>, resources: &[(&str, Origin)]) -> Scenario {
        let resources = resources.iter().map(|(key, it)| (Key::from(*key), it.clone())).collect();
        let origins = Origins { files: Arc::clone(files), resources, ..Origins::default() };
        Scenario { when: None, snapshot: Snapshot::default(), origins: Arc::new(origins) }
    }

    fn architecture(scenarios: Vec<Scenario>) -> Architecture {
        Architecture { name: "a".into(), scenarios, not_examined: Vec::new(), changed: None }
    }

    #[test]
    fn lines_that_are_shown_travel_and_no_others() {
        let file = |name: &str, text: &str| SourceFile { name: name.into(), text: text.into() };
        let files = Arc::new(vec![
            file("a.yaml", "a\nb\n# archlint: ignore X\n# why\nc\nd\ne\n"),
            file("b.json", &format!("{{\n{}\n}}\n", "x".repeat(3000))),
        ]);
        let base = scenario(&files, &[("s", origin(0, 2)), ("t", origin(1, 2))]);
        let other = scenario(&files, &[("s", origin(0, 2)), ("t", origin(0, 5))]);
        let because = vec![Because::default(), Because::default()];
        let saved = Saved::new(vec![(architecture(vec![base, other]), because)], Vec::new());
        let text = serde_json::to_string(&saved).unwrap();
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let lines = serde_json::json!({ "1": "a", "2": "b", "3": "# archlint: ignore X", "4": "# why", "5": "c", "6": "d" });
        assert_eq!(
            document["files"],
            serde_json::json!([{ "name": "a.yaml", "lines": lines }, { "name": "b.json", "lines": { "1": "{", "3": "}" } }])
        );
        // What stands where it stood is told once.
        let second = &document["architectures"][0]["scenarios"][1]["origins"]["resources"];
        assert_eq!(second.as_object().unwrap().keys().collect::<Vec<_>>(), ["t"]);
        let (architectures, _) = Saved::parse(&text).unwrap();
        let origins = |at: usize| &architectures[0].scenarios[at].origins;
        assert_eq!(origins(0).files[0].text, "a\nb\n# archlint: ignore X\n# why\nc\nd");
        assert_eq!(origins(0).resources["s"], origin(0, 2));
        assert_eq!(origins(0).resources["t"], origin(1, 2));
        assert_eq!(origins(1).resources["s"], origin(0, 2));
        assert_eq!(origins(1).resources["t"], origin(0, 5));
    }

    #[test]
    fn a_document_opens_no_file_and_its_places_are_checked() {
        // This very file is there to be read.
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/src/source/saved.rs");
        let place = |file: usize, line: usize| serde_json::json!({ "file": file, "start": { "line": line, "column": 1 }, "end": { "line": line, "column": 9 } });
        let origins = serde_json::json!({
            "files": [own],
            "resources": {
                "good": { "resource": place(0, 1), "properties": { "a": place(0, 2), "b": place(0, 0), "c": place(1, 1) } },
                "none": { "resource": place(7, 1) },
                "zero": { "resource": place(0, 0) },
            },
        });
        let document = serde_json::json!({
            "archlint_snapshot": "0.1",
            "files": [{ "name": own, "lines": { "1": "a\nb", "0": "c", "99999999999": "d" } }],
            "architectures": [{ "name": "a", "scenarios": [
                { "snapshot": serde_json::to_value(Snapshot::default()).unwrap(), "origins": origins },
            ] }],
        });
        let (architectures, _) = Saved::parse(&document.to_string()).unwrap();
        let origins = &architectures[0].scenarios[0].origins;
        assert_eq!(*origins.files, [SourceFile { name: own.into(), text: "ab".into() }]);
        let good = Key::from("good");
        assert_eq!(origins.resources.keys().collect::<Vec<_>>(), [&good]);
        assert_eq!(origins.resources[&good].properties.keys().collect::<Vec<_>>(), ["a"]);
    }
}
