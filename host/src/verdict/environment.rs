//! Some rules weigh less outside the environments that they are about (rules.md 1.2).

use archlint_schema::{Key, Severity, Snapshot};

use crate::definition::Definition;

/// The severity of a finding about a resource: where the rule's scope surely does not include the resource's
/// environment, one level lower, and no higher than the definition says.
pub(super) fn scoped(severity: Severity, rule: &Definition, snapshot: &Snapshot, resource: &Key) -> Severity {
    let class = snapshot.facts.environments.get(resource).and_then(|it| it.class.known());
    let is_outside = class.is_some_and(|class| !rule.env_scope.is_empty() && !rule.env_scope.contains(class));
    let lower = match severity {
        it if !is_outside => return it,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    };
    rule.severity_outside_scope.map_or(lower, |it| it.min(lower))
}

#[cfg(test)]
mod tests {
    use super::*;
    use archlint_schema::{EnvironmentFacts, Value};

    const DEFINITION: &str = include_str!("../../../rules/database/rds-single-az.md");

    #[test]
    fn outside_the_scope_it_drops_one_level_or_to_what_the_definition_says() {
        let mut snapshot = Snapshot::default();
        for class in ["prod", "nonprod"] {
            let facts = EnvironmentFacts { name: Value::default(), class: Value::Known(class.to_owned()) };
            snapshot.facts.environments.insert(Key::from(class), facts);
        }
        let mut rule = Definition::parse("test", DEFINITION).unwrap();
        for (outside, expected) in [
            (None, [Severity::Medium, Severity::Low]),
            (Some(Severity::Low), [Severity::Low, Severity::Low]),
            (Some(Severity::High), [Severity::Medium, Severity::Low]),
        ] {
            rule.severity_outside_scope = outside;
            for (severity, expected) in [Severity::High, Severity::Medium].into_iter().zip(expected) {
                let scoped = |class: &str| scoped(severity, &rule, &snapshot, &Key::from(class));
                assert_eq!(scoped("prod"), severity);
                assert_eq!(scoped("nonprod"), expected, "{outside:?}");
                assert_eq!(scoped("unheard of"), severity);
            }
        }
    }
}
