//! Replies in XML, as the REST API gives them.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::{Extent, item};
use crate::source::s3keys::error::Fault;
use crate::source::s3keys::sink::{Out, Skip};
use crate::source::s3keys::table::{Entry, number};
use crate::source::s3keys::{decode, time};

/// Reads a `ListBucketResult` or a `ListVersionsResult`, or several of them one after another.
pub(in crate::source::s3keys) fn read(
    input: &mut dyn BufRead,
    out: &mut Out<'_>,
) -> (Extent, Option<String>) {
    let mut reader = Reader::from_reader(input);
    let mut page = Page::new(out);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(it)) => page.begin(it.local_name().as_ref()),
            Ok(Event::End(_)) => page.end(),
            Ok(Event::Text(it)) => page.text.push_str(&String::from_utf8_lossy(&it)),
            Ok(Event::CData(it)) => page.text.push_str(&String::from_utf8_lossy(&it)),
            Ok(Event::GeneralRef(it)) => page.text.push_str(&character(&it)),
            Ok(Event::Eof) => {
                let open = page.path.last().map(|it| format!("it ends within `{it}`"));
                return (page.extent, open);
            }
            Ok(_) => {}
            Err(error) => return (page.extent, Some(error.to_string())),
        }
    }
}

/// What a reference such as `&amp;` or `&#10;` stands for.
fn character(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(it)) = reference.resolve_char_ref() {
        return it.to_string();
    }
    let name = String::from_utf8_lossy(reference);
    resolve_predefined_entity(&name).unwrap_or("\u{fffd}").to_owned()
}

struct Page<'p, 's> {
    out: &'p mut Out<'s>,
    extent: Extent,
    bucket: Option<String>,
    /// Whether keys are URL-encoded: the request had `encoding-type=url`.
    is_encoded: bool,
    /// The elements that are open.
    path: Vec<String>,
    text: String,
    item: Item,
}

#[derive(Default)]
struct Item {
    key: String,
    last_modified: Option<String>,
    size: Option<u64>,
    version: Option<String>,
}

impl<'p, 's> Page<'p, 's> {
    fn new(out: &'p mut Out<'s>) -> Self {
        let (bucket, is_encoded, item) = (None, false, Item::default());
        Self {
            out,
            extent: Extent::default(),
            bucket,
            is_encoded,
            path: Vec::new(),
            text: String::new(),
            item,
        }
    }

    fn begin(&mut self, name: &[u8]) {
        self.path.push(String::from_utf8_lossy(name).into_owned());
        self.text.clear();
        match self.path.last().map(String::as_str) {
            Some("ListBucketResult" | "ListVersionsResult") => {
                self.extent.begin_page();
                self.extent.is_known = true;
                (self.bucket, self.is_encoded) = (None, false);
            }
            Some("Contents" | "Version" | "DeleteMarker") => self.item = Item::default(),
            Some("CommonPrefixes") => self.extent.is_one_level = true,
            Some("Error") => self.extent.is_error = true,
            _ => {}
        }
    }

    fn end(&mut self) {
        let name = self.path.pop().unwrap_or_default();
        let text = std::mem::take(&mut self.text);
        match (self.path.last().map(String::as_str), name.as_str()) {
            (Some("Contents" | "Version"), "Key") => self.item.key = text,
            (Some("Contents" | "Version"), "LastModified") => self.item.last_modified = Some(text),
            (Some("Contents" | "Version"), "Size") => self.item.size = number(text.as_bytes()),
            (Some("Contents" | "Version"), "VersionId") => self.item.version = Some(text),
            (_, "Contents" | "Version") => self.object(),
            (_, "DeleteMarker") => {
                self.out.tally.lines += 1;
                self.out.leave(Skip::DeleteMarker.into(), &[]);
            }
            (_, "Name") => self.bucket = Some(text),
            (_, "EncodingType") => self.is_encoded = text == "url",
            (_, "IsTruncated") => self.extent.is_truncated = text.parse().ok(),
            _ => {}
        }
    }

    fn object(&mut self) {
        let item = std::mem::take(&mut self.item);
        self.extent.items += 1;
        self.out.tally.lines += 1;
        let mut buffer = Vec::new();
        let key = item.key.as_bytes();
        let time = item.last_modified.as_ref().and_then(|it| time::iso(it.as_bytes()));
        if time.is_none() && item.last_modified.is_some() {
            self.out.fault(Fault::Time, key);
        }
        let entry = Entry {
            bucket: self.bucket.as_deref().map(str::as_bytes),
            key: if self.is_encoded { decode::once(key, &mut buffer) } else { key },
            time,
            size: item.size,
            version: item::version(item.version.as_deref()),
            ..Entry::default()
        };
        if let Err(left) = entry.emit(self.out) {
            self.out.leave(left, key);
        }
    }
}
