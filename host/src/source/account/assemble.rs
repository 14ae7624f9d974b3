//! From items to architectures: one per account and region, or per regions that something joins.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use archlint_schema::{
    Association, Completeness, Key, NetworkAcl, Reason, Resource, Resources, RouteTable, Scope, Unknown,
    Value, parts,
};

use super::arn::{self, GLOBAL};
use super::coverage::{Coverage, Place};
use super::groups::{self, Group};
use super::index::Index;
use super::item::Item;
use super::{kinds, names, places, raw, registered};
use crate::source::built::Built;
use crate::source::cloudformation::{FOLDED, canonical};
use crate::source::{Architecture, Input, Scenario, SourceOptions, Sources};

/// Makes architectures of everything that was collected, and counts it by account and region.
pub(crate) fn assemble(
    items: Vec<Item>,
    coverage: &Coverage,
    options: &SourceOptions,
    sources: &mut Sources,
) {
    let mut inputs: BTreeMap<String, Input> = BTreeMap::new();
    for item in &items {
        let place = Place { account: item.account.clone(), region: item.region.clone() };
        let name = place.to_string();
        let input = inputs.entry(name.clone()).or_insert(Input { file: name, ..Input::default() });
        count(item, !item.is_gone(), input);
    }
    sources.inputs.extend(inputs.into_values());
    sources.architectures.extend(architectures(items, coverage, options));
}

/// Counts an item that was read, or that is gone.
pub(crate) fn count(item: &Item, exists: bool, input: &mut Input) {
    let kind = canonical(&item.kind);
    if Resources::KINDS.contains(&kind) {
        *input.entries.entry(kind.to_owned()).or_default() += 1;
        let counted = if exists { &mut input.read } else { &mut input.absent };
        *counted.entry(kind.to_owned()).or_default() += 1;
    }
}

pub(crate) fn architectures(
    items: Vec<Item>,
    coverage: &Coverage,
    options: &SourceOptions,
) -> Vec<Architecture> {
    let (items, gone) = prepared(items, options);
    let index = Index::new(&items);
    let mut groups = groups::of(&items, &index);
    // Where nothing could be seen, rules must still say so.
    for place in coverage.with_gaps() {
        if groups.iter().all(|it| !it.places.contains(place)) {
            groups.push(Group::empty(place));
        }
    }
    groups.iter().map(|it| architecture(it, &index, &gone, coverage, options)).collect()
}

/// Every item once and with what it is found by, and the ids of what is gone.
fn prepared(mut items: Vec<Item>, options: &SourceOptions) -> (Vec<Item>, BTreeSet<String>) {
    // ARNs tell a place, and what is placed tells it of others.
    items.iter_mut().for_each(arn::complete);
    places::infer(&mut items);
    let known = |of: fn(&Item) -> Option<&String>| -> Option<String> {
        let all: BTreeSet<&String> = items.iter().filter_map(of).filter(|it| *it != GLOBAL).collect();
        all.first().filter(|_| all.len() == 1).map(|it| (*it).clone())
    };
    // What does not say where it is, is where everything else is.
    let account = options.account.clone().or_else(|| known(|it| it.account.as_ref()));
    let region = options.region.clone().or_else(|| known(|it| it.region.as_ref()));
    let mut gone = BTreeSet::new();
    let mut all: Vec<Item> = Vec::new();
    let mut at: HashMap<(String, String), usize> = HashMap::new();
    for mut item in items {
        item.account = item.account.take().or_else(|| account.clone());
        item.region = item.region.take().or_else(|| region.clone());
        arn::complete(&mut item);
        if item.is_gone() {
            gone.extend(item.arn);
            gone.insert(item.id);
        } else if !FOLDED.contains(&item.kind.as_str()) {
            let at = *at.entry(identity(&item)).or_insert(all.len());
            if at < all.len() {
                all[at].complete(item);
            } else {
                all.push(item);
            }
        }
    }
    (all, gone)
}

/// What two items have in common that are of one resource.
fn identity(item: &Item) -> (String, String) {
    let place = || format!("{:?} {:?} {}", item.account, item.region, item.id);
    (canonical(&item.kind).to_owned(), item.arn.clone().unwrap_or_else(place))
}

