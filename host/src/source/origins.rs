//! Where each resource and property stands in the files it was read from.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use archlint_schema::Key;
use serde::{Deserialize, Serialize};

use super::Lines;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path as the caller gave it, or relative to the folder that the caller gave.
    pub name: String,
    pub text: String,
}

impl SourceFile {
    /// The byte offset of a position; the end of the text for one that lies past it. Reads the whole text: for
    /// many positions there is [`Lines`].
    pub fn offset(&self, position: Position) -> usize {
        Lines::new(&self.text).offset(&self.text, position)
    }

    /// The position of a byte offset that is the boundary of a character. Reads the whole text.
    pub fn position(&self, offset: usize) -> Position {
        Lines::new(&self.text).position(&self.text, offset)
    }
}

/// A place in a file: lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Index into [`Origins::files`].
    pub file: usize,
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

/// Where one resource stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The logical id, or the line that opens the resource.
    pub resource: Place,
    /// By the path of the property in the snapshot (`routes[0].target`); what a folded sub-resource wrote
    /// stands in that sub-resource.
    #[serde(default)]
    pub properties: BTreeMap<String, Place>,
    /// What its author says archlint shall ignore.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
}

/// An entry of `archlint: {ignore: [...]}` in a resource's metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignored {
    /// The part of the resource that it is about, by its path in the snapshot; empty for all of it.
    pub path: String,
    /// As it is written: `rule`, `reason`, `until`, or whatever else.
    pub fields: BTreeMap<String, String>,
    pub place: Place,
}

/// The way back from the snapshot to the source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins {
    /// Shared by every scenario of a run.
    pub files: Arc<Vec<SourceFile>>,
    pub resources: BTreeMap<Key, Origin>,
    /// What its author wrote as a resource of its own and the snapshot holds as part of another: its address, by
    /// that other and the path of the part in it.
    pub parts: BTreeMap<Key, BTreeMap<String, Key>>,
    /// The lines of each file, counted when first a place in one of them is asked for.
    pub(crate) lines: OnceLock<Vec<Lines>>,
}

impl Origins {
    /// The place of a property, of the nearest property that contains it, or of the resource.
    pub fn locate(&self, resource: &Key, path: &str) -> Option<Place> {
        self.places(resource, path).next()
    }

    /// The places of a property, of those that contain it, and of the resource, in that order.
    pub fn places<'a>(&'a self, resource: &Key, path: &'a str) -> impl Iterator<Item = Place> {
        let of = move |origin: &'a Origin| {
            let properties = containing(path).filter_map(move |it| origin.properties.get(it).copied());
            properties.chain([origin.resource])
        };
        self.resources.get(resource).into_iter().flat_map(of)
    }

    /// The address of the part that a path leads to or into.
    pub fn part(&self, resource: &Key, path: &str) -> Option<&Key> {
        let parts = self.parts.get(resource)?;
        containing(path).find_map(|it| parts.get(it))
    }

    pub fn file(&self, place: &Place) -> &SourceFile {
        &self.files[place.file]
    }

    /// The bytes of a place; none of them where its text is not at hand.
    pub fn bytes(&self, place: Place) -> Range<usize> {
        let text = &self.file(&place).text;
        let offset = |position| self.lines(place.file).offset(text, position);
        offset(place.start)..offset(place.end)
    }

    /// The place of some bytes of a file.
    pub fn place(&self, file: usize, bytes: Range<usize>) -> Place {
        let position = |offset| self.lines(file).position(&self.files[file].text, offset);
        Place { file, start: position(bytes.start), end: position(bytes.end) }
    }

    /// Where the lines of a file are.
    pub fn lines(&self, file: usize) -> &Lines {
        let count = || self.files.iter().map(|file| Lines::new(&file.text)).collect();
        &self.lines.get_or_init(count)[file]
    }
}

/// A path, and the paths of what contains it: `routes[0].target`, `routes[0]`, `routes`.
fn containing(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |it| it.rfind(['.', '[']).map(|at| &it[..at]))
        .filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: usize) -> Place {
        Place { file: 0, start: Position { line, column: 1 }, end: Position { line, column: 2 } }
    }

    #[test]
    fn a_position_and_its_offset_are_the_same_place() {
        let file = SourceFile { name: String::new(), text: "a = 1\n\nü = \"é\"\n".to_owned() };
        let offsets = file.text.char_indices().map(|it| it.0);
        for offset in offsets.filter(|it| !file.text[*it..].starts_with('\n')) {
            assert_eq!(file.offset(file.position(offset)), offset);
        }
        assert_eq!(file.position(7), Position { line: 3, column: 1 });
    }

    #[test]
    fn a_property_without_a_place_of_its_own_stands_where_its_parent_stands() {
        let properties = [("routes[0]".to_owned(), place(2)), ("routes[0].target".to_owned(), place(3))];
        let origin = Origin { resource: place(1), properties: properties.into(), ignored: Vec::new() };
        let part = [("routes[0]".to_owned(), Key::from("aws_route.a"))].into();
        let origins = Origins {
            resources: [(Key::from("rt"), origin)].into(),
            parts: [(Key::from("rt"), part)].into(),
            ..Origins::default()
        };
        let line = |path: &str| origins.locate(&Key::from("rt"), path).map(|it| it.start.line);
        assert_eq!(line("routes[0].target.resource"), Some(3));
        assert_eq!(line("routes[0].destination"), Some(2));
        assert_eq!(line("routes[1]"), Some(1));
        assert_eq!(line(""), Some(1));
        assert_eq!(origins.locate(&Key::from("other"), ""), None);
        let part = |path: &str| origins.part(&Key::from("rt"), path).map(Key::as_str);
        assert_eq!(part("routes[0].target.resource"), Some("aws_route.a"));
        assert_eq!(part("routes[1]"), None);
    }
}
