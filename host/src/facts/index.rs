//! The snapshot by key: every lookup in constant time, so that large accounts derive in linear time.

use std::collections::HashMap;

use archlint_schema::{Association, Key, Meta, Resource, RouteTable, Snapshot, Unknown, Value};

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
    metas: HashMap<&'a Key, &'a Meta>,
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
            metas: HashMap::new(),
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
        index
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

    /// What a reader of the source calls a resource.
    pub(crate) fn label(&self, key: &Key) -> String {
        self.metas.get(key).map_or_else(|| key.to_string(), |it| it.label.clone())
    }

    /// Whether the architecture itself creates a resource, so that all it contains is here.
    pub(crate) fn creates(&self, key: &Key) -> bool {
        self.metas.contains_key(key)
    }
}
