//! Which files there are to read, and what of them goes together.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::Format;
use super::detect::{Detected, Recipe, detect};
use super::error::KeysError;
use super::inventory::manifest::{self, Encoding, Manifest};
use super::open::Head;
use crate::parallel;

/// What AWS puts beside a manifest: a checksum, and a list of data files for Hive.
const BESIDE_MANIFESTS: [&str; 2] = ["manifest.checksum", "symlink.txt"];

/// A file to read.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) path: PathBuf,
    /// What it is called: a copy of an object is called as the object is.
    pub(super) name: String,
    /// What it is counted under: the path that was named, or a manifest.
    pub(super) input: String,
    pub(super) detected: Detected,
}

/// A file that was named, or stands in a folder that was.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    path: PathBuf,
    /// What it is counted under.
    input: String,
    /// The folder that was named.
    folder: Option<PathBuf>,
}

/// A report of Inventory.
struct Report {
    /// Of its manifest.
    path: PathBuf,
    folder: Option<PathBuf>,
    manifest: Manifest,
}

impl Report {
    /// Where a data file is.
    fn find(&self, key: &str) -> Option<PathBuf> {
        manifest::find(&self.path, self.folder.as_deref(), key)
    }
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) files: Vec<Planned>,
    pub(super) problems: Vec<KeysError>,
    /// Of inputs, besides what is noted of their files.
    pub(super) notes: BTreeMap<String, String>,
}

impl Plan {
    pub(super) fn of(paths: &[PathBuf], threads: usize) -> Self {
        let mut plan = Self::default();
        let mut named = Vec::new();
        for path in paths {
            plan.expand(path, &mut named);
        }
        let (_, detected) =
            parallel::each(&named, threads, || (), |(), it| detect(&it.path, &it.path.display().to_string()));
        let mut reports = Vec::new();
        for (Named { path, input, folder }, detected) in named.into_iter().zip(detected) {
            match detected {
                Ok(it) if it.recipe == Recipe::Manifest => {
                    reports.extend(plan.manifest(&path).map(|manifest| Report { path, folder, manifest }));
                }
                Ok(detected) => {
                    let name = path.display().to_string();
                    plan.files.push(Planned { path, name, input, detected });
                }
                Err(error) => plan.problems.push(error),
            }
        }
        plan.add_reports(reports);
        plan
    }

    /// Every file that is named, or stands in a folder that is.
    fn expand(&mut self, path: &Path, named: &mut Vec<Named>) {
        let input = path.display().to_string();
        if !path.is_dir() {
            return named.push(Named { path: path.to_owned(), input, folder: None });
        }
        let before = named.len();
        let mut folders = vec![path.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let mut entries = match entries {
                Ok(it) => it,
                Err(source) => {
                    self.problems.push(KeysError::read(&folder, source));
                    continue;
                }
            };
            entries.sort_unstable_by_key(fs::DirEntry::file_name);
            for entry in entries {
                let name = entry.file_name();
                let is_hidden = name.as_encoded_bytes().starts_with(b".");
                if is_hidden || BESIDE_MANIFESTS.iter().any(|it| name == *it) {
                    continue;
                }
                // A link may lead back here, or to what nobody named.
                match entry.file_type() {
                    Ok(it) if it.is_dir() => folders.push(entry.path()),
                    Ok(it) if it.is_file() => {
                        let (path, folder) = (entry.path(), Some(path.to_owned()));
                        named.push(Named { path, input: input.clone(), folder });
                    }
                    _ => {}
                }
            }
        }
        named[before..].sort_unstable();
        if named.len() == before {
            self.problems.push(KeysError::EmptyFolder { folder: input });
        }
    }

    fn manifest(&mut self, path: &Path) -> Option<Manifest> {
        let text = match fs::read(path) {
            Ok(it) => it,
            Err(source) => {
                self.problems.push(KeysError::read(path, source));
                return None;
            }
        };
        match Manifest::parse(&text) {
            Ok(it) => Some(it),
            Err(message) => {
                self.problems.push(KeysError::Manifest { file: path.display().to_string(), message });
                None
            }
        }
    }

    /// Of several reports of one inventory the newest is read: the others tell of the same objects once more.
    fn add_reports(&mut self, all: Vec<Report>) {
        let mut inventories = BTreeMap::<String, Vec<(i64, Report)>>::new();
        for report in all {
            let (inventory, made) = report.manifest.inventory();
            inventories.entry(inventory).or_default().push((made, report));
        }
        for (_, mut reports) in inventories {
            reports.sort_by(|one, other| (one.0, &one.1.path).cmp(&(other.0, &other.1.path)));
            let (_, newest) = reports.pop().expect("an inventory is there by a report");
            let older =
                reports.iter().flat_map(|(_, it)| it.manifest.files.iter().map(move |file| (it, file)));
            let claimed: BTreeSet<PathBuf> = older.filter_map(|(it, file)| it.find(&file.key)).collect();
            self.files.retain(|it| !is_among(&claimed, &it.path));
            if !reports.is_empty() {
                let note = format!("{} older reports of the same inventory are left out", reports.len());
                self.notes.insert(newest.path.display().to_string(), note);
            }
            self.add_report(&newest);
        }
    }

    fn add_report(&mut self, report: &Report) {
        let name = report.path.display().to_string();
        let encoding = match report.manifest.encoding() {
            Ok(Encoding::Orc) => return self.problems.push(KeysError::Orc { file: name }),
            Ok(it) => it,
            Err(message) => return self.problems.push(KeysError::Manifest { file: name, message }),
        };
        let mut claimed = BTreeSet::new();
        let mut found = Vec::new();
        for file in &report.manifest.files {
            match report.find(&file.key) {
                Some(data) => {
                    claimed.insert(data.clone());
                    found.extend(self.data_file(data, &name, &encoding, file.size));
                }
                None => self
                    .problems
                    .push(KeysError::MissingData { manifest: name.clone(), key: file.key.clone() }),
            }
        }
        self.files.retain(|it| !is_among(&claimed, &it.path));
        self.files.extend(found);
    }

    fn data_file(
        &mut self,
        path: PathBuf,
        manifest: &str,
        encoding: &Encoding,
        expected: Option<u64>,
    ) -> Option<Planned> {
        let name = path.display().to_string();
        let detected = detect_data(&path, &name, encoding);
        let detected = detected.map_err(|error| self.problems.push(error)).ok()?;
        if let Some(expected) = expected.filter(|it| *it != detected.size) {
            let (file, manifest) = (name.clone(), manifest.to_owned());
            self.problems.push(KeysError::Size { file, manifest, found: detected.size, expected });
        }
        Some(Planned { path, name, input: manifest.to_owned(), detected })
    }
}

/// A data file of an inventory is read as its manifest says.
pub(super) fn detect_data(path: &Path, name: &str, encoding: &Encoding) -> Result<Detected, KeysError> {
    let Encoding::Csv(table) = encoding else { return detect(path, name) };
    let head = Head::of(path).map_err(|source| KeysError::Read { file: name.to_owned(), source })?;
    Ok(Detected {
        recipe: Recipe::Table(table.clone()),
        format: Format::Inventory,
        note: None,
        is_packed: head.is_packed,
        size: head.size,
    })
}

/// Whether a file is one of those, whose paths are canonical.
fn is_among(files: &BTreeSet<PathBuf>, path: &Path) -> bool {
    !files.is_empty() && fs::canonicalize(path).is_ok_and(|it| files.contains(&it))
}
