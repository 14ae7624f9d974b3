//! The routes that hold in a subnet (rules.md 2: `effective_rt`, `routes`, `covers_default`).

use std::collections::HashSet;

use archlint_schema::{
    Cidr, DeadReason, Destination, Instance, InternetGateway, Key, NatGateway, NetworkInterface, PrefixList,
    Reason, Resource, Route, RouteTable, RouteTarget, Subnet, TargetKind, Unknown, UnseenTarget, Value,
    VpcEndpoint, VpcPeeringConnection, VpnGateway, covers_default,
};

use super::Step;
use super::index::Index;

/// The effective route table of a subnet with its active routes.
pub(crate) struct Routes<'a> {
    /// Absent: the implicit main table of a VPC that the source creates, with local routes only.
    pub(crate) table: Value<Option<Key>>,
    pub(crate) active: Vec<Active<'a>>,
    /// Why there may be further routes.
    pub(crate) open: Option<Unknown>,
    /// Why a virtual private gateway may have put routes into the table that the source does not show.
    pub(crate) propagated: Option<Unknown>,
    /// How the subnet comes to the table.
    pub(crate) chain: Vec<Step>,
}

/// A route that is in force.
#[derive(Clone)]
pub(crate) struct Active<'a> {
    pub(crate) table: &'a RouteTable,
    /// Position among the routes of the table.
    pub(crate) at: usize,
    pub(crate) route: &'a Route,
    /// The blocks it is for; unknown where a prefix list or a parameter hides them.
    blocks: Value<Vec<Cidr>>,
}

pub(crate) fn of<'a>(index: &Index<'a>, subnet: &Subnet) -> Routes<'a> {
    let (table, chain) = effective_table(index, subnet);
    let (table, found) = match table {
        Ok(Some(it)) => (Value::Known(Some(it.meta.key.clone())), Some(it)),
        Ok(None) => (Value::Known(None), None),
        Err(why) => (Value::Unknown(why), None),
    };
    let open = match &table {
        Value::Unknown(why) => Some(why.clone()),
        _ => found.and_then(|table| unseen(index, table)),
    };
    let propagated = found.and_then(propagated);
    Routes { active: found.map(|it| active(index, it)).unwrap_or_default(), table, open, propagated, chain }
}

/// Why a table may have routes that are not in sight.
pub(crate) fn unseen(index: &Index<'_>, table: &RouteTable) -> Option<Unknown> {
    let hidden = table.routes.decided().err();
    hidden.or_else(|| index.unseen_within("AWS::EC2::Route", &table.meta.key))
}

/// Propagated routes are listed live; before deployment nobody knows what comes over the gateway.
fn propagated(table: &RouteTable) -> Option<Unknown> {
    let is_listed = table.routes.known().is_some_and(|all| all.iter().any(|it| it.propagated));
    let gateway = table.propagating_gateways.known()?.first()?;
    let name = gateway.known().map_or("a virtual private gateway", Key::as_str);
    (!is_listed).then(|| Unknown::new(Reason::Computed, format!("routes that {name} propagates")))
}

type Effective<'a> = Result<Option<&'a RouteTable>, Unknown>;

fn effective_table<'a>(index: &Index<'a>, subnet: &Subnet) -> (Effective<'a>, Vec<Step>) {
    let key = &subnet.meta.key;
    if let Some((table, at)) = index.associated(key) {
        let step = Step::new(
            &table.meta.key,
            format!("associations[{at}]"),
            format!("`{}` is associated with route table `{}`", subnet.meta.label, table.meta.label),
        );
        return (Ok(Some(table)), vec![step]);
    }
    let implicit = |message: String| vec![Step::new(key, "", message)];
    if let Some(why) = index.hidden_association(key) {
        return (Err(why), Vec::new());
    }
    let vpc = match subnet.vpc.decided() {
        Ok(vpc) => vpc,
        Err(why) => return (Err(why), Vec::new()),
    };
    match index.main_table(vpc) {
        Some(table) => {
            let message =
                format!("`{}` is in the VPC's main route table `{}`", subnet.meta.label, table.meta.label);
            (Ok(Some(table)), implicit(message))
        }
        None if index.unseen_within(RouteTable::KIND, vpc).is_none() => {
            let message = format!(
                "`{}` is in the VPC's main route table, which has local routes only",
                subnet.meta.label
            );
            (Ok(None), implicit(message))
        }
        None => {
            let why = index.unseen_within(RouteTable::KIND, vpc).expect("else it is known to be AWS's");
            (Err(why), Vec::new())
        }
    }
}

