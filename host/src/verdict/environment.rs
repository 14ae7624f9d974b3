//! The environment of a resource (rules.md 1.2): some rules weigh less outside production.

use archlint_schema::{Key, Severity, Snapshot};

/// Tags that name the environment, in order of precedence.
const TAGS: &[&str] = &["Environment", "environment", "env", "Env", "Stage", "stage"];

/// Values that mean an environment other than production. Anything else, and nothing, counts as production.
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

/// The severity of a finding about a resource, one level lower where the rule's scope does not include the
/// resource's environment.
pub(super) fn scoped(severity: Severity, scope: &[String], snapshot: &Snapshot, resource: &Key) -> Severity {
    let environment = if is_nonprod(snapshot, resource) { "nonprod" } else { "prod" };
    if scope.is_empty() || scope.iter().any(|it| it == environment) {
        return severity;
    }
    match severity {
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}

fn is_nonprod(snapshot: &Snapshot, resource: &Key) -> bool {
    let Some((_, meta)) = snapshot.meta(resource) else { return false };
    let named = TAGS.iter().find_map(|tag| meta.tag(tag).known().cloned().flatten());
    named.is_some_and(|it| NONPROD.contains(&it.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlint_schema::{Meta, Value, Vpc};

    #[track_caller]
    fn check(tag: &str, value: &str, expected: Severity) {
        let mut meta = Meta::new("vpc", "vpc");
        meta.tags = Value::Known([(tag.to_owned(), Value::Known(value.to_owned()))].into());
        let mut snapshot = Snapshot::default();
        snapshot.resources.vpcs.push(Vpc { meta, cidr: Value::default(), is_default: Value::default() });
        assert_eq!(scoped(Severity::High, &["prod".to_owned()], &snapshot, &Key::from("vpc")), expected);
    }

    #[test]
    fn only_what_says_so_is_not_production() {
        check("Environment", "Dev", Severity::Medium);
        check("stage", "staging", Severity::Medium);
        check("Environment", "prod", Severity::High);
        check("Environment", "blue", Severity::High);
        check("Owner", "dev", Severity::High);
    }
}
