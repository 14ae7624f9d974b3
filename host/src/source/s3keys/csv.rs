//! Records of comma-separated values, one at a time and without a copy where nothing is escaped.

use std::borrow::Cow;

use memchr::{memchr, memmem};

/// The fields of one record.
pub(super) struct Fields<'r> {
    /// None after the last one.
    rest: Option<&'r [u8]>,
    separator: u8,
}

/// A field, without the quotes around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Field<'r> {
    text: &'r [u8],
    /// Whether quotes stand doubled in it.
    is_escaped: bool,
}

pub(super) fn fields(record: &[u8], separator: u8) -> Fields<'_> {
    Fields { rest: Some(record), separator }
}

/// Whether a quote is open at the end of a text that began outside of quotes.
pub(super) fn is_open(text: &[u8]) -> bool {
    memchr::memchr_iter(b'"', text).count() % 2 == 1
}

impl<'r> Iterator for Fields<'r> {
    type Item = Field<'r>;

    fn next(&mut self) -> Option<Field<'r>> {
        let rest = self.rest?;
        let Some(quoted) = rest.strip_prefix(b"\"") else {
            let end = memchr(self.separator, rest);
            self.rest = end.map(|it| &rest[it + 1..]);
            return Some(Field { text: &rest[..end.unwrap_or(rest.len())], is_escaped: false });
        };
        let (end, is_escaped) = closing(quoted);
        let (text, after) = quoted.split_at(end);
        self.rest = match after {
            [_, next, rest @ ..] if *next == self.separator => Some(rest),
            // What stands between the closing quote and the separator is not the field's; nobody writes any.
            _ => memchr(self.separator, after).map(|it| &after[it + 1..]),
        };
        Some(Field { text, is_escaped })
    }
}

/// Where the quote is that closes, and whether others stand doubled before it.
fn closing(text: &[u8]) -> (usize, bool) {
    let (mut at, mut is_escaped) = (0, false);
    while let Some(quote) = memchr(b'"', &text[at..]) {
        at += quote;
        if text.get(at + 1) != Some(&b'"') {
            return (at, is_escaped);
        }
        (at, is_escaped) = (at + 2, true);
    }
    (text.len(), is_escaped)
}

impl<'r> Field<'r> {
    pub(super) fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// The text of a field that holds no quotes: of a number, a time, a name that S3 gives.
    pub(super) fn plain(self) -> &'r [u8] {
        self.text
    }

    pub(super) fn text(self) -> Cow<'r, [u8]> {
        if !self.is_escaped {
            return Cow::Borrowed(self.text);
        }
        let mut text = Vec::with_capacity(self.text.len());
        let mut from = 0;
        for at in memmem::find_iter(self.text, b"\"\"") {
            text.extend_from_slice(&self.text[from..=at]);
            from = at + 2;
        }
        text.extend_from_slice(&self.text[from..]);
        Cow::Owned(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        for (record, expected) in [
            ("", &[""][..]),
            ("a,b", &["a", "b"]),
            (",", &["", ""]),
            (r#""a","b""#, &["a", "b"]),
            (r#""a,b",c,"#, &["a,b", "c", ""]),
            (r#""say ""hi""",c"#, &[r#"say "hi""#, "c"]),
            (r#""""""#, &[r#"""#]),
            (r#""""a""b""""#, &[r#""a"b""#]),
            (r#"a"b,c"#, &[r#"a"b"#, "c"]),
            (r#""open,c"#, &["open,c"]),
            ("\"two\nlines\",c", &["two\nlines", "c"]),
        ] {
            let read: Vec<String> = fields(record.as_bytes(), b',')
                .map(|it| String::from_utf8(it.text().into_owned()).unwrap())
                .collect();
            assert_eq!(read, expected, "{record}");
        }
    }
}
