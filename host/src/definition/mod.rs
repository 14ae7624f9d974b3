//! A rule's definition: what it checks, why, how to fix it, and tested examples. Plugins hand it over; the host
//! never reads `rules/`.

mod error;
mod examples;
mod names;
mod parameters;

use archlint_schema::{Needs, Severity};
use serde::{Deserialize, Serialize};

pub use error::DefinitionError;
pub use examples::{Example, ExampleKind};
pub use names::{RuleNames, closest};

/// A parsed definition.
#[derive(Debug, Clone)]
pub struct Definition {
    pub code: String,
    pub slug: String,
    pub title: String,
    pub pillar: Pillar,
    pub best_practices: Vec<BestPractice>,
    pub severity: Severity,
    /// Environments in which the severity holds; none: everywhere.
    pub env_scope: Vec<String>,
    /// The severity in other environments; absent: one level lower.
    pub severity_outside_scope: Option<Severity>,
    pub needs: Needs,
    /// A JSON Schema of the parameters object.
    pub parameters: Option<serde_json::Value>,
    /// Rules whose finding makes one of this rule redundant.
    pub subsumed_by: Vec<String>,
    pub references: Vec<String>,
    pub why: String,
    pub fix: String,
    pub examples: Vec<Example>,
}

/// A pillar of the AWS Well-Architected Framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Pillar {
    Operations,
    Security,
    Reliability,
    Performance,
    Cost,
    Sustainability,
}

/// A best practice of the Framework. Ids are renumbered between editions, so one goes with its edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BestPractice {
    pub id: String,
    pub edition: String,
}

#[derive(Deserialize)]
struct FrontMatter {
    code: String,
    slug: String,
    title: String,
    pillar: Pillar,
    best_practices: Vec<BestPractice>,
    severity: Severity,
    #[serde(default)]
    env_scope: Vec<String>,
    severity_outside_scope: Option<Severity>,
    needs: Needs,
    parameters: Option<serde_json::Value>,
    #[serde(default)]
    subsumed_by: Vec<String>,
    references: Vec<String>,
}

const SCHEMA: &str = include_str!("../../../schemas/rule.schema.json");

impl Definition {
    /// Parses a definition. `origin` names it in errors: a file, or a plugin.
    pub fn parse(origin: &str, text: &str) -> Result<Self, DefinitionError> {
        let (front, body) = split(text).ok_or_else(|| DefinitionError::front_matter(origin))?;
        let json: serde_json::Value = toml::from_str(&text[front.clone()])
            .map_err(|error| DefinitionError::toml(origin, text, front.start, &error))?;
        let front: FrontMatter = match serde_json::from_value(json.clone()) {
            Ok(it) => it,
            // The schema tells better what is wrong, and where.
            Err(error) => {
                return Err(invalid(origin, text, &json)
                    .unwrap_or_else(|| DefinitionError::schema(origin, text, "", &error.to_string())));
            }
        };
        let section = |title: &str| {
            examples::section(text, body, title).ok_or_else(|| DefinitionError::section(origin, title))
        };
        let (why, fix) = (section("Why")?, section("How to fix")?);
        Ok(Self {
            code: front.code,
            slug: front.slug,
            title: front.title,
            pillar: front.pillar,
            best_practices: front.best_practices,
            severity: front.severity,
            env_scope: front.env_scope,
            severity_outside_scope: front.severity_outside_scope,
            needs: front.needs,
            parameters: front.parameters,
            subsumed_by: front.subsumed_by,
            references: front.references,
            why,
            fix,
            examples: examples::parse(origin, text, body)?,
        })
    }

    /// Parses a definition and holds it against `schemas/rule.schema.json`: for definitions that no test of this
    /// repository has read.
    pub fn parse_strictly(origin: &str, text: &str) -> Result<Self, DefinitionError> {
        let definition = Self::parse(origin, text)?;
        let (front, _) = split(text).ok_or_else(|| DefinitionError::front_matter(origin))?;
        let json = toml::from_str(&text[front.clone()])
            .map_err(|error| DefinitionError::toml(origin, text, front.start, &error))?;
        invalid(origin, text, &json).map_or(Ok(definition), Err)
    }
}

