//! Where items are that do not say: replies of describe calls tell no region, and often no account. What an item
//! names is where it is.

use std::collections::{BTreeSet, HashMap};

use super::arn::GLOBAL;
use super::item::{Item, is_one_everywhere, texts};

type Where = (String, String);

/// Gives items the account and region of what they name, or of what names them. Round by round: those that name what
/// the round before placed are looked at again, and no others.
pub(crate) fn infer(items: &mut [Item]) {
    let mut known: HashMap<String, Option<Where>> = HashMap::new();
    // Which items without a place name an id.
    let mut naming: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, item) in items.iter().enumerate().filter(|it| lacks(it.1)) {
        for name in names(item) {
            naming.entry(name.to_owned()).or_default().push(at);
        }
    }
    let mut placed: Vec<usize> = (0..items.len()).filter(|at| !lacks(&items[*at])).collect();
    while !placed.is_empty() && !naming.is_empty() {
        let told: BTreeSet<String> = placed.iter().flat_map(|at| tell(&items[*at], &mut known)).collect();
        let again = told.iter().filter_map(|it| naming.get(it)).flatten().copied();
        let again: BTreeSet<usize> = again.filter(|at| lacks(&items[*at])).collect();
        let mut found: Vec<(usize, Where)> = Vec::new();
        for at in again {
            let place = names(&items[at]).find_map(|it| known.get(it)?.clone());
            found.extend(place.filter(|it| agrees(&items[at], it)).map(|it| (at, it)));
        }
        placed = found.iter().map(|it| it.0).collect();
        for (at, (account, region)) in found {
            (items[at].account, items[at].region) = (Some(account), Some(region));
        }
    }
}

fn lacks(item: &Item) -> bool {
    item.account.is_none() || item.region.is_none()
}

fn agrees(item: &Item, (account, region): &Where) -> bool {
    item.account.as_ref().is_none_or(|it| it == account) && item.region.as_ref().is_none_or(|it| it == region)
}

/// Notes where the ids are that an item names; nothing for one that is named in several places. The ids of which that
/// is news.
fn tell(item: &Item, known: &mut HashMap<String, Option<Where>>) -> Vec<String> {
    let (Some(account), Some(region)) = (&item.account, &item.region) else { return Vec::new() };
    if region == GLOBAL {
        return Vec::new();
    }
    let place = (account.clone(), region.clone());
    let mut news = Vec::new();
    for name in names(item) {
        match known.get_mut(name) {
            None => {
                known.insert(name.to_owned(), Some(place.clone()));
                news.push(name.to_owned());
            }
            Some(its) if its.as_ref().is_some_and(|it| *it != place) => {
                *its = None;
                news.push(name.to_owned());
            }
            Some(_) => {}
        }
    }
    news
}

/// The ids that AWS gave, of the item and of what it names.
fn names(item: &Item) -> impl Iterator<Item = &str> {
    [item.id.as_str()].into_iter().chain(texts(&item.configuration)).filter(|it| is_one_everywhere(it))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::item::tests::item;
    use super::*;

    #[test]
    fn an_item_is_where_what_it_names_is() {
        let subnet = |id: &str, vpc: &str, region: &str| {
            let mut it = item("AWS::EC2::Subnet", id, json!({ "VpcId": vpc }));
            (it.account, it.region) = (Some("1".to_owned()), Some(region.to_owned()));
            it
        };
        let mut items = vec![
            item(
                "AWS::EC2::NatGateway",
                "nat-0000000a",
                json!({ "VpcId": "vpc-0000000a", "Peer": "tgw-0000000c" }),
            ),
            item("AWS::EC2::RouteTable", "rtb-0000000a", json!({ "NatGatewayId": "nat-0000000a" })),
            item("AWS::EC2::TransitGateway", "tgw-0000000c", json!({})),
            subnet("subnet-0000000a", "vpc-0000000a", "a"),
            subnet("subnet-0000000b", "vpc-0000000b", "b"),
            item("AWS::EC2::VPC", "vpc-0000000b", json!({})),
        ];
        infer(&mut items);
        let regions: Vec<Option<&str>> = items.iter().map(|it| it.region.as_deref()).collect();
        assert_eq!(regions, [Some("a"), Some("a"), Some("a"), Some("a"), Some("b"), Some("b")]);
        let mut apart = vec![
            subnet("subnet-0000000a", "tgw-0000000c", "a"),
            subnet("subnet-0000000b", "tgw-0000000c", "b"),
            item("AWS::EC2::TransitGateway", "tgw-0000000c", json!({})),
        ];
        infer(&mut apart);
        assert_eq!(apart[2].region, None);
    }
}
