//! The zones that something spans, and counts of them that can be proved.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::zone::Family;
use crate::{Key, Reason, Unknown, Value, Zone};

/// One subnet's place in a [`ZoneSet`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ZoneMember {
    pub zone: Value<Zone>,
    /// The subnet (or instance) that brings the zone in: one subnet is in one zone even where nobody knows which.
    pub via: Key,
}

impl ZoneMember {
    /// What names an unknown zone, a parameter above all, means the same within one template: the part of a key before
    /// its last slash.
    fn namespace(&self) -> &str {
        self.via.as_str().rsplit_once('/').map_or("", |it| it.0)
    }

    fn is_named_with(&self, other: &Self) -> bool {
        self.namespace() == other.namespace()
    }

    pub fn same(&self, other: &Self) -> Value<bool> {
        match (&self.zone, &other.zone) {
            _ if self.via == other.via => Value::Known(true),
            (Value::Known(a), Value::Known(b)) => a.same(b),
            (Value::Unknown(a), Value::Unknown(b)) if a.same_as(b) && self.is_named_with(other) => {
                Value::Known(true)
            }
            (Value::Unknown(why), _) | (_, Value::Unknown(why)) => Value::Unknown(why.clone()),
            _ => Value::Unknown(Reason::Parameter.into()),
        }
    }
}

impl ZoneMember {
    /// The zone as a message names it.
    pub fn name(&self) -> String {
        self.zone.known().map_or_else(|| "an unknown zone".to_owned(), Zone::to_string)
    }
}

/// How many zones, provably: `max` is absent where the list itself is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneBounds {
    pub min: usize,
    pub max: Option<usize>,
}

impl ZoneBounds {
    /// Of instances that are spread as evenly as can be, those left when the zone that held the most of them fails: in
    /// the fewest zones, and in the most, where any number of zones is possible if nobody knows how many there are.
    pub fn survivors(&self, instances: i64) -> (u64, u64) {
        let instances = u64::try_from(instances).unwrap_or(0);
        let left = |zones: u64| instances - instances.div_ceil(zones.max(1));
        (left(self.min as u64), left(self.max.map_or(u64::MAX, |it| it as u64)))
    }
}

/// The zones that a resource spans.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(schemars::JsonSchema))]
pub struct ZoneSet {
    /// One entry per subnet that stands in an Availability Zone, in the source's order.
    #[serde(default)]
    pub members: Vec<ZoneMember>,
    /// Subnets in Local Zones, Wavelength Zones and on Outposts: they do not count.
    #[serde(default)]
    pub excluded: Vec<Key>,
    /// Why there may be more subnets than `members` lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Unknown>,
    /// Whether no two of the subnets can be in one zone: a load balancer has them all, and may have one in each.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_per_zone: bool,
    /// The one list that all of it is, where nobody knows what is in that list: `parameter:network/Subnets`. Two sets of
    /// the same list are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<Key>,
}

impl ZoneSet {
    /// The size of a set of pairwise provably distinct zones, and that of all that could be distinct.
    pub fn bounds(&self) -> ZoneBounds {
        let mut seen = Places::default();
        let possible: Vec<&ZoneMember> = self.members.iter().filter(|it| seen.is_first(it)).collect();
        // Zones named in one way are comparable with each other; the largest such family gives the bound.
        let mut families: HashMap<Family<'_>, usize> = HashMap::new();
        for family in possible.iter().filter_map(|it| it.zone.known()).map(Zone::family) {
            *families.entry(family).or_default() += 1;
        }
        let min = match families.values().max() {
            _ if self.one_per_zone => possible.len(),
            Some(largest) => *largest,
            None => possible.len().min(1),
        };
        ZoneBounds { min, max: self.open.is_none().then_some(possible.len()) }
    }

    /// Whether two members stand in one zone. Where the zones do not tell, two subnets that cannot be in one are in two.
    fn same(&self, a: &ZoneMember, b: &ZoneMember) -> Value<bool> {
        match a.same(b) {
            Value::Unknown(_) if self.one_per_zone => Value::Known(false),
            told => told,
        }
    }

    /// The members, or why there may be more.
    pub fn decided(&self) -> Result<&[ZoneMember], Unknown> {
        self.open.clone().map_or(Ok(self.members.as_slice()), Err)
    }

    /// Says that there may be more subnets.
    pub fn leave_open(&mut self, why: &Unknown) {
        self.open.get_or_insert_with(|| why.clone());
        self.list = None;
    }

