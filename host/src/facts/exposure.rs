//! Whether the internet can reach a subnet by its routes (rules.md 2: `pub4`, `pub6`, `pub_partial`,
//! `via_inspection`, `bpa`).
//!
//! Names, tags and `MapPublicIpOnLaunch` have no part in it.

use std::sync::Arc;

use archlint_schema::{
    BlockPublicAccess, BlockPublicAccessExclusion, BlockPublicAccessMode, Cidr, EndpointType, ExclusionMode,
    Exposure, Key, Reason, Resource, Subnet, TargetKind, Unknown, Value, VpcEndpoint,
};

use super::because::Chain;
use super::index::Index;
use super::routes::{self, Active, Routes, cover_default, is_attached};
use super::{Because, Step};

pub(crate) struct SubnetExposure {
    pub(crate) ipv4: Value<bool>,
    pub(crate) ipv6: Value<bool>,
    pub(crate) via_inspection: Value<bool>,
    pub(crate) exposure: Value<Exposure>,
    pub(crate) block_public_access: Value<BlockPublicAccessMode>,
}

pub(crate) fn derive(
    index: &Index<'_>,
    subnet: &Subnet,
    routes: &Routes<'_>,
    because: &mut Because,
) -> SubnetExposure {
    let mode = block_public_access(index, subnet);
    let open = mode.is(|it| *it != BlockPublicAccessMode::BlockBidirectional);
    let gateways: Vec<_> = routes.active.iter().map(|it| (to_internet_gateway(index, it), it)).collect();
    let covers = |ipv6| cover_default(&gateways, routes.open.as_ref(), ipv6).and(open.clone());
    let ipv4 = covers(false);
    let ipv6 = subnet.has_ipv6.clone().and(covers(true));
    let via_inspection = via_inspection(index, subnet, routes);

    let public = Value::any([ipv4.clone(), ipv6.clone(), via_inspection.clone()]);
    let has_ipv6 = |it: &Active<'_>| it.is_for(false).or(it.is_for(true).and(subnet.has_ipv6.clone()));
    let some = Value::any(gateways.iter().map(|(belongs, it)| belongs.clone().and(has_ipv6(it))));
    // What keeps traffic from the gateway altogether keeps it from every route to it.
    let some = some.and(open);
    let some = match &routes.open {
        Some(why) => some.or(Value::Unknown(why.clone())),
        None => some,
    };
    let exposure = match (public.decided(), some.decided()) {
        (Ok(true), _) => Value::Known(Exposure::Public),
        (Ok(false), Ok(true)) => Value::Known(Exposure::Partial),
        (Ok(false), Ok(false)) => Value::Known(Exposure::Private),
        (Err(why), _) | (_, Err(why)) => Value::Unknown(why),
    };
    let chain: Chain = chain(index, subnet, routes, &gateways, &exposure).into();
    for name in ["exposure", "public_ipv4", "public_ipv6", "via_inspection"] {
        because.record(&subnet.meta.key, name, Arc::clone(&chain));
    }
    because.record(&subnet.meta.key, "route_table", routes.chain.clone());
    SubnetExposure { ipv4, ipv6, via_inspection, exposure, block_public_access: mode }
}

/// How the subnet comes to its table, and the routes there that decide.
fn chain(
    index: &Index<'_>,
    subnet: &Subnet,
    routes: &Routes<'_>,
    gateways: &[(Value<bool>, &Active<'_>)],
    exposure: &Value<Exposure>,
) -> Vec<Step> {
    let mut chain = routes.chain.clone();
    let deciding: Vec<Step> =
        gateways.iter().filter(|(belongs, _)| belongs.is_true()).map(|(_, it)| it.step(index)).collect();
    let elsewhere = || routes.active.iter().find(|it| it.is_default(false)).map(|it| it.step(index));
    match (exposure.known(), routes.table.known()) {
        (Some(Exposure::Private), Some(Some(table))) => match elsewhere() {
            Some(step) => chain.push(step),
            None => chain.push(Step::new(
                table,
                "",
                format!("`{}` has no route to an internet gateway", index.label(table)),
            )),
        },
        (Some(Exposure::Public), _) if deciding.is_empty() => chain.extend(elsewhere()),
        (Some(_), _) => chain.extend(deciding),
        (None, _) if chain.is_empty() => {
            chain.push(Step::new(&subnet.meta.key, "vpc", "its route table is not in sight"));
        }
        (None, _) => {}
    }
    chain
}

/// Egress-only gateways, NAT, VPN, transit, peering and endpoints never qualify.
pub(crate) fn to_internet_gateway(index: &Index<'_>, route: &Active<'_>) -> Value<bool> {
    route.leads_to(|target| match (target.kind, target.resource.decided()) {
        (TargetKind::CarrierGateway, _) => Value::Known(true),
        (TargetKind::InternetGateway, Ok(gateway)) => is_attached(index, gateway, &route.table.vpc),
        (TargetKind::InternetGateway, Err(why)) => Value::Unknown(why),
        _ => Value::Known(false),
    })
}

/// The default leads to a firewall's endpoint, the internet gateway routes the subnet's addresses back through
/// an endpoint of the same service, and that endpoint's subnet is public.
/// <https://docs.aws.amazon.com/network-firewall/latest/developerguide/arch-igw-ngw.html>
fn via_inspection(index: &Index<'_>, subnet: &Subnet, routes: &Routes<'_>) -> Value<bool> {
    let to_endpoint = routes.active.iter().filter(|it| it.is_default(false) || it.is_default(true));
    let endpoints = to_endpoint.filter_map(|it| inspection_endpoint(index, it));
    Value::any(endpoints.map(|endpoint| {
        let endpoint = match endpoint {
            Ok(endpoint) => endpoint,
            Err(why) => return Value::Unknown(why),
        };
        let Some(Some(Value::Known(home))) = endpoint.subnets.known().map(|it| it.first()) else {
            return Value::unknown(Reason::NotCollected, endpoint.meta.label.clone());
        };
        comes_back(index, subnet, endpoint).and(is_plainly_public(index, home))
    }))
}

/// The inspection endpoint that a route leads to, or why it cannot be told whether the endpoint that it leads to
/// inspects; nothing for a route that leads to no endpoint, or to one that surely does not.
pub(crate) fn inspection_endpoint<'a>(
    index: &Index<'a>,
    route: &Active<'_>,
) -> Option<Result<&'a VpcEndpoint, Unknown>> {
    let target = route.route.target.known().filter(|it| it.kind == TargetKind::VpcEndpoint)?;
    let endpoint = target
        .resource
        .decided()
        .and_then(|key| index.get::<VpcEndpoint>(key).ok_or_else(|| index.why_absent(key)));
    let endpoint = match endpoint {
        Ok(endpoint) => endpoint,
        Err(why) => return Some(Err(why)),
    };
    match endpoint.endpoint_type.decided() {
        Ok(EndpointType::GatewayLoadBalancer) => Some(Ok(endpoint)),
        Ok(_) => None,
        Err(why) => Some(Err(why)),
    }
}

