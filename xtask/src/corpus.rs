//! `cargo xtask corpus`: archlint over folders of real templates, plans, states, items of accounts and lists of S3 keys,
//! one process per file.

mod keys;
mod links;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Result;
use crate::archlint::{self, Archlint, Ending};
use keys::Keys;
use links::Links;

/// Endings of the names of inputs.
const INPUTS: [&str; 7] = ["yaml", "yml", "json", "template", "tfstate", "backup", "gz"];

/// What the run over all files gave.
#[derive(Debug, Default)]
struct Tally {
    endings: BTreeMap<Ending, usize>,
    refused: Vec<PathBuf>,
    crashed: Vec<PathBuf>,
    /// Per kind: entries in the files, those that were read, and those that exist in no scenario.
    kinds: BTreeMap<String, [u64; 3]>,
    /// File, kind and number of entries that are neither.
    dropped: Vec<(PathBuf, String, u64)>,
    findings: BTreeMap<String, usize>,
    undecided: BTreeMap<String, usize>,
    links: Links,
    keys: Keys,
}

pub(crate) fn run(folders: &[&str]) -> Result<()> {
    let archlint = archlint::build()?;
    let mut files = Vec::new();
    for folder in folders {
        with_endings(Path::new(folder), &[&INPUTS[..], &keys::ENDINGS].concat(), &mut files)?;
    }
    let mut tally = Tally::default();
    for file in files {
        tally.add(&archlint, &file)?;
    }
    tally.print();
    match (tally.crashed.len(), tally.dropped.len()) {
        (0, 0) => Ok(()),
        (crashed, dropped) => Err(format!("{crashed} crashed, {dropped} dropped a resource").into()),
    }
}

/// Gathers the architectures in a folder and its folders, sorted by name.
pub(crate) fn inputs(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    with_endings(folder, &INPUTS, found)
}

fn with_endings(folder: &Path, endings: &[&str], found: &mut Vec<PathBuf>) -> Result<()> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths = entries.map(|it| Ok(it?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            with_endings(&path, endings, found)?;
        } else if is_one_of(&path, endings) {
            found.push(path);
        }
    }
    Ok(())
}

fn is_one_of(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|it| endings.iter().any(|known| it == *known))
}

impl Tally {
    fn add(&mut self, archlint: &Archlint, file: &Path) -> Result<()> {
        let mut ending = if is_one_of(file, &keys::ENDINGS) {
            self.keys.add(archlint, file)?
        } else {
            self.add_architecture(archlint, file)?
        };
        // A reply of list-objects is no architecture.
        if ending == Ending::CleanError && is_one_of(file, &["json"]) {
            ending = self.keys.add(archlint, file)?;
        }
        *self.endings.entry(ending).or_default() += 1;
        match ending {
            Ending::Read => {}
            Ending::CleanError => self.refused.push(file.to_owned()),
            Ending::Crash => self.crashed.push(file.to_owned()),
        }
        Ok(())
    }

    fn add_architecture(&mut self, archlint: &Archlint, file: &Path) -> Result<Ending> {
        let snapshot = archlint.command().arg("snapshot").arg(file).output()?;
        let report = archlint.command().args(["check", "--format", "json"]).arg(file).output()?;
        let ending = Ending::of(&snapshot).max(Ending::of(&report));
        if ending == Ending::Read {
            let snapshot = json(file, &snapshot.stdout)?;
            self.add_inputs(file, &snapshot);
            self.links.add(file, &snapshot);
            self.add_report(&json(file, &report.stdout)?);
        }
        Ok(ending)
    }

    fn add_inputs(&mut self, file: &Path, snapshot: &Value) {
        for input in list(&snapshot["inputs"]) {
            let kinds = input["entries"].as_object().into_iter().flatten().map(|(kind, _)| kind);
            for kind in kinds {
                let [entries, read, absent] =
                    ["entries", "read", "absent"].map(|it| input[it][kind].as_u64().unwrap_or_default());
                let sums = self.kinds.entry(kind.clone()).or_default();
                for (sum, it) in sums.iter_mut().zip([entries, read, absent]) {
                    *sum += it;
                }
                if read + absent < entries {
                    self.dropped.push((file.to_owned(), kind.clone(), entries - read - absent));
                }
            }
        }
    }

    fn add_report(&mut self, report: &Value) {
        for (part, tally) in [("findings", &mut self.findings), ("undecided", &mut self.undecided)] {
            for entry in list(&report[part]) {
                let rule = entry["rule"].as_str().unwrap_or("?").to_owned();
                *tally.entry(rule).or_default() += 1;
            }
        }
    }

    fn print(&self) {
        let number = |ending| self.endings.get(&ending).copied().unwrap_or_default();
        println!("read {}", number(Ending::Read));
        println!("clean error {}", number(Ending::CleanError));
        println!("crash {}", number(Ending::Crash));
        println!("\n{:48} {:>7} {:>7} {:>7}", "kind", "entries", "read", "absent");
        for (kind, [entries, read, absent]) in &self.kinds {
            println!("{kind:48} {entries:>7} {read:>7} {absent:>7}");
        }
        for (title, tally) in [("findings", &self.findings), ("undecided", &self.undecided)] {
            println!("\n{title}");
            for (rule, number) in tally {
                println!("{rule:8} {number:>7}");
            }
        }
        self.links.print();
        self.keys.print();
        println!();
        for (title, files) in [("clean error", &self.refused), ("crash", &self.crashed)] {
            for file in files {
                println!("{title}: {}", file.display());
            }
        }
        for (file, kind, number) in &self.dropped {
            println!("dropped: {number} {kind} of {}", file.display());
        }
    }
}

fn json(file: &Path, output: &[u8]) -> Result<Value> {
    serde_json::from_slice(output).map_err(|error| format!("{}: not JSON: {error}", file.display()).into())
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