    /// Whether two sets are the same list.
    fn is_list_of(&self, other: &Self) -> bool {
        self.list.is_some() && self.list == other.list
    }

    /// Whether nothing is known to be in it, nor that anything may be.
    fn is_blank(&self) -> bool {
        self.members.is_empty() && self.excluded.is_empty() && self.open.is_none()
    }

    /// Adds all of another set; what came in by one subnet comes in once.
    pub fn extend(&mut self, other: &Self) {
        if self.is_blank() {
            other.clone_into(self);
            return;
        }
        if self.is_list_of(other) || other.is_blank() {
            return;
        }
        self.list = None;
        self.one_per_zone = self.members.is_empty() && other.one_per_zone;
        let mut vias: HashSet<&Key> = self.members.iter().map(|it| &it.via).collect();
        let further: Vec<_> = other.members.iter().filter(|it| vias.insert(&it.via)).cloned().collect();
        self.members.extend(further);
        let mut keys: HashSet<&Key> = self.excluded.iter().collect();
        let further: Vec<Key> = other.excluded.iter().filter(|it| keys.insert(it)).cloned().collect();
        self.excluded.extend(further);
        self.open = self.open.take().or_else(|| other.open.clone());
    }

    /// Whether a zone is among these.
    pub fn contains(&self, member: &ZoneMember) -> Value<bool> {
        Among::new(self).has(member)
    }

    /// Whether some zone is in both sets.
    pub fn meets(&self, other: &Self) -> Value<bool> {
        if self.is_list_of(other) {
            return Value::Known(true);
        }
        let among = Among::new(other);
        let common = Value::any(self.members.iter().map(|it| among.has(it)));
        match &self.open {
            Some(why) => common.or(Value::Unknown(why.clone())),
            None => common,
        }
    }

    /// The members that stand in none of another set's zones: those that surely do, or, where none does, why one
    /// may.
    pub fn outside(&self, other: &Self) -> Result<Self, Unknown> {
        let mut outside = Self::default();
        if self.is_list_of(other) {
            return Ok(outside);
        }
        let among = Among::new(other);
        let mut doubt = self.open.clone();
        for member in &self.members {
            match among.has(member).decided() {
                Ok(true) => {}
                Ok(false) => outside.members.push(member.clone()),
                Err(why) => doubt = doubt.or(Some(why)),
            }
        }
        match doubt {
            Some(why) if outside.members.is_empty() => Err(why),
            _ => Ok(outside),
        }
    }

    /// Whether all of it is in Local Zones, Wavelength Zones or on Outposts, where there are no zones to count.
    pub fn is_outside_zones(&self) -> bool {
        self.members.is_empty() && !self.excluded.is_empty()
    }

    /// Whether the set spans at least `n` zones.
    pub fn spans(&self, n: usize) -> Value<bool> {
        let ZoneBounds { min, max } = self.bounds();
        if min >= n {
            Value::Known(true)
        } else if max.is_some_and(|it| it < n) {
            Value::Known(false)
        } else {
            Value::Unknown(self.doubt().unwrap_or_else(|| Reason::Computed.into()))
        }
    }

    /// The zones as a message names them, each once.
    pub fn names(&self) -> String {
        let mut seen = HashSet::new();
        let names: Vec<String> = self.members.iter().map(ZoneMember::name).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).filter(|it| seen.insert(*it)).collect();
        match names.as_slice() {
            [] => "no zone".to_owned(),
            ["an unknown zone"] => match self.bounds().min {
                0 | 1 => "one zone".to_owned(),
                several => format!("{several} zones"),
            },
            names => names.join(" and "),
        }
    }

    /// The first thing that keeps the zones from being counted.
    fn doubt(&self) -> Option<Unknown> {
        let unknown = self.members.iter().find_map(|it| it.zone.decided().err());
        let mut pairs = self
            .members
            .iter()
            .enumerate()
            .flat_map(|(at, a)| self.members[at + 1..].iter().map(move |b| (a, b)));
        self.open.clone().or(unknown).or_else(|| pairs.find_map(|(a, b)| self.same(a, b).decided().err()))
    }
}

/// By what two members are provably in one zone: the subnet, the zone, or the same unknown value.
#[derive(Default)]
struct Places<'a> {
    vias: HashSet<&'a Key>,
    zones: HashSet<&'a Zone>,
    unknown: HashSet<(&'a str, &'a Unknown)>,
}

