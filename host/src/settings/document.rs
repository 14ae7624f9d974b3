//! The text of a settings file, what it says, and the way back from each value to its place.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ValidationError, Validator};
use miette::NamedSource;
use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{SettingsError, Written};
use crate::definition::closest;
use crate::verdict::Text;

const SCHEMA: &str = include_str!("../../../schemas/settings.schema.json");

/// A settings file that fits its schema.
#[derive(Debug, Clone)]
pub struct Document {
    /// As the caller gave it, or as it was found.
    pub path: PathBuf,
    text: Arc<str>,
    /// By JSON Pointer.
    places: BTreeMap<String, Spans>,
}

/// The bytes of a value, and of its key where it has one.
#[derive(Debug, Clone)]
struct Spans {
    key: Range<usize>,
    value: Range<usize>,
}

impl Document {
    pub(super) fn read(path: &Path) -> Result<(Self, Written), SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::Read { file: path.display().to_string(), source })?;
        Self::parse(path, text)
    }

    pub(super) fn parse(path: &Path, text: String) -> Result<(Self, Written), SettingsError> {
        let mut places = BTreeMap::new();
        let json = match DeTable::parse(&text) {
            Ok(table) => table_json(table.get_ref(), "", &mut places),
            Err(error) => return Err(SettingsError::toml(path, text, &error)),
        };
        let document = Self { path: path.to_owned(), text: text.into(), places };
        document.validate(&json)?;
        let written = serde_json::from_value(json)
            .map_err(|error| document.wrong("", error.to_string(), "see docs/settings.md".to_owned()))?;
        Ok((document, written))
    }

    /// The line, from 1, of the value at a pointer.
    pub fn line(&self, pointer: &str) -> usize {
        self.text[..self.key_span(pointer).start].bytes().filter(|it| *it == b'\n').count() + 1
    }

    /// The file as what thousands of diagnostics may point into.
    pub(super) fn counted(&self) -> Text {
        Text::new(&self.path.display().to_string(), &self.text)
    }

    /// The file as what diagnostics point into.
    pub(crate) fn source(&self) -> NamedSource<Arc<str>> {
        NamedSource::new(self.path.display().to_string(), Arc::clone(&self.text))
    }

    /// The value at a pointer, or the nearest that contains it.
    pub(crate) fn span(&self, pointer: &str) -> Range<usize> {
        self.nearest(pointer).map_or(0..0, |it| it.value.clone())
    }

    /// The key of the value at a pointer.
    pub(super) fn key_span(&self, pointer: &str) -> Range<usize> {
        self.nearest(pointer).map_or(0..0, |it| it.key.clone())
    }

    fn nearest(&self, pointer: &str) -> Option<&Spans> {
        let mut pointer = pointer;
        loop {
            match self.places.get(pointer) {
                Some(it) => return Some(it),
                None => pointer = &pointer[..pointer.rfind('/')?],
            }
        }
    }

    /// A fault of the value at a pointer.
    pub(super) fn wrong(&self, pointer: &str, message: String, help: String) -> SettingsError {
        self.fault(self.span(pointer), message, help)
    }

    fn fault(&self, span: Range<usize>, message: String, help: String) -> SettingsError {
        let at = (!span.is_empty()).then(|| (span.start, span.len()).into());
        SettingsError::Wrong { message, help, text: Some(self.source()), at }
    }

    fn validate(&self, json: &Json) -> Result<(), SettingsError> {
        let schema: Json = serde_json::from_str(SCHEMA).expect("the embedded schema is JSON");
        let validator: Validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .expect("the embedded schema is a JSON Schema");
        // A misspelt key is often why another one is missing.
        let is_secondary =
            |it: &ValidationError<'_>| !matches!(it.kind(), ValidationErrorKind::AdditionalProperties { .. });
        let first = validator.iter_errors(json).min_by_key(is_secondary);
        first.map_or(Ok(()), |error| Err(self.departure(&error, &schema)))
    }

    /// A departure from the schema, in words.
    fn departure(&self, error: &ValidationError<'_>, schema: &Json) -> SettingsError {
        let pointer = error.instance_path().to_string();
        let at = if pointer.is_empty() { String::new() } else { format!(" in `{}`", dotted(&pointer)) };
        let rule = error.schema_path().to_string();
        let rule = schema.pointer(&rule[..rule.rfind('/').unwrap_or_default()]);
        let about = |it: &Json| it["description"].as_str().map(str::to_owned);
        let described = rule.and_then(about).unwrap_or_else(|| "see docs/settings.md".to_owned());
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let key = &unexpected[0];
                let known = rule.and_then(|it| it["properties"].as_object()).into_iter().flatten();
                let known: Vec<&str> = known.map(|it| it.0.as_str()).collect();
                let help = suggested(closest(key, known.iter().copied()), &known);
                self.fault(
                    self.key_span(&format!("{pointer}/{}", escaped(key))),
                    format!("unknown key `{key}`{at}"),
                    help,
                )
            }
            ValidationErrorKind::Enum { options } => {
                let options: Vec<&str> =
                    options.as_array().into_iter().flatten().filter_map(Json::as_str).collect();
                let given = error.instance().as_str().unwrap_or_default();
                let message = format!("{} is no value of `{}`", error.instance(), dotted(&pointer));
                self.wrong(&pointer, message, suggested(closest(given, options.iter().copied()), &options))
            }
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let about = rule.and_then(|it| about(&it["properties"][name])).unwrap_or(described);
                self.wrong(&pointer, format!("no `{name}`{at}"), about)
            }
            ValidationErrorKind::AnyOf { .. } => {
                self.wrong(&pointer, format!("neither `address` nor `tag`{at}"), described)
            }
            ValidationErrorKind::Format { .. } => {
                let message = format!("{} is no date{at}", error.instance());
                self.wrong(&pointer, message, "write it as 2027-01-31".to_owned())
            }
            _ => self.wrong(&pointer, format!("{error}{at}"), described),
        }
    }
}

