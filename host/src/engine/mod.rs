//! Runs rule plugins in a sandbox. Knows nothing of AWS, files or terminals.

mod answer;
mod builtin;
mod cache;
mod config;
mod description;
mod document;
mod error;
mod limits;
mod parts;
mod plugin;
mod run;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::thread;

use archlint_schema::{Key, Needs, Snapshot, Verdicts};
use wasmtime::Engine;

use crate::parallel;
use builtin::{BUILTIN, Builtin};
pub use cache::{Cache, CacheWarning};
pub use description::Description;
pub use error::EngineError;
pub use limits::MODULE_BYTES;
use plugin::PluginModule;
use run::PluginRun;

/// Every plugin of a run, built-in ones first.
pub struct Plugins {
    engine: Engine,
    builtin: &'static [Builtin],
    added: Vec<Arc<PluginModule>>,
    cache: Option<Cache>,
}

/// A rule that is to be checked.
#[derive(Debug, Clone)]
pub struct EnabledRule {
    pub code: String,
    /// Index of the plugin that has it, as [`Plugins::definitions`] gave it.
    pub plugin: usize,
    pub needs: Needs,
    /// A JSON object, validated and complete.
    pub parameters: String,
}

/// What came of one rule.
#[derive(Debug)]
pub struct RuleOutcome {
    pub code: String,
    pub result: Result<Verdicts, EngineError>,
    /// What there is no verdict on, where the rule failed on a part of the snapshot and answered about the rest.
    pub unanswered: Option<EngineError>,
    /// What the plugin said meanwhile by `log`, each message after its level.
    pub said: Vec<String>,
}

impl Plugins {
    /// No plugins yet.
    pub fn none() -> Result<Self, EngineError> {
        let engine = Engine::new(&config::engine_config())
            .map_err(|error| EngineError::of_code(&error, EngineError::Engine))?;
        Ok(Self { engine, builtin: &[], added: Vec::new(), cache: None })
    }

    /// The plugins that come with archlint. Each is loaded when a run has something to ask it.
    pub fn builtin() -> Result<Self, EngineError> {
        Ok(Self { builtin: BUILTIN, ..Self::none()? })
    }

    /// Keeps what plugins that are added are compiled to.
    #[must_use]
    pub fn with_cache(mut self, cache: Option<Cache>) -> Self {
        self.cache = cache;
        self
    }

    /// Adds a plugin: a component, or a core module built for wasm32-unknown-unknown. The plugin is there even where
    /// its cache deserves a warning.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<Option<CacheWarning>, EngineError> {
        let compile = || plugin::compile(&self.engine, name, bytes);
        let (component, warning) = match &self.cache {
            Some(cache) => cache.component(&self.engine, bytes, compile)?,
            None => (compile()?, None),
        };
        self.added.push(Arc::new(PluginModule::describe(&self.engine, name, &component)?));
        Ok(warning)
    }

    /// Whether the plugin of an index came with archlint.
    pub fn is_builtin(&self, plugin: usize) -> bool {
        plugin < self.builtin.len()
    }

    /// The definition of every rule, verbatim, with the index and the name of its plugin.
    pub fn definitions(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        let builtin = self.builtin.iter().enumerate();
        let builtin =
            builtin.flat_map(|(at, it)| it.definitions.iter().map(move |text| (at, it.name, *text)));
        let added = (self.builtin.len()..).zip(&self.added);
        let added = added.flat_map(|(at, it)| {
            it.info.definitions.iter().map(move |text| (at, it.name.as_str(), text.as_str()))
        });
        builtin.chain(added)
    }

    /// What the plugin of an index says of itself. The index is one that [`Self::definitions`] gave.
    pub fn description(&self, plugin: usize) -> Result<Description, EngineError> {
        Ok(Description::of(&*self.module(plugin)?))
    }

    /// Checks rules against snapshots, plugins side by side. For each snapshot in turn: what came of each rule,
    /// sorted by code.
    pub fn check(&self, snapshots: &[&Snapshot], rules: &[EnabledRule]) -> Vec<Vec<RuleOutcome>> {
        let keys = |it: &&Snapshot| it.resources.iter().map(|(_, meta)| meta.key.clone()).collect();
        let keys: Vec<HashSet<Key>> = snapshots.iter().map(keys).collect();
        let plugins: Vec<usize> =
            rules.iter().map(|it| it.plugin).collect::<BTreeSet<_>>().into_iter().collect();
        let check = |(): &mut (), plugin: &usize| -> Vec<Vec<RuleOutcome>> {
            let own = rules.iter().filter(|it| it.plugin == *plugin).collect();
            let mut run = PluginRun::new(self, *plugin, own);
            snapshots.iter().zip(&keys).map(|(it, keys)| run.check(it, keys)).collect()
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let (_, by_plugin) = parallel::each(&plugins, threads, || (), check);
        let mut outcomes: Vec<Vec<RuleOutcome>> = snapshots.iter().map(|_| Vec::new()).collect();
        for (all, its) in by_plugin.into_iter().flat_map(|it| it.into_iter().enumerate()) {
            outcomes[all].extend(its);
        }
        for it in &mut outcomes {
            it.sort_by(|a, b| a.code.cmp(&b.code));
        }
        outcomes
    }

    /// The plugin of an index, ready to run.
    fn module(&self, plugin: usize) -> Result<Arc<PluginModule>, EngineError> {
        match self.builtin.get(plugin) {
            Some(it) => it.load(&self.engine).map(Arc::new),
            None => Ok(self.added[plugin - self.builtin.len()].clone()),
        }
    }
}