impl<'a> Places<'a> {
    fn has(&self, member: &ZoneMember) -> bool {
        self.vias.contains(&member.via)
            || match &member.zone {
                Value::Known(zone) => self.zones.contains(zone),
                Value::Unknown(why) => why.same_as(why) && self.unknown.contains(&(member.namespace(), why)),
                Value::OneOf(_) => false,
            }
    }

    fn add(&mut self, member: &'a ZoneMember) {
        self.vias.insert(&member.via);
        match &member.zone {
            Value::Known(zone) => _ = self.zones.insert(zone),
            Value::Unknown(why) => _ = self.unknown.insert((member.namespace(), why)),
            Value::OneOf(_) => {}
        }
    }

    /// Adds a member that is in none of the places; whether it was.
    fn is_first(&mut self, member: &'a ZoneMember) -> bool {
        let is_first = !self.has(member);
        if is_first {
            self.add(member);
        }
        is_first
    }
}

/// A set prepared for the question whether zones are in it, so that two sets are compared in linear time.
struct Among<'a> {
    set: &'a ZoneSet,
    places: Places<'a>,
    /// The first two members of different families, or of none: whatever a zone is compared with, one of them differs.
    samples: Vec<&'a ZoneMember>,
}

impl<'a> Among<'a> {
    fn new(set: &'a ZoneSet) -> Self {
        let mut places = Places::default();
        set.members.iter().for_each(|it| places.add(it));
        let family = |it: &'a ZoneMember| it.zone.known().map(Zone::family);
        let first = set.members.first();
        let other = first.and_then(|first| set.members.iter().find(|it| family(it) != family(first)));
        Self { set, places, samples: first.into_iter().chain(other).collect() }
    }