fn suggested(suggestion: Option<&str>, known: &[&str]) -> String {
    match suggestion {
        Some(it) => format!("did you mean `{it}`?"),
        None => format!("one of {}", known.join(", ")),
    }
}

/// A JSON Pointer as TOML writes it: `suppress[0].until`.
fn dotted(pointer: &str) -> String {
    let mut text = String::new();
    for part in pointer.split('/').skip(1).map(|it| it.replace("~1", "/").replace("~0", "~")) {
        if part.parse::<usize>().is_ok() {
            text.extend(["[", &part, "]"]);
        } else {
            text.push_str(if text.is_empty() { "" } else { "." });
            text.push_str(&part);
        }
    }
    text
}

pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn table_json(table: &DeTable<'_>, pointer: &str, places: &mut BTreeMap<String, Spans>) -> Json {
    let mut fields = serde_json::Map::new();
    for (key, value) in table {
        let pointer = format!("{pointer}/{}", escaped(key.get_ref()));
        places.insert(pointer.clone(), Spans { key: key.span(), value: value.span() });
        fields.insert(key.get_ref().to_string(), value_json(value, &pointer, places));
    }
    Json::Object(fields)
}

fn value_json(value: &Spanned<DeValue<'_>>, pointer: &str, places: &mut BTreeMap<String, Spans>) -> Json {
    match value.get_ref() {
        DeValue::String(it) => Json::from(it.as_ref()),
        DeValue::Boolean(it) => Json::from(*it),
        DeValue::Integer(it) => i64::from_str_radix(it.as_str(), it.radix()).map_or(Json::Null, Json::from),
        DeValue::Float(it) => it.as_str().parse::<f64>().map_or(Json::Null, Json::from),
        // A date is a text here, so that one is as good as the other.
        DeValue::Datetime(it) => Json::from(it.to_string()),
        DeValue::Table(table) => table_json(table, pointer, places),
        DeValue::Array(items) => {
            let item = |(at, it): (usize, &Spanned<DeValue<'_>>)| {
                let pointer = format!("{pointer}/{at}");
                places.insert(pointer.clone(), Spans { key: it.span(), value: it.span() });
                value_json(it, &pointer, places)
            };
            Json::Array(items.iter().enumerate().map(item).collect())
        }
    }
}
