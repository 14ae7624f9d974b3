//! The VPC endpoints that Network Firewalls placed. The snapshot has them with their firewall, as in a template,
//! where they have no id yet.

use std::collections::HashMap;

use archlint_schema::Key;
use serde_json::Value as Json;

use super::item::{Item, field};
use crate::source::firewall_endpoints::endpoint_key;

/// The keys of the endpoints of a firewall by their ids. Its status tells which endpoint is in which subnet.
pub(crate) fn endpoints<'i>(firewall: &'i Item, key: &Key) -> HashMap<&'i str, Key> {
    let own = firewall.property("Firewall").unwrap_or(&firewall.configuration);
    let mappings = field(own, "SubnetMappings").and_then(Json::as_array).into_iter().flatten();
    let subnets: Vec<&str> = mappings.filter_map(|it| field(it, "SubnetId")?.as_str()).collect();
    let states = firewall.property("FirewallStatus").and_then(|it| field(it, "SyncStates"));
    let states = states.and_then(Json::as_object).into_iter().flat_map(|it| it.values());
    let attached = states.filter_map(|state| {
        let attachment = field(state, "Attachment")?;
        let subnet = field(attachment, "SubnetId")?.as_str()?;
        let at = subnets.iter().position(|it| *it == subnet)?;
        Some((field(attachment, "EndpointId")?.as_str()?, endpoint_key(key, at)))
    });
    // A template's attribute has the same in a list, in the order of the subnets: `eu-west-1a:vpce-1`.
    let listed = firewall.property("EndpointIds").and_then(Json::as_array).into_iter().flatten().enumerate();
    let listed = listed.filter_map(|(at, it)| {
        let id = it.as_str()?.rsplit(':').next()?;
        Some((id, endpoint_key(key, at)))
    });
    listed.chain(attached).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::item::tests::item;
    use super::*;

    #[test]
    fn an_endpoint_is_told_by_its_subnet() {
        let mappings = json!([{ "SubnetId": "subnet-1" }, { "SubnetId": "subnet-2" }]);
        let mut direct = item("AWS::NetworkFirewall::Firewall", "f", json!({ "SubnetMappings": mappings }));
        direct.supplementary = json!({ "FirewallStatus": { "SyncStates": {
            "eu-west-1b": { "Attachment": { "SubnetId": "subnet-2", "EndpointId": "vpce-2" } },
        } } });
        let key = Key::from("f");
        assert_eq!(endpoints(&direct, &key), [("vpce-2", endpoint_key(&key, 1))].into());
        let template =
            json!({ "SubnetMappings": mappings, "EndpointIds": ["eu-west-1a:vpce-1", "eu-west-1b:vpce-2"] });
        let template = item("AWS::NetworkFirewall::Firewall", "f", template);
        let expected = [("vpce-1", endpoint_key(&key, 0)), ("vpce-2", endpoint_key(&key, 1))];
        assert_eq!(endpoints(&template, &key), expected.into());
    }
}
