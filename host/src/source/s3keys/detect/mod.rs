//! Tells what a file is by what is in it, whatever it is called.

mod columns;

use std::fs::File;
use std::path::Path;

use super::error::KeysError;
use super::inventory::{guess, manifest, parquet};
use super::list::{self, Layout};
use super::open::Head;
use super::table::{Role, Table};
use super::{Format, access_log};

/// Enough lines to tell what the others are.
const SAMPLE: usize = 200;
const BOM: &[u8] = "\u{feff}".as_bytes();

/// What begins with these is packed or built in a way that is not read.
const REFUSED: &[(&[u8], &str)] = &[
    (b"\x28\xb5\x2f\xfd", "it is packed with zstd; unpack it"),
    (b"BZh", "it is packed with bzip2; unpack it"),
    (b"\xfd7zXZ", "it is packed with xz; unpack it"),
    (b"PK\x03\x04", "it is a ZIP archive; unpack it"),
    (b"\xff\xfe", "it is in UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "it is in UTF-16; save it as UTF-8"),
];

/// How a file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recipe {
    List(Layout),
    Table(Table),
    Log,
    Json,
    Xml,
    Parquet { row_groups: usize },
    Manifest,
}

#[derive(Debug)]
pub(super) struct Detected {
    pub(super) recipe: Recipe,
    pub(super) format: Format,
    /// What was assumed.
    pub(super) note: Option<String>,
    pub(super) is_packed: bool,
    pub(super) size: u64,
}

/// Errors call the file by `name`.
pub(super) fn detect(path: &Path, name: &str) -> Result<Detected, KeysError> {
    let file = || name.to_owned();
    let head = Head::of(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidInput => {
            KeysError::Damaged { file: file(), records: 0, source }
        }
        _ => KeysError::Read { file: file(), source },
    })?;
    let unknown = |reason| KeysError::Unknown { file: file(), reason };
    let text = head.text.as_slice();
    if text.trim_ascii().is_empty() {
        return Err(KeysError::Empty { file: file() });
    }
    let (recipe, format, note) = match text {
        [b'P', b'A', b'R', b'1', ..] if head.is_packed => {
            return Err(unknown("it is Parquet within gzip; unpack it"));
        }
        [b'P', b'A', b'R', b'1', ..] => of_parquet(path, name)?,
        [b'O', b'R', b'C', ..] if text.contains(&0) => return Err(KeysError::Orc { file: file() }),
        _ => {
            if let Some((_, reason)) = REFUSED.iter().find(|it| text.starts_with(it.0)) {
                return Err(unknown(reason));
            }
            if text.contains(&0) {
                return Err(unknown("it is no text"));
            }
            of_text(&head)
        }
    };
    Ok(Detected { recipe, format, note, is_packed: head.is_packed, size: head.size })
}

type Told = (Recipe, Format, Option<String>);

fn of_parquet(path: &Path, name: &str) -> Result<Told, KeysError> {
    let file = name.to_owned();
    let opened = File::open(path).map_err(|source| KeysError::Read { file: file.clone(), source })?;
    let opened = match parquet::Opened::new(opened) {
        Ok(it) => it,
        Err(error) => return Err(KeysError::Parquet { file, message: error.to_string() }),
    };
    if !opened.has(Role::Key) {
        return Err(KeysError::NoKeyColumn { file, columns: opened.names().join(", ") });
    }
    let format = if opened.has(Role::RecordType) { Format::Journal } else { Format::Inventory };
    Ok((Recipe::Parquet { row_groups: opened.row_groups() }, format, None))
}

fn of_text(head: &Head) -> Told {
    let text = head.text.strip_prefix(BOM).unwrap_or(&head.text).trim_ascii_start();
    match text {
        [b'{', rest @ ..] if matches!(rest.trim_ascii_start(), [b'"' | b'}', ..]) => return of_json(text),
        [b'[', rest @ ..] if matches!(rest.trim_ascii_start(), [b'"' | b'{' | b'[' | b']', ..]) => {
            return (Recipe::Json, Format::Listing, None);
        }
        _ if [&b"<?xml"[..], b"<ListBucketResult", b"<ListVersionsResult"]
            .iter()
            .any(|it| text.starts_with(it)) =>
        {
            return (Recipe::Xml, Format::Listing, None);
        }
        _ => {}
    }
    let lines = head.lines().filter(|it| !it.trim_ascii().is_empty() && !it.starts_with(b"#"));
    let mut lines: Vec<&[u8]> = lines.take(SAMPLE).collect();
    if let Some(first) = lines.first_mut() {
        *first = first.strip_prefix(BOM).unwrap_or(first);
    }
    of_lines(&lines)
}

fn of_json(text: &[u8]) -> Told {
    let has = |name: &str| memchr::memmem::find(text, name.as_bytes()).is_some();
    if manifest::is_one(text) {
        (Recipe::Manifest, Format::Inventory, None)
    } else if has("\"Records\"") && has("\"eventSource\"") {
        (Recipe::Json, Format::Trail, None)
    } else {
        (Recipe::Json, Format::Listing, None)
    }
}

fn of_lines(lines: &[&[u8]]) -> Told {
    // Most lines tell; those that are otherwise are told of when they are read.
    let most = |is: fn(&[u8]) -> bool| lines.iter().filter(|it| is(it)).count() * 2 > lines.len();
    if most(access_log::is_one) {
        return (Recipe::Log, Format::AccessLog, None);
    }
    if most(|it| list::ls(it).is_some() || list::is_beside_ls(it))
        && lines.iter().any(|it| list::ls(it).is_some())
    {
        return (Recipe::List(Layout::Ls), Format::List, None);
    }
    if let Some(found) = columns::table(lines) {
        return (Recipe::Table(found.table), found.format, Some(found.note));
    }
    if most(|it| it.starts_with(b"\""))
        && let Some(table) = guess::table(lines)
    {
        let note =
            "a data file of S3 Inventory without its manifest: the columns are told by what is in them";
        return (Recipe::Table(table), Format::Inventory, Some(note.to_owned()));
    }
    let layout = if lines.iter().any(|it| it.contains(&b'\t')) { Layout::Cells } else { Layout::Keys };
    (Recipe::List(layout), Format::List, None)
}
