//! The class of keys that nobody has seen yet, from how they will be formed.

mod parts;

use archlint_schema::{Confidence, KeyClass, KeyPattern, KeySampling};

use super::behind::Behind;
use super::date::Granularity;
use super::token::{After, Token};
use parts::Part;
pub use parts::TemplateError;

/// How keys are formed.
///
/// Owners write text and names in braces, `{tenant}/{date:yyyy/MM/dd}/{uuid}.json`:
///
/// - `{date:yyyy-MM-dd}`, a pattern of Java's `DateTimeFormatter`; `{date}` is that very one;
/// - `{epoch}`, `{counter}`, `{ulid}`, `{ksuid}`, `{objectid}`, `{snowflake}`, `{uuid6}`, `{uuid7}`: these ascend;
/// - `{uuid}`, `{uuid1}`, `{hash}`, `{hash:4}`, `{random:8}`, `{reversed-counter}`, `{reversed-epoch}`: these do not;
/// - any other name is a field of few values: a tenant, a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTemplate {
    parts: Vec<Part>,
    /// Whether a service appends its own names to partitions by time.
    is_partition: bool,
}

/// The class, and what explains it.
#[derive(Debug, Clone, Copy, Default)]
struct Told {
    class: Option<KeyClass>,
    inner: Option<KeyClass>,
    token: Option<Token>,
    behind: Option<Behind>,
}

impl KeyTemplate {
    /// What owners declare.
    pub fn declared(text: &str) -> Result<Self, TemplateError> {
        Ok(Self { parts: parts::parts(text, "{", parts::declared)?, is_partition: false })
    }

    /// The prefix of a Firehose stream, which goes on with its default prefix unless there is an expression in it.
    ///
    /// <https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html>
    pub fn firehose(prefix: &str) -> Result<Self, TemplateError> {
        let default = if prefix.contains("!{") { "" } else { "!{timestamp:yyyy/MM/dd/HH}/" };
        // Behind the prefix there is the stream, its version, a time to the second and a UUID.
        let suffix = "stream-1-!{timestamp:yyyy-MM-dd-HH-mm-ss}-";
        let parts = parts::parts(&format!("{prefix}{default}{suffix}"), "!{", parts::firehose)?;
        Ok(Self { parts, is_partition: true })
    }

    /// A location of Hive's: `dt=2026-11-22/hour=15/`, by the names of a table's partition keys.
    pub fn partitions<'a>(keys: impl IntoIterator<Item = &'a str>) -> Self {
        let folder = |key| [Part::Text(format!("/{key}=")), parts::partition(key)];
        let file = Part::Text("/part".to_owned());
        Self { parts: keys.into_iter().flat_map(folder).chain([file]).collect(), is_partition: true }
    }

    /// What rules are told. None if all keys are the same, as far as is declared.
    pub fn pattern(&self) -> Option<KeyPattern> {
        let told = self.tell(&self.parts);
        Some(KeyPattern {
            class: told.class?,
            inner: told.inner,
            token: told.token.map(|it| it.to_string()),
            behind: told.behind.map(|it| it.to_string()),
            sampling: KeySampling::Template,
            confidence: Confidence::Medium,
            concentration: None,
            top_share: None,
            top_branch: None,
            effective_branches: None,
        })
    }

    fn tell(&self, parts: &[Part]) -> Told {
        let Some((first, rest)) = from_first_variable(parts) else { return Told::default() };
        match first {
            Part::Time(granularity) => self.tell_time(*granularity, rest),
            Part::Token(class, token) => {
                let behind = if *class == KeyClass::Hashed { self.behind(rest) } else { None };
                Told { class: Some(*class), token: Some(*token), inner: None, behind }
            }
            Part::Field | Part::Text(_) => self.tell_branches(rest),
        }
    }

    /// A time that is fine moves; so does a coarse one, unless something random follows within it.
    fn tell_time(&self, granularity: Granularity, rest: &[Part]) -> Told {
        let (finest, rest) = whole_time(granularity, rest);
        let after = match from_first_variable(rest) {
            Some((Part::Token(KeyClass::RandomId, _), _)) => Some(After::Uuid),
            Some((Part::Token(KeyClass::Hashed, _), _)) => Some(After::Hash),
            _ => None,
        };
        let is_coarse = finest <= Granularity::Hour;
        let after = after.filter(|_| is_coarse);
        let is_partitioned = is_coarse && (self.is_partition || after.is_some());
        let class = if is_partitioned { KeyClass::TimePartitioned } else { KeyClass::Sequential };
        Told { class: Some(class), token: Some(Token::Date(finest, after)), ..Told::default() }
    }

    /// A field that is a folder divides what follows into branches. Nobody says into how many.
    fn tell_branches(&self, rest: &[Part]) -> Told {
        let inner = after_folder(rest).map(|it| self.tell(it)).unwrap_or_default();
        let class = match inner.class {
            Some(KeyClass::Sequential | KeyClass::TimePartitioned | KeyClass::BranchedSequential) => {
                KeyClass::BranchedSequential
            }
            Some(KeyClass::Hashed | KeyClass::RandomId | KeyClass::Reversed) => {
                inner.class.unwrap_or(KeyClass::Natural)
            }
            _ => KeyClass::Natural,
        };
        Told { class: Some(class), inner: inner.inner.or(inner.class), ..inner }
    }

    fn behind(&self, rest: &[Part]) -> Option<Behind> {
        let told = self.tell(rest);
        match told.class? {
            KeyClass::Sequential | KeyClass::TimePartitioned => told.token.map(Behind::Token),
            KeyClass::BranchedSequential => Some(Behind::Tenant),
            _ => None,
        }
    }
}