/// The routes of a table that are in force: no blackholes, no gateway that serves another VPC.
pub(crate) fn active<'a>(index: &Index<'a>, table: &'a RouteTable) -> Vec<Active<'a>> {
    let in_force = numbered(table).filter(|(_, route)| dead_reason(index, table, route).is_none());
    in_force.map(|(at, route)| Active { table, at, route, blocks: blocks(index, route) }).collect()
}

/// The routes of a table that lead nowhere, and why.
pub(crate) fn dead<'a>(index: &Index<'a>, table: &'a RouteTable) -> Vec<(Active<'a>, DeadReason)> {
    let dead = |(at, route): (usize, &'a Route)| {
        let why = dead_reason(index, table, route)?;
        Some((Active { table, at, route, blocks: blocks(index, route) }, why))
    };
    numbered(table).filter_map(dead).collect()
}

fn numbered(table: &RouteTable) -> impl Iterator<Item = (usize, &Route)> {
    table.routes.known().map(Vec::as_slice).unwrap_or_default().iter().enumerate()
}

/// Why a route leads nowhere: to a gateway that is attached, but not here (rules.md 0.2), or to something that failed,
/// ended or is gone (rules.md 0.7).
fn dead_reason(index: &Index<'_>, table: &RouteTable, route: &Route) -> Option<DeadReason> {
    let target = route.target.known();
    let key = target.and_then(|it| it.resource.known());
    let by_target = target.zip(key).and_then(|(target, key)| match target.kind {
        TargetKind::InternetGateway if is_attached(index, key, &table.vpc).is_false() => {
            Some(DeadReason::Unattached)
        }
        TargetKind::VpnGateway if is_vpn_attached(index, key, &table.vpc).is_false() => {
            Some(DeadReason::Unattached)
        }
        kind if is_gone(index, key) => Some(DeadReason::Gone).filter(|_| kind != TargetKind::Local),
        kind if is_missing(index, kind, key) => Some(DeadReason::Missing),
        _ => None,
    });
    by_target.or_else(|| route.blackhole.is_true().then_some(DeadReason::Blackhole))
}

/// Whether the target has ended, by the state that AWS reports.
fn is_gone(index: &Index<'_>, target: &Key) -> bool {
    const ENDED: [&str; 9] = [
        "failed",
        "deleting",
        "deleted",
        "terminated",
        "shutting-down",
        "rejected",
        "expired",
        "deleted-by-requester",
        "deleted-by-accepter",
    ];
    let state = index.get::<NatGateway>(target).map(|it| &it.state);
    let state = state.or_else(|| index.get::<Instance>(target).map(|it| &it.state));
    let state = state.or_else(|| index.get::<VpcPeeringConnection>(target).map(|it| &it.state));
    state.is_some_and(|it| it.is(|it| it.as_deref().is_some_and(|it| ENDED.contains(&it))).is_true())
}

/// The kind of resource that a target is, where a snapshot may list it.
fn listed(kind: TargetKind) -> Option<&'static str> {
    Some(match kind {
        TargetKind::NatGateway => NatGateway::KIND,
        TargetKind::Instance => Instance::KIND,
        TargetKind::NetworkInterface => NetworkInterface::KIND,
        TargetKind::InternetGateway => InternetGateway::KIND,
        TargetKind::VpcPeering => VpcPeeringConnection::KIND,
        TargetKind::VpnGateway => VpnGateway::KIND,
        TargetKind::VpcEndpoint => VpcEndpoint::KIND,
        _ => return None,
    })
}

/// Whether the target is none of what the source listed in full.
fn is_missing(index: &Index<'_>, kind: TargetKind, target: &Key) -> bool {
    let is_whole = listed(kind).is_some_and(|it| index.unseen(it).is_none());
    is_whole && !index.creates(target) && !index.is_external(target)
}

/// Why nobody knows whether a target, which should be in sight and is not, is still there, or whose interface it is.
pub(crate) fn why_unseen(index: &Index<'_>, target: &RouteTarget) -> Option<Unknown> {
    let key = target.resource.known();
    if !key.is_some_and(|it| index.creates(it)) {
        return index.is_partial(listed(target.kind)?).cloned();
    }
    let holder = index.holder(key?)?;
    index.is_partial(Instance::KIND).filter(|_| !index.creates(holder)).cloned()
}

/// The routes of a table of which that is so, by their position.
pub(crate) fn unseen_targets(index: &Index<'_>, table: &RouteTable) -> Vec<UnseenTarget> {
    let unseen = |(at, route): (usize, &Route)| {
        Some(UnseenTarget { at, why: why_unseen(index, route.target.known()?)? })
    };
    numbered(table).filter_map(unseen).collect()
}