/// The front matter of a definition, as it is written.
pub fn front_matter(text: &str) -> Option<&str> {
    split(text).map(|(front, _)| &text[front])
}

/// The first way in which front matter departs from the schema.
fn invalid(origin: &str, text: &str, front: &serde_json::Value) -> Option<DefinitionError> {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("the embedded schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the embedded schema is a JSON Schema");
    let error = validator.iter_errors(front).next()?;
    let path = error.instance_path().to_string();
    Some(DefinitionError::schema(origin, text, &path, &error.to_string()))
}

/// The byte range of the front matter, and the offset at which the body begins.
fn split(text: &str) -> Option<(std::ops::Range<usize>, usize)> {
    let start = text.strip_prefix("+++\n").map(|_| 4)?;
    let end = start + text[start..].find("\n+++\n")?;
    Some((start..end + 1, end + "\n+++\n".len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALID: &str = "+++\ncode = \"NET999\"\nslug = \"a-b\"\ntitle = \"t\"\npillar = \"cost\"\n\
        best_practices = [{ id = \"REL10-BP01\", edition = \"2024-11-06\" }]\nseverity = \"low\"\n\
        references = [\"https://docs.aws.amazon.com/\"]\nneeds = { kinds = [\"AWS::EC2::VPC\"] }\n\
        [parameters]\ntype = \"object\"\n[parameters.properties.min]\ntype = \"integer\"\ndefault = 2\n+++\n\
        # NET999 a-b\n\n## Why\n\nbecause\n\n## How to fix\n\nmend it\n\n## Examples\n\n### one\n\n\
        ```yaml bad\nResources: {}\n```\n\n```text findings\nA : x\n```\n\n### two\n\n```yaml good\nResources: {}\n```\n";

    #[test]
    fn a_definition_is_read_whole() {
        let it = Definition::parse_strictly("t", VALID).unwrap();
        assert_eq!((it.code.as_str(), it.why.as_str(), it.fix.as_str()), ("NET999", "because", "mend it"));
        assert_eq!(it.examples.len(), 2);
        assert_eq!(it.examples[0].expected, ["A : x"]);
        let span = it.examples[0].expected_span.clone().unwrap();
        assert_eq!(&VALID[span], "A : x\n");
        assert_eq!(it.parameters(None).unwrap(), r#"{"min":2}"#);
        assert_eq!(it.parameters(Some(&serde_json::json!({"min": 3}))).unwrap(), r#"{"min":3}"#);
        assert!(it.parameters(Some(&serde_json::json!({"min": "x"}))).is_err());
    }

    #[test]
    fn a_misspelt_key_is_shown() {
        let error = Definition::parse_strictly("t", &VALID.replace("title =", "titel =")).unwrap_err();
        assert!(error.to_string().contains("titel") || error.to_string().contains("title"), "{error}");
        let error = Definition::parse_strictly("t", &VALID.replace("\"low\"", "\"grave\"")).unwrap_err();
        assert!(error.to_string().contains("grave"), "{error}");
    }

    #[test]
    fn an_example_may_be_a_snapshot() {
        let it = Definition::parse("t", &VALID.replace("```yaml good", "```json snapshot good")).unwrap();
        let examples: Vec<_> = it.examples.iter().map(|it| (it.kind, it.is_snapshot)).collect();
        assert_eq!(examples, [(ExampleKind::Bad, false), (ExampleKind::Good, true)]);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(cut in any::<prop::sample::Index>(), noise in ".{0,20}") {
            let mut at = cut.index(VALID.len());
            while !VALID.is_char_boundary(at) {
                at -= 1;
            }
            let text = format!("{}{noise}{}", &VALID[..at], &VALID[at..]);
            let _ = Definition::parse_strictly("t", &text);
            let _ = Definition::parse_strictly("t", &noise);
        }
    }
}
