//! Data files of a report without their manifest: which column is which.

use std::str;

use crate::source::s3keys::csv::{self, Field};
use crate::source::s3keys::table::{Role, Table, number};
use crate::source::s3keys::time;

/// Tells the columns of a CSV file of Inventory by what is in some of its rows: the bucket and the key come first,
/// then, of all versions, the id and two flags; everything else was chosen by whoever set it up.
pub(in crate::source::s3keys) fn table(rows: &[&[u8]]) -> Option<Table> {
    let rows: Vec<Vec<Field<'_>>> = rows.iter().map(|it| csv::fields(it, b',').collect()).collect();
    let count = rows.first()?.len();
    let fits = |row: &Vec<Field<'_>>| row.len() == count && row.len() >= 2 && is_bucket(row[0].plain());
    let fitting: Vec<&Vec<Field<'_>>> = rows.iter().filter(|it| fits(it)).collect();
    let bucket = fitting.first()?[0];
    // A row that does not fit is a bad one; where many do not, it is another table.
    if fitting.len() * 10 < rows.len() * 9 || fitting.iter().any(|it| it[0].plain() != bucket.plain()) {
        return None;
    }
    let is_all = |column: usize, is: fn(&[u8]) -> bool| {
        let mut filled = fitting.iter().map(|it| it[column].plain()).filter(|it| !it.is_empty()).peekable();
        filled.peek().is_some() && filled.all(is)
    };
    let mut columns = vec![None; count];
    columns[0] = Some(Role::Bucket);
    columns[1] = Some(Role::Key);
    if count > 4 && is_all(3, is_flag) && is_all(4, is_flag) {
        columns[2] = Some(Role::Version);
        columns[4] = Some(Role::IsDeleteMarker);
    }
    let first = |is: fn(&[u8]) -> bool, taken: &[Option<Role>]| {
        (2..count).find(|column| taken[*column].is_none() && is_all(*column, is))
    };
    if let Some(time) = first(|it| time::iso(it).is_some(), &columns) {
        columns[time] = Some(Role::Time);
    }
    if let Some(size) = first(|it| number(it).is_some(), &columns) {
        columns[size] = Some(Role::Size);
    }
    Some(Table { columns, separator: b',', has_header: false, is_encoded: true, spans_lines: false })
}

fn is_flag(text: &[u8]) -> bool {
    matches!(text, b"true" | b"false")
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
fn is_bucket(text: &[u8]) -> bool {
    let is_letter = |it: &u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'.');
    (3..=63).contains(&text.len()) && text.iter().all(is_letter) && str::from_utf8(text).is_ok()
}
