//! The manifest of a report: what it is of, and which files it has.

use std::fs;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::source::s3keys::table::{Role, Table};

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::source::s3keys) struct Manifest {
    pub(in crate::source::s3keys) source_bucket: String,
    version: Option<String>,
    /// Milliseconds since 1970, in quotes.
    creation_timestamp: Option<String>,
    file_format: String,
    file_schema: String,
    pub(in crate::source::s3keys) files: Vec<DataFile>,
}

#[derive(Debug, Clone, Deserialize)]
pub(in crate::source::s3keys) struct DataFile {
    pub(in crate::source::s3keys) key: String,
    pub(in crate::source::s3keys) size: Option<u64>,
}

/// In what the data files of a report are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::source::s3keys) enum Encoding {
    Csv(Table),
    Parquet,
    Orc,
}

/// Whether a text begins as a manifest does.
pub(in crate::source::s3keys) fn is_one(head: &[u8]) -> bool {
    ["\"fileFormat\"", "\"fileSchema\""].iter().all(|it| memchr::memmem::find(head, it.as_bytes()).is_some())
}

impl Manifest {
    pub(in crate::source::s3keys) fn parse(text: &[u8]) -> Result<Self, String> {
        let manifest: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        match manifest.version.as_deref() {
            Some("2016-11-30") | None => Ok(manifest),
            Some(other) => Err(format!("it is of version {other}, and archlint reads 2016-11-30")),
        }
    }

    pub(in crate::source::s3keys) fn encoding(&self) -> Result<Encoding, String> {
        match self.file_format.to_ascii_uppercase().as_str() {
            "PARQUET" => Ok(Encoding::Parquet),
            "ORC" => Ok(Encoding::Orc),
            "CSV" => {
                let columns = Role::of_all(self.file_schema.split(','));
                if !columns.contains(&Some(Role::Key)) {
                    return Err(format!("no column of `{}` is the key", self.file_schema));
                }
                let (has_header, is_encoded, spans_lines) = (false, true, false);
                Ok(Encoding::Csv(Table { columns, separator: b',', has_header, is_encoded, spans_lines }))
            }
            other => Err(format!("it is of files in {other}")),
        }
    }

    /// Of which inventory it is a report, and when it was made: of several reports the last one counts.
    pub(in crate::source::s3keys) fn inventory(&self) -> (String, i64) {
        let folder = self.files.first().and_then(|it| it.key.rsplit_once('/')).map_or("", |it| it.0);
        let made = self.creation_timestamp.as_deref().and_then(|it| it.parse().ok());
        (format!("{} {folder}", self.source_bucket), made.unwrap_or(0))
    }
}

/// Where a data file is, under its key or the last parts of it: whoever copied a report may have left folders out. In a
/// folder that was named, beside the manifest or above it, but never above that folder. For a manifest that was named
/// itself, below its own folder, or in `../data` as AWS lays it out: manifests in `<prefix>/<bucket>/<id>/<date>/`, their
/// data in `<prefix>/<bucket>/<id>/data/`. Nothing else of this machine is looked at, whatever a manifest says and
/// wherever a link leads.
pub(in crate::source::s3keys) fn find(manifest: &Path, named: Option<&Path>, key: &str) -> Option<PathBuf> {
    let path = Path::new(key);
    let parts: Vec<Component<'_>> = path.components().collect();
    if parts.iter().any(|it| !matches!(it, Component::Normal(_))) {
        return None;
    }
    let parent = manifest.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = fs::canonicalize(parent).ok()?;
    let roots: Vec<(&Path, PathBuf)> = if let Some(named) = named {
        let named = fs::canonicalize(named).ok()?;
        folder.ancestors().take_while(|it| it.starts_with(&named)).map(|it| (it, named.clone())).collect()
    } else {
        let data = folder.parent().filter(|_| is_date(&folder)).map(|it| (it, it.join("data")));
        [(folder.as_path(), folder.clone())].into_iter().chain(data).collect()
    };
    let at = |(above, within): &(&Path, PathBuf), relative: &Path| {
        let found = fs::canonicalize(above.join(relative)).ok()?;
        (found.is_file() && found.starts_with(within)).then_some(found)
    };
    (0..parts.len()).find_map(|skipped| {
        let relative: PathBuf = parts[skipped..].iter().collect();
        roots.iter().find_map(|it| at(it, &relative))
    })
}

/// Whether a folder is called as AWS calls those of manifests: `2026-01-31T01-00Z`.
fn is_date(folder: &Path) -> bool {
    let name = folder.file_name().map(|it| it.to_string_lossy().replace(|it: char| it.is_ascii_digit(), "0"));
    name.is_some_and(|it| it == "0000-00-00T00-00Z")
}
