//! What was worked out of a plan already, so that nothing is worked out twice; what may be worked out at all; and what
//! could not be.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::rc::Rc;

use archlint_schema::Key;
use serde_json::Value as Json;

use super::address::ModuleStep;
use super::candidates::Seen;
use super::edges::Ends;
use super::mentions::{Expression, Mentions};
use super::targets::Kinds;
use crate::source::SourceError;
use crate::source::built::Candidates;
use crate::source::node::Evaluated;

/// Expressions that lead to expressions: no configuration goes deeper, and the stack bears this many.
const MAX_DEPTH: usize = 128;

/// What tells memories of one kind apart: where in memory a value is that lives as long as the plan.
pub(super) type Identity = usize;

pub(super) fn identity<T>(value: &T) -> Identity {
    std::ptr::from_ref(value) as usize
}

/// A module's instance by its number, the expression of `for_each` that `each` is about, and a reference.
pub(super) type ReferenceIn = (usize, Identity, String);

/// Mentions by identity, the attribute that they stand in as far as it matters, and what that may name.
pub(super) type EndsOf = (Identity, String, Kinds);

/// Mentions, and what they were merged of.
type Merged = (Vec<Rc<Mentions>>, Rc<Mentions>);

/// Where references end, and the mentions that they are of.
type EndsWith = (Rc<Mentions>, Rc<Ends>);

#[derive(Default)]
pub(super) struct Memo {
    /// Module instances by number.
    places: RefCell<HashMap<Vec<ModuleStep>, usize>>,
    expressions: RefCell<HashMap<Identity, Rc<Expression>>>,
    pub(super) references: Guarded<ReferenceIn, Rc<Mentions>>,
    /// Mentions by what they were merged of, which is kept lest another takes its place in memory.
    pub(super) merged: RefCell<HashMap<Vec<Identity>, Merged>>,
    /// With the mentions that the identity is of.
    pub(super) ends: RefCell<HashMap<EndsOf, EndsWith>>,
    pub(super) attributes: Guarded<(usize, String), Evaluated>,
    /// By the type that adopts: what it adopts of, and the one that does.
    pub(super) adopters: RefCell<HashMap<&'static str, Rc<HashMap<Key, usize>>>>,
    pub(super) candidates: RefCell<HashMap<(Identity, Kinds), Candidates>>,
    pub(super) seen: Seen,
    pub(super) costs: Costs,
}

impl Memo {
    pub(super) fn new(file: &str, evaluations: usize) -> Self {
        let costs = Costs { file: file.to_owned(), limit: evaluations, ..Costs::default() };
        Self { costs, ..Self::default() }
    }

    /// The number of a module's instance.
    pub(super) fn place(&self, path: &[ModuleStep]) -> usize {
        if let Some(known) = self.places.borrow().get(path) {
            return *known;
        }
        let mut places = self.places.borrow_mut();
        let number = places.len();
        places.insert(path.to_vec(), number);
        number
    }

    pub(super) fn expression(&self, json: &Json) -> Rc<Expression> {
        let known = self.expressions.borrow().get(&identity(json)).cloned();
        known.unwrap_or_else(|| {
            let read = Rc::new(Expression::read(json));
            self.expressions.borrow_mut().insert(identity(json), Rc::clone(&read));
            read
        })
    }
}

/// Values that lead to other values of their kind. Each is worked out once, and none while it is being worked out.
pub(super) struct Guarded<K, V> {
    /// Nothing of what is being worked out.
    known: RefCell<HashMap<K, Option<V>>>,
    /// What is being worked out, in words: each leads to the next.
    trail: RefCell<Vec<(K, String)>>,
}

impl<K, V> Default for Guarded<K, V> {
    fn default() -> Self {
        Self { known: RefCell::default(), trail: RefCell::default() }
    }
}

/// Why something is not worked out.
pub(super) enum Refused {
    /// It is what it leads to, by what it leads through.
    Circle(Vec<String>),
    TooDeep,
}

impl<K: Clone + Eq + Hash, V: Clone> Guarded<K, V> {
    /// The value of a key. `words` say what it is.
    pub(super) fn get(
        &self,
        key: K,
        words: impl FnOnce() -> String,
        work_out: impl FnOnce() -> V,
    ) -> Result<V, Refused> {
        match self.known.borrow_mut().entry(key.clone()) {
            Entry::Occupied(known) => match known.get() {
                Some(it) => return Ok(it.clone()),
                None => return Err(Refused::Circle(self.circle(&key))),
            },
            Entry::Vacant(_) if self.trail.borrow().len() >= MAX_DEPTH => return Err(Refused::TooDeep),
            Entry::Vacant(place) => {
                place.insert(None);
            }
        }
        self.trail.borrow_mut().push((key.clone(), words()));
        let value = work_out();
        self.trail.borrow_mut().pop();
        self.known.borrow_mut().insert(key, Some(value.clone()));
        Ok(value)
    }

    fn circle(&self, key: &K) -> Vec<String> {
        let trail = self.trail.borrow();
        trail.iter().skip_while(|it| it.0 != *key).map(|it| it.1.clone()).collect()
    }
}

/// What reading a plan has cost, and what went wrong.
#[derive(Default)]
pub(super) struct Costs {
    file: String,
    limit: usize,
    spent: Cell<usize>,
    errors: RefCell<Vec<SourceError>>,
    is_deep: Cell<bool>,
}

impl Costs {
    /// Whether there is room for some more evaluations. Past the limit the first place is told.
    pub(super) fn spend(&self, evaluations: usize, place: impl FnOnce() -> String) -> bool {
        let before = self.spent.get();
        let after = before.saturating_add(evaluations);
        self.spent.set(after);
        if after > self.limit && before <= self.limit {
            self.tell(SourceError::Evaluations {
                file: self.file.clone(),
                limit: self.limit,
                place: place(),
            });
        }
        after <= self.limit
    }

    /// Tells of what was not worked out, once for each circle.
    pub(super) fn refuse(&self, refused: Refused, place: impl FnOnce() -> String) {
        match refused {
            Refused::Circle(mut through) => {
                through.sort();
                self.tell(SourceError::Circle { file: self.file.clone(), through: through.join("`, `") });
            }
            Refused::TooDeep if self.is_deep.replace(true) => {}
            Refused::TooDeep => {
                self.tell(SourceError::Chain { file: self.file.clone(), limit: MAX_DEPTH, place: place() });
            }
        }
    }

    pub(super) fn tell(&self, error: SourceError) {
        let mut errors = self.errors.borrow_mut();
        // One circle is met from each of its members.
        let text = error.to_string();
        if errors.iter().rev().take(100).all(|it| it.to_string() != text) {
            errors.push(error);
        }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    pub(super) fn take_errors(&self) -> Vec<SourceError> {
        self.errors.take()
    }
}
