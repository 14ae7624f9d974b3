//! URL encoding, as S3 writes keys in it.

use memchr::{memchr2, memmem};

/// Decodes once, into `buffer` where there is anything to decode. S3 encodes as forms do: `+` is a blank. A `%` that
/// begins no escape stays.
pub(super) fn once<'t>(text: &'t [u8], buffer: &'t mut Vec<u8>) -> &'t [u8] {
    if memchr2(b'%', b'+', text).is_none() {
        return text;
    }
    buffer.clear();
    let mut rest = text;
    while let Some(at) = memchr2(b'%', b'+', rest) {
        buffer.extend_from_slice(&rest[..at]);
        let (byte, length) = match escaped(&rest[at..]) {
            Some(byte) => (byte, 3),
            None if rest[at] == b'+' => (b' ', 1),
            None => (b'%', 1),
        };
        buffer.push(byte);
        rest = &rest[at + length..];
    }
    buffer.extend_from_slice(rest);
    buffer
}

/// Whether a text looks as if it had been encoded twice: one of its escapes is that of a `%` before two hex digits.
pub(super) fn is_twice(text: &[u8]) -> bool {
    memmem::find_iter(text, b"%25").any(|at| is_hex(&text[at + 3..]))
}

fn escaped(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else { return None };
    Some(digit(*high)? << 4 | digit(*low)?)
}

fn is_hex(text: &[u8]) -> bool {
    matches!(text, [high, low, ..] if digit(*high).is_some() && digit(*low).is_some())
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding() {
        for (text, expected) in [
            ("a/b.jpg", "a/b.jpg"),
            ("", ""),
            ("a%2Fb", "a/b"),
            ("a%2fb+c", "a/b c"),
            ("100%", "100%"),
            ("100%zz%", "100%zz%"),
            ("%%41", "%A"),
            ("a%252Fb", "a%2Fb"),
            ("%ED%95%9C%EA%B5%AD", "한국"),
        ] {
            assert_eq!(once(text.as_bytes(), &mut Vec::new()), expected.as_bytes(), "{text}");
        }
    }

    #[test]
    fn what_was_encoded_twice() {
        assert!(is_twice(b"a%2520b"));
        assert!(is_twice(b"100%25/a%252Fb"));
        assert!(!is_twice(b"a%20b"));
        assert!(!is_twice(b"100%25"));
        assert!(!is_twice(b"plain"));
    }
}
