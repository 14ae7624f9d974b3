//! The endpoints by which subnets reach services of AWS without leaving the VPC.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{
    EndpointType, Key, KeySet, Resource, Subnet, Unknown, Value, VpcEndpoint, VpcEndpointFacts,
};

use super::index::Index;
use super::{Because, Step, zones};

/// Endpoints by what they serve.
#[derive(Default)]
pub(crate) struct Endpoints<'a> {
    /// Gateway endpoints, by route table.
    by_table: HashMap<&'a Key, Vec<(&'a VpcEndpoint, usize)>>,
    /// Interface endpoints with private DNS, by VPC.
    by_vpc: HashMap<&'a Key, Vec<&'a VpcEndpoint>>,
    /// Why an endpoint of a VPC may serve more than it says.
    open: HashMap<&'a Key, Unknown>,
    /// Why an endpoint may be of any VPC.
    anywhere: Option<Unknown>,
}

impl<'a> Endpoints<'a> {
    pub(crate) fn new(index: &Index<'a>) -> Self {
        let mut endpoints = Self::default();
        for endpoint in index.all::<VpcEndpoint>() {
            let Value::Known(vpc) = &endpoint.vpc else {
                endpoints.anywhere = endpoints.anywhere.take().or_else(|| endpoint.vpc.decided().err());
                continue;
            };
            let doubt = match endpoint.endpoint_type.decided() {
                Ok(EndpointType::Gateway) => endpoints.add_gateway(endpoint),
                Ok(EndpointType::Interface) => match endpoint.private_dns.decided() {
                    Ok(true) => {
                        endpoints.by_vpc.entry(vpc).or_default().push(endpoint);
                        None
                    }
                    Ok(false) => None,
                    Err(why) => Some(why),
                },
                Ok(EndpointType::GatewayLoadBalancer | EndpointType::Other) => None,
                Err(why) => Some(why),
            };
            if let Some(why) = doubt {
                endpoints.open.entry(vpc).or_insert(why);
            }
        }
        endpoints
    }

    fn add_gateway(&mut self, endpoint: &'a VpcEndpoint) -> Option<Unknown> {
        let tables = match &endpoint.route_tables {
            Value::Known(tables) => tables,
            other => return other.decided().err(),
        };
        let mut doubt = None;
        for (at, table) in tables.iter().enumerate() {
            match table {
                Value::Known(table) => self.by_table.entry(table).or_default().push((endpoint, at)),
                other => doubt = doubt.or(other.decided().err()),
            }
        }
        doubt
    }

    /// The endpoints that serve a subnet by its route table and by its VPC. Of a VPC from elsewhere there may be
    /// more, unless the source listed them all.
    pub(crate) fn of(
        &self,
        index: &Index<'_>,
        subnet: &Subnet,
        table: &Value<Option<Key>>,
        because: &mut Because,
    ) -> KeySet {
        let vpc = subnet.vpc.known();
        let by_table = table.known().and_then(Option::as_ref).and_then(|it| self.by_table.get(it));
        let by_vpc = vpc.and_then(|it| self.by_vpc.get(it));
        let by_table = by_table.into_iter().flatten().map(|(it, at)| {
            let message = format!("`{}` serves its route table", it.meta.label);
            Step::new(&it.meta.key, format!("route_tables[{at}]"), message)
        });
        let by_vpc = by_vpc
            .into_iter()
            .flatten()
            .map(|it| Step::new(&it.meta.key, "private_dns", format!("`{}` serves its VPC", it.meta.label)));
        let steps: Vec<Step> = by_table.chain(by_vpc).collect();
        let mut set = KeySet::of(steps.iter().map(|it| it.resource.clone()).collect());
        because.record(&subnet.meta.key, "endpoints", steps);
        set.open = match (subnet.vpc.decided(), table.decided()) {
            (_, Err(why)) | (Err(why), _) => Some(why),
            (Ok(vpc), Ok(_)) => {
                let doubt = self.open.get(vpc).or(self.anywhere.as_ref()).cloned();
                doubt.or_else(|| index.unseen_within(VpcEndpoint::KIND, vpc))
            }
        };
        set
    }
}

pub(crate) fn derive(index: &Index<'_>, because: &mut Because) -> BTreeMap<Key, VpcEndpointFacts> {
    let mut derived = BTreeMap::new();
    for endpoint in index.all::<VpcEndpoint>() {
        let zones = zones::of_subnets(index, &endpoint.subnets);
        because.record(&endpoint.meta.key, "zones", zones::chain(index, &endpoint.meta, "subnets", &zones));
        derived.insert(endpoint.meta.key.clone(), VpcEndpointFacts { zones });
    }
    derived
}
