//! Tables with a row for each object: CSV of S3 Inventory, exports of S3 Metadata tables, and any other with a column
//! of keys or addresses.

use std::str;

use super::csv::{self, Field};
use super::decode;
use super::error::Fault;
use super::sink::{Left, Out, Skip};
use super::{time, uri};
use crate::key_population::{KeyRecord, Operation};

/// How the rows of a table are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// What each column tells.
    pub(super) columns: Vec<Option<Role>>,
    pub(super) separator: u8,
    pub(super) has_header: bool,
    /// Inventory writes keys URL-encoded.
    pub(super) is_encoded: bool,
    /// Whether a quoted field may go on in the next line; in an inventory none does.
    pub(super) spans_lines: bool,
}

/// What a column tells of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Bucket,
    Key,
    /// One address of an object, or several.
    Uri,
    Size,
    Time,
    Version,
    IsDeleteMarker,
    /// In the journal of S3 Metadata: what was done.
    RecordType,
}

impl Role {
    /// By the name of a column: of Inventory (`LastModifiedDate`, `last_modified_date`), of S3 Metadata, of people.
    fn of(name: &str) -> Option<Self> {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        match letters.collect::<String>().to_ascii_lowercase().as_str() {
            "bucket" | "bucketname" => Some(Self::Bucket),
            "key" | "objectkey" | "s3key" => Some(Self::Key),
            "size" | "objectsize" => Some(Self::Size),
            "lastmodifieddate" | "lastmodified" | "recordtimestamp" => Some(Self::Time),
            "versionid" => Some(Self::Version),
            "isdeletemarker" => Some(Self::IsDeleteMarker),
            "recordtype" => Some(Self::RecordType),
            _ => None,
        }
    }

    /// Of each column by its name. Each role has one column, the first of its names; but a journal says in
    /// `record_timestamp` when something was done, whatever stands in `last_modified_date`.
    pub(super) fn of_all<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Option<Self>> {
        let names: Vec<&str> = names.map(|it| it.trim().trim_start_matches('\u{feff}')).collect();
        let journal = names.iter().position(|it| *it == "record_timestamp");
        let mut roles: Vec<Option<Self>> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let is_taken = |role: &Self| {
                roles.contains(&Some(*role)) || *role == Self::Time && journal.is_some_and(|it| it != index)
            };
            let role = Self::of(name).filter(|it| !is_taken(it));
            roles.push(role);
        }
        roles
    }
}

/// What one row tells.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry<'r> {
    pub(super) bucket: Option<&'r [u8]>,
    pub(super) key: &'r [u8],
    pub(super) time: Option<i64>,
    pub(super) size: Option<u64>,
    pub(super) version: Option<&'r [u8]>,
    pub(super) is_delete_marker: bool,
    pub(super) record_type: Option<&'r [u8]>,
}

impl Entry<'_> {
    pub(super) fn emit(self, out: &mut Out<'_>) -> Result<(), Left> {
        let operation = match self.record_type {
            // What a lifecycle rule deletes is a load, too.
            Some(b"CREATE" | b"DELETE") => Operation::Write,
            Some(b"UPDATE_METADATA") => return Err(Skip::NotAWrite.into()),
            _ if self.is_delete_marker => return Err(Skip::DeleteMarker.into()),
            _ => Operation::Listed,
        };
        let bucket = self.bucket.map(str::from_utf8).transpose().map_err(|_| Fault::NotUtf8)?;
        let Self { key, time, size, .. } = self;
        let occurrence = self.version.filter(|it| !it.is_empty());
        out.add(
            bucket.filter(|it| !it.is_empty()),
            &KeyRecord { key, time, size, operation, slow_down: false, occurrence },
        )
    }
}

/// Reads the rows of a table, given line by line.
#[derive(Debug)]
pub(super) struct Rows<'t> {
    table: &'t Table,
    is_header_due: bool,
    /// Lines of a row whose quote is still open.
    open: Vec<u8>,
    key: Vec<u8>,
}

impl<'t> Rows<'t> {
    pub(super) fn new(table: &'t Table) -> Self {
        Self { table, is_header_due: table.has_header, open: Vec::new(), key: Vec::new() }
    }

    pub(super) fn line(&mut self, line: &[u8], out: &mut Out<'_>) -> Result<(), Left> {
        if !self.table.spans_lines {
            return self.row(line, out);
        }
        if self.open.is_empty() && !csv::is_open(line) {
            return self.row(line, out);
        }
        if !self.open.is_empty() {
            self.open.push(b'\n');
        }
        self.open.extend_from_slice(line);
        if csv::is_open(&self.open) && self.open.len() < LONGEST_ROW {
            return Ok(());
        }
        let row = std::mem::take(&mut self.open);
        self.row(&row, out)
    }

