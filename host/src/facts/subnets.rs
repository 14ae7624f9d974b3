//! What holds in each subnet.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{Key, KeySet, Subnet, SubnetFacts, TransitGatewayAttachment, Unknown, Value};

use super::endpoints::Endpoints;
use super::index::Index;
use super::network_acls::NetworkAcls;
use super::{Because, Step, egress, exposure, routes, workload, zones};

/// `running` is what runs in each subnet.
pub(crate) fn derive(
    index: &Index<'_>,
    nat_instances: &BTreeMap<Key, Step>,
    mut running: BTreeMap<Key, KeySet>,
    because: &mut Because,
) -> BTreeMap<Key, SubnetFacts> {
    let acls = NetworkAcls::new(index);
    let endpoints = Endpoints::new(index);
    let mut attachments = transit_gateway_attachments(index);
    let (partial, closed) = (workload::is_partial(index), workload::unseen(index).is_none());
    let mut derived = BTreeMap::new();
    for subnet in index.all::<Subnet>() {
        let key = &subnet.meta.key;
        let routes = routes::of(index, subnet);
        let exposure = exposure::derive(index, subnet, &routes, because);
        let facts = SubnetFacts {
            egress: egress::ipv4(index, subnet, &routes, &exposure, nat_instances, because),
            egress_ipv6: egress::ipv6(index, subnet, &routes, &exposure, because),
            endpoints: endpoints.of(index, subnet, &routes.table, because),
            route_table: routes.table,
            public_ipv4: exposure.ipv4,
            public_ipv6: exposure.ipv6,
            via_inspection: exposure.via_inspection,
            exposure: exposure.exposure,
            block_public_access: exposure.block_public_access,
            workload: or_partial(running.remove(key), partial.as_ref()),
            workload_closed: closed,
            network_acl: acls.of(index, subnet, because),
            transit_gateway_attachments: attachments.remove(key).unwrap_or_default(),
        };
        zones::explain(subnet, because);
        explain_workload(index, key, &facts.workload.members, because);
        derived.insert(key.clone(), facts);
    }
    derived
}

/// What runs in a subnet, as far as lists tell.
fn or_partial(running: Option<KeySet>, partial: Option<&Unknown>) -> KeySet {
    let mut running = running.unwrap_or_else(|| KeySet::of(Vec::new()));
    running.open = running.open.or_else(|| partial.cloned());
    running
}

fn transit_gateway_attachments<'a>(index: &Index<'a>) -> HashMap<&'a Key, Vec<Key>> {
    let mut attachments: HashMap<&Key, Vec<Key>> = HashMap::new();
    for it in index.all::<TransitGatewayAttachment>() {
        for subnet in it.subnets.known().into_iter().flatten().filter_map(Value::known) {
            attachments.entry(subnet).or_default().push(it.meta.key.clone());
        }
    }
    attachments
}

fn explain_workload(index: &Index<'_>, subnet: &Key, workload: &[Key], because: &mut Because) {
    let step =
        |it: &Key| Step::new(it, "", format!("`{}` runs in `{}`", index.label(it), index.label(subnet)));
    because.record(subnet, "workload", workload.iter().map(step).collect::<Vec<_>>());
}
