//! The path of a finding: the rule's own steps, and the chains behind the facts that it cites.

use archlint_schema::{Evidence, Finding, Key, Verdicts};

use crate::facts::{Because, Step};

/// The first fact that a finding cites and that nothing derived: its resource and its name.
pub(crate) fn unfounded<'a>(verdicts: &'a Verdicts, because: &Because) -> Option<(&'a Key, &'a str)> {
    let cited = verdicts.findings.iter().flat_map(|it| &it.evidence);
    let facts = cited.filter_map(|it| match it {
        Evidence::Fact { resource, name } => Some((resource, name.as_str())),
        Evidence::Step { .. } => None,
    });
    facts.into_iter().find(|(resource, name)| because.chain(resource, name).is_none())
}

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
                add(Step::new(resource, path, message));
            }
            Evidence::Fact { resource, name } => {
                because.chain(resource, name).into_iter().flatten().for_each(|it| add(it.clone()));
            }
        }
    }
    if steps.is_empty() {
        steps.push(Step::new(&finding.resource, &finding.path, &finding.message));
    }
    steps
}

/// The resources that the evidence names and leads to, in order.
pub(super) fn way(finding: &Finding, because: &Because) -> Vec<Key> {
    let mut way = Vec::new();
    for evidence in &finding.evidence {
        match evidence {
            Evidence::Step { resource, .. } => way.push(resource.clone()),
            Evidence::Fact { resource, name } => {
                way.push(resource.clone());
                for step in because.chain(resource, name).into_iter().flatten() {
                    way.extend([Some(step.resource.clone()), step.leads_to.clone()].into_iter().flatten());
                }
            }
        }
    }
    way
}
