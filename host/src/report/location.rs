//! Where findings stand, as the host of a repository wants to be told: by the path from its root, and the line.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use archlint_schema::Key;

use super::Report;
use crate::source::Place;

/// The repository that archlint runs in. GitHub and GitLab know files by their paths from its root, whatever the
/// folder in which a job calls archlint.
#[derive(Debug, Clone)]
pub struct Repository {
    root: PathBuf,
    working_folder: PathBuf,
}

/// A file by its path from the root of the repository, and the place in it where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location {
    pub(super) file: String,
    pub(super) place: Option<Place>,
}

impl Repository {
    /// The repository around a folder; the folder by itself where there is none.
    pub fn around(working_folder: &Path) -> Self {
        let root = working_folder.ancestors().find(|it| it.join(".git").exists());
        Self { root: root.unwrap_or(working_folder).to_owned(), working_folder: working_folder.to_owned() }
    }

    /// A file's path from the root, its parts joined by `/`; for a file outside the repository the whole path.
    pub(super) fn path(&self, file: &str) -> String {
        let path = normal(&self.working_folder.join(file));
        let Ok(below) = path.strip_prefix(&self.root) else {
            return path.to_string_lossy().into_owned();
        };
        below.iter().map(|it| it.to_string_lossy()).collect::<Vec<_>>().join("/")
    }
}

/// A path without `.` and `..`, as far as its own text tells.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

impl Location {
    /// Lines count from 1; what stands nowhere in particular stands at the top.
    pub(super) fn line(&self) -> usize {
        self.place.map_or(1, |it| it.start.line)
    }

    pub(super) fn column(&self) -> usize {
        self.place.map_or(1, |it| it.start.column)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(place) => write!(f, "{}:{}", self.file, place.start.line),
            None => f.write_str(&self.file),
        }
    }
}

impl Report {
    /// Where a property of a resource stands. What was read from a document without places, such as a Terraform
    /// plan without its source code, stands in the document.
    pub(super) fn location(
        &self,
        scenario: (usize, usize),
        resource: &Key,
        path: &str,
        repository: &Repository,
    ) -> Location {
        let context = self.context(scenario);
        match context.origins.locate(resource, path) {
            Some(place) => {
                Location { file: repository.path(&context.origins.file(&place).name), place: Some(place) }
            }
            None => Location { file: repository.path(self.input(&context.architecture)), place: None },
        }
    }

    /// The input that an architecture was read from; the first one where it has another name.
    fn input<'a>(&'a self, architecture: &'a str) -> &'a str {
        let same = self.inputs.iter().find(|it| it.file == architecture);
        same.or(self.inputs.first()).map_or(architecture, |it| &it.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(file: &str, expected: &str) {
        let repository =
            Repository { root: PathBuf::from("/repo"), working_folder: PathBuf::from("/repo/stacks") };
        assert_eq!(repository.path(file), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_path_counts_from_the_root_of_the_repository() {
        check("web.yaml", "stacks/web.yaml");
        check("./a/../web.yaml", "stacks/web.yaml");
        check("../plan.json", "plan.json");
        check("/repo/web.yaml", "web.yaml");
        check("/elsewhere/web.yaml", "/elsewhere/web.yaml");
        check("../../elsewhere/web.yaml", "/elsewhere/web.yaml");
    }
}
