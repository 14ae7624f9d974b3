//! The snapshot by key: every lookup in constant time, so that large accounts derive in linear time.

use std::collections::{HashMap, HashSet};

use archlint_schema::{
    Association, ElasticIp, Key, Meta, NetworkInterface, Reason, Resource, RouteTable, Snapshot, Unknown,
    Value,
};

pub(crate) struct Index<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// Position of every resource within the list of its kind, and what it is called.
    positions: HashMap<&'a Key, (&'static str, usize)>,
    /// The table that a subnet is explicitly associated with, and the index of the association.
    pub(crate) associated: HashMap<&'a Key, (&'a RouteTable, usize)>,
    /// The main table of a VPC, where it is a resource.
    pub(crate) main: HashMap<&'a Key, &'a RouteTable>,
    /// The table that routes what comes in through a gateway.
    pub(crate) edge: HashMap<&'a Key, &'a RouteTable>,
    /// Why a subnet without an association may still have one.
    pub(crate) hidden_association: Option<Unknown>,
    /// The instance that an interface is attached to, by either end's word.
    holders: HashMap<&'a Key, &'a Key>,
    /// Interfaces that say that they are attached to an instance.
    attached: HashMap<&'a Key, Vec<&'a NetworkInterface>>,
    /// The Elastic IP address of an instance or interface.
    addresses: HashMap<&'a Key, &'a ElasticIp>,
    /// Why an address in sight may be that of any instance or interface.
    pub(crate) hidden_address: Option<Unknown>,
    metas: HashMap<&'a Key, &'a Meta>,
    /// The load balancers that have each subnet, by their position among them all.
    balanced: HashMap<&'a Key, HashSet<usize>>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot) -> Self {
        let mut index = Self {
            snapshot,
            positions: HashMap::new(),
            associated: HashMap::new(),
            main: HashMap::new(),
            edge: HashMap::new(),
            hidden_association: None,
            holders: HashMap::new(),
            attached: HashMap::new(),
            addresses: HashMap::new(),
            hidden_address: None,
            metas: HashMap::new(),
            balanced: HashMap::new(),
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
        for table in &snapshot.resources.route_tables {
            index.associate(table);
        }
        index.note_hidden_associations();
        index.attach(snapshot);
        index.balance(snapshot);
        index
    }

    fn balance(&mut self, snapshot: &'a Snapshot) {
        let v2 = snapshot.resources.load_balancers.iter().map(|it| &it.subnets);
        let classic = snapshot.resources.classic_load_balancers.iter().map(|it| &it.subnets);
        for (at, subnets) in v2.chain(classic).enumerate() {
            for subnet in subnets.known().into_iter().flatten().filter_map(Value::known) {
                self.balanced.entry(subnet).or_default().insert(at);
            }
        }
    }

    fn attach(&mut self, snapshot: &'a Snapshot) {
        for instance in &snapshot.resources.instances {
            for interface in
                instance.network_interfaces.known().into_iter().flatten().filter_map(Value::known)
            {
                self.holders.insert(interface, &instance.meta.key);
            }
        }
        for interface in &snapshot.resources.network_interfaces {
            if let Some(Some(instance)) = interface.instance.known() {
                self.holders.insert(&interface.meta.key, instance);
                self.attached.entry(instance).or_default().push(interface);
            }
        }
        for address in &snapshot.resources.elastic_ips {
            for end in [&address.instance, &address.network_interface] {
                match end.decided() {
                    Ok(Some(end)) => {
                        self.addresses.insert(end, address);
                    }
                    Ok(None) => {}
                    Err(why) => self.hidden_address = Some(why),
                }
            }
        }
    }

    /// An association with a table that is not in sight is left as it was written: which subnet's it is, nobody tells.
    fn note_hidden_associations(&mut self) {
        const KINDS: [&str; 2] = ["AWS::EC2::SubnetRouteTableAssociation", "aws_route_table_association"];
        let untyped = &self.snapshot.resources.untyped;
        if let Some(kind) = KINDS.into_iter().find(|it| untyped.contains_key(*it)) {
            let why = Unknown::new(Reason::NotCollected, format!("the route table of an {kind}"));
            self.hidden_association.get_or_insert(why);
        }
    }

    fn associate(&mut self, table: &'a RouteTable) {
        let associations = match &table.associations {
            Value::Known(it) => it,
            Value::OneOf(_) => return,
            Value::Unknown(why) => {
                self.hidden_association = Some(why.clone());
                return;
            }
        };
        for (at, association) in associations.iter().enumerate() {
            match association {
                Association::Subnet(Value::Known(subnet)) => {
                    self.associated.insert(subnet, (table, at));
                }
                Association::Gateway(Value::Known(gateway)) => {
                    self.edge.insert(gateway, table);
                }
                Association::Main => {
                    if let Value::Known(vpc) = &table.vpc {
                        self.main.insert(vpc, table);
                    }
                }
                Association::Subnet(Value::Unknown(why)) => self.hidden_association = Some(why.clone()),
                Association::Subnet(Value::OneOf(_)) | Association::Gateway(_) => {}
            }
        }
    }

    pub(crate) fn get<T: Resource>(&self, key: &Key) -> Option<&'a T> {
        let (kind, at) = self.positions.get(key)?;
        if *kind == T::KIND { T::list(&self.snapshot.resources).get(*at) } else { None }
    }

    /// The instance that an interface is attached to.
    pub(crate) fn holder(&self, interface: &Key) -> Option<&'a Key> {
        self.holders.get(interface).copied()
    }

    /// The interfaces that say that they are attached to an instance.
    pub(crate) fn interfaces_of(&self, instance: &Key) -> impl Iterator<Item = &'a NetworkInterface> {
        self.attached.get(instance).into_iter().flatten().copied()
    }

    /// The Elastic IP address that is associated with an instance or interface.
    pub(crate) fn address_of(&self, end: &Key) -> Option<&'a ElasticIp> {
        self.addresses.get(end).copied()
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

    /// Who a resource is.
    pub(crate) fn meta(&self, key: &Key) -> Option<&'a Meta> {
        self.metas.get(key).copied()
    }

    /// What a reader of the source calls a resource.
    pub(crate) fn label(&self, key: &Key) -> String {
        self.metas.get(key).map_or_else(|| key.to_string(), |it| it.label.clone())
    }

    /// Whether the architecture itself creates a resource, so that all it contains is here.
    pub(crate) fn creates(&self, key: &Key) -> bool {
        self.metas.contains_key(key)
    }
}
