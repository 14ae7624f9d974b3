//! Where the scalars of a YAML text stand. The parser tells where each begins; where it ends, its style tells.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use yaml_rust2::Event;
use yaml_rust2::parser::{MarkedEventReceiver, Parser, Tag};
use yaml_rust2::scanner::{Marker, TScalarStyle};

use super::document::{Content, Document};

/// Reads a YAML text, as far as it can be read; the indexes of its roots.
pub(super) fn read(text: &str) -> (Document<'_>, Vec<usize>) {
    let lines = std::iter::once(0).chain(text.match_indices('\n').map(|it| it.0 + 1)).collect();
    let mut reader = Reader {
        text,
        lines,
        document: Document::default(),
        open: Vec::new(),
        roots: Vec::new(),
        anchors: HashMap::new(),
    };
    // What is wrong with the text is told by whoever reads it for what it says.
    let _ = Parser::new_from_str(text).load(&mut reader, true);
    while !reader.open.is_empty() {
        reader.close();
    }
    (reader.document, reader.roots)
}

struct Reader<'t> {
    text: &'t str,
    /// The byte at which each line begins.
    lines: Vec<usize>,
    document: Document<'t>,
    open: Vec<Open<'t>>,
    roots: Vec<usize>,
    anchors: HashMap<usize, usize>,
}

/// A list or a mapping that is not yet at its end.
struct Open<'t> {
    content: Content<'t>,
    /// In a mapping: the key whose value comes next.
    key: Option<Cow<'t, str>>,
    tag: Cow<'t, str>,
    anchor: usize,
}

impl MarkedEventReceiver for Reader<'_> {
    fn on_event(&mut self, event: Event, mark: Marker) {
        match event {
            Event::Scalar(value, style, anchor, tag) => self.scalar(value, style, anchor, tag.as_ref(), mark),
            Event::Alias(anchor) => {
                // One that is not defined is the parser's to refuse.
                if let Some(at) = self.anchors.get(&anchor).copied() {
                    self.add(Content::Alias(at), Cow::Borrowed(""), 0);
                }
            }
            Event::SequenceStart(anchor, tag) => self.open(Content::List(Vec::new()), anchor, tag.as_ref()),
            Event::MappingStart(anchor, tag) => self.open(Content::Map(Vec::new()), anchor, tag.as_ref()),
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => {}
        }
    }
}

impl<'t> Reader<'t> {
    fn open(&mut self, content: Content<'t>, anchor: usize, tag: Option<&Tag>) {
        self.open.push(Open { content, key: None, tag: named(tag), anchor });
    }

    fn close(&mut self) {
        if let Some(it) = self.open.pop() {
            self.add(it.content, it.tag, it.anchor);
        }
    }

    fn scalar(&mut self, value: String, style: TScalarStyle, anchor: usize, tag: Option<&Tag>, mark: Marker) {
        if let Some(Open { content: Content::Map(_), key: key @ None, .. }) = self.open.last_mut() {
            *key = Some(Cow::Owned(value));
            return;
        }
        let range = self.range(&value, style, mark);
        self.add(Content::Scalar(range), named(tag), anchor);
    }

    /// Puts a node where it belongs.
    fn add(&mut self, content: Content<'t>, tag: Cow<'t, str>, anchor: usize) {
        let node = self.document.add(content, tag);
        if anchor > 0 {
            self.anchors.insert(anchor, node);
        }
        match self.open.last_mut() {
            None => self.roots.push(node),
            // A key that is no scalar has no name.
            Some(Open { content: Content::Map(fields), key, .. }) => match key.take() {
                Some(name) => fields.push((name, node)),
                None => *key = Some(Cow::Borrowed("")),
            },
            Some(Open { content: Content::List(items), .. }) => items.push(node),
            Some(_) => {}
        }
    }

    fn range(&self, value: &str, style: TScalarStyle, mark: Marker) -> Range<usize> {
        let start = self.offset(mark);
        let rest = &self.text[start..];
        match style {
            TScalarStyle::Plain => start..start + plain(rest, value),
            TScalarStyle::SingleQuoted => quoted(rest, start, '\''),
            TScalarStyle::DoubleQuoted => quoted(rest, start, '"'),
            TScalarStyle::Literal | TScalarStyle::Folded if value.trim().is_empty() => start..start,
            TScalarStyle::Literal | TScalarStyle::Folded => self.block(start),
        }
    }

