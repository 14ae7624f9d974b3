//! Some rules weigh less outside the environments that they are about (rules.md 1.2).

use archlint_schema::{Key, Severity, Snapshot};

/// The severity of a finding about a resource, one level lower where the rule's scope surely does not include the
/// resource's environment.
pub(super) fn scoped(severity: Severity, scope: &[String], snapshot: &Snapshot, resource: &Key) -> Severity {
    let class = snapshot.facts.environments.get(resource).and_then(|it| it.class.known());
    let is_outside = class.is_some_and(|class| !scope.is_empty() && !scope.contains(class));
    match severity {
        it if !is_outside => it,
        Severity::High => Severity::Medium,
        Severity::Medium => Severity::Low,
        Severity::Low | Severity::Info => Severity::Info,
    }
}
