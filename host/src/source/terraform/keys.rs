//! Of several instances that are mentioned, the one that a key means.

use super::address::{Address, InstanceKey, Step, leading_key};
use super::mentions::{Mention, Mentions};
use super::plan::Plan;

impl Plan<'_> {
    /// What is left of mentions after an index or an attribute is taken of the value that they are in.
    pub(super) fn narrow(&self, mentions: &mut Mentions, tail: &[Step]) {
        let (key, tail) = leading_key(tail);
        match &key {
            // A position in a list of all instances; in another list it could be any.
            Some(InstanceKey::Number(position)) if self.are_alike(mentions) => {
                let is_splat = mentions.resources.iter().all(|it| it.is_one_of_many);
                let one = usize::try_from(*position).ok().and_then(|it| mentions.resources.get(it)).cloned();
                if let Some(one) = one.filter(|_| is_splat) {
                    mentions.resources = vec![Mention { is_one_of_many: false, ..one }];
                }
            }
            Some(InstanceKey::Text(_)) => self.choose(mentions, key.as_ref()),
            _ => {}
        }
        if let [Step::Name(attribute), ..] = tail {
            for it in mentions.resources.iter_mut().filter(|it| it.attribute.is_empty()) {
                it.attribute.clone_from(attribute);
            }
        }
    }

    /// Of the instances of one block the one with a key, its own or its module's: what is chained by `for_each`
    /// or `count` has the same keys.
    pub(super) fn choose(&self, mentions: &mut Mentions, key: Option<&InstanceKey>) {
        let has_key = |it: &Mention| {
            let address = &self.instance(it.at).address;
            let modules = address.module.iter().map(|it| it.key.as_ref());
            key.is_some() && modules.chain([address.key.as_ref()]).any(|it| it == key)
        };
        let fits = mentions.resources.iter().filter(|it| has_key(it)).count();
        if fits == 1 && mentions.resources.len() > 1 && self.are_alike(mentions) {
            mentions.resources.retain(has_key);
        }
    }

    /// Whether all that is mentioned was made of one block of the configuration.
    fn are_alike(&self, mentions: &Mentions) -> bool {
        let block = |it: &Mention| written(&self.instance(it.at).address);
        mentions.resources.windows(2).all(|it| block(&it[0]) == block(&it[1]))
    }
}

/// The block that an instance was made of: the names without the keys.
fn written(address: &Address) -> (Vec<&str>, &str, &str) {
    (address.module.iter().map(|it| it.name.as_str()).collect(), &address.kind, &address.name)
}
