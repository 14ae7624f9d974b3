//! A YAML or JSON text as a tree that knows where its scalars stand.

use std::borrow::Cow;
use std::ops::Range;

#[derive(Debug, Default)]
pub(super) struct Document<'t> {
    pub(super) nodes: Vec<Node<'t>>,
}

#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) content: Content<'t>,
    /// `Ref` of `!Ref`; empty for none.
    pub(super) tag: Cow<'t, str>,
}

/// Children by their index among the nodes.
#[derive(Debug)]
pub(super) enum Content<'t> {
    /// The bytes of its text, without quotation marks.
    Scalar(Range<usize>),
    Map(Vec<(Cow<'t, str>, usize)>),
    List(Vec<usize>),
    /// What stands elsewhere under an anchor.
    Alias(usize),
}

impl<'t> Document<'t> {
    /// Adds a node; its index.
    pub(super) fn add(&mut self, content: Content<'t>, tag: Cow<'t, str>) -> usize {
        self.nodes.push(Node { content, tag });
        self.nodes.len() - 1
    }

    /// Reads a JSON text, which some parser took before. What cannot be read is left out. The index of the root.
    pub(super) fn of_json(text: &'t str) -> (Self, Option<usize>) {
        let mut reader = JsonReader { text, at: 0, document: Self::default() };
        let root = reader.value(0);
        (reader.document, root)
    }
}

struct JsonReader<'t> {
    text: &'t str,
    at: usize,
    document: Document<'t>,
}

impl<'t> JsonReader<'t> {
    /// Callers refuse what nests deeper before they get here.
    const MAX_DEPTH: usize = 1000;

    fn value(&mut self, depth: usize) -> Option<usize> {
        let content = match self.next()? {
            _ if depth > Self::MAX_DEPTH => return None,
            b'{' => self.map(depth)?,
            b'[' => self.list(depth)?,
            b'"' => Content::Scalar(self.string()?),
            _ => {
                let rest = &self.text[self.at..];
                let length =
                    rest.find(|it: char| it.is_whitespace() || ",]}:".contains(it)).unwrap_or(rest.len());
                if length == 0 {
                    return None;
                }
                self.at += length;
                Content::Scalar(self.at - length..self.at)
            }
        };
        Some(self.document.add(content, Cow::Borrowed("")))
    }

    /// The next byte that is no white space, which it stands at then.
    fn next(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while bytes.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        Some(bytes[self.at])
    }

    /// Goes over a byte, if that is what comes next.
    fn takes(&mut self, byte: u8) -> bool {
        let is_it = self.next() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }

    fn map(&mut self, depth: usize) -> Option<Content<'t>> {
        self.takes(b'{');
        let mut fields = Vec::new();
        while !self.takes(b'}') {
            let key = self.string()?;
            if !self.takes(b':') {
                return None;
            }
            fields.push((unescaped(&self.text[key]), self.value(depth + 1)?));
            self.takes(b',');
        }
        Some(Content::Map(fields))
    }

    fn list(&mut self, depth: usize) -> Option<Content<'t>> {
        self.takes(b'[');
        let mut items = Vec::new();
        while !self.takes(b']') {
            items.push(self.value(depth + 1)?);
            self.takes(b',');
        }
        Some(Content::List(items))
    }

    /// What stands between the next two quotation marks.
    fn string(&mut self) -> Option<Range<usize>> {
        if !self.takes(b'"') {
            return None;
        }
        let start = self.at;
        let mut rest = self.text.as_bytes()[start..].iter().enumerate();
        loop {
            match rest.next()? {
                (_, b'\\') => drop(rest.next()?),
                (length, b'"') => {
                    self.at = start + length + 1;
                    return Some(start..start + length);
                }
                _ => {}
            }
        }
    }
}

fn unescaped(key: &str) -> Cow<'_, str> {
    let decoded = || serde_json::from_str(&format!("\"{key}\"")).ok();
    key.contains('\\').then(decoded).flatten().map_or(Cow::Borrowed(key), Cow::Owned)
}