    /// A row whose quote was never closed.
    pub(super) fn end(&mut self, out: &mut Out<'_>) {
        let row = std::mem::take(&mut self.open);
        if !row.is_empty() {
            out.fault(Fault::Columns { expected: self.table.columns.len() }, &row);
        }
    }

    fn row(&mut self, row: &[u8], out: &mut Out<'_>) -> Result<(), Left> {
        if row.trim_ascii().is_empty() {
            return Ok(());
        }
        if row.first() == Some(&b'#') {
            return Err(Skip::Comment.into());
        }
        if std::mem::take(&mut self.is_header_due) {
            return Ok(());
        }
        let table = self.table;
        let cells = Cells::of(row, table)?;
        if cells.has_uris {
            read_uris(row, table, out);
            return Ok(());
        }
        let text = cells.key.text();
        let key = if table.is_encoded { decode::once(&text, &mut self.key) } else { &text };
        let time = readable(cells.time, time::iso, Fault::Time, row, out);
        let size = readable(cells.size, number, Fault::Size, row, out);
        let entry = Entry {
            bucket: cells.bucket.map(Field::plain),
            key,
            time,
            size,
            version: cells.version.map(Field::plain),
            is_delete_marker: cells
                .is_delete_marker
                .is_some_and(|it| it.plain().eq_ignore_ascii_case(b"true")),
            record_type: cells.record_type.map(Field::plain),
        };
        entry.emit(out)
    }
}

/// A quote that nobody closes would take in the rest of the file.
const LONGEST_ROW: usize = 1 << 20;

/// The cells of a row that tell something.
#[derive(Default)]
struct Cells<'r> {
    bucket: Option<Field<'r>>,
    key: Field<'r>,
    size: Option<Field<'r>>,
    time: Option<Field<'r>>,
    version: Option<Field<'r>>,
    is_delete_marker: Option<Field<'r>>,
    record_type: Option<Field<'r>>,
    has_uris: bool,
}

impl<'r> Cells<'r> {
    fn of(row: &'r [u8], table: &Table) -> Result<Self, Fault> {
        let due = Fault::Columns { expected: table.columns.len() };
        let mut cells = Self::default();
        let mut fields = csv::fields(row, table.separator);
        for role in &table.columns {
            let field = fields.next().ok_or(due)?;
            match role {
                None => {}
                Some(Role::Bucket) => cells.bucket = Some(field),
                Some(Role::Key) => cells.key = field,
                Some(Role::Uri) => cells.has_uris = true,
                Some(Role::Size) => cells.size = Some(field),
                Some(Role::Time) => cells.time = Some(field),
                Some(Role::Version) => cells.version = Some(field),
                Some(Role::IsDeleteMarker) => cells.is_delete_marker = Some(field),
                Some(Role::RecordType) => cells.record_type = Some(field),
            }
        }
        if fields.next().is_some() { Err(due) } else { Ok(cells) }
    }
}

/// What a cell says; where it says something that cannot be read, the row counts without.
fn readable<T>(
    cell: Option<Field<'_>>,
    read: fn(&[u8]) -> Option<T>,
    fault: Fault,
    row: &[u8],
    out: &mut Out<'_>,
) -> Option<T> {
    let text = cell.filter(|it| !it.is_empty())?.plain();
    let value = read(text);
    if value.is_none() {
        out.fault(fault, row);
    }
    value
}

pub(super) fn number(text: &[u8]) -> Option<u64> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// Each column of addresses is read, whatever another of the row holds.
fn read_uris(row: &[u8], table: &Table, out: &mut Out<'_>) {
    for (role, cell) in table.columns.iter().zip(csv::fields(row, table.separator)) {
        if *role == Some(Role::Uri)
            && let Err(left) = read_cell(&cell.text(), out)
        {
            out.leave(left, row);
        }
    }
}

/// One address, or a list of them as a program prints it.
fn read_cell(cell: &[u8], out: &mut Out<'_>) -> Result<(), Left> {
    let mut buffer = Vec::new();
    if uri::is_one(cell) && uri::within(cell).count() <= 1 {
        let it = uri::parse(cell, &mut buffer).ok_or(Fault::NoObject)?;
        return out.add(Some(it.bucket), &KeyRecord::listed(it.key));
    }
    let before = out.tally.records;
    for it in uri::within(cell) {
        out.add(Some(it.bucket), &KeyRecord::listed(it.key))?;
    }
    if out.tally.records == before { Err(Skip::EmptyCell.into()) } else { Ok(()) }
}