fn architecture(
    group: &Group,
    index: &Index<'_>,
    gone: &BTreeSet<String>,
    coverage: &Coverage,
    options: &SourceOptions,
) -> Architecture {
    let mut built = Built::default();
    let items = || group.items.iter().copied().filter(|at| !index.is_placed(*at));
    items().for_each(|at| kinds::build(index, at, &mut built));
    // Only now is everything there that one item tells of another.
    items().for_each(|at| kinds::fold(index, at, &mut built));
    for at in items().filter(|_| options.raw) {
        if options.kinds.is_empty() || options.kinds.contains(canonical(&index.item(at).kind)) {
            built.raw.insert(index.key(at).clone(), raw::read(index, at));
        }
    }
    let all = &mut built.resources;
    registered::remove(all);
    mark_blackholes(all, gone);
    all.iter_mut().for_each(|(_, meta)| names::forget_made_up(meta));
    built.scope = scope(group, all, coverage, options);
    let (snapshot, origins) = built.finish(&Arc::default());
    let scenario = Scenario { when: None, snapshot, origins: Arc::new(origins) };
    Architecture { name: group.name(), scenarios: vec![scenario], not_examined: Vec::new(), changed: None }
}

/// A route to what is gone leads nowhere, whatever AWS says of its state.
fn mark_blackholes(all: &mut Resources, gone: &BTreeSet<String>) {
    for table in &mut all.route_tables {
        let Value::Known(routes) = &mut table.routes else { continue };
        for route in routes {
            let resource = route.target.known().and_then(|it| it.resource.known());
            if resource.is_some_and(|it| gone.contains(it.as_str())) {
                route.blackhole = Value::Known(true);
            }
        }
    }
}

fn scope(group: &Group, all: &Resources, coverage: &Coverage, options: &SourceOptions) -> Scope {
    let places: Vec<&Place> = group.places.iter().collect();
    let canonical = |it: String| canonical(&it).to_owned();
    let mut scope = Scope {
        account: group.account.clone().or_else(|| options.account.clone()),
        other_lists: Completeness::Partial(Unknown::new(Reason::NotCollected, "nobody asked for it")),
        ..Scope::default()
    };
    for (kind, why) in coverage.not_collected(&places) {
        scope.lists.insert(canonical(kind), Completeness::Partial(why));
    }
    for kind in coverage.complete(&places) {
        scope.lists.insert(canonical(kind), Completeness::Whole);
    }
    for (kind, vpc, why) in hidden(all) {
        if *scope.completeness(kind) != Completeness::Whole {
            scope.open_within(kind, [vpc], &why);
        }
    }
    // A resource is told with the parts that it holds, whatever else is told; what a subnet is associated with, is told
    // with the other end.
    for (part, whole) in parts().filter(|(part, _)| !OF_THE_OTHER_END.contains(part)) {
        if let Completeness::Partial(_) = scope.completeness(whole) {
            scope.lists.insert(part.to_owned(), Completeness::WithinParents);
        }
    }
    if let [one] = places.as_slice() {
        scope.region.clone_from(&one.region);
    }
    scope
}

/// Parts that a listing tells of with one end and facts ask for at the other.
const OF_THE_OTHER_END: [&str; 2] =
    ["AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::SubnetNetworkAclAssociation"];

/// The VPCs of which something is not in sight: each has a main route table and a default network ACL.
fn hidden(all: &Resources) -> Vec<(&'static str, &Key, Unknown)> {
    let main = |it: &RouteTable| it.associations.known().is_none_or(|it| it.contains(&Association::Main));
    let tables: BTreeSet<&Key> =
        all.route_tables.iter().filter(|it| main(it)).filter_map(|it| it.vpc.known()).collect();
    let is_default = |it: &NetworkAcl| !it.is_default.is_false();
    let acls: BTreeSet<&Key> =
        all.network_acls.iter().filter(|it| is_default(it)).filter_map(|it| it.vpc.known()).collect();
    let mut hidden = Vec::new();
    for vpc in &all.vpcs {
        let key = &vpc.meta.key;
        let why = |what: &str| Unknown::new(Reason::NotCollected, format!("{what} of {}", vpc.meta.label));
        if !tables.contains(key) {
            hidden.push((RouteTable::KIND, key, why("the main route table")));
        }
        if !acls.contains(key) {
            hidden.push((NetworkAcl::KIND, key, why("the default network ACL")));
        }
    }
    hidden
}
