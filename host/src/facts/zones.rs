//! The zones that something spans by its subnets (rules.md 2: `zone`, `azs`).

use archlint_schema::{
    AutoScalingGroup, Key, KeySet, Meta, Reason, Resource, Subnet, Unknown, Value, Zone, ZoneKind,
    ZoneMember, ZoneSet,
};

use super::index::Index;
use super::{Because, Step};

/// The zones of some subnets. A subnet from outside stands in some zone that nobody knows; Local Zones,
/// Wavelength Zones and Outposts do not count.
pub(crate) fn of_subnets(index: &Index<'_>, subnets: &Value<Vec<Value<Key>>>) -> ZoneSet {
    let mut set = ZoneSet::default();
    let subnets = match subnets.decided() {
        Ok(subnets) => subnets,
        Err(why) => return ZoneSet { open: Some(why), ..set },
    };
    for subnet in subnets {
        match subnet.decided() {
            Ok(key) => add(index, key, &mut set),
            Err(why) => set.open = Some(why),
        }
    }
    apart(index, somewhere(set))
}

/// The zones of all subnets of a resource: of one list, it may be, of which nobody knows what is in it. An Application
/// Load Balancer has subnets of two zones at least, so that a list which one has holds as many.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html>
pub(crate) fn of_owner(index: &Index<'_>, owner: &Meta, subnets: &Value<Vec<Value<Key>>>) -> ZoneSet {
    let mut set = of_subnets(index, subnets);
    let Some((list, why)) = list_of(owner, subnets) else { return set };
    if index.is_of_application_balancer(&list) {
        let element = |at: usize| {
            let detail = why.detail.as_ref().map(|it| format!("{it}[{at}]"));
            let zone = Value::Unknown(Unknown { detail, ..why.clone() });
            ZoneMember { zone, via: Key::from(format!("{list}[{at}]")) }
        };
        set.members.extend([0, 1].map(element));
        set.one_per_zone = true;
    }
    set.list = Some(list);
    set
}

/// The one list that a resource takes its subnets from, where nobody knows what is in it, and why. A parameter is that
/// of a template: the part of a key before its last slash.
pub(crate) fn list_of<'v>(owner: &Meta, subnets: &'v Value<Vec<Value<Key>>>) -> Option<(Key, &'v Unknown)> {
    let Value::Unknown(why) = subnets else { return None };
    let detail = why.detail.as_ref().filter(|_| why.same_as(why))?;
    let list = match why.reason {
        Reason::Import => format!("import:{detail}"),
        _ => format!("{}:{}/{detail}", why.reason, owner.key.as_str().rsplit_once('/').map_or("", |it| it.0)),
    };
    Some((Key::from(list), why))
}

/// AWS lets a load balancer have one subnet in each zone, so no two that one has are in one zone.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-subnets.html>
fn apart(index: &Index<'_>, set: ZoneSet) -> ZoneSet {
    let one_per_zone =
        set.bounds().min < set.members.len() && index.is_balanced(set.members.iter().map(|it| &it.via));
    ZoneSet { one_per_zone, ..set }
}

/// What names no place stands in one all the same.
fn somewhere(set: ZoneSet) -> ZoneSet {
    if set.members.is_empty() && set.excluded.is_empty() && set.open.is_none() {
        return ZoneSet { open: Some(Unknown::new(Reason::NotCollected, "subnets")), ..set };
    }
    set
}

/// The zones of a set of subnets.
pub(crate) fn of_keys(index: &Index<'_>, subnets: &KeySet) -> ZoneSet {
    let mut set = ZoneSet { open: subnets.open.clone(), ..ZoneSet::default() };
    subnets.members.iter().for_each(|it| add(index, it, &mut set));
    apart(index, set)
}

/// Where something stands, as a message says it.
pub(crate) fn place(zone: &Value<Zone>) -> String {
    match zone.decided() {
        Ok(zone) => format!("is in {zone}"),
        Err(why) => format!("is in a zone that is unknown ({why})"),
    }
}

