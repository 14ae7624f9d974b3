//! Finds the files that the caller means, reads them, and tells what each is.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::saved::Saved;
use super::{Architecture, Input, SourceError, SourceFile, account, terraform, text};

/// CloudFormation takes templates of up to 1 MB; a plan, or a snapshot of a large account, is larger.
const MAX_TEMPLATE_MB: u64 = 8;
const MAX_FILE_MB: u64 = 2048;
/// No template nests this deep; parsers that recurse would run out of stack.
const MAX_DEPTH: usize = 200;

/// Endings of the names of inputs in a folder.
const EXTENSIONS: [&str; 6] = ["yaml", "yml", "json", "template", "tfstate", "gz"];

/// What an input is.
pub(crate) enum Content {
    Template(SourceFile),
    /// A plan or a state, from the first character of its JSON.
    Terraform(SourceFile),
    Snapshot(Vec<Architecture>, Vec<Input>),
    /// What AWS Config recorded of an account, replies of describe calls, a saved scan.
    Account(SourceFile),
}

/// Reads every file that is named, and every input in every folder that is named, in the order of their names,
/// each once.
pub(crate) fn find(paths: &[PathBuf]) -> Vec<Result<Content, SourceError>> {
    let mut named = BTreeSet::new();
    let mut found = BTreeSet::new();
    let mut errors = Vec::new();
    for path in paths {
        if !path.is_dir() {
            named.insert(path.clone());
            continue;
        }
        match inputs_under(path) {
            Ok(files) if files.is_empty() => {
                errors.push(Err(SourceError::EmptyFolder { folder: path.display().to_string() }));
            }
            Ok(files) => found.extend(files),
            Err(error) => errors.push(Err(error)),
        }
    }
    let all = found.into_iter().filter(|it| !named.contains(it)).collect::<Vec<_>>();
    named.into_iter().chain(all).map(|it| read(&it)).chain(errors).collect()
}

/// The templates in a folder and below it, in the order of their names.
pub(crate) fn templates_under(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let is_one = |path: &PathBuf| read_text(path).is_ok_and(|it| is_template(&it));
    Ok(inputs_under(folder)?.into_iter().filter(is_one).collect())
}

fn inputs_under(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| SourceError::read(&folder, error))?;
        for entry in entries {
            let path = entry.map_err(|error| SourceError::read(&folder, error))?.path();
            let hidden = path.file_name().is_some_and(|it| it.to_string_lossy().starts_with('.'));
            if path.is_symlink() || hidden || path.ends_with("node_modules") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if may_be_input(&path) && is_input(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn may_be_input(path: &Path) -> bool {
    path.extension().is_some_and(|it| EXTENSIONS.iter().any(|known| it == *known))
}

/// A file in a folder that is no input is nobody's mistake, so it is passed over; one that cannot be read as
/// text may be a damaged template, and is told.
fn is_input(path: &Path) -> bool {
    match read_text(path) {
        Ok(text) => {
            is_template(&text) && (text.len() as u64) <= MAX_TEMPLATE_MB << 20
                || Saved::is_one(&text)
                || terraform::find(&text).is_some()
                || account::is_one(&text)
        }
        Err(_) => true,
    }
}

fn is_template(text: &str) -> bool {
    let json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    if json {
        return text.contains("\"Resources\"");
    }
    text.lines().any(|it| {
        it.starts_with("Resources:") || it.starts_with("\"Resources\":") || it.starts_with("'Resources':")
    })
}

fn read(path: &Path) -> Result<Content, SourceError> {
    let text = read_text(path)?;
    Content::classify(SourceFile { name: path.display().to_string(), text })
}

/// What came by another way than as a file.
pub(crate) fn of_bytes(name: &str, bytes: Vec<u8>) -> Result<Content, SourceError> {
    Content::classify(SourceFile { name: name.to_owned(), text: text_of(Path::new(name), bytes)? })
}

fn read_text(path: &Path) -> Result<String, SourceError> {
    let name = || path.display().to_string();
    let size = path.metadata().map_err(|error| SourceError::read(path, error))?.len() >> 20;
    if size > MAX_FILE_MB {
        return Err(SourceError::TooLarge { file: name(), size, limit: MAX_FILE_MB });
    }
    text_of(path, std::fs::read(path).map_err(|error| SourceError::read(path, error))?)
}

/// Bytes as text, unzipped where they are zipped.
fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, SourceError> {
    let bytes = text::unzipped(bytes, MAX_FILE_MB << 20).map_err(|error| SourceError::read(path, error))?;
    text::decoded(bytes).map_err(|offset| SourceError::Encoding { file: path.display().to_string(), offset })
}

impl Content {
    /// Tells what a text is by what it says, not by the name of its file.
    pub(crate) fn classify(file: SourceFile) -> Result<Self, SourceError> {
        if Saved::is_one(&file.text) {
            return match Saved::parse(&file.text) {
                Ok((architectures, inputs)) => Ok(Self::Snapshot(architectures, inputs)),
                Err(error) => Err(SourceError::Snapshot { file: file.name, source: error.into() }),
            };
        }
        if let Some(json) = terraform::find(&file.text) {
            let before = file.text.len() - json.len();
            let text = if before == 0 { file.text } else { file.text[before..].to_owned() };
            return Ok(Self::Terraform(SourceFile { name: file.name, text }));
        }
        if account::is_one(&file.text) {
            return Ok(Self::Account(file));
        }
        let size = (file.text.len() as u64) >> 20;
        if size >= MAX_TEMPLATE_MB {
            return Err(SourceError::TooLarge { file: file.name, size, limit: MAX_TEMPLATE_MB });
        }
        if depth(&file.text) > MAX_DEPTH {
            return Err(SourceError::TooDeep { file: file.name, limit: MAX_DEPTH });
        }
        Ok(Self::Template(file))
    }
}

/// An upper bound of how deep the text nests: brackets, dashes in a row, and indentation.
fn depth(text: &str) -> usize {
    let mut open: usize = 0;
    let mut deepest = 0;
    for line in text.lines() {
        let indentation = line.len() - line.trim_start_matches([' ', '-', '?', ':']).len();
        deepest = deepest.max(indentation / 2);
        for byte in line.bytes() {
            match byte {
                b'[' | b'{' => open += 1,
                b']' | b'}' => open = open.saturating_sub(1),
                _ => {}
            }
            deepest = deepest.max(open);
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_and_indentation() {
        assert_eq!(depth("{\"a\": [1, {\"b\": 2}]}"), 3);
        assert!(depth(&"[".repeat(100_000)) > MAX_DEPTH);
        assert!(depth(&format!("a:\n{}b", "- ".repeat(100_000))) > MAX_DEPTH);
        assert!(depth("Resources:\n  A:\n    Type: X\n") < 5);
    }

    #[test]
    fn a_template_is_told_by_its_resources() {
        assert!(is_template("{ \"Resources\": {} }"));
        assert!(is_template("Description: x\nResources:\n"));
        assert!(!is_template("services:\n  web:\n"));
    }
}
