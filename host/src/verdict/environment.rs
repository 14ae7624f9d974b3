//! The environment of a resource (rules.md 1.2): some rules weigh less outside production.

use std::collections::BTreeMap;

use archlint_schema::{Key, Severity, Snapshot};
use serde::{Deserialize, Serialize};

/// Tags that name the environment, in order of precedence.
const TAGS: &[&str] = &["Environment", "environment", "env", "Env", "Stage", "stage"];

/// Values that mean an environment other than production.
const NONPROD: &[&str] = &[
    "dev",
    "develop",
    "development",
    "test",
    "testing",
    "tst",
    "qa",
    "stage",
    "staging",
    "stg",
    "sandbox",
    "sbx",
    "nonprod",
    "non-prod",
    "uat",
    "int",
    "integration",
    "demo",
    "preview",
    "lab",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnvironmentName {
    Prod,
    Nonprod,
}

impl EnvironmentName {
    /// As an `env_scope` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prod => "prod",
            Self::Nonprod => "nonprod",
        }
    }
}

/// How the environment of a resource is told.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Tags that name it, in order of precedence.
    pub tag_keys: Vec<String>,
    /// What their values mean, in lower case.
    pub map: BTreeMap<String, EnvironmentName>,
    /// What any other value means, and no tag at all.
    pub default: EnvironmentName,
}

impl Default for Environment {
    fn default() -> Self {
        let nonprod = NONPROD.iter().map(|it| ((*it).to_owned(), EnvironmentName::Nonprod));
        let prod = ["prod", "production", "prd"].map(|it| (it.to_owned(), EnvironmentName::Prod));
        Self {
            tag_keys: TAGS.iter().map(|it| (*it).to_owned()).collect(),
            map: nonprod.chain(prod).collect(),
            default: EnvironmentName::Prod,
        }
    }
}

impl Environment {
    /// The severity of a finding about a resource, one level lower where the rule's scope does not include the
    /// resource's environment.
    pub(super) fn scoped(
        &self,
        severity: Severity,
        scope: &[String],
        snapshot: &Snapshot,
        resource: &Key,
    ) -> Severity {
        if scope.is_empty() || scope.iter().any(|it| it == self.of(snapshot, resource).as_str()) {
            return severity;
        }
        match severity {
            Severity::High => Severity::Medium,
            Severity::Medium => Severity::Low,
            Severity::Low | Severity::Info => Severity::Info,
        }
    }

    fn of(&self, snapshot: &Snapshot, resource: &Key) -> EnvironmentName {
        let named = snapshot.meta(resource).and_then(|(_, meta)| {
            self.tag_keys.iter().find_map(|tag| meta.tag(tag).known().cloned().flatten())
        });
        named.and_then(|it| self.map.get(&it.to_lowercase()).copied()).unwrap_or(self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlint_schema::{Meta, Value, Vpc};

    #[track_caller]
    fn check(environment: &Environment, tag: &str, value: &str, expected: Severity) {
        let mut meta = Meta::new("vpc", "vpc");
        meta.tags = Value::Known([(tag.to_owned(), Value::Known(value.to_owned()))].into());
        let mut snapshot = Snapshot::default();
        snapshot.resources.vpcs.push(Vpc { meta, cidr: Value::default(), is_default: Value::default() });
        let scope = ["prod".to_owned()];
        assert_eq!(environment.scoped(Severity::High, &scope, &snapshot, &Key::from("vpc")), expected);
    }

    #[test]
    fn only_what_says_so_is_not_production() {
        let usual = Environment::default();
        check(&usual, "Environment", "Dev", Severity::Medium);
        check(&usual, "stage", "staging", Severity::Medium);
        check(&usual, "Environment", "prod", Severity::High);
        check(&usual, "Environment", "blue", Severity::High);
        check(&usual, "Owner", "dev", Severity::High);
    }

    #[test]
    fn a_caller_has_tags_values_and_a_default_of_its_own() {
        let mut own = Environment {
            tag_keys: vec!["tier".to_owned()],
            default: EnvironmentName::Nonprod,
            ..Environment::default()
        };
        own.map.insert("blue".to_owned(), EnvironmentName::Prod);
        check(&own, "tier", "Blue", Severity::High);
        check(&own, "tier", "prod", Severity::High);
        check(&own, "tier", "green", Severity::Medium);
        check(&own, "Environment", "prod", Severity::Medium);
    }
}
