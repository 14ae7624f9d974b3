//! The snapshot by key: every lookup in constant time, so that large accounts derive in linear time.

use std::collections::{HashMap, HashSet};

use archlint_schema::{
    Association, ClassicLoadBalancer, ElasticIp, Instance, Intent, Key, Listing, LoadBalancer,
    LoadBalancerType, Meta, NetworkInterface, Resource, RouteTable, Snapshot, Unknown, Untyped, Value,
};

use super::zones::list_of;

/// A snapshot as facts read it. Lists are read by [`Index::all`] and nowhere else, so that what
/// may be out of sight is never forgotten.
pub(crate) struct Index<'a> {
    snapshot: &'a Snapshot,
    /// Position of every resource within the list of its kind, and what it is called.
    positions: HashMap<&'a Key, (&'static str, usize)>,
    metas: HashMap<&'a Key, &'a Meta>,
    associations: Associations<'a>,
    interfaces: Interfaces<'a>,
    addresses: Addresses<'a>,
    balanced: Balanced<'a>,
    /// The lists of which nobody knows what is in them that Application Load Balancers take their subnets from.
    balanced_lists: HashSet<Key>,
}

/// What route tables are associated with.
#[derive(Default)]
struct Associations<'a> {
    /// The table that a subnet is explicitly associated with, and the index of the association.
    subnets: HashMap<&'a Key, (&'a RouteTable, usize)>,
    /// The main table of a VPC, where it is a resource.
    main: HashMap<&'a Key, &'a RouteTable>,
    /// The table that routes what comes in through a gateway.
    edge: HashMap<&'a Key, &'a RouteTable>,
    /// Why a subnet without an association may still have one.
    hidden: Option<Unknown>,
}

/// Which interface is whose.
#[derive(Default)]
struct Interfaces<'a> {
    /// The instance that an interface is attached to, by either end's word.
    holders: HashMap<&'a Key, &'a Key>,
    /// Interfaces that say that they are attached to an instance.
    attached: HashMap<&'a Key, Vec<&'a NetworkInterface>>,
}

/// Which Elastic IP address is whose.
#[derive(Default)]
struct Addresses<'a> {
    /// By instance or interface.
    by_end: HashMap<&'a Key, &'a ElasticIp>,
    /// Why an address in sight may be that of any instance or interface.
    hidden: Option<Unknown>,
}

/// The load balancers that have each subnet, by their position among them all.
type Balanced<'a> = HashMap<&'a Key, HashSet<usize>>;

