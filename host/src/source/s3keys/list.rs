//! Lists with an object on each line.

use super::error::Fault;
use super::lines::Ends;
use super::sink::{Left, Out, Skip};
use super::table::number;
use super::{csv, time, uri};
use crate::key_population::KeyRecord;

/// How the lines of a list are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Each line is a key as it is, or an address.
    Keys,
    /// Keys stand between tabs, too: `aws s3api list-objects-v2 --query 'Contents[].Key' --output text`.
    Cells,
    /// `2026-01-31 12:34:56       1024 key`, as `aws s3 ls --recursive` prints.
    Ls,
}

impl Layout {
    pub(super) fn ends(self) -> Ends {
        if self == Self::Cells { Ends::NewlineOrTab } else { Ends::Newline }
    }

    pub(super) fn line(self, line: &[u8], buffer: &mut Vec<u8>, out: &mut Out<'_>) -> Result<(), Left> {
        match (self, line) {
            (_, []) => Ok(()),
            (Self::Ls, _) => read_ls(line, out),
            (_, [b'#', ..]) => Err(Skip::Comment.into()),
            (_, [b'"', .., b'"']) if line.len() > 1 => {
                let fields = csv::fields(line, b',').next().expect("a line has a first field");
                read_key(&fields.text(), buffer, out)
            }
            _ => read_key(line, buffer, out),
        }
    }
}

fn read_key(text: &[u8], buffer: &mut Vec<u8>, out: &mut Out<'_>) -> Result<(), Left> {
    if !uri::is_one(text) {
        return out.add(None, &KeyRecord::listed(text));
    }
    let it = uri::parse(text, buffer).ok_or(Fault::NoObject)?;
    out.add(Some(it.bucket), &KeyRecord::listed(it.key))
}

fn read_ls(line: &[u8], out: &mut Out<'_>) -> Result<(), Left> {
    if let Some(record) = ls(line) {
        return out.add(None, &record);
    }
    if is_beside_ls(line) { Err(Skip::NotForAnObject.into()) } else { Err(Fault::NotAnItem.into()) }
}

/// What `aws s3 ls` prints besides objects: prefixes, and totals after a blank line.
pub(super) fn is_beside_ls(line: &[u8]) -> bool {
    let text = line.trim_ascii_start();
    let begins = [&b"PRE "[..], b"Total Objects:", b"Total Size:"];
    text.is_empty() || begins.iter().any(|it| text.starts_with(it))
}

/// A line of `aws s3 ls`. Its times are those of the time zone of whoever called it.
pub(super) fn ls(line: &[u8]) -> Option<KeyRecord<'_>> {
    let (moment, rest) = line.split_at_checked(19)?;
    let time = Some(time::iso(moment)?);
    let rest = rest.strip_prefix(b" ")?.trim_ascii_start();
    let (size, key) = rest.split_at(rest.iter().position(|it| *it == b' ')?);
    Some(KeyRecord { time, size: Some(number(size)?), ..KeyRecord::listed(&key[1..]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_ls() {
        let record = ls(b"2026-01-31 12:34:56       1024 a/b c.jpg").unwrap();
        assert_eq!((record.key, record.size), (&b"a/b c.jpg"[..], Some(1024)));
        for text in ["2026-01-31", "                           PRE a/", "2026-01-31 12:34:56 a/b", "a/b"] {
            assert_eq!(ls(text.as_bytes()), None, "{text}");
        }
    }
}
