//! A document with its indexes: what will be there, by address, by id and by name.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use archlint_schema::Key;
use serde::Deserialize;
use serde_json::Value as Json;

use super::address::{InstanceKey, ModuleStep, prefix};
use super::candidates::Seen;
use super::configuration::{Block, Module};
use super::document::{Document, Instance};
use super::mentions::Scope;
use super::targets;

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
    keys: Vec<Key>,
    pub(super) seen: Seen,
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
    pub(crate) fn new(mut document: Document<'t>) -> Self {
        // Not by its text, in which [10] comes before [9].
        document.instances.sort_by(|a, b| a.address.cmp(&b.address));
        let mut blocks: HashMap<String, Vec<usize>> = HashMap::new();
        let mut modules: HashMap<String, BTreeSet<Option<InstanceKey>>> = HashMap::new();
        let mut ids: HashMap<String, Vec<usize>> = HashMap::new();
        let mut kinds: HashMap<String, Vec<usize>> = HashMap::new();
        let mut pending = Vec::new();
        for (at, it) in document.instances.iter().enumerate() {
            blocks.entry(it.address.block()).or_default().push(at);
            kinds.entry(it.address.kind.clone()).or_default().push(at);
            if it.is_pending() {
                pending.push(at);
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
        let keys = document.instances.iter().map(|it| Key::from(it.address.to_string())).collect();
        Self { document, blocks, kinds, pending, modules, ids, keys, seen: Seen::default() }
    }

    pub(crate) fn instance(&self, at: usize) -> &Instance<'t> {
        &self.document.instances[at]
    }

    /// The instances that the snapshot is made of.
    pub(crate) fn resources(&self) -> impl Iterator<Item = usize> {
        (0..self.document.instances.len()).filter(|at| is_read(self.instance(*at)))
    }

    pub(crate) fn key(&self, at: usize) -> Key {
        self.keys[at].clone()
    }

    /// The instances of some types.
    pub(crate) fn of_kinds(&self, kinds: &[&str]) -> impl Iterator<Item = usize> {
        kinds.iter().filter_map(|it| self.kinds.get(*it)).flatten().copied()
    }

    /// The instances of a block, in the order of their keys.
    pub(crate) fn block(&self, address: &str) -> &[usize] {
        self.blocks.get(address).map_or(&[], Vec::as_slice)
    }

    /// The keys of a module call's instances. A module without resources of its own has one, as far as is known.
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

    /// Resources of other providers, by provider: the first part of the type's name.
    pub(crate) fn other_providers(&self) -> BTreeMap<&str, usize> {
        let mut providers = BTreeMap::new();
        let kinds = self.document.instances.iter().map(|it| it.address.kind.as_str());
        for kind in kinds.filter(|it| !it.starts_with("aws_")) {
            *providers.entry(kind.split('_').next().unwrap_or(kind)).or_default() += 1;
        }
        providers
    }
}

/// Whether an instance is part of the architecture: what this configuration manages, and the subnets of others
/// that it looks up, because their zone and VPC count wherever something is placed in them.
fn is_read(instance: &Instance<'_>) -> bool {
    !instance.address.is_data || instance.address.kind == "aws_subnet" && !instance.is_pending()
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