impl<'a> Index<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot) -> Self {
        let mut index = Self {
            snapshot,
            positions: HashMap::new(),
            metas: HashMap::new(),
            associations: Associations::default(),
            interfaces: Interfaces::default(),
            addresses: Addresses::default(),
            balanced: Balanced::default(),
            balanced_lists: HashSet::new(),
        };
        let mut position = (0, "");
        for (kind, meta) in snapshot.resources.iter() {
            position = if position.1 == kind { (position.0 + 1, kind) } else { (0, kind) };
            index.metas.insert(&meta.key, meta);
            let known = archlint_schema::Resources::KINDS.iter().find(|it| **it == kind);
            if let Some(kind) = known {
                index.positions.insert(&meta.key, (kind, position.0));
            }
        }
        index.associations = Associations::new(&index);
        index.interfaces = Interfaces::new(&index);
        index.addresses = Addresses::new(&index);
        index.balanced = balanced(&index);
        let applications = index.all::<LoadBalancer>().into_iter().filter(|it| is_application(it));
        index.balanced_lists =
            applications.filter_map(|it| Some(list_of(&it.meta, &it.subnets)?.0)).collect();
        index
    }

    /// Every resource of a kind in sight, and why there may be others.
    pub(crate) fn all<T: Resource>(&self) -> Listing<'a, T> {
        self.snapshot.all()
    }

    /// Resources of a kind without a struct, or of which only the identity could be read.
    pub(crate) fn untyped(&self, kind: &str) -> &'a [Untyped] {
        self.snapshot.resources.untyped(kind)
    }

    pub(crate) fn get<T: Resource>(&self, key: &Key) -> Option<&'a T> {
        let (kind, at) = self.positions.get(key)?;
        if *kind == T::KIND { self.snapshot.resources.at(*at) } else { None }
    }

    /// Why there may be resources of a kind that are not in sight.
    pub(crate) fn unseen(&self, kind: &str) -> Option<Unknown> {
        self.snapshot.scope.unseen(kind)
    }

    /// Why a parent may have members of a kind that are not in sight.
    pub(crate) fn unseen_within(&self, kind: &str, parent: &Key) -> Option<Unknown> {
        let absent = (!self.creates(parent)).then(|| self.why_absent(parent));
        self.snapshot.scope.unseen_within(kind, parent, absent)
    }

    /// Why a list lacks what the source itself may have made or was asked for.
    pub(crate) fn is_partial(&self, kind: &str) -> Option<&'a Unknown> {
        self.snapshot.scope.is_partial(kind)
    }

    /// Why the list of any of some kinds does.
    pub(crate) fn any_partial<'k>(&self, kinds: impl IntoIterator<Item = &'k str>) -> Option<&'a Unknown> {
        kinds.into_iter().find_map(|kind| self.is_partial(kind))
    }

    /// The region that the source looked at; a template does not say.
    pub(crate) fn region(&self) -> Option<&'a str> {
        self.snapshot.scope.region.as_deref()
    }

    /// What the owners say of the architecture.
    pub(crate) fn intent(&self) -> &'a Intent {
        &self.snapshot.intent
    }

    /// Every resource, whatever its kind.
    pub(crate) fn metas(&self) -> impl Iterator<Item = &'a Meta> {
        self.snapshot.resources.iter().map(|(_, meta)| meta)
    }

    /// Why no resource has a key.
    pub(crate) fn why_absent(&self, key: &Key) -> Unknown {
        self.snapshot.why_absent(key)
    }

    /// Whether a key is that of something that an edge leads to outside of the snapshot.
    pub(crate) fn is_external(&self, key: &Key) -> bool {
        self.snapshot.externals.contains_key(key)
    }

    /// The table that a subnet is explicitly associated with, and the index of the association.
    pub(crate) fn associated(&self, subnet: &Key) -> Option<(&'a RouteTable, usize)> {
        self.associations.subnets.get(subnet).copied()
    }

    /// Why a subnet without an association in sight may still have one.
    pub(crate) fn hidden_association(&self, subnet: &Key) -> Option<Unknown> {
        let hidden = self.associations.hidden.clone();
        hidden.or_else(|| self.unseen_within("AWS::EC2::SubnetRouteTableAssociation", subnet))
    }

    /// The main table of a VPC, where it is a resource.
    pub(crate) fn main_table(&self, vpc: &Key) -> Option<&'a RouteTable> {
        self.associations.main.get(vpc).copied()
    }

    /// The tables that route what comes in through gateways.
    pub(crate) fn edge_tables(&self) -> impl Iterator<Item = (&'a Key, &'a RouteTable)> {
        self.associations.edge.iter().map(|(gateway, table)| (*gateway, *table))
    }

    /// The instance that an interface is attached to.
    pub(crate) fn holder(&self, interface: &Key) -> Option<&'a Key> {
        self.interfaces.holders.get(interface).copied()
    }

    /// The interfaces that say that they are attached to an instance.
    pub(crate) fn interfaces_of(&self, instance: &Key) -> impl Iterator<Item = &'a NetworkInterface> {
        self.interfaces.attached.get(instance).into_iter().flatten().copied()
    }

    /// The Elastic IP address that is associated with an instance or interface.
    pub(crate) fn address_of(&self, end: &Key) -> Option<&'a ElasticIp> {
        self.addresses.by_end.get(end).copied()
    }

    /// Why an address in sight may be that of any instance or interface.
    pub(crate) fn hidden_address(&self) -> Option<Unknown> {
        self.addresses.hidden.clone()
    }

    /// Whether one load balancer has all of some subnets.
    pub(crate) fn is_balanced<'k>(&self, mut subnets: impl Iterator<Item = &'k Key> + Clone) -> bool {
        let Some(first) = subnets.next() else { return false };
        let has = |balancer: usize, subnet: &Key| {
            self.balanced.get(subnet).is_some_and(|all| all.contains(&balancer))
        };
        let mut of_first = self.balanced.get(first).into_iter().flatten();
        of_first.any(|balancer| subnets.clone().all(|subnet| has(*balancer, subnet)))
    }

    /// Whether an Application Load Balancer takes its subnets from a list.
    pub(crate) fn is_of_application_balancer(&self, list: &Key) -> bool {
        self.balanced_lists.contains(list)
    }

    /// Who a resource is.
    pub(crate) fn meta(&self, key: &Key) -> Option<&'a Meta> {
        self.metas.get(key).copied()
    }

    /// What a reader of the source calls a resource.
    pub(crate) fn label(&self, key: &Key) -> String {
        self.metas.get(key).map_or_else(|| key.to_string(), |it| it.label.clone())
    }

    /// Whether the architecture itself creates a resource.
    pub(crate) fn creates(&self, key: &Key) -> bool {
        self.metas.contains_key(key)
    }
}

