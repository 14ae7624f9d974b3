//! Objects by their addresses: `s3://bucket/key`, `https://bucket.s3.eu-west-1.amazonaws.com/key`.

use std::str;

use memchr::{memchr, memchr2, memmem};

use super::decode;

/// Spellings of `s3://bucket/key`: Hadoop's clients have two of their own. None of them encodes the key.
const PLAIN: [&[u8]; 4] = [b"s3://", b"s3a://", b"s3n://", b"arn:aws:s3:::"];
const HTTP: [&[u8]; 2] = [b"https://", b"http://"];

/// An address of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Uri<'u> {
    /// The host where it is none of S3: a distribution in front of a bucket has one key space, too.
    pub(super) bucket: &'u str,
    pub(super) key: &'u [u8],
}

/// Whether a text begins as an address does.
pub(super) fn is_one(text: &[u8]) -> bool {
    // Most texts begin with none of the three letters.
    matches!(text.first(), Some(b's' | b'h' | b'a'))
        && PLAIN.iter().chain(&HTTP).any(|it| text.starts_with(it))
}

/// Reads an address; None where it is none, or names no object.
pub(super) fn parse<'u>(text: &'u [u8], buffer: &'u mut Vec<u8>) -> Option<Uri<'u>> {
    if let Some(rest) = PLAIN.iter().find_map(|it| text.strip_prefix(*it)) {
        return of_path(rest);
    }
    let rest = HTTP.iter().find_map(|it| text.strip_prefix(*it))?;
    let slash = memchr(b'/', rest)?;
    let (host, path) = (str::from_utf8(&rest[..slash]).ok()?, &rest[slash + 1..]);
    let path = &path[..memchr2(b'?', b'#', path).unwrap_or(path.len())];
    // S3 reads a `+` in a path as a blank, which URLs in general do not.
    let path = decode::once(path, buffer);
    match bucket_of(host) {
        Some("") => of_path(path),
        bucket => Uri { bucket: bucket.unwrap_or(host), key: path }.named(),
    }
}

/// Every `s3://` address within a text, such as `['s3://a/b', 's3://a/c']`.
pub(super) fn within(text: &[u8]) -> impl Iterator<Item = Uri<'_>> {
    memmem::find_iter(text, b"s3://").filter_map(|at| {
        let rest = &text[at + 5..];
        let ends =
            |it: &u8| it.is_ascii_whitespace() || matches!(it, b'\'' | b'"' | b',' | b';' | b']' | b'|');
        of_path(&rest[..rest.iter().position(ends).unwrap_or(rest.len())])
    })
}

/// `bucket/key`
fn of_path(path: &[u8]) -> Option<Uri<'_>> {
    let slash = memchr(b'/', path)?;
    Uri { bucket: str::from_utf8(&path[..slash]).ok()?, key: &path[slash + 1..] }.named()
}

/// The bucket that a host names; empty for hosts of S3 that leave it to the path; None for other hosts.
fn bucket_of(host: &str) -> Option<&str> {
    let host = host.split(':').next().unwrap_or(host);
    let host = host.strip_suffix(".cn").unwrap_or(host).strip_suffix(".amazonaws.com")?;
    // `s3`, `s3.<region>`, `s3-<region>`, `s3.dualstack.<region>`, `s3-accelerate`, `s3-website-<region>`, with the
    // bucket before it, whose name may have dots, too.
    let mut end = 0;
    for label in host.split('.') {
        if label == "s3" || label.starts_with("s3-") {
            return Some(host[..end].trim_end_matches('.'));
        }
        end += label.len() + 1;
    }
    None
}

impl Uri<'_> {
    fn named(self) -> Option<Self> {
        (!self.bucket.is_empty() && !self.key.is_empty()).then_some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, expected) in [
            ("s3://b/k/l", Some(("b", "k/l"))),
            ("s3a://b/100%25+", Some(("b", "100%25+"))),
            ("arn:aws:s3:::b/k", Some(("b", "k"))),
            ("https://b.s3.amazonaws.com/k/l", Some(("b", "k/l"))),
            ("https://my.b.s3.eu-west-1.amazonaws.com/k", Some(("my.b", "k"))),
            ("https://b.s3-eu-west-1.amazonaws.com/k?versionId=1", Some(("b", "k"))),
            ("https://b.s3.dualstack.us-east-1.amazonaws.com/k%20l", Some(("b", "k l"))),
            ("https://b.s3.cn-north-1.amazonaws.com.cn/k", Some(("b", "k"))),
            ("http://b.s3-accelerate.amazonaws.com/k", Some(("b", "k"))),
            ("https://s3.amazonaws.com/b/trip+data/k", Some(("b", "trip data/k"))),
            ("https://s3.eu-west-1.amazonaws.com:443/b/k", Some(("b", "k"))),
            ("https://d1.cloudfront.net/a/k", Some(("d1.cloudfront.net", "a/k"))),
            ("s3://b", None),
            ("s3://b/", None),
            ("s3:///k", None),
            ("https://b.s3.amazonaws.com/", None),
            ("https://s3.amazonaws.com/b", None),
            ("a/b", None),
        ] {
            let mut buffer = Vec::new();
            let read =
                parse(text.as_bytes(), &mut buffer).map(|it| (it.bucket, str::from_utf8(it.key).unwrap()));
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn several_in_one_text() {
        let text = b"['s3://a/b c', \"s3://a/d\"] s3://e/f|s3://g";
        let read: Vec<_> = within(text).map(|it| (it.bucket, str::from_utf8(it.key).unwrap())).collect();
        assert_eq!(read, [("a", "b"), ("a", "d"), ("e", "f")]);
    }
}