    fn offset(&self, mark: Marker) -> usize {
        let line = self.lines.get(mark.line().saturating_sub(1)).copied().unwrap_or(self.text.len());
        let rest = &self.text[line..];
        line + rest.char_indices().nth(mark.col()).map_or(rest.len(), |it| it.0)
    }

    /// The lines of a block scalar, of which the parser tells where the first begins: those that are indented as far as
    /// that, or further.
    fn block(&self, start: usize) -> Range<usize> {
        let line = self.text[..start].rfind('\n').map_or(0, |it| it + 1);
        let before = &self.text[line..start];
        let is_content = before.bytes().all(|it| it == b' ');
        let rest = &self.text[start..];
        let first = if is_content { line } else { start + rest.find('\n').map_or(rest.len(), |it| it + 1) };
        let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let mut least = Some(before.len()).filter(|it| is_content && *it > 0);
        let (mut end, mut at) = (first, first);
        for line in self.text[first..].split_inclusive('\n') {
            at += line.len();
            if line.trim().is_empty() {
                continue;
            }
            let own = indentation(line);
            if own < *least.get_or_insert(own.max(1)) {
                break;
            }
            end = at;
        }
        first..end
    }
}

fn named<'t>(tag: Option<&Tag>) -> Cow<'t, str> {
    tag.map_or(Cow::Borrowed(""), |it| Cow::Owned(it.suffix.clone()))
}

/// How many bytes of a text are a plain scalar of a value, in which each break of lines reads as a space or a break.
fn plain(text: &str, value: &str) -> usize {
    let mut rest = text;
    for word in value.split_whitespace() {
        match rest.trim_start().strip_prefix(word) {
            Some(after) => rest = after,
            None => break,
        }
    }
    text.len() - rest.len()
}

/// What stands between the quotation marks of a text that begins with one.
fn quoted(text: &str, start: usize, quote: char) -> Range<usize> {
    let Some(opening) = text.find(quote) else { return start..start };
    let inner = &text[opening + 1..];
    let mut characters = inner.char_indices().peekable();
    let mut end = inner.len();
    while let Some((at, it)) = characters.next() {
        let is_doubled = || it == quote && quote == '\'';
        let escapes = it == '\\' && quote == '"';
        if escapes || is_doubled() && characters.peek().is_some_and(|it| it.1 == quote) {
            characters.next();
        } else if it == quote {
            end = at;
            break;
        }
    }
    let from = start + opening + 1;
    from..from + end
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The scalars of a text that are no keys, in the order in which they end.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let (document, _) = read(text);
        let scalar = |content: &Content<'_>| match content {
            Content::Scalar(it) => Some(text[it.clone()].to_owned()),
            _ => None,
        };
        let found: Vec<String> = document.nodes.iter().filter_map(|it| scalar(&it.content)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn scalars_end_as_their_style_has_it() {
        check("a: b # c\nd: e f\n  g\nh: 'i ''j'\nk: \"l\\\"m\"\n", &["b", "e f\n  g", "i ''j", "l\\\"m"]);
        check("[a, !Ref b, {c: d, e: [f]}]", &["a", "b", "d", "f"]);
        check("a: |\n  b\n\n    c\n  d\ne: f", &["  b\n\n    c\n  d\n", "f"]);
        check("a:\n- >-\n  b\n  c\n- d", &["  b\n  c\n", "d"]);
        check("a: |2\n    b\n  c\nd: e", &["    b\n  c\n", "e"]);
        check("a: !Sub |\n  \u{fc}b\n# c\nd: !Base64 'e'", &["  \u{fc}b\n", "e"]);
        check("\u{fc}: \u{e4} b\nc:\nd: e", &["\u{e4} b", "", "e"]);
        check("a: &x b\nc: *x\nd: {<<: {e: f}}", &["b", "f"]);
        check("a: b\r\nc: |\r\n  d\r\ne: f\r\n", &["b", "  d\r\n", "f"]);
    }
}