/// Whether a virtual private gateway serves a VPC.
fn is_vpn_attached(index: &Index<'_>, gateway: &Key, vpc: &Value<Key>) -> Value<bool> {
    match index.get::<VpnGateway>(gateway) {
        Some(it) => {
            let unseen = index.unseen_within("AWS::EC2::VPCGatewayAttachment", gateway);
            serves(index, &it.attachments, vpc).or(unseen.map_or(Value::Known(false), Value::Unknown))
        }
        None => Value::Unknown(index.why_absent(gateway)),
    }
}

fn serves(index: &Index<'_>, attachments: &Value<Vec<Value<Key>>>, vpc: &Value<Key>) -> Value<bool> {
    match attachments {
        Value::Known(all) => Value::any(all.iter().map(|it| is_same_vpc(index, it, vpc))),
        Value::OneOf(_) => Value::Unknown(Reason::Parameter.into()),
        Value::Unknown(why) => Value::Unknown(why.clone()),
    }
}

/// Whether an internet gateway serves a VPC. One that the architecture creates is attached only where it says;
/// one from elsewhere cannot be seen.
pub(crate) fn is_attached(index: &Index<'_>, gateway: &Key, vpc: &Value<Key>) -> Value<bool> {
    let Some(gateway) = index.get::<InternetGateway>(gateway) else {
        return Value::Unknown(index.why_absent(gateway));
    };
    let seen = serves(index, &gateway.attachments, vpc);
    let unseen = index.unseen_within("AWS::EC2::VPCGatewayAttachment", &gateway.meta.key);
    seen.or(unseen.map_or(Value::Known(false), Value::Unknown))
}

/// Which VPCs of the architecture have an internet gateway.
pub(crate) struct InternetGateways<'a> {
    attached: HashSet<&'a Key>,
    /// Why any other may have one.
    doubt: Option<Unknown>,
}

impl<'a> InternetGateways<'a> {
    pub(crate) fn new(index: &Index<'a>) -> Self {
        let mut gateways = Self { attached: HashSet::new(), doubt: None };
        for it in index.all::<InternetGateway>() {
            let attachments = match it.attachments.decided() {
                Ok(vpcs) => vpcs.iter().map(Value::decided).collect(),
                Err(why) => vec![Err(why)],
            };
            for vpc in attachments {
                match vpc {
                    Ok(vpc) => _ = gateways.attached.insert(vpc),
                    Err(why) => _ = gateways.doubt.get_or_insert(why),
                }
            }
        }
        gateways
    }

    /// Whether one is attached to a VPC.
    pub(crate) fn serve(&self, index: &Index<'_>, vpc: &Key) -> Value<bool> {
        if self.attached.contains(vpc) {
            return Value::Known(true);
        }
        let unseen = || index.unseen_within("AWS::EC2::VPCGatewayAttachment", vpc);
        self.doubt.clone().or_else(unseen).map_or(Value::Known(false), Value::Unknown)
    }
}