/// The first part that differs between keys, and what follows it.
fn from_first_variable(parts: &[Part]) -> Option<(&Part, &[Part])> {
    let at = parts.iter().position(|it| !matches!(it, Part::Text(_)))?;
    Some((&parts[at], &parts[at + 1..]))
}

/// The finest part of a time that is written in several, and what follows it.
fn whole_time(mut finest: Granularity, mut rest: &[Part]) -> (Granularity, &[Part]) {
    loop {
        rest = match rest {
            [Part::Time(finer), after @ ..] => {
                finest = finest.max(*finer);
                after
            }
            [Part::Text(text), Part::Time(finer), after @ ..] if joins(text) => {
                finest = finest.max(*finer);
                after
            }
            _ => return (finest, rest),
        }
    }
}

/// Whether a text between two times makes them one: signs, and maybe `hour=`.
fn joins(text: &str) -> bool {
    let name = text.trim_start_matches(['-', '_', '/', '.', 'T', ':', ' ']);
    let is_name = |it: &str| it.chars().all(|it| it.is_ascii_lowercase() || it == '_');
    name.is_empty() || name.strip_suffix('=').is_some_and(is_name)
}

/// What follows the folder that a field is in; None if more than fields and text are in it.
fn after_folder(rest: &[Part]) -> Option<&[Part]> {
    let is_end =
        |it: &Part| !matches!(it, Part::Field) && !matches!(it, Part::Text(text) if !text.contains('/'));
    let end = rest.iter().position(is_end)?;
    matches!(rest[end], Part::Text(_)).then(|| &rest[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn told(template: &KeyTemplate, expected: &str) {
        let name = |it: KeyClass| format!("{it:?}");
        let text = template.pattern().map_or("nothing".to_owned(), |it| {
            let told = [
                Some(name(it.class)),
                it.inner.map(name),
                it.token,
                it.behind.map(|it| format!("behind {it}")),
            ];
            told.into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
        assert_eq!(text, expected);
    }

    #[track_caller]
    fn declared(text: &str, expected: &str) {
        told(&KeyTemplate::declared(text).unwrap(), expected);
    }

    #[track_caller]
    fn firehose(prefix: &str, expected: &str) {
        told(&KeyTemplate::firehose(prefix).unwrap(), expected);
    }

    #[test]
    fn of_owners() {
        declared("{date:yyyy-MM-dd}/{uuid}", "TimePartitioned date/day+uuid");
        declared("logs/{date:yyyy/MM/dd/HH}/{counter}.log", "Sequential date/hour");
        declared("{date:yyyy}/{date:MM}-{date:dd}T{date:HHmm}/{uuid}", "Sequential date/minute");
        declared("dt={date}/hour={date:HH}/part-{hash}", "TimePartitioned date/hour+hash");
        declared(
            "{hash:4}-{date:yyyy-MM-dd-HH-mm-ss}/{customer}/photo.jpg",
            "Hashed hex:4 behind date/second",
        );
        declared("{hash}.jpg", "Hashed hex:6");
        declared("{hash:2}/{tenant}/{date}/{counter}", "Hashed hex:2 behind tenant");
        declared("img-{counter}.jpg", "Sequential counter");
        declared("uploads/{uuid7}", "Sequential uuid7");
        declared("{uuid}", "RandomId uuid4");
        declared("{reversed-epoch}", "Reversed epoch");
        declared("{tenant}/{date}/{counter}.json", "BranchedSequential Sequential date/day");
        declared("{region}-{tenant}/x/{date}/{uuid}", "BranchedSequential TimePartitioned date/day+uuid");
        declared("{region}/{tenant}/{date}/x", "BranchedSequential Sequential date/day");
        declared("{tenant}/{uuid}", "RandomId RandomId uuid4");
        declared("users/{name}/avatar.png", "Natural");
        declared("{tenant}-{date}/x", "Natural");
        declared("{date:yyyy'm'}/x", "Sequential date/year");
        declared("index.html", "nothing");
    }

    #[test]
    fn of_owners_who_are_mistaken() {
        let error = |it| KeyTemplate::declared(it).unwrap_err().to_string();
        assert_eq!(error("a/{date"), "`{date` is not closed");
        assert_eq!(
            error("{date:'yyyy'}"),
            "`'yyyy'` has no year, month, day, hour, minute or second: write it as in `yyyy-MM-dd/HH`"
        );
        assert_eq!(error("{hash:four}"), "`four` is no number of characters");
    }

    #[test]
    fn of_firehose() {
        firehose("", "TimePartitioned date/hour");
        firehose("logs/", "TimePartitioned date/hour");
        firehose(
            "data/year=!{timestamp:yyyy}/month=!{timestamp:MM}/day=!{timestamp:dd}/",
            "TimePartitioned date/day",
        );
        firehose("!{timestamp:yyyy/MM/dd/HH/mm}/", "Sequential date/minute");
        firehose("!{firehose:random-string}/!{timestamp:yyyy/MM/dd}/", "Hashed base62:6 behind date/day");
        firehose(
            "p/!{partitionKeyFromQuery:customer_id}/!{timestamp:yyyy/MM/dd/HH}/",
            "BranchedSequential TimePartitioned date/hour",
        );
        firehose("!{partitionKeyFromLambda:customer_id}/", "BranchedSequential Sequential date/second");
    }

    #[test]
    fn of_tables() {
        told(&KeyTemplate::partitions(["dt"]), "TimePartitioned date/day");
        told(&KeyTemplate::partitions(["year", "month", "day", "hour"]), "TimePartitioned date/hour");
        told(&KeyTemplate::partitions(["tenant", "dt"]), "BranchedSequential TimePartitioned date/day");
        told(&KeyTemplate::partitions(["region"]), "Natural");
        told(&KeyTemplate::partitions([]), "nothing");
    }
}
