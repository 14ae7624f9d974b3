//! One object of a listing.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::source::s3keys::error::Fault;
use crate::source::s3keys::sink::{Left, Out, Skip};
use crate::source::s3keys::table::Entry;
use crate::source::s3keys::time;

/// In which list of a reply an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source::s3keys) enum Kind {
    Object,
    DeleteMarker,
}

#[derive(Deserialize)]
struct Item<'r> {
    #[serde(borrow, rename = "Key", alias = "key")]
    key: Cow<'r, str>,
    #[serde(borrow, default, rename = "LastModified", alias = "lastModified", alias = "last_modified")]
    last_modified: Option<&'r RawValue>,
    #[serde(default, rename = "Size", alias = "size")]
    size: Option<u64>,
    #[serde(borrow, default, rename = "VersionId", alias = "versionId")]
    version_id: Option<Cow<'r, str>>,
}

/// A time, in one of the ways that programs write those of a reply.
#[derive(Deserialize)]
#[serde(untagged)]
enum Moment {
    Text(String),
    /// Placebo records Python's objects.
    Parts {
        year: i64,
        month: i64,
        day: i64,
        hour: i64,
        minute: i64,
        second: i64,
    },
    Seconds(f64),
}

impl Moment {
    fn millis(&self) -> Option<i64> {
        match self {
            Self::Text(text) => time::iso(text.as_bytes()),
            Self::Parts { year, month, day, hour, minute, second } => {
                time::millis((*year, *month, *day), (*hour, *minute, *second))
            }
            #[expect(clippy::cast_possible_truncation, reason = "a time too far away is none")]
            Self::Seconds(seconds) => Some((seconds * 1000.0) as i64),
        }
    }
}

/// Reads an item as it stands in JSON.
pub(super) fn read(raw: &str, kind: Kind, bucket: Option<&str>, out: &mut Out<'_>) {
    out.tally.lines += 1;
    if kind == Kind::DeleteMarker {
        return out.leave(Skip::DeleteMarker.into(), raw.as_bytes());
    }
    if let Err(left) = read_object(raw, bucket, out) {
        out.leave(left, raw.as_bytes());
    }
}

fn read_object(raw: &str, bucket: Option<&str>, out: &mut Out<'_>) -> Result<(), Left> {
    let item: Item<'_> = serde_json::from_str(raw).map_err(|_| Fault::NotAnItem)?;
    let time = item.last_modified.and_then(|it| serde_json::from_str::<Moment>(it.get()).ok()?.millis());
    if time.is_none() && item.last_modified.is_some() {
        out.fault(Fault::Time, raw.as_bytes());
    }
    let entry = Entry {
        bucket: bucket.map(str::as_bytes),
        key: item.key.as_bytes(),
        time,
        size: item.size,
        version: version(item.version_id.as_deref()),
        ..Entry::default()
    };
    entry.emit(out)
}

/// Buckets without versioning call all versions `null`, which tells none apart.
pub(super) fn version(id: Option<&str>) -> Option<&[u8]> {
    id.filter(|it| *it != "null").map(str::as_bytes)
}