fn is_same_vpc(index: &Index<'_>, a: &Value<Key>, b: &Value<Key>) -> Value<bool> {
    match (a, b) {
        (Value::Known(a), Value::Known(b)) if a == b => Value::Known(true),
        // Two VPCs of this architecture are two; one from outside may be any other from outside.
        (Value::Known(a), Value::Known(b)) if index.creates(a) || index.creates(b) => Value::Known(false),
        (Value::Known(_), Value::Known(b)) => Value::Unknown(index.why_absent(b)),
        (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Value::Unknown(why.clone()),
        _ => Value::Unknown(Reason::Parameter.into()),
    }
}

fn blocks(index: &Index<'_>, route: &Route) -> Value<Vec<Cidr>> {
    let parse =
        |text: &str| text.parse().map_or_else(|_| Value::unknown(Reason::Computed, text), Value::Known);
    match &route.destination {
        Value::Known(Destination::Ipv4(text) | Destination::Ipv6(text)) => {
            parse(text).map(|it: Cidr| vec![it])
        }
        Value::Known(Destination::PrefixList(key)) => match index.get::<PrefixList>(key) {
            Some(list) => entries(list),
            None => Value::Unknown(index.why_absent(key)),
        },
        Value::Unknown(why) => Value::Unknown(why.clone()),
        Value::OneOf(_) => Value::Unknown(Reason::Parameter.into()),
    }
}

pub(crate) fn entries(list: &PrefixList) -> Value<Vec<Cidr>> {
    let entries = match list.entries.decided() {
        Ok(entries) => entries,
        Err(why) => return Value::Unknown(why),
    };
    let mut blocks = Vec::new();
    for entry in entries {
        match entry.decided().map(|it| it.parse()) {
            Ok(Ok(block)) => blocks.push(block),
            Ok(Err(_)) => return Value::unknown(Reason::Computed, list.meta.label.clone()),
            Err(why) => return Value::Unknown(why),
        }
    }
    Value::Known(blocks)
}

impl Active<'_> {
    /// Whether the target is of a kind that `wanted` holds for.
    pub(crate) fn leads_to(&self, wanted: impl Fn(&RouteTarget) -> Value<bool>) -> Value<bool> {
        match &self.route.target {
            Value::Known(target) => wanted(target),
            Value::OneOf(_) => Value::Unknown(Reason::Parameter.into()),
            Value::Unknown(why) => Value::Unknown(why.clone()),
        }
    }

    /// Whether the route is for any address of a family.
    pub(crate) fn is_for(&self, ipv6: bool) -> Value<bool> {
        match &self.route.destination {
            Value::Known(Destination::Ipv4(_)) => Value::Known(!ipv6),
            Value::Known(Destination::Ipv6(_)) => Value::Known(ipv6),
            _ => self.blocks.is(|it| it.iter().any(|block| block.is_ipv6() == ipv6)),
        }
    }

    /// Whether the route alone is for every address of a family.
    pub(crate) fn is_default(&self, ipv6: bool) -> bool {
        self.blocks.known().is_some_and(|it| covers_default(it, ipv6))
    }

    pub(crate) fn blocks(&self) -> &Value<Vec<Cidr>> {
        &self.blocks
    }

    /// The step of a chain that shows the route.
    pub(crate) fn step(&self, index: &Index<'_>) -> Step {
        let target = self.route.target.known();
        let name = target.map_or_else(|| "something unknown".to_owned(), |it| target_label(index, it));
        Step {
            leads_to: target.and_then(|it| it.resource.known().cloned()),
            ..Step::new(
                &self.table.meta.key,
                format!("routes[{}].target", self.at),
                format!("sends {} to {name}", self.destination(index)),
            )
        }
    }

    fn destination(&self, index: &Index<'_>) -> String {
        match &self.route.destination {
            Value::Known(Destination::Ipv4(it) | Destination::Ipv6(it)) => it.clone(),
            Value::Known(Destination::PrefixList(key)) => format!("prefix list `{}`", index.label(key)),
            _ => "some addresses".to_owned(),
        }
    }
}

pub(crate) fn target_label(index: &Index<'_>, target: &RouteTarget) -> String {
    let kind = match target.kind {
        TargetKind::Local => return "the VPC itself".to_owned(),
        TargetKind::InternetGateway => "internet gateway",
        TargetKind::EgressOnlyInternetGateway => "egress-only internet gateway",
        TargetKind::CarrierGateway => "carrier gateway",
        TargetKind::VpnGateway => "virtual private gateway",
        TargetKind::NatGateway => "NAT gateway",
        TargetKind::Instance => "instance",
        TargetKind::NetworkInterface => "network interface",
        TargetKind::TransitGateway => "transit gateway",
        TargetKind::VpcPeering => "peering connection",
        TargetKind::VpcEndpoint => "endpoint",
        TargetKind::LocalGateway => "local gateway",
        TargetKind::CoreNetwork => "core network",
    };
    match target.resource.known() {
        Some(key) => format!("{kind} `{}`", index.label(key)),
        None => kind.to_owned(),
    }
}

/// Whether the union of some routes is a default of a family: known where the routes that surely belong to the
/// set cover it, or where even those that may belong cannot.
pub(crate) fn cover_default(
    routes: &[(Value<bool>, &Active<'_>)],
    open: Option<&Unknown>,
    ipv6: bool,
) -> Value<bool> {
    let blocks = |sure: bool| {
        let chosen = routes
            .iter()
            .filter(move |(belongs, _)| if sure { belongs.is_true() } else { !belongs.is_false() });
        chosen.filter_map(|(_, it)| it.blocks().known()).flatten()
    };
    if covers_default(blocks(true), ipv6) {
        return Value::Known(true);
    }
    // Blocks that nobody knows may cover anything.
    let hidden = routes
        .iter()
        .filter(|(belongs, _)| !belongs.is_false())
        .find_map(|(_, it)| it.blocks().decided().err());
    if let Some(why) = open.cloned().or(hidden) {
        return Value::Unknown(why);
    }
    if !covers_default(blocks(false), ipv6) {
        return Value::Known(false);
    }
    let doubt = routes.iter().find_map(|(belongs, _)| belongs.decided().err());
    Value::Unknown(doubt.unwrap_or_else(|| Reason::Computed.into()))
}
