//! JSON that is nearly an input: the names and texts that a reader looks for, in any order and depth, and others.

use archlint::facts::{self, EnvironmentSettings};
use archlint::source::{self, SourceOptions};
use libfuzzer_sys::arbitrary::{self, Arbitrary};

#[derive(Debug, Arbitrary)]
pub(crate) enum Json<'a> {
    Null,
    Flag(bool),
    Number(i64),
    Text(Text<'a>),
    List(Vec<Json<'a>>),
    /// Names may stand twice.
    Map(Vec<(Text<'a>, Json<'a>)>),
}

#[derive(Debug, Arbitrary)]
pub(crate) enum Text<'a> {
    /// One of the words of the dialect.
    Word(u8),
    Any(&'a str),
}

impl Json<'_> {
    pub(crate) fn write(&self, words: &[&str], into: &mut String) {
        match self {
            Self::Null => into.push_str("null"),
            Self::Flag(it) => into.push_str(if *it { "true" } else { "false" }),
            Self::Number(it) => into.push_str(&it.to_string()),
            Self::Text(it) => it.write(words, into),
            Self::List(items) => {
                list(into, items, |it, into| it.write(words, into));
            }
            Self::Map(fields) => map(into, fields, words),
        }
    }

    pub(crate) fn text(&self, words: &[&str]) -> String {
        let mut text = String::new();
        self.write(words, &mut text);
        text
    }
}

impl Text<'_> {
    pub(crate) fn plain<'t>(&'t self, words: &[&'t str]) -> &'t str {
        match self {
            Self::Word(it) => words[usize::from(*it) % words.len()],
            Self::Any(it) => it,
        }
    }

    pub(crate) fn write(&self, words: &[&str], into: &mut String) {
        into.push_str(&serde_json::Value::from(self.plain(words)).to_string());
    }

    pub(crate) fn text(&self, words: &[&str]) -> String {
        let mut text = String::new();
        self.write(words, &mut text);
        text
    }
}

/// A list of what a function writes of each item.
pub(crate) fn list<T>(into: &mut String, items: &[T], write: impl Fn(&T, &mut String)) {
    into.push('[');
    for (at, it) in items.iter().enumerate() {
        into.push_str(if at > 0 { "," } else { "" });
        write(it, into);
    }
    into.push(']');
}

/// An object of these fields.
pub(crate) fn map(into: &mut String, fields: &[(Text<'_>, Json<'_>)], words: &[&str]) {
    into.push('{');
    for (at, (name, it)) in fields.iter().enumerate() {
        into.push_str(if at > 0 { "," } else { "" });
        name.write(words, into);
        into.push(':');
        it.write(words, into);
    }
    into.push('}');
}

/// Reads a text as a file of that name, and derives what follows from it. Whatever is wrong with it is told.
pub(crate) fn read(name: &str, text: &str) {
    let mut sources = source::read_text(name, text, &SourceOptions::default());
    for error in &sources.errors {
        assert!(!error.to_string().is_empty());
        assert!(!error.file().is_empty(), "{error}");
    }
    assert!(!sources.inputs.is_empty() || !sources.errors.is_empty(), "nothing is told of {text}");
    for scenario in sources.architectures.iter_mut().flat_map(|it| &mut it.scenarios) {
        facts::derive(&mut scenario.snapshot, &EnvironmentSettings::default());
    }
}
