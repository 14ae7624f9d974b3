//! How whole the lists of a snapshot are: what it does not contain may exist, unless something says that a list is
//! whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Key, Reason, Unknown, whole_of};

/// How whole the list of one kind is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Completeness {
    /// A live listing that was answered to its last page: there are no others.
    Whole,
    /// What is in a VPC, cluster, table or group that the source makes itself is listed; elsewhere there may be others:
    /// a template, a state, a complete plan.
    #[default]
    WithinParents,
    /// There may be others anywhere, and why.
    Partial(Unknown),
}

/// What the source looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Scope {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How whole the list of each kind is; parts that a snapshot holds within another resource (`AWS::EC2::Route`) are
    /// kinds too.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, Completeness>,
    /// How whole the lists are that are not named.
    #[serde(skip_serializing_if = "is_default")]
    pub other_lists: Completeness,
    /// By kind, the parents of which something in sight may be a member that nobody can tell: the route tables that a
    /// route may belong to whose table is a parameter.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub partial_within: BTreeMap<String, BTreeMap<Key, Unknown>>,
    /// Parents that may have members of any kind which are not in sight: something that nobody sees into was given them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub partial_parents: BTreeMap<Key, Unknown>,
}

fn is_default(it: &Completeness) -> bool {
    *it == Completeness::default()
}

impl Scope {
    /// How whole the list of a kind is; that of a part is as whole as that of what it is a part of, unless it is named.
    pub fn completeness(&self, kind: &str) -> &Completeness {
        let own = self.lists.get(kind).or_else(|| self.lists.get(whole_of(kind)?));
        own.unwrap_or(&self.other_lists)
    }

    /// Why there may be resources of a kind that the snapshot does not contain.
    pub fn unseen(&self, kind: &str) -> Option<Unknown> {
        match self.completeness(kind) {
            Completeness::Whole => self.partial_within.get(kind).and_then(|all| all.values().next().cloned()),
            Completeness::WithinParents => {
                Some(Unknown::new(Reason::NotCollected, format!("{kind} of other stacks")))
            }
            Completeness::Partial(why) => Some(why.clone()),
        }
    }

    /// Why there may be others even of what the source makes itself: the list was asked for and not answered, or it is
    /// written in a way that cannot be read. Settings of an account that a template leaves out have AWS's default;
    /// those of a list that is partial are not known.
    pub fn is_partial(&self, kind: &str) -> Option<&Unknown> {
        match self.completeness(kind) {
            Completeness::Whole | Completeness::WithinParents => None,
            Completeness::Partial(why) => Some(why),
        }
    }

    /// Why a parent may have members of a kind that the snapshot does not contain. `absent` says why the parent itself
    /// is not in the snapshot, where it is not.
    pub fn unseen_within(&self, kind: &str, parent: &Key, absent: Option<Unknown>) -> Option<Unknown> {
        let of_parent = || {
            let of_kind = self.partial_within.get(kind).and_then(|all| all.get(parent));
            of_kind.or_else(|| self.partial_parents.get(parent)).cloned()
        };
        match self.completeness(kind) {
            Completeness::Whole => of_parent(),
            Completeness::WithinParents => of_parent().or(absent),
            Completeness::Partial(why) => Some(why.clone()),
        }
    }

    /// Says that a kind may have members of one of some parents that nobody can tell.
    pub fn open_within<'k>(&mut self, kind: &str, parents: impl IntoIterator<Item = &'k Key>, why: &Unknown) {
        let open = self.partial_within.entry(kind.to_owned()).or_default();
        for parent in parents {
            open.entry(parent.clone()).or_insert_with(|| why.clone());
        }
    }

    /// Says that a parent may have members of any kind that are not in sight.
    pub fn open_parent(&mut self, parent: &Key, why: &Unknown) {
        self.partial_parents.entry(parent.clone()).or_insert_with(|| why.clone());
    }

    /// Says that the list of a kind may lack members, unless a reason is there already.
    pub fn open(&mut self, kind: &str, why: &Unknown) {
        if !matches!(self.completeness(kind), Completeness::Partial(_)) {
            self.lists.insert(kind.to_owned(), Completeness::Partial(why.clone()));
        }
    }

    /// Says that any list may lack members, unless a reason is there already.
    pub fn open_all(&mut self, why: &Unknown) {
        for list in self.lists.values_mut() {
            if !matches!(list, Completeness::Partial(_)) {
                *list = Completeness::Partial(why.clone());
            }
        }
        if !matches!(self.other_lists, Completeness::Partial(_)) {
            self.other_lists = Completeness::Partial(why.clone());
        }
    }

    /// Says that the list of a kind is whole, whatever was said before.
    pub fn assume_whole(&mut self, kind: &str) {
        self.lists.insert(kind.to_owned(), Completeness::Whole);
    }

    /// The kinds of which not everything was seen, with the reason; those that no list names have none of their own.
    pub fn partial(&self) -> impl Iterator<Item = (&str, &Unknown)> {
        self.lists.iter().filter_map(|(kind, list)| match list {
            Completeness::Partial(why) => Some((kind.as_str(), why)),
            Completeness::Whole | Completeness::WithinParents => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> Unknown {
        Unknown::new(Reason::NotCollected, text)
    }

    #[test]
    fn a_list_is_whole_only_where_something_says_so() {
        let mut scope = Scope::default();
        let (vpc, table) = (Key::from("vpc"), Key::from("table"));
        assert!(scope.unseen("AWS::EC2::Subnet").is_some());
        assert_eq!(scope.unseen_within("AWS::EC2::Subnet", &vpc, None), None);
        assert_eq!(scope.unseen_within("AWS::EC2::Subnet", &vpc, Some(why("a"))), Some(why("a")));
        scope.open_within("AWS::EC2::Route", [&table], &why("b"));
        assert_eq!(scope.unseen_within("AWS::EC2::Route", &table, None), Some(why("b")));
        assert_eq!(scope.unseen_within("AWS::EC2::Route", &vpc, None), None);
        scope.assume_whole("AWS::EC2::Subnet");
        assert_eq!(scope.unseen("AWS::EC2::Subnet"), None);
        scope.open_all(&why("c"));
        assert_eq!(scope.unseen_within("AWS::EC2::Subnet", &vpc, None), Some(why("c")));
        assert_eq!(scope.unseen_within("AWS::EC2::Route", &vpc, None), Some(why("c")));
    }

    #[test]
    fn the_first_reason_stays() {
        let mut scope = Scope::default();
        scope.open("AWS::EC2::VPC", &why("first"));
        scope.open("AWS::EC2::VPC", &why("second"));
        assert_eq!(scope.partial().collect::<Vec<_>>(), [("AWS::EC2::VPC", &why("first"))]);
    }
}
