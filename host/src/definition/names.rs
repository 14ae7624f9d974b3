//! What rules are called, and what a selector means: a code, a slug, or a family such as `NET*`.

use std::collections::{BTreeMap, BTreeSet};

use super::Definition;

/// The slugs of all rules by code, those that a run leaves out included.
#[derive(Debug, Clone, Default)]
pub struct RuleNames(BTreeMap<String, String>);

impl<'a> FromIterator<&'a Definition> for RuleNames {
    fn from_iter<T: IntoIterator<Item = &'a Definition>>(definitions: T) -> Self {
        Self(definitions.into_iter().map(|it| (it.code.clone(), it.slug.clone())).collect())
    }
}

impl RuleNames {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The codes that a selector means; none if it means nothing.
    pub fn matching(&self, selector: &str) -> BTreeSet<String> {
        let is_meant = |code: &str, slug: &str| match selector.strip_suffix('*') {
            Some(family) => code.get(..family.len()).is_some_and(|it| it.eq_ignore_ascii_case(family)),
            None => code.eq_ignore_ascii_case(selector) || slug == selector,
        };
        self.0.iter().filter(|(code, slug)| is_meant(code, slug)).map(|it| it.0.clone()).collect()
    }

    /// The code, slug or family that a selector without meaning was probably meant to be.
    pub fn suggestion(&self, selector: &str) -> Option<String> {
        let families: BTreeSet<String> = self.0.keys().map(|it| format!("{}*", &it[..3])).collect();
        let all = self.0.iter().flat_map(|(code, slug)| [code, slug]).chain(&families);
        closest(selector, all.map(String::as_str)).map(str::to_owned)
    }
}

/// The candidate that a misspelt word was probably meant to be.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |it: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &it.to_lowercase());
    let near = candidates.into_iter().map(|it| (distance(it), it));
    // A third of the letters may be wrong.
    near.filter(|(distance, it)| distance * 3 <= it.len().max(word.len())).min().map(|it| it.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> RuleNames {
        let rules = [("LBL001", "lb-in-private-subnet"), ("NET002", "nat-in-private"), ("NET006", "egress")];
        RuleNames(rules.map(|(code, slug)| (code.to_owned(), slug.to_owned())).into())
    }

    #[test]
    fn a_selector_is_a_code_a_slug_or_a_family() {
        let matching = |selector: &str| names().matching(selector).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(matching("NET006"), "NET006");
        assert_eq!(matching("net006"), "NET006");
        assert_eq!(matching("egress"), "NET006");
        assert_eq!(matching("NET*"), "NET002 NET006");
        assert_eq!(matching("*"), "LBL001 NET002 NET006");
        for nothing in ["NET", "NET00", "", "DBS*", "*06", "é*"] {
            assert_eq!(matching(nothing), "", "{nothing}");
        }
    }

    #[test]
    fn a_misspelt_selector_has_a_suggestion_and_another_word_has_none() {
        let suggestion = |selector: &str| names().suggestion(selector);
        assert_eq!(suggestion("NET06").as_deref(), Some("NET006"));
        assert_eq!(suggestion("egres").as_deref(), Some("egress"));
        assert_eq!(suggestion("NETT*").as_deref(), Some("NET*"));
        assert_eq!(suggestion("lb-in-privat-subnets").as_deref(), Some("lb-in-private-subnet"));
        assert_eq!(suggestion("something-else"), None);
    }
}