/// Whether the table on the edge of the VPC's internet gateway sends the subnet's addresses to the same service.
fn comes_back(index: &Index<'_>, subnet: &Subnet, endpoint: &VpcEndpoint) -> Value<bool> {
    let serving =
        index.edge_tables().filter(|(gateway, _)| is_attached(index, gateway, &subnet.vpc).is_true());
    let routes = serving.flat_map(|(_, table)| routes::active(index, table));
    let answers = routes.filter_map(|route| match inspection_endpoint(index, &route)? {
        Ok(other) if other.service == endpoint.service => Some(covers_subnet(&route, subnet)),
        Ok(_) => None,
        Err(why) => Some(covers_subnet(&route, subnet).and(Value::Unknown(why))),
    });
    let unseen = index.is_partial("AWS::EC2::GatewayRouteTableAssociation").cloned();
    Value::any(answers).or(unseen.map_or(Value::Known(false), Value::Unknown))
}

fn covers_subnet(route: &Active<'_>, subnet: &Subnet) -> Value<bool> {
    let own: Result<Cidr, _> = match subnet.cidr.decided() {
        Ok(Some(text)) => text.parse().map_err(|_| Reason::Computed.into()),
        Ok(None) => return Value::Known(false),
        Err(why) => Err(why),
    };
    match (own, route.blocks().decided()) {
        (Ok(own), Ok(blocks)) => Value::Known(blocks.iter().any(|it| it.contains(&own))),
        // The same expression on both sides: `!GetAtt Subnet.CidrBlock` for a subnet that IPAM sizes.
        (Err(why), _) | (_, Err(why)) => Value::Unknown(why),
    }
}

fn is_plainly_public(index: &Index<'_>, subnet: &Key) -> Value<bool> {
    let Some(subnet) = index.get::<Subnet>(subnet) else {
        return Value::Unknown(index.why_absent(subnet));
    };
    let routes = routes::of(index, subnet);
    let gateways: Vec<_> = routes.active.iter().map(|it| (to_internet_gateway(index, it), it)).collect();
    cover_default(&gateways, routes.open.as_ref(), false).or(cover_default(
        &gateways,
        routes.open.as_ref(),
        true,
    ))
}

/// VPC Block Public Access as it applies to a subnet. It is a setting of the account and region: where a template does
/// not set it, it is off, which is AWS's default; where an account was asked and did not answer, nobody knows.
/// <https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html>
fn block_public_access(index: &Index<'_>, subnet: &Subnet) -> Value<BlockPublicAccessMode> {
    let mode =
        match (index.all::<BlockPublicAccess>().iter().next(), index.is_partial(BlockPublicAccess::KIND)) {
            (Some(options), _) => options.mode.clone(),
            (None, Some(why)) => Value::Unknown(why.clone()),
            (None, None) => Value::Known(BlockPublicAccessMode::Off),
        };
    if mode.is(|it| *it == BlockPublicAccessMode::Off).is_true() {
        return mode;
    }
    for exclusion in index.all::<BlockPublicAccessExclusion>() {
        let names = |edge: &Value<Option<Key>>, key: Option<&Key>| {
            key.is_some() && edge.known().and_then(Option::as_ref) == key
        };
        if names(&exclusion.subnet, Some(&subnet.meta.key)) || names(&exclusion.vpc, subnet.vpc.known()) {
            return match exclusion.mode.known() {
                Some(ExclusionMode::AllowBidirectional) => Value::Known(BlockPublicAccessMode::Off),
                Some(ExclusionMode::AllowEgress) => mode.map(|it| match it {
                    BlockPublicAccessMode::Off => BlockPublicAccessMode::Off,
                    _ => BlockPublicAccessMode::BlockIngress,
                }),
                None => Value::Unknown(Reason::Parameter.into()),
            };
        }
    }
    match index.is_partial(BlockPublicAccessExclusion::KIND) {
        Some(why) => Value::Unknown(why.clone()),
        None => mode,
    }
}
