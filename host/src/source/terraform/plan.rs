//! A document with its indexes: what will be there, by address, by id and by name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use archlint_schema::Key;
use serde::Deserialize;
use serde_json::Value as Json;

use super::address::{Address, InstanceKey, ModuleStep, prefix};
use super::configuration::{Block, Module};
use super::document::{Document, Instance};
use super::memo::Memo;
use super::mentions::Scope;
use super::targets;
use crate::source::{SourceError, born};

pub(crate) struct Plan<'t> {
    pub(crate) document: Document<'t>,
    /// Indexes of the instances of a block, by its address in its module's instance; by key.
    blocks: HashMap<String, Vec<usize>>,
    /// Indexes of the instances of a type.
    kinds: HashMap<String, Vec<usize>>,
    /// Indexes of the data sources that are read on apply.
    pub(crate) pending: Vec<usize>,
    /// The instances of each module call, by the address of the call without `module.` before its name.
    modules: HashMap<String, Vec<Option<InstanceKey>>>,
    /// By id, ARN or name: ids are known where the resource exists already.
    ids: HashMap<String, Vec<usize>>,
    /// What a VPC was born with, by its id.
    born: HashMap<String, Key>,
    keys: Vec<Key>,
    by_key: HashMap<Key, usize>,
    pub(super) memo: Memo,
}

/// What a resource may be called by others. Whatever is no text does not count.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Ids {
    id: Json,
    arn: Json,
    name: Json,
    identifier: Json,
    cluster_identifier: Json,
    allocation_id: Json,
    function_name: Json,
    bucket: Json,
}

impl<'t> Plan<'t> {
    /// `memo` is empty, and knows what reading this plan may cost.
    pub(super) fn new(mut document: Document<'t>, memo: Memo) -> Self {
        // Not by its text, in which [10] comes before [9].
        document.instances.sort_by(|a, b| (a.is_missing, &a.address).cmp(&(b.is_missing, &b.address)));
        document.instances.dedup_by(|later, first| {
            let is_same = later.address == first.address && later.is_missing == first.is_missing;
            // A data source may be told as it was and as it will be.
            if is_same && !first.address.is_data {
                memo.costs.tell(namesakes(memo.costs.file(), &first.address));
            }
            is_same
        });
        let mut blocks: HashMap<String, Vec<usize>> = HashMap::new();
        let mut modules: HashMap<String, BTreeSet<Option<InstanceKey>>> = HashMap::new();
        let mut ids: HashMap<String, Vec<usize>> = HashMap::new();
        let mut kinds: HashMap<String, Vec<usize>> = HashMap::new();
        let mut pending = Vec::new();
        let mut born = HashMap::new();
        for (at, it) in document.instances.iter().enumerate().filter(|(_, it)| !it.is_missing) {
            blocks.entry(it.address.block()).or_default().push(at);
            kinds.entry(it.address.kind.clone()).or_default().push(at);
            if it.is_pending() {
                pending.push(at);
            }
            if !it.address.is_data && targets::VPC.contains(&it.address.kind.as_str()) {
                born.extend(born_with(it));
            }
            for (depth, step) in it.address.module.iter().enumerate() {
                let call = format!("{}{}", prefix(&it.address.module[..depth]), step.name);
                modules.entry(call).or_default().insert(step.key.clone());
            }
            if is_read(it) && targets::is_named(&it.address.kind) {
                for id in identities(it) {
                    let bearers = ids.entry(id).or_default();
                    if bearers.last() != Some(&at) {
                        bearers.push(at);
                    }
                }
            }
        }
        let modules = modules.into_iter().map(|(call, keys)| (call, keys.into_iter().collect())).collect();
        let keys: Vec<Key> = document.instances.iter().map(|it| Key::from(it.address.to_string())).collect();
        let is_told = |at: usize| !document.instances[at].is_missing;
        let by_key = keys
            .iter()
            .enumerate()
            .filter(|(at, _)| is_told(*at))
            .map(|(at, key)| (key.clone(), at))
            .collect();
        Self { document, blocks, kinds, pending, modules, ids, born, keys, by_key, memo }
    }