impl<'a> Associations<'a> {
    fn new(index: &Index<'a>) -> Self {
        let mut all = Self::default();
        index.all::<RouteTable>().iter().for_each(|table| all.add(table));
        all
    }

    fn add(&mut self, table: &'a RouteTable) {
        let associations = match &table.associations {
            Value::Known(it) => it,
            Value::OneOf(_) => return,
            Value::Unknown(why) => {
                self.hidden = Some(why.clone());
                return;
            }
        };
        for (at, association) in associations.iter().enumerate() {
            match association {
                Association::Subnet(Value::Known(subnet)) => {
                    self.subnets.insert(subnet, (table, at));
                }
                Association::Gateway(Value::Known(gateway)) => {
                    self.edge.insert(gateway, table);
                }
                Association::Main => {
                    if let Value::Known(vpc) = &table.vpc {
                        self.main.insert(vpc, table);
                    }
                }
                Association::Subnet(Value::Unknown(why)) => self.hidden = Some(why.clone()),
                Association::Subnet(Value::OneOf(_)) | Association::Gateway(_) => {}
            }
        }
    }
}

impl<'a> Interfaces<'a> {
    fn new(index: &Index<'a>) -> Self {
        let mut all = Self::default();
        for instance in index.all::<Instance>() {
            let own = instance.network_interfaces.known().into_iter().flatten().filter_map(Value::known);
            all.holders.extend(own.map(|interface| (interface, &instance.meta.key)));
        }
        for interface in index.all::<NetworkInterface>() {
            if let Some(Some(instance)) = interface.instance.known() {
                all.holders.insert(&interface.meta.key, instance);
                all.attached.entry(instance).or_default().push(interface);
            }
        }
        all
    }
}

impl<'a> Addresses<'a> {
    fn new(index: &Index<'a>) -> Self {
        let mut all = Self::default();
        for address in index.all::<ElasticIp>() {
            for end in [&address.instance, &address.network_interface] {
                match end.decided() {
                    Ok(Some(end)) => {
                        all.by_end.insert(end, address);
                    }
                    Ok(None) => {}
                    Err(why) => all.hidden = Some(why),
                }
            }
        }
        all
    }
}

fn is_application(balancer: &LoadBalancer) -> bool {
    balancer.load_balancer_type.is(|it| *it == LoadBalancerType::Application).is_true()
}

fn balanced<'a>(index: &Index<'a>) -> Balanced<'a> {
    let mut all = Balanced::new();
    let of_v2 = index.all::<LoadBalancer>().iter().map(|it| &it.subnets);
    let of_classic = index.all::<ClassicLoadBalancer>().iter().map(|it| &it.subnets);
    for (at, subnets) in of_v2.chain(of_classic).enumerate() {
        for subnet in subnets.known().into_iter().flatten().filter_map(Value::known) {
            all.entry(subnet).or_default().insert(at);
        }
    }
    all
}
