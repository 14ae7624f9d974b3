//! What each route table does, for whom, and which of its routes lead nowhere.

use std::collections::{BTreeMap, HashMap};

use archlint_schema::{Association, DeadRoute, Key, RouteTable, RouteTableFacts, Subnet, SubnetFacts, Value};

use super::exposure::to_internet_gateway;
use super::index::Index;
use super::routes::{self, cover_default};
use super::{Because, Step};

pub(crate) fn derive(
    index: &Index<'_>,
    of_subnets: &BTreeMap<Key, SubnetFacts>,
    because: &mut Because,
) -> BTreeMap<Key, RouteTableFacts> {
    let runs_something = |it: &&Key| of_subnets.get(*it).is_some_and(|it| !it.workload.members.is_empty());
    let mut explicit: HashMap<&Key, Vec<Key>> = HashMap::new();
    let mut implicit: HashMap<&Key, Vec<Key>> = HashMap::new();
    for subnet in index.all::<Subnet>() {
        if let Some((table, _)) = index.associated(&subnet.meta.key) {
            explicit.entry(&table.meta.key).or_default().push(subnet.meta.key.clone());
        } else if let Some(table) = main_of(index, subnet) {
            implicit.entry(&table.meta.key).or_default().push(subnet.meta.key.clone());
        }
    }
    let mut derived = BTreeMap::new();
    for table in index.all::<RouteTable>() {
        let key = &table.meta.key;
        let subnets = explicit.remove(key).unwrap_or_default();
        let implicit_subnets = implicit.remove(key).unwrap_or_default();
        let all = subnets.iter().chain(&implicit_subnets);
        let facts = RouteTableFacts {
            workload_subnets: all.filter(runs_something).cloned().collect(),
            main: main(table, because),
            dead_routes: dead_routes(index, table, because),
            unseen_targets: routes::unseen_targets(index, table),
            gateways: gateways(table),
            subnets,
            implicit_subnets,
            ..public(index, table, because)
        };
        explain_subnets(index, table, &facts, because);
        derived.insert(key.clone(), facts);
    }
    derived
}

fn main_of<'a>(index: &Index<'a>, subnet: &Subnet) -> Option<&'a RouteTable> {
    index.main_table(subnet.vpc.known()?)
}

fn main(table: &RouteTable, because: &mut Because) -> Value<bool> {
    let main = table.associations.is(|all| all.contains(&Association::Main));
    let step = Step::new(&table.meta.key, "associations", "is the main route table of its VPC");
    because.record(&table.meta.key, "main", if main.is_true() { vec![step] } else { Vec::new() });
    main
}

fn gateways(table: &RouteTable) -> Vec<Key> {
    let gateway = |it: &Association| match it {
        Association::Gateway(Value::Known(key)) => Some(key.clone()),
        _ => None,
    };
    table.associations.known().into_iter().flatten().filter_map(gateway).collect()
}

/// Whether the table's default leads to an internet gateway, by family; the rest is filled in elsewhere.
fn public(index: &Index<'_>, table: &RouteTable, because: &mut Because) -> RouteTableFacts {
    let active = routes::active(index, table);
    let gateways: Vec<_> = active.iter().map(|it| (to_internet_gateway(index, it), it)).collect();
    let open = routes::unseen(index, table);
    let covers = |ipv6| cover_default(&gateways, open.as_ref(), ipv6);
    for (name, ipv6) in [("public_ipv4", false), ("public_ipv6", true)] {
        let deciding = gateways.iter().filter(|(leads, it)| leads.is_true() && !it.is_for(ipv6).is_false());
        because.record(&table.meta.key, name, deciding.map(|(_, it)| it.step(index)).collect::<Vec<_>>());
    }
    RouteTableFacts {
        main: Value::default(),
        public_ipv4: covers(false),
        public_ipv6: covers(true),
        subnets: Vec::new(),
        implicit_subnets: Vec::new(),
        workload_subnets: Vec::new(),
        gateways: Vec::new(),
        dead_routes: Vec::new(),
        unseen_targets: Vec::new(),
        service_traffic: Vec::new(),
        unseen_traffic: None,
    }
}

fn dead_routes(index: &Index<'_>, table: &RouteTable, because: &mut Because) -> Vec<DeadRoute> {
    let dead = routes::dead(index, table);
    let steps = dead.iter().map(|(route, why)| {
        let step = route.step(index);
        Step { message: format!("{}, {why}", step.message), ..step }
    });
    because.record(&table.meta.key, "dead_routes", steps.collect::<Vec<_>>());
    let facts = |(route, why): &(routes::Active<'_>, _)| DeadRoute {
        at: route.at,
        why: *why,
        is_default: route.is_default(false) || route.is_default(true),
    };
    dead.iter().map(facts).collect()
}

fn explain_subnets(index: &Index<'_>, table: &RouteTable, facts: &RouteTableFacts, because: &mut Because) {
    let named = |all: &[Key], how: &str| -> Vec<Step> {
        all.iter().map(|it| Step::new(it, "", format!("`{}` {how}", index.label(it)))).collect()
    };
    let key = &table.meta.key;
    because.record(key, "subnets", named(&facts.subnets, "is associated with it"));
    because.record(key, "implicit_subnets", named(&facts.implicit_subnets, "has no table of its own"));
}
