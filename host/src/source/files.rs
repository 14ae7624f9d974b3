//! Finds the files that the caller means, reads each once, and tells what it is.
//!
//! Whatever is named is read: a file, a pipe (`<(terraform show -json plan)`), `-` for the standard input. In a folder
//! only files are, and of those only what is an input: nobody meant a socket that happens to lie there.

use std::collections::BTreeSet;
use std::fs::{File, FileType};
use std::io;
use std::path::{Path, PathBuf};

use super::saved::Saved;
use super::{Architecture, Budget, Input, SourceError, SourceFile, account, nesting, terraform, text};

/// CloudFormation takes templates of up to 1 MB; a plan, or a snapshot of a large account, is larger.
const MAX_TEMPLATE_MB: u64 = 8;
/// No template nests this deep; what evaluates it goes down one call a level.
const MAX_DEPTH: usize = 200;

/// Endings of the names of inputs in a folder.
const EXTENSIONS: [&str; 6] = ["yaml", "yml", "json", "template", "tfstate", "gz"];

/// What stands for the standard input on the command line, and what messages call it.
const DASH: &str = "-";
const STANDARD_INPUT: &str = "standard input";

/// What an input is.
pub(crate) enum Content {
    Template(SourceFile),
    /// A plan or a state, from the first character of its JSON.
    Terraform(SourceFile),
    Snapshot(Vec<Architecture>, Vec<Input>),
    /// What AWS Config recorded of an account, replies of describe calls, a saved scan.
    Account(SourceFile),
    /// What lies in a folder and is not read, with the reason as its note.
    PassedOver(Input),
}

/// Reads what is named, and every input in every folder that is named, in the order of their names, each once.
pub(crate) fn find(paths: &[PathBuf], budget: &Budget) -> Vec<Result<Content, SourceError>> {
    let (folders, named): (BTreeSet<&Path>, BTreeSet<&Path>) =
        paths.iter().map(PathBuf::as_path).partition(|it| it.as_os_str() != DASH && it.is_dir());
    let mut found: Vec<Result<Content, SourceError>> = named.iter().map(|it| read(it, budget)).collect();
    let mut files = BTreeSet::new();
    for folder in folders {
        let mut listing = Listing::of(folder);
        let is_empty = listing.special.is_empty() && listing.errors.is_empty();
        let (all, before) = (listing.files.len(), found.len());
        listing.files.retain(|it| !named.contains(it.as_path()) && !files.contains(it));
        let is_read_already = listing.files.len() < all;
        found.extend(listing.files.iter().filter_map(|it| read_in_folder(it, budget)));
        if is_empty && found.len() == before && !is_read_already {
            found.push(Err(SourceError::EmptyFolder { folder: folder.display().to_string() }));
        }
        files.extend(listing.files);
        found.extend(listing.special.into_iter().map(|it| Ok(Content::PassedOver(it))));
        found.extend(listing.errors.into_iter().map(Err));
    }
    found
}

/// The templates in a folder and below it, in the order of their names.
pub(crate) fn templates_under(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let budget = Budget::default();
    let is_one = |path: &PathBuf| read_text(path, &budget).is_ok_and(|it| is_template(&it));
    let listing = Listing::of(folder);
    match listing.errors.into_iter().next() {
        Some(error) => Err(error),
        None => Ok(listing.files.into_iter().filter(is_one).collect()),
    }
}

/// What lies in a folder and below it, by names that inputs have.
#[derive(Default)]
struct Listing {
    /// In the order of their names.
    files: Vec<PathBuf>,
    /// Pipes, sockets and devices.
    special: Vec<Input>,
    /// Folders that could not be read.
    errors: Vec<SourceError>,
}

impl Listing {
    fn of(folder: &Path) -> Self {
        let mut listing = Self::default();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = match std::fs::read_dir(&folder) {
                Ok(it) => it,
                Err(error) => {
                    listing.errors.push(SourceError::read(&folder, error));
                    continue;
                }
            };
            for entry in entries {
                match entry.and_then(|it| Ok((it.path(), it.file_type()?))) {
                    Ok((path, kind)) => listing.add(&path, kind, &mut folders),
                    Err(error) => listing.errors.push(SourceError::read(&folder, error)),
                }
            }
        }
        listing.files.sort();
        listing
    }

    fn add(&mut self, path: &Path, kind: FileType, folders: &mut Vec<PathBuf>) {
        let hidden = path.file_name().is_some_and(|it| it.to_string_lossy().starts_with('.'));
        if kind.is_symlink() || hidden || path.ends_with("node_modules") {
            return;
        }
        if kind.is_dir() {
            folders.push(path.to_owned());
        } else if may_be_input(path) {
            match special(kind) {
                None => self.files.push(path.to_owned()),
                Some(what) => self.special.push(Input {
                    file: path.display().to_string(),
                    note: Some(format!("{what}: it is read only where it is named")),
                    ..Input::default()
                }),
            }
        }
    }
}

