//! What `archlint keys` makes of lists and listings of S3 keys.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{json, list};
use crate::Result;
use crate::archlint::{Archlint, Ending};

/// Endings of the names of what can be nothing but keys.
pub(super) const ENDINGS: [&str; 6] = ["txt", "csv", "tsv", "log", "xml", "parquet"];

/// The verdict of each file.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<(PathBuf, String)>);

impl Keys {
    /// Reads a file; notes what its keys are, if it has any.
    pub(super) fn add(&mut self, archlint: &Archlint, file: &Path) -> Result<Ending> {
        let output = archlint.command().args(["keys", "--format", "json"]).arg(file).output()?;
        let ending = Ending::of(&output);
        if ending == Ending::Read {
            let report = json(file, &output.stdout)?;
            self.0.push((file.to_owned(), verdicts(&report)));
        }
        Ok(ending)
    }

    pub(super) fn print(&self) {
        if !self.0.is_empty() {
            println!("\nkeys of S3");
        }
        for (file, verdicts) in &self.0 {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            println!("{name}:{verdicts}");
        }
    }
}

/// Of each bucket the class, the token that explains it, and the number of keys.
fn verdicts(report: &Value) -> String {
    let mut text = String::new();
    for it in list(&report["populations"]) {
        let (classification, kept) = (&it["classification"], &it["counts"]["kept"]);
        let word = |name: &str| classification[name].as_str().unwrap_or("-");
        let bucket = it["bucket"].as_str().unwrap_or("-");
        write!(text, " {bucket} {} ({}, {kept} keys)", word("class"), word("token"))
            .expect("a String takes everything");
    }
    text
}
