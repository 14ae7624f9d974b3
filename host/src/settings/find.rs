//! Where the settings file is.

use std::path::{Path, PathBuf};

pub const FILE_NAME: &str = "archlint.toml";

/// The settings file of a folder, or of the nearest folder above it. The root of a repository and the home folder
/// are the last that are looked into: what lies above belongs to somebody else.
pub fn find(folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    for folder in folder.ancestors() {
        let file = folder.join(FILE_NAME);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() || home == Some(folder) {
            return None;
        }
    }
    None
}
