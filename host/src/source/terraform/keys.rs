//! Of several instances that are mentioned, the one that a key means.

use std::collections::HashMap;
use std::rc::Rc;

use super::address::{Address, InstanceKey, Step, leading_key};
use super::mentions::{Mention, Mentions};
use super::plan::Plan;

/// Mentioned resources by the keys that they or their modules have.
#[derive(Debug)]
pub(super) struct ByKey {
    /// Whether all of them were made of one block of the configuration.
    are_alike: bool,
    /// Whether each is one of the instances of its block or module.
    is_splat: bool,
    /// The only one with a key; nothing for a key that several have.
    only: HashMap<InstanceKey, Option<usize>>,
}

impl Plan<'_> {
    /// What is left of mentions after an index or an attribute is taken of the value that they are in.
    pub(super) fn narrowed(&self, mentions: &Rc<Mentions>, tail: &[Step]) -> Rc<Mentions> {
        let (key, tail) = leading_key(tail);
        let found = match &key {
            // A position in a list of all instances; in another list it could be any.
            Some(InstanceKey::Number(position)) => self.at_position(mentions, *position),
            Some(key @ InstanceKey::Text(_)) => self.chosen(mentions, key),
            None => None,
        };
        let found = found.unwrap_or_else(|| Rc::clone(mentions));
        match tail {
            [Step::Name(attribute), ..] if found.resources.iter().any(|it| it.attribute.is_empty()) => {
                let attribute: Rc<str> = attribute.as_str().into();
                let taken = |it: &Mention| {
                    let attribute = if it.attribute.is_empty() { &attribute } else { &it.attribute };
                    Mention { attribute: Rc::clone(attribute), ..it.clone() }
                };
                Rc::new(found.with(found.resources.iter().map(taken).collect()))
            }
            _ => found,
        }
    }

    fn at_position(&self, mentions: &Mentions, position: u64) -> Option<Rc<Mentions>> {
        let by_key = self.by_key(mentions);
        let one = mentions.resources.get(usize::try_from(position).ok()?)?;
        let one = Mention { is_one_of_many: false, ..one.clone() };
        (by_key.are_alike && by_key.is_splat).then(|| Rc::new(mentions.with(vec![one])))
    }

    /// Of the instances of one block the one with a key, its own or its module's: what is chained by `for_each`
    /// or `count` has the same keys. Nothing where the key does not tell.
    pub(super) fn chosen(&self, mentions: &Mentions, key: &InstanceKey) -> Option<Rc<Mentions>> {
        if mentions.resources.len() < 2 {
            return None;
        }
        let by_key = self.by_key(mentions);
        let at = by_key.only.get(key).copied().flatten().filter(|_| by_key.are_alike)?;
        Some(Rc::new(mentions.with(vec![mentions.resources[at].clone()])))
    }

    fn by_key<'m>(&self, mentions: &'m Mentions) -> &'m ByKey {
        mentions.by_key.get_or_init(|| {
            let address = |it: &Mention| &self.instance(it.at).address;
            let mut only: HashMap<InstanceKey, Option<usize>> = HashMap::new();
            for (at, it) in mentions.resources.iter().enumerate() {
                let modules = address(it).module.iter().filter_map(|it| it.key.as_ref());
                for key in modules.chain(&address(it).key) {
                    let bearer = only.entry(key.clone()).or_insert(Some(at));
                    *bearer = bearer.filter(|it| *it == at);
                }
            }
            ByKey {
                are_alike: mentions
                    .resources
                    .windows(2)
                    .all(|it| are_alike(address(&it[0]), address(&it[1]))),
                is_splat: mentions.resources.iter().all(|it| it.is_one_of_many),
                only,
            }
        })
    }
}

/// Whether two instances were made of the same block: their names without the keys.
fn are_alike(one: &Address, other: &Address) -> bool {
    let modules = |it: &Address| it.module.len();
    (&one.kind, &one.name, modules(one)) == (&other.kind, &other.name, modules(other))
        && one.module.iter().zip(&other.module).all(|(one, other)| one.name == other.name)
}
