//! Which findings a suppression is about.

use std::collections::{BTreeSet, HashMap};

use archlint_schema::Key;

use crate::source::{ResourcePattern, Scenario};
use crate::verdict::Finding;

#[derive(Debug, Clone)]
pub enum Scope {
    /// Those about the resources that an entry of the settings means.
    Resources(ResourcePattern),
    /// Those about the resource or the property that stands at a line.
    Line { file: String, line: usize },
    /// Those about a resource, or about a part of it.
    Resource { key: Key, path: String },
}

impl Scope {
    pub(super) fn is_in_source(&self) -> bool {
        !matches!(self, Self::Resources(_))
    }

    pub(super) fn covers(&self, finding: &Finding, scenario: &Scenario) -> bool {
        let resource = &finding.resource.key;
        match self {
            Self::Resources(pattern) => pattern.covers(resource, &scenario.snapshot),
            Self::Line { file, line } => {
                let origins = &scenario.origins;
                origins
                    .places(resource, &finding.path)
                    .any(|it| it.start.line == *line && origins.file(&it).name == *file)
            }
            Self::Resource { key, path } => key == resource && is_within(&finding.path, path),
        }
    }
}

/// Scopes by what they are about, so that a finding is not held against every one of them.
pub(super) struct ByScope<'a> {
    of_settings: Vec<usize>,
    by_line: HashMap<(&'a str, usize), Vec<usize>>,
    by_resource: HashMap<&'a Key, Vec<usize>>,
}

impl<'a> ByScope<'a> {
    pub(super) fn of(scopes: impl Iterator<Item = &'a Scope>) -> Self {
        let mut by_scope =
            Self { of_settings: Vec::new(), by_line: HashMap::new(), by_resource: HashMap::new() };
        for (at, scope) in scopes.enumerate() {
            match scope {
                Scope::Resources(_) => by_scope.of_settings.push(at),
                Scope::Line { file, line } => by_scope.by_line.entry((file, *line)).or_default().push(at),
                Scope::Resource { key, .. } => by_scope.by_resource.entry(key).or_default().push(at),
            }
        }
        by_scope
    }

    /// The positions of those that may cover a finding, in order.
    pub(super) fn candidates(&self, finding: &Finding, scenario: &Scenario) -> BTreeSet<usize> {
        let (key, origins) = (&finding.resource.key, &scenario.origins);
        let lines = origins
            .places(key, &finding.path)
            .filter_map(|place| self.by_line.get(&(origins.file(&place).name.as_str(), place.start.line)));
        let all = lines.chain(self.by_resource.get(key)).chain([&self.of_settings]);
        all.flatten().copied().collect()
    }
}

/// Whether a path is another one, or goes on from it.
fn is_within(path: &str, whole: &str) -> bool {
    let rest = path.strip_prefix(whole);
    whole.is_empty() || rest.is_some_and(|it| it.is_empty() || it.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_told_from_one_whose_name_begins_like_it() {
        assert!(is_within("routes[1].target", "routes[1]"));
        assert!(is_within("routes[1]", "routes[1]"));
        assert!(is_within("routes[1]", ""));
        assert!(!is_within("routes[10]", "routes[1"));
        assert!(!is_within("routes", "routes[1]"));
        assert!(!is_within("cidr_block", "cidr"));
    }
}
