//! Runs rule plugins in a sandbox. Knows nothing of AWS, files or terminals.

mod answer;
mod builtin;
mod cache;
mod config;
mod description;
mod document;
mod error;
mod limits;
mod plugin;

use std::collections::{HashMap, HashSet};
use std::thread::{self, ScopedJoinHandle};

use archlint_schema::{Key, Needs, Snapshot, Undecided, Verdicts};
use wasmtime::Engine;

pub use cache::{Cache, CacheWarning};
pub use description::Description;
pub use error::EngineError;
pub use limits::MODULE_BYTES;
use plugin::PluginModule;

/// Every plugin of a run, built-in ones first.
pub struct Plugins {
    engine: Engine,
    modules: Vec<PluginModule>,
    builtin: usize,
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
    /// What the plugin said meanwhile by `log`, each message after its level.
    pub said: Vec<String>,
}

/// What a plugin answered about one rule.
#[derive(Clone)]
struct Answer {
    result: Result<plugin::wit::Verdicts, EngineError>,
    said: Vec<String>,
}

impl From<EngineError> for Answer {
    fn from(error: EngineError) -> Self {
        Self { result: Err(error), said: Vec::new() }
    }
}

/// What a plugin answered about its rules, by the document that it was given.
type Answered = HashMap<Vec<u8>, Vec<Answer>>;

impl Plugins {
    /// No plugins yet.
    pub fn none() -> Result<Self, EngineError> {
        let engine =
            Engine::new(&config::engine_config()).map_err(|it| EngineError::Engine(format!("{it:#}")))?;
        Ok(Self { engine, modules: Vec::new(), builtin: 0, cache: None })
    }

    /// The plugins that come with archlint.
    pub fn builtin() -> Result<Self, EngineError> {
        let mut plugins = Self::none()?;
        plugins.modules = builtin::load(&plugins.engine)?;
        plugins.builtin = plugins.modules.len();
        Ok(plugins)
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
        self.modules.push(PluginModule::describe(&self.engine, name, &component)?);
        Ok(warning)
    }

    /// Whether the plugin of an index came with archlint.
    pub fn is_builtin(&self, plugin: usize) -> bool {
        plugin < self.builtin
    }

    /// The definition of every rule, verbatim, with the index and the name of its plugin.
    pub fn definitions(&self) -> impl Iterator<Item = (usize, &str, &str)> {
        self.modules.iter().enumerate().flat_map(|(at, module)| {
            module.info.definitions.iter().map(move |it| (at, module.name.as_str(), it.as_str()))
        })
    }

    /// What the plugin of an index says of itself.
    pub fn description(&self, plugin: usize) -> Option<Description> {
        self.modules.get(plugin).map(Description::of)
    }

    /// Checks rules against snapshots, plugins side by side. For each snapshot in turn: what came of each rule,
    /// sorted by code.
    pub fn check(&self, snapshots: &[&Snapshot], rules: &[EnabledRule]) -> Vec<Vec<RuleOutcome>> {
        let keys = |it: &&Snapshot| it.resources.iter().map(|(_, meta)| meta.key.clone()).collect();
        let keys: Vec<HashSet<Key>> = snapshots.iter().map(keys).collect();
        let check = |(at, module)| {
            let own: Vec<&EnabledRule> = rules.iter().filter(|it| it.plugin == at).collect();
            let mut answered = Answered::new();
            let seen = snapshots.iter().zip(&keys);
            seen.map(|(it, keys)| self.check_plugin(module, it, keys, &own, &mut answered))
                .collect::<Vec<_>>()
        };
        let busy = |(at, _): &(usize, _)| rules.iter().any(|it| it.plugin == *at);
        let by_plugin: Vec<Vec<Vec<RuleOutcome>>> = thread::scope(|scope| {
            let modules = self.modules.iter().enumerate().filter(busy);
            let running: Vec<_> = modules.map(|it| scope.spawn(move || check(it))).collect();
            let joined = running.into_iter().map(ScopedJoinHandle::join);
            joined.map(|it| it.expect("a plugin's trap is no panic of the host")).collect()
        });
        let mut outcomes: Vec<Vec<RuleOutcome>> = snapshots.iter().map(|_| Vec::new()).collect();
        for (all, its) in by_plugin.into_iter().flat_map(|it| it.into_iter().enumerate()) {
            outcomes[all].extend(its);
        }
        for it in &mut outcomes {
            it.sort_by(|a, b| a.code.cmp(&b.code));
        }
        outcomes
    }

    /// One plugin and one snapshot. The same document has the same answers, so that scenarios and architectures
    /// that differ in nothing that the plugin reads are checked once.
    fn check_plugin(
        &self,
        module: &PluginModule,
        snapshot: &Snapshot,
        keys: &HashSet<Key>,
        rules: &[&EnabledRule],
        answered: &mut Answered,
    ) -> Vec<RuleOutcome> {
        let mut outcomes = Vec::new();
        let mut seeing = Vec::new();
        for rule in rules {
            match not_collected(snapshot, rule) {
                Some(undecided) => {
                    let code = rule.code.clone();
                    outcomes.push(RuleOutcome { code, result: Ok(undecided), said: Vec::new() });
                }
                None => seeing.push(*rule),
            }
        }
        let answers = match document::encode(snapshot, &seeing, module.info.encoding) {
            Ok(document) => {
                answered.entry(document).or_insert_with_key(|it| self.ask(module, it, &seeing)).clone()
            }
            Err(message) => seeing.iter().map(|_| EngineError::Engine(message.clone()).into()).collect(),
        };
        for (rule, answer) in seeing.into_iter().zip(answers) {
            let result = answer.result.and_then(|it| answer::accept(&rule.code, it, keys));
            let said = answer.said.iter().map(|it| answer::text(it)).collect();
            outcomes.push(RuleOutcome { code: rule.code.clone(), result, said });
        }
        outcomes
    }

    /// One plugin and one document: loaded once, then rule by rule. A failed call leaves a dead instance, so that
    /// the rest goes on in a fresh one.
    fn ask(&self, module: &PluginModule, document: &[u8], rules: &[&EnabledRule]) -> Vec<Answer> {
        let mut instance = None;
        rules.iter().map(|it| self.check_rule(module, document, it, &mut instance)).collect()
    }

    fn check_rule(
        &self,
        module: &PluginModule,
        document: &[u8],
        rule: &EnabledRule,
        instance: &mut Option<plugin::Instance>,
    ) -> Answer {
        let loaded = instance.take().map_or_else(|| self.load(module, document), Ok);
        let mut live = match loaded {
            Ok(live) => live,
            Err(error) => return error.into(),
        };
        let result = live.check(&module.name, &rule.code, &rule.parameters);
        let said = live.said();
        if result.is_ok() {
            *instance = Some(live);
        }
        Answer { result, said }
    }

    fn load(&self, module: &PluginModule, document: &[u8]) -> Result<plugin::Instance, EngineError> {
        let mut fresh = module.instantiate(&self.engine, document.len())?;
        fresh.load(&module.name, document)?;
        Ok(fresh)
    }
}

/// The answer of a rule that needs a kind which the source could not see: undecided, as a whole.
fn not_collected(snapshot: &Snapshot, rule: &EnabledRule) -> Option<Verdicts> {
    let (kind, why) =
        rule.needs.kinds.iter().find_map(|kind| snapshot.scope.not_collected.get_key_value(kind))?;
    let undecided =
        Undecided { resource: Key::from(kind.as_str()), reason: why.clone(), missing: kind.clone() };
    Some(Verdicts { undecided: vec![undecided], ..Verdicts::default() })
}
