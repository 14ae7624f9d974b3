//! Where a subnet's default traffic leaves (rules.md 2: `egress`).

use std::collections::BTreeMap;

use archlint_schema::{Egress, EgressKind, Key, Reason, RouteTarget, Subnet, TargetKind, Value};

use super::exposure::{SubnetExposure, inspection_endpoint};
use super::index::Index;
use super::routes::{Active, Routes, cover_default, why_unseen};
use super::{Because, Step};

pub(crate) fn ipv4(
    index: &Index<'_>,
    subnet: &Subnet,
    routes: &Routes<'_>,
    exposure: &SubnetExposure,
    nat_instances: &BTreeMap<Key, Step>,
    because: &mut Because,
) -> Value<Egress> {
    let (egress, chain) = leave(index, routes, &exposure.ipv4, false, &|key| nat_instances.contains_key(key));
    because.record(&subnet.meta.key, "egress", chain);
    egress
}

pub(crate) fn ipv6(
    index: &Index<'_>,
    subnet: &Subnet,
    routes: &Routes<'_>,
    exposure: &SubnetExposure,
    because: &mut Because,
) -> Value<Egress> {
    let (egress, chain) = leave(index, routes, &exposure.ipv6, true, &|_| false);
    because.record(&subnet.meta.key, "egress_ipv6", chain);
    egress
}

fn leave(
    index: &Index<'_>,
    routes: &Routes<'_>,
    public: &Value<bool>,
    ipv6: bool,
    is_nat_instance: &dyn Fn(&Key) -> bool,
) -> (Value<Egress>, Vec<Step>) {
    let mut chain = routes.chain.clone();
    let all: Vec<_> = routes.active.iter().map(|it| (it.is_for(ipv6), it)).collect();
    let open = routes.open.as_ref().or(routes.propagated.as_ref());
    match cover_default(&all, open, ipv6) {
        Value::Known(false) => return (Value::Known(Egress { kind: EgressKind::None, target: None }), chain),
        Value::Known(true) => {}
        Value::OneOf(_) => return (Value::Unknown(Reason::Parameter.into()), chain),
        Value::Unknown(why) => return (Value::Unknown(why), chain),
    }
    if public.is_true() {
        let default = routes.active.iter().find(|it| it.is_default(ipv6));
        chain.extend(default.map(|it| it.step(index)));
        return (Value::Known(Egress { kind: EgressKind::Public, target: None }), chain);
    }
    // One default route, or several routes with one target that together are a default.
    let carrying: Vec<&Active<'_>> = match routes.active.iter().find(|it| it.is_default(ipv6)) {
        Some(it) => vec![it],
        None => routes.active.iter().filter(|it| !it.is_for(ipv6).is_false()).collect(),
    };
    chain.extend(carrying.iter().map(|it| it.step(index)));
    let mut targets = carrying.iter().map(|it| target(index, it, is_nat_instance));
    let Some(first) = targets.next() else {
        return (Value::Known(Egress { kind: EgressKind::None, target: None }), chain);
    };
    let egress = if targets.all(|it| it == first) {
        first
    } else {
        Value::Known(Egress { kind: EgressKind::Other, target: None })
    };
    (egress, chain)
}

fn target(index: &Index<'_>, route: &Active<'_>, is_nat_instance: &dyn Fn(&Key) -> bool) -> Value<Egress> {
    let target: &RouteTarget = match route.route.target.decided() {
        Ok(it) => it,
        Err(why) => return Value::Unknown(why),
    };
    if let Some(why) = why_unseen(index, target) {
        return Value::Unknown(why);
    }
    let key = target.resource.known().cloned();
    let (kind, key) = match target.kind {
        // It is not public, or it would not be asked: the gateway is not known to serve the VPC.
        TargetKind::InternetGateway | TargetKind::CarrierGateway => {
            return Value::Unknown(target.resource.decided().err().unwrap_or_else(|| {
                key.as_ref().map_or_else(|| Reason::Computed.into(), |it| index.why_absent(it))
            }));
        }
        TargetKind::NatGateway => (EgressKind::NatGateway, key),
        TargetKind::EgressOnlyInternetGateway => (EgressKind::EgressOnlyInternetGateway, key),
        TargetKind::TransitGateway => (EgressKind::TransitGateway, key),
        TargetKind::VpnGateway => (EgressKind::VpnGateway, key),
        TargetKind::VpcEndpoint => match inspection_endpoint(index, route) {
            Some(Ok(_)) => (EgressKind::Inspection, key),
            Some(Err(why)) => return Value::Unknown(why),
            None => (EgressKind::Other, key),
        },
        TargetKind::Instance => match key {
            Some(it) if is_nat_instance(&it) => (EgressKind::NatInstance, Some(it)),
            other => (EgressKind::Other, other),
        },
        TargetKind::NetworkInterface => {
            let owner = key.as_ref().and_then(|it| index.holder(it));
            match owner.filter(|it| is_nat_instance(it)) {
                Some(instance) => (EgressKind::NatInstance, Some(instance.clone())),
                None => (EgressKind::Other, key),
            }
        }
        TargetKind::Local | TargetKind::VpcPeering | TargetKind::LocalGateway | TargetKind::CoreNetwork => {
            (EgressKind::Other, key)
        }
    };
    Value::Known(Egress { kind, target: key })
}
