//! Where items are that do not say: replies of describe calls tell no region, and often no account. What an item
//! names is where it is.

use std::collections::HashMap;

use super::arn::GLOBAL;
use super::item::{Item, is_one_everywhere, texts};

type Where = (String, String);

/// Gives items the account and region of what they name, or of what names them.
pub(crate) fn infer(items: &mut [Item]) {
    while items.iter().any(lacks) {
        let known = known(items);
        let mut found: Vec<(usize, Where)> = Vec::new();
        for (at, item) in items.iter().enumerate().filter(|it| lacks(it.1)) {
            let place = names(item).find_map(|it| known.get(it)?.clone());
            found.extend(place.filter(|it| agrees(item, it)).map(|it| (at, it)));
        }
        if found.is_empty() {
            return;
        }
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

/// The ids that items name whose place is known; nothing for one that is named in several places.
fn known(items: &[Item]) -> HashMap<&str, Option<Where>> {
    let mut known: HashMap<&str, Option<Where>> = HashMap::new();
    for item in items {
        let (Some(account), Some(region)) = (&item.account, &item.region) else { continue };
        if region == GLOBAL {
            continue;
        }
        let place = (account.clone(), region.clone());
        for name in names(item) {
            let its = known.entry(name).or_insert_with(|| Some(place.clone()));
            if its.as_ref() != Some(&place) {
                *its = None;
            }
        }
    }
    known
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
