//! A set of resources of which some may be out of sight.

use serde::{Deserialize, Serialize};

use crate::{Key, Reason, Unknown, Value};

/// Resources, and why there may be more of them than are listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct KeySet {
    #[serde(default)]
    pub members: Vec<Key>,
    /// Why there may be more members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Unknown>,
}

/// A set that a document does not carry was not collected.
impl Default for KeySet {
    fn default() -> Self {
        Self { members: Vec::new(), open: Some(Reason::NotCollected.into()) }
    }
}

impl KeySet {
    /// Exactly these.
    pub fn of(members: Vec<Key>) -> Self {
        Self { members, open: None }
    }

    /// Each member, and at last why there may be more.
    pub fn iter(&self) -> impl Iterator<Item = Result<&Key, Unknown>> {
        self.members.iter().map(Ok).chain(self.open.clone().map(Err))
    }

    /// Whether any member, seen or not, has a property.
    pub fn any(&self, property: impl Fn(&Key) -> Value<bool>) -> Value<bool> {
        let seen = Value::any(self.members.iter().map(property));
        match &self.open {
            Some(why) => seen.or(Value::Unknown(why.clone())),
            None => seen,
        }
    }

    pub fn contains(&self, key: &Key) -> Value<bool> {
        self.any(|it| Value::Known(it == key))
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> Value<bool> {
        self.any(|_| Value::Known(true)).negate()
    }

    /// Adds the end of an edge; one that is not known leaves the set open.
    pub fn add(&mut self, edge: &Value<Key>) {
        match edge.decided() {
            Ok(key) if self.members.contains(key) => {}
            Ok(key) => self.members.push(key.clone()),
            Err(why) => self.open = self.open.take().or(Some(why)),
        }
    }

    /// Adds the ends of a list of edges.
    pub fn add_all(&mut self, edges: &Value<Vec<Value<Key>>>) {
        match edges.decided() {
            Ok(edges) => edges.iter().for_each(|it| self.add(it)),
            Err(why) => self.open = self.open.take().or(Some(why)),
        }
    }
}

/// The ends of a list of edges, each once.
impl From<&Value<Vec<Value<Key>>>> for KeySet {
    fn from(edges: &Value<Vec<Value<Key>>>) -> Self {
        let mut set = Self::of(Vec::new());
        set.add_all(edges);
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_sight_may_be_a_member() {
        let edges = Value::Known(vec![Value::Known(Key::from("a")), Value::unknown(Reason::Parameter, "P")]);
        let set = KeySet::from(&edges);
        assert!(set.contains(&Key::from("a")).is_true());
        assert_eq!(set.contains(&Key::from("b")), Value::unknown(Reason::Parameter, "P"));
        assert!(set.is_empty().is_false());
        assert!(KeySet::of(Vec::new()).is_empty().is_true());
        assert!(KeySet::default().is_empty().decided().is_err());
    }
}
