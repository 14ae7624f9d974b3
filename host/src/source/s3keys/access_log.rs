//! Server access logs.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html>

use std::str;

use memchr::memchr;

use super::error::Fault;
use super::sink::{Left, Out, Skip};
use super::table::number;
use super::{decode, time};
use crate::key_population::{KeyRecord, Operation};

/// One line.
#[derive(Debug)]
struct Request<'l> {
    bucket: &'l [u8],
    time: i64,
    id: &'l [u8],
    operation: &'l [u8],
    /// URL-encoded; `-` where the request is for no object.
    key: &'l [u8],
    error: &'l [u8],
    size: &'l [u8],
}

/// Whether a line is one of an access log.
pub(super) fn is_one(line: &[u8]) -> bool {
    Request::parse(line).is_some()
}

/// Buffers to decode keys in.
pub(super) type Buffers = (Vec<u8>, Vec<u8>);

pub(super) fn line(line: &[u8], buffers: &mut Buffers, out: &mut Out<'_>) -> Result<(), Left> {
    if line.is_empty() {
        return Ok(());
    }
    let request = Request::parse(line).ok_or(Fault::NotALogLine)?;
    let Some(operation) = operation(request.operation).filter(|_| request.key != b"-") else {
        return Err(Skip::NotForAnObject.into());
    };
    let bucket = str::from_utf8(request.bucket).map_err(|_| Fault::NotUtf8)?;
    let mut key = decode::once(request.key, &mut buffers.0);
    if decode::is_twice(request.key) {
        key = decode::once(key, &mut buffers.1);
    }
    let record = KeyRecord {
        key,
        time: Some(request.time),
        size: number(request.size),
        operation,
        slow_down: request.error == b"SlowDown",
        occurrence: Some(request.id),
    };
    out.add(Some(bucket), &record)
}

/// What a request does with an object. `REST.PUT.OBJECT`, `BATCH.DELETE.OBJECT`, `WEBSITE.GET.OBJECT` are requests;
/// `S3.EXPIRE.OBJECT` is what S3 does by itself.
fn operation(name: &[u8]) -> Option<Operation> {
    let mut parts = name.split(|it| *it == b'.');
    if !matches!(parts.next()?, b"REST" | b"SOAP" | b"WEBSITE" | b"BATCH") {
        return None;
    }
    match (parts.next()?, parts.next()?) {
        // What a copy reads.
        (b"COPY", b"OBJECT_GET" | b"PART_GET") | (b"GET" | b"HEAD", _) => Some(Operation::Read),
        (b"PUT" | b"POST" | b"COPY" | b"DELETE", _) => Some(Operation::Write),
        _ => None,
    }
}

impl<'l> Request<'l> {
    fn parse(line: &'l [u8]) -> Option<Self> {
        let mut rest = line;
        let _owner = word(&mut rest)?;
        let bucket = word(&mut rest)?;
        let time = enclosed(&mut rest, b'[', b']').and_then(time::log)?;
        let (_address, _requester) = (word(&mut rest)?, word(&mut rest)?);
        let (id, operation, key) = (word(&mut rest)?, word(&mut rest)?, word(&mut rest)?);
        // The request line; `-` where there was none.
        let _request = enclosed(&mut rest, b'"', b'"').or_else(|| word(&mut rest))?;
        let (_status, error) = (word(&mut rest)?, word(&mut rest)?);
        // Custom fields may follow, or none; the sizes are not worth a line.
        let _sent = word(&mut rest);
        let size = word(&mut rest).unwrap_or_default();
        Some(Self { bucket, time, id, operation, key, error, size })
    }
}

/// The next word, up to a blank or the end.
fn word<'l>(rest: &mut &'l [u8]) -> Option<&'l [u8]> {
    let text = *rest;
    if text.is_empty() {
        return None;
    }
    let end = memchr(b' ', text).unwrap_or(text.len());
    *rest = text.get(end + 1..).unwrap_or_default();
    Some(&text[..end]).filter(|it| !it.is_empty())
}

/// What stands next in quotes or brackets.
fn enclosed<'l>(rest: &mut &'l [u8], open: u8, close: u8) -> Option<&'l [u8]> {
    let text = rest.strip_prefix(&[open])?;
    let end = memchr(close, text)?;
    *rest = text.get(end + 2..).unwrap_or_default();
    Some(&text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation_of(name: &str) -> Option<Operation> {
        operation(name.as_bytes())
    }

    #[test]
    fn operations() {
        for name in [
            "REST.PUT.OBJECT",
            "REST.PUT.PART",
            "REST.POST.UPLOADS",
            "REST.COPY.OBJECT",
            "BATCH.DELETE.OBJECT",
        ] {
            assert_eq!(operation_of(name), Some(Operation::Write), "{name}");
        }
        for name in ["REST.GET.OBJECT", "REST.HEAD.OBJECT", "WEBSITE.GET.OBJECT", "REST.COPY.OBJECT_GET"] {
            assert_eq!(operation_of(name), Some(Operation::Read), "{name}");
        }
        for name in ["S3.EXPIRE.OBJECT", "S3.CREATE.DELETEMARKER", "REST.OPTIONS.PREFLIGHT", "REST", "-"] {
            assert_eq!(operation_of(name), None, "{name}");
        }
    }
}
