//! Findings that another finding already tells.

use std::collections::BTreeSet;

use archlint_schema::Key;

use super::{Definitions, Finding};

/// Drops a finding where a rule named in its `subsumed_by` reports the same resource, or one in its evidence,
/// in the same scenario.
pub(super) fn without_subsumed(findings: Vec<Finding>, definitions: &Definitions) -> Vec<Finding> {
    let reported: BTreeSet<(String, Key)> =
        findings.iter().map(|it| (it.rule.clone(), it.resource.key.clone())).collect();
    let is_subsumed = |finding: &Finding| {
        let by = &finding.definition(definitions).subsumed_by;
        let about =
            std::iter::once(&finding.resource.key).chain(finding.evidence.iter().map(|it| &it.resource));
        about.into_iter().any(|key| by.iter().any(|rule| reported.contains(&(rule.clone(), key.clone()))))
    };
    findings.into_iter().filter(|it| !is_subsumed(it)).collect()
}
