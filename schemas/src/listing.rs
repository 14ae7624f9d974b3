//! The one way to read a list: it iterates what is in sight, and knows why there may be more.

use std::slice::Iter;

use crate::{Unknown, Value};

/// Resources of one kind, or members of one parent, as far as they are in sight.
///
/// Its questions have three answers: what one member proves is true however partial the list is; what would take every
/// member to prove is known only where the list is whole.
#[derive(Debug)]
pub struct Listing<'a, T> {
    members: &'a [T],
    unseen: Option<Unknown>,
}

impl<'a, T> Listing<'a, T> {
    /// A list, and why it may lack members.
    pub fn new(members: &'a [T], unseen: Option<Unknown>) -> Self {
        Self { members, unseen }
    }

    /// The members in sight.
    pub fn iter(&self) -> Iter<'a, T> {
        self.members.iter()
    }

    /// Why there may be members out of sight.
    pub fn unseen(&self) -> Option<&Unknown> {
        self.unseen.as_ref()
    }

    /// Whether any member satisfies, in sight or not.
    pub fn any(&self, satisfies: impl FnMut(&'a T) -> Value<bool>) -> Value<bool> {
        let seen = Value::any(self.members.iter().map(satisfies));
        match &self.unseen {
            Some(why) => seen.or(Value::Unknown(why.clone())),
            None => seen,
        }
    }

    /// Whether every member satisfies, in sight or not.
    pub fn all(&self, mut satisfies: impl FnMut(&'a T) -> Value<bool>) -> Value<bool> {
        self.any(|member| satisfies(member).negate()).negate()
    }

    /// Whether no member satisfies.
    pub fn none(&self, satisfies: impl FnMut(&'a T) -> Value<bool>) -> Value<bool> {
        self.any(satisfies).negate()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> Value<bool> {
        self.none(|_| Value::Known(true))
    }

    /// How many members there are; unknown where there may be more than those in sight.
    pub fn count(&self) -> Value<usize> {
        match &self.unseen {
            Some(why) => Value::Unknown(why.clone()),
            None => Value::Known(self.members.len()),
        }
    }

    /// The only member; absent where there is none, and why it cannot be told where there are several or may be more.
    pub fn only(&self) -> Value<Option<&'a T>> {
        match (self.members, &self.unseen) {
            ([] | [_], Some(why)) => Value::Unknown(why.clone()),
            ([], None) => Value::Known(None),
            ([member], None) => Value::Known(Some(member)),
            (several, _) => Value::OneOf(several.iter().map(Some).collect()),
        }
    }
}

// Derived, it would want members that can be cloned.
impl<T> Clone for Listing<'_, T> {
    fn clone(&self) -> Self {
        Self { members: self.members, unseen: self.unseen.clone() }
    }
}

impl<'a, T> IntoIterator for Listing<'a, T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T> IntoIterator for &Listing<'a, T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Reason;

    /// `any`, `all`, `none`, `count` and `only` of numbers, for "is even".
    #[track_caller]
    fn check(members: &[u32], is_whole: bool, expected: [&str; 5]) {
        let why = (!is_whole).then(|| Reason::NotCollected.into());
        let list = Listing::new(members, why);
        let is_even = |it: &u32| Value::Known(it.is_multiple_of(2));
        let shown = |it: Value<bool>| it.known().map_or("?".to_owned(), bool::to_string);
        let actual = [
            shown(list.any(is_even)),
            shown(list.all(is_even)),
            shown(list.none(is_even)),
            list.count().known().map_or("?".to_owned(), usize::to_string),
            list.only().known().map_or("?".to_owned(), |it| format!("{it:?}")),
        ];
        assert_eq!(actual, expected);
    }

    #[test]
    fn one_member_proves_and_none_disproves_only_where_the_list_is_whole() {
        check(&[], true, ["false", "true", "true", "0", "None"]);
        check(&[], false, ["?", "?", "?", "?", "?"]);
        check(&[1], true, ["false", "false", "true", "1", "Some(1)"]);
        check(&[1], false, ["?", "false", "?", "?", "?"]);
        check(&[2], true, ["true", "true", "false", "1", "Some(2)"]);
        check(&[2], false, ["true", "?", "false", "?", "?"]);
        check(&[1, 2], false, ["true", "false", "false", "?", "?"]);
    }
}
