//! What was looked at, and what could not be.

use std::collections::{BTreeMap, BTreeSet};

use archlint_schema::{Reason, Resources, Unknown};

use super::arn::GLOBAL;
use super::item::Item;
use super::journal::Part;

/// An account and a region; absent where nobody said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
}

/// What was seen of each place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Coverage(BTreeMap<Place, Seen>);

#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Kinds of which every resource was listed.
    pub(crate) complete: BTreeSet<String>,
    /// Kinds that could not be listed.
    pub(crate) not_collected: BTreeMap<String, Unknown>,
}

impl Coverage {
    /// What was seen of a region of an account; what is in no region stands under `global`.
    pub(crate) fn of(&mut self, account: &str, region: &str) -> &mut Seen {
        let place = Place { account: Some(account.to_owned()), region: Some(region.to_owned()) };
        self.0.entry(place).or_default()
    }

    /// The same of every place, as of files that do not tell where they are from.
    pub(crate) fn everywhere(seen: Seen) -> Self {
        Self([(Place::default(), seen)].into())
    }

    /// What the parts of a scan hold, and what they say that they do not.
    pub(crate) fn gathered(parts: Vec<Part>) -> (Vec<Item>, Self) {
        let (mut items, mut coverage) = (Vec::new(), Self::default());
        for part in parts {
            items.extend(part.items);
            let seen = coverage.of(&part.place.account, &part.place.region);
            seen.complete.extend(part.complete);
            for it in part.not_collected {
                seen.not_collected.entry(it.kind).or_insert(Unknown::new(Reason::NotCollected, it.why));
            }
        }
        (items, coverage)
    }

    /// The kinds that were listed completely in all of some regions of an account.
    pub(crate) fn complete(&self, places: &[&Place]) -> BTreeSet<String> {
        let all = places.iter().map(|it| self.complete_in(it));
        let all = all.reduce(|a, b| a.intersection(&b).copied().collect());
        all.into_iter().flatten().cloned().collect()
    }

    /// The kinds that could not be listed in some region, with the first reason. What one source could not see and
    /// another did is seen; what somebody may have observed is no list, and has no gaps but those that are told of one
    /// resource: `Archlint::S3::KeyPopulation.photos`.
    pub(crate) fn not_collected(&self, places: &[&Place]) -> BTreeMap<String, Unknown> {
        let mut all = BTreeMap::new();
        for place in places {
            let complete = self.complete_in(place);
            let missing = self.about(place).flat_map(|seen| &seen.not_collected);
            for (kind, why) in missing.filter(|(kind, _)| !complete.contains(kind) && !is_unlisted(kind)) {
                all.entry(kind.clone()).or_insert_with(|| why.clone());
            }
        }
        all
    }

    /// The regions of which something could not be listed.
    pub(crate) fn with_gaps(&self) -> impl Iterator<Item = &Place> {
        let regions = self.0.keys().filter(|it| it.region.as_deref().is_some_and(|it| it != GLOBAL));
        regions.filter(|it| !self.not_collected(&[*it]).is_empty())
    }

    fn complete_in<'a>(&'a self, place: &'a Place) -> BTreeSet<&'a String> {
        self.about(place).flat_map(|seen| &seen.complete).collect()
    }

    fn about<'a>(&'a self, place: &'a Place) -> impl Iterator<Item = &'a Seen> {
        let is_about = move |it: &Place| {
            it == place
                || *it == Place::default()
                || it.account == place.account && it.region.as_deref() == Some(GLOBAL)
        };
        self.0.iter().filter(move |(it, _)| is_about(it)).map(|(_, seen)| seen)
    }
}

/// A kind of what is observed, as a whole.
fn is_unlisted(kind: &str) -> bool {
    Resources::is_observed(kind) && !kind.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_regions_are_complete_where_each_is() {
        let mut coverage = Coverage::default();
        coverage.of("1", "a").complete = ["X", "Y", "Z"].map(str::to_owned).into();
        coverage.of("1", "b").complete = ["X", "Z"].map(str::to_owned).into();
        coverage.of("1", "b").not_collected = ["Y", "Z", "Archlint::S3::BucketMetrics"]
            .map(|it| (it.to_owned(), Reason::NotCollected.into()))
            .into();
        coverage.of("1", GLOBAL).complete = ["G".to_owned()].into();
        let [a, b] = ["a", "b"].map(|it| Place { account: Some("1".into()), region: Some(it.into()) });
        assert_eq!(coverage.complete(&[&a]), ["G", "X", "Y", "Z"].map(str::to_owned).into());
        assert_eq!(coverage.complete(&[&a, &b]), ["G", "X", "Z"].map(str::to_owned).into());
        assert_eq!(coverage.not_collected(&[&a, &b]).into_keys().collect::<Vec<_>>(), ["Y"]);
        assert!(coverage.not_collected(&[&a]).is_empty());
        assert_eq!(coverage.with_gaps().collect::<Vec<_>>(), [&b]);
    }
}