    pub(crate) fn instance(&self, at: usize) -> &Instance<'t> {
        &self.document.instances[at]
    }

    /// The instances that the snapshot is made of.
    pub(crate) fn resources(&self) -> impl Iterator<Item = usize> {
        (0..self.document.instances.len()).filter(|at| is_read(self.instance(*at)))
    }

    /// What stands for blocks of which the plan does not tell every instance.
    pub(crate) fn missing(&self) -> impl Iterator<Item = usize> {
        (0..self.document.instances.len()).filter(|at| self.instance(*at).is_missing)
    }

    pub(crate) fn key(&self, at: usize) -> Key {
        self.keys[at].clone()
    }

    /// The instance with a key.
    pub(crate) fn at(&self, key: &Key) -> Option<usize> {
        self.by_key.get(key).copied()
    }

    /// The instances of a type, in the order of their addresses.
    pub(crate) fn of_kind(&self, kind: &str) -> &[usize] {
        self.kinds.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Of some instances in the order of their addresses, those in a module and in the modules that it calls.
    pub(crate) fn within<'a>(&self, all: &'a [usize], module: &[ModuleStep]) -> &'a [usize] {
        let path = |at: &usize| self.instance(*at).address.module.as_slice();
        let from = &all[all.partition_point(|at| path(at) < module)..];
        &from[..from.partition_point(|at| path(at).starts_with(module))]
    }

    /// The instances of some types.
    pub(crate) fn of_kinds(&self, kinds: &[&str]) -> impl Iterator<Item = usize> {
        kinds.iter().flat_map(|it| self.of_kind(it)).copied()
    }

    /// The instances of a block, in the order of their keys.
    pub(crate) fn block(&self, address: &str) -> &[usize] {
        self.blocks.get(address).map_or(&[], Vec::as_slice)
    }

    /// The instance of a block with a key.
    pub(crate) fn in_block(&self, address: &str, key: &InstanceKey) -> Option<usize> {
        let block = self.block(address);
        let of = |at: &usize| self.instance(*at).address.key.as_ref();
        block.binary_search_by(|at| of(at).cmp(&Some(key))).ok().map(|it| block[it])
    }

    /// The keys of a module call's instances, in order. A module without resources of its own has one, as far as is known.
    pub(crate) fn module_keys(&self, call: &str) -> &[Option<InstanceKey>] {
        self.modules.get(call).map_or(&[None], Vec::as_slice)
    }

    pub(crate) fn root_module(&self) -> Option<&Module> {
        self.document.configuration.as_ref().map(|it| &it.root_module)
    }

    pub(crate) fn variable_value(&self, name: &str) -> Option<&Json> {
        self.document.variables.get(name)
    }

    /// The block that an instance was made of, and the scope in which its expressions stand.
    pub(crate) fn written(&self, at: usize) -> Option<(&Block, Scope<'_>)> {
        let address = &self.instance(at).address;
        let module = self.root_module()?.at(&address.module)?;
        let block = module.resources.get(&format!("{}.{}", address.kind, address.name))?;
        let scope = Scope {
            path: address.module.clone(),
            module,
            key: address.key.clone(),
            for_each: block.for_each_expression.as_ref(),
        };
        Some((block, scope))
    }

    /// A module's instance as a scope, outside of any block.
    pub(crate) fn scope(&self, path: &[ModuleStep]) -> Option<Scope<'_>> {
        let module = self.root_module()?.at(path)?;
        Some(Scope { path: path.to_vec(), module, key: None, for_each: None })
    }

    /// The resource of one of some types that a known id, ARN or name stands for.
    pub(crate) fn by_id(&self, id: &str, kinds: &[&str]) -> Option<usize> {
        let fits = |at: &&usize| kinds.contains(&self.instance(**at).address.kind.as_str());
        self.ids.get(id)?.iter().find(fits).copied()
    }

    /// What a VPC of the plan was born with, by its id.
    pub(crate) fn born(&self, id: &str) -> Option<&Key> {
        self.born.get(id)
    }

    /// Resources of other providers, by provider: the first part of the type's name.
    pub(crate) fn other_providers(&self) -> BTreeMap<&str, usize> {
        let mut providers = BTreeMap::new();
        let told = self.document.instances.iter().filter(|it| !it.is_missing);
        let kinds = told.map(|it| it.address.kind.as_str());
        for kind in kinds.filter(|it| !it.starts_with("aws_")) {
            *providers.entry(kind.split('_').next().unwrap_or(kind)).or_default() += 1;
        }
        providers
    }
}

fn namesakes(file: &str, address: &Address) -> SourceError {
    SourceError::Namesakes { file: file.to_owned(), key: address.to_string() }
}

/// Whether an instance is part of the architecture: what this configuration manages, and the subnets of others
/// that it looks up, because their zone and VPC count wherever something is placed in them.
fn is_read(instance: &Instance<'_>) -> bool {
    let is_looked_up = instance.address.kind == "aws_subnet" && !instance.is_pending();
    !instance.is_missing && (!instance.address.is_data || is_looked_up)
}

/// The ids of what a VPC was born with, where it exists already, and the keys.
fn born_with(vpc: &Instance<'_>) -> impl Iterator<Item = (String, Key)> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Defaults {
        #[serde(rename = "default_route_table_id")]
        route_table: Json,
        #[serde(rename = "default_security_group_id")]
        security_group: Json,
        #[serde(rename = "default_network_acl_id")]
        network_acl: Json,
    }
    let ids: Defaults = vpc.values.and_then(|it| serde_json::from_str(it.get()).ok()).unwrap_or_default();
    let key = Key::from(vpc.address.to_string());
    let all = [
        (ids.route_table, born::main_route_table(&key)),
        (ids.security_group, born::default_security_group(&key)),
        (ids.network_acl, born::default_network_acl(&key)),
    ];
    all.into_iter().filter_map(|(id, key)| Some((id.as_str()?.to_owned(), key)))
}

fn identities(instance: &Instance<'_>) -> Vec<String> {
    let ids: Ids = instance.values.and_then(|it| serde_json::from_str(it.get()).ok()).unwrap_or_default();
    let all = [
        ids.id,
        ids.arn,
        ids.name,
        ids.identifier,
        ids.cluster_identifier,
        ids.allocation_id,
        ids.function_name,
        ids.bucket,
    ];
    let texts = all.into_iter().filter_map(|it| match it {
        Json::String(it) if !it.is_empty() => Some(it),
        _ => None,
    });
    texts.collect()
}
