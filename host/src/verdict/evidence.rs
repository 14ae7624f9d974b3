//! The path of a finding: the rule's own steps, and the chains behind the facts that it cites.

use archlint_schema::{Evidence, Finding};

use crate::facts::{Because, Step};

/// The steps in order, each place once. A finding without evidence still shows its own subject.
pub(super) fn expand(finding: &Finding, because: &Because) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut add = |step: Step| {
        if !steps.iter().any(|it| it.resource == step.resource && it.path == step.path) {
            steps.push(step);
        }
    };
    for evidence in &finding.evidence {
        match evidence {
            Evidence::Step { resource, path, message } => {
                add(Step { resource: resource.clone(), path: path.clone(), message: message.clone() });
            }
            Evidence::Fact { resource, name } => {
                because.chain(resource, name).into_iter().flatten().for_each(|it| add(it.clone()));
            }
        }
    }
    if steps.is_empty() {
        steps.push(Step {
            resource: finding.resource.clone(),
            path: finding.path.clone(),
            message: finding.message.clone(),
        });
    }
    steps
}
