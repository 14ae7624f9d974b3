//! The protocols that AWS's services speak: how an operation is asked for, how its reply is read.

mod json;
mod query;
mod rest;
pub(super) mod words;
mod xml;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value as Json;

use super::error::Answer;
use super::table::{Protocol, Service, Step};

/// Everything but what RFC 3986 calls unreserved, as AWS signs it.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Argument {
    Text(String),
    Number(u32),
    Flag(bool),
    Texts(Vec<String>),
    /// JSON as it is: only services of JSON take it.
    Document(String),
}

pub(super) type Arguments = Vec<(&'static str, Argument)>;

/// A request, all but its host and its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: &'static str,
    /// Percent-encoded, from the first slash on.
    pub(super) target: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// What a service answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// The header by which services of JSON name an error.
    pub(super) error_type: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Argument {
    fn to_text(&self) -> String {
        match self {
            Self::Text(text) | Self::Document(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Texts(texts) => texts.join(","),
        }
    }

    fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::from(text.as_str()),
            Self::Number(number) => Json::from(*number),
            Self::Flag(flag) => Json::Bool(*flag),
            Self::Texts(texts) => Json::from(texts.clone()),
            Self::Document(json) => serde_json::from_str(json).unwrap_or(Json::Null),
        }
    }
}

/// Asks for an operation.
pub(super) fn request(service: &Service, step: &Step, arguments: &Arguments) -> Request {
    match (service.protocol, step.route) {
        (Protocol::Query { version, .. }, _) => query::request(step.operation, version, arguments),
        (Protocol::Json { version, target }, _) => json::request(step.operation, version, target, arguments),
        (Protocol::RestJson | Protocol::RestXml { .. }, Some(route)) => rest::request(route, arguments),
        (Protocol::RestJson | Protocol::RestXml { .. }, None) => {
            unreachable!("`{}` has no route; a test holds that it has", step.operation)
        }
    }
}

/// Reads what an operation answered.
pub(super) fn read(service: &Service, step: &Step, body: &[u8]) -> Result<Json, String> {
    match service.protocol {
        Protocol::Query { words, .. } => {
            let reply = xml::read(body, Some(words))?;
            Ok(query::result(step.operation, reply))
        }
        Protocol::RestXml { words } => xml::read(body, Some(words)),
        Protocol::Json { .. } | Protocol::RestJson => json::read(body),
    }
}

/// Reads what a service says of an error, as far as it says something.
pub(super) fn read_error(service: &Service, reply: &Reply) -> Answer {
    let answer = match service.protocol {
        Protocol::Query { .. } | Protocol::RestXml { .. } => query::error(&reply.body),
        Protocol::Json { .. } | Protocol::RestJson => json::error(reply),
    };
    answer.unwrap_or_else(|| Answer { code: String::new(), message: String::new() })
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}