    fn has(&self, member: &ZoneMember) -> Value<bool> {
        let among = if self.places.has(member) {
            Value::Known(true)
        } else {
            // No member is provably the same, so all of one family answer alike.
            Value::any(self.samples.iter().map(|it| it.same(member)))
        };
        match &self.set.open {
            Some(why) => among.or(Value::Unknown(why.clone())),
            None => among,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn member(zone: Value<Zone>, via: usize) -> ZoneMember {
        ZoneMember { zone, via: Key::from(format!("subnet-{via}")) }
    }

    fn zone() -> impl Strategy<Value = Value<Zone>> {
        prop_oneof![
            "[abc]".prop_map(|it| Value::Known(Zone::Named(it))),
            (0_u32..3).prop_map(|index| Value::Known(Zone::Symbolic { region: String::new(), index })),
            "[PQ]".prop_map(|it| Value::unknown(Reason::Parameter, it)),
        ]
    }

    fn set(zones: Vec<Value<Zone>>) -> ZoneSet {
        let members = zones.into_iter().enumerate().map(|(via, zone)| member(zone, via)).collect();
        ZoneSet { members, ..ZoneSet::default() }
    }

    proptest! {
        /// Whatever zones AWS gives the symbols in the end, the true count lies within the bounds.
        #[test]
        fn bounds_hold_for_every_deployment(
            zones in prop::collection::vec(zone(), 0..7),
            order in Just(vec!["a", "b", "c"]).prop_shuffle(),
            p in "[abc]", q in "[abc]",
        ) {
            let set = set(zones);
            let real: std::collections::BTreeSet<String> = set.members.iter().map(|it| match &it.zone {
                Value::Known(Zone::Named(name)) => name.clone(),
                Value::Known(Zone::Symbolic { index, .. }) => order[*index as usize].to_owned(),
                Value::Unknown(why) if why.detail.as_deref() == Some("P") => p.clone(),
                _ => q.clone(),
            }).collect();
            let ZoneBounds { min, max } = set.bounds();
            prop_assert!(min <= real.len(), "{min} > {}", real.len());
            prop_assert!(real.len() <= max.expect("the set is closed"));
        }
    }

    #[test]
    fn the_same_list_is_the_same_whatever_is_in_it() {
        let of = |list: Option<&str>| ZoneSet {
            open: Some(Unknown::new(Reason::Parameter, "Subnets")),
            list: list.map(Key::from),
            ..ZoneSet::default()
        };
        let same = of(Some("parameter:a/Subnets"));
        assert_eq!(same.outside(&same), Ok(ZoneSet::default()));
        assert!(same.outside(&of(Some("parameter:b/Subnets"))).is_err());
        assert!(of(None).outside(&of(None)).is_err());
        let mut more = same.clone();
        more.extend(&same);
        assert_eq!(more, same);
        more.extend(&set(vec![Value::Known(Zone::Named("a".to_owned()))]));
        assert!(more.outside(&same).is_err());
        let mut open = same.clone();
        open.leave_open(&Reason::NotCollected.into());
        assert!(open.outside(&same).is_err());
    }

    #[test]
    fn a_name_of_what_is_unknown_is_that_of_one_template() {
        let of =
            |via: &str| ZoneMember { zone: Value::unknown(Reason::Parameter, "Zone"), via: Key::from(via) };
        assert!(of("network/A").same(&of("network/B")).is_true());
        assert!(!of("first/Subnet").same(&of("second/Subnet")).is_true());
        let zone = Value::unknown(Reason::Unevaluated, "Fn::Select");
        let unread = |via: &str| ZoneMember { zone: zone.clone(), via: Key::from(via) };
        assert!(!unread("network/A").same(&unread("network/B")).is_true());
    }

    #[test]
    fn a_symbolic_and_a_literal_zone_cannot_be_told_apart() {
        let mixed = set(vec![
            Value::Known(Zone::Named("us-east-1a".into())),
            Value::Known(Zone::Symbolic { region: String::new(), index: 0 }),
        ]);
        assert_eq!(mixed.bounds(), ZoneBounds { min: 1, max: Some(2) });
        assert!(mixed.spans(2).known().is_none());
    }

    #[test]
    fn subnets_that_cannot_share_a_zone_are_in_as_many_unless_they_say_otherwise() {
        let of = |zones: [&str; 2]| {
            let zone = |it: &str| Value::unknown(Reason::Parameter, it);
            ZoneSet { one_per_zone: true, ..set(zones.map(zone).into()) }
        };
        assert_eq!(of(["P", "Q"]).bounds(), ZoneBounds { min: 2, max: Some(2) });
        assert_eq!(of(["P", "Q"]).names(), "2 zones");
        assert_eq!(of(["P", "P"]).bounds(), ZoneBounds { min: 1, max: Some(1) });
        let mut union = ZoneSet::default();
        union.extend(&of(["P", "Q"]));
        assert_eq!(union.bounds().min, 2);
        union.extend(&set(vec![Value::Known(Zone::Named("a".to_owned()))]));
        assert_eq!(union.bounds().min, 1);
    }

    #[test]
    fn what_is_surely_outside_another_set() {
        let zone = |it: &str, via| member(Value::Known(Zone::Named(it.to_owned())), via);
        let of = |members: Vec<ZoneMember>| ZoneSet { members, ..ZoneSet::default() };
        let names = |it: Result<ZoneSet, Unknown>| it.map(|it| it.names());
        let doubt = Unknown::new(Reason::Parameter, "P");
        let ab = of(vec![zone("a", 0), zone("b", 1)]);
        let others = of(vec![zone("b", 2), zone("c", 3), member(Value::Unknown(doubt.clone()), 4)]);
        assert_eq!(names(ab.outside(&ab)), Ok("no zone".to_owned()));
        assert_eq!(names(others.outside(&ab)), Ok("c".to_owned()));
        // What is not found there may be the zone that nobody knows, or one that is not listed.
        assert_eq!(names(ab.outside(&others)), Err(doubt.clone()));
        let open = ZoneSet { open: Some(doubt.clone()), ..ab.clone() };
        assert_eq!(names(open.outside(&ab)), Err(doubt.clone()));
        assert_eq!(names(of(vec![zone("c", 5)]).outside(&open)), Err(doubt));
    }

    #[test]
    fn two_sets_meet_where_one_zone_is_in_both() {
        let of = |indexes: &[u32]| {
            let zone = |it: &u32| Value::Known(Zone::Symbolic { region: String::new(), index: *it });
            set(indexes.iter().map(zone).collect())
        };
        let elsewhere =
            ZoneSet { members: vec![member(of(&[2]).members[0].zone.clone(), 9)], ..ZoneSet::default() };
        assert!(of(&[0, 1]).meets(&of(&[1, 2])).is_true());
        assert!(of(&[0, 1]).meets(&elsewhere).is_false());
        let open = ZoneSet { open: Some(Reason::Parameter.into()), ..elsewhere };
        assert!(of(&[0, 1]).meets(&open).decided().is_err());
        assert!(open.meets(&of(&[0, 1])).decided().is_err());
    }
}
