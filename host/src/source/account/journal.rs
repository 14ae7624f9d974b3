//! What `archlint scan --save` writes: one line for how the scan was asked for, then one for each answer as it comes
//! in, then one that says that it is all. A scan that was interrupted lacks the last.
//!
//! An answer is whole or not there: the line that was being written when the scan ended is cut off on the way back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::envelope;
use super::item::Item;

/// The version of the format, and what tells such a file from others.
const VERSION: &str = "0.1";

/// How a scan was asked for: another one cannot go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Request {
    archlint_scan: String,
    /// The kinds that are collected.
    pub(crate) kinds: Vec<String>,
    pub(crate) collector: String,
    pub(crate) aggregator: Option<String>,
}

/// What one source told of some kinds, in one region of an account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Part {
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) items: Vec<Item>,
    /// Kinds of which these items are all that there is.
    pub(crate) complete: Vec<String>,
    pub(crate) not_collected: Vec<NotCollected>,
}

/// Where a part comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) account: String,
    pub(crate) region: String,
    /// `ec2:DescribeVpcs`, or `config:AWS::EC2::VPC`.
    pub(crate) source: String,
}

/// A kind, or something that belongs to its resources, that could not be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NotCollected {
    pub(crate) kind: String,
    pub(crate) why: String,
    #[serde(default)]
    pub(crate) failure: Failure,
}

/// What asking again would do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Failure {
    /// A call was throttled, or timed out: later it may have an answer.
    Passing,
    /// The credentials had expired: others may have an answer.
    Credentials,
    /// The same answer, as long as nobody changes anything.
    #[default]
    Lasting,
}

/// A file read back.
#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) request: Request,
    /// By question, the last answer to it.
    pub(crate) answers: BTreeMap<Place, Vec<Part>>,
    /// Whether the scan came to its end.
    pub(crate) is_complete: bool,
    /// Bytes up to the end of the last line that is whole.
    pub(crate) length: usize,
}

/// A line after the first: an answer, or the end.
#[derive(Deserialize)]
struct Line {
    question: Option<Place>,
    #[serde(default)]
    parts: Vec<WrittenPart>,
}

#[derive(Deserialize)]
struct WrittenPart {
    #[serde(flatten)]
    place: Place,
    items: Vec<Json>,
    complete: Vec<String>,
    not_collected: Vec<NotCollected>,
}

impl Request {
    pub(crate) fn new(kinds: Vec<String>, collector: &str, aggregator: Option<&str>) -> Self {
        Self {
            archlint_scan: VERSION.to_owned(),
            kinds,
            collector: collector.to_owned(),
            aggregator: aggregator.map(str::to_owned),
        }
    }
}

/// Whether a text is such a file, by its first key.
pub(crate) fn is_one(text: &str) -> bool {
    text.trim_start().strip_prefix('{').is_some_and(|it| it.trim_start().starts_with("\"archlint_scan\""))
}

/// A line of the file, its end included.
pub(crate) fn line(it: &impl Serialize) -> String {
    let mut line = serde_json::to_string(it).expect("a scan has only texts, numbers and lists of them");
    line.push('\n');
    line
}

/// The line of an answer.
pub(crate) fn answer(question: &Place, parts: &[Part]) -> String {
    line(&json!({ "question": question, "parts": parts }))
}

/// The last line.
pub(crate) fn end() -> String {
    line(&json!({ "end": true }))
}

impl Journal {
    /// Reads a file back. A damaged line before the last is an error, and so are items that cannot be read: they were
    /// written here.
    pub(crate) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut lines = text.split_inclusive('\n');
        let first = lines.next().unwrap_or_default();
        let mut journal = Self {
            request: serde_json::from_str(first)?,
            answers: BTreeMap::new(),
            is_complete: false,
            length: first.len(),
        };
        for written in lines.take_while(|it| it.ends_with('\n')) {
            let line: Line = serde_json::from_str(written)?;
            // What comes after an end is what a resumed scan added.
            journal.is_complete = line.question.is_none();
            if let Some(question) = line.question {
                let parts = line.parts.into_iter().map(WrittenPart::read).collect::<Result<_, _>>()?;
                journal.answers.insert(question, parts);
            }
            journal.length += written.len();
        }
        Ok(journal)
    }
}

impl WrittenPart {
    fn read(self) -> Result<Part, serde_json::Error> {
        let (items, errors) = envelope::items(&Json::Array(self.items));
        match errors.first() {
            Some(error) => Err(serde::de::Error::custom(error)),
            None => Ok(Part {
                place: self.place,
                items,
                complete: self.complete,
                not_collected: self.not_collected,
            }),
        }
    }
}