fn may_be_input(path: &Path) -> bool {
    path.extension().is_some_and(|it| EXTENSIONS.iter().any(|known| it == *known))
}

/// What a thing is that is neither a file nor a folder.
fn special(kind: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a pipe");
        } else if kind.is_socket() {
            return Some("a socket");
        } else if kind.is_block_device() || kind.is_char_device() {
            return Some("a device");
        }
    }
    (!kind.is_file()).then_some("no file")
}

/// A file in a folder that is no input is nobody's mistake, so it is passed over; one that cannot be read as
/// text may be a damaged template, and is told.
fn read_in_folder(path: &Path, budget: &Budget) -> Option<Result<Content, SourceError>> {
    match read_text(path, budget) {
        Ok(text) => {
            let file = SourceFile { name: path.display().to_string(), text };
            let kind = Kind::of(&file.text)?;
            let is_large = file.text.len() as u64 > MAX_TEMPLATE_MB << 20;
            (kind != Kind::Template || !is_large).then(|| Content::of(kind, file))
        }
        Err(error) => Some(Err(error)),
    }
}

fn read(path: &Path, budget: &Budget) -> Result<Content, SourceError> {
    if path.as_os_str() == DASH {
        let text = text::read(STANDARD_INPUT, io::stdin().lock(), budget.megabytes)?;
        return Content::classify(SourceFile { name: STANDARD_INPUT.to_owned(), text });
    }
    Content::classify(SourceFile { name: path.display().to_string(), text: read_text(path, budget)? })
}

/// The text of a file, or of what else can be read like one: whatever it does meanwhile, to its end or to the budget.
fn read_text(path: &Path, budget: &Budget) -> Result<String, SourceError> {
    let name = path.display().to_string();
    let failed = |error| SourceError::read(path, error);
    let metadata = path.metadata().map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kind = metadata.file_type();
        if kind.is_socket() || kind.is_block_device() {
            return Err(SourceError::Special { file: name, what: special(kind).unwrap_or("no file") });
        }
    }
    // What a file says of its size is a hint: those in /proc have none.
    if metadata.len() >> 20 > budget.megabytes as u64 {
        return Err(SourceError::OverBudget { file: name, megabytes: budget.megabytes });
    }
    text::read(&name, File::open(path).map_err(failed)?, budget.megabytes)
}

/// What a text is, by what it says, not by the name of its file.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Snapshot,
    /// And how many bytes stand before its JSON.
    Terraform(usize),
    Account,
    Template,
}

impl Kind {
    /// Nothing for a text that is no input.
    fn of(text: &str) -> Option<Self> {
        if Saved::is_one(text) {
            return Some(Self::Snapshot);
        }
        if let Some(json) = terraform::find(text) {
            return Some(Self::Terraform(text.len() - json.len()));
        }
        if account::is_one(text) {
            return Some(Self::Account);
        }
        is_template(text).then_some(Self::Template)
    }
}

fn is_template(text: &str) -> bool {
    if text.trim_start().starts_with('{') {
        return text.contains("\"Resources\"");
    }
    text.lines().any(|it| {
        it.starts_with("Resources:") || it.starts_with("\"Resources\":") || it.starts_with("'Resources':")
    })
}

impl Content {
    /// Tells what a text is that somebody named: what is nothing else is a template, whose errors say the most.
    pub(crate) fn classify(file: SourceFile) -> Result<Self, SourceError> {
        Self::of(Kind::of(&file.text).unwrap_or(Kind::Template), file)
    }

    fn of(kind: Kind, mut file: SourceFile) -> Result<Self, SourceError> {
        match kind {
            Kind::Snapshot => match Saved::parse(&file.text) {
                Ok((architectures, inputs)) => Ok(Self::Snapshot(architectures, inputs)),
                Err(error) => Err(SourceError::Snapshot { file: file.name, source: error.into() }),
            },
            Kind::Terraform(before) => {
                file.text.drain(..before);
                Ok(Self::Terraform(file))
            }
            Kind::Account => Ok(Self::Account(file)),
            Kind::Template => {
                let size = (file.text.len() as u64) >> 20;
                if size >= MAX_TEMPLATE_MB {
                    return Err(SourceError::TooLarge { file: file.name, size, limit: MAX_TEMPLATE_MB });
                }
                if nesting::is_deeper(&file.text, MAX_DEPTH) {
                    return Err(SourceError::TooDeep { file: file.name, limit: MAX_DEPTH });
                }
                Ok(Self::Template(file))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_told_by_its_resources() {
        assert!(is_template("{ \"Resources\": {} }"));
        assert!(is_template("Description: x\nResources:\n"));
        assert!(!is_template("services:\n  web:\n"));
    }
}
