//! Tells whether lines are rows of a table, and in which of its columns the keys are.

use std::borrow::Cow;

use memchr::memmem;

use crate::source::s3keys::csv::{self, Field};
use crate::source::s3keys::table::{Role, Table, number};
use crate::source::s3keys::{Format, time, uri};

pub(super) struct Found {
    pub(super) table: Table,
    pub(super) format: Format,
    /// Which columns were taken, and why.
    pub(super) note: String,
}

pub(super) fn table(lines: &[&[u8]]) -> Option<Found> {
    let rows = rows(lines);
    [b',', b'\t', b';'].iter().find_map(|separator| {
        let sample = Sample::of(&rows, *separator)?;
        sample.of_uris().or_else(|| sample.of_names()).or_else(|| sample.of_paths())
    })
}

/// Puts lines together between which a quote is open; the last row may be cut off, and is left out then.
fn rows<'l>(lines: &[&'l [u8]]) -> Vec<Cow<'l, [u8]>> {
    let mut rows: Vec<Cow<'l, [u8]>> = Vec::new();
    let mut is_open = false;
    for line in lines {
        match rows.last_mut().filter(|_| is_open) {
            Some(row) => row.to_mut().extend([b"\n", *line].concat()),
            None => rows.push(Cow::Borrowed(line)),
        }
        is_open ^= csv::is_open(line);
    }
    if is_open && rows.len() > 1 {
        rows.pop();
    }
    rows
}

/// Rows with the same number of columns.
struct Sample<'l> {
    separator: u8,
    first: Vec<Cow<'l, [u8]>>,
    rest: Vec<Vec<Cow<'l, [u8]>>>,
}

impl<'l> Sample<'l> {
    /// A row that is cut off or broken is a bad one; if more than one of 20 is, it is no table of these columns.
    fn of(rows: &'l [Cow<'_, [u8]>], separator: u8) -> Option<Self> {
        let row = |it: &'l Cow<'_, [u8]>| csv::fields(it, separator).map(Field::text).collect::<Vec<_>>();
        let (first, rest) = rows.split_first()?;
        let first = row(first);
        let mut rest: Vec<Vec<Cow<'l, [u8]>>> = rest.iter().map(row).collect();
        let count = rest.len();
        rest.retain(|it| it.len() == first.len());
        (rest.len() * 20 >= count * 19).then_some(Self { separator, first, rest })
    }

    /// Columns with addresses of objects: all of them are taken.
    fn of_uris(&self) -> Option<Found> {
        // A cell may be empty, or say that there is nothing; but lines that are not rows tell one column of a list.
        let least = if self.first.len() == 1 { 0.9 } else { 0.5 };
        let is_uris = |it: &usize| self.share(*it, has_address) >= least;
        let taken: Vec<usize> = (0..self.first.len()).filter(is_uris).collect();
        let has_header = taken.iter().all(|it| !has_address(&self.first[*it]));
        // One column of addresses without a header is a list.
        if taken.is_empty() || self.first.len() == 1 && !has_header {
            return None;
        }
        let mut columns = vec![None; self.first.len()];
        for it in &taken {
            columns[*it] = Some(Role::Uri);
        }
        let note = format!("{} taken: addresses of objects stand there", self.names(&taken, has_header));
        Some(self.found(columns, has_header, Format::Table, note))
    }

    /// A header names the column of keys.
    fn of_names(&self) -> Option<Found> {
        let names: Vec<Cow<'_, str>> = self.first.iter().map(|it| String::from_utf8_lossy(it)).collect();
        let columns = Role::of_all(names.iter().map(AsRef::as_ref));
        let key = columns.iter().position(|it| *it == Some(Role::Key))?;
        let has = |role: Role| columns.contains(&Some(role));
        let format = if has(Role::RecordType) { Format::Journal } else { Format::Table };
        let note = format!("{} taken for the key", self.names(&[key], true));
        Some(self.found(columns, true, format, note))
    }

    /// One column that looks like keys between others that do not: `label,folder/object.bin`.
    fn of_paths(&self) -> Option<Found> {
        let is_path = |it: &[u8]| it.contains(&b'/');
        let mut paths = (0..self.first.len()).filter(|it| self.share(*it, is_path) > 0.0);
        let key = paths.next().filter(|it| self.share(*it, is_path) >= 0.9)?;
        // A comma may as well be part of a key: what stands behind one must be no part of a name.
        let is_rest = (key + 1..self.first.len()).all(|it| self.share(it, is_datum) >= 0.9);
        if self.first.len() == 1 || self.rest.is_empty() || paths.next().is_some() || !is_rest {
            return None;
        }
        let has_header = !is_path(&self.first[key]);
        let mut columns = vec![None; self.first.len()];
        columns[key] = Some(Role::Key);
        let note = format!("{} taken for the key: paths stand there", self.names(&[key], has_header));
        Some(self.found(columns, has_header, Format::Table, note))
    }

    /// The share of a column's cells, empty ones aside and the first row as well if there are others.
    fn share(&self, column: usize, is: fn(&[u8]) -> bool) -> f64 {
        let first = if self.rest.is_empty() { Some(&self.first) } else { None };
        let cells = first.into_iter().chain(&self.rest).map(|it| &*it[column]).filter(|it| !it.is_empty());
        let (fitting, all) =
            cells.fold((0_u32, 0_u32), |(fitting, all), it| (fitting + u32::from(is(it)), all + 1));
        f64::from(fitting) / f64::from(all.max(1))
    }

    fn names(&self, columns: &[usize], has_header: bool) -> String {
        let name = |it: &usize| {
            let text = String::from_utf8_lossy(&self.first[*it]);
            if has_header { format!("`{text}`") } else { (it + 1).to_string() }
        };
        let names: Vec<String> = columns.iter().map(name).collect();
        let (word, verb) = if names.len() == 1 { ("column", "is") } else { ("columns", "are") };
        format!("{word} {} {verb}", names.join(", "))
    }

    fn found(&self, columns: Vec<Option<Role>>, has_header: bool, format: Format, note: String) -> Found {
        let (is_encoded, spans_lines) = (false, true);
        let table = Table { columns, separator: self.separator, has_header, is_encoded, spans_lines };
        Found { table, format, note }
    }
}

/// Whether a cell has an address of an object; not of any web page.
fn has_address(cell: &[u8]) -> bool {
    let is_of_s3 = || memmem::find(cell, b".amazonaws.com").is_some();
    memmem::find(cell, b"s3://").is_some() || uri::is_one(cell) && (!cell.starts_with(b"http") || is_of_s3())
}

fn is_datum(cell: &[u8]) -> bool {
    number(cell).is_some() || time::iso(cell).is_some() || matches!(cell, b"true" | b"false")
}
