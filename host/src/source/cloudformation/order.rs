//! The order of a template's conditions, and of its nested stacks: each after those that it names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::evaluate::intrinsic;

/// Names in an order in which each can be evaluated once.
#[derive(Clone, Default)]
pub(crate) struct Order {
    pub(crate) names: Vec<String>,
    /// What needs itself, by way of others or not: each such circle.
    pub(crate) circles: Vec<Vec<String>>,
}

pub(super) fn in_order(conditions: Option<&Map<String, Json>>) -> Order {
    let Some(conditions) = conditions else { return Order::default() };
    let names: Vec<&str> =
        conditions.keys().map(String::as_str).filter(|it| !it.starts_with("Fn::")).collect();
    ordered(&names, |name| {
        let mut needed = BTreeSet::new();
        conditions_named(&conditions[name], &mut needed);
        needed.into_iter().filter(|it| conditions.contains_key(*it)).collect()
    })
}

/// Names in an order in which each stands after those that it needs. Without recursion: a chain may be as long as a
/// template.
pub(super) fn ordered<'a>(names: &[&'a str], needs: impl Fn(&'a str) -> Vec<&'a str>) -> Order {
    let mut order = Order::default();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    // Where each name that is being visited stands on the way.
    let mut on_the_way: BTreeMap<&str, usize> = BTreeMap::new();
    for root in names {
        let mut way: Vec<(&str, Vec<&str>)> = Vec::new();
        let mut next = Some(*root);
        loop {
            if let Some(name) = next.take()
                && !done.contains(name)
            {
                if let Some(at) = on_the_way.get(name) {
                    order.circles.push(way[*at..].iter().map(|(name, _)| (*name).to_owned()).collect());
                } else {
                    on_the_way.insert(name, way.len());
                    way.push((name, needs(name)));
                }
            }
            let Some((name, needed)) = way.last_mut() else { break };
            next = needed.pop();
            if next.is_none() {
                let name = *name;
                way.pop();
                on_the_way.remove(name);
                done.insert(name);
                order.names.push(name.to_owned());
            }
        }
    }
    order
}

/// The conditions that an expression names.
pub(super) fn conditions_named<'a>(json: &'a Json, found: &mut BTreeSet<&'a str>) {
    match (intrinsic(json), json) {
        (Some(("Condition", name)), _) => found.extend(name.as_str()),
        (Some(("Fn::If", argument)), _) => {
            found.extend(argument[0].as_str());
            conditions_named(argument, found);
        }
        (_, Json::Array(items)) => items.iter().for_each(|it| conditions_named(it, found)),
        (_, Json::Object(fields)) => fields.values().for_each(|it| conditions_named(it, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ordered(conditions: &Json) -> Order {
        in_order(conditions.as_object())
    }

    #[test]
    fn each_stands_after_those_that_it_names() {
        let order = ordered(&json!({
            "A": { "Fn::And": [{ "Condition": "B" }, { "Condition": "C" }] },
            "B": { "Fn::Not": [{ "Condition": "C" }] },
            "C": { "Fn::Equals": ["x", "y"] },
        }));
        assert_eq!(order.names, ["C", "B", "A"]);
        assert!(order.circles.is_empty());
    }

    #[test]
    fn circles_are_found_in_chains_of_any_length() {
        let mut chain = Map::new();
        for at in 0..20_000 {
            chain.insert(format!("C{at}"), json!({ "Fn::Not": [{ "Condition": format!("C{}", at + 1) }] }));
        }
        chain.insert("C20000".to_owned(), json!({ "Fn::Not": [{ "Condition": "C19999" }] }));
        let order = ordered(&Json::Object(chain));
        assert_eq!(order.names.len(), 20_001);
        assert_eq!(order.circles, [["C19999", "C20000"]]);
    }
}
