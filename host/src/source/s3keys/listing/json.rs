//! Replies in JSON, as the AWS CLI and boto3 print them: one document, one on each line, or a list of them; whole, or
//! what `--query` left. Objects are handed on as they are read; only a page's worth is held back.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, BufRead, Read};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::item::{self, Kind};
use super::lists::{Events, Items};
use super::{Extent, PAGE};
use crate::key_population::KeyRecord;
use crate::source::s3keys::open::Input;
use crate::source::s3keys::sink::Out;

/// Reads all documents. Where one cannot be parsed, the next line that begins one goes on; the first error is told.
pub(in crate::source::s3keys) fn read(
    input: &mut Input<'_>,
    out: &mut Out<'_>,
) -> (Extent, Option<serde_json::Error>) {
    let mut extent = Extent::default();
    let mut first_error = None;
    loop {
        // serde_json takes one byte after another and no more than it needs; so `input` stands where it stopped.
        let mut documents = Deserializer::from_reader(Bytewise(&mut *input));
        let result = loop {
            if documents.end().is_ok() {
                break Ok(());
            }
            match Document::read(&mut documents, out, &mut extent) {
                Ok(is_known) => extent.is_known |= is_known,
                Err(error) => break Err(error),
            }
        };
        let Err(error) = result else { return (extent, first_error) };
        let is_over = error.is_eof() || error.is_io();
        first_error.get_or_insert(error);
        if is_over || !matches!(skip_to_document(input), Ok(true)) {
            return (extent, first_error);
        }
    }
}

/// Goes to the next line that begins with a brace; whether there is one.
fn skip_to_document(input: &mut Input<'_>) -> io::Result<bool> {
    let mut is_line_start = false;
    loop {
        let block = input.fill_buf()?;
        let Some(first) = block.first().copied() else { return Ok(false) };
        if is_line_start && first == b'{' {
            return Ok(true);
        }
        let newline = memchr::memchr(b'\n', block);
        let length = newline.map_or(block.len(), |it| it + 1);
        is_line_start = newline.is_some();
        input.consume(length);
    }
}

/// Reads from a buffer without taking more of it than was asked for: one byte, always.
struct Bytewise<'i, 'p>(&'i mut Input<'p>);

impl Read for Bytewise<'_, '_> {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match (self.0.buffer(), &mut *into) {
            ([first, ..], [into]) => {
                *into = *first;
                self.0.consume(1);
                Ok(1)
            }
            _ => self.0.read(into),
        }
    }
}

/// What is at the top of replies, whether there are objects or none. One of no objects has little else.
const NAMES: &[&str] = &[
    "CommonPrefixes",
    "Contents",
    "DeleteMarkers",
    "IsTruncated",
    "KeyCount",
    "Prefix",
    "Records",
    "RequestCharged",
    "ResponseMetadata",
    "Versions",
];

/// One document.
pub(super) struct Document<'d, 's> {
    pub(super) out: &'d mut Out<'s>,
    extent: &'d mut Extent,
    bucket: Option<String>,
    /// Objects that came before the name of their bucket; None once it cannot be waited for.
    waiting: Option<Vec<(Kind, Box<RawValue>)>>,
    /// Whether anything in it was one of a reply.
    is_known: bool,
}

impl<'d, 's> Document<'d, 's> {
    /// Reads a document; whether it was a reply.
    fn read<'j, R: serde_json::de::Read<'j>>(
        documents: &mut Deserializer<R>,
        out: &'d mut Out<'s>,
        extent: &'d mut Extent,
    ) -> serde_json::Result<bool> {
        extent.begin_page();
        let mut document = Self { out, extent, bucket: None, waiting: Some(Vec::new()), is_known: false };
        let result = documents.deserialize_any(&mut document);
        document.release();
        result.map(|()| document.is_known)
    }

    pub(super) fn item(&mut self, kind: Kind, raw: Box<RawValue>) {
        self.is_known = true;
        self.extent.items += 1;
        match (&self.bucket, &mut self.waiting) {
            (None, Some(waiting)) => {
                waiting.push((kind, raw));
                // Replies of S3 have a name and one page; what has more was put together by a program, without.
                if waiting.len() as u64 > PAGE {
                    self.release();
                }
            }
            (bucket, _) => item::read(raw.get(), kind, bucket.as_deref(), self.out),
        }
    }

    fn release(&mut self) {
        for (kind, raw) in self.waiting.take().unwrap_or_default() {
            item::read(raw.get(), kind, self.bucket.as_deref(), self.out);
        }
    }

    /// An element of a list at the top: a key, an object, a page, an event.
    fn element(&mut self, raw: Box<RawValue>) {
        let text = raw.get();
        if text.starts_with('"') {
            return self.key(text);
        }
        if !text.starts_with('{') || serde_json::from_str::<Keyed>(text).is_ok() {
            return self.item(Kind::Object, raw);
        }
        match Document::read(&mut Deserializer::from_str(text), self.out, self.extent) {
            Ok(true) => self.is_known = true,
            _ => self.item(Kind::Object, raw),
        }
    }

    fn key(&mut self, raw: &str) {
        self.is_known = true;
        self.extent.items += 1;
        self.out.tally.lines += 1;
        let text: Cow<'_, str> = serde_json::from_str::<Text<'_>>(raw).map_or(Cow::Borrowed(raw), |it| it.0);
        if let Err(left) = self.out.add(None, &KeyRecord::listed(text.as_bytes())) {
            self.out.leave(left, raw.as_bytes());
        }
    }

    fn entry<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        self.is_known |= NAMES.contains(&name);
        match name {
            "Contents" | "Versions" => map.next_value_seed(Items(self, Kind::Object)),
            "DeleteMarkers" => map.next_value_seed(Items(self, Kind::DeleteMarker)),
            "Records" => map.next_value_seed(Events(self)),
            // What a recorder wraps a reply in.
            "data" => map.next_value_seed(&mut *self),
            "CommonPrefixes" => {
                let prefixes: Option<Vec<IgnoredAny>> = map.next_value()?;
                self.extent.is_one_level |= prefixes.is_some_and(|it| !it.is_empty());
                Ok(())
            }
            "Name" => {
                self.bucket = map.next_value::<Json>()?.as_str().map(str::to_owned);
                Ok(())
            }
            "IsTruncated" => {
                self.extent.is_truncated = map.next_value::<Json>()?.as_bool();
                Ok(())
            }
            // The AWS CLI was told how many items to print at most.
            "NextToken" => {
                map.next_value::<IgnoredAny>()?;
                self.extent.is_truncated = Some(true);
                Ok(())
            }
            "Error" => {
                map.next_value::<IgnoredAny>()?;
                self.extent.is_error = true;
                Ok(())
            }
            _ => map.next_value::<IgnoredAny>().map(drop),
        }
    }
}

#[derive(Deserialize)]
struct Text<'t>(#[serde(borrow)] Cow<'t, str>);

/// What an object of a list at the top has: without a key it may be a page.
#[derive(Deserialize)]
struct Keyed {
    #[serde(rename = "Key", alias = "key")]
    _key: IgnoredAny,
}

impl<'de> Visitor<'de> for &mut Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a reply of list-objects-v2, or objects of one")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            self.entry(&name, &mut map)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(raw) = seq.next_element::<Box<RawValue>>()? {
            self.element(raw);
        }
        Ok(())
    }

    /// A key on a line of its own, in quotes.
    fn visit_str<E>(self, key: &str) -> Result<(), E> {
        self.key(&Json::from(key).to_string());
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &mut Document<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}
