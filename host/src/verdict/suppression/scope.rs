//! Which findings a suppression is about.

use archlint_schema::Key;
use wildmatch::WildMatch;

use crate::source::Scenario;
use crate::verdict::Finding;

#[derive(Debug, Clone)]
pub enum Scope {
    /// Those about resources with such an address and such a tag, where they are given.
    Resources { address: Option<WildMatch>, tag: Option<Tag> },
    /// Those about the resource or the property that stands at a line.
    Line { file: String, line: usize },
    /// Those about a resource, or about a part of it.
    Resource { key: Key, path: String },
}

/// A tag that a resource has, with any value or a certain one.
#[derive(Debug, Clone)]
pub struct Tag {
    key: String,
    value: Option<String>,
}

impl Scope {
    /// From what settings say: a pattern of addresses, and `Key` or `Key=Value`.
    pub(crate) fn resources(address: Option<&str>, tag: Option<&str>) -> Self {
        let tag = tag.map(|it| match it.split_once('=') {
            Some((key, value)) => Tag { key: key.to_owned(), value: Some(value.to_owned()) },
            None => Tag { key: it.to_owned(), value: None },
        });
        Self::Resources { address: address.map(WildMatch::new), tag }
    }

    pub(super) fn is_in_source(&self) -> bool {
        !matches!(self, Self::Resources { .. })
    }

    pub(super) fn covers(&self, finding: &Finding, scenario: &Scenario) -> bool {
        let resource = &finding.resource.key;
        match self {
            Self::Resources { address, tag } => {
                address.as_ref().is_none_or(|it| it.matches(resource.as_str()))
                    && tag.as_ref().is_none_or(|it| it.is_on(resource, scenario))
            }
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

impl Tag {
    /// A tag whose value is not known is not the one that somebody named.
    fn is_on(&self, resource: &Key, scenario: &Scenario) -> bool {
        let tag = scenario.snapshot.meta(resource).map(|(_, meta)| meta.tag(&self.key));
        match tag.as_ref().and_then(|it| it.known()) {
            Some(Some(value)) => self.value.as_ref().is_none_or(|it| it == value),
            _ => false,
        }
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
