//! The parts of a key that somebody has declared: in a template of their own, in Firehose's, or as a table's partitions.

use archlint_schema::KeyClass;
use thiserror::Error;

use super::super::date::Granularity;
use super::super::randomness::{Alphabet, Hash, MOST};
use super::super::token::Token;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// The same in all keys.
    Text(String),
    Time(Granularity),
    /// An id, a number, a hash.
    Token(KeyClass, Token),
    /// A tenant, a name: nobody says how many there are.
    Field,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    #[error("`{0}` is not closed")]
    NotClosed(String),
    #[error("`{0}` has no year, month, day, hour, minute or second: write it as in `yyyy-MM-dd/HH`")]
    NoTime(String),
    #[error("`{0}` is no number of characters")]
    NoLength(String),
}

/// Text, and `{name}` or `{name:argument}` after an opening: what these mean is said by `part`.
pub(super) fn parts(
    mut text: &str,
    opening: &str,
    part: impl Fn(&str, Option<&str>) -> Result<Part, TemplateError>,
) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    while let Some((before, after)) = text.split_once(opening) {
        let not_closed = || TemplateError::NotClosed(format!("{opening}{after}"));
        let (inside, rest) = after.split_once('}').ok_or_else(not_closed)?;
        let (name, argument) = inside.split_once(':').map_or((inside, None), |(name, it)| (name, Some(it)));
        parts.extend([Part::Text(before.to_owned()), part(name, argument)?]);
        text = rest;
    }
    parts.push(Part::Text(text.to_owned()));
    parts.retain(|it| !matches!(it, Part::Text(text) if text.is_empty()));
    Ok(parts)
}

/// What a name means in a template of the owners'.
pub(super) fn declared(name: &str, argument: Option<&str>) -> Result<Part, TemplateError> {
    let sequential = |token| Ok(Part::Token(KeyClass::Sequential, token));
    match name {
        "date" => time(argument.unwrap_or("yyyy-MM-dd")),
        "epoch" => sequential(Token::Epoch),
        "counter" => sequential(Token::Counter { padded: true }),
        "ulid" => sequential(Token::Ulid),
        "ksuid" => sequential(Token::Ksuid),
        "objectid" => sequential(Token::ObjectId),
        "snowflake" => sequential(Token::Snowflake),
        "uuid6" => sequential(Token::Uuid6),
        "uuid7" => sequential(Token::Uuid7),
        "uuid1" => Ok(Part::Token(KeyClass::RandomId, Token::Uuid1)),
        "uuid" | "uuid4" => Ok(Part::Token(KeyClass::RandomId, Token::Uuid4)),
        "reversed-counter" => Ok(Part::Token(KeyClass::Reversed, Token::Counter { padded: true })),
        "reversed-epoch" => Ok(Part::Token(KeyClass::Reversed, Token::Epoch)),
        "hash" => hash(Alphabet::Hex, argument),
        "random" => hash(Alphabet::Base62, argument),
        _ => Ok(Part::Field),
    }
}

/// What a name means in a prefix of Firehose.
pub(super) fn firehose(namespace: &str, value: Option<&str>) -> Result<Part, TemplateError> {
    match (namespace, value) {
        ("timestamp", Some(pattern)) => time(pattern),
        ("firehose", Some("random-string")) => hash(Alphabet::Base62, None),
        _ => Ok(Part::Field),
    }
}

/// What a partition key of a table is, by its name.
pub(super) fn partition(name: &str) -> Part {
    match name.to_ascii_lowercase().as_str() {
        "year" | "yyyy" | "y" => Part::Time(Granularity::Year),
        "month" | "mm" | "m" => Part::Time(Granularity::Month),
        "day" | "dd" | "d" | "dt" | "ds" | "date" | "event_date" | "datehour" => Part::Time(Granularity::Day),
        "hour" | "hh" | "hr" => Part::Time(Granularity::Hour),
        "minute" | "min" => Part::Time(Granularity::Minute),
        _ => Part::Field,
    }
}

fn hash(alphabet: Alphabet, length: Option<&str>) -> Result<Part, TemplateError> {
    let no_length = |it: &str| TemplateError::NoLength(it.to_owned());
    let length = length.map(|it| it.parse().ok().filter(|it| *it > 0).ok_or_else(|| no_length(it)));
    // No more are looked at in keys either.
    let length = length.transpose()?.map_or(MOST, |it: usize| it.min(MOST));
    Ok(Part::Token(KeyClass::Hashed, Token::Hash(Hash { alphabet, length })))
}

/// The finest part of a pattern of Java's `DateTimeFormatter`.
fn time(pattern: &str) -> Result<Part, TemplateError> {
    // Every other piece is in quotes, and so is text.
    let letters = pattern.split('\'').step_by(2).flat_map(str::chars);
    let finest = letters.filter_map(granularity).max();
    finest.map(Part::Time).ok_or_else(|| TemplateError::NoTime(pattern.to_owned()))
}

fn granularity(letter: char) -> Option<Granularity> {
    match letter {
        'y' | 'Y' | 'u' => Some(Granularity::Year),
        'M' | 'L' => Some(Granularity::Month),
        'd' | 'D' => Some(Granularity::Day),
        'H' | 'h' | 'k' | 'K' => Some(Granularity::Hour),
        'm' => Some(Granularity::Minute),
        's' | 'S' | 'n' | 'A' | 'N' => Some(Granularity::Second),
        _ => None,
    }
}