/// Adds the zone of one subnet.
pub(crate) fn add(index: &Index<'_>, key: &Key, set: &mut ZoneSet) {
    let Some(subnet) = index.get::<Subnet>(key) else {
        let zone = Value::Unknown(index.why_absent(key));
        set.members.push(ZoneMember { zone, via: key.clone() });
        // What should be in sight may be in a Local Zone, which does not count.
        set.open = set.open.take().or_else(|| index.is_partial(Subnet::KIND).cloned());
        return;
    };
    match subnet.zone_kind.known() {
        Some(ZoneKind::Az) | None => {
            set.members.push(ZoneMember { zone: subnet.zone.clone(), via: key.clone() });
        }
        Some(_) => set.excluded.push(key.clone()),
    }
}

/// Zones that a resource names instead of subnets. One that nobody knows is that resource's own, whatever another names
/// at the same position.
pub(crate) fn of_names(owner: &Meta, zones: &Value<Vec<Value<Zone>>>) -> ZoneSet {
    match zones.decided() {
        Err(why) => of_every_zone(why),
        Ok(zones) => {
            let member = |(at, zone): (usize, &Value<Zone>)| {
                let via = match zone.known() {
                    Some(zone) => format!("zone:{zone}"),
                    None => format!("{}.zones[{at}]", owner.key),
                };
                ZoneMember { zone: zone.clone(), via: Key::from(via) }
            };
            let members = zones.iter().enumerate().map(member).collect();
            somewhere(ZoneSet { members, ..ZoneSet::default() })
        }
    }
}

/// Every zone of a region is two at least; otherwise nobody knows the zones.
fn of_every_zone(why: Unknown) -> ZoneSet {
    let region = why.region_of_every_zone().map(str::to_owned);
    let zone = |region: &str, index| {
        let zone = Zone::Symbolic { region: region.to_owned(), index };
        ZoneMember { via: Key::from(format!("zone:{zone}")), zone: Value::Known(zone) }
    };
    let members = region.as_deref().map(|region| [0, 1].map(|index| zone(region, index)).to_vec());
    let list = region.as_deref().map(|region| Key::from(format!("zones:{region}")));
    ZoneSet { members: members.unwrap_or_default(), open: Some(why), list, ..ZoneSet::default() }
}

/// An Auto Scaling group spans the zones of its subnets, or those that it names instead.
pub(crate) fn of_group(index: &Index<'_>, group: &AutoScalingGroup) -> ZoneSet {
    let is_empty = |it: &Value<Vec<Value<Key>>>| it.known().is_some_and(Vec::is_empty);
    if is_empty(&group.subnets) {
        of_names(&group.meta, &group.zones)
    } else {
        of_owner(index, &group.meta, &group.subnets)
    }
}

/// A step for each member: through which property of the whole, and where it stands.
pub(crate) fn chain(index: &Index<'_>, whole: &Meta, path: &str, set: &ZoneSet) -> Vec<Step> {
    let own = Step::new(&whole.key, path, format!("spans {}", count(set)));
    let member = |it: &ZoneMember| Step::new(&it.via, "zone", place(&it.zone));
    std::iter::once(own).chain(set.members.iter().filter(|it| index.creates(&it.via)).map(member)).collect()
}

fn count(set: &ZoneSet) -> String {
    let bounds = set.bounds();
    match (bounds.min, bounds.max) {
        (1, Some(1)) => "one zone".to_owned(),
        (min, Some(max)) if min == max => format!("{max} zones"),
        (min, Some(max)) => format!("{min} to {max} zones"),
        (min, None) => format!("{min} or more zones"),
    }
}

/// Why a subnet stands in its zone.
pub(crate) fn explain(subnet: &Subnet, because: &mut Because) {
    let message = match subnet.zone.decided() {
        Ok(zone) => format!("`{}` is in {zone}", subnet.meta.label),
        Err(why) => format!("the zone of `{}` is unknown ({why})", subnet.meta.label),
    };
    because.record(&subnet.meta.key, "zone", vec![Step::new(&subnet.meta.key, "zone", message)]);
}
